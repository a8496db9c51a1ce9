"""The diagrams that come with Gradboard: their names, their files, and what to look for in each."""

from __future__ import annotations

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
    from graph.files import load

    return str(load(path(name)).extra.get("x-note", ""))


def located(text: str) -> Path:
    """The file that a command line names: `gallery:xor` or a path."""
    return path(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else Path(text)


def holds(file: Path) -> bool:
    """Whether a file is one of the gallery's own, which nobody should overwrite."""
    return file.resolve().parent == _FOLDER
