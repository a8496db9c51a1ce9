"""Bands under the wires: where both directions are shown and nothing moves they run side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor

from app.canvas.flows import beside
from app.theme import BOARD, PAPER, Theme
from runtime.snapshot import Flow, Snapshot
from tests.app.canvas_bench import Bench, block, closing, diagram

__all__ = ["closing"]


def shown(theme: Theme, motion: bool = False, values: bool = True, gradients: bool = True) -> Bench:
    """Two blocks, the wire between them at y = 0 with the strongest flow both ways, and one with a bend to a third."""
    of = diagram(
        (block("a", "linear", 0, 0), block("b", "relu", 400, 0), block("c", "relu", 400, 200)),
        "a.y -> b.z",
        "a.y -> c.z",
    )
    bench = Bench(of, theme)
    bench.view.centerOn(200, 60)
    pulses = bench.scene.pulses
    pulses.motion = motion
    pulses.flows.show_values, pulses.flows.show_gradients = values, gradients
    bench.scene.show_frame(
        Snapshot(1, 1, 0.0, 0.5, flows={w: Flow(10.0, 10.0) for w in of.wires}, playing=False)
    )
    return bench


def green(color: QColor) -> int:
    """How much more green than red there is."""
    return color.green() - color.red()


THEMES = pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)


@THEMES
def test_without_motion_values_run_above_and_gradients_below(qapp: Any, theme: Theme) -> None:
    bench = shown(theme)
    ground, above, below = (bench.color(330, y) for y in (30, -5, 5))
    assert green(below) > 25 and green(above) < 12
    assert above != ground != below, "both bands are there"
    assert bench.color(330, -17) == bench.color(330, 17) == ground


@THEMES
def test_one_direction_alone_keeps_the_middle(qapp: Any, theme: Theme) -> None:
    bench = shown(theme, values=False)
    above, below = bench.color(330, -4), bench.color(330, 4)
    assert green(above) > 25 and above == below


def test_a_way_is_moved_to_its_left_also_around_corners() -> None:
    right = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]])
    assert beside(right, 3.0).tolist() == [[0, -3], [10, -3], [20, -3]]  # y points down
    assert beside(right[::-1], 3.0).tolist() == [[20, 3], [10, 3], [0, 3]]
    angles = np.linspace(0, np.pi / 2, 50)
    arc = 40 * np.stack([np.cos(angles), np.sin(angles)], axis=1)  # leads clockwise on the screen
    radii = np.hypot(*beside(np.stack([arc, arc]), 5.0)[1].T)
    assert np.allclose(radii, 45.0, atol=0.05)
    assert beside(arc, 0.0) is arc
    assert np.isfinite(beside(np.zeros((3, 2)), 2.0)).all()
