"""The way of a wire around boxes: level and upright pieces, short, with few corners, not too close to anything.  No Qt.

A* over the lines beside the boxes: each state is a crossing of two lines and the direction in which it is entered.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
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
    found = _cheapest(xs, ys, across.tolist(), down.tolist(), begun, goal, _direction(arriving))
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


def _cheapest(
    xs: list[float],
    ys: list[float],
    across: list[list[float]],
    down: list[list[float]],
    begun: Sequence[tuple[int, int, int, float]],
    goal: tuple[int, int],
    arriving: int,
) -> list[tuple[int, int]]:
    gx, gy = xs[goal[0]], ys[goal[1]]
    ahead = _STEPS[arriving]
    best: dict[tuple[int, int, int], float] = {}
    before: dict[tuple[int, int, int], tuple[int, int, int]] = {}
    heap: list[tuple[float, float, tuple[int, int, int]]] = []

    def reach(state: tuple[int, int, int], cost: float) -> bool:
        if cost >= best.get(state, math.inf):
            return False
        best[state] = cost
        i, j, direction = state
        dx, dy = gx - xs[i], gy - ys[j]
        left = abs(dx) + abs(dy)
        if (direction ^ arriving) & 1:
            left += CORNER
        elif direction != arriving or (dy if ahead[0] else dx) or dx * ahead[0] + dy * ahead[1] < 0:
            left += 2 * CORNER
        heapq.heappush(heap, (cost + left, -cost, state))
        return True

    for i, j, direction, cost in begun:
        reach((i, j, direction), cost)
    while heap:
        _, gained, state = heapq.heappop(heap)
        cost, (i, j, direction) = -gained, state
        if cost > best[state]:
            continue
        if (i, j) == goal:
            if direction == arriving:
                return list(_traced(state, before))
            if direction != (arriving + 2) % 4 and reach((i, j, arriving), cost + CORNER):
                before[i, j, arriving] = state
        for turned in (direction, (direction + 3) % 4, (direction + 1) % 4):
            di, dj = _STEPS[turned]
            to = i + di, j + dj
            if not (0 <= to[0] < len(xs) and 0 <= to[1] < len(ys)):
                continue
            piece = across[j][min(i, to[0])] if di else down[min(j, to[1])][i]
            if piece == math.inf:
                continue
            after = (*to, turned)
            if reach(after, cost + piece + (CORNER if turned != direction else 0.0)):
                before[after] = state
    return []


def _traced(
    state: tuple[int, int, int], before: dict[tuple[int, int, int], tuple[int, int, int]]
) -> Iterator[tuple[int, int]]:
    way = [state[:2]]
    while state in before:
        state = before[state]
        way.append(state[:2])
    return reversed(way)


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
