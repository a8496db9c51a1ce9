"""Edits of blocks, wires and the recipe: what a person does most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graph.diagram import DELAY, Block, Diagram, Frozen, Wire, is_name
from graph.edit import Alone, Gesture
from graph.plain import PlainError, plain
from graph.problem import DiagramError


def _the(diagram: Diagram, block: str) -> Block:
    if block not in diagram.blocks:
        raise DiagramError(f"{block:.80}: there is no such block.")
    return diagram.blocks[block]


def _named(stem: str, things: tuple[Any, ...] | Mapping[Any, Any]) -> str:
    """Remove linear1; Remove 3 blocks."""
    return f"{stem} {next(iter(things))}" if len(things) == 1 else f"{stem} {len(things)} blocks"


def _json_plain(where: str, value: Any) -> Any:
    try:
        return plain(value)
    except PlainError as error:
        raise DiagramError(f"{where}: {error}") from None


@dataclass(frozen=True, slots=True)
class AddBlock(Alone):
    """Puts a new block, without wires, on the canvas."""

    block: Block

    @property
    def label(self) -> str:
        return f"Add {self.block.id}"

    def apply(self, diagram: Diagram) -> Diagram:
        if self.block.id in diagram.blocks:
            raise DiagramError(
                f"{self.block.id}: there is a block of this name already; choose another name."
            )
        return diagram.with_(blocks={**diagram.blocks, self.block.id: self.block})


@dataclass(frozen=True, slots=True)
class RemoveBlocks(Alone):
    """Removes blocks with their wires; others that shared their weights get weights of their own."""

    ids: tuple[str, ...]

    @property
    def label(self) -> str:
        return _named("Remove", self.ids)

    def apply(self, diagram: Diagram) -> Diagram:
        gone = {_the(diagram, name).id for name in self.ids}
        kept = (block for name, block in diagram.blocks.items() if name not in gone)
        blocks = {b.id: replace(b, shares=None) if b.shares in gone else b for b in kept}
        wires = tuple(
            w for w in diagram.wires if w.source.block not in gone and w.target.block not in gone
        )
        return diagram.with_(blocks=blocks, wires=wires)


@dataclass(frozen=True, slots=True)
class Connect(Alone):
    """Adds a wire; the wire that its input pin already has makes room for it."""

    wire: Wire

    @property
    def label(self) -> str:
        return f"Connect {self.wire.source} to {self.wire.target}"

    def apply(self, diagram: Diagram) -> Diagram:
        source, target = self.wire
        _the(diagram, source.block)
        is_delay = _the(diagram, target.block).kind == DELAY
        if not is_delay and diagram.reaches(target.block, source.block):
            raise DiagramError(f"{target}: the wire would close a loop; put a delay into it.")
        if target not in diagram.inputs:
            return diagram.with_(wires=(*diagram.wires, self.wire))
        return diagram.with_(
            wires=tuple(self.wire if w.target == target else w for w in diagram.wires)
        )


@dataclass(frozen=True, slots=True)
class Disconnect(Alone):
    """Removes wires."""

    wires: tuple[Wire, ...]

    @property
    def label(self) -> str:
        one = len(self.wires) == 1
        return f"Disconnect {self.wires[0].target}" if one else f"Remove {len(self.wires)} wires"

    def apply(self, diagram: Diagram) -> Diagram:
        gone = set(self.wires)
        kept = tuple(w for w in diagram.wires if w not in gone)
        if len(kept) + len(gone) != len(diagram.wires):
            missing = next(w for w in self.wires if w not in set(diagram.wires))
            raise DiagramError(f"{missing.target}: there is no wire {missing}.")
        return diagram.with_(wires=kept)


@dataclass(frozen=True, slots=True)
class MoveBlocks(Gesture):
    """Puts the middles of blocks at new places, in canvas units."""

    moves: Mapping[str, tuple[float, float]]
    gesture: str = ""

    @property
    def label(self) -> str:
        return _named("Move", self.moves)

    def target(self) -> object:
        return frozenset(self.moves)

    def apply(self, diagram: Diagram) -> Diagram:
        return diagram.with_blocks(
            *(
                replace(_the(diagram, name), position=(float(x), float(y)))
                for name, (x, y) in self.moves.items()
            )
        )


@dataclass(frozen=True, slots=True)
class SetSetting(Gesture):
    """Gives a setting of a block a JSON-plain value; None brings back the kind's default."""

    block: str
    name: str
    value: Any
    gesture: str = ""

    @property
    def label(self) -> str:
        return f"Set {self.name} of {self.block}"

    def target(self) -> object:
        return (self.block, self.name)

    def apply(self, diagram: Diagram) -> Diagram:
        block = _the(diagram, self.block)
        settings = _with_entry(block.settings, f"{self.block}.{self.name}", self.name, self.value)
        return diagram.with_blocks(replace(block, settings=settings))


def _with_entry(entries: Frozen, where: str, name: str, value: Any) -> Frozen:
    if not is_name(name):
        raise DiagramError(
            f"{where:.80}: this cannot be a name; use a letter, then letters, digits or _."
        )
    if value is None:
        return entries.without(name)
    return entries.with_(**{name: _json_plain(where, value)})


@dataclass(frozen=True, slots=True)
class SetLabel(Alone):
    """Names a block's variable; "" brings the generated name back."""

    block: str
    text: str

    @property
    def label(self) -> str:
        return f"Name {self.block}"

    def apply(self, diagram: Diagram) -> Diagram:
        text = _json_plain(self.block, self.text)
        return diagram.with_blocks(replace(_the(diagram, self.block), label=text))


@dataclass(frozen=True, slots=True)
class SetShares(Alone):
    """Makes a block use the weights of another; None gives it weights of its own."""

    block: str
    other: str | None

    @property
    def label(self) -> str:
        return f"Share weights of {self.other}" if self.other else f"Own weights for {self.block}"

    def apply(self, diagram: Diagram) -> Diagram:
        return diagram.with_blocks(replace(_the(diagram, self.block), shares=self.other))


@dataclass(frozen=True, slots=True)
class SetMuted(Alone):
    """Leaves blocks out when the diagram runs, or takes them in again."""

    ids: tuple[str, ...]
    muted: bool

    @property
    def label(self) -> str:
        return _named("Mute" if self.muted else "Unmute", self.ids)

    def apply(self, diagram: Diagram) -> Diagram:
        blocks = (_the(diagram, name) for name in self.ids)
        return diagram.with_blocks(*(replace(block, muted=self.muted) for block in blocks))


@dataclass(frozen=True, slots=True)
class SetRecipe(Gesture):
    """Gives an entry of the recipe a JSON-plain value; None removes the entry."""

    name: str
    value: Any
    gesture: str = ""

    @property
    def label(self) -> str:
        return f"Set {self.name}"

    def target(self) -> object:
        return self.name

    def apply(self, diagram: Diagram) -> Diagram:
        where = f"recipe.{self.name}"
        return diagram.with_recipe(_with_entry(diagram.recipe, where, self.name, self.value))
