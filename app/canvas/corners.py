"""Where in a view a diagram is framed so that nothing which lies over the view's corners covers a block of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF

Array = npt.NDArray[np.float64]
GAP = 8.0  # pixels between a block and what lies in a corner
STEPS = 4  # heights between the lower edge and the upper end of the corners that are tried
LEAST = 100.0  # pixels of a room, at the least


def scale_in(room: QRectF, rect: QRectF, most: float) -> float:
    """The scale at which a rectangle of the scene fills a room, `most` at the most."""
    return min(room.width() / rect.width(), room.height() / rect.height(), most)


def room_beside(
    whole: QRectF, corners: Sequence[QRectF], boxes: Array, rect: QRectF, most: float
) -> QRectF:
    """The part of `whole` (pixels) in which `rect` of the scene is largest while no corner (pixels, at the lower edge)
    covers one of the boxes, left, top, right, bottom `[n, 4]`, in it; of equal ones the nearest to `whole`."""
    if not corners or rect.isEmpty():
        return whole
    rooms = sorted(_rooms(whole, corners), key=lambda room: -scale_in(room, rect, most))
    free = (r for r in rooms if not _covers(corners, _seen(boxes, rect, r, most)))
    return next(free, whole)


def _rooms(whole: QRectF, corners: Sequence[QRectF]) -> Iterator[QRectF]:
    """All of it first, then without what is beside, then without what is below."""
    middle = whole.center().x()
    left = max((c.right() + GAP for c in corners if c.center().x() < middle), default=whole.left())
    right = min((c.left() - GAP for c in corners if c.center().x() > middle), default=whole.right())
    above = min(c.top() - GAP for c in corners)
    lefts, rights = dict.fromkeys((whole.left(), left)), dict.fromkeys((whole.right(), right))
    bottoms = np.linspace(whole.bottom(), above, STEPS + 1).tolist()
    for bottom, start, end in product(bottoms, lefts, rights):
        if end - start >= LEAST and bottom - whole.top() >= LEAST:
            yield QRectF(start, whole.top(), end - start, bottom - whole.top())


def _seen(boxes: Array, rect: QRectF, room: QRectF, most: float) -> Array:
    """Where the boxes are in the view when a rectangle of the scene is framed in a room."""
    scale, middle, there = scale_in(room, rect, most), rect.center(), room.center()
    moved = np.array([middle.x(), middle.y()] * 2)
    return (boxes - moved) * scale + np.array([there.x(), there.y()] * 2)


def _covers(corners: Sequence[QRectF], seen: Array) -> bool:
    return any(
        bool(
            np.any(
                (seen[:, 0] < c.right() + GAP)
                & (seen[:, 2] > c.left() - GAP)
                & (seen[:, 1] < c.bottom() + GAP)
                & (seen[:, 3] > c.top() - GAP)
            )
        )
        for c in corners
    )
