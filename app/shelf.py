"""My parts: those that a person has published, one file each in a folder of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from graph.diagram import Diagram, Frozen, is_name
from graph.part_edits import AddPart, scope
from graph.parts import needed, pins_of
from graph.problem import DiagramError, FileError

SUFFIX = ".gradboard"


def users_folder() -> Path:
    """Where this user's parts are kept; the folder need not exist yet."""
    from PySide6.QtCore import QStandardPaths

    kind = QStandardPaths.StandardLocation.AppDataLocation
    return Path(QStandardPaths.writableLocation(kind)) / "parts"


class Shelf:
    """The files of published parts.  Without a folder there are none, and nothing can be published."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.pins: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}  # of those checked

    def names(self) -> tuple[str, ...]:
        """The names of the files there are, in order."""
        if self.folder is None or not self.folder.is_dir():
            return ()
        return tuple(sorted(p.stem for p in self.folder.glob(f"*{SUFFIX}") if p.is_file()))

    def path(self, name: str) -> Path:
        """The file of a part.  Raises FileError where nothing can be published, or for what cannot be a name."""
        if self.folder is None:
            raise FileError("there is no folder for published parts here.")
        if not is_name(name):
            raise FileError(f"{name!r:.80} cannot be the name of a part; call the file otherwise.")
        return self.folder / f"{name}{SUFFIX}"

    def read(self, name: str) -> Diagram:
        """A part with those that it uses.  Raises FileError, one sentence, when its file is no part."""
        from graph.files import load

        path = self.path(name)
        part = load(path)
        try:
            AddPart(name, part).apply(Diagram())
        except DiagramError as error:
            raise FileError(f"{path}: it cannot be used as a part: {error}") from None
        if not any(pins_of(part)):
            raise FileError(
                f"{path}: it has no inlet and no outlet, so nothing could be wired to it; add some inside."
            )
        return part

    def check(self) -> Mapping[str, str]:
        """What is wrong with each file, "" when nothing is; reads them all, so not for the thread of the screen."""
        found = {}
        for name in self.names():
            try:
                self.pins[name] = pins_of(self.read(name))
                found[name] = ""
            except FileError as error:
                found[name] = str(error)
        return found

    def publish(self, diagram: Diagram, name: str) -> Path:
        """Writes a part with those that it uses, in the place of an older file.  Raises FileError."""
        from graph.files import save

        path = self.path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(
                f"{path.parent}: the folder cannot be made: {error.strerror}."
            ) from None
        save(alone(diagram, name), path)
        return path

    def holds(self, diagram: Diagram, name: str) -> bool:
        """Whether the file of that name is there and is another part than the diagram's."""
        if name not in self.names():
            return False
        try:
            return self.read(name) != alone(diagram, name)
        except FileError:
            return True


def alone(diagram: Diagram, name: str) -> Diagram:
    """A part as a diagram of its own, with the parts that it uses and no recipe."""
    inside = scope(diagram, name)
    parts = needed(inside.blocks.values(), diagram.parts)
    return inside.with_(parts=parts, recipe=Frozen())
