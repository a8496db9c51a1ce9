"""Building blocks of the side panels: titles, quiet lines, and a column that scrolls."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

SERIF = "DejaVu Serif"


def text_label(role: str = "", text: str = "") -> QLabel:
    """A label that wraps, can be selected, and has one of the window's roles."""
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def formula_label(role: str = "", size: int = 18) -> QLabel:
    """A label for a formula: serif italic, as on the canvas."""
    label = text_label(role)
    font = QFont(SERIF)
    font.setStyleHint(QFont.StyleHint.Serif)
    font.setItalic(True)
    font.setPixelSize(size)
    label.setFont(font)
    return label


class Column(QScrollArea):
    """A column of widgets that scrolls when it is too long."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(18, 14, 18, 12)
        self.column.setSpacing(6)
        self.column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setWidget(inside)

    def add(self, *widgets: QWidget) -> None:
        """Puts widgets at the end."""
        for widget in widgets:
            self.column.addWidget(widget)
