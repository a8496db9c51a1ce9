"""What a painter was told, kept as a list of shapes and texts, so that one way of painting serves screen, paper and TeX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen


class Paint(NamedTuple):
    """A colour with its opacity, 0..1, and the role that it plays in the notation, "" for none."""

    color: QColor
    opacity: float
    role: str


class Shape(NamedTuple):
    """A path in canvas units, its line and its filling; `behind` says that it lies under all that stands."""

    path: QPainterPath
    line: Paint | None
    pen: QPen
    fill: Paint | None
    behind: bool


class Text(NamedTuple):
    """A line of text that begins at (x, y), y its base line, and is `width` wide in its font at a scale."""

    x: float
    y: float
    width: float
    text: str
    font: QFont
    paint: Paint
    scale: float = 1.0

    @property
    def size(self) -> float:
        """How high its font is, in canvas units."""
        return self.font.pixelSize() * self.scale


Drawing = Sequence[Shape | Text]


def replay(drawing: Drawing, painter: QPainter) -> None:
    """Paints the list with a real painter."""
    for item in drawing:
        if isinstance(item, Text):
            painter.setFont(item.font)
            painter.setPen(_solid(item.paint))
            painter.save()
            painter.translate(item.x, item.y)
            painter.scale(item.scale, item.scale)
            painter.drawText(QPointF(), item.text)
            painter.restore()
            continue
        pen = QPen(item.pen)
        if item.line:
            pen.setColor(_solid(item.line))
        painter.setPen(pen if item.line else Qt.PenStyle.NoPen)
        painter.setBrush(_solid(item.fill) if item.fill else Qt.BrushStyle.NoBrush)
        painter.drawPath(item.path)


def circle(path: QPainterPath) -> tuple[float, float, float] | None:
    """Middle and radius of a path that is one circle, else None."""
    rect = path.boundingRect()
    if path.elementCount() != 13 or abs(rect.width() - rect.height()) > 1e-6:
        return None
    if any(path.elementAt(i).isLineTo() or (i and path.elementAt(i).isMoveTo()) for i in range(13)):
        return None
    return rect.center().x(), rect.center().y(), rect.width() / 2


def _solid(paint: Paint) -> QColor:
    color = QColor(paint.color)
    color.setAlphaF(paint.opacity)
    return color
