"""From block to block by keys: along a wire where one leads that way, else to the nearest block there."""

from __future__ import annotations

from app.canvas.scene import CanvasScene

ASIDE = 2.0  # how much worse a block is that lies beside the direction than one that lies along it


def beside(scene: CanvasScene, dx: float, dy: float) -> str:
    """The block to go to from the selected one in a direction, "" for none; without one, the first along the flow."""
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
