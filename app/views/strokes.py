"""How curves of many points are painted: as much of them as the pixel columns can show."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainter, QPen, QPolygonF


def paint_range(painter: QPainter, pen: QPen, x: np.ndarray, y: np.ndarray) -> None:
    """From the lowest to the highest point of every pixel column: as much as can be seen of a noisy curve."""
    starts = _columns(x)
    tops, bottoms = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    lines = zip(x[starts].tolist(), tops.tolist(), bottoms.tolist(), strict=True)
    painter.drawLines([QLineF(a, top, a, bottom + 1) for a, top, bottom in lines])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def paint_line(painter: QPainter, pen: QPen, x: np.ndarray, y: np.ndarray) -> None:
    """A line through the points, through their mean where several share a pixel column."""
    if len(x) == 0:
        return
    painter.setPen(pen)
    if len(x) == 1:
        painter.drawEllipse(QPointF(float(x[0]), float(y[0])), 1.5, 1.5)
        return
    starts = _columns(x)
    sizes = np.diff([*starts, len(x)])
    across, up = np.add.reduceat(x, starts) / sizes, np.add.reduceat(y, starts) / sizes
    across[-1], up[-1] = x[-1], y[-1]  # the newest value, not a mean
    points = zip(across.tolist(), up.tolist(), strict=True)
    painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in points]))


def _columns(x: np.ndarray) -> np.ndarray:
    """Where in `x`, which rises, each pixel column begins."""
    columns = np.floor(x).astype(np.int64)
    return np.concatenate([[0], np.flatnonzero(np.diff(columns)) + 1])
