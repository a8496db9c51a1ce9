"""Recovery copies: unsaved work is written aside within seconds of an edit, and found again after a crash."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from app.document import SUFFIX, Document
from graph.diagram import Diagram, Frozen
from graph.files import load, save
from graph.problem import FileError

WAIT = 1_500  # ms from an edit to its copy; with the writing of a large diagram well below five seconds
KEY = "x-rescued"  # of a copy: the file that it is of, and the name of one that has no file yet
LOCK = ".lock"


@dataclass(frozen=True)
class Lost:
    """A copy that a window left behind which ended without saving: its file, whose work it is, seconds since 1970."""

    copy: Path
    path: Path | None
    name: str
    when: float
    diagram: Diagram


class Rescue(QObject):
    """Keeps one copy of the document in `folder` while it has unsaved work; without a folder it keeps none.

    Writing happens in a thread of its own, one copy after the other.  `failed(sentence)` says when a copy could not be
    written.  The copy is removed when the work is saved, taken back, or given up.
    """

    failed = Signal(str)

    def __init__(
        self, document: Document, folder: Path | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._folder = folder
        self._copy = Path()
        self._lock: QLockFile | None = None
        self._writing: Future[None] | None = None
        self._there = self._told = False
        self._threads = ThreadPoolExecutor(1, "rescue")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT)
        self._timer.timeout.connect(self.write)
        if folder is not None:
            document.changed.connect(self._changed)
            document.titled.connect(self._titled)

    def _changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()  # never started anew: while a person goes on editing, copies go on too

    def _titled(self) -> None:
        if self._document.is_clean:
            self._remove()

    def write(self) -> None:
        """Writes a copy of the unsaved work, as soon as the one before is written."""
        if self._folder is None or self._document.is_clean:
            return
        if self._writing is not None and not self._writing.done():
            self._timer.start()
            return
        self._tell(self._writing)
        if not self._there:
            self._begin(self._folder)
        self._writing = self._threads.submit(save, self._marked(), self._copy)

    def _begin(self, folder: Path) -> None:
        """A new copy's name, locked for as long as this process lives."""
        token = secrets.token_hex(8)
        self._copy = folder / f"{token}{SUFFIX}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return  # writing fails too, and says why
        self._lock = QLockFile(str(folder / f"{token}{LOCK}"))
        self._lock.setStaleLockTime(
            0
        )  # by the death of its process alone, however long the window is open
        self._lock.tryLock(0)
        self._there = True

    def _marked(self) -> Diagram:
        document = self._document
        whose = {"path": str(document.path or ""), "name": document.name}
        return document.diagram.with_(extra=Frozen({**document.diagram.extra, KEY: whose}))

    def _tell(self, writing: Future[None] | None) -> None:
        error = writing.exception() if writing is not None else None
        if error is not None and not self._told:
            self._told = True
            self.failed.emit(f"No recovery copy can be written, so save often: {error}")

    def _remove(self) -> None:
        self._timer.stop()
        if not self._there:
            return
        self._there = False
        lock, self._lock = self._lock, None
        self._threads.submit(_clear, self._copy).result()
        if lock is not None:
            lock.unlock()

    def close(self) -> None:
        """The window ends in an orderly way: what is not saved is not wanted."""
        self._remove()
        self._threads.shutdown()


def _clear(copy: Path) -> None:
    copy.unlink(missing_ok=True)


def lost(folder: Path | None) -> tuple[Lost, ...]:
    """The copies of windows that are gone, the newest first.  A copy that cannot be read is left where it is."""
    found = []
    for copy in folder.glob(f"*{SUFFIX}") if folder is not None and folder.is_dir() else ():
        lock = QLockFile(str(copy.with_suffix(LOCK)))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0):
            continue  # its window lives
        lock.unlock()
        try:
            found.append(_read(copy))
        except (FileError, OSError):
            continue
    return tuple(sorted(found, key=lambda entry: -entry.when))


def _read(copy: Path) -> Lost:
    diagram = load(copy)
    whose = diagram.extra.get(KEY)
    known = whose if isinstance(whose, Mapping) else {}
    path = str(known.get("path", ""))
    name = str(known.get("name", "")) or copy.name
    clean = diagram.with_(extra=diagram.extra.without(KEY))
    return Lost(copy, Path(path) if path else None, name, copy.stat().st_mtime, clean)


def ago(when: float) -> str:
    """How long ago something was, in words."""
    minutes = max(0.0, time.time() - when) / 60
    if minutes < 1:
        return "less than a minute ago"
    if minutes < 90:
        return f"{minutes:.0f} min ago"
    return f"{minutes / 60:.0f} h ago" if minutes < 2_880 else f"{minutes / 1_440:.0f} days ago"
