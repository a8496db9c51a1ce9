"""Edits that make, use, open and dissolve parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from graph.diagram import (
    INLET,
    OUTLET,
    OUTPUT,
    PART,
    RIGHT,
    Block,
    Diagram,
    Frozen,
    Pin,
    Wire,
    is_name,
)
from graph.edits import Edit, _Alone, _shifted
from graph.frame import Comment, Frame, Note
from graph.framing import drawn, free_frame_id, held_by
from graph.parts import counts, part_of, pins_of
from graph.problem import DiagramError
from graph.turning import turned

GAP = 110.0  # between a part's pins and its blocks, in canvas units


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
class AddPart(_Alone):
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
class RemovePart(_Alone):
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
class RenamePart(_Alone):
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
class RenamePin(_Alone):
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


@dataclass(frozen=True)
class Group(_Alone):
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
class Ungroup(_Alone):
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
            frames.append(replace(thing, rectangle=_shifted(thing.rectangle, dx, dy)))
        else:
            comments.append(replace(thing, place=_shifted(thing.place, dx, dy)))
    return frames, comments


def _mapped(level: Diagram, change: Callable[[Block], Block]) -> Diagram:
    """A diagram with every block changed in a way that keeps ids and kinds."""
    altered = [new for block in level.blocks.values() if (new := change(block)) is not block]
    return level.with_blocks(*altered) if altered else level


def _ends_moved(
    level: Diagram, which: Callable[[Pin], bool], move: Callable[[Pin], Pin]
) -> tuple[Wire, ...]:
    """The wires of a diagram, some of their ends elsewhere."""
    return tuple(Wire(*(move(end) if which(end) else end for end in wire)) for wire in level.wires)


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
