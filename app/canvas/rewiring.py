"""Gestures on wires that are there already: a knife that cuts them, and all wires of a circle moved to another."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from app.canvas import hits, paths
from app.canvas.fitting import downstream, refused_source
from app.canvas.gestures import Gesture, Modifiers
from app.canvas.glyphs import Marks, paint_wire, wire_path
from app.canvas.items import WireItem
from app.canvas.scene import CanvasScene
from graph.diagram import DELAY, Pin, Wire
from graph.edit import Edit, Together
from graph.edits import Connect, Disconnect

SNAP = 30.0  # device pixels within which wires find a circle


class Knife(Gesture):
    """Cuts every wire that its line crosses."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, scene: CanvasScene, start: QPointF, scale: float) -> None:
        super().__init__(scene, start, scale)
        self._line = [(start.x(), start.y())]
        self._cut: set[Wire] = set()

    def move(self, point: QPointF, modifiers: Modifiers) -> None:
        before, here = self._line[-1], (point.x(), point.y())
        if before == here:
            return
        self._line.append(here)
        stroke = QRectF(QPointF(*before), point).normalized().adjusted(-1, -1, 1, 1)
        for item in self.scene.items(stroke, Qt.ItemSelectionMode.IntersectsItemBoundingRect):
            if isinstance(item, WireItem) and paths.crosses(item.way, before, here):
                self._cut.add(item.wire)

    def finish(self) -> Edit | None:
        cut = tuple(wire for wire in self.scene.diagram.wires if wire in self._cut)
        return Disconnect(cut) if cut else None

    def paint(self, painter: QPainter) -> None:
        refused = self.scene.ink.refused
        for wire in self._cut & self.scene.wires.keys():
            way = self.scene.wires[wire].way
            paint_wire(painter, wire_path(paths.shaft(way)), way, refused)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self.scene.ink.band)
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in self._line]))


class MoveWires(Gesture):
    """Moves all wires that leave a circle, or those of them that are selected, to another circle."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, scene: CanvasScene, start: QPointF, scale: float, source: Pin) -> None:
        super().__init__(scene, start, scale)
        leaving = [w for w in scene.diagram.wires_from(source.block) if w.source == source]
        chosen = [w for w in leaving if w in scene.selected_wires]
        self._source = source
        self._wires = chosen or leaving
        self._refused = frozenset[str]().union(*(self._after(w.target.block) for w in self._wires))
        self._point = start
        self._found: Pin | None = None
        if not self._wires:
            self.reason = f"No wire leaves {source}."
            scene.said.emit(self.reason)
        for wire in self._wires:
            scene.wires[wire].setVisible(False)

    def _after(self, block: str) -> frozenset[str]:
        """The blocks whose output would close a loop if it entered `block`."""
        diagram = self.scene.diagram
        return (
            frozenset({block})
            if diagram.blocks[block].kind == DELAY
            else downstream(diagram, block)
        )

    def move(self, point: QPointF, modifiers: Modifiers) -> None:
        self._point = point
        if not self._wires:
            return
        self._found = hits.source_near(self.scene, point, SNAP / self.scale, self._refused)
        self._tell(point)
        near = {self._source.block: Marks(near=self._source.name)}
        if self._found is not None:
            near[self._found.block] = Marks(near=self._found.name)
        self.scene.mark(near)

    def _tell(self, point: QPointF) -> None:
        over = hits.owner_at(self.scene, point) if self._found is None else None
        reason = refused_source(self.scene.diagram, over) if over else ""
        if over and not reason and over in self._refused:
            reason = f"Wires from {over} would close a loop; put a delay into it."
        if reason and reason != self.reason:
            self.scene.said.emit(reason)
        self.reason = reason

    def finish(self) -> Edit | None:
        self.cancel()
        if self._found is None or self._found == self._source:
            return None
        edits = tuple(Connect(Wire(self._found, wire.target)) for wire in self._wires)
        if len(edits) == 1:
            return edits[0]
        return Together(f"Move {len(edits)} wires to {self._found}", edits)

    def cancel(self) -> None:
        self.scene.mark({})
        for wire in self._wires:
            if wire in self.scene.wires:
                self.scene.wires[wire].setVisible(True)

    def paint(self, painter: QPainter) -> None:
        ink = self.scene.ink
        look = ink.chosen if self._found else ink.refused if self.reason else ink.plain
        start = (self._point.x(), self._point.y())
        for wire in self._wires:
            way = self.scene.ways.between(self._found or start, wire.target)
            if math.dist(way[0], way[-1]) > 1.0 or len(way) > 2:
                paint_wire(painter, wire_path(paths.shaft(np.asarray(way))), way, look)
