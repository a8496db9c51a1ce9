"""A search over the canvas or the window: a line to type in and what answers it, the best first, what was used last on top."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.canvas.inks import serif
from app.lines import RIGHT, SMALL, write_line
from app.panels.rows import INDENT, TITLE, paint_back, paint_glyph
from app.theme import Theme
from nodes.block import Glyph

SIZE, SMALLEST = QSize(440, 356), QSize(300, 240)
SHARE = 0.62  # of the canvas that it may cover
ROW = 38
EDGE = 8  # pixels kept free to the edges of the canvas
RECENT = "Used last"
KEY = Qt.ItemDataRole.UserRole
NOTE = Qt.ItemDataRole.UserRole + 1  # what stands at the right end of a row
STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Tab: 1,
    Qt.Key.Key_Backtab: -1,
    Qt.Key.Key_PageDown: 6,
    Qt.Key.Key_PageUp: -6,
}


class Offered(Protocol):
    """One row: `key` says what was chosen; what cannot be chosen now is grey."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def section(self) -> str: ...
    @property
    def tip(self) -> str: ...
    @property
    def formula(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def sign(self) -> tuple[Glyph, str] | None: ...
    @property
    def is_enabled(self) -> bool: ...
    def score(self, text: str) -> float: ...


class Search(QFrame):
    """Over another widget, hidden until it is asked; Enter or a click says `chosen`, and `closed` comes after either way.

    Escape closes it, and so does whatever takes the focus away.
    """

    chosen = Signal(str)
    closed = Signal()

    def __init__(
        self,
        theme: Callable[[], Theme],
        parent: QWidget,
        hint: str = "name, formula or section",
        name: str = "Search for a block to add",
    ) -> None:
        """`hint` stands in the empty line, `name` is what a screen reader calls it."""
        super().__init__(parent)
        self._around, self._at = parent, QPoint()
        parent.installEventFilter(self)
        self.setObjectName("popup")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setProperty("role", "small")
        self.title.setContentsMargins(4, 0, 4, 0)
        self.line = QLineEdit()
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(name)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._fill)
        self.list = QListWidget()
        self._set_up_list(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(6)
        for widget in (self.title, self.line, self.list):
            column.addWidget(widget)
        self._entries: Sequence[Offered] = ()
        self._recent: Sequence[str] = ()
        self.hide()

    def _set_up_list(self, theme: Callable[[], Theme]) -> None:
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setStyleSheet("QListWidget { background: transparent; }")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_Row(self, theme))
        self.list.setAccessibleName("found")
        self.list.itemClicked.connect(self._chose)

    def ask(
        self, at: QPoint, title: str, entries: Iterable[Offered], recent: Sequence[str] = ()
    ) -> None:
        """Opens at a point of what is around, offering these; `recent` are keys of those used last, the latest first."""
        self._entries = tuple(entries)
        self._recent = recent
        self.title.setText(title)
        self.line.blockSignals(True)
        self.line.clear()
        self.line.blockSignals(False)
        self._fill("")
        self._at = at
        self._place()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def _place(self) -> None:
        """At the point that was asked for, but inside what is around, and no larger than suits that."""
        at = self._at
        room = self._around.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        size = SIZE.boundedTo(room.size() * SHARE).expandedTo(SMALLEST)
        self.resize(size.boundedTo(room.size()))
        left = min(max(at.x() - 24, room.left()), room.right() - self.width() + 1)
        top = min(max(at.y() + 10, room.top()), room.bottom() - self.height() + 1)
        self.move(left, top)

    def keys(self) -> tuple[str, ...]:
        """What is listed now, from the top."""
        return tuple(self.list.item(row).data(KEY) for row in range(self.list.count()))

    def entry(self, key: str) -> Offered:
        """The offered entry of that key."""
        return next(entry for entry in self._entries if entry.key == key)

    def _fill(self, text: str) -> None:
        self.list.clear()
        for entry, note in self._found(text):
            item = QListWidgetItem(entry.title)
            item.setData(KEY, entry.key)
            item.setData(NOTE, note)
            item.setSizeHint(QSize(0, ROW))
            told = ". ".join(filter(None, (entry.section, entry.tip.partition("\n")[0])))
            told += "" if entry.is_enabled else " (not now)"
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, told)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        found = self.list.count()
        self.list.setAccessibleDescription(f"{found} found" if found else "nothing found")
        self.list.viewport().update()

    def _found(self, text: str) -> list[tuple[Offered, str]]:
        """The entries that answer a text with what stands beside them: used last first, else the best first."""
        order = {key: rank for rank, key in enumerate(self._recent)}
        if not text.strip():
            used = [e for e in self._entries if e.key in order]
            used.sort(key=lambda e: order[e.key])
            rest = [(e, e.note) for e in self._entries if e.key not in order]
            return [(e, RECENT if e.note == e.section else e.note) for e in used] + rest
        scores = [(entry.score(text), entry) for entry in self._entries]
        best = sorted(
            (pair for pair in scores if pair[0] > 0.0),
            key=lambda pair: (-pair[0], order.get(pair[1].key, len(order))),
        )
        return [(entry, entry.note) for _, entry in best]

    # --- keys and mouse ------------------------------------------------------------------------------------------

    def eventFilter(self, watched: object, event: object) -> bool:  # type: ignore[override]
        if watched is self._around and isinstance(event, QResizeEvent) and self.isVisible():
            self._place()
        if watched is self.line and isinstance(event, QFocusEvent) and event.lostFocus():
            self.leave()
        if watched is self.line and isinstance(event, QKeyEvent) and self._answers(event):
            return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _answers(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        mine = (*STEPS, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if key not in mine:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() == QEvent.Type.KeyPress:
            self._act(key)
        return True

    def _act(self, key: Qt.Key) -> None:
        if key in STEPS:
            row = self.list.currentRow() + STEPS[key]
            self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
        elif key == Qt.Key.Key_Escape:
            self.leave()
        elif (item := self.list.currentItem()) is not None:
            self._chose(item)

    def _chose(self, item: QListWidgetItem) -> None:
        key = str(item.data(KEY))
        if self.entry(key).is_enabled:
            self.chosen.emit(key)
            self.leave()

    def leave(self) -> None:
        """Closes without an answer."""
        if self.isVisible():  # hiding it takes the focus away, which comes here again
            self.hide()
            self.closed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()  # the canvas below would zoom


class _Row(QStyledItemDelegate):
    """Paints a row: glyph, title and formula, and at the right where it comes from."""

    def __init__(self, search: Search, theme: Callable[[], Theme]) -> None:
        super().__init__(search)
        self._search = search
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme, row = self._theme(), QRectF(option.rect)
        entry = self._search.entry(index.data(KEY))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_back(painter, row.adjusted(1, 1, -1, -1), option.state, theme.field, theme)
        if entry.sign is not None:
            paint_glyph(painter, row, *entry.sign, theme)
        left = TITLE if entry.sign is not None else INDENT
        note = _paint_note(painter, row.adjusted(0, 0, -INDENT, 0), index.data(NOTE), theme)
        _paint_words(painter, row.adjusted(left, 3, -note - 2 * INDENT, -3), entry, theme)
        painter.restore()


def _paint_note(painter: QPainter, place: QRectF, note: str, theme: Theme) -> float:
    """What stands at the right end; how wide it is."""
    painter.save()
    font = painter.font()
    font.setPixelSize(SMALL)
    painter.setFont(font)
    painter.setPen(QColor(theme.muted))
    wide = write_line(painter, place, note, RIGHT)
    painter.restore()
    return wide


def _paint_words(painter: QPainter, place: QRectF, entry: Offered, theme: Theme) -> None:
    """The title, and the formula below it where there is one."""
    half = place.height() / 2 if entry.formula else place.height()
    title = QRectF(place.x(), place.y(), place.width(), half)
    painter.setPen(QColor(theme.text if entry.is_enabled else theme.muted))
    write_line(painter, title, entry.title)
    if entry.formula:
        painter.setFont(serif(12))
        painter.setPen(QColor(theme.muted))
        write_line(painter, title.translated(0, half), entry.formula)
