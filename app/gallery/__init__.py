"""The diagrams that come with Gradboard: their names, their files, and what to look for in each."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from graph.diagram import Frozen
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


def sections() -> dict[str, tuple[str, ...]]:
    """The names of all gallery diagrams by section, in the order of the lectures; "" holds those that stand in none."""
    from app.gallery.pages import SECTIONS

    found: dict[str, tuple[str, ...]] = dict.fromkeys(SECTIONS, ())
    for name in names():
        found[section(name)] = (*found.get(section(name), ()), name)
    return {title: held for title, held in found.items() if held}


def heavy(name: str) -> bool:
    """Whether a gallery diagram is too large to be trained in passing, from the `x-heavy` in its file."""
    return _said(name, "x-heavy") == str(True)


def status(name: str) -> str:
    """What can be expected of it on a common computer: "plays", or "heavy" when a step takes long."""
    return "heavy" if heavy(name) else "plays"


def _said(name: str, key: str) -> str:
    return str(_extra(path(name)).get(key, ""))


@cache
def _extra(file: Path) -> Frozen:
    from graph.files import load

    return load(file).extra


def located(text: str) -> Path:
    """The file that a command line names: `gallery:xor` or a path."""
    return path(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else Path(text)


def holds(file: Path) -> bool:
    """Whether a file is one of the gallery's own, which nobody should overwrite."""
    return file.resolve().parent == _FOLDER
