"""What a mouse button takes hold of: which gesture a press starts, and what tells so before."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from app.canvas import hits
from app.canvas.clicking import RightClick
from app.canvas.frames import Grip
from app.canvas.framing import CURSORS, DragFrames, begin_frame
from app.canvas.gestures import ClickWire, DragBand, DragBlocks, Gesture, Modifiers
from app.canvas.rewiring import Knife, MoveWires
from app.canvas.scene import CanvasScene
from app.canvas.wiring import DragBack, DragWire
from graph.diagram import Pin, Wire


def begin(
    scene: CanvasScene,
    point: QPointF,
    scale: float,
    modifiers: Modifiers,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
) -> Gesture | None:
    """The gesture that a press at a point of the scene starts, None when that button starts none."""
    scene.gliding.rest()
    if button == Qt.MouseButton.RightButton:
        cuts = modifiers & Modifiers.ControlModifier
        return Knife(scene, point, scale) if cuts else RightClick(scene, point, scale)
    return _left(scene, point, scale, modifiers) if button == Qt.MouseButton.LeftButton else None


def _left(scene: CanvasScene, point: QPointF, scale: float, modifiers: Modifiers) -> Gesture:
    shift = bool(modifiers & Modifiers.ShiftModifier)
    if (source := _ring(scene, point, scale)) is not None:
        if modifiers & Modifiers.ControlModifier:
            return MoveWires(scene, point, scale, source)
        return DragWire(scene, point, scale, source)
    if (pin := hits.port_at(scene, point, hits.pin_reach(scale))) is not None:
        feeder = scene.diagram.inputs.get(pin)
        if feeder is None:
            return DragBack(scene, point, scale, pin)
        return DragWire(scene, point, scale, feeder, replaced=Wire(feeder, pin))
    if (item := hits.block_at(scene, point)) is not None:
        if item.block in scene.selected and scene.frames.selected and not shift:
            place = scene.diagram.blocks[item.block].position
            return DragFrames(scene, point, scale, "", place)
        return DragBlocks(scene, point, scale, item.block, shift)
    if (wire := hits.wire_at(scene, point, hits.wire_reach(scale))) is not None:
        if hits.is_end(scene, wire, point) and not shift:
            return DragWire(scene, point, scale, wire.source, replaced=wire)
        if hits.is_start(scene, wire, point) and not shift:
            return DragBack(scene, point, scale, wire.target, replaced=wire)
        return ClickWire(scene, point, scale, wire, shift)
    if (grip := scene.frames.at(point, scale)) is not None:
        return begin_frame(scene, point, scale, grip, shift)
    return DragBand(scene, point, scale, shift)


def pin_at(scene: CanvasScene, point: QPointF, scale: float) -> Pin | None:
    """The pin that a wire would be drawn from."""
    return _ring(scene, point, scale) or hits.port_at(scene, point, hits.pin_reach(scale))


def _ring(scene: CanvasScene, point: QPointF, scale: float) -> Pin | None:
    """The circle there, or a little beside it where nothing else can be taken hold of."""
    found = hits.ring_at(scene, point)
    over_wire = hits.wire_at(scene, point, hits.wire_reach(scale)) is not None
    if found is not None or over_wire or scene.frames.at(point, scale) is not None:
        return found
    return hits.ring_at(scene, point, hits.ring_reach(scale))


def cursor_at(scene: CanvasScene, point: QPointF, scale: float, pin: Pin | None) -> Qt.CursorShape:
    """The cursor over a point where nothing is held; `pin` is the one there."""
    if pin is not None:
        return Qt.CursorShape.CrossCursor
    if hits.block_at(scene, point) is not None:
        return Qt.CursorShape.OpenHandCursor
    wire = hits.wire_at(scene, point, hits.wire_reach(scale))
    if wire is not None and (hits.is_end(scene, wire, point) or hits.is_start(scene, wire, point)):
        return Qt.CursorShape.CrossCursor  # it can be led elsewhere
    if (grip := grip_at(scene, point, scale)) is not None:
        return CURSORS.get(grip.edges, Qt.CursorShape.OpenHandCursor)
    return Qt.CursorShape.ArrowCursor


def grip_at(scene: CanvasScene, point: QPointF, scale: float) -> Grip | None:
    """What of a frame or comment is under a point where no block is; wires lie above it."""
    over_wire = hits.wire_at(scene, point, hits.wire_reach(scale)) is not None
    return None if over_wire else scene.frames.at(point, scale)
