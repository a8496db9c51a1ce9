"""The answers on the screen: right colours at known places, links clicked with the mouse, nothing asked when closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import docks
from app.heading import Heading
from app.theme import BOARD, PAPER, Theme
from app.views.areas import class_colors, surface_colors
from app.views.boundary import BoundaryView
from app.views.fit import area_of, scales_of
from app.views.legend import class_name
from graph.diagram import Diagram
from runtime.figures.answers import Answers, Fit, Grid, Points, Spaces
from tests.app.driving import opened

CORNERS = Points(np.array([[-1.0, -1.0], [1.0, 1.0]]), np.array([0, 1]))
BOUNDS = (-2.0, 2.0, -2.0, 2.0)
SPACES = Spaces(2, (("linear1.y", 5), ("relu1.y", 5), ("linear2.y", 2)), "relu1.y")
MANY = Spaces(9, (("linear1.y", 5),), "linear1.y")


@pytest.fixture
def boundary(qapp: Any) -> Iterator[BoundaryView]:
    view = BoundaryView(PAPER)
    view.resize(420, 280)
    yield view
    view.close()


def show(view: BoundaryView, grid: Grid, points: Points = CORNERS, **other: Any) -> Answers:
    """Lets the view have an answer to what it asks for."""
    given = {"space": "input", "spaces": SPACES, "axes": ("input 1", "input 2"), **other}
    made = Answers(grid=grid, points=points, **given)
    view.show_figures({view.asks()[0]: made})
    return made


def _classes(sure: int = 255) -> Grid:
    answer = np.zeros((40, 40), np.uint8)
    answer[:20, :] = 1  # the lower half, for row 0 is the lowest y
    return Grid(answer, np.full((40, 40), sure, np.uint8), 2, BOUNDS)


def _at(view: BoundaryView, x: float, y: float) -> str:
    area = view.area()
    x0, x1, y0, y1 = BOUNDS
    where = QPointF(
        area.left() + (x - x0) / (x1 - x0) * area.width(),
        area.bottom() - (y - y0) / (y1 - y0) * area.height(),
    )
    return view.grab().toImage().pixelColor(where.toPoint()).name()


@pytest.mark.parametrize("theme", [PAPER, BOARD])
def test_row_0_is_the_lowest(boundary: BoundaryView, theme: Any) -> None:
    boundary.set_theme(theme)
    show(boundary, _classes())
    assert _at(boundary, 0, -1.5) == theme.areas[1]
    assert _at(boundary, 0, 1.5) == theme.areas[0]


def test_points_stand_where_they_are(boundary: BoundaryView) -> None:
    show(boundary, _classes())
    assert _at(boundary, -1, -1) == PAPER.classes[0]
    assert _at(boundary, 1, 1) == PAPER.classes[1]
    show(boundary, _classes(), Points(CORNERS.x * [1, -1], CORNERS.y))
    assert _at(boundary, -1, 1) == PAPER.classes[0], "points that move are drawn anew"


def test_the_area_has_the_aspect_of_the_data(boundary: BoundaryView) -> None:
    wide = Grid(np.zeros((10, 20), np.uint8), None, 2, (-2.0, 2.0, -1.0, 1.0))
    show(boundary, wide)
    assert boundary.area().width() == pytest.approx(2 * boundary.area().height())
    assert boundary.area().right() <= boundary.width()
    show(boundary, wide, square=False)
    assert boundary.area().width() == pytest.approx(boundary.area().height())


def test_doubt_is_paler() -> None:
    strong = class_colors(_classes(255), PAPER)
    doubtful = class_colors(_classes(150), PAPER)
    assert QColor.fromRgb(int(strong[0, 0])).name() == PAPER.areas[0]
    assert QColor(int(doubtful[0, 0])).lightness() > QColor(int(strong[0, 0])).lightness()
    assert (class_colors(_classes(150), PAPER, shaded=False) == strong).all()


def test_the_shading_can_be_switched_off_and_is_kept(boundary: BoundaryView) -> None:
    show(boundary, _classes(150))
    boundary.show()
    assert _at(boundary, 0, 1.5) != PAPER.areas[0]
    QTest.mouseClick(
        boundary.shading, Qt.MouseButton.LeftButton, pos=boundary.shading.rect().center() / 4
    )
    assert _at(boundary, 0, 1.5) == PAPER.areas[0] and boundary.choice == "plain"
    other = BoundaryView(PAPER)
    other.choose("hidden relu1.y 1 2 plain")
    assert not other.shading.isChecked() and other.asks()[0].choice == "hidden relu1.y 1 2"
    surface = Grid(np.zeros((4, 4), np.float32), None, 0, BOUNDS)
    show(boundary, surface)
    assert boundary.shading.isHidden(), "a surface has no confidence"


def test_more_classes_than_colours_repeat_them() -> None:
    grid = Grid(np.arange(30, dtype=np.uint8)[None], None, 30, BOUNDS)
    colors = class_colors(grid, PAPER)
    assert colors[0, 0] == colors[0, len(PAPER.areas)]


def test_a_surface_is_symmetric_about_zero_and_survives_nan() -> None:
    answer = np.array([[-2.0, 0.0, 1.0, np.nan]], np.float32)
    colors = [
        QColor.fromRgb(int(c)) for c in surface_colors(Grid(answer, None, 0, BOUNDS), PAPER)[0]
    ]
    assert colors[1].name() == PAPER.field == colors[3].name()
    low, high = QColor(PAPER.classes[1]), QColor(PAPER.classes[0])
    assert abs(colors[0].red() - low.red()) < 40 and colors[0].red() > colors[0].blue()
    assert colors[2].blue() > colors[2].red() and colors[2].blue() >= high.blue()


def test_a_surface_is_painted_with_its_scale(boundary: BoundaryView) -> None:
    rows = np.linspace(-1, 1, 30, dtype=np.float32)[:, None].repeat(30, axis=1)
    show(boundary, Grid(rows, None, 0, BOUNDS), Points(CORNERS.x, np.array([-1.0, 1.0])))
    top, bottom = QColor(_at(boundary, 1.6, 1.9)), QColor(_at(boundary, 1.6, -1.9))
    assert top.blue() > top.red() and bottom.red() > bottom.blue()
    assert boundary.heading() == "Answers"


def test_without_answers_one_sentence_says_so_and_the_room_is_given_back(
    boundary: BoundaryView,
) -> None:
    assert not boundary.has_something() and boundary.minimumHeight() < 100
    show(boundary, _classes())
    assert boundary.has_something() and boundary.minimumHeight() > 200
    boundary.show_figures({boundary.asks()[0]: None})
    assert not boundary.has_something() and boundary.links.isHidden()
    boundary.grab()


def test_what_was_asked_for_another_space_is_not_shown(boundary: BoundaryView) -> None:
    before = boundary.asks()[0]
    boundary.choose("hidden relu1.y 1 2")
    boundary.show_figures({before: None})
    made = show(boundary, _classes())
    boundary.show_figures({before: None, replace(before, view="confusion"): 1})
    assert boundary.found is made
    boundary.playing = True
    assert boundary.asks()[0].size < before.size
    boundary.show_figures({replace(boundary.asks()[0], size=before.size): None})
    assert boundary.found is None, "the last fine picture of a run that goes on is as good"


def test_the_legend_calls_classes_by_their_names(boundary: BoundaryView) -> None:
    show(boundary, _classes())
    before = boundary.grab().toImage()
    show(boundary, _classes(), Points(CORNERS.x, CORNERS.y, ("setosa", "versicolor")))
    assert [class_name(k, ("setosa", "versicolor")) for k in (0, 1, 2)] == [
        "setosa",
        "versicolor",
        "class 2",
    ]
    assert class_name(1, ()) == "class 1"
    assert boundary.grab().toImage() != before


# --- other spaces --------------------------------------------------------------------------------------------------


def click(widget: Any) -> None:
    assert widget.isVisible() and widget.width() > 10
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_a_link_opens_the_hidden_space_and_fields_choose_its_units(boundary: BoundaryView) -> None:
    asked: list[str] = []
    boundary.asked.connect(lambda: asked.append(boundary.asks()[0].choice))
    boundary.name_rows({"relu1.y": "z₁", "linear1.y": "s₁"})
    show(boundary, _classes())
    boundary.show()
    links = boundary.links
    assert [b.text() for b in links.links.values() if b.isVisible()] == [
        "input space", "hidden space z₁",
    ]  # fmt: skip
    click(links.links["hidden"])
    assert asked == ["hidden relu1.y 1 2"] and boundary.choice == asked[0]
    show(boundary, _classes(), space=asked[0], axes=("unit 1", "unit 2"))
    assert links.variable.isVisible() and links.first.isVisible()
    QTest.keyClick(links.second, Qt.Key.Key_Up)
    assert asked[-1] == "hidden relu1.y 1 3"
    show(boundary, _classes(), space=asked[-1], axes=("unit 1", "unit 3"))
    QTest.keyClick(links.first, Qt.Key.Key_Up)
    QTest.keyClick(links.first, Qt.Key.Key_Up)
    one, other = asked[-1].split()[-2:]
    assert one == "3" and other != "3", "the two axes are never the same unit"
    links.variable.menu().aboutToShow.emit()
    rows = links.variable.menu().actions()
    assert [row.text() for row in rows] == ["s₁ — 5 units", "z₁ — 5 units", "linear2 — 2 units"]
    rows[0].trigger()
    assert asked[-1] == "hidden linear1.y 1 2"
    click(links.links["input"])
    assert asked[-1] == "input"


def test_the_selected_block_is_what_the_link_opens(boundary: BoundaryView) -> None:
    show(boundary, _classes())
    boundary.select("linear1")
    assert boundary.links.links["hidden"].text() == "hidden space linear1"
    boundary.select("nowhere")
    assert boundary.links.links["hidden"].text() == "hidden space relu1"


def test_more_inputs_have_a_main_plane_and_planes_of_two(boundary: BoundaryView) -> None:
    asked: list[str] = []
    boundary.asked.connect(lambda: asked.append(boundary.asks()[0].choice))
    show(boundary, _classes(), space="components", spaces=MANY, axes=("c 1", "c 2"))
    boundary.show()
    click(boundary.links.links["plane"])
    assert asked == ["plane 1 2"]
    show(boundary, _classes(), space="plane 1 2", spaces=MANY, square=False)
    assert boundary.links.first.maximum() == 9 and not boundary.links.variable.isVisible()
    assert _at(boundary, 0, -1.5) == PAPER.areas[1] and _at(boundary, 1, 1) == PAPER.classes[1]


@pytest.mark.parametrize("theme", [PAPER, BOARD])
def test_fits_are_curves_with_a_band_and_the_data(qapp: Any, theme: Theme) -> None:
    view = BoundaryView(theme)
    view.resize(420, 280)
    x = np.linspace(-2, 2, 81)
    points = Points(np.array([[-1.0], [1.0]]), np.array([2.0, -2.0]))
    view.show_figures({view.asks()[0]: Fit(x, np.stack([x, x, 0.2 * x]), points)})
    assert view.heading() == "Fit"
    picture = view.grab().toImage()
    area = area_of(view.room())
    assert isinstance(view.found, Fit)
    across, up = scales_of(view.found, area)

    def color(a: float, b: float) -> str:
        return picture.pixelColor(round(float(across.pixels(a))), round(float(up.pixels(b)))).name()

    assert color(-1, 2) == color(1, -2) == theme.classes[0]
    mean = 2.2 / 3
    near = [color(1.5, 1.5 * mean + d) for d in np.linspace(-0.06, 0.06, 9)]
    assert theme.classes[1] in near
    assert color(0.0, 1.5) == theme.field, "nothing is far from the curves"
    inside = QColor(color(1.5, 1.5 * mean - 0.45))
    assert inside.name() not in (theme.field, theme.classes[1]), "the band is two deviations wide"
    assert (
        inside.red() - inside.blue() > QColor(theme.field).red() - QColor(theme.field).blue() + 10
    )


def test_a_curve_does_not_hide_the_few_points_that_it_goes_through(boundary: BoundaryView) -> None:
    x = np.linspace(-1, 1, 81)
    two = Points(np.array([[-0.5], [0.5]]), np.array([-0.5, 0.5]))
    boundary.show_figures({boundary.asks()[0]: Fit(x, x[None], two)})
    picture = boundary.grab().toImage()
    assert isinstance(boundary.found, Fit)
    across, up = scales_of(boundary.found, area_of(boundary.room()))
    for place in (-0.5, 0.5):
        at = round(float(across.pixels(place))), round(float(up.pixels(place)))
        assert picture.pixelColor(*at).name() == PAPER.classes[0]
    between = round(float(across.pixels(0.2))), round(float(up.pixels(0.2)))
    near = {picture.pixelColor(between[0], between[1] + d).name() for d in (-2, -1, 0, 1, 2)}
    assert PAPER.classes[1] in near


def test_curves_that_are_no_numbers_can_be_painted(boundary: BoundaryView) -> None:
    x = np.linspace(0, 1, 11)
    made = Fit(x, np.full((2, 11), np.nan), Points(np.zeros((1, 1)), np.zeros(1)))
    boundary.show_figures({boundary.asks()[0]: made})
    boundary.grab()


# --- in the window -------------------------------------------------------------------------------------------------


def test_only_what_is_seen_is_asked_for(qapp: Any) -> None:
    with opened(size=(1300, 950)) as window:

        def asked() -> set[str]:
            QApplication.processEvents()
            return {ask.view for ask in window.figures.asks()}

        assert "answers" in asked() and "embedding" not in asked()
        window.docks["embedding"].show()
        window.docks["embedding"].raise_()
        assert "embedding" in asked() and "answers" not in asked(), "it lies behind a tab"
        window.docks["boundary"].raise_()
        assert "answers" in asked() and "embedding" not in asked()
        show(window.boundary, Grid(np.zeros((4, 4), np.float32), None, 0, BOUNDS))
        heading = window.docks["boundary"].titleBarWidget()
        assert isinstance(heading, Heading) and heading.label.text() == "Answers"
        window.boundary.choose("hidden relu1.y 2 1")
        saved = docks.with_views(window, Diagram())
        assert saved.extra["x-views"]["boundary"] == "hidden relu1.y 2 1"
        window.docks["boundary"].close()
        window.docks["embedding"].close()
        assert asked().isdisjoint({"answers", "embedding"})
