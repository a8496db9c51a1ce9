"""Cut, copy and paste: blocks travel through the clipboard as the text that a file would hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from graph.diagram import Diagram, Frozen, Pin, Wire
from graph.files import to_text
from graph.frame import Comment, Frame, Note
from graph.framing import corner, held_by
from graph.part_edits import AddPart
from graph.parts import needed
from graph.pasting import Paste
from nodes.parts import type_in

APART = 40.0  # canvas units, each way, between copies that were put to one place
INCOMING = "x-incoming"  # in the copied text: by input, as linear1.z, the output that fed it


def part_of(diagram: Diagram, ids: Iterable[str], notes: Iterable[str] = ()) -> Diagram:
    """These blocks with the wires among them, the frames that hold nothing else and the parts that they use, without recipe;
    what fed them is noted.  `notes` are frames and comments to be taken along."""
    wanted = set(ids)
    blocks = {
        name: replace(block, shares=block.shares if block.shares in wanted else None)
        for name, block in diagram.blocks.items()
        if name in wanted
    }
    wires = [w for w in diagram.wires if w.source.block in wanted and w.target.block in wanted]
    noted = {str(w.target): str(w.source) for w in _incoming(diagram, wanted)}
    extra = Frozen({INCOMING: noted} if noted else {})
    parts = Frozen(needed(blocks.values(), diagram.parts))
    drawn = _drawn(diagram, wanted, notes)
    return Diagram(blocks, tuple(wires), parts, extra=extra).with_drawn(*drawn)


def copied_text(diagram: Diagram, ids: Iterable[str], notes: Iterable[str] = ()) -> str:
    """What goes to the clipboard."""
    return to_text(part_of(diagram, ids, notes))


def paste_of(found: Diagram) -> tuple[Paste, tuple[AddPart, ...]]:
    """The edit that inserts what was copied, and those that add the parts used there.

    Its `incoming` are the wires that fed the originals, wherever that was.
    """
    parts = tuple(AddPart(name, part) for name, part in found.parts.items())
    wires = _noted(found.extra.get(INCOMING), found.blocks.keys())
    blocks = tuple(found.blocks.values())
    paste = Paste(blocks, found.wires, incoming=wires, frames=found.frames, comments=found.comments)
    return paste, parts


def duplicate_of(
    diagram: Diagram, ids: Iterable[str], wired: bool = False, notes: Iterable[str] = ()
) -> Paste:
    """The edit that copies blocks beside themselves; copies share weights with whom the originals do.

    With `wired`, what feeds the originals feeds the copies as well.
    """
    wanted = set(ids)
    wires = tuple(w for w in diagram.wires if w.source.block in wanted and w.target.block in wanted)
    blocks = tuple(diagram.blocks[name] for name in diagram.blocks if name in wanted)
    fed = _incoming(diagram, wanted) if wired else ()
    frames, comments = _drawn(diagram, wanted, notes)
    return Paste(blocks, wires, incoming=fed, frames=frames, comments=comments)


def _drawn(
    diagram: Diagram, wanted: set[str], notes: Iterable[str]
) -> tuple[tuple[Frame, ...], tuple[Comment, ...]]:
    names = {*held_by(diagram, wanted), *notes}
    frames = tuple(f for f in diagram.frames if f.id in names)
    return frames, tuple(c for c in diagram.comments if c.id in names)


def possible(diagram: Diagram, paste: Paste) -> Paste:
    """The same with those incoming wires only that can begin in a diagram."""

    def begins(pin: Pin) -> bool:
        block = diagram.blocks.get(pin.block)
        kind = type_in(diagram, block) if block is not None else None
        return kind is not None and pin.name in kind.outputs

    return replace(paste, incoming=tuple(w for w in paste.incoming if begins(w.source)))


def placed(paste: Paste, at: tuple[float, float]) -> Paste:
    """The same with the middle of the copies at a point."""
    x, y = _middle(places(paste))
    return replace(paste, offset=(at[0] - x, at[1] - y))


def apart(diagram: Diagram, paste: Paste) -> Paste:
    """The same, moved on while a copy would stand exactly on a block, which nobody would see."""
    taken = {block.position for block in diagram.blocks.values()}
    x, y = paste.offset
    while any((block.position[0] + x, block.position[1] + y) in taken for block in paste.blocks):
        x, y = x + APART, y + APART
    return replace(paste, offset=(x, y))


def places(paste: Paste) -> list[tuple[float, float]]:
    """Where the originals are: blocks, else frames and comments."""
    notes: tuple[Note, ...] = (*paste.frames, *paste.comments)
    return [b.position for b in paste.blocks] or [corner(note) for note in notes]


def _middle(at: list[tuple[float, float]]) -> tuple[float, float]:
    xs, ys = zip(*at, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _incoming(diagram: Diagram, wanted: set[str]) -> tuple[Wire, ...]:
    return tuple(
        w for w in diagram.wires if w.target.block in wanted and w.source.block not in wanted
    )


def _noted(noted: object, ids: Iterable[str]) -> tuple[Wire, ...]:
    """The wires of a note; what cannot be one is passed over, for anybody may have written it."""
    found = [
        Wire(_pin(source), _pin(target))
        for target, source in (noted.items() if isinstance(noted, dict) else ())
        if isinstance(source, str)
    ]
    return tuple(w for w in found if w.target.block in ids)


def _pin(text: str) -> Pin:
    return Pin(*text.partition(".")[::2])
