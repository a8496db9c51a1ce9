"""One sentence above the canvas about something that went wrong, with perhaps one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from app.icons import icon
from app.theme import Theme


class Notice(QFrame):
    """Hidden until it has something to say; waits for nobody and is dismissed by its button."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._act: Callable[[], None] | None = None
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setAccessibleName("notice")
        self.action = QPushButton()
        self.action.clicked.connect(self._do)
        self.close_button = QToolButton()
        self.close_button.setProperty("role", "plain")
        self.close_button.setIconSize(QSize(16, 16))
        self.close_button.setAccessibleName("Dismiss")
        self.close_button.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.addWidget(self.text, 1)
        row.addWidget(self.action)
        row.addWidget(self.close_button)
        self.set_theme(theme)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self.close_button.setIcon(icon("close", theme.text))

    def say(self, sentence: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Shows a sentence, in place of the one before; a click on `action` calls `act` and takes it away."""
        self.text.setText(sentence)
        self.action.setText(action)
        self.action.setVisible(bool(action))
        self._act = act
        self.show()

    def dismiss(self) -> None:
        """Takes it away."""
        self._act = None
        self.hide()

    def _do(self) -> None:
        act = self._act
        self.dismiss()
        if act is not None:
            act()
