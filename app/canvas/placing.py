"""New blocks: their ids, settings and places.  No Qt."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Protocol

from app.canvas.gestures import GRID
from graph.diagram import INLET, OUTLET, PART, Block, Diagram, Frozen
from graph.edit import Edit, Together
from graph.edits import AddBlock
from graph.part_edits import AddPart
from graph.problem import DiagramError, FileError
from nodes.catalogue import catalogue

APART = 100.0  # canvas units between a new block and one that is already there
USE, PUBLISHED = "part:", "file:"  # what the palette says in place of a kind, before a part's name


class Shelf(Protocol):
    """Where published parts are kept."""

    def read(self, name: str) -> Diagram:
        """The part of that name.  Raises FileError."""
        ...


def addition(
    diagram: Diagram, kind: str, at: tuple[float, float], part: str = "", shelf: Shelf | None = None
) -> tuple[Edit, str]:
    """The edit that adds a kind of block, or the use of a part, at a place, and the id that it gets.

    `part` is the name of the part around, "" outside.  Raises DiagramError when it cannot be added.
    """
    if kind.startswith(PUBLISHED) and shelf is not None:
        return _published(diagram, kind.removeprefix(PUBLISHED), at, shelf)
    if kind in (INLET, OUTLET) and not part:
        raise DiagramError(f"An {kind} is a pin of a part: open a part, then add it inside.")
    made = new_block(diagram, kind, at)
    return AddBlock(made), made.id


def placed(edit: Edit, block: str, at: tuple[float, float]) -> Edit:
    """An edit that adds a block, with that block at another place; off the grid if it must be."""
    if isinstance(edit, Together):
        return Together(edit.label, tuple(placed(each, block, at) for each in edit.edits))
    if isinstance(edit, AddBlock) and edit.block.id == block:
        return AddBlock(replace(edit.block, position=at))
    return edit


def _published(
    diagram: Diagram, name: str, at: tuple[float, float], shelf: Shelf
) -> tuple[Edit, str]:
    try:
        part = shelf.read(name)
    except FileError as error:
        raise DiagramError(str(error)) from None
    use = _use(diagram, name, at)
    return Together(f"Add {use.id}", (AddPart(name, part), AddBlock(use))), use.id


def new_block(diagram: Diagram, kind: str, at: tuple[float, float]) -> Block:
    """A block of a kind, or the use of a part, at a place, snapped to the grid.  Raises DiagramError for an unknown kind.

    An observed variable is called like its field: x, then y, then x1, x2, ...; so are the pins of a part.
    """
    if kind.removeprefix(USE) in diagram.parts and kind.startswith(USE):
        return _use(diagram, kind.removeprefix(USE), at)
    place = on_grid(at)
    if kind in (INLET, OUTLET):
        name = "z" if kind == INLET else "y"
        return Block(
            name if name not in diagram.blocks else diagram.free_id(name), kind, position=place
        )
    if kind not in catalogue():
        raise DiagramError(f"{kind!r:.60} is no kind of block that is known here.")
    if kind != "observed":
        return Block(diagram.free_id(kind), kind, position=place)
    name = next((n for n in ("x", "y") if n not in diagram.blocks), None) or diagram.free_id("x")
    return Block(name, kind, Frozen(field=name), place)


def _use(diagram: Diagram, part: str, at: tuple[float, float]) -> Block:
    return Block(diagram.free_id(part), PART, Frozen(part=part), on_grid(at))


def on_grid(at: tuple[float, float]) -> tuple[float, float]:
    """The nearest crossing of the grid."""
    x, y = (round(v / GRID) * GRID for v in at)
    return x, y


def free_place(diagram: Diagram, wanted: tuple[float, float]) -> tuple[float, float]:
    """The first place at or below the wanted one where no block stands."""
    x, y = wanted
    taken = [b.position for b in diagram.blocks.values() if abs(b.position[0] - x) < APART]
    return next(
        (x, y + APART * k)
        for k in count()
        if all(abs(other - y - APART * k) >= APART * 0.8 for _, other in taken)
    )
