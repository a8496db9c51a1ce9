"""What keeps a file on the disk from being lost: the version before it, and whether somebody else has written it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from pathlib import Path

from PySide6.QtCore import QLockFile

BEFORE = "~"  # ends the name of the version before


def before(path: Path) -> Path:
    """Where the version before the last save is kept."""
    return path.with_name(path.name + BEFORE)


def keep_before(path: Path, content: bytes) -> None:
    """Keeps what is in a file that is about to hold `content`; nothing to keep when that is the same.  Raises OSError.

    A second name for the same bytes where the disk can give one, so that it costs no room; else a copy.
    """
    if stamp(path) in ("", _digest(content)):
        return
    beside = path.with_name(f".gradboard-{secrets.token_hex(8)}.tmp")
    try:
        try:
            os.link(path, beside)
        except OSError:
            shutil.copy2(path, beside)
        os.replace(beside, before(path))
    finally:
        beside.unlink(missing_ok=True)


def stamp(path: Path | None) -> str:
    """What tells a file's content from any other, "" when it cannot be read."""
    if path is None:
        return ""
    try:
        return _digest(path.read_bytes())
    except OSError:
        return ""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Claim:
    """The claim of one window on one file; without a folder for such claims every file is free."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock: QLockFile | None = None

    def take(self, path: Path | None) -> bool:
        """Lets go of the file before and claims another; False when a window that lives has it already."""
        self.drop()
        if self._folder is None or path is None:
            return True
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]
        lock = QLockFile(str(self._folder / f"{name}.open"))
        lock.setStaleLockTime(0)
        if lock.tryLock(0):
            self._lock = lock
            return True
        return (
            lock.error() != QLockFile.LockError.LockFailedError
        )  # a folder that cannot be used claims nothing

    def drop(self) -> None:
        """Lets go of the file."""
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None
