"""Making a part of blocks, and putting its blocks back in its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from graph.diagram import (
    INLET,
    OUTLET,
    OUTPUT,
    PART,
    Block,
    Diagram,
    Frozen,
    Pin,
    Wire,
    is_name,
)
from graph.edit import Alone
from graph.frame import Comment, Frame, Note, shifted
from graph.framing import drawn, free_frame_id, held_by
from graph.parts import part_of, pins_of
from graph.problem import DiagramError

GAP = 110.0  # between a part's pins and its blocks, in canvas units


@dataclass(frozen=True)
class Group(Alone):
    """Makes a part of some blocks and puts one use of it in their place, wired as they were."""

    ids: tuple[str, ...]
    name: str

    @property
    def label(self) -> str:
        return f"Group {len(self.ids)} blocks as {self.name}"

    def apply(self, diagram: Diagram) -> Diagram:
        """The diagram with the part.  Raises DiagramError for an unknown block or a name that is taken."""
        self._check(diagram)
        inside = set(self.ids)
        into = [
            w for w in diagram.wires if w.target.block in inside and w.source.block not in inside
        ]
        out = [
            w for w in diagram.wires if w.source.block in inside and w.target.block not in inside
        ]
        inlets = _pin_names(dict.fromkeys(w.source for w in into), diagram, self.ids, "in")
        ends = dict.fromkeys(w.source for w in out)
        outlets = _pin_names(
            ends or self._open_ends(diagram), diagram, (*self.ids, *inlets.values()), "out"
        )
        use = diagram.free_id(self.name)
        block = Block(use, PART, Frozen(part=self.name), _middle(diagram, self.ids))
        kept = {n: b for n, b in diagram.blocks.items() if n not in inside}
        wires = tuple(
            w
            for w in diagram.wires
            if w.source.block not in inside and w.target.block not in inside
        )
        wires += tuple(Wire(source, Pin(use, pin)) for source, pin in inlets.items())
        wires += tuple(Wire(Pin(use, outlets[w.source]), w.target) for w in out)
        part = self._part(diagram, inlets, outlets, into)
        went = {thing.id for thing in part.notes}
        return diagram.with_(
            blocks={**kept, use: block},
            wires=wires,
            parts={**diagram.parts, self.name: part},
            frames=tuple(f for f in diagram.frames if f.id not in went),
            comments=tuple(c for c in diagram.comments if c.id not in went),
        )

    def _check(self, diagram: Diagram) -> None:
        for name in self.ids:
            if name not in diagram.blocks:
                raise DiagramError(f"{name:.80}: there is no such block.")
        if not self.ids:
            raise DiagramError("select the blocks that the part is to hold.")
        if not is_name(self.name) or self.name in diagram.parts:
            raise DiagramError(
                f"{self.name!r:.80} cannot be the name of a new part: it is taken, or no name."
            )
        for block in diagram.blocks.values():
            if block.shares and (block.id in self.ids) != (block.shares in self.ids):
                raise DiagramError(
                    f"{block.id} shares the weights of {block.shares}: group both or neither."
                )

    def _open_ends(self, diagram: Diagram) -> dict[Pin, None]:
        """The outputs that go nowhere, when no wire leaves the selection."""
        fed = {w.source.block for w in diagram.wires}
        return {
            Pin(n, OUTPUT): None
            for n in self.ids
            if n not in fed
            and diagram.wires_into(n)
            and not any(w.target.name == "target" for w in diagram.wires_into(n))
        }

    def _part(
        self, diagram: Diagram, inlets: dict[Pin, str], outlets: dict[Pin, str], into: list[Wire]
    ) -> Diagram:
        blocks = [diagram.blocks[n] for n in self.ids]
        left, right = min(b.position[0] for b in blocks), max(b.position[0] for b in blocks)
        x, y = _middle(diagram, self.ids)
        at = {b.id: (b.position[0] - x, b.position[1] - y) for b in blocks}
        made = {b.id: replace(b, position=at[b.id]) for b in blocks}
        for row, (source, pin) in enumerate(inlets.items()):
            height = next((at[w.target.block][1] for w in into if w.source == source), 0.0)
            made[pin] = Block(pin, INLET, position=(left - x - GAP, height + row * 60.0))
        for row, (source, pin) in enumerate(outlets.items()):
            made[pin] = Block(
                pin, OUTLET, position=(right - x + 1.5 * GAP, at[source.block][1] + row * 60.0)
            )
        wires = [w for w in diagram.wires if w.source.block in at and w.target.block in at]
        wires += [Wire(Pin(inlets[w.source], OUTPUT), w.target) for w in into]
        wires += [Wire(source, Pin(pin, "z")) for source, pin in outlets.items()]
        went = [drawn(diagram, name) for name in held_by(diagram, self.ids)]
        return Diagram(made, tuple(wires)).with_drawn(*_drawn_at(went, -x, -y))


@dataclass(frozen=True)
class Ungroup(Alone):
    """Puts the blocks of a part in the place of one use of it; the part stays for its other uses."""

    id: str

    @property
    def label(self) -> str:
        return f"Ungroup {self.id}"

    def apply(self, diagram: Diagram) -> Diagram:
        """The diagram with the part's blocks under new ids.  Raises DiagramError when the block is no known part."""
        use = diagram.blocks.get(self.id)
        if use is None or use.kind != PART or part_of(use) not in diagram.parts:
            raise DiagramError(f"{self.id:.80} is not the use of a part.")
        part = diagram.parts[part_of(use)]
        inner = [b for b in part.blocks.values() if b.kind not in (INLET, OUTLET)]
        ids: dict[str, str] = {}
        for block in inner:
            taken = (*ids.values(),)
            free = block.id not in diagram.blocks and block.id not in taken
            ids[block.id] = (
                block.id if free else diagram.free_id(block.id.rstrip("0123456789") or "b", taken)
            )
        blocks = {n: b for n, b in diagram.blocks.items() if n != self.id}
        for block in inner:
            x, y = block.position[0] + use.position[0], block.position[1] + use.position[1]
            shares = ids.get(block.shares) if block.shares else None
            blocks[ids[block.id]] = replace(block, id=ids[block.id], position=(x, y), shares=shares)
        blocks = {
            n: replace(b, shares=None) if b.shares == self.id else b for n, b in blocks.items()
        }
        made = diagram.with_(blocks=blocks, wires=self._wires(diagram, part, ids))
        return self._with_drawn(made, part, use.position)

    def _with_drawn(self, diagram: Diagram, part: Diagram, at: tuple[float, float]) -> Diagram:
        """The frames and comments of the part, under new ids where theirs are taken."""
        things: list[Note] = []
        taken = {thing.id for thing in diagram.notes}
        for thing in part.notes:
            stem = "frame" if isinstance(thing, Frame) else "comment"
            name = thing.id if thing.id not in taken else free_frame_id(diagram, stem, taken)
            taken.add(name)
            things.append(replace(thing, id=name))
        frames, comments = _drawn_at(things, *at)
        return diagram.with_drawn((*diagram.frames, *frames), (*diagram.comments, *comments))

    def _wires(self, diagram: Diagram, part: Diagram, ids: dict[str, str]) -> tuple[Wire, ...]:
        inlets, outlets = pins_of(part)
        wires = [w for w in diagram.wires if self.id not in (w.source.block, w.target.block)]
        wires += [
            Wire(Pin(ids[w.source.block], w.source.name), Pin(ids[w.target.block], w.target.name))
            for w in part.wires
            if w.source.block in ids and w.target.block in ids
        ]

        def origin(outlet: str) -> Pin | None:
            source = part.inputs.get(Pin(outlet, "z"))
            if source is None:
                return None
            if source.block in inlets:
                return diagram.inputs.get(Pin(self.id, source.block))
            return Pin(ids[source.block], source.name)

        for wire in diagram.wires_of[self.id]:
            if wire.target.block == self.id:
                inner = [
                    w.target
                    for w in part.wires
                    if w.source.block == wire.target.name and w.target.block in ids
                ]
                wires += [Wire(wire.source, Pin(ids[t.block], t.name)) for t in inner]
            elif wire.source.name in outlets and (source := origin(wire.source.name)) is not None:
                wires.append(Wire(source, wire.target))
        return tuple(wires)


def _drawn_at(things: Iterable[Note], dx: float, dy: float) -> tuple[list[Frame], list[Comment]]:
    """Frames and comments, elsewhere by so much."""
    frames, comments = [], []
    for thing in things:
        if isinstance(thing, Frame):
            frames.append(replace(thing, rectangle=shifted(thing.rectangle, dx, dy)))
        else:
            comments.append(replace(thing, place=shifted(thing.place, dx, dy)))
    return frames, comments


def _middle(diagram: Diagram, ids: tuple[str, ...]) -> tuple[float, float]:
    xs, ys = zip(*(diagram.blocks[n].position for n in ids), strict=True)
    return (round((min(xs) + max(xs)) / 2), round((min(ys) + max(ys)) / 2))


def _pin_names(
    pins: dict[Pin, None], diagram: Diagram, taken: tuple[str, ...], stem: str
) -> dict[Pin, str]:
    """A name for each pin that crosses the border: z, or z1, z2 ... that no block inside has."""
    found: dict[Pin, str] = {}
    single = {"in": "z", "out": "y"}[stem]
    for number, pin in enumerate(pins, 1):
        name = single if len(pins) == 1 else f"{single}{number}"
        while name in taken or name in found.values():
            name = f"{name}_"
        found[pin] = name
    return found
