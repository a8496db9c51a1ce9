"""The list of everything that is wrong or unfinished, each with its place, what to do, and a button where that is certain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.icons import icon
from app.panels.readable import readable
from app.theme import Theme
from graph.edit import Edit
from graph.problem import Problem

NOTHING = "No problems: everything that is drawn can run."
UNKNOWN = "The diagram has not been looked at yet."
MARKS = {"error": "wrong", "open": "unfinished"}


class Problems(QWidget):
    """Rows of problems.  A click or Enter says `visited(block path)`; a row's button says `mended(edit)`.

    Nothing is built while it is hidden.
    """

    visited = Signal(str)
    mended = Signal(object)  # Edit of the whole diagram

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._problems: Sequence[Problem] = ()
        self._edits: Mapping[Problem, Edit] = {}
        self._stale = True
        self.buttons: dict[Problem, QPushButton] = {}
        self.list = QListWidget()
        self.list.setAccessibleName("problems")
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.itemClicked.connect(self._visit)
        self.nothing = QLabel(UNKNOWN)
        self.nothing.setProperty("role", "muted")
        self.nothing.setContentsMargins(18, 14, 12, 8)
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)

    def sizeHint(self) -> QSize:
        return readable(self.list, 2 * len(self._problems))  # most take two lines

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        self._refresh()

    def show_problems(self, problems: Sequence[Problem] | None) -> None:
        """What the newest compile found, None before it; what is certain to mend them comes later."""
        self._problems, self._edits = tuple(problems or ()), {}
        self.nothing.setText(NOTHING if problems is not None else UNKNOWN)
        self._refresh()

    def show_remedies(self, edits: Mapping[Problem, Edit]) -> None:
        """By problem the edit that is certain to mend it."""
        self._edits = edits
        self._refresh()

    def remedy(self, problem: Problem) -> Edit | None:
        """The edit that is certain to mend a problem, None when there is none."""
        return self._edits.get(problem)

    def select(self, problem: Problem) -> None:
        """Marks a problem's row."""
        if problem in self._problems and not self._stale:
            self.list.setCurrentRow(self._problems.index(problem))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._build()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.list.doItemsLayout()
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.list.currentItem()
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._visit(item)
        else:
            super().keyPressEvent(event)

    def _refresh(self) -> None:
        self._stale = True
        if self.isVisible():
            self._build()

    def _build(self) -> None:
        self._stale = False
        row = self.list.currentRow()
        self.list.clear()
        self.buttons = {}
        self.nothing.setVisible(not self._problems)
        self.list.setVisible(bool(self._problems))
        for problem in self._problems:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{MARKS[problem.kind]}: {problem}")
            widget = self._row(problem)
            self.list.addItem(item)
            self.list.setItemWidget(item, widget)
        self._fit()
        self.list.setCurrentRow(min(max(row, 0), len(self._problems) - 1))

    def _fit(self) -> None:
        """Every row as high as its sentence is at this width."""
        width = self.list.viewport().width()
        for number in range(self.list.count()):
            item = self.list.item(number)
            item.setSizeHint(QSize(0, self.list.itemWidget(item).heightForWidth(width)))

    def _row(self, problem: Problem) -> QWidget:
        made = QWidget()
        made.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        line = QHBoxLayout(made)
        line.setContentsMargins(18, 7, 12, 7)
        line.setSpacing(10)
        mark = QLabel()
        wrong = problem.kind == "error"
        color = self._theme.problem if wrong else self._theme.muted
        mark.setPixmap(icon("wrong" if wrong else "unfinished", color).pixmap(16, 16))
        mark.setToolTip(MARKS[problem.kind])
        line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        text = QLabel(str(problem))
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        column = QVBoxLayout()
        column.setSpacing(5)
        column.addWidget(text)
        line.addLayout(column, 1)
        edit = self._edits.get(problem)
        if edit is not None:
            button = QPushButton(edit.label)
            button.setToolTip("do this; it was tried and mends the problem (undo takes it back)")
            button.clicked.connect(lambda _checked=False, edit=edit: self.mended.emit(edit))
            self.buttons[problem] = button
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return made

    def _visit(self, item: QListWidgetItem) -> None:
        self.visited.emit(self._problems[self.list.row(item)].block)
