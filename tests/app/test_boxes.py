"""Boxes in cells: those near a place are the same that looking at every box finds, also when a box covers the whole canvas."""

from __future__ import annotations

import random

from app.canvas.boxes import Box, Places, overlap


def _box(chance: random.Random) -> Box:
    x, y = (chance.uniform(-1e7, 1e7) * chance.choice((1, 1e-4)) for _ in range(2))
    wide, high = (chance.choice((0.0, 50.0, 3e3, 2e7)) for _ in range(2))
    return x, y, x + wide, y + high


def test_near_finds_what_looking_at_all_finds() -> None:
    chance = random.Random(0)
    boxes, places = {n: _box(chance) for n in range(200)}, Places[int]()
    for number, box in boxes.items():
        places.put(number, _box(chance))  # it was elsewhere before
        places.put(number, box)
    for number in range(0, 200, 7):
        places.put(number, None)
        del boxes[number]
    for _ in range(300):
        sought = _box(chance)
        assert places.near(sought) == {n for n, box in boxes.items() if overlap(box, sought)}
