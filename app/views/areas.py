"""Colours of answers: an area for each class, paler where it is less sure, or a surface around zero."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtGui import QColor

from app.theme import Theme, mixed
from app.views.shades import FULL, pack, rgb, signed
from runtime.figures.answers import Grid

PALE = 0.85  # of a surface's colours, on which points are seen


def class_colors(grid: Grid, theme: Theme, shaded: bool = True) -> np.ndarray:
    """`[rows, columns]` of 0xffRRGGBB, the top row first: the area colour of each class; `shaded`, paler where it is less sure."""
    table = _class_table(grid.classes, theme)
    answer = np.minimum(np.flipud(grid.answer), grid.classes - 1)
    sure = np.full_like(answer, 255)
    if shaded and grid.confidence is not None:
        sure = np.flipud(grid.confidence)
    return np.ascontiguousarray(table[answer, sure])


@lru_cache(maxsize=16)
def _class_table(classes: int, theme: Theme) -> np.ndarray:
    """`[classes, 256]` of 0xffRRGGBB.  Sureness runs from 1/classes, a draw, to 1."""
    areas = np.array([rgb(theme.areas[n % len(theme.areas)]) for n in range(classes)])
    floor = 1.0 / max(classes, 2)
    sure = ((np.arange(256) / 255.0 - floor) / (1.0 - floor)).clip(0, 1) ** 0.6
    share = (0.15 + 0.85 * sure)[None, :, None]
    return pack(areas[:, None, :] * share + rgb(theme.field) * (1 - share))


def surface_colors(grid: Grid, theme: Theme) -> np.ndarray:
    """`[rows, columns]` of 0xffRRGGBB, the top row first: one hue below zero, another above, the field's colour at zero."""
    shares = (np.flipud(grid.answer).astype(float) / extent_of(grid) * 0.5 + 0.5).clip(0, 1)
    table = signed(theme, PALE)
    levels = np.nan_to_num(shares * (len(table) - 1), nan=(len(table) - 1) / 2)
    return np.ascontiguousarray(table[levels.astype(int)])


def diverging_color(share: float, theme: Theme, strong: bool = False) -> QColor:
    """The colour of a value: 0 the lowest, ½ zero, 1 the highest; `strong` for a point that lies on the surface."""
    if strong:
        return QColor(theme.classes[0] if share >= 0.5 else theme.classes[1])
    return QColor.fromRgb(int(signed(theme, PALE)[round(share * 2 * FULL)]))


def value_color(share: float, theme: Theme) -> QColor:
    """The colour of a value on empty ground: 0 the lowest, 1 the highest, grey in the middle."""
    end = theme.classes[1] if share < 0.5 else theme.classes[0]
    return mixed(theme.muted, end, abs(2 * share - 1))


def point_colors(values: np.ndarray, grid: Grid, theme: Theme) -> list[QColor]:
    """A colour for every point's class number or value."""
    if grid.classes:
        strong = [QColor(c) for c in theme.classes]
        return [strong[int(v) % len(strong)] for v in values]
    shares = (values / extent_of(grid) * 0.5 + 0.5).clip(0, 1)
    return [diverging_color(float(s), theme, strong=True) for s in shares]


def extent_of(grid: Grid) -> float:
    """The largest magnitude on a surface, 1 where there is none."""
    finite = grid.answer[np.isfinite(grid.answer)]
    return float(np.abs(finite).max()) if finite.size and np.abs(finite).max() > 0 else 1.0
