"""The loss surface on the screen: contour lines, colours at known places, the path, and starting and stopping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import gallery
from app.theme import BOARD, PAPER, Theme
from app.views.relief import Shade, contour, relief_colors, shade_of
from app.views.surface import SurfaceView, wider
from app.views.weights import called
from app.window import MainWindow
from runtime.figures.surface import Path, Surface, Where
from runtime.messages import (
    Compiled,
    Computed,
    Died,
    Ready,
    SetDiagram,
    StartJob,
    StopJob,
    WantFrame,
)
from runtime.snapshot import Ask, Report, Snapshot
from tests.app.driving import opened, tell, until
from tests.app.fake_session import FakeSession

AXIS = np.linspace(-4, 4, 65)
LOSS = (0.5 - np.tanh(AXIS[:, None] * np.tanh(0.5 * AXIS[None]))) ** 2  # of the 1-1-1 net
TWO = {"linear1.weight": (1, 1), "linear2.weight": (1, 1)}
AXES = ("linear1.weight[0, 0]", "linear2.weight[0, 0]")
MANY = {"linear1.weight": (6, 2), "linear1.bias": (6,)}
VALLEY, HILL = (1.0, 1.13), (-3.0, 3.0)


def found(loss: np.ndarray = LOSS, minima: Any = ((3.0, 0.6, 0.0), (-3.0, -0.6, 0.0))) -> Surface:
    return Surface(loss, (-4, 4, -4, 4), AXES, 2, 0, minima)


def trace(points: Any = ((-0.5, 0.3), (0.6, 0.9)), weights: Any = TWO) -> Path:
    given = np.array(points, dtype=float).reshape(-1, 2)
    return Path(given, np.arange(len(given)), weights)


@pytest.fixture
def view(qapp: Any) -> Iterator[SurfaceView]:
    made = SurfaceView(PAPER)
    made.resize(420, 330)
    made.show()
    yield made
    made.close()


def shown(view: SurfaceView, surface: Surface | None = None, path: Path | None = None) -> QImage:
    view.choose("weights; span=4")
    view.start()
    view.show_figures({view.asks()[0]: path or trace()})
    assert view._running is not None
    view.show_job(Computed(view._running, 1.0, surface or found(), True))
    return view.grab().toImage()


def at(view: SurfaceView, x: float, y: float) -> QPoint:
    across, up = view.scales()
    return QPoint(round(float(across.pixels(x))), round(float(up.pixels(y))))


# --- relief --------------------------------------------------------------------------------------------------------


def test_a_contour_line_runs_where_the_surface_has_its_level() -> None:
    nodes = np.arange(65.0)
    x, y = np.meshgrid(nodes, nodes)
    ring = contour((x - 32) ** 2 + (y - 32) ** 2, 20.0**2)
    radius = np.hypot(ring[..., 0] - 32, ring[..., 1] - 32)
    np.testing.assert_allclose(radius, 20, atol=0.02)
    length = np.hypot(*(ring[:, 0] - ring[:, 1]).T).sum()
    assert length == pytest.approx(
        2 * np.pi * 20, rel=2e-3
    )  # closed: no piece is missing or double


def test_every_end_of_a_contour_meets_another_or_the_rim() -> None:
    values = np.random.default_rng(0).normal(size=(20, 20))  # with many saddles
    pieces = contour(values, 0.1)
    ends, counts = np.unique(pieces.reshape(-1, 2).round(9), axis=0, return_counts=True)
    rim = (ends == 0).any(axis=1) | (ends == 19).any(axis=1)
    assert len(pieces) > 100 and (counts[~rim] == 2).all() and (counts[rim] <= 2).all()
    column, row = pieces[..., 0], pieces[..., 1]
    low, high = (np.floor(v).astype(int) for v in (column, row))
    a = values[high, low]
    b = values[np.ceil(row).astype(int), np.ceil(column).astype(int)]
    share = (column - low) + (row - high)
    np.testing.assert_allclose(a + (b - a) * share, 0.1, atol=1e-9)


def test_no_line_runs_through_what_is_not_known() -> None:
    values = np.tile(np.arange(10.0), (10, 1))
    values[4:7, 4:7] = np.nan
    pieces = contour(values, 5.0)
    assert len(pieces) == 9 - 4 and np.isfinite(pieces).all()


def test_a_wide_range_is_shown_by_its_logarithm_and_back() -> None:
    plain = shade_of(LOSS)
    assert not plain.log and plain.low == LOSS.min() and plain.high == LOSS.max()
    steep = shade_of(10.0 ** np.linspace(-1, 6, 50).reshape(5, 10))
    assert steep.log
    for shade in (plain, steep, Shade(-3.0, -1.0)):
        values = np.array([shade.value(s) for s in (0.0, 0.3, 1.0)])
        np.testing.assert_allclose(shade.share(values), [0.0, 0.3, 1.0], atol=1e-9)
    flat = shade_of(np.full((3, 3), 2.0))
    assert flat.high > flat.low
    assert shade_of(np.full((2, 2), np.nan)) == Shade(0.0, 1.0)


@pytest.mark.parametrize("theme", [PAPER, BOARD])
def test_valleys_are_strong_hills_pale_and_the_unknown_grey(theme: Theme) -> None:
    loss = np.array([[0.0, 1.0], [np.nan, np.inf]])
    colors = relief_colors(loss, Shade(0.0, 1.0), theme)[::-1]
    named = [[QColor.fromRgb(int(c)).name() for c in row] for row in colors]
    assert named == [[theme.function, theme.field], [theme.border, theme.field]]


# --- the picture -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [PAPER, BOARD])
def test_both_valleys_have_the_colour_of_low_loss(view: SurfaceView, theme: Theme) -> None:
    view.set_theme(theme)
    picture = shown(view, path=trace(()))

    def distance(place: tuple[float, float], color: str) -> int:
        got, wanted = picture.pixelColor(at(view, *place)), QColor(color)
        pairs = zip(got.getRgb()[:3], wanted.getRgb()[:3], strict=True)
        return max(abs(a - b) for a, b in pairs)

    for sign in (1, -1):
        assert distance((sign * VALLEY[0], sign * VALLEY[1]), theme.function) < 40
        assert distance((sign * HILL[0], sign * HILL[1]), theme.field) < 25
        assert distance((sign * VALLEY[0], -sign * VALLEY[1]), theme.function) > 60


def test_the_path_runs_from_a_ring_to_a_dot(view: SurfaceView) -> None:
    picture = shown(view)
    cost, field = QColor(PAPER.cost), QColor(PAPER.field)
    assert picture.pixelColor(at(view, 0.6, 0.9)) == cost  # now
    assert picture.pixelColor(at(view, -0.5, 0.3)) == field  # the start is hollow
    middle = picture.pixelColor(at(view, 0.05, 0.6))
    assert middle.red() > middle.blue() + 60
    view.show_figures({view.asks()[0]: trace(((-0.5, 0.3), (0.6, 0.9), (-2.0, -3.0)))})
    assert view.grab().toImage().pixelColor(at(view, -2.0, -3.0)) == cost  # it follows the run


def test_minima_are_marked_with_a_cross(view: SurfaceView) -> None:
    without = shown(view, found(minima=()), trace(()))
    assert without.pixelColor(at(view, 3.0, 0.6)) != QColor(PAPER.text)
    picture = shown(view, path=trace(()))
    for place in ((3.0, 0.6), (-3.0, -0.6)):
        middle = at(view, *place)
        near = [picture.pixelColor(middle + QPoint(0, d)).lightness() for d in (-1, 0, 1)]
        assert min(near) < 70


def test_what_is_lowest_at_the_rim_is_no_minimum_and_its_number_is_not_over_the_axis(
    view: SurfaceView,
) -> None:
    shown(view, path=trace(()))
    assert view._picture.lowest() == "minimum"
    below = QRect(0, int(view.area().bottom()) + 6, view.width(), 30)
    axis = view.grab(below).toImage()
    shown(view, found(minima=((1.0, -4.0, 0.25),)), trace(()))
    assert view._picture.lowest() == "lowest here"
    assert view.grab(below).toImage() == axis


def test_a_place_tells_its_loss_and_the_axes_their_weights(view: SurfaceView) -> None:
    view.name_rows({"linear1": "w₀", "linear2": "w₁"})
    shown(view)
    assert view.axis_names() == ("w₀", "w₁")
    place = at(view, 0.0, 0.0)
    assert "loss 0.25" in view.told(place.x(), place.y()) and "w₀ = " in view.told(
        place.x(), place.y()
    )
    assert view.told(1.0, 1.0) == ""


def test_a_small_view_is_painted_too(view: SurfaceView) -> None:
    for width, height in ((220, 120), (300, 200), (1200, 900)):
        view.resize(width, height)
        assert not shown(view).isNull()


# --- starting and stopping -------------------------------------------------------------------------------------------


def test_a_button_starts_shows_how_far_it_is_and_stops(view: SurfaceView) -> None:
    begun: list[Ask] = []
    ended: list[Ask] = []
    view.begun.connect(begun.append)
    view.ended.connect(ended.append)
    QTest.mouseClick(view.button, Qt.MouseButton.LeftButton)
    assert begun == [Ask("surface")] and view.is_running and view.button.text() == "Stop"
    coarse = np.full((65, 65), np.nan)
    coarse[:32] = 1.0
    view.show_job(Computed(begun[0], 0.5, found(coarse, ()), False))
    picture, bar = view.grab().toImage(), view.bar()
    left, right = (
        QPointF(bar.left() + bar.width() * s, bar.center().y()).toPoint() for s in (0.2, 0.8)
    )
    assert picture.pixelColor(left) == QColor(PAPER.gradient)
    assert picture.pixelColor(right) == QColor(PAPER.border)
    assert picture.pixelColor(at(view, 0.0, 2.0)) == QColor(PAPER.border)  # not known yet
    QTest.mouseClick(view.button, Qt.MouseButton.LeftButton)
    assert ended == begun and not view.is_running and view.button.text() == "Compute"
    view.show_job(Computed(begun[0], 0.9, found(), True))
    assert view.told(*at(view, 0.0, 2.0).toTuple()) == ""  # word of a stopped job comes too late


def test_a_closed_view_stops_what_it_began(view: SurfaceView) -> None:
    ended: list[Ask] = []
    view.ended.connect(ended.append)
    view.start()
    view.hide()
    assert ended == [Ask("surface")]


def test_only_a_diagram_of_two_weights_is_computed_unasked(view: SurfaceView) -> None:
    begun: list[Ask] = []
    view.begun.connect(begun.append)
    view.show_figures({view.asks()[0]: trace((), MANY)})
    assert begun == [] and view.plane == "directions"
    view.forget()
    view.show_figures({view.asks()[0]: trace(())})
    assert len(begun) == 1 and view.plane == "weights"
    view.show_job(Computed(begun[0], 0.0, None, True))  # it failed
    view.show_figures({view.asks()[0]: trace(())})
    assert len(begun) == 1  # and is not tried again and again


def test_the_wheel_zooms_and_computes(view: SurfaceView) -> None:
    begun: list[Ask] = []
    shown(view)
    view.begun.connect(begun.append)
    place = QPointF(at(view, 0.0, 0.0))
    for turned, span in ((120, 2.0), (-120, 10.0)):
        event = QWheelEvent(
            place,
            place,
            QPoint(),
            QPoint(0, turned),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        view.choose("weights; span=5")
        view.show_job(Computed(view._running or Ask("surface"), 1.0, None, True))
        view._found = Surface(LOSS, (-5, 5, -5, 5), AXES, 2, 0)
        QApplication.sendEvent(view, event)
        assert Where.read(begun[-1].choice).span == span
        assert view.choice == begun[-1].choice


@pytest.mark.parametrize(
    ("span", "steps", "expected"),
    [(1, 1, 2), (2, 1, 5), (5, 1, 10), (1, -1, 0.5), (0.02, -2, 0.005), (4, 1, 10)],
)
def test_zooming_goes_by_1_2_5(span: float, steps: int, expected: float) -> None:
    assert wider(span, steps) == pytest.approx(expected)


def test_two_of_many_weights_are_chosen_from_lists_or_typed(view: SurfaceView) -> None:
    begun: list[Ask] = []
    view.begun.connect(begun.append)
    view.show_figures({view.asks()[0]: trace((), MANY)})
    assert not view.weights.isVisible()
    view.kind.setCurrentIndex(0)
    view.kind.activated.emit(0)
    assert view.weights.isVisible()
    first = Where.read(begun[-1].choice)
    assert (first.x, first.y) == ("linear1.weight[0, 0]", "linear1.weight[0, 1]")
    box = view.weights.lists[1].lineEdit()
    assert box is not None
    box.selectAll()
    QTest.keyClicks(box, "linear1.bias[4]")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert Where.read(begun[-1].choice).y == "linear1.bias[4]"
    assert view.choice == begun[-1].choice  # kept in the diagram's file
    view.show_figures({view.asks()[0]: trace((), TWO)})  # another diagram: these are not there
    assert Where.read(view.choice).x == ""


def test_other_directions_have_another_seed(view: SurfaceView) -> None:
    begun: list[Ask] = []
    view.begun.connect(begun.append)
    view.show_figures({view.asks()[0]: trace((), MANY)})
    QTest.mouseClick(view.other, Qt.MouseButton.LeftButton)
    assert Where.read(begun[-1].choice) == Where("directions", seed=1)


def choose_kind(view: SurfaceView, kind: str) -> None:
    number = view.kind.findData(kind)
    view.kind.setCurrentIndex(number)
    view.kind.activated.emit(number)


def test_the_plane_is_along_the_path_as_soon_as_there_is_one(view: SurfaceView) -> None:
    begun: list[Ask] = []
    view.begun.connect(begun.append)
    short = replace(trace((), MANY), places=2)
    view.show_figures({view.asks()[0]: short})
    assert view.plane == "directions" and view.other.isVisible()
    view.show_figures({view.asks()[0]: replace(short, places=3)})
    assert view.plane == "path" and view.kind.currentText() == "Along the path"
    assert not view.other.isVisible() and not view.weights.isVisible()
    assert begun == []  # nothing dear is computed unasked
    QTest.mouseClick(view.button, Qt.MouseButton.LeftButton)
    assert begun == [Ask("surface", choice="")]
    choose_kind(view, "directions")
    assert Where.read(begun[-1].choice) == Where("directions") and view.other.isVisible()
    view.show_figures({view.asks()[0]: replace(short, places=9)})
    assert view.plane == "directions"  # what was chosen stays
    choose_kind(view, "path")
    assert Where.read(begun[-1].choice) == Where("path")
    view.show_figures({view.asks()[0]: trace(())})  # a diagram of two weights
    view.choose("")
    assert view.plane == "weights"


def test_the_whole_path_is_seen_on_its_own_plane(view: SurfaceView) -> None:
    across, up = np.meshgrid(np.linspace(-6, 2, 65), np.linspace(-0.5, 1.5, 65))
    bowl = across**2 + up**2
    flat = Surface(bowl, (-6, 2, -0.5, 1.5), ("", ""), 9, 40, (), "path", (0.9, 0.08))
    view.resize(460, 330)
    picture = shown(view, flat, trace(((-5.5, 1.2), (-3.0, -0.3), (0.0, 0.0)), MANY))
    assert view.axis_names() == ("component 1 (90%)", "component 2 (8%)")
    assert picture.pixelColor(at(view, -5.5, 1.2)) == QColor(PAPER.field)  # hollow, and not cut off
    assert picture.pixelColor(at(view, 0.0, 0.0)) == QColor(PAPER.cost)
    bend = picture.pixelColor(at(view, -3.0, -0.3))
    assert bend.red() > bend.blue() + 60
    area = view.area()
    for x, y, place in (
        (-6, -0.5, area.bottomLeft()),
        (2, 1.5, area.topRight()),
    ):  # each axis has its own scale
        assert abs(at(view, x, y).x() - place.x()) < 2 and abs(at(view, x, y).y() - place.y()) < 2
    place = at(view, -3.0, 1.0)
    told = view.told(place.x(), place.y())
    assert told.startswith("component 1 = ") and "loss 10.00 over 9 training samples" in told
    assert told.endswith("from the weights at step 40")


def test_that_the_present_has_left_the_plane_is_said(view: SurfaceView) -> None:
    shown(view, found(), trace())
    inside = view.grab().toImage()
    view.show_figures({view.asks()[0]: trace(((-0.5, 0.3), (0.6, 0.9), (9.0, 0.9)))})
    outside = view.grab().toImage()
    column = range(int(view.area().right()) + 60, view.width() - 2)
    rows = range(int(view.area().top()) + 100, int(view.area().bottom()))

    def words(image: QImage) -> int:
        ground = QColor(PAPER.panel)
        return sum(
            image.pixelColor(x, y).lightness() < ground.lightness() - 60
            for x in column
            for y in rows
        )

    assert words(outside) > words(inside) + 20


def test_an_edit_that_computes_the_same_keeps_the_surface(view: SurfaceView) -> None:
    one, other = Report(source="a"), Report(source="b")
    view.show_compiled(Compiled(1, one, data="xor", restarted=True))
    shown(view)
    view.show_compiled(Compiled(2, one, data="xor"))
    assert view.has_something()
    view.show_compiled(Compiled(3, other, data="xor"))
    assert not view.has_something()


def test_weights_are_called_as_on_the_drawing() -> None:
    drawn = {"linear1": "w₀"}
    assert called("linear1.weight[0, 0]", TWO, drawn) == "w₀"
    assert called("linear1.weight[3, 1]", MANY, drawn) == "w₀[3, 1]"
    assert called("linear1.bias[2]", MANY, drawn) == "b₀[2]"
    assert called("other.weight[0]", MANY, drawn) == "other.weight[0]"
    assert called("", MANY, drawn) == ""


# --- in the window ---------------------------------------------------------------------------------------------------


@pytest.fixture
def window(qapp: Any) -> Iterator[MainWindow]:
    with opened(size=(1300, 800)) as made:
        yield made


def test_the_1_1_1_net_opens_with_its_surface_and_computes_it(window: MainWindow) -> None:
    session = window.session
    assert isinstance(session, FakeSession)
    tell(window, Ready(("auto", "cpu"), "2"))
    window.filing.open_file(gallery.path("one-one-one"))
    QApplication.processEvents()
    view = window.figures.views["surface"]
    assert isinstance(view, SurfaceView) and view.isVisible()
    wanted = Ask("path", choice="weights; span=4")
    until(lambda: wanted in window.figures.asks(), "the view asks for the path")
    version = session.sent_of(SetDiagram)[-1].version
    report = Report(trainable=True, source="a")
    first = Snapshot(version, 0, 0.0, 0.2)  # of a frame that was asked for before
    tell(window, Compiled(version, report, restarted=True), first)
    until(lambda: wanted in session.sent_of(WantFrame)[-1].asks, "a frame with the path is asked")
    tell(window, Snapshot(version, 0, 0.0, 0.2, views={wanted: trace(())}))
    assert session.sent_of(StartJob) == [StartJob(Ask("surface", choice="weights; span=4"))]
    tell(window, Computed(session.sent_of(StartJob)[0].ask, 1.0, found(), True))
    assert view.has_something() and view.axis_names() == ("w₀", "w₁")
    tell(window, Compiled(version, report, restarted=True))  # a reset: another start, another path
    assert not view.has_something()
    tell(window, Snapshot(version, 0, 0.0, 0.2, views={wanted: trace(())}))
    assert len(session.sent_of(StartJob)) == 2
    QTest.mouseClick(view.button, Qt.MouseButton.LeftButton)
    assert session.sent_of(StopJob) == [StopJob(Ask("surface", choice="weights; span=4"))]


def test_without_an_engine_nothing_seems_to_be_computed(window: MainWindow) -> None:
    window.docks["surface"].show()
    view = window.figures.views["surface"]
    assert isinstance(view, SurfaceView)
    view.start()
    assert not view.is_running
    tell(window, Ready(("auto", "cpu"), "2"))
    view.start()
    assert view.is_running
    tell(window, Died("killed"))
    assert not view.is_running
