"""One sentence above the canvas about something that went wrong, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from app.icons import icon
from app.theme import Theme

Action = tuple[str, Callable[[], object]]  # what the button says, and what it does


class Notice(QFrame):
    """Hidden until it has something to say; waits for nobody and is dismissed by its button."""

    said = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._acts: tuple[Action, ...] = ()
        self._subject = ""
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setAccessibleName("notice")
        self.action, self.other = QPushButton(), QPushButton()
        self.action.hide()
        self.other.hide()
        self.action.clicked.connect(lambda: self._do(0))
        self.other.clicked.connect(lambda: self._do(1))
        self.close_button = QToolButton()
        self.close_button.setProperty("role", "plain")
        self.close_button.setIconSize(QSize(16, 16))
        self.close_button.setAccessibleName("Dismiss")
        self.close_button.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.addWidget(self.text, 1)
        row.addWidget(self.action)
        row.addWidget(self.other)
        row.addWidget(self.close_button)
        self.set_theme(theme)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self.close_button.setIcon(icon("close", theme.text))

    def say(self, sentence: str, *actions: Action, subject: str = "") -> None:
        """Shows a sentence, in place of the one before, and at most two things to do; a click does one and takes it away.

        It stays until it is dismissed, or its `subject` is over.
        """
        self._subject = subject
        self.text.setText(sentence)
        for button, given in zip((self.action, self.other), (*actions, None, None), strict=False):
            button.setText(given[0] if given else "")
            button.setVisible(given is not None)
        self._acts = actions
        self.show()
        self.said.emit(sentence)

    def dismiss(self) -> None:
        """Takes it away."""
        self._acts, self._subject = (), ""
        self.hide()

    def over(self, subject: str) -> None:
        """What was said about this subject holds no more, and is taken away."""
        if self._subject == subject:
            self.dismiss()

    def _do(self, number: int) -> None:
        act = self._acts[number][1]
        self.dismiss()
        act()
