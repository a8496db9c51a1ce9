"""A click of the right button, or the key for it: it selects what is there, and asks for the commands that apply to it."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, QPointF, Qt

from app.canvas import hits
from app.canvas.gestures import Gesture, Modifiers
from app.canvas.scene import CanvasScene
from app.canvas.surface import Surface
from graph.diagram import Wire

KEYS = (
    QKeyCombination(Qt.Key.Key_Menu),
    QKeyCombination(Qt.KeyboardModifier.ShiftModifier, Qt.Key.Key_F10),
)
KEPT = 24  # pixels from the edge of the canvas within which keys open no menu


class RightClick(Gesture):
    """Asks for the commands of what is under it; a drag asks for nothing."""

    scrolls = False

    def __init__(self, scene: CanvasScene, start: QPointF, scale: float) -> None:
        super().__init__(scene, start, scale)
        self._dragged = False

    def move(self, point: QPointF, modifiers: Modifiers) -> None:
        self._dragged |= not self.is_still(point)

    def finish(self) -> None:
        if not self._dragged:
            take(self.scene, self.start, self.scale)
            self.scene.asked.emit(self.start)


def take(scene: CanvasScene, point: QPointF, scale: float) -> None:
    """Selects what is under a point, or nothing, and no other; what is selected already stays so with all the rest."""
    block = hits.owner_at(scene, point)
    wire = None if block else hits.wire_at(scene, point, hits.wire_reach(scale))
    if (
        block is None
        and wire is None
        and (pin := hits.port_at(scene, point, hits.pin_reach(scale)))
    ):
        block = pin.block
    grip = None if block or wire else scene.frames.at(point, scale)
    if block is not None and block not in scene.selected:
        scene.select({block})
    elif wire is not None and wire not in scene.selected_wires:
        scene.select((), {wire})
    elif grip is not None and grip.id not in scene.frames.selected:
        scene.select((), frames={grip.id})
    elif block is None and wire is None and grip is None:
        scene.select(())


def ask_by_keys(view: Surface, pointer: QPointF | None) -> None:
    """The same for what is selected, in its middle; with nothing selected, at the mouse or in the middle of what is seen."""
    scene = view.canvas
    box = scene.bounds(scene.selected) | scene.frames.bounds(scene.frames.selected)
    for wire in scene.selected_wires:
        box |= scene.wires[wire].sceneBoundingRect()
    if box.isEmpty():
        scene.asked.emit(pointer or view.seen().center())
        return
    view.bring(box)
    only = not scene.selected and not scene.frames.selected and len(scene.selected_wires) == 1
    place = middle_of(scene, *scene.selected_wires) if only else box.center()
    room = view.viewport().rect().adjusted(KEPT, KEPT, -KEPT, -KEPT)
    at = view.viewportTransform().map(place).toPoint()
    if not room.contains(at):
        at.setX(max(room.left(), min(at.x(), room.right())))
        at.setY(max(room.top(), min(at.y(), room.bottom())))
        place = view.scene_point(at.toPointF())
    scene.asked.emit(place)


def middle_of(scene: CanvasScene, wire: Wire) -> QPointF:
    """The point of a wire nearest to its middle at which no block lies over it."""
    points = [QPointF(*point) for point in scene.wires[wire].evenly]
    half = len(points) // 2
    order = sorted(range(len(points)), key=lambda k: abs(k - half))
    free = (points[k] for k in order if hits.owner_at(scene, points[k]) is None)
    return next(free, points[half])
