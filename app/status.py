"""The line at the bottom: what the diagram is at the left, whether it is saved and how large it is shown at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStatusBar, QToolButton, QWidget

SHOWN = 8_000  # ms that a passing remark stays


class StatusLine(QStatusBar):
    """Counts, problems (a click asks to see one), passing remarks, and the state of the file and of the zoom."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(10, 0, 10, 0)
        self.counts = QLabel()
        self.counts.setTextFormat(Qt.TextFormat.PlainText)
        self.problems = QToolButton()
        self.problems.setProperty("role", "plain")
        self.problems.setAccessibleName("problems")
        self.problems.setToolTip("show the next problem")
        self.problems.clicked.connect(self.asked)
        left = QWidget()
        self._row = QHBoxLayout(left)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.counts)
        self._row.addWidget(self.problems)
        self.addWidget(left)
        self.state = QLabel()
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.addPermanentWidget(self.state)
        self._saved, self._zoom = "", 1.0

    def say(self, sentence: str) -> None:
        """Shows a passing remark in place of the counts."""
        self.showMessage(sentence, SHOWN)

    def show_counts(self, counts: str, problems: str) -> None:
        """What the diagram is, and what is wrong with it."""
        self.counts.setText(f"{counts} ·" if problems else counts)
        self.problems.setText(problems or " ")  # with no text at all it has another height
        self.problems.setEnabled(problems not in ("", "no problems"))
        self._make_room()

    def show_saved(self, saved: str) -> None:
        """Whether there is something to save."""
        self._saved = saved
        self._show_state()

    def show_zoom(self, zoom: float) -> None:
        """The scale of the canvas, 1 for 100 %."""
        self._zoom = zoom
        self._show_state()

    def _show_state(self) -> None:
        self.state.setText(f"{self._saved} · {100 * self._zoom:.0f} %")
        self._make_room()

    def _make_room(self) -> None:
        """At once: the window may be painted before the layout's own turn, with longer texts in the room of the old."""
        self._row.activate()
        whole = self.layout()
        if whole is not None:
            whole.activate()
