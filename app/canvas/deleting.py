"""What is selected goes away: with its wires, or so that what fed it feeds what it fed."""

from __future__ import annotations

from app.canvas.scene import CanvasScene
from graph.edit import Edit, Together
from graph.edits import Disconnect, RemoveBlocks
from graph.framing import RemoveFrames
from graph.joining import RemoveAndJoin


def delete(scene: CanvasScene) -> None:
    """Removes the selected blocks, wires, frames and comments as one step."""
    loose = tuple(
        w
        for w in scene.diagram.wires
        if w in scene.selected_wires and not {w.source.block, w.target.block} & scene.selected
    )
    edits: list[Edit] = []
    if drawn := tuple(name for name in scene.frames.things if name in scene.frames.selected):
        edits.append(RemoveFrames(drawn))
    if loose:
        edits.append(Disconnect(loose))
    if gone := _selected(scene):
        edits.append(RemoveBlocks(gone))
    if edits:
        scene.perform(edits[0] if len(edits) == 1 else Together(edits[-1].label, tuple(edits)))


def take_out(scene: CanvasScene) -> None:
    """Takes the selected blocks out of the flow as one step: what fed them goes on to what they fed."""
    if gone := _selected(scene):
        scene.perform(RemoveAndJoin(gone))
    else:
        scene.said.emit("Select the blocks that are to be taken out.")


def _selected(scene: CanvasScene) -> tuple[str, ...]:
    """In the order of the diagram."""
    return tuple(name for name in scene.diagram.blocks if name in scene.selected)
