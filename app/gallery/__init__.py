"""The diagrams that come with Gradboard: their names, their files, and what to look for in each."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from graph.problem import FileError

PREFIX = "gallery:"  # `gallery:xor` stands for the file wherever a diagram is asked for
SUFFIX = ".gradboard"
_FOLDER = Path(__file__).resolve().parent


def names() -> tuple[str, ...]:
    """The names of all gallery diagrams, in alphabetical order."""
    return tuple(sorted(file.stem for file in _FOLDER.glob(f"*{SUFFIX}")))


def path(name: str) -> Path:
    """The file of a gallery diagram.  Raises FileError when there is none of that name."""
    if name not in names():
        raise FileError(f"The gallery has no {name!r:.60}; it has {', '.join(names())}.")
    return _FOLDER / f"{name}{SUFFIX}"


def note(name: str) -> str:
    """One line on what to look for in a gallery diagram, from the `x-note` in its file."""
    return _said(name, "x-note")


def section(name: str) -> str:
    """The section of the lectures in which a gallery diagram stands, from the `x-section` in its file."""
    return _said(name, "x-section")


def heavy(name: str) -> bool:
    """Whether a gallery diagram is too large to be trained in passing, from the `x-heavy` in its file."""
    return _said(name, "x-heavy") == str(True)


@cache
def _said(name: str, key: str) -> str:
    from graph.files import load

    return str(load(path(name)).extra.get(key, ""))


def located(text: str) -> Path:
    """The file that a command line names: `gallery:xor` or a path."""
    return path(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else Path(text)


def holds(file: Path) -> bool:
    """Whether a file is one of the gallery's own, which nobody should overwrite."""
    return file.resolve().parent == _FOLDER
