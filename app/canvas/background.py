"""What lies behind everything: the dotted grid."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from app.canvas.inks import Inks

STEP = 20.0  # canvas units between two dots at scale 1
CLOSEST = 18.0  # device pixels between two dots, at least


def paint_grid(painter: QPainter, rect: QRectF, scale: float, ink: Inks) -> None:
    """Dots in a part of the scene; farther apart when they would come too close."""
    step = STEP * 2.0 ** max(0, math.ceil(math.log2(CLOSEST / (STEP * scale))))
    left, top = math.floor(rect.left() / step), math.floor(rect.top() / step)
    across, down = math.ceil(rect.right() / step) - left, math.ceil(rect.bottom() / step) - top
    painter.save()
    painter.translate(left * step, top * step)
    painter.setPen(ink.grid)
    painter.drawPoints(_dots(step, across + 1, down + 1))
    painter.restore()


@lru_cache(maxsize=8)
def _dots(step: float, across: int, down: int) -> QPolygonF:
    """So many columns and rows of dots; the same while one pans."""
    return QPolygonF([QPointF(x * step, y * step) for x in range(across) for y in range(down)])
