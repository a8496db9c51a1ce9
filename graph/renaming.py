"""Blocks that another version has under another id: found, so that they are not told as one that went and one that came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from graph.diagram import Block, Diagram, Frozen

Wiring = frozenset[tuple[str, str, str, str]]
MOST = 1_000_000  # pairs of blocks that are looked at


def aligned(before: Diagram, after: Diagram) -> tuple[Diagram, Mapping[str, str]]:
    """`before` with the ids that its blocks have in `after`; the old ids by the new ones.

    A block that went is one that came when it is of the same kind at the same place, or equal and wired in the same way.
    """
    gone = [block for name, block in before.blocks.items() if name not in after.blocks]
    come = [block for name, block in after.blocks.items() if name not in before.blocks]
    if not gone or not come or len(gone) * len(come) > MOST:
        return before, {}
    new: dict[str, str] = {}
    for old, found in _pairs(before, after, gone, come):
        if old not in new and found not in new.values():
            new[old] = found
    return (_renamed(before, new), {n: o for o, n in new.items()}) if new else (before, {})


def _pairs(
    before: Diagram, after: Diagram, gone: list[Block], come: list[Block]
) -> Iterator[tuple[str, str]]:
    """Those that stand at one place first."""
    for old in gone:
        for one in come:
            if one.kind == old.kind and one.position == old.position:
                yield old.id, one.id
    ways = {block.id: _wiring(after, block.id) for block in come}
    for old in gone:
        way = _wiring(before, old.id)
        for one in come:
            if way and ways[one.id] == way and _alike(old, one):
                yield old.id, one.id


def _alike(old: Block, one: Block) -> bool:
    return replace(old, id=one.id, position=one.position) == one


def _wiring(diagram: Diagram, name: str) -> Wiring:
    def told(block: str) -> str:
        return "" if block == name else block

    return frozenset(
        (told(w.source.block), w.source.name, told(w.target.block), w.target.name)
        for w in diagram.wires_of[name]
    )


def _renamed(diagram: Diagram, new: Mapping[str, str]) -> Diagram:
    blocks = {
        new.get(name, name): replace(
            block, id=new.get(name, name), shares=new.get(block.shares or "", block.shares)
        )
        for name, block in diagram.blocks.items()
    }
    wires = tuple(
        wire._replace(
            source=wire.source._replace(block=new.get(wire.source.block, wire.source.block)),
            target=wire.target._replace(block=new.get(wire.target.block, wire.target.block)),
        )
        for wire in diagram.wires
    )
    return diagram.with_(blocks=Frozen(blocks), wires=wires)
