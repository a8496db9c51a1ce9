"""What a landing does to the diagram: others make room for a block that is put into a wire, and its wires are drawn."""

from __future__ import annotations

import math

from app.canvas.geometry import Form
from app.canvas.landing import CLEAR, Landing, Place
from app.canvas.scene import CanvasScene
from app.canvas.turning import laid_box, laid_place, laid_port, laid_way, risen_place
from graph.diagram import Diagram
from graph.edit import Edit
from graph.edits import Connect, MoveBlocks

STEP = 10.0  # the grid: others make room by whole squares


def edits(scene: CanvasScene, found: Landing, made: Form) -> tuple[Edit, ...]:
    """Moves the block to its place, others out of its way, and draws its wires."""
    place, moves = _with_room(scene, found, made)
    moves = {**moves, found.block: place}
    return MoveBlocks(moves), *(Connect(wire) for wire in found.wires)


def _with_room(scene: CanvasScene, found: Landing, made: Form) -> tuple[Place, dict[str, Place]]:
    """The place in a wire that runs along the flow, and where those blocks go that stand in the way there."""
    if found.split is None:
        return found.place, {}
    up = scene.is_rising
    way = laid_way(scene.wires[found.split].way, up)
    start, end = float(way[0][0]), float(way[-1][0])
    ahead = scene.blocks[found.split.target.block].face.form.port(found.split.target.name)
    if laid_port(ahead, up).dx < 0.5 or end <= start:
        return found.place, {}
    left, _, right, _ = laid_box(made.box(), up)
    here = laid_place(found.place, up)
    low = math.ceil((start + CLEAR - left) / STEP) * STEP
    high = math.floor((end - CLEAR - right) / STEP) * STEP
    if low <= high:
        return risen_place((min(max(here[0], low), high), here[1]), up), {}
    shift = low - high
    at = {
        name: laid_place(scene.diagram.blocks[name].position, up)
        for name in _joined(scene.diagram, found.split.target.block)
    }
    line = at[found.split.target.block][0]
    moves = {
        name: risen_place((x + shift, y), up)
        for name, (x, y) in at.items()
        if x >= line and name != found.block
    }
    return risen_place((low, here[1]), up), moves


def _joined(diagram: Diagram, start: str) -> set[str]:
    """All blocks that wires join to one, whichever way they run."""
    seen, stack = {start}, [start]
    while stack:
        for wire in diagram.wires_of[stack.pop()]:
            for end in wire:
                if end.block not in seen:
                    seen.add(end.block)
                    stack.append(end.block)
    return seen
