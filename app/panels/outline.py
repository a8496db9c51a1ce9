"""The outline: every block in the order of the flow, in words, those of parts under their uses; the accessible twin of the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from app.canvas import clicking
from app.panels.readable import readable
from app.panels.words import batch_of, shape_text, spoken, wires_in_words
from app.plain import plain
from app.theme import Theme
from graph.diagram import INLET, OUTLET, OUTPUT, PART, Diagram, Pin
from graph.parts import SLASH, join, levels_of, part_of
from nodes.names import names

if TYPE_CHECKING:
    from runtime.snapshot import Report

COLUMNS = ("name", "kind", "shape", "wires")


class Outline(QTreeWidget):
    """Rows of blocks by their paths; selecting rows says `picked(paths)`, and the canvas's selection is shown here.

    Nothing is built while it is hidden, and nothing inside a part until its use is opened.
    """

    picked = Signal(object)
    asked = Signal(QPoint)  # the commands for what is selected, at this place of the screen

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._diagram = Diagram()
        self._report: Report | None = None
        self._picked: tuple[str, ...] = ()
        self._rows: dict[str, QTreeWidgetItem] = {}
        self._open: set[str] = set()
        self._stale = True
        self.setAccessibleName("outline of the diagram")
        self.setHeaderLabels(COLUMNS)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.itemSelectionChanged.connect(self._pick)
        self.itemExpanded.connect(self._expanded)
        self.itemCollapsed.connect(lambda row: self._open.discard(self._path_of(row)))

    def sizeHint(self) -> QSize:
        return readable(self, len(self._diagram.blocks) + 2)

    def set_theme(self, theme: Theme) -> None:
        """All colours come from the window's style sheet."""

    def show_diagram(self, diagram: Diagram) -> None:
        """Follows the document: the whole, whichever level is shown on the canvas."""
        self._diagram = diagram
        self._refresh()

    def show_report(self, report: Report | None) -> None:
        """Shapes and problems of the newest compile."""
        self._report = report
        self._refresh()

    def show_picked(self, picked: tuple[str, ...]) -> None:
        """Follows the selection of the canvas; inside a part these are paths."""
        self._picked = picked
        if not self._stale:
            self._select()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._build()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:  # of keys hears keyPressEvent
            self.asked.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.keyCombination() in clicking.KEYS:
            row = self.visualRect(self.currentIndex())
            self.asked.emit(self.viewport().mapToGlobal(row.bottomLeft()))
        else:
            super().keyPressEvent(event)

    def _refresh(self) -> None:
        self._stale = True
        if self.isVisible():
            self._build()

    def _build(self) -> None:
        self._stale = False
        self.blockSignals(True)
        self.clear()
        self._rows = {}
        self.setRootIsDecorated(any(b.kind == PART for b in self._diagram.blocks.values()))
        self.addTopLevelItems(self._level("", self._diagram))
        self.blockSignals(False)
        for path in sorted(self._open, key=lambda path: path.count(SLASH)):
            if path in self._rows:
                self._rows[path].setExpanded(True)
        self._select()

    def _level(self, path: str, level: Diagram) -> list[QTreeWidgetItem]:
        """The rows of one level, along the flow."""
        from runtime.levels import report_at

        report = report_at(self._report, path) if self._report is not None else None
        labels = names(level).labels
        made = []
        for name in level.order:
            row = QTreeWidgetItem(_texts(level, name, labels.get(name, ""), report))
            row.setToolTip(3, plain(row.text(3)))
            row.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken(level, name, report))
            block = level.blocks[name]
            if block.kind == PART and part_of(block) in self._diagram.parts:
                row.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            self._rows[join(path, name)] = row
            made.append(row)
        return made

    def _expanded(self, row: QTreeWidgetItem) -> None:
        path = self._path_of(row)
        self._open.add(path)
        part = self._diagram.parts.get(self._part_at(path))
        if part is not None and not row.childCount():
            inside = part.with_(parts=self._diagram.parts, recipe=self._diagram.recipe)
            row.addChildren(self._level(path, inside))

    def _part_at(self, path: str) -> str:
        """The part that the block at a path uses, "" for none."""
        if not path:
            return ""
        level = self._diagram
        for use in levels_of(path):
            level = self._diagram.parts[part_of(level.blocks[use.rpartition(SLASH)[2]])]
        block = level.blocks[path.rpartition(SLASH)[2]]
        return part_of(block) if block.kind == PART else ""

    def _path_of(self, row: QTreeWidgetItem) -> str:
        return next((path for path, other in self._rows.items() if other is row), "")

    def _select(self) -> None:
        self.blockSignals(True)
        self.clearSelection()
        for path in self._picked:
            for use in levels_of(path):
                if use in self._rows and not self._rows[use].isExpanded():
                    self._rows[use].setExpanded(True)
                    self._expanded(self._rows[use])  # signals are blocked
            if path in self._rows:
                self._rows[path].setSelected(True)
        if self._picked and self._picked[0] in self._rows:
            row = self._rows[self._picked[0]]
            self.scrollToItem(row)
            if not self.hasFocus():  # arrows go on from here
                stays = QItemSelectionModel.SelectionFlag.NoUpdate
                self.selectionModel().setCurrentIndex(self.indexFromItem(row), stays)
        self.blockSignals(False)

    def _pick(self) -> None:
        self._picked = tuple(name for name, row in self._rows.items() if row.isSelected())
        self.picked.emit(self._picked)


def _texts(level: Diagram, name: str, label: str, report: Report | None) -> list[str]:
    shapes = report.shapes if report is not None else {}
    shape = shapes.get(Pin(name, OUTPUT))
    troubles = [p.message for p in report.problems if p.block == name] if report else []
    words = "; ".join([wires_in_words(level, name), *troubles]).strip("; ")
    told = shape_text(shape, batch_of(level)) if shape is not None else ""
    block = level.blocks[name]
    kind = f"part {part_of(block)}" if block.kind == PART else block.kind
    is_one = label == name or block.kind in (INLET, OUTLET)
    called = name if is_one else f"{name} {label}".strip()
    return [called, kind, told, words]
