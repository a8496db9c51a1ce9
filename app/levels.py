"""Which level of the document's diagram is shown, and what edits, reports and frames mean there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.panels.words import Place
from graph.change import Change
from graph.diagram import PART, Diagram, Pin
from graph.edit import Edit
from graph.edits import SetRecipe
from graph.part_edits import AddPart, InPart, RemovePart, RenamePart, RenamePin, scope, uses
from graph.parts import SLASH, Flat, join, part_of
from graph.problem import DiagramError
from nodes.parts import expanded

if TYPE_CHECKING:
    from app.document import Document
    from runtime.levels import Level
    from runtime.snapshot import Report, Snapshot

OF_THE_WHOLE = (SetRecipe, AddPart, RemovePart, RenamePart, RenamePin)  # edits that know no level


class Levels(QObject):
    """The diagram itself (path ""), or the inside of a use of a part (path "stage1/conv").

    `changed` carries what differs on the shown level after every edit of the document; `entered` says that another level
    is shown.  Every edit still goes through the document.
    """

    changed = Signal(object)  # Change
    leaving = Signal()  # another level will be shown
    entered = Signal(str)  # the path that was left

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._path = self._part = ""
        self._shown = document.diagram
        self._known: dict[str, str] = {}  # part -> the path at which it was seen last
        self._flat: Flat | None = None
        self._plain: bool | None = None
        self._seen: dict[str, Level] = {}
        document.changed.connect(self._follow)

    # --- where ---------------------------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """The uses that were entered, from the outside in: "stage1/conv", "" outside."""
        return self._path

    @property
    def part(self) -> str:
        """The name of the part whose inside is shown, "" outside."""
        return self._part

    @property
    def diagram(self) -> Diagram:
        """What is shown; inside a part with the parts and the recipe of the whole."""
        return self._shown

    @property
    def place(self) -> Place:
        """The part around and how often every part is used, for the panels."""
        whole = self._document.diagram
        return Place(self._part, {part: uses(whole, part) for part in whole.parts})

    def steps(self) -> list[tuple[str, str]]:
        """Path and part of every level on the way from the outside to here, the outside left out."""
        found, path = [], ""
        for name in filter(None, self._path.split(SLASH)):
            path = join(path, name)
            found.append((path, self._leads_to(path) or ""))
        return found

    def holds(self, path: str) -> bool:
        """Whether a block is at a path, at any level."""
        around, _, name = path.rpartition(SLASH)
        part = self._leads_to(around)
        if part is None:
            return False
        whole = self._document.diagram
        return name in (whole.parts[part] if part else whole).blocks

    def go(self, path: str) -> bool:
        """Shows the level at a path; False when no such use is there."""
        if path != self._path and self._leads_to(path) is not None:
            self.leaving.emit()  # upon which what leads there may get another name
        part = self._leads_to(path)
        if part is None:
            return False
        if path != self._path:
            before = self._path
            self._look(path, part)
            self.entered.emit(before)
        return True

    def enter(self, use: str) -> bool:
        """Opens a use of a part on the shown level; False when the block is none."""
        return self.go(join(self._path, use))

    def climb(self) -> bool:
        """Back to the level around this one; False when outside already."""
        return bool(self._path) and self.go(self._path.rpartition(SLASH)[0])

    # --- editing -------------------------------------------------------------------------------------------------

    def do(self, edit: Edit) -> None:
        """Applies an edit to the shown level, and so to all uses of its part.  Raises DiagramError with one sentence."""
        if self._part and not isinstance(edit, OF_THE_WHOLE):
            edit = InPart(self._part, edit)
        self._document.do(edit)

    def undo(self) -> None:
        """Takes back the last edit and shows where it was."""
        self._step(self._document.undo)

    def redo(self) -> None:
        """Makes the last undone edit again and shows where it is."""
        self._step(self._document.redo)

    def go_to_step(self, index: int) -> None:
        """Goes to the state after `index` edits of the history, and shows where it is."""
        self._step(lambda: self._document.go(index))

    def _step(self, step: Callable[[], None]) -> None:
        before, shown = self._document.diagram, self._shown
        step()
        if _looks_like(shown, self._shown):
            path = self._place_of(before, self._document.diagram)
            if path is not None:
                self.go(path)

    def _place_of(self, before: Diagram, after: Diagram) -> str | None:
        """The path of a level that differs; None when none does, or no use leads there."""
        if not _looks_like(before, after):
            return ""
        for name, part in after.parts.items():
            if name in before.parts and not _looks_like(before.parts[name], part):
                return self._path_to(name)
        return None

    def way_to(self, part: str) -> str | None:
        """The path of a level that shows the inside of a part, "" for the outside; None when no use leads there."""
        return self._path_to(part) if part else ""

    def _path_to(self, part: str) -> str | None:
        known = self._known.get(part, "")
        if known and self._leads_to(known) == part:
            return known
        whole = self._document.diagram
        waiting, seen = [("", whole)], {""}
        for path, level in waiting:
            for block in level.blocks.values():
                name = part_of(block) if block.kind == PART else ""
                if name == part:
                    return join(path, block.id)
                if name in whole.parts and name not in seen:
                    seen.add(name)
                    waiting.append((join(path, block.id), whole.parts[name]))
        return None

    # --- following the document ------------------------------------------------------------------------------------

    def _follow(self, change: Change) -> None:
        if change.runs:
            self._flat, self._plain, self._seen = None, None, {}
        before, shown, path = self._path, self._shown, self._path
        while (part := self._leads_to(path)) is None:
            path = path.rpartition(SLASH)[0]
        self._look(path, part)
        if path != before:
            self.entered.emit(before)
        else:
            self.changed.emit(change if not path else Change.between(shown, self._shown))

    def _look(self, path: str, part: str) -> None:
        self._path, self._part = path, part
        whole = self._document.diagram
        self._shown = scope(whole, part) if part else whole
        if part:
            self._known[part] = path

    def _leads_to(self, path: str) -> str | None:
        """The part that is used at a path, "" outside; None when there is no such use."""
        level, part = self._document.diagram, ""
        parts = level.parts
        for name in filter(None, path.split(SLASH)):
            block = level.blocks.get(name)
            if block is None or block.kind != PART or part_of(block) not in parts:
                return None
            part = part_of(block)
            level = parts[part]
        return part

    # --- the engine's words ------------------------------------------------------------------------------------------

    def report(self, report: Report) -> Report:
        """The engine's report as it looks from here."""
        if not self._document.diagram.parts:
            return report
        from runtime.levels import report_at

        return report_at(report, self._path)

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """A watched step as it looks from here."""
        level = self._level()
        return level.snapshot(snapshot) if level is not None else snapshot

    def gathered(self, worst: dict[str, float]) -> dict[str, float]:
        """Numbers by block of the expanded diagram as numbers by block here, at a use the largest inside."""
        level = self._level()
        return level.gathered(worst, max) if level is not None else worst

    def origin(self, pin: Pin) -> Pin:
        """The output of the expanded diagram from which the value at an output of this level comes."""
        here = Pin(join(self._path, pin.block), pin.name)
        if self._runs_as_drawn or not (flat := self._expanded()):
            return here
        return flat.sources.get(here, here)

    def inner(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """The blocks of the expanded diagram that blocks of this level are, or hold."""
        names = [join(self._path, name) for name in ids]
        if self._runs_as_drawn or not (flat := self._expanded()):
            return tuple(names)
        inside = tuple(f"{name}{SLASH}" for name in names)
        return tuple(n for n in flat.diagram.blocks if n in names or n.startswith(inside))

    @property
    def _runs_as_drawn(self) -> bool:
        """Whether there are neither parts nor muted blocks."""
        if self._plain is None:
            whole = self._document.diagram
            self._plain = not whole.parts and not any(b.muted for b in whole.blocks.values())
        return self._plain

    def _level(self) -> Level | None:
        """What this level sees, None when the diagram runs as it is drawn or cannot be expanded."""
        if self._runs_as_drawn:
            return None
        if self._path not in self._seen and (flat := self._expanded()):
            from runtime.levels import Level

            self._seen[self._path] = Level(flat, self._path)
        return self._seen.get(self._path)

    def _expanded(self) -> Flat | None:
        if self._flat is None:
            try:
                self._flat = expanded(self._document.diagram)
            except DiagramError:  # the engine's report says so
                return None
        return self._flat


def _looks_like(one: Diagram, other: Diagram) -> bool:
    """Whether two levels are drawn the same, recipe and parts apart."""
    return all(
        getattr(one, n) == getattr(other, n)
        for n in ("blocks", "wires", "frames", "comments", "flow")
    )
