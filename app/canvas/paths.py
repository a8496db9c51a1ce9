"""The way of a wire in numbers: routing around shapes, arrow heads, points along it, distance to it.  No Qt.

A way is a polyline, `[n, 2]` float64, from the rim of a circle to the tip of an arrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.canvas.geometry import Port, Ring

Points = npt.NDArray[np.float64]
Pair = tuple[float, float]
Plan = Points | tuple[Pair, ...]

HEAD, HALF_HEAD = 14.0, 5.0  # length and half the width of an arrow head
LEVEL = 0.6  # ends that differ by less are level
OUT = 22.0  # how far a wire goes straight on before it turns back
CORNER = 14.0  # radius of a corner
CLOSE, STEEP = 64.0, 2.2  # closer ends, or steeper ways, are joined with square corners
LONGEST_BEND = 150.0  # how much of a wire's end may bend
LANE = 54.0  # how far below both ends a wire runs that goes back
STEPS = 28  # points of one cubic
_T = np.linspace(0.0, 1.0, STEPS)[:, None]
_BASIS = np.hstack([(1 - _T) ** 3, 3 * _T * (1 - _T) ** 2, 3 * _T**2 * (1 - _T), _T**3])


def route(ring: Ring, at: Pair, port: Port, to: Pair) -> Points:
    """The way from a circle of the block at `at` to a port of the block at `to`, as if nothing else were there."""
    return drawn(plan(ring, at, port, to))


def drawn(planned: Plan) -> Points:
    """A plan as a way: a curve as it is, corners as quarter bends."""
    return _rounded(planned) if isinstance(planned, tuple) else planned


def plan(ring: Ring, at: Pair, port: Port, to: Pair) -> Plan:
    """How a wire runs as if nothing else were there: a curve or straight line as points, else its square corners.

    It is turned so that the wire arrives rightwards, planned there, and turned back.
    """
    c, s = port.dx, port.dy
    source = _turned(at[0] + ring.x, at[1] + ring.y, c, s)
    target = _turned(to[0] + port.x, to[1] + port.y, c, s)
    leaving = _turned(*_leaving(ring, to[0] + port.x - at[0] - ring.x, port), c, s)
    way = _rightwards(source, ring.radius, leaving, target)
    if (c, s) == (1.0, 0.0):
        return way
    if isinstance(way, tuple):
        return tuple(_turned(x, y, c, -s) for x, y in way)
    return way @ np.array([[c, s], [-s, c]])


def _leaving(ring: Ring, across: float, port: Port) -> Pair:
    """The side on which a wire leaves: that of the circle; of a variable towards a flank that is not above or below."""
    if not ring.dx and not port.dx and abs(across) > ring.radius + 16:
        return math.copysign(1.0, across), 0.0
    return ring.dx, ring.dy


def _turned(x: float, y: float, c: float, s: float) -> Pair:
    return x * c + y * s, y * c - x * s


def _rightwards(source: Pair, r: float, leaving: Pair, target: Pair) -> Plan:
    (x, y), (tx, ty) = source, target
    ahead = tx - x - r
    if leaving[0] > 0.5 or leaving == (0.0, 0.0):
        near = 2.0 if abs(ty - y) < LEVEL else HEAD
        return _ahead((x + r, y), target) if ahead >= near else _back((x + r, y), target)
    if leaving[0] < -0.5:
        return _from_delay(source, r, target)
    down = math.copysign(1.0, leaving[1])
    if (ty - y) * down > r + 4 and ahead > -r:  # beside the target: a quarter turn
        start = (x, y + r * down)
        corner = (start[1] + ty) / 2 if tx - x < HEAD else start[1] + (ty - start[1]) * 0.6
        return _cubic(start, (x, corner), (tx - max((tx - x) * 0.6, HEAD + 4), ty), target)
    if ahead >= HEAD + 2:
        return _ahead((x + r, y), target)
    lane = y + down * (r + OUT)
    return (x, y + r * down), (x, lane), (tx - OUT, lane), (tx - OUT, ty), target


def _ahead(start: Pair, end: Pair) -> Plan:
    dx, dy = end[0] - start[0], end[1] - start[1]
    if abs(dy) < LEVEL:
        return np.array([start, end])
    if dx < CLOSE or abs(dy) > STEEP * dx:
        middle = max(start[0] + 2.0, min(start[0] + dx / 2, end[0] - HEAD - 4.0))
        return start, (middle, start[1]), (middle, end[1]), end
    bend = min(max(abs(dy) * 1.1, CLOSE), LONGEST_BEND, dx)
    turn = (end[0] - bend, start[1])  # straight on as long as it can, so that it keeps to its row
    reach = bend / 2
    way = _cubic(turn, (turn[0] + reach, turn[1]), (end[0] - reach, end[1]), end)
    return np.vstack([start, way]) if dx > bend + 1.0 else way


def _back(start: Pair, end: Pair) -> Plan:
    """Out to the right, along a lane between the ends or below both, and in from the left."""
    (x, y), (tx, ty) = start, end
    far = abs(ty - y) > 2 * LANE
    lane = (y + ty) / 2 if far else max(y, ty) + LANE
    return start, (x + OUT, y), (x + OUT, lane), (tx - OUT, lane), (tx - OUT, ty), end


def _from_delay(source: Pair, r: float, target: Pair) -> Plan:
    """Out of a circle that looks away from the target: up or down and in, or around by the left."""
    (x, y), (tx, ty) = source, target
    if tx - x > OUT and abs(ty - y) > r + 6:
        return (x, y + math.copysign(r, ty - y)), (x, ty), target
    left = min(x - r, tx) - OUT
    if abs(ty - y) < LEVEL:
        lane = y - LANE
        return (x, y - r), (x, lane), (tx - OUT, lane), (tx - OUT, ty), target
    return (x - r, y), (left, y), (left, ty), target


def _cubic(a: Pair, b: Pair, c: Pair, d: Pair) -> Points:
    made: Points = _BASIS @ np.array([a, b, c, d])
    return made


def _rounded(corners: Sequence[Pair]) -> Points:
    """A polyline whose corners are quarter bends."""
    made = [corners[0]]
    for before, here, after in zip(corners, corners[1:], corners[2:], strict=False):
        into, out = math.dist(before, here), math.dist(here, after)
        radius = min(CORNER, into / 2, out / 2)
        if radius < 0.5:
            made.append(here)
            continue
        a = _between(here, before, radius / into)
        b = _between(here, after, radius / out)
        made += [_bend(a, here, b, k / 6) for k in range(7)]
    return np.array([*made, corners[-1]])


def _between(a: Pair, b: Pair, part: float) -> Pair:
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


def _bend(a: Pair, corner: Pair, b: Pair, t: float) -> Pair:
    return _between(_between(a, corner, t), _between(corner, b, t), t)


def loose(ring: Ring, at: Pair, end: Pair) -> Points:
    """The way from a circle to a free point, for a wire that is being dragged."""
    x, y = at[0] + ring.x, at[1] + ring.y
    distance = math.dist((x, y), end)
    if distance <= ring.radius:
        return np.array([(x, y), end])
    start = _between((x, y), end, ring.radius / distance)
    if abs(end[1] - y) < 12 or end[0] < x + ring.radius + 20 or ring.dx < 0:
        return np.array([start, end])
    return drawn(_ahead((x + ring.radius, y), end))


def head(way: Points) -> tuple[Pair, Pair, Pair]:
    """The three corners of the arrow head at the end of a way, its tip first."""
    tip, (dx, dy) = way[-1], _last_direction(way)
    x, y = float(tip[0] - dx * HEAD), float(tip[1] - dy * HEAD)
    side_x, side_y = -dy * HALF_HEAD, dx * HALF_HEAD
    return (float(tip[0]), float(tip[1])), (x + side_x, y + side_y), (x - side_x, y - side_y)


def shaft(way: Points) -> Points:
    """A way without the part that its arrow head covers."""
    steps = np.hypot(*np.diff(way, axis=0).T)
    left = HEAD - 3.0
    count = len(steps)
    while count > 1 and steps[count - 1] <= left:
        left -= float(steps[count - 1])
        count -= 1
    part = min(1.0, left / max(float(steps[count - 1]), 1e-9))
    cut = way[: count + 1].copy()
    cut[-1] += (way[count - 1] - way[count]) * part
    return cut


def _last_direction(way: Points) -> Pair:
    """The direction in which the arrow head points: over its own length, so that it lies on a bend."""
    index = len(way) - 2
    while index > 0 and math.dist(way[index], way[-1]) < HEAD * 0.5:
        index -= 1
    dx, dy = way[-1] - way[index]
    length = math.hypot(dx, dy) or 1.0
    return float(dx / length), float(dy / length)


def evenly(way: Points, count: int) -> Points:
    """`count` points along a way at equal distances, its ends included."""
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))])
    at = np.linspace(0.0, steps[-1], count)
    return np.column_stack([np.interp(at, steps, way[:, 0]), np.interp(at, steps, way[:, 1])])


def crosses(way: Points, a: Pair, b: Pair) -> bool:
    """Whether the straight line from `a` to `b` crosses a way."""
    here, there, p, q = way[:-1], way[1:], np.array(a), np.array(b)
    sides = _side(p, q, here) * _side(p, q, there) <= 0.0
    others = _side(here, there, p) * _side(here, there, q) <= 0.0
    return bool((sides & others).any())


def _side(a: Points, b: Points, point: Points) -> Points:
    """On which side of the lines from a to b the points are: the sign of the cross product."""
    along, to = b - a, point - a
    side: Points = along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0]
    return side


def distance(way: Points, x: float, y: float) -> float:
    """How far a point is from a way."""
    a, b = way[:-1], way[1:]
    along = b - a
    squared = np.maximum((along**2).sum(axis=1), 1e-12)
    t = np.clip(((np.array([x, y]) - a) * along).sum(axis=1) / squared, 0.0, 1.0)
    near = a + along * t[:, None]
    return float(np.hypot(near[:, 0] - x, near[:, 1] - y).min())
