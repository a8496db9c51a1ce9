"""What lies behind the blocks: the dotted grid, and frames with their titles."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.canvas.inks import Inks, write
from graph.frame import Frame

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


def paint_frames(painter: QPainter, frames: Sequence[Frame], ink: Inks) -> None:
    """Titled rectangles behind blocks, in their own colour or a quiet one."""
    for frame in frames:
        color = QColor(frame.color) if QColor.isValidColorName(frame.color) else ink.muted
        fill = QColor(color)
        fill.setAlpha(18)
        rect = QRectF(*frame.rectangle)
        painter.setBrush(fill)
        painter.setPen(QPen(color, 1.0, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(rect, 8, 8)
        painter.setPen(ink.muted)
        write(painter, frame.title, rect.left() + 10, rect.top() + 14, size=13, align=0.0)
