"""Gestures with frames and comments: moved by their title or text with what stands in them, resized by their edges."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, Qt

from app.canvas.frames import Grip
from app.canvas.gestures import GRID, Gesture, Modifiers
from app.canvas.scene import CanvasScene
from graph.edit import Edit
from graph.frame import NARROWEST, WIDEST, Comment, Frame, Note
from graph.framing import LEAST, MoveFrames, ResizeFrame, WidenComment, carried, corner, drawn, put

Place = tuple[float, float]
CURSORS = {
    "l": Qt.CursorShape.SizeHorCursor,
    "r": Qt.CursorShape.SizeHorCursor,
    "t": Qt.CursorShape.SizeVerCursor,
    "b": Qt.CursorShape.SizeVerCursor,
    "lt": Qt.CursorShape.SizeFDiagCursor,
    "rb": Qt.CursorShape.SizeFDiagCursor,
    "rt": Qt.CursorShape.SizeBDiagCursor,
    "lb": Qt.CursorShape.SizeBDiagCursor,
}


def begin_frame(
    scene: CanvasScene, point: QPointF, scale: float, grip: Grip, shift: bool
) -> Gesture:
    """The gesture that a press on a frame or comment starts."""
    if grip.edges:
        return Resize(scene, point, scale, grip)
    at = corner(drawn(scene.diagram, grip.id))
    return DragFrames(scene, point, scale, grip.id, at, shift)


class DragFrames(Gesture):
    """Moves the selected frames and comments with the blocks in them and those selected, on the grid unless Alt is held.

    `grabbed` is the frame that was pressed, "" for a block; `at` the place of it that comes to lie on the grid.
    """

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(
        self,
        scene: CanvasScene,
        start: QPointF,
        scale: float,
        grabbed: str,
        at: Place,
        shift: bool = False,
    ) -> None:
        super().__init__(scene, start, scale)
        self._grabbed, self._at, self._shift = grabbed, at, shift
        self._was_selected = not grabbed or grabbed in scene.frames.selected
        if not self._was_selected:
            more = scene.frames.selected if shift else frozenset()
            blocks_too = scene.selected if shift else frozenset()
            scene.select(blocks_too, frames={grabbed} | more)
        blocks, names = carried(scene.diagram, scene.frames.selected)
        blocks |= scene.selected
        self._blocks = {name: scene.diagram.blocks[name].position for name in blocks}
        self._things = {name: drawn(scene.diagram, name) for name in names}
        self._delta: Place = (0.0, 0.0)
        self._moved = False

    @classmethod
    def by(cls, scene: CanvasScene, dx: float, dy: float, gesture: str) -> Edit:
        """The edit that moves what is selected by so much."""
        blocks, corners = cls(scene, QPointF(), 1.0, "", (0.0, 0.0))._places((dx, dy))
        return MoveFrames(corners, blocks, gesture)

    def move(self, point: QPointF, modifiers: Modifiers) -> None:
        if not self._moved and self.is_still(point):
            return
        self._moved = True
        (x, y), delta = self._at, point - self.start
        to_x, to_y = x + delta.x(), y + delta.y()
        if not modifiers & Modifiers.AltModifier:
            to_x, to_y = round(to_x / GRID) * GRID, round(to_y / GRID) * GRID
        self._delta = (to_x - x, to_y - y)
        self._show(self._delta)

    def _places(self, delta: Place) -> tuple[dict[str, Place], dict[str, Place]]:
        """Where blocks, and frames with comments, are after a move."""
        dx, dy = delta
        corners = {name: corner(thing) for name, thing in self._things.items()}
        blocks = {n: (x + dx, y + dy) for n, (x, y) in self._blocks.items()}
        return blocks, {n: (x + dx, y + dy) for n, (x, y) in corners.items()}

    def _show(self, delta: Place) -> None:
        blocks, corners = self._places(delta)
        if blocks:
            self.scene.preview(blocks)
        self.scene.frames.preview(put(self._things[n], at) for n, at in corners.items())

    def finish(self) -> Edit | None:
        if not self._moved:
            self._click()
            return None
        if self._delta == (0.0, 0.0):
            return None
        blocks, corners = self._places(self._delta)
        return MoveFrames(corners, blocks)

    def _click(self) -> None:
        if not self._grabbed or not self._was_selected:
            return
        scene = self.scene
        if self._shift:
            left = scene.frames.selected - {self._grabbed}
            scene.select(scene.selected, scene.selected_wires, left)
        else:
            scene.select((), frames={self._grabbed})

    def cancel(self) -> None:
        self._show((0.0, 0.0))
        super().cancel()


class Resize(Gesture):
    """Moves edges of a frame, or the right edge of a comment, on the grid unless Alt is held."""

    def __init__(self, scene: CanvasScene, start: QPointF, scale: float, grip: Grip) -> None:
        super().__init__(scene, start, scale)
        self.cursor = CURSORS[grip.edges]
        self._edges = grip.edges
        self._before = self._now = drawn(scene.diagram, grip.id)
        scene.select((), frames={grip.id})

    def move(self, point: QPointF, modifiers: Modifiers) -> None:
        if self._now is self._before and self.is_still(point):
            return
        step = 1.0 if modifiers & Modifiers.AltModifier else GRID
        self._now = self._resized(point, step)
        self.scene.frames.preview([self._now])

    def _resized(self, point: QPointF, step: float) -> Note:
        x, y = round(point.x() / step) * step, round(point.y() / step) * step
        if isinstance(self._before, Comment):
            left, top, _ = self._before.place
            width = min(max(x - left, NARROWEST), WIDEST)
            return replace(self._before, place=(left, top, width))
        left, top, width, height = self._before.rectangle
        right, bottom = left + width, top + height
        left = min(x, right - LEAST) if "l" in self._edges else left
        right = max(x, left + LEAST) if "r" in self._edges else right
        top = min(y, bottom - LEAST) if "t" in self._edges else top
        bottom = max(y, top + LEAST) if "b" in self._edges else bottom
        return replace(self._before, rectangle=(left, top, right - left, bottom - top))

    def finish(self) -> Edit | None:
        if self._now == self._before:
            return None
        if isinstance(self._now, Frame):
            return ResizeFrame(self._now.id, self._now.rectangle)
        return WidenComment(self._now.id, self._now.place[2])

    def cancel(self) -> None:
        self.scene.frames.preview([self._before])
        super().cancel()
