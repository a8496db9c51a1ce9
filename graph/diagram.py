"""Pin, Wire, Block and Diagram: frozen values that refuse to be wrong.

A diagram knows what is wired to what; it does not know what a kind of block means.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from graph.frame import MAX_COMMENTS, MAX_COORDINATE, MAX_FRAMES, Comment, Frame, Note
from graph.problem import DiagramError

OUTPUT = "y"  # the output pin of every block that has one output
DELAY = "delay"  # the only kind through which a loop may run
PART = "part"  # a use of a part: a diagram used as a block
INLET, OUTLET = "inlet", "outlet"  # inside a part: its input and output pins, called by their ids

RIGHT, UP = "right", "up"  # which way a diagram flows

MAX_BLOCKS = 20_000
MAX_WIRES = 100_000
MAX_LABEL = 200
MAX_ROOM = 10_000.0  # by which a use of a part that shows its inside may be larger, in canvas units
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")


class Frozen(dict[str, Any]):
    """A dict that cannot be changed; equal to, printed and pickled like a dict."""

    __slots__ = ()

    def _refuse(self, *_args: object, **_kwargs: object) -> Any:
        raise TypeError("a diagram is a value: make a new one instead of changing it")

    __setitem__ = __delitem__ = __ior__ = _refuse  # type: ignore[assignment]
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self))  # equal dicts have equal keys; values may be lists

    def __reduce__(self) -> tuple[Any, ...]:
        return (Frozen, (dict(self),))

    def with_(self, **changes: Any) -> Frozen:
        """A copy with some entries replaced."""
        return Frozen({**self, **changes})

    def without(self, *names: str) -> Frozen:
        """A copy lacking some entries."""
        return Frozen({k: v for k, v in self.items() if k not in names})


def is_path(text: object) -> bool:
    """Whether `text` may be the id of a block inside uses of parts: names with / between, from the outside in."""
    if is_name(text):  # nearly all are
        return True
    return (
        isinstance(text, str) and len(text) <= 1100 and all(_NAME.match(n) for n in text.split("/"))
    )


def is_name(text: object) -> bool:
    """Whether `text` may be a block id or a pin name: a letter, then at most 63 letters, digits or underscores."""
    return isinstance(text, str) and _NAME.match(text) is not None


def is_room(room: tuple[float, float]) -> bool:
    """Whether a shape may be so much larger, along the flow and across."""
    return len(room) == 2 and all(0.0 <= v <= MAX_ROOM for v in room)


class Pin(NamedTuple):
    """The address of an input or output of a block; prints `linear1.y`."""

    block: str
    name: str

    def __str__(self) -> str:
        return f"{self.block}.{self.name}"


class Wire(NamedTuple):
    """A connection from an output pin to an input pin; prints `x.y -> linear1.z`."""

    source: Pin
    target: Pin

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


@dataclass(frozen=True, slots=True)
class Block:
    """One shape on the canvas.

    `settings` holds JSON-plain values; only those that differ from the kind's defaults need to stand there.
    `position` is the middle of the shape in canvas units; `label` replaces the generated name ("" = generated).
    `shares` is the id of the block whose weights this one uses.  `extra` keeps the file's `x-` keys.  A `muted` block is
    left out when the diagram runs: what enters it goes straight to what it feeds.  `expanded` says that a use of a part is
    drawn with its inside, and by how much its shape is larger for it, along the flow and across.
    """

    id: str
    kind: str
    settings: Frozen = Frozen()
    position: tuple[float, float] = (0.0, 0.0)
    label: str = ""
    shares: str | None = None
    extra: Frozen = Frozen()
    muted: bool = False
    expanded: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not is_path(self.id):
            raise DiagramError(
                f"{self.id!r:.80} cannot be the id of a block: use a letter, then letters, digits or _."
            )
        if not is_name(self.kind):
            raise DiagramError(f"block {self.id}: {self.kind!r:.80} cannot be a kind of block.")
        if len(self.label) > MAX_LABEL:
            raise DiagramError(
                f"block {self.id}: a label has at most {MAX_LABEL} characters, this one {len(self.label)}."
            )
        if len(self.position) != 2 or not all(
            math.isfinite(v) and abs(v) <= MAX_COORDINATE for v in self.position
        ):
            raise DiagramError(
                f"block {self.id}: its position must be two numbers within ±{MAX_COORDINATE:g}."
            )
        if self.expanded is not None and not is_room(self.expanded):
            raise DiagramError(
                f"block {self.id}: expanded: there must be two numbers from 0 to {MAX_ROOM:,.0f}."
            )
        if not isinstance(self.settings, Frozen):
            object.__setattr__(self, "settings", Frozen(self.settings))


@dataclass(frozen=True)
class Diagram:
    """Blocks by id, wires, parts (diagrams used as blocks), frames, comments, and the recipe by which it is trained.

    `flow` says where the round ends look: "right" or "up".  Parts flow as the diagram does that they are drawn in.
    Raises DiagramError when a wire's end does not exist, an input pin has two wires, a loop runs through no delay,
    a block shares the weights of a block that is not there or in the end its own, or a limit is passed.
    """

    blocks: Mapping[str, Block] = field(default_factory=Frozen)
    wires: tuple[Wire, ...] = ()
    parts: Mapping[str, Diagram] = field(default_factory=Frozen)
    frames: tuple[Frame, ...] = ()
    recipe: Frozen = Frozen()
    extra: Frozen = Frozen()
    comments: tuple[Comment, ...] = ()
    flow: str = RIGHT

    def __post_init__(self) -> None:
        if self.flow not in (RIGHT, UP):
            raise DiagramError(f"a diagram flows {RIGHT} or {UP}, not {self.flow!r:.80}.")
        for name in ("blocks", "parts", "recipe", "extra"):
            value = getattr(self, name)
            if not isinstance(value, Frozen):
                object.__setattr__(self, name, Frozen(value))
        for name in ("wires", "frames", "comments"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        self._check_drawn()
        self._check_blocks()
        self._check_wires()
        self.order  # noqa: B018  finds loops

    def _check_blocks(self) -> None:
        if len(self.blocks) > MAX_BLOCKS:
            raise DiagramError(
                f"a diagram has at most {MAX_BLOCKS:,} blocks, this one {len(self.blocks):,}."
            )
        for name, block in self.blocks.items():
            if name != block.id:
                raise DiagramError(f"block {block.id} is filed under the name {name}.")
        self._check_shares(self.blocks.values())

    def _check_drawn(self) -> None:
        for what, found, most in (
            ("frames", self.frames, MAX_FRAMES),
            ("comments", self.comments, MAX_COMMENTS),
        ):
            if len(found) > most:
                raise DiagramError(
                    f"a diagram has at most {most:,} {what}, this one {len(found):,}."
                )
        seen: set[str] = set()
        for thing in self.notes:
            if not is_name(thing.id):
                raise DiagramError(
                    f"{thing.id!r:.80} cannot be the id of a frame or comment: use a letter, then letters, digits or _."
                )
            if thing.id in seen:
                raise DiagramError(f"two frames or comments are called {thing.id}.")
            seen.add(thing.id)

    def _check_shares(self, blocks: Iterable[Block]) -> None:
        sharing = [block for block in blocks if block.shares is not None]
        ends: set[str] = set()  # known to lead to weights of their own
        for block in sharing:
            path: dict[str, None] = {}
            here: Block = block
            while here.shares is not None and here.id not in ends:
                path[here.id] = None
                if here.shares not in self.blocks:
                    raise DiagramError(
                        f"block {here.id} shares the weights of {here.shares!r:.80}, which is not there."
                    )
                if here.shares in path:
                    raise DiagramError(f"block {here.id} would share its own weights with itself.")
                here = self.blocks[here.shares]
            ends.update(path)

    def _check_wires(self) -> None:
        if len(self.wires) > MAX_WIRES:
            raise DiagramError(
                f"a diagram has at most {MAX_WIRES:,} wires, this one {len(self.wires):,}."
            )
        taken: set[Pin] = set()
        for wire in self.wires:
            for end in wire:
                if end.block not in self.blocks:
                    raise DiagramError(
                        f"the wire {wire} ends at {end.block!r:.80}, which is not there."
                    )
                if not is_name(end.name):
                    raise DiagramError(f"{end.name!r:.80} cannot be the name of a pin.")
            if wire.target in taken:
                raise DiagramError(f"the input {wire.target} already has a wire.")
            taken.add(wire.target)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Block ids along the flow, sources first; what enters a delay comes after it."""
        before: dict[str, list[str]] = {name: [] for name in self.blocks}
        for wire in self.wires:
            if self.blocks[wire.target.block].kind != DELAY:
                before[wire.target.block].append(wire.source.block)
        try:
            return tuple(TopologicalSorter(before).static_order())
        except CycleError as error:
            loop = " -> ".join(error.args[1])
            raise DiagramError(f"the wires make a loop without a delay: {loop:.200}.") from None

    @cached_property
    def inputs(self) -> Mapping[Pin, Pin]:
        """For every input pin that has a wire: the output pin it comes from."""
        return {wire.target: wire.source for wire in self.wires}

    @cached_property
    def wires_of(self) -> Mapping[str, tuple[Wire, ...]]:
        """For every block: the wires that end or begin at it, in file order."""
        found: dict[str, list[Wire]] = {name: [] for name in self.blocks}
        for wire in self.wires:
            found[wire.source.block].append(wire)
            if wire.target.block != wire.source.block:
                found[wire.target.block].append(wire)
        return {name: tuple(wires) for name, wires in found.items()}

    @property
    def notes(self) -> tuple[Note, ...]:
        """Frames and comments, which have their ids in common."""
        return self.frames + self.comments  # type: ignore[operator]

    def wires_into(self, block: str) -> tuple[Wire, ...]:
        """The wires that end at `block`."""
        return tuple(w for w in self.wires_of[block] if w.target.block == block)

    def wires_from(self, block: str) -> tuple[Wire, ...]:
        """The wires that begin at `block`."""
        return tuple(w for w in self.wires_of[block] if w.source.block == block)

    def reaches(self, start: str, goal: str) -> bool:
        """Whether a wire from `goal` to `start` would close a loop (a path start -> goal that passes no delay)."""
        seen, stack = set[str](), [start]
        while stack:
            here = stack.pop()
            if here == goal:
                return True
            if here in seen:
                continue
            seen.add(here)
            stack += [
                w.target.block
                for w in self.wires_from(here)
                if self.blocks[w.target.block].kind != DELAY
            ]
        return False

    def free_id(self, stem: str, taken: Iterable[str] = ()) -> str:
        """The first of stem1, stem2, ... that no block has."""
        used = {*self.blocks, *taken}
        number = 1
        while f"{stem}{number}" in used:
            number += 1
        return f"{stem}{number}"

    def with_(self, **changes: Any) -> Diagram:
        """A copy with some fields replaced, checked anew."""
        return replace(self, **changes)

    def with_blocks(self, *blocks: Block) -> Diagram:
        """A copy with some blocks replaced by others of the same id and kind; quick, because the wires stay right."""
        for block in blocks:
            if self.blocks[block.id].kind != block.kind:
                return self.with_(blocks={**self.blocks, **{b.id: b for b in blocks}})
        made = self._with_same_wires(blocks=Frozen({**self.blocks, **{b.id: b for b in blocks}}))
        made._check_shares(blocks)
        return made

    def with_recipe(self, recipe: Mapping[str, Any]) -> Diagram:
        """A copy with another recipe; quick."""
        return self._with_same_wires(recipe=Frozen(recipe))

    def with_parts(self, parts: Mapping[str, Diagram]) -> Diagram:
        """A copy with other parts; quick."""
        return self._with_same_wires(parts=parts)

    def with_drawn(
        self, frames: Iterable[Frame] | None = None, comments: Iterable[Comment] | None = None
    ) -> Diagram:
        """A copy with other frames and comments; quick."""
        made = self._with_same_wires(
            frames=self.frames if frames is None else tuple(frames),
            comments=self.comments if comments is None else tuple(comments),
        )
        made._check_drawn()
        return made

    def _with_same_wires(self, **changes: Any) -> Diagram:
        # what is cached (order, inputs, wires_of) depends on wires and kinds alone, so the copy may keep it
        made = object.__new__(Diagram)
        made.__dict__.update(self.__dict__, **changes)
        return made

    def _repr_svg_(self) -> str | None:
        """The picture that a notebook shows; None where nobody can draw."""
        return draws(self) if draws is not None else None

    def __getstate__(self) -> dict[str, Any]:
        # cached properties stay out of the pickle: they are cheap to make and large to send
        names = ("blocks", "wires", "parts", "frames", "recipe", "extra", "comments", "flow")
        return {name: self.__dict__[name] for name in names}


# how notebooks draw a diagram: who can draw puts it here, for this folder cannot
draws: Callable[[Diagram], str | None] | None = None
