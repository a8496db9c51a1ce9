"""Drawing wires: forwards out of a circle, backwards from an open pin, and taking a wire's end off its pin."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from app.canvas import hits, paths
from app.canvas.fitting import downstream, refusal, refused_block, refused_source, upstream
from app.canvas.geometry import Ring
from app.canvas.gestures import Gesture, Modifiers
from app.canvas.glyphs import Marks, wire_path
from app.canvas.inks import WireLook
from app.canvas.items import BlockItem, paint_wire
from app.canvas.scene import CanvasScene
from graph.diagram import DELAY, Pin, Wire
from graph.edits import Connect, Disconnect, Edit, Together

SNAP = 30.0  # device pixels within which a wire finds a pin


class _Drawing(Gesture):
    """What both directions of drawing have in common."""

    cursor = Qt.CursorShape.CrossCursor

    def look(self, fits: bool) -> WireLook:
        """How the wire is painted so far: it fits, it is refused, or neither."""
        ink = self.scene.ink
        return ink.chosen if fits else ink.refused if self.reason else ink.plain


class DragWire(_Drawing):
    """Draws a wire out of a circle to a pin; `replaced` is the wire whose end was taken off, if one was."""

    def __init__(
        self,
        scene: CanvasScene,
        start: QPointF,
        scale: float,
        source: Pin,
        replaced: Wire | None = None,
    ) -> None:
        super().__init__(scene, start, scale)
        self._source = source
        self._replaced = replaced
        self._upstream = upstream(scene.diagram, source.block)
        self._point = start
        self._target: Pin | None = None
        self._moved = False
        self._marks: dict[str, Marks] = {}
        if replaced is not None:
            scene.wires[replaced].setVisible(False)

    def move(self, point: QPointF, modifiers: Modifiers) -> None:
        if not self._moved and self.is_still(point):
            return
        before, self._target = self._target, self._nearest(point)
        self._point = point
        self._tell(point)
        if not self._moved or self._target != before:
            self._mark()
        self._moved = True

    def _nearest(self, point: QPointF) -> Pin | None:
        """The fitting pin within reach; over a shape its nearest open pin, however far."""
        reach = SNAP / self.scale
        found = [
            (away + (reach / 2 if pin in self.scene.diagram.inputs else 0.0), pin)
            for item in hits.blocks_near(self.scene, point, reach)
            for away, pin in self._pins(item, point)
            if away <= reach
        ]
        if not found and (over := hits.block_at(self.scene, point)) is not None:
            free = [
                (d, p) for d, p in self._pins(over, point) if p not in self.scene.diagram.inputs
            ]
            found = [entry for entry in free if entry[1].name in over.face.form.ports] or free
        return min(found, default=(0.0, None))[1]

    def _pins(self, item: BlockItem, point: QPointF) -> list[tuple[float, Pin]]:
        made = item.face.form
        places = {**made.ports, **made.offered}
        away = {
            Pin(item.block, name): math.hypot(
                point.x() - item.x() - port.x, point.y() - item.y() - port.y
            )
            for name, port in places.items()
        }
        diagram = self.scene.diagram
        return [
            (d, pin)
            for pin, d in away.items()
            if not refusal(diagram, self._source, pin, self._upstream)
        ]

    def _tell(self, point: QPointF) -> None:
        """Says why the block under the mouse cannot be wired, once."""
        over = hits.block_at(self.scene, point) if self._target is None else None
        reason = ""
        if over is not None:
            reason = refused_block(self.scene.diagram, self._source, over.block, self._upstream)
        if reason and reason != self.reason:
            self.scene.said.emit(reason)
        self.reason = reason

    def _mark(self) -> None:
        if not self._marks:
            for name in self.scene.blocks:
                refused = refused_block(self.scene.diagram, self._source, name, self._upstream)
                self._marks[name] = Marks(wiring="refused" if refused else "fits")
            self._marks[self._source.block] = Marks(near=self._source.name)
        target = self._target
        near = {target.block: Marks(wiring="fits", near=target.name)} if target else {}
        self.scene.mark({**self._marks, **near})

    def finish(self) -> Edit | None:
        self._leave()
        if not self._moved:
            if self._replaced is not None:
                self.scene.select((), {self._replaced})
            else:
                self.scene.select({self._source.block})
            return None
        if self._target is None:
            return Disconnect((self._replaced,)) if self._replaced and not self.reason else None
        wire = Wire(self._source, self._target)
        if wire in self.scene.wires:
            return None
        if self._replaced is None or self._replaced.target == self._target:
            return Connect(wire)
        edits = (Disconnect((self._replaced,)), Connect(wire))
        return Together(f"Connect {wire.source} to {wire.target}", edits)

    def cancel(self) -> None:
        self._leave()

    def _leave(self) -> None:
        self.scene.mark({})
        if self._replaced is not None and self._replaced in self.scene.wires:
            self.scene.wires[self._replaced].setVisible(True)

    def paint(self, painter: QPainter) -> None:
        item = self.scene.blocks.get(self._source.block)
        if item is None or not self._moved:
            return
        ring = item.face.form.ring(self._source.name)
        at = (item.x(), item.y())
        if self._target is not None:
            over = self.scene.blocks[self._target.block]
            port = over.face.form.port(self._target.name)
            way = paths.route(ring, at, port, (over.x(), over.y()))
        else:
            way = paths.loose(ring, at, (self._point.x(), self._point.y()))
        path = wire_path(paths.shaft(way))
        paint_wire(painter, path, way, self.look(self._target is not None))


class DragBack(_Drawing):
    """Draws a wire backwards, from an open pin to the circle that is to feed it."""

    def __init__(self, scene: CanvasScene, start: QPointF, scale: float, target: Pin) -> None:
        super().__init__(scene, start, scale)
        self._target = target
        block = scene.diagram.blocks[target.block]
        reached = frozenset() if block.kind == DELAY else downstream(scene.diagram, target.block)
        self._refused = reached | {target.block}
        self._source: Pin | None = None
        self._point = start

    def move(self, point: QPointF, modifiers: Modifiers) -> None:
        self._point = point
        found = [
            (math.hypot(point.x() - item.x() - ring.x, point.y() - item.y() - ring.y), name, item)
            for item in hits.blocks_near(self.scene, point, SNAP / self.scale)
            for name, ring in item.face.form.rings.items()
            if item.block not in self._refused
        ]
        within = [e for e in found if e[0] <= SNAP / self.scale + e[2].face.form.ring(e[1]).radius]
        best = min(within, key=lambda entry: entry[0], default=None)
        self._source = Pin(best[2].block, best[1]) if best else None
        self._tell(point)
        near = {best[2].block: Marks(near=best[1])} if best else {}
        self.scene.mark({self._target.block: Marks(near=self._target.name), **near})

    def _tell(self, point: QPointF) -> None:
        over = hits.block_at(self.scene, point) if self._source is None else None
        reason = ""
        if over is not None and over.block != self._target.block:
            reason = refused_source(self.scene.diagram, over.block)
            if not reason and over.block in self._refused:
                reason = f"A wire from {over.block} to {self._target.block} would close a loop; put a delay into it."
        if reason and reason != self.reason:
            self.scene.said.emit(reason)
        self.reason = reason

    def finish(self) -> Edit | None:
        self.scene.mark({})
        return Connect(Wire(self._source, self._target)) if self._source else None

    def cancel(self) -> None:
        self.scene.mark({})

    def paint(self, painter: QPainter) -> None:
        item = self.scene.blocks.get(self._target.block)
        if item is None:
            return
        port = item.face.form.port(self._target.name)
        to = (item.x(), item.y())
        ring, at = Ring(0.0, 0.0, 0.0, 0.0, 0.0), (self._point.x(), self._point.y())
        if self._source is not None:
            feeder = self.scene.blocks[self._source.block]
            ring, at = feeder.face.form.ring(self._source.name), (feeder.x(), feeder.y())
        way = paths.route(ring, at, port, to)
        path = wire_path(paths.shaft(way))
        paint_wire(painter, path, way, self.look(self._source is not None))
