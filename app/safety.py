"""No work is lost: offers what a crashed window left, and speaks up when a file is open or written elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QStandardPaths, QTimer

from app.keeping import Claim
from app.rescue import Lost, Rescue, ago, lost

if TYPE_CHECKING:
    from app.window import MainWindow

SETTLE = 300  # ms that a file must rest before it is looked at: others write it in pieces


def users_folder() -> Path:
    """Where recovery copies and claims are kept; the folder need not exist yet."""
    kind = QStandardPaths.StandardLocation.AppDataLocation
    return Path(QStandardPaths.writableLocation(kind)) / "open"


class Safety(QObject):
    """Watches over the document's file and the unsaved work of a window; without a folder over the file alone."""

    def __init__(self, window: MainWindow, folder: Path | None) -> None:
        super().__init__(window)
        self._window = window
        self._folder = folder
        self._claim = Claim(folder)
        self._path: Path | None = None
        self.rescue = Rescue(window.document, folder, self)
        self._watcher = QFileSystemWatcher(self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE)
        self._settle.timeout.connect(self._look)
        self._watcher.fileChanged.connect(lambda _path: self._settle.start())
        self.rescue.failed.connect(window.notice.say)
        window.filing.opened.connect(self._follow)
        window.document.titled.connect(self._follow)

    def close(self) -> None:
        """The window ends in an orderly way."""
        self.rescue.close()
        self._claim.drop()

    # --- the file ------------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """The document has another file, or was saved."""
        path = self._window.document.path
        if path is not None and str(path) not in self._watcher.files() and path.is_file():
            self._watcher.addPath(str(path))  # also anew after a save: the old file is gone
        if path == self._path:
            return
        for old in self._watcher.files():
            if old != str(path):
                self._watcher.removePath(old)
        self._path = path
        if not self._claim.take(path) and path is not None:
            self._window.notice.say(
                f"{path.name} is open in another window too; save under another name to keep both.",
                ("Save as…", self._window.filing.save_as),
            )

    def _look(self) -> None:
        self._follow()
        filing, path = self._window.filing, self._window.document.path
        if path is None or not filing.is_changed_elsewhere():
            return
        self._window.notice.say(
            f"{path.name} was changed by another program or window.",
            ("Read it again", filing.reload),
            ("Save mine under another name…", filing.save_as),
        )

    # --- what was lost -------------------------------------------------------------------------------------------

    def offer(self) -> None:
        """Offers the newest copy that a window left behind."""
        found = lost(self._folder)
        if not found:
            return
        newest, more = found[0], len(found) - 1
        others = f" {more} older one{'s' if more > 1 else ''} will be offered next." if more else ""
        self._window.notice.say(
            f"{newest.name} has changes of {ago(newest.when)} that were not saved when the program ended.{others}",
            ("Recover", lambda: self._recover(newest)),
            ("Discard", lambda: self._discard(newest)),
        )

    def _recover(self, work: Lost) -> None:
        window = self._window
        if not window.filing.may_leave():
            self.offer()
            return
        window.filing.take_unsaved(work.diagram, work.path, Path(work.name).stem)
        self.rescue.write()
        window.status.say(f"{work.name} is back; save it to keep it")
        self._discard(work)

    def _discard(self, work: Lost) -> None:
        work.copy.unlink(missing_ok=True)
        self.offer()
