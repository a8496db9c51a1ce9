"""The points of classes: each class has a shape besides its colour."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.theme import Theme

FEW = 500  # points below which they are drawn larger


def _polygon(corners: int, radius: float, turned: float) -> list[QPointF]:
    angles = [turned + 2 * math.pi * k / corners for k in range(corners)]
    return [QPointF(radius * math.sin(a), -radius * math.cos(a)) for a in angles]


def _star(inner: float, radius: float) -> list[QPointF]:
    ends = [(radius if k % 2 == 0 else inner, math.pi * k / 4) for k in range(8)]
    return [QPointF(r * math.sin(a), -r * math.cos(a)) for r, a in ends]


SHAPES = (  # around 0, 0 for points of radius 1; all of about one area, None is the disc
    None,
    _polygon(4, 1.3, math.pi / 4),
    _polygon(3, 1.5, 0.0),
    _polygon(4, 1.35, 0.0),
    _polygon(3, 1.5, math.pi),
    _star(0.55, 1.7),
)


def paint_mark(painter: QPainter, number: int, x: float, y: float, radius: float) -> None:
    """The shape of class `number` at a point, in the painter's pen and brush."""
    shape = SHAPES[number % len(SHAPES)]
    if shape is None:
        painter.drawEllipse(QPointF(x, y), radius, radius)
        return
    painter.drawPolygon(QPolygonF([QPointF(x, y) + corner * radius for corner in shape]))


def paint_dots(
    painter: QPainter,
    xs: np.ndarray,
    ys: np.ndarray,
    colors: list[QColor],
    theme: Theme,
    classes: np.ndarray | None = None,
    radius: float = 0.0,
) -> None:
    """A small rimmed mark for every point, smaller where there are many; discs when there are no classes."""
    painter.setPen(QPen(QColor(theme.field), 0.8))
    radius = radius or (2.6 if len(xs) < FEW else 2.0)
    numbers = [0] * len(xs) if classes is None else classes.tolist()
    for x, y, color, number in zip(xs.tolist(), ys.tolist(), colors, numbers, strict=True):
        painter.setBrush(color)
        paint_mark(painter, int(number), x, y, radius)
