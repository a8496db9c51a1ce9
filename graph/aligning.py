"""Align and distribute: new places for some blocks, so that they stand on one line or at equal distances."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median_low

Place = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom around a position

SIDES = ("left", "centre", "right", "top", "middle", "bottom")


def align(places: Mapping[str, Place], shapes: Mapping[str, Box], side: str) -> dict[str, Place]:
    """The places at which the shapes have one edge, or their axes, on one line.

    `side` is one of SIDES: "centre" puts all axes on one upright line, "middle" on a level one, as wires run straight.  An
    outermost edge stays where it is; of the axes the middle one, so that blocks on the grid stay on it.  `shapes` are
    shapes without the circles of their outputs.
    """
    if not places:
        return {}
    axis = 0 if side in ("left", "centre", "right") else 1
    if side in ("centre", "middle"):
        line = median_low([place[axis] for place in places.values()])
        return {name: _at(place, axis, line) for name, place in places.items()}
    far = side in ("right", "bottom")
    ends = {name: shapes[name][axis + 2 * far] for name in places}
    edge = (max if far else min)(place[axis] + ends[name] for name, place in places.items())
    return {name: _at(place, axis, edge - ends[name]) for name, place in places.items()}


def distribute(
    places: Mapping[str, Place], boxes: Mapping[str, Box], axis: int
) -> dict[str, Place]:
    """The places at which there is equally much room between one box and the next: across for axis 0, down for 1.

    The first and the last stay where they are; places are rounded to whole units.  `boxes` hold the circles of outputs, so
    that wires become equally long.  Where there is less room than the boxes need they overlap equally.
    """
    order = sorted(places, key=lambda name: (places[name][axis], name))
    if len(order) < 3:
        return dict(places)
    first, last = order[0], order[-1]
    start = places[first][axis] + boxes[first][axis + 2]
    end = places[last][axis] + boxes[last][axis]
    inner = order[1:-1]
    taken = sum(boxes[name][axis + 2] - boxes[name][axis] for name in inner)
    gap = (end - start - taken) / (len(inner) + 1)
    found = dict(places)
    for name in inner:
        start += gap
        found[name] = _at(places[name], axis, float(round(start - boxes[name][axis])))
        start += boxes[name][axis + 2] - boxes[name][axis]
    return found


def _at(place: Place, axis: int, value: float) -> Place:
    return (value, place[1]) if axis == 0 else (place[0], value)
