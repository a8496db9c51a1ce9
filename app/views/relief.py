"""A surface as a picture: its colours from low to high, linear in the root or logarithmic, and its contour lines."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QColor

from app.theme import Theme, mixed

WIDE = 50.0  # from here on the highest loss, against the median, is shown by its logarithm
DEEPEST = 1e-4  # of the median: lower losses look alike on a logarithmic scale
LEVELS = 9  # contour lines
HALF = 0.45  # of the way up: from here on the colours pale


@dataclass(frozen=True)
class Shade:
    """From a loss to a share 0..1 of the colours and back."""

    low: float
    high: float
    log: bool = False

    def share(self, values: np.ndarray | float) -> np.ndarray:
        """0 at the lowest, 1 at the highest; in between by the square root, which shows the valleys, or by the logarithm."""
        if self.log:
            data = np.log(np.maximum(values, self.low) / self.low)
            shares: np.ndarray = data / math.log(self.high / self.low)
        else:
            shares = np.sqrt(np.maximum((values - self.low) / (self.high - self.low), 0.0))
        return shares.clip(0.0, 1.0)

    def value(self, share: float) -> float:
        """The loss at a share."""
        if self.log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + (self.high - self.low) * share**2


def shade_of(loss: np.ndarray) -> Shade:
    """The scale on which a surface is shown; what is not finite has no place on it."""
    known = loss[np.isfinite(loss)]
    if not known.size:
        return Shade(0.0, 1.0)
    low, middle, high = float(known.min()), float(np.median(known)), float(known.max())
    if low >= 0 and middle > 0 and high / middle > WIDE:
        return Shade(max(low, DEEPEST * middle), high, log=True)
    return Shade(low, high if high > low else low + 1.0)


def relief_colors(loss: np.ndarray, shade: Shade, theme: Theme) -> np.ndarray:
    """`[rows, columns]` of 0xffRRGGBB, the top row first: strong where the loss is low; grey where it is no number."""
    table = _table(theme)
    picture = np.full(loss.shape, QColor(theme.border).rgb(), dtype=np.uint32)
    known = np.isfinite(loss)
    picture[known] = table[np.rint(shade.share(loss[known]) * 255).astype(int)]
    picture[np.isposinf(loss)] = table[255]
    return np.ascontiguousarray(np.flipud(picture))


def _table(theme: Theme) -> np.ndarray:
    """256 colours from the deepest valley to the highest hill."""
    deep, middle, high = theme.function, theme.areas[0], theme.field
    stops = [_color(share, deep, middle, high).rgb() for share in np.linspace(0, 1, 256)]
    return np.array(stops, dtype=np.uint32)


def _color(share: float, deep: str, middle: str, high: str) -> QColor:
    if share < HALF:
        return mixed(deep, middle, share / HALF)
    return mixed(middle, high, (share - HALF) / (1 - HALF))


def levels(shade: Shade) -> list[float]:
    """The losses of the contour lines, evenly spaced in colour."""
    return [shade.value(n / (LEVELS + 1)) for n in range(1, LEVELS + 1)]


def contour(values: np.ndarray, level: float) -> np.ndarray:
    """The line where a surface has this level, in pieces `[k, 2, 2]`: two ends, each (column, row) between nodes.

    Every cell of four nodes has none, one or two pieces, their ends linear between nodes on either side of the level;
    where two are possible in two ways the middle of the cell decides.  Cells with an unknown corner have none.
    """
    above = values > level
    south, north = _crossings(values, level)
    west, east = _crossings(values.T, level)
    west, east = west.transpose(1, 0, 2)[..., ::-1], east.transpose(1, 0, 2)[..., ::-1]
    code = above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1]
    corners = (values[:-1, :-1], values[:-1, 1:], values[1:, 1:], values[1:, :-1])
    known = np.isfinite(np.asarray(sum(corners)))
    middle = np.asarray(sum(corners) / 4 > level)
    pieces = []
    for ends, where in _cases(code, middle):
        sides = [
            {"s": south, "e": east, "n": north, "w": west}[side][where & known] for side in ends
        ]
        pieces.append(np.stack(sides, axis=1))
    return np.concatenate(pieces)


def _crossings(values: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Where the level lies on the lower and the upper side of every cell, (column, row), if it does."""
    first, second = values[:, :-1], values[:, 1:]
    with np.errstate(all="ignore"):
        share = np.nan_to_num((level - first) / (second - first), nan=0.5)
    rows, columns = np.indices(share.shape)
    points = np.stack([columns + share.clip(0, 1), rows], axis=2)
    return points[:-1], points[1:]


def _cases(code: np.ndarray, middle: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Between which sides a piece runs, and in which cells, by the corners that are above the level."""
    one = {"ws": (1, 14), "se": (2, 13), "en": (4, 11), "nw": (8, 7), "we": (3, 12), "sn": (6, 9)}
    found = [(ends, np.isin(code, codes)) for ends, codes in one.items()]
    # 5: the corners south-west and north-east are above; 10: the other two
    joined = ((code == 5) & middle) | ((code == 10) & ~middle)
    parted = ((code == 5) & ~middle) | ((code == 10) & middle)
    found += [("nw", joined), ("se", joined), ("ws", parted), ("en", parted)]
    return found
