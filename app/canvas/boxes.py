"""Rectangles by name, found again by where they are.  No Qt.

A box is left, top, right, bottom; y grows downwards.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import chain, product
from typing import Generic, TypeVar

Box = tuple[float, float, float, float]
Key = TypeVar("Key", bound=Hashable)
Cell = tuple[int, int]
CELL = 240.0
MOST = 4_096  # cells of one box; what covers more stands apart, and is looked at whatever is sought
APART: Iterable[Cell] = ((1 << 62, 1 << 62),)


def grown(box: Box, by: float) -> Box:
    """A box with so much more on every side."""
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def around(boxes: list[Box]) -> Box:
    """The smallest box that holds all of some."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes have more than an edge in common; one without width or height is a line."""
    return a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1]


class Places(Generic[Key]):
    """Boxes by key in a grid of cells, so that those near a place are found without looking at all."""

    def __init__(self) -> None:
        self._boxes: dict[Key, Box] = {}
        self._cells: dict[Cell, set[Key]] = {}

    def __getitem__(self, key: Key) -> Box:
        return self._boxes[key]

    def get(self, key: Key) -> Box | None:
        """The box of a key, None when it has none."""
        return self._boxes.get(key)

    def put(self, key: Key, box: Box | None) -> None:
        """Gives a key a box in place of the one it had; None takes it away."""
        before = self._boxes.pop(key, None)
        if before is not None:
            for cell in _cells(before):
                self._cells[cell].discard(key)
        if box is not None:
            self._boxes[key] = box
            for cell in _cells(box):
                self._cells.setdefault(cell, set()).add(key)

    def near(self, box: Box) -> set[Key]:
        """The keys whose boxes overlap a box."""
        left, top, right, bottom = box
        boxes, found, cells = self._boxes, set[Key](), _cells(box)
        held = (self._cells.get(cell, ()) for cell in chain(cells, APART))
        for keys in (boxes,) if cells is APART else held:
            for key in keys:
                a, b, c, d = boxes[key]
                if a < right and c > left and b < bottom and d > top:
                    found.add(key)
        return found


def _cells(box: Box) -> Iterable[Cell]:
    left, top = int(box[0] // CELL), int(box[1] // CELL)
    right, bottom = int(box[2] // CELL), int(box[3] // CELL)
    if left == right and top == bottom:
        return ((left, top),)
    if (right - left + 1) * (bottom - top + 1) > MOST:
        return APART
    return product(range(left, right + 1), range(top, bottom + 1))
