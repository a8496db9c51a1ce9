"""Which files a diagram may read: those beside it, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

from runtime.data.dataset import DataError


def beside(path: str, folder: str, what: str = "file") -> Path:
    """The file at the relative `path` in `folder`; a diagram from a stranger must not read any other.

    Raises DataError when the path is absolute or leads out of the folder, by `..` or by a link, or is no file; `what`
    says in the sentence what kind of file it should be.
    """
    found = _inside(path, folder, what)
    if not found.is_file():
        raise DataError(f"there is no file {path!r:.80} beside the diagram: put the {what} there.")
    return found


def folder_beside(path: str, folder: str) -> Path:
    """The folder at the relative `path` in `folder`, with the same limits."""
    found = _inside(path, folder, "folder")
    if not found.is_dir():
        raise DataError(f"there is no folder {path!r:.80} beside the diagram: put it there.")
    return found


def _inside(path: str, folder: str, what: str) -> Path:
    if not folder:
        raise DataError(f"{path!r:.80} is looked up beside the diagram: save the diagram first.")
    if not path or "\0" in path:
        raise DataError(
            f"data.path names no {what}: write the name of a {what} beside the diagram."
        )
    base, parts = Path(folder).resolve(), PureWindowsPath(path)
    absolute = PurePosixPath(path).is_absolute() or parts.drive or parts.root
    try:
        found = (base / path).resolve()
        inside = found.is_relative_to(base) and not absolute and ".." not in parts.parts
        if inside:
            found.stat()
    except FileNotFoundError:
        return found
    except (OSError, RuntimeError, ValueError):
        raise DataError(
            f"{path!r:.80} cannot be the path of a {what}: write the name of a {what} beside the diagram."
        ) from None
    if not inside:
        raise DataError(
            f"{path!r:.80} is not in the diagram's folder: put the {what} beside the diagram and write its name."
        )
    return found


def stamp(path: Path) -> tuple[int, int]:
    """When a file was changed and how long it is: it is read again when that differs.  Raises DataError."""
    try:
        found = path.stat()
    except OSError as error:
        raise unreadable(path.name, error) from error
    return found.st_mtime_ns, found.st_size


def unreadable(name: str, error: OSError) -> DataError:
    """The sentence about a file that the system does not give."""
    return DataError(f"{name} cannot be read: {error.strerror or error}.")


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder, by name; hidden entries and links are left out, so that nothing leads outside."""
    try:
        with os.scandir(folder) as found:
            kept = [e for e in found if not e.name.startswith(".") and not e.is_symlink()]
    except OSError as error:
        raise unreadable(folder.name, error) from error
    return sorted(kept, key=lambda entry: entry.name)
