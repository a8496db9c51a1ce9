"""The window of the shortcuts: every command with its keys and every gesture of the canvas; keys are changed here."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.keymap import Keymap, plain_text
from app.menus import SUBMENUS
from app.shortcuts import GESTURES, Shortcut, sections

NAME = Qt.ItemDataRole.UserRole
CANVAS = "On the canvas"
HINT = "Enter or a double click changes a command's key, Delete takes it away."
HELD = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta)
SIZE = (920, 640)
WIDTHS = (230, 170)  # of commands and keys; what they do has the rest


class KeyCatch(QLineEdit):
    """Waits for one key with what is held beside it: `caught(text)`; "" after Escape or when the focus goes away."""

    caught = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setPlaceholderText("press the new keys")
        self.setAccessibleName("press the new keys")
        self._done = False

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                self._press(event)
            event.accept()  # neither a command nor a tab stop
            return True
        return super().event(event)

    def _press(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key not in HELD:
            self._finish("" if key == Qt.Key.Key_Escape else key_text(event))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._finish("")

    def _finish(self, text: str) -> None:
        if not self._done:
            self._done = True
            self.caught.emit(text)


def key_text(event: QKeyEvent) -> str:
    """A key press as the table writes it: Shift is left out where it makes another sign, as in ?."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    sign = event.text()
    if len(sign) == 1 and sign.isprintable() and not sign.isalnum() and not sign.isspace():
        held &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(held.value | event.key()).toString()


class ShortcutsWindow(QDialog):
    """A row for each command, searched by its text, keys or help."""

    def __init__(self, keymap: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shortcuts")
        self.resize(*SIZE)
        self._keymap = keymap
        self._wished: tuple[str, str] | None = None  # a command and the key it could take over
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search commands, keys and gestures")
        self.search.setAccessibleName("search shortcuts")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._to_first)
        self.rows = _Rows()
        self.rows.itemDoubleClicked.connect(lambda item, _column: self.change(item))
        self.rows.asked.connect(self.change)
        self.rows.emptied.connect(self._take_away)
        self.said = QLabel(HINT)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.take = _button("&Take it over", self._take_over)
        self.reset = _button("&Reset", self._reset)
        self.reset.setToolTip("the selected command gets the keys of the table")
        self.reset_all = _button("Reset &all", keymap.reset_all)
        self.reset_all.setToolTip("every command gets the keys of the table")
        self._lay_out()
        self._fill()
        keymap.changed.connect(self._show_keys)

    def showEvent(self, event: QShowEvent) -> None:
        self.resize(self.size().boundedTo(self.screen().availableSize()))
        super().showEvent(event)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.search)
        column.addWidget(self.rows, 1)
        line = QHBoxLayout()
        line.addWidget(self.said, 1)
        for button in (self.take, self.reset, self.reset_all):
            line.addWidget(button)
        column.addLayout(line)
        self.take.hide()

    def _fill(self) -> None:
        for title, entries in sections().items():
            menu = self._heading(title)
            for entry in entries:
                if entry.name not in SUBMENUS:
                    menu.addChild(_row(entry))
        canvas = self._heading(CANVAS)
        for how, what in GESTURES:
            row = QTreeWidgetItem([what, how, ""])
            row.setFirstColumnSpanned(False)
            canvas.addChild(row)
        self.rows.expandAll()
        self._show_keys()
        self.rows.setCurrentItem(self.rows.all()[0])

    def _heading(self, title: str) -> QTreeWidgetItem:
        made = QTreeWidgetItem([title])
        font = made.font(0)
        font.setBold(True)
        made.setFont(0, font)
        made.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.rows.addTopLevelItem(made)
        self.rows.headings.append(made)
        return made

    def row(self, name: str) -> QTreeWidgetItem:
        """The row of a command."""
        return next(row for row in self.rows.all() if row.data(0, NAME) == name)

    def _show_keys(self) -> None:
        for row in self.rows.all():
            name = row.data(0, NAME)
            if name:
                text = " or ".join(self._keymap.keys(name))
                changed = self._keymap.is_changed(name)
                row.setText(1, f"{text}  (changed)".strip() if changed else text)

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for row in self.rows.all():
            told = " ".join(row.text(k) for k in range(3)).casefold()
            row.setHidden(not all(word in told for word in words))
        for heading in self.rows.headings:
            inside = (row for row in self.rows.all() if row.parent() is heading)
            heading.setHidden(all(row.isHidden() for row in inside))

    def _to_first(self) -> None:
        shown = [row for row in self.rows.all() if not row.isHidden()]
        if shown:
            self.rows.setCurrentItem(shown[0])
            self.rows.setFocus()

    # --- changing ------------------------------------------------------------------------------------------------

    def change(self, item: QTreeWidgetItem) -> None:
        """Waits for the new keys of a row's command."""
        name = item.data(0, NAME)
        if not name:
            return
        self._say(f"Press the new keys of “{item.text(0)}”; Escape leaves them as they are.")
        catch = KeyCatch()
        catch.caught.connect(lambda text: self._caught(item, name, text))
        self.rows.setItemWidget(item, 1, catch)
        catch.setFocus()

    def _caught(self, item: QTreeWidgetItem, name: str, text: str) -> None:
        self.rows.removeItemWidget(item, 1)
        self.rows.setFocus()
        reason = self._keymap.refusal(name, text) if text else ""
        if not text:
            self._say(HINT)
        elif reason:
            self._say(reason, (name, text) if self._keymap.owner(text) else None)
        else:
            self._keymap.give(name, text)
            self._say(f"{text} is the key of “{item.text(0)}” now.")

    def _say(self, sentence: str, wished: tuple[str, str] | None = None) -> None:
        self.said.setText(sentence)
        self._wished = wished
        self.take.setVisible(wished is not None)
        if wished is not None:
            self.take.setFocus()

    def _take_over(self) -> None:
        if self._wished is not None:
            name, key = self._wished
            self._keymap.give(name, key)
            self._say(f"{key} is the key of “{self.row(name).text(0)}” now.")
            self.rows.setFocus()

    def _take_away(self, item: QTreeWidgetItem) -> None:
        if name := item.data(0, NAME):
            self._keymap.give(name)
            self._say(f"“{item.text(0)}” has no key now.")

    def _reset(self) -> None:
        item = self.rows.currentItem()
        if item is not None and (name := item.data(0, NAME)):
            self._keymap.reset(name)
            self._say(f"“{item.text(0)}” has its first keys again.")


class _Rows(QTreeWidget):
    """The table; Enter says `asked`, Delete `emptied`."""

    asked = Signal(object)
    emptied = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[QTreeWidgetItem] = []
        self.setHeaderLabels(("command", "keys", "what it does"))
        self.setAccessibleName("shortcuts")
        self.setRootIsDecorated(False)
        self.setIndentation(12)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate(WIDTHS):
            self.header().resizeSection(column, width)

    def all(self) -> list[QTreeWidgetItem]:
        """The rows of commands and gestures."""
        found = (head.child(n) for head in self.headings for n in range(head.childCount()))
        return [row for row in found if row is not None]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.scheduleDelayedItemsLayout()  # heights that were taken before the style was known

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.asked.emit(item)
        elif item is not None and event.key() == Qt.Key.Key_Delete:
            self.emptied.emit(item)
        else:
            super().keyPressEvent(event)


def _row(entry: Shortcut) -> QTreeWidgetItem:
    row = QTreeWidgetItem([plain_text(entry), "", entry.help])
    row.setData(0, NAME, entry.name)
    row.setToolTip(2, entry.help)
    return row


def _button(text: str, act: object) -> QPushButton:
    made = QPushButton(text)
    made.setAutoDefault(False)
    made.clicked.connect(lambda _checked=False: act())  # type: ignore[operator]
    return made
