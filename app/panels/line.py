"""A line of text for forms: undo and redo are its own only while something is being typed in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

_HISTORY = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


def is_for_the_document(event: QEvent, line: QLineEdit) -> bool:
    """Whether an event asks who takes the keys of undo or redo, and the line has nothing to take back."""
    if event.type() != QEvent.Type.ShortcutOverride or line.isModified():
        return False
    return isinstance(event, QKeyEvent) and any(event.matches(keys) for keys in _HISTORY)


class Line(QLineEdit):
    """A QLineEdit that lets the window undo and redo when nothing is half typed in it."""

    def event(self, event: QEvent) -> bool:
        if is_for_the_document(event, self):
            event.ignore()
            return False
        return super().event(event)
