"""Where the runs of a diagram are kept: a folder with one file a run, or memory alone."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Iterable
from pathlib import Path

from graph.files import atomic_write
from graph.problem import FileError
from runtime.runfile import from_text, to_text
from runtime.runs import RunRecord

KEPT = 200  # runs of a diagram
LARGEST = 2_000_000  # bytes of one file
SUFFIX = ".run.json"


def folder_for(home: Path | None, path: Path | None) -> Path | None:
    """The folder for the runs of the diagram at `path` below `home`; None when there is no home or no path."""
    if home is None or path is None:
        return None
    return home / hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]


class RunBook:
    """The runs of one diagram, the oldest first; beyond KEPT the oldest without a name makes room.

    Without a folder they are kept in memory alone.  What cannot be read or written is left out; `troubles` says so,
    a sentence each.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.troubles: list[str] = []
        self._files: dict[int, Path] = {}
        self._records: dict[int, RunRecord] = {}
        self._read()

    @property
    def records(self) -> tuple[RunRecord, ...]:
        """All runs by their number."""
        return tuple(self._records[n] for n in sorted(self._records))

    def _read(self) -> None:
        if self.folder is None or not self.folder.is_dir():
            return
        for file in sorted(self.folder.glob(f"*{SUFFIX}"))[-2 * KEPT :]:
            try:
                record = from_text(_content(file), file.name)
            except FileError as error:
                self.troubles.append(str(error))
                continue
            number = record.number
            if number < 1 or number in self._records:  # two windows wrote at the same time
                record = record.with_(number=self.next_number())
            self._records[record.number], self._files[record.number] = record, file

    def next_number(self) -> int:
        """The number of the next run."""
        return max(self._records, default=0) + 1

    def show(self, record: RunRecord) -> None:
        """Replaces a run in memory; its file waits for `keep`."""
        self._records[record.number] = record

    def keep(self, record: RunRecord) -> RunRecord:
        """Adds a run, or replaces the one of its number; a run without a number gets the next.  Returns it as it is kept."""
        if record.number < 1:
            record = record.with_(number=self.next_number())
        self._records[record.number] = record
        self._write(record)
        while len(self._records) > KEPT:
            unnamed = (n for n in sorted(self._records) if not self._records[n].name)
            self.remove([next(unnamed, min(self._records))])
        return record

    def _write(self, record: RunRecord) -> None:
        if self.folder is None:
            return
        name = f"{record.number:06d}-{secrets.token_hex(4)}{SUFFIX}"
        file = self._files.setdefault(record.number, self.folder / name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            atomic_write(file, to_text(record).encode())
        except (FileError, OSError) as error:
            self.troubles.append(f"Run {record.number} is kept in memory only: {error}")

    def remove(self, numbers: Iterable[int]) -> tuple[RunRecord, ...]:
        """Takes runs out; returns them, so that they can be kept again."""
        gone = [self._records.pop(n) for n in numbers if n in self._records]
        for record in gone:
            file = self._files.pop(record.number, None)
            if file is not None:
                with contextlib.suppress(OSError):
                    file.unlink(missing_ok=True)
        return tuple(gone)

    def moved(self, folder: Path | None) -> RunBook:
        """The book at another folder, with these runs after those that are there: the diagram was saved under that name."""
        book = RunBook(folder)
        taken = set(book._records)
        for record in self.records:
            book.keep(record.with_(number=0) if record.number in taken else record)
        return book


def _content(file: Path) -> str:
    try:
        if not file.is_file() or file.stat().st_size > LARGEST:
            raise FileError(f"{file.name}: this run was left out: the file is too large.")
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(
            f"{file.name}: this run was left out: it cannot be read ({error})."
        ) from None
