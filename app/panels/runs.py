"""The panel of the runs: their table, the curves of those that are selected, and the settings in which these differ."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.panels.run_table import RunTable
from app.theme import Theme
from app.views.overlay import Overlay
from app.views.table import Table
from runtime.runs import RunRecord, table_rows, value_text
from runtime.variations import Values, differing, value_of

MOST = 500  # settings side by side
EMPTY = (
    "No run yet: press play. Each run is kept with its settings, its curve and its final numbers."
)
BUTTONS = (  # name, text, help, whether runs have to be selected
    (
        "sweep",
        "Sweep…",
        "train with several values of a setting, or several seeds, beside this",
        False,
    ),
    ("use", "Use these settings", "give the diagram the settings of the selected run", True),
    ("rename", "Rename", "name the selected run (F2)", True),
    ("export", "Export table…", "the selected runs, or all, as CSV", False),
    ("curves", "Export curves…", "the curves of the selected runs, or of all, as CSV", False),
    ("delete", "Delete", "forget the selected runs (Del)", True),
)


NARROW = {"curves": 900, "rename": 760, "export": 640, "delete": 500, "use": 400}  # pixels


class RunsPanel(QWidget):
    """Says what was wished by `wished(name)`, of BUTTONS or "copy"; `stopped` ends a sweep; `renamed(number, name)`."""

    help = (
        "Every run of this diagram: its settings, its loss L at every step and what it reached on each part of the data. "
        "Runs that differ in nothing but the seed are one curve, mean L̄ with a band of ± √(Σ(L − L̄)² / (n − 1))."
    )
    wished = Signal(str)
    stopped = Signal()
    renamed = Signal(int, str)
    opened = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._records: Sequence[RunRecord] = ()
        self.list = RunTable()
        self.plot = Overlay(theme)
        self.settings = _Settings()
        self.empty = QLabel(EMPTY)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        self.buttons: dict[str, QPushButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 2, 8, 6)
        column.setSpacing(4)
        column.addWidget(self._head())
        self.below = QSplitter(Qt.Orientation.Horizontal)
        self.below.addWidget(self.plot)
        self.below.addWidget(self.settings)
        self.below.setSizes([360, 120])
        self.below.setStretchFactor(0, 1)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        for part in (self.list, self.below):
            self.split.addWidget(part)
        self.split.setSizes([460, 480])
        column.addWidget(self.empty, 1)
        column.addWidget(self.split, 1)
        self.list.picked.connect(self._picked)
        self.list.deleted.connect(lambda: self.wished.emit("delete"))
        self.list.copied.connect(lambda: self.wished.emit("copy"))
        self.list.runs.renamed.connect(self.renamed)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._offer)
        self.plot.part.toggled.connect(lambda _on: self._picked())
        self.show_progress("", 0.0)
        self.show_runs((), {})

    def _head(self) -> QWidget:
        head = QWidget()
        head.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(head)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)  # it asks for no width
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for name, text, help, _picked in BUTTONS:
            button = self.buttons[name] = QPushButton(text)
            button.setToolTip(help)
            button.clicked.connect(lambda _checked=False, name=name: self._wish(name))
            row.addWidget(button)
        row.addStretch(1)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setFixedSize(130, 14)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("progress of the sweep")
        self.along = QLabel()
        self.along.setTextFormat(Qt.TextFormat.PlainText)
        self.along.setProperty("role", "small")
        self.stop = QPushButton("Stop")
        self.stop.setToolTip("end the sweep; what is done stays")
        self.stop.clicked.connect(self.stopped)
        for widget in (self.along, self.progress, self.stop):
            row.addWidget(widget)
        head.setFixedHeight(self.stop.sizeHint().height() + 2)
        return head

    def _wish(self, name: str) -> None:
        if name == "rename":
            self.list.rename()
        else:
            self.wished.emit(name)

    def _offer(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for name, text, help, _picked in BUTTONS:
            action = menu.addAction(text)
            action.triggered.connect(lambda _checked=False, name=name: self._wish(name))
            action.setToolTip(help)
            action.setEnabled(self.buttons[name].isEnabled())
        menu.popup(self.list.viewport().mapToGlobal(place))

    # --- following -----------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self.plot.set_theme(theme)
        self.list.runs.show_marks(self.plot.marks())

    def show_runs(self, records: Sequence[RunRecord], present: Values) -> None:
        """These runs, beside the settings of the present diagram."""
        self._records = records
        self.list.show_runs(records, present)
        self.empty.setVisible(not records)
        self.split.setVisible(bool(records))
        self._picked()

    def show_progress(self, text: str, share: float) -> None:
        """How far a sweep is; "" when there is none."""
        self.along.setText(text)
        self.progress.setValue(round(1000 * share))
        for widget in (self.along, self.progress, self.stop):
            widget.setVisible(bool(text))

    def chosen(self) -> list[RunRecord]:
        """The selected runs, from above."""
        known = {record.number: record for record in self._records}
        return [known[n] for n in self.list.chosen() if n in known]

    def table(self) -> Table:
        """The selected runs, or all, as rows for a spreadsheet."""
        header, *rows = table_rows(self.chosen_or_all(), self.list.runs.settings)
        return header, [[_number(cell) for cell in row] for row in rows]

    def chosen_or_all(self) -> list[RunRecord]:
        """What is exported."""
        return self.chosen() or list(self._records)

    def _picked(self) -> None:
        chosen = self.chosen()
        self.plot.show_runs(chosen)
        self.list.runs.show_marks(self.plot.marks())
        self.settings.show_runs(chosen)
        for name, _text, _help, picked in BUTTONS:
            enough = len(chosen) == 1 if name in ("use", "rename") else bool(chosen)
            self.buttons[name].setEnabled(
                enough if picked else name == "sweep" or bool(self._records)
            )

    def resizeEvent(self, event: object) -> None:
        wide = self.width() > 1.4 * self.height()
        way = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self.split.orientation() != way:
            self.split.setOrientation(way)
        for name, least in NARROW.items():  # in the menu of the table they all stay
            self.buttons[name].setVisible(self.width() > least)

    def showEvent(self, event: object) -> None:
        self.opened.emit()


class _Settings(QTableWidget):
    """The settings in which runs differ, side by side; hidden for one run, or when they are all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.verticalHeader().setDefaultSectionSize(22)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setAccessibleName("settings in which the selected runs differ")
        self.setMinimumWidth(90)

    def show_runs(self, records: Sequence[RunRecord]) -> None:
        names = differing([r.settings for r in records])[:MOST] if len(records) > 1 else []
        self.setVisible(bool(names))
        self.setRowCount(len(names))
        self.setColumnCount(len(records) if names else 0)
        self.setVerticalHeaderLabels(names)
        if not names:
            return
        self.setHorizontalHeaderLabels([r.title for r in records])
        for row, name in enumerate(names):
            for column, record in enumerate(records):
                item = QTableWidgetItem(value_text(value_of(record.settings, name)))
                self.setItem(row, column, item)


def _number(cell: str) -> float | str:
    """A cell as the number that stands in it, so that no minus is taken for the beginning of a formula."""
    try:
        return float(cell) if not cell.lstrip("-").isdecimal() else int(cell)
    except ValueError:
        return cell
