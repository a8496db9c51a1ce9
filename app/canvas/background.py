"""What lies behind everything: the dotted grid."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from app.canvas.inks import Inks

STEP = 20.0  # canvas units between two dots at scale 1
CLOSEST = 18.0  # device pixels between two dots, at least


def paint_grid(painter: QPainter, rect: QRectF, scale: float, ink: Inks) -> None:
    """Dots in a part of the scene; farther apart when they would come too close."""
    step = STEP * 2.0 ** max(0, math.ceil(math.log2(CLOSEST / (STEP * scale))))
    xs = np.arange(math.floor(rect.left() / step), rect.right() / step + 1) * step
    ys = np.arange(math.floor(rect.top() / step), rect.bottom() / step + 1) * step
    painter.setPen(ink.grid)
    points = [QPointF(x, y) for x in xs.tolist() for y in ys.tolist()]
    painter.drawPoints(QPolygonF(points))
