"""The table of runs: one row a run, a column for every setting that differs, the final numbers; its rows can be sorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.panels.numbers import percent, readable
from runtime.runs import PARTS, RunRecord, value_text
from runtime.variations import Values, differing, value_of

Index = QModelIndex | QPersistentModelIndex
SORTED = Qt.ItemDataRole.UserRole
MOST_COLUMNS = 16  # of settings
HELP = {
    "run": "its name, or its number; double click to name it",
    "when": "when it began",
    "steps": "parameter updates",
    "seconds": "of training",
    "training": "loss and accuracy over the training samples",
    "validation": "loss and accuracy over the samples held out to watch",
    "test": "loss and accuracy over the samples held out to the end",
    "seed": "of data, split, first weights and order",
}
KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F2, Qt.Key.Key_A, Qt.Key.Key_C)


class RunModel(QAbstractTableModel):
    """The runs in the order of their numbers; `renamed(number, name)` says what a person typed."""

    renamed = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.records: tuple[RunRecord, ...] = ()
        self.columns: tuple[str, ...] = ()
        self.settings: tuple[str, ...] = ()  # those of the columns that are settings
        self.marks: Mapping[int, QPixmap] = {}  # by number: how the run's curve is drawn
        self._present: Values = {}

    def show_runs(self, records: Sequence[RunRecord], present: Values) -> None:
        """These runs; a setting has a column when it differs among them or from the present diagram."""
        names = differing([present, *(r.settings for r in records)]) if records else []
        settings = tuple(n for n in names if n != "seed")[:MOST_COLUMNS]
        columns = ("run", *settings, "seed", *PARTS, "steps", "seconds", "when")
        same = columns == self.columns and len(records) == len(self.records)
        if not same:
            self.beginResetModel()
        self.records, self.columns, self.settings = tuple(records), columns, settings
        self._present = present
        if not same:
            self.endResetModel()
        elif records:
            self.dataChanged.emit(self.index(0, 0), self.index(len(records) - 1, len(columns) - 1))

    def show_marks(self, marks: Mapping[int, QPixmap]) -> None:
        """How the curves of some runs are drawn, by number."""
        self.marks = marks
        if self.records:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.records) - 1, 0))

    # --- what Qt asks ----------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, way: Qt.Orientation, role: int = 0) -> Any:
        if way != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        name = self.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section > 0:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return HELP.get(name, f"{name}; now {value_text(value_of(self._present, name))}")
        return name if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        editable = Qt.ItemFlag.ItemIsEditable if index.column() == 0 else Qt.ItemFlag(0)
        return super().flags(index) | editable

    def data(self, index: Index, role: int = 0) -> Any:
        record, name = self.records[index.row()], self.columns[index.column()]
        roles = Qt.ItemDataRole
        if role == roles.DisplayRole:
            return cell(record, name)
        if role == roles.EditRole:
            return record.name
        if role == SORTED:
            return _order(record, name)
        if role == roles.ToolTipRole:
            return _tip(record)
        if role == roles.DecorationRole and index.column() == 0:
            return self.marks.get(record.number)
        if role == roles.TextAlignmentRole and index.column() > 0:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        self.renamed.emit(self.records[index.row()].number, str(value).strip())
        return True


def cell(record: RunRecord, name: str) -> str:
    """What stands in a column of a run's row."""
    if name == "run":
        return record.title + ("  ✕" if record.problem else "")
    if name == "when":
        return f"{datetime.fromtimestamp(record.when):%d %b %H:%M}" if record.when else "–"
    if name == "seconds":
        return readable(record.seconds, 3)
    if name == "steps":
        return f"{record.steps:,}"
    if name == "seed":
        return str(record.seed)
    if name in PARTS:
        loss, right = record.metric(name, "loss"), record.metric(name, "accuracy")
        return readable(loss) if right is None else f"{readable(loss)} · {percent(right)}"
    return value_text(value_of(record.settings, name))


def _order(record: RunRecord, name: str) -> tuple[int, float, str]:
    """What rows are sorted by: numbers before texts, what is missing last."""
    simple = {
        "run": record.number,
        "when": record.when,
        "steps": record.steps,
        "seconds": record.seconds,
        "seed": record.seed,
    }
    value = record.metric(name, "loss") if name in PARTS else simple.get(name)
    if name not in simple and name not in PARTS:
        value = value_of(record.settings, name)
    if value is None:
        return (2, 0.0, "")
    if isinstance(value, int | float):
        return (0, float(value), "")
    return (1, 0.0, value_text(value))


def _tip(record: RunRecord) -> str:
    lines = [record.title]
    lines += [record.problem] if record.problem else []
    for part in PARTS:
        count = record.metric(part, "samples")
        lines += [f"{part}: judged by {count:,.0f} samples"] if count is not None else []
    if record.marks:
        lines += [f"step {step:,}: {label}" for step, label in record.marks[-8:]]
    told = "  ".join(f"{name} {version}" for name, version in record.versions.items())
    return "\n".join([*lines, f"{record.device}  {told}  diagram {record.digest}".strip()])


class _Sorted(QSortFilterProxyModel):
    def lessThan(self, left: Index, right: Index) -> bool:
        return bool(left.data(SORTED) < right.data(SORTED))


class RunTable(QTableView):
    """The view; `picked` says that other rows are selected, the keys do what the buttons do."""

    picked = Signal()
    deleted = Signal()
    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = RunModel(self)
        self._sorted = _Sorted(self)
        self._sorted.setSourceModel(self.runs)
        self.setModel(self._sorted)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName("runs")
        self.selectionModel().selectionChanged.connect(lambda *_: self.picked.emit())

    def show_runs(self, records: Sequence[RunRecord], present: Values) -> None:
        """Other runs; those that were selected stay so."""
        chosen = self.chosen()
        quiet = self.blockSignals(True)
        self.runs.show_runs(records, present)
        if chosen != self.chosen():
            self.choose(chosen)
        self.blockSignals(quiet)

    def chosen(self) -> tuple[int, ...]:
        """The numbers of the selected runs, from above."""
        rows = sorted({index.row() for index in self.selectionModel().selectedIndexes()})
        return tuple(self._record(row).number for row in rows)

    def choose(self, numbers: Sequence[int]) -> None:
        """Selects runs by their number."""
        self.clearSelection()
        model = self.selectionModel()
        flags = model.SelectionFlag.Select | model.SelectionFlag.Rows
        for row in range(self._sorted.rowCount()):
            if self._record(row).number in numbers:
                model.select(self._sorted.index(row, 0), flags)

    def _record(self, row: int) -> RunRecord:
        return self.runs.records[self._sorted.mapToSource(self._sorted.index(row, 0)).row()]

    def rename(self) -> None:
        """Begins to name the first selected run."""
        rows = sorted({index.row() for index in self.selectionModel().selectedIndexes()})
        if rows:
            self.setCurrentIndex(self._sorted.index(rows[0], 0))
            self.edit(self._sorted.index(rows[0], 0))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ControlModifier,
            )
            if plain and event.key() in KEYS:
                event.accept()  # in the table these keys are about runs, not about blocks
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.deleted.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.rename()
        elif event.key() == Qt.Key.Key_C and control:
            self.copied.emit()
        else:
            super().keyPressEvent(event)
