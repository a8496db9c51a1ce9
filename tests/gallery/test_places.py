"""Where the blocks of the gallery stand: no text is cut, nothing lies on anything, and a window shows all of it readable."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from app import gallery
from app.canvas.boxes import Box, overlap
from app.canvas.glyphs import shape_height
from app.canvas.inks import text_width
from app.canvas.items import BlockItem
from app.canvas.paths import evenly
from app.canvas.scene import CanvasScene
from app.gallery.pages.places import LINE, LONGEST, flipped, moved, placed, widened
from app.theme import PAPER
from graph.diagram import Diagram
from graph.files import load
from nodes.sketch import Sketch
from runtime.program import compile

HALF = 5.0  # the height of a shape's digits, above and below their middle
WIDEST = 2_300.0  # canvas units; a line of more is too small to be read in a window


def drawn(name: str) -> CanvasScene:
    """The scene of a page with the shapes at its circles."""
    diagram = load(gallery.path(name))
    scene = CanvasScene(lambda edit: None, PAPER)
    scene.show(diagram)
    scene.show_report(compile(diagram, device="meta").report)
    return scene


def texts(item: BlockItem) -> list[Box]:
    """The boxes of the shapes above a block's circles."""
    found = []
    for pin, text in item.face.shapes.items():
        ring = item.face.form.rings.get(pin)
        if ring is None:
            x, up = 0.0, item.face.form.height / 2
        else:
            x, up = ring.x, ring.radius - ring.y
        half = text_width(text) / 2 - 1
        middle = item.y() - up - shape_height(text)
        found.append((item.x() + x - half, middle - HALF, item.x() + x + half, middle + HALF))
    return found


def body(item: BlockItem) -> Box:
    """The box of a block's shape alone."""
    w, h = item.face.form.width / 2 - 1, item.face.form.height / 2 - 1
    return item.x() - w, item.y() - h, item.x() + w, item.y() + h


@pytest.mark.parametrize("name", gallery.names())
def test_nothing_lies_on_a_shape_or_on_a_block(name: str, qapp: Any) -> None:
    scene = drawn(name)
    written = {k: texts(item) for k, item in scene.blocks.items()}
    bodies = {k: body(item) for k, item in scene.blocks.items()}
    boxes = [(k, box) for k, found in written.items() for box in found]
    assert boxes
    for (one, a), (other, b) in combinations(boxes, 2):
        assert not overlap(a, b), f"the shapes of {one} and {other}"
    for one, a in boxes:
        assert not [k for k, b in bodies.items() if k != one and overlap(a, b)], one
    for one, other in combinations(bodies, 2):
        assert not overlap(bodies[one], bodies[other]), (one, other)
    for line, item in scene.wires.items():
        x, y = evenly(item.way, 400).T
        for one, (left, top, right, bottom) in boxes:
            inside = (x > left) & (x < right) & (y > top) & (y < bottom)
            assert not inside.any(), f"{line} cuts the shape of {one}"


@pytest.mark.parametrize("name", gallery.names())
def test_it_is_no_wider_than_a_window_shows(name: str) -> None:
    xs = [block.position[0] for block in load(gallery.path(name)).blocks.values()]
    wide = {"unet": 2_700.0, "fastmri": 3_000.0}  # down and up again takes its room
    assert max(xs) - min(xs) <= wide.get(name, WIDEST)


# --- the means ----------------------------------------------------------------------------------------------------


def chain(length: int) -> Diagram:
    """x, so many functions, and a regulariser that no wire reaches."""
    s = Sketch()
    z = s.observed("x")
    for _ in range(length):
        z = s.tanh(z)
    s.l2(id="decay")
    return placed(s.diagram())


def lines(diagram: Diagram) -> dict[float, list[float]]:
    """The places along each line, in the order of the flow."""
    found: dict[float, list[float]] = {}
    for name, block in diagram.blocks.items():
        if diagram.wires_of[name]:
            found.setdefault(block.position[1], []).append(block.position[0])
    return found


def test_a_chain_that_fits_stays_on_its_line() -> None:
    assert len(lines(chain(LONGEST - 1))) == 1


def test_a_longer_chain_is_broken_into_lines_of_equal_length() -> None:
    broken = chain(2 * LONGEST)
    found = lines(broken)
    assert [len(xs) for xs in found.values()] == [7, 7, 5]
    assert np.diff(list(found)).tolist() == [LINE, LINE]
    for xs in found.values():
        assert xs == sorted(xs) and xs[0] == min(found[0.0])
    assert broken.blocks["decay"].position[1] > max(found)


def test_a_column_that_enters_one_block_fans_out() -> None:
    s = Sketch()
    x = s.observed("x")
    s.relu(s.concat(*reversed([s.tanh(x) for _ in range(5)])))
    fan = placed(s.diagram())
    at = {name: block.position for name, block in fan.blocks.items()}
    rows = sorted(at[f"tanh{k}"][1] for k in range(1, 6))
    assert np.diff(rows).tolist() == [100.0] * 4
    assert {at[n][1] for n in ("x", "concat1", "relu1")} == {rows[2]}


def test_blocks_are_moved_spread_and_turned_over() -> None:
    s = Sketch()
    x = s.observed("x")
    s.concat(s.tanh(x), s.relu(x))
    first = placed(s.diagram())
    at = {name: block.position for name, block in first.blocks.items()}
    x0, y0 = at["x"]
    assert moved(first, ("x",), 10, 20).blocks["x"].position == (x0 + 10, y0 + 20)
    wide = widened(first, "concat1", 50).blocks
    assert wide["concat1"].position[0] == at["concat1"][0] + 50
    assert wide["tanh1"].position == at["tanh1"]
    over = {name: block.position for name, block in flipped(first).blocks.items()}
    ys = {y for _, y in at.values()}
    assert {name: (x, min(ys) + max(ys) - y) for name, (x, y) in at.items()} == over
