"""What a press, a drag and a release of the mouse do: one gesture, one class, ending in one edit or none."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from app.canvas import hits, landing, room
from app.canvas.guides import Guides
from app.canvas.items import BlockItem
from app.canvas.scene import CanvasScene
from app.canvas.wanted import Wanted
from graph.diagram import Wire
from graph.edit import Edit, Together
from graph.edits import MoveBlocks

GRID = 10.0
SEEN = 700.0, 450.0  # device pixels around the mouse within which others hold what is dragged
STILL = 4.0  # device pixels that the mouse may tremble without dragging

Modifiers = Qt.KeyboardModifier


class Gesture:
    """One press, drag and release.  `move` follows the mouse, `finish` gives the edit, `cancel` leaves all as it was."""

    cursor = Qt.CursorShape.ArrowCursor

    scrolls = True  # at the edge of the canvas what is seen moves on

    reason = ""  # why nothing would happen if the button were released now; shown at the mouse

    def __init__(self, scene: CanvasScene, start: QPointF, scale: float) -> None:
        self.scene = scene
        self.start = start
        self.scale = scale
        self._selection = scene.selected, scene.selected_wires, scene.frames.selected

    def is_still(self, point: QPointF) -> bool:
        """Whether the mouse has only trembled since the press."""
        delta = point - self.start
        return math.hypot(delta.x(), delta.y()) * self.scale < STILL

    def move(self, point: QPointF, modifiers: Modifiers) -> None:
        """The mouse is at a point of the scene."""

    def finish(self) -> Edit | None:
        """The button is released: what there is to do."""
        return None

    def wanted(self) -> Wanted | None:
        """After a `finish` without an edit: the block that is to be searched for, if the gesture asks for one."""
        return None

    def cancel(self) -> None:
        """Escape: all is as before the press."""
        self.scene.select(*self._selection)

    def paint(self, painter: QPainter) -> None:
        """What is drawn over the canvas meanwhile, in scene coordinates."""


class DragBlocks(Gesture):
    """Moves the selected blocks, the grabbed one in line with others or on the grid unless Alt is held."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(
        self, scene: CanvasScene, start: QPointF, scale: float, grabbed: str, shift: bool
    ) -> None:
        super().__init__(scene, start, scale)
        self._grabbed = grabbed
        self._was_selected = grabbed in scene.selected
        self._shift = shift
        if not self._was_selected and shift:
            scene.select(scene.selected | {grabbed}, scene.selected_wires, scene.frames.selected)
        elif not self._was_selected:
            scene.select({grabbed})
        self._before = {name: scene.diagram.blocks[name].position for name in scene.selected}
        self._moves: Mapping[str, tuple[float, float]] = {}
        self._landing: landing.Landing | None = None
        self._guides: Guides | None = None

    def move(self, point: QPointF, modifiers: Modifiers) -> None:
        delta = point - self.start
        if not self._moves and self.is_still(point):
            return
        x, y = self._before[self._grabbed]
        to_x, to_y = x + delta.x(), y + delta.y()
        self._guides = self._guides or Guides(self.scene, self._grabbed, self._before)
        self._guides.leave()
        if not modifiers & Modifiers.AltModifier:
            grid = round(to_x / GRID) * GRID, round(to_y / GRID) * GRID
            to_x, to_y = self._guides.snap((to_x, to_y), grid, self.scale, self._seen(point))
        self._moves = {
            name: (px + to_x - x, py + to_y - y) for name, (px, py) in self._before.items()
        }
        if len(self._moves) == 1:
            self._land(to_x, to_y)
        self.scene.preview(self._moves)

    def _seen(self, point: QPointF) -> QRectF:
        """About what the view shows: so much around the mouse."""
        across, down = (half / self.scale for half in SEEN)
        return QRectF(point.x() - across, point.y() - down, 2 * across, 2 * down)

    def _land(self, x: float, y: float) -> None:
        """A single block that touches a circle, a pin or a wire goes there."""
        scene, block = self.scene, self._grabbed
        made = scene.blocks[block].face.form
        self._landing = landing.landing(scene, scene.diagram, block, made, (x, y))
        landing.mark(scene, self._landing)
        if self._landing is not None:
            self._moves = {block: self._landing.place}

    def finish(self) -> Edit | None:
        if not self._moves:
            self._click()
            return None
        if self._landing is not None:
            landing.mark(self.scene, None)
            made = self.scene.blocks[self._grabbed].face.form
            done = room.edits(self.scene, self._landing, made)
            return Together(self._landing.label, done)
        if dict(self._moves) == self._before:
            return None
        return MoveBlocks(self._moves)

    def _click(self) -> None:
        scene = self.scene
        if self._shift and self._was_selected:
            left = scene.selected - {self._grabbed}
            scene.select(left, scene.selected_wires, scene.frames.selected)
        elif not self._shift:
            scene.select({self._grabbed})

    def cancel(self) -> None:
        landing.mark(self.scene, None)
        self.scene.preview(self._before)
        super().cancel()

    def paint(self, painter: QPainter) -> None:
        if self._landing is None and self._guides is not None:
            self._guides.paint(painter)
        if self._landing is not None:
            made = self.scene.blocks[self._grabbed].face.form
            landing.paint(painter, self.scene, self._landing, made)


class DragBand(Gesture):
    """Selects the blocks and comments that a rubber band touches, and the frames that lie in it with all that they hold;
    with Shift in addition to what is selected."""

    def __init__(self, scene: CanvasScene, start: QPointF, scale: float, shift: bool) -> None:
        super().__init__(scene, start, scale)
        self._rect = QRectF(start, start)
        if not shift:
            scene.select(())
        self._kept = scene.selected, scene.selected_wires, scene.frames.selected

    def move(self, point: QPointF, modifiers: Modifiers) -> None:
        self._rect = QRectF(self.start, point).normalized()
        mode = Qt.ItemSelectionMode.IntersectsItemBoundingRect
        found = {
            item.block
            for item in self.scene.items(self._rect, mode)
            if isinstance(item, BlockItem) and self._rect.intersects(hits.shape_box(item))
        }
        blocks, wires, notes = self._kept
        held = self.scene.frames.within(self._rect)
        self.scene.select(blocks | found, wires, notes | held)

    def paint(self, painter: QPainter) -> None:
        painter.setPen(self.scene.ink.band)
        painter.setBrush(self.scene.ink.band_fill)
        painter.drawRect(self._rect)


class ClickWire(Gesture):
    """Selects a wire; with Shift in addition, or takes it out of the selection."""

    def __init__(
        self, scene: CanvasScene, start: QPointF, scale: float, wire: Wire, shift: bool
    ) -> None:
        super().__init__(scene, start, scale)
        if shift:
            scene.select(scene.selected, scene.selected_wires ^ {wire}, scene.frames.selected)
        else:
            scene.select((), {wire})
