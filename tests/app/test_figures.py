"""The views of the engine's figures: what they ask for, and the right colours at known places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from app.theme import BOARD, PAPER, Theme
from app.views.confusion import ConfusionView
from app.views.gradients import ASK as GRADIENTS
from app.views.gradients import LEFT, RIGHT, GradientsView
from app.views.pictures import fit
from runtime.figures.confusion import Confusion
from runtime.snapshot import Histogram, Histograms


def grabbed(view: Any, width: int = 400, height: int = 240) -> QImage:
    view.resize(width, height)
    return view.grab().toImage()  # type: ignore[no-any-return]


def decades(center: float) -> Histogram:
    counts = np.zeros(40, dtype=np.int64)
    counts[int((center + 12) / 16 * 40)] = 9
    return Histogram(counts, -12.0, 4.0, 0.0)


@pytest.mark.parametrize("theme", [PAPER, BOARD])
def test_gradients_stand_at_their_decade_in_the_order_of_the_flow(qapp: Any, theme: Theme) -> None:
    view = GradientsView(theme)
    view.name_rows({"linear1": "w₀", "relu1.y": "z₁"})
    view.show_figures({GRADIENTS: Histograms({"relu1.y": decades(-1.0), "linear1": decades(-5.0)})})
    assert [name for name, _ in view.rows()] == ["w₀", "z₁"]
    picture = grabbed(view)

    def green(row: int, decade: float) -> bool:
        x = int(LEFT + (decade + 8.0 + 0.1) / 9.0 * (400 - LEFT - RIGHT))
        return any(
            picture.pixelColor(x, y) == QColor(theme.gradient)
            for y in range(row * 38, row * 38 + 36)
        )

    assert green(0, -5.0) and green(1, -1.0)
    assert not green(0, -1.0) and not green(1, -5.0)


def test_what_is_not_due_keeps_the_last_and_another_diagram_forgets_it(qapp: Any) -> None:
    view = GradientsView(PAPER)
    assert not view.has_something()
    view.show_figures({GRADIENTS: Histograms({"a": decades(-2.0)})})
    view.show_figures({})
    assert view.has_something()
    view.forget()
    assert not view.has_something() and view.nothing


@pytest.mark.parametrize(
    ("count", "width", "height", "columns"), [(4, 100, 100, 2), (3, 300, 50, 3), (3, 50, 300, 1)]
)
def test_pictures_fill_the_room(count: int, width: float, height: float, columns: int) -> None:
    assert fit(count, width, height, 1.0)[1] == columns


def test_confusion_is_green_on_the_diagonal_and_red_beside_it(qapp: Any) -> None:
    view = ConfusionView(PAPER)
    counts = np.array([[9, 0], [5, 5]])
    view.show_figures({view.asks()[0]: Confusion(counts, {(1, 0): (7, 8)}, ("cat", "dog"))})
    picture = grabbed(view)

    def color(true: int, answered: int) -> QColor:
        corner = view.cell(true, answered).topLeft()
        return picture.pixelColor(int(corner.x()) + 4, int(corner.y()) + 4)

    assert color(0, 0).green() > color(0, 0).red() + 40
    assert color(1, 0).red() > color(1, 0).green() + 40
    assert color(0, 1).lightness() > 230
    middle = view.cell(1, 0).center()
    assert view.told(middle.x(), middle.y()) == "5 of class dog answered cat (samples 7, 8)"
    assert view.told(1.0, 1.0) == ""
