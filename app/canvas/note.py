"""The small editor in which a comment is written, in place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.canvas.inks import sans
from app.canvas.rename import has_menu
from graph.frame import MAX_TEXT

HINT = "Ctrl+Enter or a click elsewhere keeps the text, Escape does not; formulas stand between $ signs"
LEAST = (220, 92)  # pixels


class NoteText(QPlainTextEdit):
    """Lines of plain text; of what is pasted, no more is taken than fits into a comment."""

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText():
            room = MAX_TEXT - len(self.toPlainText()) + len(self.textCursor().selectedText())
            self.insertPlainText(source.text()[: max(0, room)])


class NoteEditor(NoteText):
    """Ctrl+Enter or leaving it gives the text to `done`, Escape does not; either way it goes away."""

    def __init__(
        self, parent: QWidget, text: str, rect: QRectF, done: Callable[[str | None], None]
    ) -> None:
        super().__init__(text, parent)
        self._done: Callable[[str | None], None] | None = done
        self.setFont(sans(14))
        self.setAccessibleName("comment")
        self.setToolTip(HINT)
        self.setPlaceholderText("A comment; formulas between $ signs: $\\sum_i w_i$")
        self.setTabChangesFocus(True)
        self.resize(
            max(LEAST[0], round(rect.width()) + 12), max(LEAST[1], round(rect.height()) + 16)
        )
        left = min(max(round(rect.left()) - 6, 0), max(0, parent.width() - self.width()))
        top = min(max(round(rect.top()) - 6, 0), max(0, parent.height() - self.height()))
        self.move(left, top)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self._close(accept=False)
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._close(accept=True)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not has_menu(self):
            self._close(accept=True)

    def _close(self, accept: bool) -> None:
        done, self._done = self._done, None
        if done is None:  # losing the focus to the canvas comes here again
            return
        done(self.toPlainText().strip()[:MAX_TEXT] if accept else None)
        self.hide()
        self.deleteLater()
