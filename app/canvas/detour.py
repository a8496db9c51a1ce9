"""The way of a wire around boxes: level and upright pieces, short, with few corners, not too close to anything.  No Qt.

A* over the lines beside the boxes: each state is a crossing of two lines and the direction in which it is entered.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from app.canvas.boxes import Box
from app.canvas.paths import Pair

BESIDE, CLOSE = 14.0, 5.0  # how far from a box wires run, and where there is no more room
CORNER = 40.0  # what a corner costs, in canvas units of way
DEAR = 3.0  # how much dearer it is to run closer than BESIDE
WRONG = 1.5  # and above the ends for a wire that goes back
SAME = 0.01  # places that differ by less are the same
RIGHT, DOWN, LEFT, UP = range(4)
_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))
_State = tuple[int, int, int]  # column, row, direction


class Departure(NamedTuple):
    """A point from which the way may begin, the direction there, and what beginning there costs."""

    point: Pair
    heading: Pair
    cost: float = 0.0


def detour(
    departures: Sequence[Departure], arrival: Pair, arriving: Pair, boxes: Iterable[Box]
) -> tuple[Pair, ...] | None:
    """The corners of the cheapest way from one of the departures to `arrival`, both included, through no box; or None.

    Directions are unit vectors along an axis.  A wire that goes against the direction in which it leaves would rather run
    below than above (for leaving rightwards; turned accordingly for others).
    """
    x, y = arrival
    found = _to_origin(
        tuple(d._replace(point=_rounded(d.point[0] - x, d.point[1] - y)) for d in departures),
        arriving,
        tuple(sorted(_rounded(a - x, b - y, c - x, d - y) for a, b, c, d in boxes)),
    )
    return tuple((px + x, py + y) for px, py in found) if found else None


def _rounded(*values: float) -> tuple[Any, ...]:
    return tuple(round(value, 3) for value in values)


@lru_cache(maxsize=4096)  # nets repeat themselves: the same blocks stand around many wires
def _to_origin(
    departures: tuple[Departure, ...], arriving: Pair, boxes: tuple[Box, ...]
) -> tuple[Pair, ...] | None:
    for beside in (BESIDE, CLOSE):
        if found := _found(departures, (0.0, 0.0), arriving, boxes, beside):
            return found
    return None


def _found(
    departures: Sequence[Departure],
    arrival: Pair,
    arriving: Pair,
    boxes: Sequence[Box],
    beside: float,
) -> tuple[Pair, ...] | None:
    points = [departure.point for departure in departures] + [arrival]
    xs = _lines([p[0] for p in points], [(b[0], b[2]) for b in boxes], beside)
    ys = _lines([p[1] for p in points], [(b[1], b[3]) for b in boxes], beside)
    across, down = _costs(xs, ys, boxes)
    _shun_above(departures[0], arrival, xs, ys, across, down)
    goal = _at(xs, arrival[0]), _at(ys, arrival[1])
    begun = [
        (_at(xs, d.point[0]), _at(ys, d.point[1]), _direction(d.heading), d.cost)
        for d in departures
    ]
    search = _Search(xs, ys, across.tolist(), down.tolist(), goal, _direction(arriving))
    found = search.cheapest(begun)
    return straightened([(xs[i], ys[j]) for i, j in found]) if found else None


def _lines(places: Iterable[float], sides: Iterable[Pair], beside: float) -> list[float]:
    found = {round(place, 3) for place in places}
    for low, high in sides:
        found |= {round(low - beside, 3), round(high + beside, 3)}
    return sorted(found)


def _at(lines: list[float], place: float) -> int:
    return bisect_left(lines, round(place, 3))


def _costs(xs: list[float], ys: list[float], boxes: Sequence[Box]) -> tuple[np.ndarray, np.ndarray]:
    """What each piece costs: level ones `[ys, xs - 1]`, upright ones `[ys - 1, xs]`; infinite inside a box."""
    across = np.tile(np.diff(xs), (len(ys), 1))
    down = np.tile(np.diff(ys)[:, None], (1, len(xs)))
    for by, factor in ((BESIDE - 1.0, DEAR), (0.0, math.inf)):
        level, upright = np.ones(across.shape), np.ones(down.shape)
        for left, top, right, bottom in boxes:
            (i, k), (m, n) = _inside(xs, left - by, right + by), _inside(ys, top - by, bottom + by)
            level[m:n, max(i - 1, 0) : k] = factor
            upright[max(m - 1, 0) : n, i:k] = factor
        across, down = across * level, down * upright
    return across, down


def _inside(lines: list[float], low: float, high: float) -> tuple[int, int]:
    return bisect_right(lines, low), bisect_left(lines, high)


def _shun_above(
    departure: Departure,
    arrival: Pair,
    xs: list[float],
    ys: list[float],
    across: np.ndarray,
    down: np.ndarray,
) -> None:
    (x, y), (dx, dy) = departure.point, departure.heading
    if (arrival[0] - x) * dx + (arrival[1] - y) * dy >= 0:
        return
    if dx:
        above = [(line - y) * dx < 0 and (line - arrival[1]) * dx < 0 for line in ys]
        across[np.array(above)] *= WRONG
    else:
        above = [(line - x) * dy > 0 and (line - arrival[0]) * dy > 0 for line in xs]
        down[:, np.array(above)] *= WRONG


def _direction(heading: Pair) -> int:
    dx, dy = heading
    if abs(dx) > abs(dy):
        return RIGHT if dx > 0 else LEFT
    return DOWN if dy > 0 else UP


class _Search:
    """A* over the crossings of the lines: pieces cost as told, corners CORNER; a state is a crossing and a direction."""

    def __init__(
        self,
        xs: list[float],
        ys: list[float],
        across: list[list[float]],
        down: list[list[float]],
        goal: tuple[int, int],
        arriving: int,
    ) -> None:
        self._xs, self._ys, self._across, self._down = xs, ys, across, down
        self._goal, self._arriving = goal, arriving
        self._best: dict[_State, float] = {}
        self._before: dict[_State, _State] = {}
        self._heap: list[tuple[float, float, _State]] = []

    def cheapest(self, begun: Sequence[tuple[int, int, int, float]]) -> list[tuple[int, int]]:
        """The crossings of the cheapest way from any of these starts, [] when there is none."""
        for i, j, direction, cost in begun:
            self._reach((i, j, direction), cost, None)
        while self._heap:
            _, gained, state = heapq.heappop(self._heap)
            cost, (i, j, direction) = -gained, state
            if cost > self._best[state]:
                continue
            if (i, j) == self._goal:
                if direction == self._arriving:
                    return self._traced(state)
                if direction != (self._arriving + 2) % 4:
                    self._reach((i, j, self._arriving), cost + CORNER, state)
            self._go_on(state, cost)
        return []

    def _go_on(self, state: _State, cost: float) -> None:
        """Straight on, or around one corner, to the next crossing."""
        i, j, direction = state
        for turned in (direction, (direction + 3) % 4, (direction + 1) % 4):
            di, dj = _STEPS[turned]
            k, m = i + di, j + dj
            if not (0 <= k < len(self._xs) and 0 <= m < len(self._ys)):
                continue
            piece = self._across[j][min(i, k)] if di else self._down[min(j, m)][i]
            if piece != math.inf:
                corner = CORNER if turned != direction else 0.0
                self._reach((k, m, turned), cost + piece + corner, state)

    def _reach(self, state: _State, cost: float, before: _State | None) -> None:
        if cost >= self._best.get(state, math.inf):
            return
        self._best[state] = cost
        if before is not None:
            self._before[state] = before
        heapq.heappush(self._heap, (cost + self._left(state), -cost, state))

    def _left(self, state: _State) -> float:
        """At least so much is still to pay: the way without boxes, and the corners that it must have."""
        i, j, direction = state
        (ahead_x, ahead_y), arriving = _STEPS[self._arriving], self._arriving
        dx, dy = self._xs[self._goal[0]] - self._xs[i], self._ys[self._goal[1]] - self._ys[j]
        left = abs(dx) + abs(dy)
        if (direction ^ arriving) & 1:
            return left + CORNER
        aside = dy if ahead_x else dx
        if direction != arriving or aside or dx * ahead_x + dy * ahead_y < 0:
            return left + 2 * CORNER
        return left

    def _traced(self, state: _State) -> list[tuple[int, int]]:
        way = [state[:2]]
        while state in self._before:
            state = self._before[state]
            way.append(state[:2])
        return way[::-1]


def straightened(way: Sequence[Pair]) -> tuple[Pair, ...]:
    """A way without the points that lie on a straight piece of it."""
    made = [*way[:1]]
    for here, after in pairwise(way[1:]):
        if not (_on_a_line(0, made[-1], here, after) or _on_a_line(1, made[-1], here, after)):
            made.append(here)
    return (*made, way[-1])


def _on_a_line(axis: int, *points: Pair) -> bool:
    places = [point[axis] for point in points]
    return max(places) - min(places) < SAME
