"""The curves in the list of findings: their numbers, their names, and what is flat."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFontMetricsF

from app.theme import BOARD, PAPER, Theme
from app.views.evidence import Curves, end_texts
from runtime.figures.findings import Trace


@pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)
def test_the_number_of_a_flat_curve_stands_once_in_the_middle(qapp: Any, theme: Theme) -> None:
    curves = Curves((Trace("loss on 8 samples", np.full(30, 0.0043)),), theme)
    curves.resize(220, 90)
    area = curves.area()
    wide = QFontMetricsF(curves.small).horizontalAdvance("0.0043")
    assert area.left() >= wide + 5, "the number is not cut"
    picture = curves.grab().toImage()
    ground = picture.pixelColor(1, round(area.bottom()) - 1)

    def written(top: float, bottom: float) -> bool:
        places = ((x, y) for x in range(int(area.left()) - 2) for y in range(int(top), int(bottom)))
        return any(picture.pixelColor(x, y) != ground for x, y in places)

    middle = area.center().y()
    assert written(middle - 6, middle + 6)
    assert not written(area.top(), middle - 9) and not written(middle + 9, area.bottom())
    line = picture.pixelColor(round(area.center().x()), round(middle))
    assert near(line, curves.color(0))


def near(a: QColor, b: QColor) -> bool:
    return all(abs(c - d) < 60 for c, d in zip(a.getRgb(), b.getRgb(), strict=True))


def test_the_names_of_curves_are_whole(qapp: Any) -> None:
    values = np.linspace(1, 0, 9)
    names = ("loss on 8 samples", "log₁₀ ∂C/∂s along the flow", "normalized")
    curves = Curves(tuple(Trace(name, values) for name in names), PAPER)
    for width in (220, 260, 500, 900):
        curves.resize(width, 200)
        curves.grab()  # it is laid out
        places = curves.names()
        metrics = QFontMetricsF(curves.small)
        for name, place in zip(names, places, strict=True):
            assert place.width() >= metrics.horizontalAdvance(name) + 22 and place.right() <= width
        assert not any(a.intersects(b) for a, b in itertools.combinations(places, 2))
        assert curves.area().top() > places[-1].bottom() and curves.area().height() > 50


def test_two_ends_are_told_apart_by_as_few_digits_as_it_takes() -> None:
    assert end_texts(0.1, 9.0) == ("9", "0.1")
    assert end_texts(1.001, 1.002) == ("1.002", "1.001")
    assert end_texts(0.0043, 0.0043) == ("0.0043",)
    assert end_texts(2.0, 2.0 + 1e-9) == ("2",)
