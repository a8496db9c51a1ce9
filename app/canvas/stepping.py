"""Arrow keys: what is selected goes on by a square of the grid, or the selection itself to the next block."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.canvas.framing import DragFrames
from app.canvas.gestures import GRID
from app.canvas.scene import CanvasScene
from app.canvas.surface import Surface
from graph.edit import Edit
from graph.edits import MoveBlocks

ARROWS = {
    Qt.Key.Key_Left: (-GRID, 0.0),
    Qt.Key.Key_Right: (GRID, 0.0),
    Qt.Key.Key_Up: (0.0, -GRID),
    Qt.Key.Key_Down: (0.0, GRID),
}
ASIDE = 2.0  # how much worse a block is that lies beside the direction than one that lies along it


def nudge(scene: CanvasScene, dx: float, dy: float) -> Edit:
    """The edit that moves what is selected by so much; repeated, it is one step of undo."""
    if scene.frames.selected:
        return DragFrames.by(scene, dx, dy, gesture="arrows")
    at = {name: scene.diagram.blocks[name].position for name in scene.selected}
    return MoveBlocks({name: (x + dx, y + dy) for name, (x, y) in at.items()}, gesture="arrows")


def select_beside(view: Surface, dx: float, dy: float) -> None:
    """Selects the next block in a direction, and brings it into sight."""
    if block := beside(view.canvas, dx, dy):
        view.canvas.select({block})
        if not view.seen().contains(view.canvas.bounds((block,))):
            view.centerOn(view.canvas.blocks[block].pos())


def beside(scene: CanvasScene, dx: float, dy: float) -> str:
    """The block to go to from the selected one in a direction, "" for none; without one, the first along the flow.

    A wire that leads that way comes before what is nearest.
    """
    picked = [name for name in scene.diagram.blocks if name in scene.selected]
    if not picked:
        return next(iter(scene.diagram.order), "")
    here = picked[-1]
    joined = {end.block for wire in scene.diagram.wires_of[here] for end in wire} - {here}
    return _nearest(scene, here, joined, dx, dy) or _nearest(
        scene, here, set(scene.blocks) - {here}, dx, dy
    )


def _nearest(scene: CanvasScene, here: str, names: set[str], dx: float, dy: float) -> str:
    found = []
    for name in names:
        to = scene.blocks[name].pos() - scene.blocks[here].pos()
        along, aside = to.x() * dx + to.y() * dy, abs(to.x() * dy) + abs(to.y() * dx)
        if along > aside / 2 and along > 1.0:
            found.append((along + ASIDE * aside, name))
    return min(found)[1] if found else ""
