"""The history: every step of undo with its name, the present one and the saved one marked; a click goes there."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QShowEvent, QUndoStack
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.icons import icon
from app.panels.readable import readable
from app.theme import Theme

START = "Start"
NOW, SAVED, UNDONE = "the present", "saved", "undone"


class History(QListWidget):
    """Rows of steps, the state before all of them first; a click or Enter says `wanted(row)`.

    Nothing is built while it is hidden.
    """

    wanted = Signal(int)

    def __init__(self, stack: QUndoStack, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = stack
        self.setAccessibleName("history of edits")
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(lambda row: self.wanted.emit(self.row(row)))
        stack.indexChanged.connect(self._follow)
        stack.cleanChanged.connect(self._follow)
        self.set_theme(theme)

    def sizeHint(self) -> QSize:
        return readable(self, self._stack.count() + 2)

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        self._here = icon("play", theme.selection)
        self._elsewhere = icon("nothing", theme.text)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.wanted.emit(self.currentRow())
        else:
            super().keyPressEvent(event)

    def _follow(self, _now: object) -> None:
        self._refresh()

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        steps = self._stack.count() + 1
        while self.count() > steps:
            self.takeItem(self.count() - 1)
        while self.count() < steps:
            self.addItem(QListWidgetItem())
        for row in range(steps):
            self._show(self.item(row), row)
        self.setCurrentRow(self._stack.index())

    def _show(self, item: QListWidgetItem, row: int) -> None:
        now = self._stack.index()
        label = self._stack.text(row - 1) if row else START
        marks = [NOW] if row == now else [UNDONE] if row > now else []
        marks += [SAVED] if row == self._stack.cleanIndex() else []
        item.setText(f"{label}   ({SAVED})" if SAVED in marks else label)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join([label, *marks]))
        item.setToolTip("" if row == now else f"go {'forward' if row > now else 'back'} to here")
        item.setIcon(self._here if row == now else self._elsewhere)
        font = item.font()
        font.setBold(row == now)
        font.setItalic(row > now)
        item.setFont(font)
        item.setForeground(QColor(self._theme.muted if row > now else self._theme.text))
