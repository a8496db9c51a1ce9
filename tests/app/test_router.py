"""Wires run around blocks, lanes stay apart, forks share a stem, and all of it depends on places alone."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("PySide6")

from app.canvas.boxes import Box, Places
from app.canvas.detour import Departure, detour
from app.canvas.forms import form
from app.canvas.lanes import APART
from app.canvas.paths import Points, evenly, route
from app.canvas.router import Link, Router
from app.canvas.scene import CanvasScene
from app.theme import PAPER
from graph.diagram import Diagram, Pin, Wire
from graph.files import load
from nodes.block import Glyph
from tests.app.canvas_bench import Bench, block, diagram, wire

FUNCTION = form(Glyph.FUNCTION, 40, ("z",), ("y",))
GALLERY = Path(__file__).parents[2] / "app" / "gallery"


class Board:
    """A router with functions at places, wired by number."""

    def __init__(self, *places: tuple[float, float]) -> None:
        self.router = Router()
        self.at: dict[str, tuple[float, float]] = {}
        for number, place in enumerate(places):
            self.move(f"b{number}", place)

    def move(self, name: str, place: tuple[float, float]) -> None:
        self.at[name] = x, y = place
        self.router.place(name, moved(FUNCTION.box(), x, y), moved(FUNCTION.taken(), x, y))

    def link(self, source: int, target: int) -> Wire:
        a, b = f"b{source}", f"b{target}"
        ring, port = FUNCTION.ring("y"), FUNCTION.port("z")
        made = Wire(Pin(a, "y"), Pin(b, "z"))
        self.router.link(made, Link(a, ring, self.at[a], b, port, self.at[b]))
        return made

    def met(self, way: Points) -> set[str]:
        """The blocks whose boxes a way enters."""
        found = set()
        for name, (x, y) in self.at.items():
            left, top, right, bottom = FUNCTION.box()
            if enters(way, (left + x + 1, top + y + 1, right + x - 1, bottom + y - 1)):
                found.add(name)
        return found


def moved(box: Box, x: float, y: float) -> Box:
    """A box around (0, 0) around another point."""
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y


def enters(way: Points, box: Box) -> bool:
    """Whether a way passes through a box, looked at every two units."""
    length = float(np.hypot(*np.diff(way, axis=0).T).sum())
    x, y = evenly(way, max(2, round(length / 2))).T
    inside = (x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])
    return bool(inside.any())


def pieces(way: Points, axis: int) -> npt.NDArray[np.float64]:
    """Place, low and high of the upright (0) or level (1) pieces of a way that are longer than a bend."""
    a, b = way[:-1], way[1:]
    keep = (np.abs(a[:, axis] - b[:, axis]) < 1e-6) & (np.abs(a - b).max(axis=1) > 10)
    a, b = a[keep], b[keep]
    low, high = np.minimum(a, b)[:, 1 - axis], np.maximum(a, b)[:, 1 - axis]
    return np.column_stack([a[:, axis], low, high])


# --- one wire --------------------------------------------------------------------------------------------------------


def test_a_free_wire_runs_as_if_nothing_else_were_there() -> None:
    board = Board((0, 0), (300, 0), (300, 160))
    level, bent = board.link(0, 1), board.link(0, 2)
    ways = board.router.ways()
    for made, to in ((level, (300, 0)), (bent, (300, 160))):
        alone = route(FUNCTION.ring("y"), (0, 0), FUNCTION.port("z"), to)
        assert np.array_equal(ways[made], alone)


@pytest.mark.parametrize("to", [(600, 0), (600, 20), (560, -30), (-300, 0)])
def test_a_wire_goes_around_what_stands_in_its_way(to: tuple[float, float]) -> None:
    board = Board((0, 0), (200, 0), (390, 0), (-160, 60), to)
    made = board.link(0, 4)
    plain = route(FUNCTION.ring("y"), (0, 0), FUNCTION.port("z"), to)
    way = board.router.ways()[made]
    assert board.met(plain) and not board.met(way)
    assert np.allclose(way[0], plain[0]) and np.allclose(way[-1], plain[-1])


def test_a_wire_that_no_way_leads_to_is_drawn_all_the_same() -> None:
    board = Board((0, 0), (600, 0))
    made = board.link(0, 1)
    for k, (left, top, right, bottom) in enumerate(
        [(400, -200, 500, 200), (700, -200, 800, 200), (400, -250, 800, -150), (400, 150, 800, 250)]
    ):
        board.router.place(f"wall{k}", (left, top, right, bottom))
    plain = route(FUNCTION.ring("y"), (0, 0), FUNCTION.port("z"), (600, 0))
    assert np.array_equal(board.router.ways()[made], plain)


def test_a_detour_is_short_and_has_few_corners() -> None:
    boxes = [(100.0, -50.0, 200.0, 30.0)]
    found = detour([Departure((0.0, 0.0), (1.0, 0.0))], (300.0, 0.0), (1.0, 0.0), boxes)
    assert found is not None and len(found) == 5
    assert max(y for _, y in found) == 44.0 and min(y for _, y in found) == 0.0  # below: nearer


def test_a_wire_that_goes_back_would_rather_run_below() -> None:
    boxes = [(100.0, -30.0, 200.0, 30.0)]
    found = detour([Departure((300.0, 0.0), (1.0, 0.0))], (0.0, 0.0), (1.0, 0.0), boxes)
    assert found is not None and max(y for _, y in found) > 30.0 and min(y for _, y in found) == 0.0
    up = detour(
        [Departure((0.0, -300.0), (0.0, -1.0))],
        (0.0, 0.0),
        (0.0, -1.0),
        [(-30.0, -200.0, 30.0, -100.0)],
    )
    assert up is not None and max(x for x, _ in up) > 30.0 and min(x for x, _ in up) == 0.0


# --- wires together --------------------------------------------------------------------------------------------------


def _row(count: int) -> Board:
    return Board(*((180.0 * k, 0.0) for k in range(count)))


def test_skips_over_the_same_blocks_run_in_lanes_apart() -> None:
    board = _row(8)
    made = [board.link(a, b) for a, b in ((0, 4), (1, 5), (2, 6), (0, 7))]
    ways = board.router.ways()
    assert all(not board.met(ways[line]) for line in made)
    for a, b in combinations(made, 2):
        if a.source == b.source:
            continue
        for axis in (0, 1):
            for place, low, high in pieces(ways[a], axis):
                for other, start, end in pieces(ways[b], axis):
                    if min(high, end) - max(low, start) > 15 and abs(place) > 20:
                        assert abs(place - other) >= APART - 0.01


def test_wires_of_one_circle_share_their_stem() -> None:
    board = Board((0, 0), (190, 100), (200, 200), (196, -100), (220, -200))
    ways = board.router.ways() if (made := [board.link(0, k) for k in range(1, 5)]) else {}
    stems = {float(pieces(ways[line], 0)[0, 0]) for line in made}
    assert len(stems) == 1


def test_wires_of_two_circles_into_one_gap_do_not_lie_on_each_other() -> None:
    board = Board((0, 100), (0, 200), (200, 0), (200, -100))
    one, other = board.link(0, 3), board.link(1, 2)
    ways = board.router.ways()
    (a,), (b,) = pieces(ways[one], 0)[:, 0], pieces(ways[other], 0)[:, 0]
    assert abs(a - b) >= 6


def test_ways_depend_on_places_and_not_on_what_was_before() -> None:
    rng = np.random.default_rng(0)
    places = [(180.0 * (k % 6), 130.0 * (k // 6)) for k in range(24)]
    links = [(int(a), int(b)) for a, b in rng.integers(0, 24, (40, 2)) if a != b]
    links = list({b: (a, b) for a, b in links}.values())
    fresh = Board(*places)
    wanted = [fresh.link(*pair) for pair in links]
    first = fresh.router.ways()
    later = Board(*((x + 40.0, y * 1.5) for x, y in places))
    shown: dict[Wire, Points] = {}
    for pair in reversed(links):
        later.link(*pair)
        shown |= later.router.ways()
    for number in rng.permutation(24):
        later.move(f"b{number}", places[number])
        for pair in links:
            later.link(*pair)
        shown |= later.router.ways()
    assert all(np.array_equal(shown[line], first[line]) for line in wanted)
    assert not later.router.ways()


def test_a_block_put_onto_a_wire_and_taken_away_again_moves_that_wire_only() -> None:
    board = Board((0, 0), (600, 0), (0, 400), (600, 400), (300, 200))
    crossed, _ = board.link(0, 1), board.link(2, 3)
    before = board.router.ways()
    board.move("b4", (300, 10))
    after = board.router.ways()
    assert set(after) == {crossed} and not board.met(after[crossed])
    board.move("b4", (300, 200))
    assert np.array_equal(board.router.ways()[crossed], before[crossed])
    board.router.place("b4", None)
    assert not board.router.ways()


def test_boxes_are_found_by_place() -> None:
    rng = np.random.default_rng(1)
    corners = rng.uniform(-1_000, 1_000, (200, 2))
    boxes = {k: (x, y, x + 90.0, y + 50.0) for k, (x, y) in enumerate(corners.tolist())}
    places: Places[int] = Places()
    for key, box in boxes.items():
        places.put(key, (0.0, 0.0, 5_000.0, 1.0))
        places.put(key, box)
    asked = (-300.0, -200.0, 250.0, 400.0)
    left, top, right, bottom = asked
    wanted = {
        k for k, b in boxes.items() if b[0] < right and b[2] > left and b[1] < bottom and b[3] > top
    }
    assert places.near(asked) == wanted and len(wanted) > 10


# --- on the canvas ---------------------------------------------------------------------------------------------------


def test_a_block_dragged_onto_a_wire_pushes_it_aside_at_once_and_for_good(qapp: Any) -> None:
    bench = Bench(
        diagram(
            (
                block("x", "observed", 0, 0),
                block("relu1", "relu", 500, 0),
                block("y", "observed", 240, 160, field="y"),
            ),
            "x.y -> relu1.z",
        )
    )
    line = bench.scene.wires[wire("x.y -> relu1.z")]
    box = (240 - 20, -20, 240 + 20, 20)
    assert enters(line.way, box)
    bench.press(bench.at(240, 160))
    bench.move(bench.at(240, 80))
    bench.move(bench.at(240, 0))
    assert not enters(line.way, box)
    bench.release(bench.at(240, 0))
    shown = line.way
    bench.scene.show(bench.diagram)
    assert np.array_equal(bench.scene.wires[wire("x.y -> relu1.z")].way, shown)


def _levels(diagram: Diagram) -> list[Diagram]:
    return [diagram, *(part.with_(parts=diagram.parts) for part in diagram.parts.values())]


def test_no_wire_of_the_gallery_crosses_a_block(qapp: Any) -> None:
    """Shapes and circles of other blocks, and the shapes of its own; before there was a router, 9 wires of 1,700 did."""
    crossed, wires = [], 0
    for path in sorted(GALLERY.glob("*.gradboard")):
        for level in _levels(load(path)):
            scene = CanvasScene(lambda edit: None, PAPER)
            scene.show(level)
            wires += len(level.wires)
            crossed += [f"{path.stem}: {found}" for found in _crossed(scene)]
    assert wires > 1_500 and crossed == []


def _crossed(scene: CanvasScene) -> list[str]:
    found = []
    for line, item in scene.wires.items():
        left, top = item.way.min(axis=0)
        right, bottom = item.way.max(axis=0)
        for name, over in scene.blocks.items():
            made, x, y = over.face.form, over.x(), over.y()
            near = abs(x - (left + right) / 2) < (right - left) / 2 + made.width + 120
            if not near or abs(y - (top + bottom) / 2) > (bottom - top) / 2 + made.height + 60:
                continue
            w, h, own = (
                made.width / 2,
                made.height / 2,
                name in (line.source.block, line.target.block),
            )
            inset = 3.0 if own else 1.0
            boxes = [(x - w + inset, y - h + inset, x + w - inset, y + h - inset)]
            if not own:
                for ring in made.rings.values():
                    r = 0.8 * ring.radius
                    boxes.append((x + ring.x - r, y + ring.y - r, x + ring.x + r, y + ring.y + r))
            if any(enters(item.way, box) for box in boxes):
                found.append(f"{line} through {name}")
    return found
