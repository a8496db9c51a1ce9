"""Numbers as shades: below and above zero in two hues, shares of one in another, and small arrays as pictures."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from app.panels.numbers import readable
from app.theme import Theme

FULL = 127  # the level of the largest value
SCALE_WIDTH, SCALE_HEIGHT = 64, 7


@lru_cache(maxsize=8)
def signed(theme: Theme, strength: float = 1.0) -> np.ndarray:
    """`[2 FULL + 1]` of 0xffRRGGBB: one hue below zero, another above, the field's colour at zero, index FULL.

    With less than full `strength` the ends are as much paler.
    """
    low, zero, high = (rgb(c) for c in (theme.classes[1], theme.field, theme.classes[0]))
    share = strength * np.linspace(-1, 1, 2 * FULL + 1)[:, None]
    return pack(np.where(share < 0, zero + (low - zero) * -share, zero + (high - zero) * share))


@lru_cache(maxsize=4)
def shares(theme: Theme) -> np.ndarray:
    """`[256]` of 0xffRRGGBB: from the field's colour at 0 to that of functions at 1."""
    none, all_ = rgb(theme.field), rgb(theme.function)
    return pack(none + (all_ - none) * np.linspace(0, 1, 256)[:, None])


def picture(values: np.ndarray, theme: Theme) -> QImage:
    """int8 levels in the colours of `signed`; uint8 `[height, width]` grey, `[height, width, 3]` coloured."""
    height, width = values.shape[:2]
    if values.dtype == np.int8:
        return of_colors(signed(theme)[values.astype(np.int16) + FULL])
    data = np.ascontiguousarray(values).tobytes()
    if values.ndim == 3:
        return QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    return QImage(data, width, height, width, QImage.Format.Format_Grayscale8).copy()


def of_colors(colors: np.ndarray) -> QImage:
    """`[height, width]` of 0xffRRGGBB as a picture."""
    height, width = colors.shape
    data = np.ascontiguousarray(colors, np.uint32).tobytes()
    return QImage(data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def paint_scale(painter: QPainter, right: float, top: float, extent: float, theme: Theme) -> QRectF:
    """A bar from −extent to extent with both numbers, its right end at `right`; where it lies."""
    text = readable(extent, 2)
    wide = painter.fontMetrics().horizontalAdvance("−" + text) + 4.0
    bar = QRectF(right - wide - SCALE_WIDTH, top + 4, SCALE_WIDTH, SCALE_HEIGHT)
    painter.drawImage(bar, of_colors(signed(theme)[None]))
    painter.setPen(QColor(theme.muted))
    for left, told, side in (
        (bar.left() - wide, f"−{text}", Qt.AlignmentFlag.AlignRight),
        (bar.right() + 4, text, Qt.AlignmentFlag.AlignLeft),
    ):
        box = QRectF(left, top, wide - 4, 2 * 4 + SCALE_HEIGHT)
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, told)
    return QRectF(bar.left() - wide, top, right - bar.left() + wide, 2 * 4 + SCALE_HEIGHT)


def rgb(color: str) -> np.ndarray:
    """Red, green and blue of #rrggbb in 0..255."""
    return np.array([int(color[n : n + 2], 16) for n in (1, 3, 5)], dtype=float)


def pack(rgb: np.ndarray) -> np.ndarray:
    """`[..., 3]` red, green, blue in 0..255 as `[...]` of 0xffRRGGBB."""
    parts = np.rint(rgb).astype(np.uint32)
    packed: np.ndarray = 0xFF000000 | parts[..., 0] << 16 | parts[..., 1] << 8 | parts[..., 2]
    return packed.astype(np.uint32)
