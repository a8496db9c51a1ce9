"""Where a block that is dragged comes to stand in line with others, and the thin lines that say so.

In order: where a wire of its own runs straight, on the middle line of another block, as far from its neighbours as they are
from each other, along the edge of another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from app.canvas.inks import edges
from app.canvas.scene import CanvasScene

REACH = 6.0  # device pixels within which a middle line or a distance holds the block; an edge holds it within half
IN_LINE = 12.0  # canvas units by which neighbours may be out of line that keep equal distances
BEYOND = 10.0  # by how much a line is longer than the two shapes that are in line
TICK = 5.0  # half the length of the strokes at the ends of a distance
SAME = 0.01

Place = tuple[float, float]
Boxes = npt.NDArray[np.float64]  # left, top, right, bottom, `[n, 4]`, in scene units
Line = tuple[float, float, float, float]


class Guides:
    """For one drag: `grabbed` is held, all of `moved` go along, the others stand still."""

    def __init__(self, scene: CanvasScene, grabbed: str, moved: Collection[str]) -> None:
        self._scene = scene
        self.lines: tuple[Line, ...] = ()
        still = [item for name, item in scene.blocks.items() if name not in moved]
        self._middles = np.array([(item.x(), item.y()) for item in still]).reshape(-1, 2)
        shapes, boxes = scene.shapes(), scene.sizes()
        self._shape, self._box = np.array(shapes[grabbed]), np.array(boxes[grabbed])
        around = np.tile(self._middles, 2)
        self._shapes = np.array([shapes[item.block] for item in still]).reshape(-1, 4) + around
        self._boxes = np.array([boxes[item.block] for item in still]).reshape(-1, 4) + around
        self._straight = tuple(_straight(scene, grabbed, moved))

    def snap(self, wanted: Place, grid: Place, scale: float, seen: QRectF) -> Place:
        """Where the block stands that is wanted at a place; `grid` is where it would stand if it were not for the others.

        Only what lies in `seen` holds it.  `lines` is then what is to be shown.
        """
        left, top, right, bottom = edges(seen)
        b = self._boxes
        near = (b[:, 0] <= right) & (b[:, 2] >= left) & (b[:, 1] <= bottom) & (b[:, 3] >= top)
        reach, at = REACH / scale, [*wanted]
        found = [self._on_line(axis, at, reach, near) for axis in (0, 1)]
        for axis in (0, 1):
            held = found[axis]
            at[axis] = held if held is not None else grid[axis]
        for axis in (0, 1):
            if found[axis] is None:
                at[axis] = wanted[axis]
                held = self._spaced(axis, at, reach, near)
                if held is None:
                    held = self._on_edge(axis, at, reach / 2, near)
                at[axis] = grid[axis] if held is None else held
        place = at[0], at[1]
        self.lines = tuple(self._shown(place, near))
        return place

    def leave(self) -> None:
        """Shows nothing any more."""
        self.lines = ()

    def paint(self, painter: QPainter) -> None:
        """The lines, in scene units."""
        if self.lines:
            painter.setPen(self._scene.ink.band)
            painter.drawLines([QLineF(*line) for line in self.lines])

    # --- what holds it -----------------------------------------------------------------------------------------------

    def _on_line(
        self, axis: int, at: list[float], reach: float, near: npt.NDArray[np.bool_]
    ) -> float | None:
        """Where a wire is straight, else on a middle line."""
        wires = np.array([value for along, value in self._straight if along == axis])
        for lines in (wires, self._middles[near, axis]):
            if (held := _nearest(lines, at[axis], reach)) is not None:
                return held
        return None

    def _on_edge(
        self, axis: int, at: list[float], reach: float, near: npt.NDArray[np.bool_]
    ) -> float | None:
        ends = [self._shapes[near, k] - self._shape[k] for k in (axis, axis + 2)]
        return _nearest(np.concatenate(ends), at[axis], reach)

    def _spaced(
        self, axis: int, at: list[float], reach: float, near: npt.NDArray[np.bool_]
    ) -> float | None:
        """Where it is as far from a neighbour in its row as that is from the next, or from both neighbours."""
        before, after = self._neighbours(axis, at, near)
        low, high = self._box[axis], self._box[axis + 2]
        found = []
        if before and after:
            found.append((before[0][1] + after[0][0] - low - high) / 2)
        if len(before) > 1:
            found.append(before[0][1] + (before[0][0] - before[1][1]) - low)
        if len(after) > 1:
            found.append(after[0][0] - (after[1][0] - after[0][1]) - high)
        return _nearest(np.array(found), at[axis], reach)

    def _neighbours(
        self, axis: int, at: list[float], near: npt.NDArray[np.bool_]
    ) -> tuple[list[Place], list[Place]]:
        """Beginning and end of the boxes in the same row: those before it and those after it, the nearest first."""
        row = near & (np.abs(self._middles[:, 1 - axis] - at[1 - axis]) <= IN_LINE)
        spans = [(float(b[axis]), float(b[axis + 2])) for b in self._boxes[row]]
        low, high = at[axis] + self._box[axis], at[axis] + self._box[axis + 2]
        middle = (low + high) / 2
        before = sorted((s for s in spans if sum(s) / 2 < middle), key=lambda s: -s[1])
        after = sorted(s for s in spans if sum(s) / 2 >= middle)
        return before, after

    # --- what is shown -----------------------------------------------------------------------------------------------

    def _shown(self, place: Place, near: npt.NDArray[np.bool_]) -> Iterator[Line]:
        """A line through all shapes that are in line with the block, and the distances that are equal."""
        mine = self._shape + np.tile(place, 2)
        for axis in (0, 1):
            ends = self._ends_in_line(axis, place, near)
            if ends is None:
                yield from self._distances(axis, place, near)
                continue
            value, others = ends
            low = min(float(others[:, 1 - axis].min()), float(mine[1 - axis])) - BEYOND
            high = max(float(others[:, 3 - axis].max()), float(mine[3 - axis])) + BEYOND
            yield (value, low, value, high) if axis == 0 else (low, value, high, value)

    def _ends_in_line(
        self, axis: int, place: Place, near: npt.NDArray[np.bool_]
    ) -> tuple[float, Boxes] | None:
        """A value across the axis that the block has in common with others, middles first, and their shapes."""
        shapes, at = self._shapes[near], place[axis]
        pairs = [(self._middles[near, axis], at)]
        pairs += [(shapes[:, k], at + float(self._shape[k])) for k in (axis, axis + 2)]
        for values, mine in pairs:
            same = np.abs(values - mine) < SAME
            if same.any():
                return mine, shapes[same]
        return None

    def _distances(self, axis: int, place: Place, near: npt.NDArray[np.bool_]) -> Iterator[Line]:
        before, after = self._neighbours(axis, [*place], near)
        mine = (place[axis] + float(self._box[axis]), place[axis] + float(self._box[axis + 2]))
        row = [*reversed(before[:2]), mine, *after[:2]]
        gaps = [(a[1], b[0]) for a, b in pairwise(row)]
        own = range(max(len(before[:2]) - 1, 0), min(len(before[:2]) + 1, len(gaps)))
        equal = {
            index
            for k in own
            for index in (k - 1, k, k + 1)
            if 0 <= index < len(gaps) and self._equals_next(gaps, k, index)
        }
        for index in sorted(equal):
            yield from _distance(axis, place[1 - axis], *gaps[index])

    @staticmethod
    def _equals_next(gaps: list[Place], own: int, index: int) -> bool:
        """Whether a gap beside the block, or the one next to it, is as long as its neighbour."""
        lengths = [end - start for start, end in gaps]
        others = [index] if index != own else [k for k in (own - 1, own + 1) if 0 <= k < len(gaps)]
        return any(abs(lengths[k] - lengths[own]) < 2 * SAME for k in others)


def _nearest(lines: npt.NDArray[np.float64], at: float, reach: float) -> float | None:
    """The nearest of some values, None when none is within reach."""
    if not len(lines):
        return None
    held = float(lines[np.abs(lines - at).argmin()])
    return held if abs(held - at) <= reach else None


def _straight(
    scene: CanvasScene, grabbed: str, moved: Collection[str]
) -> Iterator[tuple[int, float]]:
    """Axis and place on it at which a wire to or from a block that stands still has its ends level."""
    for wire in scene.diagram.wires_of[grabbed]:
        source, target = scene.blocks[wire.source.block], scene.blocks[wire.target.block]
        ring = source.face.form.ring(wire.source.name)
        port = target.face.form.port(wire.target.name)
        axis = 1 if port.dx else 0
        begin, end = (ring.x, ring.y)[axis], (port.x, port.y)[axis]
        if wire.target.block == grabbed and wire.source.block not in moved:
            yield axis, (source.x(), source.y())[axis] + begin - end
        elif wire.source.block == grabbed and wire.target.block not in moved:
            yield axis, (target.x(), target.y())[axis] + end - begin


def _distance(axis: int, across: float, start: float, end: float) -> Iterator[Line]:
    """A stroke from start to end with a tick at each."""
    lines = [(start, across, end, across)]
    lines += [(at, across - TICK, at, across + TICK) for at in (start, end)]
    for a, b, c, d in lines:
        yield (a, b, c, d) if axis == 0 else (b, a, d, c)
