"""A glyph in the small: in lists, and at the cursor while it is dragged."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from app.canvas.geometry import CIRCLES, FLOWING
from app.canvas.inks import Inks, inks, text_width, write
from app.canvas.outlines import body
from app.theme import Theme
from nodes.block import Glyph


def icon(glyph: Glyph, mark: str, theme: Theme, size: QSize, ratio: float = 1.0) -> QPixmap:
    """A glyph with a mark, small, at the cursor while it is dragged."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(size.width() / 2, size.height() / 2)
    paint_icon(painter, glyph, mark, inks(theme), float(size.width()), float(size.height()))
    painter.end()
    return pixmap


def paint_icon(
    painter: QPainter, glyph: Glyph, mark: str, ink: Inks, width: float, height: float
) -> None:
    """A glyph that fills width x height around (0, 0), its mark in the size that fits."""
    w, h = _icon_size(glyph, width, height)
    painter.setPen(ink.rims[glyph])
    painter.setBrush(ink.fills[glyph])
    painter.drawPath(body(glyph, w, h))
    if glyph is Glyph.PART:
        painter.drawPath(body(glyph, w - 7, h - 7))
    painter.setPen(ink.text)
    size = 13
    room = w - (12 if glyph not in FLOWING else h / 3 + 6)
    while size > 7 and text_width(mark, size, italic=True) > room:
        size -= 1
    write(painter, mark, -h / 12 if glyph in FLOWING else 0.0, 0.0, italic=True, size=size)


def _icon_size(glyph: Glyph, width: float, height: float) -> tuple[float, float]:
    height -= 4
    if glyph in CIRCLES:
        return height, height
    return (min(width - 4, height * 1.6), height) if glyph is Glyph.COST else (width - 4, height)
