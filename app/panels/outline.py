"""The outline: every block in the order of the flow, in words; the accessible twin of the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from app.panels.words import batch_of, shape_text, wires_in_words
from app.theme import Theme
from graph.diagram import OUTPUT, Diagram, Pin
from nodes.names import names

if TYPE_CHECKING:
    from runtime.snapshot import Report

COLUMNS = ("name", "kind", "shape", "wires")


class Outline(QTreeWidget):
    """Rows of blocks; selecting rows says `picked(ids)`, and the canvas's selection is shown here.

    Nothing is built while it is hidden.
    """

    picked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._diagram = Diagram()
        self._report: Report | None = None
        self._picked: tuple[str, ...] = ()
        self._rows: dict[str, QTreeWidgetItem] = {}
        self._stale = True
        self.setAccessibleName("outline of the diagram")
        self.setHeaderLabels(COLUMNS)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.itemSelectionChanged.connect(self._pick)

    def set_theme(self, theme: Theme) -> None:
        """All colours come from the window's style sheet."""

    def show_diagram(self, diagram: Diagram) -> None:
        """Follows the document."""
        self._diagram = diagram
        self._refresh()

    def show_report(self, report: Report | None) -> None:
        """Shapes and problems of the newest compile."""
        self._report = report
        self._refresh()

    def show_picked(self, picked: tuple[str, ...]) -> None:
        """Follows the selection of the canvas."""
        self._picked = picked
        if not self._stale:
            self._select()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._build()

    def _refresh(self) -> None:
        self._stale = True
        if self.isVisible():
            self._build()

    def _build(self) -> None:
        self._stale = False
        self.blockSignals(True)
        self.clear()
        self._rows = {}
        labels = names(self._diagram).labels
        for block in self._diagram.order:
            row = QTreeWidgetItem(self._texts(block, labels.get(block, "")))
            row.setToolTip(3, row.text(3))
            self._rows[block] = row
        self.addTopLevelItems(list(self._rows.values()))
        self.blockSignals(False)
        self._select()

    def _texts(self, block: str, label: str) -> list[str]:
        shapes = self._report.shapes if self._report is not None else {}
        shape = shapes.get(Pin(block, OUTPUT))
        troubles = (
            [p.message for p in self._report.problems if p.block == block] if self._report else []
        )
        words = "; ".join([wires_in_words(self._diagram, block), *troubles]).strip("; ")
        told = shape_text(shape, batch_of(self._diagram)) if shape is not None else ""
        return [f"{block} {label}".strip(), self._diagram.blocks[block].kind, told, words]

    def _select(self) -> None:
        self.blockSignals(True)
        self.clearSelection()
        for block in self._picked:
            if block in self._rows:
                self._rows[block].setSelected(True)
        if self._picked and self._picked[0] in self._rows:
            self.scrollToItem(self._rows[self._picked[0]])
        self.blockSignals(False)

    def _pick(self) -> None:
        self._picked = tuple(name for name, row in self._rows.items() if row.isSelected())
        self.picked.emit(self._picked)
