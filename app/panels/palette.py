"""The palette: every kind of block and every part with its glyph, to drag onto the canvas, and a field to search them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QDrag, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.canvas.icons import icon
from app.canvas.new_blocks import MIME
from app.lines import write_line
from app.panels.entries import Entry, Pins, kinds, of_parts, of_pins, of_shelf, summary
from app.panels.rows import GLYPH, INDENT, TITLE, paint_back, paint_glyph
from app.plain import plain
from app.theme import Theme
from graph.diagram import Diagram

__all__ = ["KIND", "Palette", "summary"]

KIND = Qt.ItemDataRole.UserRole  # what a drag carries; entries that cannot be dragged have none
BROKEN = Qt.ItemDataRole.UserRole + 1  # the title of such an entry
ROW, HEADER = 34, 30  # heights
FADED = 0.55  # opacity of what cannot be dragged


class Palette(QWidget):
    """All kinds in sections, after the parts of the diagram and the published ones; `chosen` says the kind on Enter or a
    double click.
    """

    chosen = Signal(str)
    dismissed = Signal(str)  # Delete was pressed on this one

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setAccessibleName("Search blocks")
        self.search.setClearButtonEnabled(True)
        self.list = _Kinds(theme)
        self.list.setAccessibleName("Blocks")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        layout.setAlignment(self.search, Qt.AlignmentFlag.AlignTop)
        self.search.setContentsMargins(12, 0, 12, 0)
        self.search.textChanged.connect(self.filter)
        self.search.returnPressed.connect(self._choose)
        self.search.installEventFilter(self)
        self.list.itemActivated.connect(self._chose)
        self.list.dismissed.connect(self.dismissed)
        self.setFocusProxy(self.search)
        self.setMinimumWidth(180)
        self._parts: Mapping[str, Diagram] = {}
        self._inside = False
        self._shelf: Mapping[str, str] = {}
        self._pins: Pins = {}
        self._more: list[Entry] = []
        self.filter("")

    def set_theme(self, theme: Theme) -> None:
        """Paints the glyphs in other colours from now on."""
        self.list.theme = theme
        self.list.viewport().update()

    def hint(self, keys: str) -> None:
        """Which keys lead to the search, "" when none do."""
        self.search.setPlaceholderText(f"Search blocks ({keys})" if keys else "Search blocks")

    def kinds(self) -> tuple[str, ...]:
        """The kinds that are listed now, from the top."""
        rows = (self.list.item(row) for row in range(self.list.count()))
        return tuple(item.data(KIND) for item in rows if item.data(KIND))

    def filter(self, text: str) -> None:
        """Lists the kinds that answer a text by their name, formula, section or summary; the best is current."""
        scores = {entry: entry.score(text) for entry in self.entries()}
        self.list.fill(entry for entry, score in scores.items() if score > 0.0)
        if text.strip():
            self.list.choose(max(scores, key=lambda entry: scores[entry]).key)

    def entries(self) -> tuple[Entry, ...]:
        """All that can be added here, those that cannot be used included."""
        return (*self._more, *kinds())

    def show_parts(self, parts: Mapping[str, Diagram], inside: bool) -> None:
        """Offers these parts, and pins for the part around when what is shown is the inside of one."""
        if parts is not self._parts or inside != self._inside:
            self._parts, self._inside = parts, inside
            self._offer()

    def show_shelf(self, found: Mapping[str, str], pins: Pins | None = None) -> None:
        """Offers published parts: by name what is wrong with each, "" when nothing is, and the pins that are known."""
        self._shelf, self._pins = found, pins or {}
        self._offer()

    def _offer(self) -> None:
        more = [
            *(of_pins() if self._inside else ()),
            *of_parts(self._parts),
            *of_shelf(self._shelf, self._pins),
        ]
        if more != self._more:
            self._more = more
            place = self.list.verticalScrollBar().value()
            self.filter(self.search.text())
            self.list.verticalScrollBar().setValue(place)

    def eventFilter(self, watched: object, event: object) -> bool:  # type: ignore[override]
        """Up and down in the search field walk through the list."""
        if watched is self.search and isinstance(event, QKeyEvent):
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            if event.type() == QKeyEvent.Type.KeyPress and event.key() in steps:
                self.list.walk(steps[Qt.Key(event.key())])
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._chose(item)

    def _chose(self, item: QListWidgetItem) -> None:
        if item.data(KIND):
            self.chosen.emit(item.data(KIND))


class _Kinds(QListWidget):
    """The list itself: section titles that cannot be chosen, and kinds that can be dragged."""

    dismissed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.entries: dict[str, Entry] = {}
        self.setItemDelegate(_Row(self))
        self.setDragEnabled(True)
        self.setDragDropMode(QListWidget.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QListWidget.Shape.NoFrame)

    def fill(self, entries: Iterable[Entry]) -> None:
        """Lists these, each section under its title; the first that can be chosen is current."""
        self.clear()
        self.entries = {}
        section = ""
        for entry in entries:
            if entry.section != section:
                section = entry.section
                self.addItem(_header(section))
            self.addItem(_row(entry))
            self.entries[entry.key] = entry
        if self.count():
            self.setCurrentRow(0)
            self.walk(1)
        else:
            self.addItem(_header("no such block"))

    def is_in_use(self) -> bool:
        """Whether keys go to the list or to its search field, so that it matters which kind is current."""
        parent = self.parentWidget()
        return parent is not None and parent.isAncestorOf(
            QApplication.focusWidget() or self.window()
        )

    def event(self, event: QEvent) -> bool:
        # Delete is the key of a menu command; here it means something else
        if event.type() == QEvent.Type.ShortcutOverride and _is_delete(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if _is_delete(event) and item is not None and item.data(KIND):
            self.dismissed.emit(item.data(KIND))
        else:
            super().keyPressEvent(event)

    def choose(self, kind: str) -> None:
        """Makes this kind current, if it is listed."""
        for row in range(self.count()):
            if self.item(row).data(KIND) == kind:
                self.setCurrentRow(row)

    def walk(self, step: int) -> None:
        """Makes the next or previous kind current, past section titles."""
        row = self.currentRow() + step
        while 0 <= row < self.count() and not self.item(row).data(KIND):
            row += step
        if 0 <= row < self.count():
            self.setCurrentRow(row)

    def mimeData(self, items: Iterable[QListWidgetItem]) -> QMimeData:  # type: ignore[override]
        made = QMimeData()
        for item in items:
            made.setData(MIME, str(item.data(KIND)).encode())
        return made

    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        item = self.currentItem()
        if item is None or not item.data(KIND):
            return
        drag = QDrag(self)
        drag.setMimeData(self.mimeData([item]))
        size = GLYPH * 1.5
        entry = self.entries[item.data(KIND)]
        drag.setPixmap(icon(entry.glyph, entry.mark, self.theme, size, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(size.width() // 2, size.height() // 2))
        drag.exec(Qt.DropAction.CopyAction)


def _is_delete(event: QEvent) -> bool:
    keys = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
    return isinstance(event, QKeyEvent) and event.key() in keys


def _header(title: str) -> QListWidgetItem:
    item = QListWidgetItem(title)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    item.setSizeHint(QSize(0, HEADER))
    return item


def _row(entry: Entry) -> QListWidgetItem:
    item = QListWidgetItem(entry.title)
    if entry.is_broken:
        item.setData(BROKEN, entry.key)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
    else:
        item.setData(KIND, entry.key)
    item.setSizeHint(QSize(0, ROW))
    item.setToolTip(plain(entry.tip))
    item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, entry.tip.partition("\n")[0])
    return item


class _Row(QStyledItemDelegate):
    """Paints a row: glyph and title, or the title of a section."""

    def __init__(self, kinds: _Kinds) -> None:
        super().__init__(kinds)
        self._kinds = kinds

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row, name = QRectF(option.rect), index.data(KIND) or index.data(BROKEN)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if name:
            painter.setOpacity(FADED if index.data(BROKEN) else 1.0)
            self._paint_kind(painter, row, option.state, self._kinds.entries[name])
        else:
            self._paint_section(painter, row, index.data())
        painter.restore()

    def _paint_kind(
        self, painter: QPainter, row: QRectF, state: QStyle.StateFlag, entry: Entry
    ) -> None:
        theme = self._kinds.theme
        if not self._kinds.is_in_use():
            state &= ~QStyle.StateFlag.State_Selected
        paint_back(painter, row.adjusted(6, 1, -6, -1), state, theme.panel, theme)
        paint_glyph(painter, row, entry.glyph, entry.mark, theme)
        painter.setPen(QColor(theme.muted if entry.is_broken else theme.text))
        write_line(painter, row.adjusted(TITLE, 0, -2, 0), entry.title)

    def _paint_section(self, painter: QPainter, row: QRectF, title: str) -> None:
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(self._kinds.theme.muted))
        write_line(painter, row.adjusted(INDENT, 8, -2, 0), title)
