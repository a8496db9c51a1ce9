"""A stand-in for a painter that keeps what it is told as a drawing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QStaticText,
    QTransform,
)

from app.canvas.drawing import Paint, Shape, Text
from app.canvas.inks import Inks

ALIASES = {
    "ring": "computed",
    "ring_fill": "computed fill",
}  # what an ink is called where it is read by people


class Recorder:
    """Stands in for a QPainter: it understands what the canvas says to one, and keeps it in `items`."""

    def __init__(self, ink: Inks) -> None:
        self.items: list[Shape | Text] = []
        self._roles = _roles(ink)
        self._pen, self._brush, self._font = QPen(), QBrush(), QFont()
        self._line_role = self._fill_role = ""
        self._opacity = 1.0
        self._moved = QTransform()
        self._behind = False
        self._saved: list[tuple[QTransform, float]] = []

    @property
    def painter(self) -> QPainter:
        """Itself, for functions that paint: they call nothing else than what is here."""
        return cast(QPainter, self)

    # --- state -----------------------------------------------------------------------------------------------------

    def setPen(self, pen: QPen | QColor | Qt.PenStyle) -> None:
        self._line_role = self._roles.get(id(pen), "")
        self._pen = QPen(pen)

    def setBrush(self, brush: QBrush | QColor | Qt.BrushStyle) -> None:
        self._fill_role = self._roles.get(id(brush), "")
        self._brush = QBrush(brush)

    def setFont(self, font: QFont) -> None:
        self._font = font

    def setOpacity(self, opacity: float) -> None:
        self._opacity = opacity

    def opacity(self) -> float:
        return self._opacity

    def pen(self) -> QPen:
        return self._pen

    def brush(self) -> QBrush:
        return self._brush

    def font(self) -> QFont:
        return self._font

    def setRenderHint(self, _hint: QPainter.RenderHint, _on: bool = True) -> None:
        """A list has no pixels to smooth."""

    def setCompositionMode(self, mode: QPainter.CompositionMode) -> None:
        # neither PDF nor TeX multiplies colours; what is painted so is meant to look as if it lay below
        self._behind = mode != QPainter.CompositionMode.CompositionMode_SourceOver

    def save(self) -> None:
        self._saved.append((QTransform(self._moved), self._opacity))

    def restore(self) -> None:
        self._moved, self._opacity = self._saved.pop()

    def translate(self, x: float | QPointF, y: float = 0.0) -> None:
        by = x if isinstance(x, QPointF) else QPointF(x, y)
        self._moved.translate(by.x(), by.y())

    def scale(self, x: float, y: float) -> None:
        self._moved.scale(x, y)

    def rotate(self, degrees: float) -> None:
        self._moved.rotate(degrees)

    def worldTransform(self) -> QTransform:
        return self._moved

    # --- shapes ----------------------------------------------------------------------------------------------------

    def drawPath(self, path: QPainterPath) -> None:
        line = fill = None
        if self._pen.style() != Qt.PenStyle.NoPen:
            line = self._paint(self._pen.color(), self._line_role)
        if self._brush.style() != Qt.BrushStyle.NoBrush:
            fill = self._paint(self._brush.color(), self._fill_role)
        pen = QPen(self._pen)
        if (scale := self._scale()) != 1.0:
            pen.setWidthF((pen.widthF() or 1.0) * scale)
        self.items.append(Shape(self._moved.map(path), line, pen, fill, self._behind))

    def fillPath(self, path: QPainterPath, brush: QBrush | QColor) -> None:
        pen, kept, role = self._pen, self._brush, (self._line_role, self._fill_role)
        self.setPen(Qt.PenStyle.NoPen)
        self.setBrush(brush)
        self.drawPath(path)
        self._pen, self._brush, (self._line_role, self._fill_role) = pen, kept, role

    def fillRect(self, rect: QRectF, brush: QBrush | QColor) -> None:
        path = QPainterPath()
        path.addRect(rect)
        self.fillPath(path, brush)

    def strokePath(self, path: QPainterPath, pen: QPen) -> None:
        kept, role = self._pen, self._line_role
        self.setPen(pen)
        self._stroke(path)
        self._pen, self._line_role = kept, role

    def drawEllipse(self, middle: QPointF | QRectF, across: float = 0.0, down: float = 0.0) -> None:
        path = QPainterPath()
        if isinstance(middle, QRectF):
            path.addEllipse(middle)
        else:
            path.addEllipse(middle, across, down)
        self.drawPath(path)

    def drawRect(self, rect: QRectF) -> None:
        path = QPainterPath()
        path.addRect(rect)
        self.drawPath(path)

    def drawRects(self, rects: Iterable[QRectF]) -> None:
        for rect in rects:
            self.drawRect(rect)

    def drawRoundedRect(self, rect: QRectF, across: float, down: float) -> None:
        path = QPainterPath()
        path.addRoundedRect(rect, across, down)
        self.drawPath(path)

    def drawPolygon(self, polygon: QPolygonF) -> None:
        path = QPainterPath()
        path.addPolygon(polygon)
        path.closeSubpath()
        self.drawPath(path)

    def drawPolyline(self, polygon: QPolygonF) -> None:
        path = QPainterPath()
        path.addPolygon(polygon)
        self._stroke(path)

    def drawLine(self, start: QPointF | QLineF, end: QPointF | None = None) -> None:
        self.drawLines([start if isinstance(start, QLineF) else QLineF(start, end or start)])

    def drawLines(self, lines: Iterable[QLineF]) -> None:
        path = QPainterPath()
        for line in lines:
            path.moveTo(line.p1())
            path.lineTo(line.p2())
        if not path.isEmpty():
            self._stroke(path)

    def drawPoints(self, points: QPolygonF) -> None:
        """Dots as wide as the pen."""
        path, radius = QPainterPath(), self._pen.widthF() / 2
        for index in range(points.size()):
            path.addEllipse(points.at(index), radius, radius)
        self.fillPath(path, self._pen.color())

    def _stroke(self, path: QPainterPath) -> None:
        brush, self._brush = self._brush, QBrush()
        self.drawPath(path)
        self._brush = brush

    # --- texts -----------------------------------------------------------------------------------------------------

    def drawStaticText(self, corner: QPointF, static: QStaticText) -> None:
        ascent = QFontMetricsF(self._font).ascent()
        self.drawText(QPointF(corner.x(), corner.y() + ascent), static.text())

    def drawText(self, at: QPointF, text: str) -> None:
        place, scale = self._moved.map(at), self._scale()
        width = QFontMetricsF(self._font).horizontalAdvance(text) * scale
        paint = self._paint(self._pen.color(), self._line_role)
        if text.strip():
            font = QFont(self._font)
            self.items.append(Text(place.x(), place.y(), width, text, font, paint, scale))

    def _scale(self) -> float:
        """How much larger all is painted; rounded, for what is only turned has no scale."""
        return round(math.sqrt(abs(self._moved.determinant())), 9)

    def _paint(self, color: QColor, role: str) -> Paint:
        return Paint(color, color.alphaF() * self._opacity, role)


def _roles(ink: Inks) -> dict[int, str]:
    """What every ink is for, by its identity: inks of different roles may have one colour."""
    found = {
        id(value): ALIASES.get(name, name).replace("_", " ")
        for name, value in vars(ink).items()
        if isinstance(value, QPen | QBrush | QColor)
    }
    found |= {id(pen): glyph.value for glyph, pen in ink.rims.items()}
    return found | {id(brush): f"{glyph.value} fill" for glyph, brush in ink.fills.items()}
