"""Edits of parts: inside one, and of its name, its pins and whether it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from graph.diagram import INLET, OUTLET, PART, RIGHT, Block, Diagram, Frozen, Pin, Wire, is_name
from graph.edit import Alone, Edit
from graph.parts import counts, part_of
from graph.problem import DiagramError
from graph.turning import turned


def scope(diagram: Diagram, part: str) -> Diagram:
    """The inside of a part as a diagram of its own, with the parts and the recipe that it may use."""
    if part not in diagram.parts:
        raise DiagramError(f"{part:.80}: there is no such part.")
    inside = diagram.parts[part]
    return inside.with_(parts=diagram.parts, recipe=diagram.recipe, flow=diagram.flow)


def _bare(part: Diagram) -> Diagram:
    """The inside of a part as it is kept: what it has from the whole is left out."""
    return part.with_(parts=Frozen(), recipe=Frozen(), flow=RIGHT)


def uses(diagram: Diagram, part: str) -> int:
    """How many blocks use a part, in the diagram and in its parts."""
    levels = (diagram, *diagram.parts.values())
    return sum(b.kind == PART and part_of(b) == part for d in levels for b in d.blocks.values())


def free_part_name(diagram: Diagram, stem: str = "part") -> str:
    """The first of part1, part2, ... that no part has."""
    number = 1
    while f"{stem}{number}" in diagram.parts:
        number += 1
    return f"{stem}{number}"


@dataclass(frozen=True)
class InPart:
    """An edit inside a part, and so of all its uses."""

    part: str
    edit: Edit

    @property
    def label(self) -> str:
        return f"{self.edit.label} in {self.part}"

    def apply(self, diagram: Diagram) -> Diagram:
        """The diagram with the edited part.  Raises DiagramError also when the part would contain itself."""
        after = self.edit.apply(scope(diagram, self.part))
        parts = {**after.parts, self.part: _bare(after)}
        made = diagram.with_(parts=parts, recipe=after.recipe)
        counts(made)
        return made

    def merges_with(self, previous: Edit) -> bool:
        """As the edit inside does."""
        return (
            isinstance(previous, InPart)
            and previous.part == self.part
            and self.edit.merges_with(previous.edit)
        )


@dataclass(frozen=True)
class AddPart(Alone):
    """A part from elsewhere (a file), with the parts that it uses; their names must be free."""

    name: str
    part: Diagram

    @property
    def label(self) -> str:
        return f"Add part {self.name}"

    def apply(self, diagram: Diagram) -> Diagram:
        """The diagram with the part ready to be used.  A part that is there already is left as it is."""
        if not is_name(self.name):
            raise DiagramError(
                f"{self.name!r:.80} cannot be the name of a part: use a letter, then letters, digits or _."
            )
        whole = turned(self.part, diagram.flow)
        plain = {**whole.parts, self.name: _bare(whole)}
        for name, part in plain.items():
            if name in diagram.parts and diagram.parts[name] != part:
                raise DiagramError(
                    f"there is another part called {name} already: rename one of them first."
                )
        made = diagram.with_(parts={**diagram.parts, **plain})
        counts(made)
        return made


@dataclass(frozen=True)
class RemovePart(Alone):
    """Forgets a part that no block uses."""

    name: str

    @property
    def label(self) -> str:
        return f"Remove part {self.name}"

    def apply(self, diagram: Diagram) -> Diagram:
        """The diagram without it.  Raises DiagramError while it is used."""
        used = uses(diagram, self.name)
        if used:
            raise DiagramError(
                f"{used} blocks use the part {self.name}: remove or ungroup them first."
            )
        return diagram.with_(parts=diagram.parts.without(self.name))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class RenamePart(Alone):
    """Calls a part by another name; its uses follow, the blocks keep their ids and so their weights."""

    name: str
    new: str

    @property
    def label(self) -> str:
        return f"Rename part {self.name} to {self.new}"

    def apply(self, diagram: Diagram) -> Diagram:
        """The diagram with the new name everywhere.  Raises DiagramError for a name that is taken or no name."""
        if self.name not in diagram.parts:
            raise DiagramError(f"{self.name:.80}: there is no such part.")
        if self.new == self.name:
            return diagram
        if not is_name(self.new):
            raise DiagramError(
                f"{self.new!r:.80} cannot be the name of a part: use a letter, then letters, digits or _."
            )
        if self.new in diagram.parts:
            raise DiagramError(f"there is a part called {self.new} already: choose another name.")

        def renamed(block: Block) -> Block:
            if block.kind != PART or part_of(block) != self.name:
                return block
            return replace(block, settings=block.settings.with_(part=self.new))

        parts = {
            self.new if name == self.name else name: _mapped(part, renamed)
            for name, part in diagram.parts.items()
        }
        return _mapped(diagram, renamed).with_(parts=parts)


@dataclass(frozen=True)
class RenamePin(Alone):
    """Calls an inlet or outlet of a part by another name; the wires at all uses of the part follow."""

    part: str
    pin: str
    new: str

    @property
    def label(self) -> str:
        return f"Rename {self.part}.{self.pin} to {self.new}"

    def apply(self, diagram: Diagram) -> Diagram:
        """The diagram with the new name.  Raises DiagramError for a name that is taken inside the part or no name."""
        inside = diagram.parts[self.part].blocks if self.part in diagram.parts else {}
        if self.pin not in inside or inside[self.pin].kind not in (INLET, OUTLET):
            raise DiagramError(f"{self.part:.80} has no pin called {self.pin:.80}.")
        if self.new == self.pin:
            return diagram
        if not is_name(self.new):
            raise DiagramError(
                f"{self.new!r:.80} cannot be the name of a pin: use a letter, then letters, digits or _."
            )
        if self.new in inside:
            raise DiagramError(
                f"there is a block called {self.new} in {self.part} already: choose another name."
            )
        parts = {
            name: self._at_uses(self._inside(part) if name == self.part else part)
            for name, part in diagram.parts.items()
        }
        return self._at_uses(diagram).with_(parts=parts)

    def _inside(self, part: Diagram) -> Diagram:
        blocks = {
            self.new if name == self.pin else name: (
                replace(block, id=self.new) if name == self.pin else block
            )
            for name, block in part.blocks.items()
        }
        return part.with_(
            blocks=blocks, wires=_ends_moved(part, lambda end: end.block == self.pin, self._block)
        )

    def _block(self, end: Pin) -> Pin:
        return end._replace(block=self.new)

    def _at_uses(self, level: Diagram) -> Diagram:
        def is_it(end: Pin) -> bool:
            block = level.blocks[end.block]
            return end.name == self.pin and block.kind == PART and part_of(block) == self.part

        wires = _ends_moved(level, is_it, lambda end: end._replace(name=self.new))
        return level.with_(wires=wires) if wires != level.wires else level


def _mapped(level: Diagram, change: Callable[[Block], Block]) -> Diagram:
    """A diagram with every block changed in a way that keeps ids and kinds."""
    altered = [new for block in level.blocks.values() if (new := change(block)) is not block]
    return level.with_blocks(*altered) if altered else level


def _ends_moved(
    level: Diagram, which: Callable[[Pin], bool], move: Callable[[Pin], Pin]
) -> tuple[Wire, ...]:
    """The wires of a diagram, some of their ends elsewhere."""
    return tuple(Wire(*(move(end) if which(end) else end for end in wire)) for wire in level.wires)
