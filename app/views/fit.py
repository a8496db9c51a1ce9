"""Paints the answers over an input of one number: each answer's curve, their mean and spread, and the data."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.theme import Theme
from app.views.axes import Scale
from app.views.marks import paint_dots
from app.views.plane import BOTTOM, DRAWN, LEFT, NAME, TOP, paint_names, paint_ticks
from runtime.figures.answers import Fit

GAP = 10  # pixels at the right, where the last tick's number ends
BEYOND = 0.15  # of the data's height that is shown above and below it, at the least
FARTHEST = 1.0  # and at the most, however far the curves go
SPARSE, LARGE = 12, 3.6  # points up to which they are drawn large, and half the width of such a one
DEVIATIONS = 2.0  # of the answers from their mean, that the band is wide at each side


def area_of(room: QRectF) -> QRectF:
    """Where the curves lie in the room for them and their axes."""
    return room.adjusted(LEFT + NAME, TOP, -GAP, -BOTTOM - NAME)


def scales_of(fit: Fit, area: QRectF) -> tuple[Scale, Scale]:
    """The axes across and up: all of x; of y the data, and the curves as far as they are near to them."""
    data = fit.points.y[np.isfinite(fit.points.y)]
    curves = fit.y[np.isfinite(fit.y)]
    low, high = (float(data.min()), float(data.max())) if len(data) else (0.0, 1.0)
    height = (high - low) or 1.0
    lowest = float(curves.min()) if len(curves) else low
    highest = float(curves.max()) if len(curves) else high
    bottom = max(low - FARTHEST * height, min(lowest, low)) - BEYOND * height
    top = min(high + FARTHEST * height, max(highest, high)) + BEYOND * height
    across = Scale(float(fit.x[0]), float(fit.x[-1]), area.left(), area.right())
    return across, Scale(bottom, top, area.bottom(), area.top())


def paint_fit(painter: QPainter, fit: Fit, room: QRectF, theme: Theme) -> None:
    """Paints axes, band, curves and data."""
    area = area_of(room)
    across, up = scales_of(fit, area)
    painter.fillRect(area, QColor(theme.field))
    paint_ticks(painter, across, up, area, theme, 5)
    paint_names(painter, "x", "y", area)
    painter.save()
    painter.setClipRect(area)
    _paint_zero(painter, up, area, theme)
    curves = np.nan_to_num(fit.y, nan=0.0, posinf=1e30, neginf=-1e30)
    mean = curves.mean(0)
    if len(curves) > 1:
        _paint_band(painter, fit.x, mean, DEVIATIONS * curves.std(0), (across, up), theme)
    few = len(fit.points.x) <= SPARSE
    if not few:
        _paint_points(painter, fit, across, up, theme)
    if len(curves) > 1:
        for member in curves:
            _paint_line(painter, fit.x, member, (across, up), QPen(_line_color(theme, 150), 1.0))
    _paint_line(painter, fit.x, mean, (across, up), QPen(QColor(theme.classes[1]), 2.0))
    if few:  # on top, so that the curve does not hide them
        _paint_points(painter, fit, across, up, theme, LARGE)
    painter.restore()


def paint_key(painter: QPainter, fit: Fit, room: QRectF, theme: Theme) -> None:
    """What the dots, the line and the band are."""
    members = len(fit.y)
    rows = ["data", f"mean of {members}" if members > 1 else "answer ȳ"]
    rows += [f"± {DEVIATIONS:g} deviations"] if members > 1 else []
    for number, text in enumerate(rows):
        middle = room.top() + 9 + 18 * number
        painter.setPen(Qt.PenStyle.NoPen)
        if number == 0:
            painter.setBrush(QColor(theme.classes[0]))
            painter.drawEllipse(QPointF(room.left() + 8, middle), 3.5, 3.5)
        else:
            half = 1.0 if number == 1 else 5.0
            color = _line_color(theme, 255 if number == 1 else 70)
            painter.fillRect(QRectF(room.left() + 2, middle - half, 12, 2 * half), color)
        painter.setPen(QColor(theme.muted))
        where = QRectF(room.left() + 18, middle - 9, room.width() - 18, 18)
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, text)


def _line_color(theme: Theme, alpha: int) -> QColor:
    color = QColor(theme.classes[1])
    color.setAlpha(alpha)
    return color


def _paint_zero(painter: QPainter, up: Scale, area: QRectF, theme: Theme) -> None:
    if up.low < 0 < up.high:
        painter.setPen(QPen(QColor(theme.border), 1.0))
        zero = float(up.pixels(0.0))
        painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))


def _paint_band(
    painter: QPainter,
    x: np.ndarray,
    mean: np.ndarray,
    half: np.ndarray,
    axes: tuple[Scale, Scale],
    theme: Theme,
) -> None:
    upper, lower = _way(x, mean + half, axes), _way(x[::-1], (mean - half)[::-1], axes)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_line_color(theme, 45))
    painter.drawPolygon(QPolygonF([*upper, *lower]))


def _paint_points(
    painter: QPainter, fit: Fit, across: Scale, up: Scale, theme: Theme, radius: float = 0.0
) -> None:
    every = slice(None, None, max(1, -(-len(fit.points.x) // DRAWN)))
    xs, ys = across.pixels(fit.points.x[every, 0]), up.pixels(fit.points.y[every])
    paint_dots(painter, xs, ys, [QColor(theme.classes[0])] * len(xs), theme, radius=radius)


def _paint_line(
    painter: QPainter, x: np.ndarray, y: np.ndarray, axes: tuple[Scale, Scale], pen: QPen
) -> None:
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(_way(x, y, axes)))


def _way(x: np.ndarray, y: np.ndarray, axes: tuple[Scale, Scale]) -> list[QPointF]:
    ys = axes[1].pixels(y).clip(-1e4, 1e4)  # a painter knows no larger ones
    return [QPointF(a, b) for a, b in zip(axes[0].pixels(x).tolist(), ys.tolist(), strict=True)]
