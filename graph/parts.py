"""A diagram used as a block: counting before expanding, and expanding to blocks that are no parts.

A part is a diagram in `Diagram.parts`.  A block of kind "part" uses the one that its setting `part` names; blocks of
kind "inlet" and "outlet" inside the part are its pins, called by their ids.  The expanded blocks carry paths as ids:
`stage1/conv1` is `conv1` inside the use `stage1`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from graph.diagram import INLET, MAX_BLOCKS, OUTLET, OUTPUT, PART, Block, Diagram, Frozen, Pin, Wire
from graph.problem import DiagramError, Problem

MAX_DEPTH = 16  # of parts within parts
SLASH = "/"

# the input that each output of a muted block repeats, None where the block cannot be muted
Through = Callable[[Diagram, Block], Mapping[str, str] | None]


def part_of(block: Block) -> str:
    """The name of the part that a block of kind "part" uses."""
    return str(block.settings.get("part", ""))


def pins_of(part: Diagram) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Input and output pins of a part, from top to bottom as they stand in it."""

    def of(kind: str) -> tuple[str, ...]:
        found = [b for b in part.blocks.values() if b.kind == kind]
        return tuple(b.id for b in sorted(found, key=lambda b: (b.position[1], b.position[0])))

    return of(INLET), of(OUTLET)


def needed(blocks: Iterable[Block], parts: Mapping[str, Diagram]) -> dict[str, Diagram]:
    """Those of `parts` that blocks use, and that these use in turn."""
    found = dict[str, Diagram]()
    waiting = [*blocks]
    for block in waiting:
        name = part_of(block)
        if block.kind == PART and name in parts and name not in found:
            found[name] = parts[name]
            waiting += parts[name].blocks.values()
    return found


def counts(diagram: Diagram) -> dict[str, int]:
    """How many blocks each part and, under "", the diagram expand to; nothing is expanded.

    Raises DiagramError when a part contains itself or parts are nested too deep.
    """
    found: dict[str, int] = {}

    def count(name: str, inside: tuple[str, ...]) -> int:
        if name in inside:
            raise DiagramError(f"the part {name} contains itself: {' -> '.join((*inside, name))}.")
        if len(inside) > MAX_DEPTH:
            raise DiagramError(
                f"parts are nested deeper than {MAX_DEPTH} ({' -> '.join(inside)[:200]})."
            )
        if name not in found:
            here = diagram.parts[name] if name else diagram
            found[name] = sum(
                count(part_of(b), (*inside, name))
                if b.kind == PART and part_of(b) in diagram.parts
                else 1
                for b in here.blocks.values()
            )
        return found[name]

    for name in ("", *diagram.parts):
        count(name, ())
    return found


@dataclass(frozen=True)
class Flat:
    """A diagram with every use of a part expanded.

    `sources` gives for every output pin, at any depth, the plain block's pin that its value comes from; `wires` for
    every wire, keyed by (path of the use it lies in, "" outside; wire), those of the expanded diagram that carry it; `open`
    for every plain input pin that waits for a wire into a use, the pin of the use.
    """

    diagram: Diagram
    sources: Mapping[Pin, Pin] = field(default_factory=dict)
    wires: Mapping[tuple[str, Wire], tuple[Wire, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    open: Mapping[Pin, Pin] = field(default_factory=dict)


def no_way(diagram: Diagram, block: Block) -> Mapping[str, str] | None:
    """Of a block that cannot be muted."""
    return None


def flatten(diagram: Diagram, through: Through = no_way) -> Flat:
    """The expanded diagram.  Raises DiagramError when it would have too many blocks, too deep or circular parts.

    `through` says how a muted block is left out.  In the expanded diagram such blocks are marked as muted and have no wires,
    so that others can still share their weights; no other block is marked.
    """
    if not any(b.kind == PART or b.muted for b in diagram.blocks.values()):
        wires = {("", w): (w,) for w in diagram.wires}
        return Flat(diagram.with_(parts=Frozen()) if diagram.parts else diagram, {}, wires)
    total = counts(diagram)[""]
    if total > MAX_BLOCKS:
        raise DiagramError(
            f"its parts expand to {total:,} blocks, and at most {MAX_BLOCKS:,} can run."
        )
    return _Expansion(diagram, through).result()


class _Expansion:
    def __init__(self, diagram: Diagram, through: Through) -> None:
        self.root = diagram
        self.through = through
        self.ways: dict[str, Mapping[str, str]] = {}  # of muted blocks: output -> input
        self.idle: set[str] = set()  # paths of uses inside which nothing runs
        self.levels: dict[str, Diagram] = {}  # path of a use -> the part's diagram
        self.blocks: dict[str, Block] = {}
        self.problems: list[Problem] = []
        self._enter("", diagram)

    def _enter(self, path: str, here: Diagram) -> None:
        self.levels[path] = here
        level = here.with_parts(self.root.parts) if path else here
        for block in here.blocks.values():
            name = join(path, block.id)
            way = self.through(level, block) if block.muted else None
            if way is not None:
                self.ways[name] = way
            part = self.root.parts.get(part_of(block)) if block.kind == PART else None
            if part is not None:
                self._check_use(name, block, part, here)
                if way is not None or path in self.idle:
                    self.idle.add(name)
                self._enter(name, part)
                self._share(name, path, block, part, here)
            elif block.kind not in (INLET, OUTLET) or not path:
                shares = join(path, block.shares) if block.shares else None
                muted = way is not None or path in self.idle
                self.blocks[name] = replace(block, id=name, shares=shares, muted=muted)

    def _check_use(self, name: str, block: Block, part: Diagram, here: Diagram) -> None:
        inlets, outlets = pins_of(part)
        for wire in here.wires_of[block.id]:
            if wire.target.block == block.id and wire.target.name not in inlets:
                self._lost(name, wire.target.name, "input")
            if wire.source.block == block.id and wire.source.name not in outlets:
                self._lost(name, wire.source.name, "output")

    def _lost(self, name: str, pin: str, what: str) -> None:
        message = f"the part has no {what} called {pin} any more."
        self.problems.append(Problem(f"{name}.{pin}", message, "Remove the wire."))

    def _share(self, name: str, path: str, block: Block, part: Diagram, here: Diagram) -> None:
        """A use that shares the weights of another: so does every block in it."""
        lender = here.blocks.get(block.shares or "")
        if lender is None:
            return
        if part_of(lender) != part_of(block):
            message = f"it cannot share the weights of {lender.id}, which is another part."
            self.problems.append(Problem(name, message, "Share with a use of the same part."))
            return
        inside = f"{name}{SLASH}"
        for inner in [n for n in self.blocks if n.startswith(inside)]:
            if self.blocks[inner].shares is None:
                twin = join(path, lender.id) + SLASH + inner.removeprefix(inside)
                self.blocks[inner] = replace(self.blocks[inner], shares=twin)

    def _origin(self, path: str, pin: Pin) -> Pin | None:
        """The plain block's pin whose value stands at output `pin` of the level at `path`; None when it is open."""
        here = self.levels[path]
        block = here.blocks[pin.block]
        inside = join(path, pin.block)
        if path in self.idle:
            return None
        if inside in self.ways:
            source = here.inputs.get(Pin(pin.block, self.ways[inside].get(pin.name, "")))
            return self._origin(path, source) if source is not None else None
        if inside in self.levels and inside:
            outlet = Pin(pin.name, "z")
            source = self.levels[inside].inputs.get(outlet)
            return self._origin(inside, source) if source is not None else None
        if block.kind == INLET and path:
            outer, _, use = path.rpartition(SLASH)
            source = self.levels[outer].inputs.get(Pin(use, pin.block))
            return self._origin(outer, source) if source is not None else None
        return Pin(inside, pin.name)

    def result(self) -> Flat:
        wires: dict[Wire, None] = {}
        carried: dict[tuple[str, Wire], tuple[Wire, ...]] = {}
        for path, here in self.levels.items():
            for wire in here.wires:
                found = self._carriers(path, wire)
                carried[path, wire] = found
                wires.update(dict.fromkeys(found))
        sources = {
            Pin(use, pin): origin
            for use in self.levels
            if use
            for pin in pins_of(self.levels[use])[1]
            if (
                origin := self._origin(use.rpartition(SLASH)[0], Pin(use.rpartition(SLASH)[2], pin))
            )
        }
        sources |= {
            Pin(join(path, b.id), OUTPUT): origin
            for path, here in self.levels.items()
            if path
            for b in here.blocks.values()
            if b.kind == INLET and (origin := self._origin(path, Pin(b.id, OUTPUT)))
        }
        sources |= {
            Pin(name, pin): origin
            for name, way in self.ways.items()
            for pin in way
            if (origin := self._origin(*_apart(name, pin)))
        }
        self._drop_lost_shares()
        flat = Diagram(self.blocks, tuple(wires), recipe=self.root.recipe, extra=self.root.extra)
        return Flat(flat, sources, carried, tuple(self.problems), self._open())

    def _open(self) -> dict[Pin, Pin]:
        found: dict[Pin, Pin] = {}
        for use, here in self.levels.items():
            outer, _, name = use.rpartition(SLASH)
            inlets = pins_of(here)[0] if use and use not in self.ways else ()
            for inlet in inlets:
                pin = Pin(name, inlet)
                if pin not in self.levels[outer].inputs:
                    found |= dict.fromkeys(self._ends(outer, pin), Pin(use, inlet))
        return found

    def _drop_lost_shares(self) -> None:
        for name, block in self.blocks.items():
            if block.shares is not None and block.shares not in self.blocks:
                self.blocks[name] = replace(block, shares=None)

    def _carriers(self, path: str, wire: Wire) -> tuple[Wire, ...]:
        origin = self._origin(path, wire.source)
        if origin is None:
            return ()
        return tuple(Wire(origin, end) for end in self._ends(path, wire.target))

    def _ends(self, path: str, pin: Pin) -> list[Pin]:
        """The plain input pins that a value arriving at input `pin` of the level at `path` reaches."""
        inside = join(path, pin.block)
        block = self.levels[path].blocks[pin.block]
        if path in self.idle:
            return []
        if inside in self.ways:
            return [
                end
                for wire in self.levels[path].wires_from(pin.block)
                if self.ways[inside].get(wire.source.name) == pin.name
                for end in self._ends(path, wire.target)
            ]
        if inside in self.levels and inside:
            if pin.name not in self.levels[inside].blocks:
                return []
            inner = [w for w in self.levels[inside].wires if w.source == Pin(pin.name, OUTPUT)]
            return [end for w in inner for end in self._ends(inside, w.target)]
        if block.kind == OUTLET and path:
            outer, _, use = path.rpartition(SLASH)
            following = [w for w in self.levels[outer].wires if w.source == Pin(use, pin.block)]
            return [end for w in following for end in self._ends(outer, w.target)]
        return [Pin(inside, pin.name)]


def _apart(name: str, pin: str) -> tuple[str, Pin]:
    path, _, block = name.rpartition(SLASH)
    return path, Pin(block, pin)


def join(path: str, name: str) -> str:
    """`stage1` and `conv1` -> `stage1/conv1`; "" and `conv1` -> `conv1`."""
    return f"{path}{SLASH}{name}" if path else name


def levels_of(name: str) -> list[str]:
    """The uses of parts that a path lies in: `a/b/c` -> `a`, `a/b`."""
    names = name.split(SLASH)
    return [SLASH.join(names[:n]) for n in range(1, len(names))]
