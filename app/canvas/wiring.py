"""Drawing wires: forwards out of a circle, backwards from an open pin, and taking a wire's end off its pin."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from app.canvas import hits, paths
from app.canvas.fitting import downstream, refusal, refused_block, refused_source, upstream
from app.canvas.gestures import Gesture, Modifiers
from app.canvas.glyphs import Marks, paint_wire, wire_path
from app.canvas.inks import WireLook
from app.canvas.items import BlockItem
from app.canvas.scene import CanvasScene
from app.canvas.turning import loose
from app.canvas.wanted import Wanted
from graph.diagram import DELAY, Pin, Wire
from graph.edit import Edit, Together
from graph.edits import Connect, Disconnect

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

    def wanted(self) -> Wanted | None:
        if not self._moved or self._target or self._replaced or self.reason:
            return None
        back = hits.ring_at(self.scene, self._point) == self._source
        return None if back else Wanted(self._point, source=self._source)

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
        if self._target is not None:
            way = self.scene.ways.between(self._source, self._target)
        else:
            ring = item.face.form.ring(self._source.name)
            end = (self._point.x(), self._point.y())
            way = loose(ring, (item.x(), item.y()), end, self.scene.is_rising)
        path = wire_path(paths.shaft(way))
        paint_wire(painter, path, way, self.look(self._target is not None))


class DragBack(_Drawing):
    """Draws a wire backwards, to the circle that is to feed a pin; `replaced` is the wire that was taken off its circle."""

    def __init__(
        self,
        scene: CanvasScene,
        start: QPointF,
        scale: float,
        target: Pin,
        replaced: Wire | None = None,
    ) -> None:
        super().__init__(scene, start, scale)
        self._target = target
        self._replaced = replaced
        self._moved = False
        block = scene.diagram.blocks[target.block]
        reached = frozenset() if block.kind == DELAY else downstream(scene.diagram, target.block)
        self._refused = reached | {target.block}
        self._source: Pin | None = None
        self._point = start

    def move(self, point: QPointF, modifiers: Modifiers) -> None:
        if not self._moved and self.is_still(point):
            return
        if not self._moved and self._replaced is not None:
            self.scene.wires[self._replaced].setVisible(False)
        self._moved = True
        self._point = point
        self._source = found = hits.source_near(self.scene, point, SNAP / self.scale, self._refused)
        self._tell(point)
        near = {found.block: Marks(near=found.name)} if found else {}
        self.scene.mark({self._target.block: Marks(near=self._target.name), **near})

    def _tell(self, point: QPointF) -> None:
        over = hits.owner_at(self.scene, point) if self._source is None else None
        reason = ""
        if over is not None and over != self._target.block:
            reason = refused_source(self.scene.diagram, over)
            if not reason and over in self._refused:
                reason = f"A wire from {over} to {self._target.block} would close a loop; put a delay into it."
        if reason and reason != self.reason:
            self.scene.said.emit(reason)
        self.reason = reason

    def finish(self) -> Edit | None:
        self.cancel()
        if self._replaced is not None and not self._moved:
            self.scene.select((), {self._replaced})
            return None
        if self._source is None:
            return Disconnect((self._replaced,)) if self._replaced and not self.reason else None
        made = Wire(self._source, self._target)
        return Connect(made) if made not in self.scene.wires else None

    def wanted(self) -> Wanted | None:
        if not self._moved or self._source or self._replaced or self.reason:
            return None
        over = hits.block_at(self.scene, self._point)
        return None if over else Wanted(self._point, target=self._target)

    def cancel(self) -> None:
        self.scene.mark({})
        if self._replaced is not None and self._replaced in self.scene.wires:
            self.scene.wires[self._replaced].setVisible(True)

    def paint(self, painter: QPainter) -> None:
        if not self._moved or self._target.block not in self.scene.blocks:
            return
        point = (self._point.x(), self._point.y())
        way = self.scene.ways.between(self._source or point, self._target)
        path = wire_path(paths.shaft(way))
        paint_wire(painter, path, way, self.look(self._source is not None))
