"""The small editor in which a variable, a cost or a part is named, in place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.canvas.inks import serif


class Rename(QLineEdit):
    """Enter or leaving it gives the text to `done`, Escape does not; either way it goes away."""

    def __init__(
        self,
        parent: QWidget,
        text: str,
        rect: QRectF,
        done: Callable[[str], None],
        hint: str,
    ) -> None:
        super().__init__(text, parent)
        self._canvas = parent
        self._done: Callable[[str], None] | None = done
        self.setFont(serif())
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(hint)
        self.setToolTip(hint)
        middle = rect.center().toPoint()
        self.resize(max(96, round(rect.width())), 34)
        self.move(middle.x() - self.width() // 2, middle.y() - self.height() // 2)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close(accept=False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
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
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        self.deleteLater()
        if accept:
            done(self.text().strip())


def has_menu(editor: QWidget) -> bool:
    """Whether an editor's own context menu is open."""
    widget = QApplication.activePopupWidget()
    while widget is not None and widget is not editor:
        widget = widget.parentWidget()
    return widget is not None
