"""Made-up scans: which lines are measured, and that zeros for the others give x."""

from __future__ import annotations

import numpy as np
import pytest

from runtime.data import load


def test_all_lines_give_the_slice_itself() -> None:
    data = load({"kind": "scans", "points": 6, "size": 24, "speed": 1})
    np.testing.assert_allclose(data.fields["x"], data.fields["y"], atol=1e-12)
    assert data.fields["y"].min() >= 0.0 and data.fields["y"].max() <= 1.0
    assert data.fields["y"].std(axis=(1, 2, 3)).min() > 0.05


@pytest.mark.parametrize(("speed", "count"), [(2, 16), (4, 8), (8, 4)])
def test_a_part_of_the_lines_is_measured_the_lowest_always(speed: int, count: int) -> None:
    from runtime.data.scans import Scans

    random = np.random.default_rng(0)
    found = np.stack([Scans(size=32, speed=speed, band=0.08)._lines(random) for _ in range(50)])
    assert (found.sum(axis=1) == count).all()
    low = np.abs(np.fft.fftfreq(32) * 32) <= 1
    assert found[:, low].all() and not found[:, ~low].all(axis=0).any()


def test_x_holds_nothing_but_the_measured_lines() -> None:
    data = load({"kind": "scans", "points": 40, "size": 32, "speed": 8})
    x, y = data.fields["x"][:, 0], data.fields["y"][:, 0]
    assert np.abs(x - y).mean() > 0.02
    # the lowest line is measured and x is a magnitude: the sum over each row can only have grown
    assert (x.sum(axis=2) >= np.abs(y.sum(axis=2)) - 1e-9).all()
    again = load({"kind": "scans", "points": 40, "size": 32, "speed": 8})
    np.testing.assert_array_equal(again.fields["x"], data.fields["x"])
