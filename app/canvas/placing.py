"""New blocks: their ids, settings and places.  No Qt."""

from __future__ import annotations

from itertools import count

from app.canvas.gestures import GRID
from graph.diagram import Block, Diagram, Frozen
from graph.problem import DiagramError
from nodes.catalogue import catalogue

APART = 100.0  # canvas units between a new block and one that is already there


def new_block(diagram: Diagram, kind: str, at: tuple[float, float]) -> Block:
    """A block of a kind at a place, snapped to the grid.  Raises DiagramError for an unknown kind.

    An observed variable is called like its field: x, then y, then x1, x2, ...
    """
    if kind not in catalogue():
        raise DiagramError(f"{kind!r:.60} is no kind of block that is known here.")
    x, y = (round(v / GRID) * GRID for v in at)
    if kind != "observed":
        return Block(diagram.free_id(kind), kind, position=(x, y))
    name = next((n for n in ("x", "y") if n not in diagram.blocks), None) or diagram.free_id("x")
    return Block(name, kind, Frozen(field=name), (x, y))


def free_place(diagram: Diagram, wanted: tuple[float, float]) -> tuple[float, float]:
    """The first place at or below the wanted one where no block stands."""
    x, y = wanted
    taken = [b.position for b in diagram.blocks.values() if abs(b.position[0] - x) < APART]
    return next(
        (x, y + APART * k)
        for k in count()
        if all(abs(other - y - APART * k) >= APART * 0.8 for _, other in taken)
    )
