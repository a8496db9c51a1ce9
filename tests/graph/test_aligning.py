"""Align and distribute: lines and distances, what stays where it is, and that doing it again changes nothing."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from graph.aligning import SIDES, Box, Place, align, distribute

SHAPES = {"a": (-42.0, -28.0, 42.0, 28.0), "b": (-24.0, -24.0, 24.0, 24.0), "c": (-60.0, -40.0, 60.0, 40.0)}  # fmt: skip
PLACES = {"a": (0.0, 0.0), "b": (200.0, 30.0), "c": (310.0, -50.0)}


def test_edges_meet_the_outermost_and_axes_the_middle_one() -> None:
    assert align(PLACES, SHAPES, "left") == {"a": (0, 0), "b": (-18, 30), "c": (18, -50)}
    assert align(PLACES, SHAPES, "right") == {"a": (328, 0), "b": (346, 30), "c": (310, -50)}
    assert align(PLACES, SHAPES, "top") == {"a": (0, -62), "b": (200, -66), "c": (310, -50)}
    assert align(PLACES, SHAPES, "bottom") == {"a": (0, 26), "b": (200, 30), "c": (310, 14)}
    assert align(PLACES, SHAPES, "middle") == {"a": (0, 0), "b": (200, 0), "c": (310, 0)}
    assert align(PLACES, SHAPES, "centre") == {"a": (200, 0), "b": (200, 30), "c": (200, -50)}


def test_between_the_outer_two_there_is_equally_much_room() -> None:
    found = distribute(PLACES, SHAPES, 0)
    assert found["a"] == PLACES["a"] and found["c"] == PLACES["c"]
    left, right = found["b"][0] - 24 - 42, 310 - 60 - found["b"][0] - 24
    assert left == right == 80 and found["b"][1] == 30
    down = distribute(PLACES, SHAPES, 1)
    assert down["c"] == PLACES["c"] and down["b"] == PLACES["b"]
    assert (down["a"][1] - 28) - (-50 + 40) == (30 - 24) - (down["a"][1] + 28)


def test_two_or_none_stay() -> None:
    two = {name: PLACES[name] for name in ("a", "b")}
    assert distribute(two, SHAPES, 0) == two
    assert align({}, {}, "left") == {} == distribute({}, {}, 1)


@pytest.mark.parametrize("seed", range(20))
def test_any_blocks_come_into_line_and_stay_there(seed: int) -> None:
    random = Random(seed)
    names = [f"b{i}" for i in range(random.randint(2, 9))]
    places: dict[str, Place] = {
        n: (10.0 * random.randint(-50, 50), 10.0 * random.randint(-50, 50)) for n in names
    }
    shapes: dict[str, Box] = {}
    for name in names:
        w, h = float(random.randint(20, 60)), float(random.randint(20, 40))
        shapes[name] = (-w, -h, w + random.choice((0, 60)), h)
    for side in SIDES:
        once = align(places, shapes, side)
        assert align(once, shapes, side) == once
        axis = 0 if side in ("left", "centre", "right") else 1
        part = {"left": 0, "top": 1, "right": 2, "bottom": 3}.get(side)
        line = {at[axis] + (shapes[n][part] if part is not None else 0.0) for n, at in once.items()}
        assert len(line) == 1
        assert all(once[n][1 - axis] == places[n][1 - axis] for n in names)
        if part is None:
            assert line.pop() % 10 == 0  # still on the grid
    for axis in (0, 1):
        spread = distribute(places, shapes, axis)
        order = sorted(names, key=lambda n: (places[n][axis], n))
        ends = [(spread[n][axis] + shapes[n][axis], spread[n][axis] + shapes[n][axis + 2]) for n in order]  # fmt: skip
        gaps = [b[0] - a[1] for a, b in pairwise(ends)]
        assert max(gaps) - min(gaps) <= 2.0  # places are rounded to whole units
        assert spread[order[0]] == places[order[0]] and spread[order[-1]] == places[order[-1]]
