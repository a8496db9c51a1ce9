"""Keeps pieces of different wires apart where they would lie on each other, and those of one circle together.  No Qt.

It works on the square corners of wires.  The first and the last piece of a wire stay, because they hold on to a circle and to
a pin; those between are moved, the upright ones first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from app.canvas.boxes import Box
from app.canvas.paths import HEAD, Pair
from graph.diagram import Wire

APART = 8.0  # between lanes
JOINED = 16.0  # pieces of one circle that are closer become one
AFTER, BEFORE = 4.0, HEAD + 2.0  # how far from a circle, and from an arrow's tip, a wire may turn
ROW = 100.0  # pieces are looked for in cells of this length
REACH = 40.0  # how far a piece may be moved at most

Corners = tuple[Pair, ...]


@dataclass
class _Piece:
    """A piece of a wire at `place` (its x when upright) that runs from `low` to `high`.

    `ends` are the other coordinates of its two ends with the side to which the wire goes on there, -1 or 1.
    """

    wire: Wire
    index: int
    fork: str
    place: float
    low: float
    high: float
    first: bool
    ends: tuple[Pair, Pair]
    room: Pair


def spread(
    ways: Mapping[Wire, tuple[str, Corners]], near: Callable[[Box], Iterable[Box]]
) -> dict[Wire, Corners]:
    """The corners of all wires, from those that they would have alone and what names the circle they leave.

    `near` gives the boxes around a place through which no piece may be moved.
    """
    made = {wire: corners for wire, (_, corners) in ways.items()}
    forks = {wire: fork for wire, (fork, _) in ways.items()}
    for axis in (0, 1):
        for bundle in _bundles(_pieces(made, forks, axis)):
            _part(bundle, made, axis, near)
    return made


def _pieces(ways: Mapping[Wire, Corners], forks: Mapping[Wire, str], axis: int) -> list[_Piece]:
    """The inner pieces that lie across an axis: upright ones for 0, level ones for 1."""
    found = []
    for wire, corners in ways.items():
        for k in range(1, len(corners) - 2):
            a, b = corners[k], corners[k + 1]
            if a[axis] == b[axis] and a[1 - axis] != b[1 - axis]:
                found.append(_piece(wire, forks[wire], corners, k, axis))
    found.sort(key=lambda p: (p.place, p.low, p.high, p.fork, p.ends))
    return found


def _piece(wire: Wire, fork: str, corners: Corners, k: int, axis: int) -> _Piece:
    a, b = corners[k], corners[k + 1]
    place, here, there = a[axis], a[1 - axis], b[1 - axis]
    before, after = corners[k - 1][axis], corners[k + 2][axis]
    low, high = place - REACH, place + REACH
    if k == 1:
        low, high = _kept(place, before, AFTER, low, high)
    if k == len(corners) - 3:
        low, high = _kept(place, after, BEFORE, low, high)
    ends = (here, math.copysign(1.0, before - place)), (there, math.copysign(1.0, after - place))
    span = min(here, there), max(here, there)
    return _Piece(wire, k, fork, place, *span, k == 1, ends, (low, high))


def _kept(place: float, end: float, away: float, low: float, high: float) -> Pair:
    """The room of a piece that has to stay on its side of an end."""
    if end < place:
        return max(low, min(end + away, place)), high
    return low, min(high, max(end - away, place))


def _bundles(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Pieces that lie on or too close to each other; both they and the bundles are in the order of their places."""
    root = list(range(len(pieces)))

    def find(i: int) -> int:
        while root[i] != i:
            i = root[i]
        return i

    cells: dict[tuple[int, int], list[int]] = {}
    for i, piece in enumerate(pieces):
        column = int(piece.place // JOINED)
        for row in range(int(piece.low // ROW), int((piece.high + AFTER) // ROW) + 1):
            here = cells.setdefault((column, row), [])
            for j in (*cells.get((column - 1, row), ()), *here):
                if _belong(pieces[j], piece):
                    one, other = find(i), find(j)
                    root[max(one, other)] = min(one, other)
            here.append(i)
    found: dict[int, list[_Piece]] = {}
    for i, piece in enumerate(pieces):
        found.setdefault(find(i), []).append(piece)
    return [bundle for bundle in found.values() if len(bundle) > 1]


def _belong(a: _Piece, b: _Piece) -> bool:
    if a.low > b.high + AFTER or b.low > a.high + AFTER:
        return False
    if a.fork == b.fork:
        return a.first == b.first and b.place - a.place < JOINED
    return b.place - a.place < APART


def _part(
    bundle: Sequence[_Piece],
    ways: dict[Wire, Corners],
    axis: int,
    near: Callable[[Box], Iterable[Box]],
) -> None:
    """Gives every circle of a bundle a lane of its own, in the order in which the fewest wires cross."""
    tracks: dict[str, list[_Piece]] = {}
    for piece in bundle:
        tracks.setdefault(piece.fork, []).append(piece)
    low, high = _room(bundle, axis, near)
    order = _order(tracks)
    gaps = len(order) - 1
    gap = min(APART, (high - low) / gaps) if gaps else 0.0
    if gap < 0.0 or high < low:
        return
    middle = sum(p.place for p in bundle) / len(bundle) if gaps else _stem(bundle)
    start = min(max(middle - gap * gaps / 2, low), high - gap * gaps)
    for number, fork in enumerate(order):
        for piece in tracks[fork]:
            _move(ways, piece, axis, round(start + number * gap, 3))


def _stem(bundle: Sequence[_Piece]) -> float:
    """Where the pieces of one circle meet: as near to it as any of them."""
    places = [p.place for p in bundle]
    return min(places) if bundle[0].ends[0][1] < 0 else max(places)


def _room(
    bundle: Sequence[_Piece], axis: int, near: Callable[[Box], Iterable[Box]]
) -> tuple[float, float]:
    low, high = max(p.room[0] for p in bundle), min(p.room[1] for p in bundle)
    first, last = min(p.place for p in bundle), max(p.place for p in bundle)
    top, bottom = min(p.low for p in bundle), max(p.high for p in bundle)
    for box in near((low, top, high, bottom) if axis == 0 else (top, low, bottom, high)):
        if box[axis + 2] <= first:
            low = max(low, box[axis + 2])
        elif box[axis] >= last:
            high = min(high, box[axis])
    return low, high


def _order(tracks: Mapping[str, Sequence[_Piece]]) -> list[str]:
    score = dict.fromkeys(tracks, 0)
    for a, b in combinations(tracks, 2):
        more = _crossings(tracks[a], tracks[b]) - _crossings(tracks[b], tracks[a])
        score[a] += more
        score[b] -= more
    return sorted(tracks, key=lambda fork: (score[fork], tracks[fork][0].place, fork))


def _crossings(before: Sequence[_Piece], after: Sequence[_Piece]) -> int:
    """How often wires cross when the pieces of one circle lie before (left of, above) those of another."""
    entering = sum(
        side < 0 and a.low < at < a.high for a in before for b in after for at, side in b.ends
    )
    return entering + sum(
        side > 0 and b.low < at < b.high for a in before for b in after for at, side in a.ends
    )


def _move(ways: dict[Wire, Corners], piece: _Piece, axis: int, place: float) -> None:
    corners = list(ways[piece.wire])
    for k in (piece.index, piece.index + 1):
        x, y = corners[k]
        corners[k] = (place, y) if axis == 0 else (x, place)
    ways[piece.wire] = tuple(corners)
