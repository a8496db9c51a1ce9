"""Points painted with the mouse: real events on the boundary, one edit a stroke, data that train."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.painting import MOST, new_stroke, with_point
from app.theme import PAPER
from app.views.boundary import BoundaryView
from graph.diagram import Diagram, Frozen
from runtime.data import load
from runtime.figures.answers import Answers, Grid, Points

SHOWN = Points(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0, 1]), ("a", "b"))


@pytest.fixture
def view(qapp: Any) -> Iterator[BoundaryView]:
    made = BoundaryView(PAPER)
    made.resize(420, 300)
    grid = Grid(np.zeros((4, 4), dtype=np.uint8), None, 2, (0.0, 1.0, 0.0, 1.0))
    made.show_figures({made.asks()[0]: Answers("input", grid, SHOWN, ("input 1", "input 2"))})
    made.show()
    yield made
    made.close()


def click(view: BoundaryView, place: Any) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place.toPoint())


def test_a_class_of_the_legend_is_the_brush_and_the_plane_takes_its_points(
    view: BoundaryView,
) -> None:
    painted: list[tuple[float, float, int, bool]] = []
    view.painted.connect(lambda *values: painted.append(values))
    middle = view.area().center()
    click(view, middle)
    assert painted == [] and view.brush.number is None
    click(view, view.legend_row(1).center())
    assert view.brush.number == 1
    click(view, middle)
    ((x, y, number, begins),) = painted
    assert (number, begins) == (1, True)
    assert (x, y) == pytest.approx((0.5, 0.5), abs=0.01)
    corner = view.area().bottomLeft().toPoint() + QPoint(2, -2)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=corner)
    assert painted[-1][0] < 0.02 and painted[-1][1] < 0.02
    QTest.keyClick(view, Qt.Key.Key_Escape)
    click(view, middle)
    assert view.brush.number is None and len(painted) == 2


def test_there_is_no_brush_in_another_space(view: BoundaryView) -> None:
    painted: list[Any] = []
    view.painted.connect(lambda *values: painted.append(values))
    click(view, view.legend_row(1).center())
    assert view.brush.number == 1
    grid = Grid(np.zeros((4, 4), dtype=np.uint8), None, 2, (0.0, 1.0, 0.0, 1.0))
    hidden = Answers("hidden relu1.y 1 2", grid, SHOWN, ("unit 1", "unit 2"))
    view.show_figures({view.asks()[0]: hidden})
    assert view.brush.number is None and view.points is None
    click(view, view.legend_row(1).center())
    click(view, view.area().center())
    assert view.brush.number is None and painted == []


def test_a_drag_paints_several_points_of_one_stroke(view: BoundaryView) -> None:
    painted: list[bool] = []
    view.painted.connect(lambda _x, _y, _n, begins: painted.append(begins))
    view.brush.take(0)
    start = view.area().center().toPoint()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(view, start + QPoint(15 * step, 0))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(75, 0))
    assert painted[0] is True and len(painted) >= 4 and not any(painted[1:])


def test_the_first_point_takes_over_what_is_shown() -> None:
    diagram = Diagram(recipe=Frozen(data={"kind": "spiral"}, seed=3))
    stroke = new_stroke()
    first = with_point(diagram.recipe, SHOWN, (0.5, -0.5, 1), stroke)
    assert first is not None
    after = first.apply(diagram)
    second = with_point(after.recipe, SHOWN, (0.6, -0.5, 0), stroke)
    assert second is not None and second.merges_with(first)
    data = load(second.apply(after).recipe["data"])
    assert data.fields["x"].tolist() == [[0, 0], [1, 1], [0.5, -0.5], [0.6, -0.5]]
    assert data.fields["y"].tolist() == [0, 1, 1, 0] and after.recipe["seed"] == 3
    other = with_point(after.recipe, SHOWN, (0.6, -0.5, 0), new_stroke())
    assert other is not None and not other.merges_with(first)


def test_signs_stay_signs() -> None:
    edit = with_point(
        Frozen(data={"kind": "gaussians", "labels": "signs"}), SHOWN, (0.0, 0.0, 1), "s"
    )
    assert edit is not None and edit.value["y"] == [-1.0, 1.0, 1.0]


def test_there_is_an_end_to_painting() -> None:
    full = {"kind": "arrays", "x": [[0.0, 0.0]] * MOST, "y": [0] * MOST}
    assert with_point(Frozen(data=full), None, (0.0, 0.0, 1), "s") is None
