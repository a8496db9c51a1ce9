"""What a person can do to a diagram: small values with a label and a pure apply.

No edit knows its inverse: undo keeps the diagram from before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Protocol

from graph.diagram import DELAY, Block, Diagram, Frozen, Wire, is_name
from graph.frame import Comment, Frame
from graph.plain import PlainError, plain
from graph.problem import DiagramError

MAX_ID = 64


class Edit(Protocol):
    """One step of work on a diagram."""

    @property
    def label(self) -> str:
        """What it does, for the undo menu: `Add relu1`."""
        ...

    def apply(self, diagram: Diagram) -> Diagram:
        """The diagram after this edit.  Raises DiagramError with one sentence when it cannot be done."""
        ...

    def merges_with(self, previous: Edit) -> bool:
        """Whether this edit and the one before it are one step of undo: parts of the same drag of the same thing."""
        ...


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


class _Alone:
    """An edit that is always a step of undo of its own."""

    __slots__ = ()

    def merges_with(self, previous: Edit) -> bool:
        return False


class _Gesture:
    """An edit that may be repeated many times while a mouse button is down."""

    __slots__ = ()
    gesture: str

    def target(self) -> object:
        raise NotImplementedError

    def merges_with(self, previous: Edit) -> bool:
        if not isinstance(previous, type(self)):
            return False
        same = self.gesture == previous.gesture and self.target() == previous.target()
        return bool(self.gesture) and same


@dataclass(frozen=True, slots=True)
class AddBlock(_Alone):
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
class RemoveBlocks(_Alone):
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
class Connect(_Alone):
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
class Disconnect(_Alone):
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
class MoveBlocks(_Gesture):
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
class SetSetting(_Gesture):
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
class SetLabel(_Alone):
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
class SetShares(_Alone):
    """Makes a block use the weights of another; None gives it weights of its own."""

    block: str
    other: str | None

    @property
    def label(self) -> str:
        return f"Share weights of {self.other}" if self.other else f"Own weights for {self.block}"

    def apply(self, diagram: Diagram) -> Diagram:
        return diagram.with_blocks(replace(_the(diagram, self.block), shares=self.other))


@dataclass(frozen=True, slots=True)
class SetMuted(_Alone):
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
class SetRecipe(_Gesture):
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


@dataclass(frozen=True, slots=True)
class Paste(_Alone):
    """Puts copies of blocks, with the wires among them, frames and comments, beside the originals, under new ids.

    Wires to blocks that are not copied are left out; a copy keeps sharing weights when the lender is there and of its kind.
    `incoming` are wires from blocks that are there already, not copied, to blocks that are copied: the copies get the same.
    """

    blocks: tuple[Block, ...]
    wires: tuple[Wire, ...] = ()
    offset: tuple[float, float] = (40.0, 40.0)
    frames: tuple[Frame, ...] = ()
    comments: tuple[Comment, ...] = ()
    incoming: tuple[Wire, ...] = ()

    @property
    def label(self) -> str:
        return "Paste 1 block" if len(self.blocks) == 1 else f"Paste {len(self.blocks)} blocks"

    def ids_in(self, diagram: Diagram) -> dict[str, str]:
        """The id that every copied block gets in `diagram`, by its old id."""
        taken, numbers = set(diagram.blocks), dict[str, Iterator[int]]()
        found = {}
        for block in self.blocks:
            stem = block.id[: MAX_ID - 8].rstrip("0123456789")
            names = (f"{stem}{n}" for n in numbers.setdefault(stem, count(1)))
            found[block.id] = next(name for name in names if name not in taken)
        return found

    def apply(self, diagram: Diagram) -> Diagram:
        ids = self.ids_in(diagram)
        blocks = dict(diagram.blocks)
        for block in self.blocks:
            blocks[ids[block.id]] = self._copy(block, ids, diagram)
        wires = tuple(
            Wire(source._replace(block=ids[source.block]), target._replace(block=ids[target.block]))
            for source, target in self.wires
            if source.block in ids and target.block in ids
        )
        fed = tuple(
            Wire(source, target._replace(block=ids[target.block]))
            for source, target in self.incoming
        )
        made = diagram.with_(blocks=blocks, wires=diagram.wires + wires + fed)
        return self._with_drawn(made) if self.frames or self.comments else made

    def drawn_ids_in(self, diagram: Diagram) -> dict[str, str]:
        """The id that every copied frame and comment gets in `diagram`, by its old id."""
        taken = {thing.id for thing in diagram.notes}
        found: dict[str, str] = {}
        for stem, things in (("frame", self.frames), ("comment", self.comments)):
            names = (f"{stem}{n}" for n in count(1))
            for thing in things:
                found[thing.id] = next(name for name in names if name not in taken)
        return found

    def _with_drawn(self, diagram: Diagram) -> Diagram:
        ids, (dx, dy) = self.drawn_ids_in(diagram), self.offset
        frames = (
            replace(f, id=ids[f.id], rectangle=_shifted(f.rectangle, dx, dy)) for f in self.frames
        )
        comments = (
            replace(c, id=ids[c.id], place=_shifted(c.place, dx, dy)) for c in self.comments
        )
        return diagram.with_drawn(
            frames=(*diagram.frames, *frames), comments=(*diagram.comments, *comments)
        )

    def _copy(self, block: Block, ids: Mapping[str, str], diagram: Diagram) -> Block:
        lender = diagram.blocks.get(block.shares or "")
        own = lender.id if lender is not None and lender.kind == block.kind else None
        (x, y), (dx, dy) = block.position, self.offset
        shares = ids.get(block.shares or "", own)
        return replace(block, id=ids[block.id], position=(x + dx, y + dy), shares=shares)


def _shifted(numbers: tuple[float, ...], dx: float, dy: float) -> Any:
    return (numbers[0] + dx, numbers[1] + dy, *numbers[2:])


@dataclass(frozen=True, slots=True)
class Together:
    """Several edits as one step of undo."""

    label: str
    edits: tuple[Edit, ...]

    def apply(self, diagram: Diagram) -> Diagram:
        for edit in self.edits:
            diagram = edit.apply(diagram)
        return diagram

    def merges_with(self, previous: Edit) -> bool:
        """Whether the same gesture goes on for every one of the edits."""
        if not isinstance(previous, Together) or len(previous.edits) != len(self.edits):
            return False
        pairs = zip(self.edits, previous.edits, strict=True)
        return bool(self.edits) and all(mine.merges_with(theirs) for mine, theirs in pairs)
