"""The runs of the window: kept as they are made, shown in their panel, and what can be done with them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app.panels.runs import RunsPanel
from app.panels.sweep_dialog import SweepDialog
from app.recording import Recording
from app.sweeping import Sweeping
from graph.change import Change
from graph.files import atomic_write
from graph.problem import DiagramError, FileError
from runtime.runbook import RunBook, folder_for
from runtime.runs import RunRecord, curves_csv, table_csv
from runtime.variations import settings_in, use

if TYPE_CHECKING:
    from app.window import MainWindow

PACE = 400  # ms between two looks of the panel at the run that is trained
HEIGHT = 290  # pixels of the panel when it is opened first
CSV = "Comma separated values (*.csv)"


class Runs(QObject):
    """Keeps the book of the document's runs.  While the panel is closed nothing is read, compared or painted."""

    def __init__(self, window: MainWindow, panel: RunsPanel, home: Path | None) -> None:
        """`home` is the folder for all diagrams' runs; without it they are kept in memory."""
        super().__init__(window)
        self._window, self.panel, self._home = window, panel, home
        self._book: RunBook | None = None
        self._place: Path | None = None
        self.recording = Recording(window)
        self.sweeping = Sweeping(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PACE)
        self._soon.timeout.connect(self.refresh)
        self.recording.came.connect(self._came)
        self.recording.kept.connect(self._kept)
        self.sweeping.came.connect(self._swept)
        self.sweeping.told.connect(panel.show_progress)
        panel.wished.connect(self._wish)
        panel.renamed.connect(self.rename)
        panel.stopped.connect(self.sweeping.stop)
        panel.opened.connect(self.refresh)
        window.document.changed.connect(self._changed)
        window.document.titled.connect(self._titled)
        window.filing.opened.connect(self._opened)

    # --- the book --------------------------------------------------------------------------------------------------

    @property
    def book(self) -> RunBook:
        """The runs of the document, read when they are first needed."""
        if self._book is None:
            self._place = self._window.document.path
            self._book = RunBook(folder_for(self._home, self._place))
            self._tell_troubles()
        return self._book

    def _tell_troubles(self) -> None:
        if self._book is not None and self._book.troubles:
            first, count = self._book.troubles[0], len(self._book.troubles)
            more = f" ({count - 1} more like it)" if count > 1 else ""
            self._window.status.say(f"{first}{more}")
            self._book.troubles.clear()

    def _opened(self) -> None:
        """Another diagram, with other runs."""
        self.sweeping.stop()
        self.recording.end()
        self._book = None
        self.refresh()

    def _titled(self) -> None:
        """Saved under another name: the runs go along."""
        path = self._window.document.path
        if self._book is not None and path is not None and path != self._place:
            self._book, self._place = self._book.moved(folder_for(self._home, path)), path
            self._tell_troubles()

    def _changed(self, change: Change) -> None:
        if change.runs and self.panel.isVisible():
            self._soon.start()

    def _came(self, record: RunRecord) -> None:
        if record.number:
            self.book.show(record)
        if self.panel.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _kept(self, record: RunRecord) -> None:
        kept = self.book.keep(record)
        self.recording.numbered(kept.number)
        self._tell_troubles()
        self._soon.start()

    def _swept(self, record: RunRecord) -> None:
        self.book.keep(record.with_(when=record.when or time.time()))
        self._tell_troubles()
        self.refresh()

    def refresh(self) -> None:
        """The panel shows what there is, if it can be seen."""
        if self.panel.isVisible():
            self.panel.show_runs(self.book.records, settings_in(self._window.document.diagram))

    def close(self) -> None:
        """The window ends."""
        self.sweeping.stop()
        self.recording.end()

    # --- what can be done with them --------------------------------------------------------------------------------

    def _wish(self, name: str) -> None:
        wishes = {
            "sweep": self.sweep,
            "use": self.use,
            "delete": self.delete,
            "export": self.export,
            "curves": self.export_curves,
            "copy": self.copy,
        }
        wishes[name]()

    def open(self) -> None:
        """Shows the panel."""
        dock = self._window.docks["runs"]
        first = dock.isHidden() and dock.height() < HEIGHT
        dock.show()
        if first and not dock.isFloating():
            self._window.resizeDocks([dock], [HEIGHT], Qt.Orientation.Vertical)
        dock.raise_()

    def rename(self, number: int, name: str) -> None:
        """Calls a run by a name; "" brings its number back."""
        record = next((r for r in self.book.records if r.number == number), None)
        if record is None:
            return
        self.book.keep(record.with_(name=name[:80]))
        now = self.recording.now
        if now is not None and now.number == number:
            self.recording.now = now.with_(name=name[:80])
        self.refresh()

    def delete(self) -> None:
        """Forgets the selected runs; they can be brought back as long as the notice stands."""
        now = self.recording.now
        numbers = [r.number for r in self.panel.chosen() if now is None or r.number != now.number]
        if not numbers:
            self._window.status.say("The run that is being trained stays; reset begins another.")
            return
        book, gone = self.book, self.book.remove(numbers)
        self.refresh()
        what = gone[0].title if len(gone) == 1 else f"{len(gone)} runs"
        back = ("Bring back", lambda: self._bring_back(book, gone))
        self._window.notice.say(f"Deleted: {what}.", back)

    def _bring_back(self, book: RunBook, gone: tuple[RunRecord, ...]) -> None:
        for record in gone:
            book.keep(record)
        self.refresh()

    def use(self) -> None:
        """Gives the diagram the settings of the selected run: one edit, one step of undo."""
        chosen = self.panel.chosen()
        if not chosen:
            return
        window = self._window
        edit, lost = use(window.document.diagram, chosen[0].settings)
        try:
            window.document.do(edit)  # an edit of the whole diagram, whichever level is shown
        except DiagramError as error:
            window.status.say(str(error))
            return
        told = f"{chosen[0].title}: " + (f"{len(edit.edits)} settings" if edit.edits else "nothing")
        missing = f"; not here: {', '.join(lost[:4])}" if lost else ""
        window.status.say(f"{told} changed{missing}")

    def ask_path(self, title: str, name: str) -> str:
        """Where to write, "" for nowhere; tests put their own answer in its place."""
        folder = Path(self._window.document.folder or Path.home())
        stem = Path(self._window.document.name).stem
        start = str(folder / f"{stem}-{name}.csv")
        return QFileDialog.getSaveFileName(self._window, title, start, CSV)[0]

    def export(self) -> None:
        """The table as CSV."""
        self._write("Export the table", "runs", self._table())

    def export_curves(self) -> None:
        """The curves as CSV."""
        self._write("Export the curves", "curves", curves_csv(self.panel.chosen_or_all()))

    def copy(self) -> None:
        """The table to the clipboard."""
        QGuiApplication.clipboard().setText(self._table())
        self._window.status.say("the table is in the clipboard")

    def _table(self) -> str:
        return table_csv(self.panel.chosen_or_all(), self.panel.list.runs.settings)

    def _write(self, title: str, name: str, text: str) -> None:
        path = self.ask_path(title, name)
        if not path:
            return
        try:
            atomic_write(path if Path(path).suffix else f"{path}.csv", text.encode())
        except FileError as error:
            self._window.notice.say(str(error))
            return
        self._window.status.say(f"{Path(path).name} written")

    # --- sweeps ----------------------------------------------------------------------------------------------------

    def sweep(self) -> None:
        """Asks what to sweep, and begins."""
        if self.sweeping.is_running:
            self.open()
            self._window.status.say("A sweep is running; stop it before you begin another.")
            return
        window = self._window
        self.dialog = SweepDialog(window.document.diagram, self._picked(), self._pace(), window)
        self.dialog.accepted.connect(self._begin)
        self.dialog.open()

    def _picked(self) -> tuple[str, ...]:
        """The selected blocks as settings name them: inside a part with the part's name."""
        levels = self._window.levels
        inside = f"{levels.part}/" if levels.part else ""
        return tuple(f"{inside}{name}" for name in sorted(self._window.scene.selected))

    def _pace(self) -> float:
        """Seconds an epoch takes, as far as a run has told."""
        known = [r for r in self.book.records if r.epochs >= 1 and r.seconds > 0]
        return known[-1].seconds / known[-1].epochs if known else 0.0

    def _begin(self) -> None:
        dialog, document = self.dialog, self._window.document
        group = f"sweep {self.book.next_number()}"
        self.open()
        self.sweeping.start(dialog.chosen, dialog.length, document.folder, group)
