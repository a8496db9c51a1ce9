"""The block whose turn it is in slow motion: its shape and its wires shine, forward in blue, backward in green."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from app.canvas import paths
from app.canvas.glyphs import wire_path
from app.canvas.inks import Inks
from app.canvas.outlines import around

if TYPE_CHECKING:
    from app.canvas.scene import CanvasScene

AROUND = 14.0  # by how much the ring is larger than the shape
WIDTH = 4.0
GLOW = 60  # of 255, the paler light around it


class Spotlight:
    """Shines on one block at most; nothing of the diagram is changed or marked."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.block, self.backward, self.with_wires = "", False, True

    def point(self, block: str, backward: bool = False, with_wires: bool = True) -> None:
        """Shines on this block of the shown level, "" on none; its wires shine with it, run through backward or forward."""
        if (block, backward, with_wires) != (self.block, self.backward, self.with_wires):
            self.block, self.backward, self.with_wires = block, backward, with_wires
            self._scene.ticked.emit()

    def paint(self, painter: QPainter, ink: Inks) -> None:
        """Paints ring and wires."""
        item = self._scene.blocks.get(self.block)
        if item is None:
            return
        color = QColor(ink.gradient if self.backward else ink.selection)
        glow = QColor(color)
        glow.setAlpha(GLOW)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = around(item.face.form, AROUND).translated(item.pos())
        for pen in (QPen(glow, 3 * WIDTH), QPen(color, WIDTH)):
            painter.setPen(pen)
            painter.drawPath(ring)
        if self.with_wires:
            for wire in self._scene.diagram.wires_into(self.block):
                if wire in self._scene.wires:
                    self._paint_wire(painter, self._scene.wires[wire].way, color)

    def _paint_wire(self, painter: QPainter, way: paths.Points, color: QColor) -> None:
        along = way[::-1] if self.backward else way
        painter.setPen(QPen(color, WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(wire_path(paths.shaft(along)))
        painter.setPen(QPen(color, WIDTH / 2))
        painter.setBrush(QBrush(color))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in paths.head(along)]))
