"""Histograms over time: what is kept, and the right shades at known places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from app.theme import BOARD, PAPER, Theme
from app.views.columns import CELLS, MOST, Columns
from app.views.histograms import ASK, RATIO, HistogramsView
from runtime.figures.columns import QUANTILES, Column, Spread
from runtime.snapshot import Histogram


def spread(values: np.ndarray) -> Spread:
    counts, edges = np.histogram(values, 40)
    histogram = Histogram(counts, float(edges[0]), float(edges[-1]), 0.0)
    return Spread(histogram, np.quantile(values, QUANTILES).astype(np.float32))


def column(step: int, middle: float = 0.0, ratio: float = 1e-3) -> Column:
    values = np.random.default_rng(step).normal(middle, 0.1, 4000)
    decades = spread(np.log10(np.abs(values)))
    spreads = {
        "weights": {"linear1": spread(values), "linear2": spread(values + 3)},
        "activations": {"relu1.y": spread(values)},
        "gradients": {"linear1": decades, "relu1.y": decades},
        "updates": {"linear1": decades},
    }
    return Column(step, spreads, {"linear1": ratio})


def test_a_long_run_is_thinned_and_covers_all_of_it() -> None:
    kept = Columns()
    for step in range(3000):
        kept.add(column(0) if step < 0 else Column(step))
        assert len(kept) <= MOST
    steps = kept.steps
    assert steps[0] == 0 and steps[-1] > 2900 and len(kept) >= MOST // 2
    assert np.ptp(np.diff(steps)[1:]) <= 2 * np.diff(steps).min()


def test_a_step_is_taken_once_and_an_earlier_one_begins_anew() -> None:
    kept = Columns()
    assert kept.add(column(5)) and not kept.add(column(5)) and kept.add(column(9))
    assert kept.add(column(0)) and kept.steps.tolist() == [0]


def test_a_branch_forgets_what_came_after_its_step() -> None:
    kept = Columns()
    for step in (0, 5, 9, 12):
        kept.add(column(step))
    kept.cut(9)
    assert kept.steps.tolist() == [0, 5, 9] and kept.add(column(10))
    assert kept.steps.tolist() == [0, 5, 9, 10]


def test_a_closed_and_opened_view_keeps_what_it_has_as_its_help_says(qapp: Any) -> None:
    view = HistogramsView(PAPER)
    view.show()
    view.take({ASK: column(1)})
    view.close()
    view.show()
    view.take({ASK: column(5)})
    assert view.timeline.steps.tolist() == [1, 5] and "kept until the run begins" in view.help
    view.drop()
    assert not len(view.timeline)
    view.close()


def test_shades_are_the_counts_that_numpy_finds() -> None:
    kept = Columns()
    values = np.random.default_rng(1).uniform(-1, 1, 4000)
    kept.add(Column(1, {"weights": {"w": spread(values)}}))
    cells = kept.cells("weights", "w", -2.0, 2.0)
    expected, _ = np.histogram(values, CELLS, (-2.0, 2.0))
    np.testing.assert_allclose(cells[::-1, 0], expected / expected.max(), atol=0.15)
    assert cells[0, 0] == cells[-1, 0] == 0.0
    kept.add(Column(2, {"weights": {"w": spread(np.full(10, 0.5))}}))
    (where,) = np.flatnonzero(kept.cells("weights", "w", -2.0, 2.0)[:, 1] > 0.5)
    assert 2.0 - 4.0 * (where + 1) / CELLS <= 0.55 and 2.0 - 4.0 * where / CELLS >= 0.45
    low, high = kept.bounds("weights", "w")
    assert low < -0.9 and high > 0.9


def filled(theme: Theme) -> HistogramsView:
    view = HistogramsView(theme)
    view.name_rows({"linear1": "w₀", "relu1.y": "z₁", "linear2": "w₁"})
    view.resize(420, 300)
    for n in range(40):
        view.show_figures({ASK: column(10 * n, middle=n / 40)})
    return view


@pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)
def test_the_shade_lies_where_the_values_are_and_moves_with_them(qapp: Any, theme: Theme) -> None:
    view = filled(theme)
    assert [row.name for row in view.rows()] == ["w₀", "w₁"]
    picture, strip = view.grab().toImage(), view.strip(0, 2)
    low, high = view.timeline.bounds("weights", "linear1")

    def away(share: float, value: float) -> int:
        x = int(strip.left() + share * strip.width())
        y = int(strip.bottom() - (value - low) / (high - low) * strip.height())
        color, ground = picture.pixelColor(x, y), QColor(theme.field)
        pairs = zip(color.getRgb()[:3], ground.getRgb()[:3], strict=True)
        return sum(abs(a - b) for a, b in pairs)

    assert away(0.06, 0.03) > 100 and away(0.94, 0.95) > 100
    assert away(0.06, 0.95) < 30 and away(0.94, 0.0) < 30


def test_kinds_are_chosen_by_mouse_and_keys_and_kept(qapp: Any) -> None:
    view = filled(PAPER)
    QTest.mouseClick(
        view, Qt.MouseButton.LeftButton, pos=view.tab(2).center().toPoint() + QPoint(0, 1)
    )
    assert view.choice == "gradients" and [r.key for r in view.rows()] == ["linear1", "relu1.y"]
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.choice == RATIO and [row.key for row in view.rows()] == ["linear1"]
    view.choose("nonsense")
    assert view.choice == RATIO


def test_the_ratio_lies_on_its_guide_when_it_is_a_thousandth(qapp: Any) -> None:
    view = filled(PAPER)
    view.choose(RATIO)
    picture, strip = view.grab().toImage(), view.strip(0, 1)
    x, y = int(strip.center().x()), round(strip.center().y())
    found = [picture.pixelColor(x, y + dy) for dy in (-1, 0, 1)]
    assert any(c.red() > c.blue() + 60 for c in found), "the curve is halfway between 1e-6 and 1"
    assert "0.001" in view.told(strip.center().x(), strip.center().y())


def test_a_selected_block_shows_every_kind_and_keeps_what_was_seen(qapp: Any) -> None:
    view = filled(PAPER)
    view.select("linear1")
    assert [row.kind for row in view.rows()] == ["weights", "gradients", "updates", RATIO]
    assert len(view.timeline) == 40
    view.select("relu1")
    assert [row.kind for row in view.rows()] == ["activations", "gradients"]
    told = view.told(*view.strip(0, 2).center().toTuple())
    assert "median" in told and "step" in told
    view.forget()
    assert not view.has_something()
