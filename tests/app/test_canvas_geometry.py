"""The forms of the notation and the ways of wires, as numbers."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("PySide6")

from app.canvas import paths
from app.canvas.faces import energy, scientific, short
from app.canvas.fitting import downstream, upstream
from app.canvas.forms import BETWEEN, RADIUS, form
from app.canvas.geometry import Form, Port, Ring
from app.canvas.outlines import short_arrow
from app.canvas.placing import free_place, new_block
from app.canvas.strength import BROKEN, NONE, SHADES, level
from graph.diagram import Diagram
from graph.problem import DiagramError
from nodes.block import Glyph
from tests.app.canvas_bench import block, diagram, spiral

FUNCTION = form(Glyph.FUNCTION, 40, ("z",), ("y",), ("weight", "bias"), offered=("weight", "bias"))


def test_a_function_is_84_by_56_with_its_circle_24_after_the_round_end() -> None:
    assert (FUNCTION.width, FUNCTION.height) == (84, 56)
    assert FUNCTION.ports == {"z": Port(-42, 0, 1, 0)}
    assert FUNCTION.rings == {"y": Ring(42 + 24 + 18, 0, 18, 1, 0)}


def test_it_grows_with_its_label_and_with_its_inputs() -> None:
    assert form(Glyph.FUNCTION, 120, ("z",)).width > 120 + 28
    many = form(Glyph.FUNCTION, 40, tuple(f"z{k}" for k in range(1, 9)))
    ys = [port.y for port in many.ports.values()]
    assert many.height > 56 and np.allclose(np.diff(ys), ys[1] - ys[0]) and ys[0] == -ys[-1]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_several_circles_have_room_and_arrows_from_the_round_end(count: int) -> None:
    made = form(Glyph.PART, 40, ("z",), tuple(f"y{k}" for k in range(count)))
    ys = [ring.y for ring in made.rings.values()]
    assert np.allclose(np.diff(ys), BETWEEN) and ys[0] == -ys[-1]
    assert BETWEEN > 2 * RADIUS + 36  # a shape above and a number below
    for ring in made.rings.values():
        (x, y), (end, level) = short_arrow(made, ring)
        assert y == level == ring.y and x < end
        assert made.holds(x - 2, y) and not made.holds(x + 2, y)


def test_names_of_pins_have_room_beside_the_label() -> None:
    plain = form(Glyph.PART, 60, ("a", "b"), ("y",))
    named = form(Glyph.PART, 60, ("a", "b"), ("y",), insets=(40.0, 12.0))
    assert named.width >= plain.width + 50
    left = named.text_at[0] - 30 + named.width / 2  # from the flat end to the label
    right = named.edge(0) - named.text_at[0] - 30
    assert left >= 40 and right >= 12


def test_an_outlet_is_a_circle_that_a_wire_enters() -> None:
    made = form(Glyph.OBSERVED, 10, ("z",))
    assert made.ports == {"z": Port(-24, 0, 1, 0)} and not made.rings
    assert made.holds(10, 10) and not made.holds(20, 20)


def test_flanks_are_at_the_long_side_and_hidden_until_wired() -> None:
    assert set(FUNCTION.offered) == {"weight", "bias"}
    wired = form(
        Glyph.FUNCTION, 40, ("z",), ("y",), ("weight", "bias"), {"weight": "top"}, ("bias",)
    )
    assert wired.ports["weight"].y == -28 and wired.ports["weight"].dy == 1
    assert wired.offered["bias"].y == 28


def test_a_cost_has_its_prediction_left_and_its_target_right() -> None:
    made = form(Glyph.COST, 40, ("prediction", "target"))
    assert made.ports["prediction"] == Port(-42, 0, 1, 0)
    assert made.ports["target"] == Port(42, 0, -1, 0)
    both = form(Glyph.COST, 40, ("prediction", "target"), sides={"target": "left"})
    assert both.ports["target"].x == -42 and both.ports["target"].y == -both.ports["prediction"].y


def test_a_delay_has_its_round_end_backwards() -> None:
    made = form(Glyph.DELAY, 30, ("z",), ("y",))
    assert made.ports["z"].x > 0 > made.rings["y"].x


@pytest.mark.parametrize(("x", "y", "inside"), [(0, 0, True), (-41, 27, True), (41, 27, False)])
def test_the_round_end_has_no_corners(x: float, y: float, inside: bool) -> None:
    assert FUNCTION.holds(x, y) is inside


def test_a_level_wire_is_straight() -> None:
    way = paths.route(FUNCTION.ring("y"), (0, 0), FUNCTION.port("z"), (200, 0))
    assert way.tolist() == [[102, 0], [158, 0]]


def _ends(
    source: Form, at: tuple[float, float], target: Form, pin: str, to: tuple[float, float]
) -> None:
    """A way begins at the rim of the circle and arrives at the tip in the port's direction."""
    ring, port = source.ring("y"), target.port(pin)
    way = paths.route(ring, at, port, to)
    away = math.dist(way[0], (at[0] + ring.x, at[1] + ring.y))
    assert away == pytest.approx(ring.radius)
    assert way[-1].tolist() == pytest.approx([to[0] + port.x, to[1] + port.y])
    dx, dy = way[-1] - way[-2]
    assert (dx * port.dx + dy * port.dy) / math.hypot(dx, dy) > 0.95


@pytest.mark.parametrize("pin", ["z", "weight"])
@pytest.mark.parametrize("glyph", [Glyph.FUNCTION, Glyph.DELAY, Glyph.LATENT])
@pytest.mark.parametrize(
    "to", [(300, 0), (300, 140), (300, -140), (0, 200), (-300, 30), (-300, -250), (140, 8)]
)
def test_every_way_begins_at_the_rim_and_arrives_straight(
    glyph: Glyph, pin: str, to: tuple[float, float]
) -> None:
    _ends(form(glyph, 30, ("z",), ("y",)), (0, 0), FUNCTION, pin, to)


def test_the_target_of_a_cost_is_reached_from_the_right() -> None:
    cost = form(Glyph.COST, 40, ("prediction", "target"))
    _ends(form(Glyph.OBSERVED, 10, (), ("y",)), (300, 60), cost, "target", (0, 0))
    _ends(FUNCTION, (-300, 60), cost, "target", (0, 0))


def _length(way: paths.Points) -> float:
    return float(sum(math.dist(a, b) for a, b in pairwise(way)))


def test_points_along_a_way_are_even_and_its_head_points_along_it() -> None:
    way = paths.route(FUNCTION.ring("y"), (0, 0), FUNCTION.port("z"), (300, 120))
    steps = np.hypot(*np.diff(paths.evenly(way, 50), axis=0).T)
    assert steps.max() / steps.min() < 1.02
    assert steps.sum() == pytest.approx(_length(way), rel=1e-3)
    tip, left, right = paths.head(way)
    assert tip == tuple(way[-1]) and left[0] < tip[0] > right[0]
    assert _length(paths.shaft(way)) == pytest.approx(_length(way) - paths.HEAD + 3)


def test_distance_to_a_way_is_that_to_its_nearest_segment() -> None:
    way = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)])
    assert paths.distance(way, 5, 3) == pytest.approx(3)
    assert paths.distance(way, 13, 14) == pytest.approx(5)


def test_levels_follow_the_logarithm_of_the_norm() -> None:
    assert (level(1e-9), level(1.0), level(1e3)) == (0, SHADES - 1, SHADES - 1)
    assert level(1e-3) == pytest.approx((SHADES - 1) / 2, abs=0.6)
    assert (level(0.0), level(math.nan), level(math.inf)) == (NONE, BROKEN, BROKEN)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (short(1e-5), "1e-5"),
        (short(0.01), "0.01"),
        (short(12.0), "12"),
        (scientific(2.13e-3), "2.1e-3"),
        (scientific(19.0), "1.9e1"),
        (energy(0.17041), "0.1704"),
        (energy(1.23e-5), "1.2e-5"),
        (energy(0.0), "0.0000"),
        (energy(1234.56), "1234.6"),
    ],
)
def test_numbers_are_written_as_people_write_them(text: str, wanted: str) -> None:
    assert text == wanted


def test_upstream_and_downstream_stop_at_a_delay() -> None:
    d = spiral()
    assert upstream(d, "linear2") == {"linear2", "relu1", "linear1", "x"}
    assert downstream(d, "relu1") == {"relu1", "linear2", "cross_entropy1"}
    loop = diagram(
        (block("s", "sum", 0, 0), block("d", "delay", 0, 90), block("x", "observed", -90, 0)),
        "x.y -> s.z1",
        "s.y -> d.z",
        "d.y -> s.z2",
    )
    assert upstream(loop, "s") == {"s", "x", "d"}
    assert downstream(loop, "s") == {"s"}
    assert upstream(loop, "d") == {"d"}


def test_a_new_block_finds_a_free_place_and_an_unknown_kind_none() -> None:
    d = diagram((block("relu1", "relu", 0, 0), block("relu2", "relu", 10, 100)))
    assert free_place(d, (0, 0)) == (0, 200)
    assert free_place(d, (500, 0)) == (500, 0)
    assert new_block(d, "relu", (3, 7)).id == "relu3"
    with pytest.raises(DiagramError, match="no kind of block"):
        new_block(Diagram(), "nonsense", (0, 0))
