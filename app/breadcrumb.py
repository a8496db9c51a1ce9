"""The bar above the canvas inside a part: the way from the outside to here, and how many uses an edit reaches."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from app.panels.words import counted

OUTSIDE = "diagram"
HEIGHT = 34


class Breadcrumb(QFrame):
    """diagram ▸ stage1 ▸ conv: a click on a step, or Backspace, climbs back; `climbed` says the path."""

    climbed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("breadcrumb")
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("where in the diagram")
        self._paths: list[str] = []
        self._steps: list[QWidget] = []  # with the arrows between them
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 0, 14, 0)
        self._row.setSpacing(0)
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setProperty("role", "small")
        self._row.addStretch(1)
        self._row.addWidget(self.note)
        self.hide()

    def show_steps(self, steps: list[tuple[str, str]], uses: int) -> None:
        """Path and part of every level on the way, the outside left out; nothing to show outside."""
        self.setVisible(bool(steps))
        self._clear()
        self._paths = ["", *(path for path, _ in steps)]
        for path in self._paths:
            name = path.rpartition("/")[2] or OUTSIDE
            made = [_arrow()] if path else []
            made.append(self._step(name, path, path == self._paths[-1]))
            for widget in made:
                self._row.insertWidget(len(self._steps), widget)
                self._steps.append(widget)
        part = steps[-1][1] if steps else ""
        told = f"part {part}, used once" if uses == 1 else f"part {part}, {counted(uses, 'use')}"
        self.note.setText(told if uses == 1 else f"{told}: an edit here changes all of them")
        self.setAccessibleDescription(f"{' in '.join(reversed(self.texts()))}; {self.note.text()}")

    def texts(self) -> list[str]:
        """The names of the steps, from the outside in."""
        return [path.rpartition("/")[2] or OUTSIDE for path in self._paths]

    def event(self, event: QEvent) -> bool:
        # Backspace is the key of a menu command; here it means something else
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if is_key and event.key() == Qt.Key.Key_Backspace:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace and len(self._paths) > 1:
            self.climbed.emit(self._paths[-2])
        else:
            super().keyPressEvent(event)

    def _step(self, name: str, path: str, is_here: bool) -> QWidget:
        if is_here:
            label = QLabel(name)
            label.setProperty("role", "title")
            label.setContentsMargins(5, 0, 0, 0)
            return label
        button = QToolButton()
        button.setText(name)
        button.setProperty("role", "link")
        button.setToolTip(f"back to {name}")
        button.clicked.connect(lambda: self.climbed.emit(path))
        return button

    def _clear(self) -> None:
        for widget in self._steps:
            self._row.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._steps = []


def _arrow() -> QWidget:
    arrow = QLabel("▸")
    arrow.setProperty("role", "muted")
    return arrow
