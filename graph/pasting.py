"""Copies of blocks, frames and comments, put into a diagram; an id that is free there is kept, another one is found for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from graph.diagram import Block, Diagram, Wire
from graph.edit import Alone
from graph.frame import Comment, Frame, Note, shifted

MAX_ID = 64


@dataclass(frozen=True, slots=True)
class Paste(Alone):
    """Puts copies of blocks, with the wires among them, frames and comments, beside the originals, under ids that are free.

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
        return _free_ids([block.id for block in self.blocks], set(diagram.blocks))

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
        things: tuple[Note, ...] = (*self.frames, *self.comments)
        return _free_ids([thing.id for thing in things], {note.id for note in diagram.notes})

    def _with_drawn(self, diagram: Diagram) -> Diagram:
        ids, (dx, dy) = self.drawn_ids_in(diagram), self.offset
        frames = (
            replace(f, id=ids[f.id], rectangle=shifted(f.rectangle, dx, dy)) for f in self.frames
        )
        comments = (replace(c, id=ids[c.id], place=shifted(c.place, dx, dy)) for c in self.comments)
        return diagram.with_drawn(
            frames=(*diagram.frames, *frames), comments=(*diagram.comments, *comments)
        )

    def _copy(self, block: Block, ids: Mapping[str, str], diagram: Diagram) -> Block:
        lender = diagram.blocks.get(block.shares or "")
        own = lender.id if lender is not None and lender.kind == block.kind else None
        (x, y), (dx, dy) = block.position, self.offset
        shares = ids.get(block.shares or "", own)
        return replace(block, id=ids[block.id], position=(x + dx, y + dy), shares=shares)


def _free_ids(wanted: Sequence[str], taken: set[str]) -> dict[str, str]:
    """By id the same where it is free, else its word with the first number that is."""
    found = {name: name for name in wanted if name not in taken}
    taken, numbers = taken | found.keys(), dict[str, Iterator[int]]()
    for name in wanted:
        if name not in found:
            stem = name[: MAX_ID - 8].rstrip("0123456789")
            names = (f"{stem}{n}" for n in numbers.setdefault(stem, count(1)))
            found[name] = next(free for free in names if free not in taken)
    return {name: found[name] for name in wanted}
