"""The outlines of the notation's shapes, one path for each size."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath, QTransform

from app.canvas.geometry import CIRCLES, Form, Ring, depth
from nodes.block import Glyph


@lru_cache(maxsize=1024)
def body(
    glyph: Glyph, width: float, height: float, up: bool = False, shallow: bool = False
) -> QPainterPath:
    """The outline of a shape around its middle, one path for each size; `up` that of one that stands.

    With `shallow` the round end of one that lies is as shallow as that of one that stands.
    """
    if up and glyph not in CIRCLES:
        lying = _outline(glyph, height, width, depth(width, up))
        return QTransform().rotate(-90.0).map(lying)
    return _outline(glyph, width, height, depth(height, shallow))


def _outline(glyph: Glyph, width: float, height: float, cap: float) -> QPainterPath:
    path = QPainterPath()
    rect = QRectF(-width / 2, -height / 2, width, height)
    if glyph in CIRCLES:
        path.addEllipse(rect)
    elif glyph is Glyph.COST:
        path.addRect(rect)
    else:
        _one_round_end(path, rect, cap, right=glyph is not Glyph.DELAY)
    return path


def _one_round_end(path: QPainterPath, rect: QRectF, cap: float, right: bool) -> None:
    start = rect.right() - 2 * cap if right else rect.left()
    end = QRectF(start, rect.top(), 2 * cap, rect.height())
    flat = rect.left() if right else rect.right()
    path.moveTo(flat, rect.top())
    path.lineTo(end.center().x(), rect.top())
    path.arcTo(end, 90, -180 if right else 180)
    path.lineTo(flat, rect.bottom())
    path.closeSubpath()


def around(made: Form, by: float = 0.0) -> QPainterPath:
    """The outline of a block's shape, larger by so much."""
    return body(made.glyph, made.width + by, made.height + by, made.up, made.expanded)


def short_arrow(made: Form, ring: Ring) -> tuple[tuple[float, float], tuple[float, float]]:
    """From the round end to the rim of the circle, relative to the block."""
    across = ring.x if made.up else ring.y
    away = made.edge(across) + 1.2
    start = (across, ring.dy * away) if made.up else (ring.dx * away, across)
    reach = ring.radius + 1.1
    return start, (ring.x - ring.dx * reach, ring.y - ring.dy * reach)
