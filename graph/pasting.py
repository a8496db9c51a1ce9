"""Copies of blocks, frames and comments, put into a diagram under new ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from graph.diagram import Block, Diagram, Wire
from graph.edit import Alone
from graph.frame import Comment, Frame, shifted

MAX_ID = 64


@dataclass(frozen=True, slots=True)
class Paste(Alone):
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
