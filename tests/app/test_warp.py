"""The space warp on the screen: motion between stages, colours at known places, timeline, keys, turning, reduced motion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from scipy.spatial.transform import Rotation

from app import gallery
from app.theme import BOARD, PAPER, Theme
from app.views.between import LEAD, between, followed, keys_of, looks, moved, partly
from app.views.player import PACES
from app.views.timeline import LINE
from app.views.warp import WarpView
from app.views.warp_picture import WarpPicture, line_color
from app.window import MainWindow
from nodes.sketch import Sketch
from runtime.figures.warp import Stage, Warp
from runtime.program import compile
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.views import figure
from tests.app.driving import opened, until

Key, Left = Qt.Key, Qt.MouseButton.LeftButton


@lru_cache(maxsize=2)
def made(hidden: int) -> Warp:
    """x -> linear -> tanh -> linear 3, as the engine sees it."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.tanh(s.linear(x, units=hidden)), units=3), y)
    run = Run(compile(s.diagram(data="spiral", seed=1)))
    run.watch()
    assert run.seen is not None
    found = figure(run, run.seen, Ask("warp"))
    assert isinstance(found, Warp)
    return found


@pytest.fixture
def view(qapp: Any) -> Iterator[WarpView]:
    found = WarpView(PAPER)
    found.resize(420, 340)
    found.show()
    found.show_figures({found.asks()[0]: made(2)})
    QApplication.processEvents()
    yield found
    found.close()
    found.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def picture(view: WarpView) -> WarpPicture:
    assert view.picture is not None
    return view.picture


def stage(**other: Any) -> Stage:
    points = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], np.float32)
    grid = np.zeros((2, 2, 3, 2), np.float32)
    given = {"pin": "x.y", "name": "x", "label": "", "deed": "", "last": True, "size": 2}
    return Stage(**{**given, "points": points, "grid": grid, **other})


# --- between two stages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 1.0])
def test_a_part_of_a_rotation_is_about_the_same_axis_by_that_part_of_the_angle(
    seed: int, share: float
) -> None:
    whole = Rotation.random(random_state=seed)
    expected = Rotation.from_rotvec(share * whole.as_rotvec()).as_matrix()
    np.testing.assert_allclose(partly(whole.as_matrix(), share), expected, atol=1e-9)


def test_nothing_and_half_a_turn_have_their_parts_too() -> None:
    np.testing.assert_allclose(partly(np.eye(3), 0.4), np.eye(3), atol=1e-12)
    page = partly(np.diag([1.0, -1.0, -1.0]), 0.5)  # turned over like a page, seen from its edge
    np.testing.assert_allclose(page[:, 0], [1, 0, 0], atol=1e-9)
    np.testing.assert_allclose(np.abs(page[:, 1]), [0, 0, 1], atol=1e-9)


def test_what_is_rotated_keeps_its_size_and_what_is_squashed_goes_straight() -> None:
    quarter = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    first = stage()
    rotated = stage(points=first.points @ quarter[:2, :2].T.astype(np.float32), turn=quarter)
    points, _ = between(first, rotated, 0.5)
    np.testing.assert_allclose(points[0], [-np.sqrt(0.5), -np.sqrt(0.5), 0], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=1e-6)
    squashed = stage(points=np.tanh(first.points))
    points, _ = between(first, squashed, 0.25)
    np.testing.assert_allclose(points[0], [-(0.75 + 0.25 * np.tanh(1)), 0, 0], atol=1e-6)


def test_every_motion_ends_where_the_next_begins() -> None:
    for one, other in zip(made(20).stages, made(20).stages[1:], strict=False):
        for share, goal in ((1e-9, one), (1 - 1e-9, other)):
            points, grid = between(one, other, share)
            size = goal.points.shape[1]
            np.testing.assert_allclose(points[:, :size], goal.points, atol=1e-5)
            np.testing.assert_allclose(grid[..., :size], goal.grid, atol=1e-5)
            assert not np.abs(points[:, size:]).max(initial=0) > 1e-5


def test_the_look_follows_what_moves() -> None:
    assert (moved(0.0), moved(LEAD), followed(1 - LEAD), followed(1.0)) == (0, 1, 0, 1)
    assert all(moved(share) > followed(share) for share in (0.1, 0.5, 0.9))


def test_one_looks_at_the_same_part_as_long_as_things_fit_in_it() -> None:
    def sized(factor: float) -> Stage:
        return stage(points=stage().points * np.float32(factor))

    first, same, larger, smaller = looks([sized(s) for s in (1, 0.9, 5, 0.1)])
    assert same == first and larger.half > 5 > first.half and smaller.half < 0.15
    for look, factor in ((first, 1), (larger, 5), (smaller, 0.1)):
        assert look.half >= factor
    again = looks([sized(s) for s in (0.95, 0.9, 4.8, 0.1)], (first, same, larger, smaller))
    assert [look.half for look in again] == [first.half, same.half, larger.half, smaller.half]


def test_a_grid_that_runs_away_does_not_make_the_points_small() -> None:
    far = np.zeros((2, 2, 3, 2), np.float32)
    far[0, 0, 0] = 1_000
    assert looks([stage(grid=far)])[0].half < 2


# --- the picture -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [PAPER, BOARD])
@pytest.mark.parametrize("place", [0.0, 2.0, 5.0, 7.5])
def test_points_have_the_colour_of_their_class(view: WarpView, theme: Theme, place: float) -> None:
    few = made(2)
    some = np.array([int(np.flatnonzero(few.y == c)[-1]) for c in range(3)])  # the arms' ends
    assert few.y is not None
    stages = tuple(replace(s, points=s.points[some]) for s in few.stages)
    view.show_figures({view.asks()[0]: replace(few, stages=stages, y=few.y[some])})
    view.set_theme(theme)
    view.motion.go(place)
    image = view.grab().toImage()
    places = picture(view).places(view.area())
    assert np.ptp(places[:, :2]) > 30, "they are apart"
    for (x, y, _), color in zip(places, theme.classes, strict=False):
        found = {
            image.pixelColor(round(x) + i, round(y) + j).name() for i in (-1, 0) for j in (-1, 0)
        }
        assert color in found


def test_lines_have_a_tone_for_each_direction_that_grows_stronger(view: WarpView) -> None:
    view.motion.go(0)
    image, shown, area = view.grab().toImage(), picture(view), view.area()
    pixels = shown.to_pixels(shown.now()[1], area)
    for direction in (0, 1):
        for line in (0, 20):
            x, y, _ = pixels[direction, line, 84]  # half way from one crossing line to the next
            near = [
                image.pixelColor(round(x) + i, round(y) + j) for i in (-1, 0, 1) for j in (-1, 0, 1)
            ]
            ink = min(near, key=QColor.lightness)
            assert ink.lightness() < 245
            assert ink.blue() - ink.red() > 20 if direction == 0 else ink.blue() - ink.red() < 10
    for theme in (PAPER, BOARD):
        field = QColor(theme.field)
        tones = [_apart(line_color(d, s, theme), field) for d in (0, 1) for s in (0.0, 1.0)]
        assert tones[1] > tones[0] + 60 and tones[3] > tones[2] + 60


def _apart(one: QColor, other: QColor) -> int:
    return sum(abs(a - b) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))


def test_the_caption_says_which_block_is_at_work(view: WarpView) -> None:
    shown = picture(view)
    told = []
    for number in range(view.motion.last + 1):
        view.motion.go(number)
        told.append(shown.caption())
    factors = shown.stages[2].deed.removeprefix("stretching by S, ")
    assert told[:6] == [
        "x: the input",
        "s₁ = w₀x: rotation by V′",
        f"s₁ = w₀x: stretching by S, {factors}",
        "s₁ = w₀x: rotation by U",
        "s₁ = w₀x: shift by b",
        "z₁ = tanh(s₁): squashing",
    ]
    view.motion.go(0.5)
    assert shown.caption() == told[1], "on the way to it"
    assert shown.seen_by().startswith("s₁ = U S V′ x + b")


def test_principal_components_are_told_with_their_share(view: WarpView) -> None:
    view.show_figures({view.asks()[0]: made(20)})
    view.choose("tanh1.y")
    share = picture(view).stage.share
    assert picture(view).seen_by() == (f"three principal components ({share:.0%}) of 20 numbers")
    assert picture(view).depth == 1


@pytest.mark.parametrize("size", [(300, 230), (420, 340), (900, 700)])
def test_everything_that_is_looked_at_lies_in_the_picture(
    view: WarpView, size: tuple[int, int]
) -> None:
    view.resize(*size)
    for place in np.linspace(0, view.motion.last, 60):
        view.motion.go(float(place))
        if place == round(place):
            area, places = view.area(), picture(view).places(view.area())
            assert area.adjusted(-1, -1, 1, 1).contains(QPointF(*places[:, :2].min(0)))
            assert area.adjusted(-1, -1, 1, 1).contains(QPointF(*places[:, :2].max(0)))
    view.grab()


def test_values_have_a_scale_and_no_target_one_colour(view: WarpView) -> None:
    few = made(2)
    count = len(few.stages[0].points)
    view.show_figures({view.asks()[0]: replace(few, y=np.linspace(-1, 1, count))})
    colors = picture(view).colors(PAPER)
    assert (colors[0].name(), colors[-1].name()) == (PAPER.classes[1], PAPER.classes[0])
    view.grab()
    view.show_figures({view.asks()[0]: replace(few, y=None)})
    assert len({color.name() for color in picture(view).colors(PAPER)}) == 1
    view.grab()


def test_its_table_holds_every_point_of_every_stage(view: WarpView) -> None:
    head, rows = view.table()
    few = made(2)
    assert len(rows) == len(few.stages) * len(few.stages[0].points)
    first, last = dict(zip(head, rows[0], strict=True)), dict(zip(head, rows[-1], strict=True))
    assert (first["stage"], first["point"], first["3"]) == ("x.y", 1, "")
    assert few.y is not None and last["target"] == few.y[-1]
    np.testing.assert_allclose([last[n] for n in "123"], few.stages[-1].points[-1])
    view.forget()
    assert view.table()[1] == []


# --- keys and mouse ----------------------------------------------------------------------------------------------


def test_keys_go_from_stage_to_stage_without_a_motion_when_it_is_reduced(view: WarpView) -> None:
    view.set_motion(False)
    QTest.keyClick(view, Key.Key_Home)
    for key, place in (
        (Key.Key_Right, 1),
        (Key.Key_Right, 2),
        (Key.Key_Left, 1),
        (Key.Key_End, view.motion.last),
        (Key.Key_Right, view.motion.last),
        (Key.Key_Space, view.motion.last),
        (Key.Key_Home, 0),
        (Key.Key_Left, 0),
    ):
        QTest.keyClick(view, key)
        assert view.motion.place == place and not view.motion.is_playing
    assert not view.player.play.isEnabled() and "Reduced motion" in view.player.play.toolTip()
    QTest.mouseClick(view.player.timeline, Left, pos=_tick(view, 2.4))
    assert view.motion.place == 2, "only whole stages"


def test_keys_glide_to_the_next_stage(view: WarpView) -> None:
    view.player.pace.setValue(len(PACES) - 1)
    view.motion.go(1)
    QTest.keyClick(view, Key.Key_Right)
    assert view.motion.place < 2 and not view.motion.is_playing
    QTest.keyClick(view, Key.Key_Right)
    places = set()
    until(lambda: places.add(view.motion.place) or view.motion.place == 3, "two stages on", 10)
    assert len(places) > 3 and view.choice == keys_of(made(2).stages)[3]
    QTest.keyClick(view, Key.Key_Left)
    until(lambda: view.motion.place == 2, "one stage back", 10)


def test_space_plays_round_and_round_and_pauses(view: WarpView) -> None:
    QTest.keyClick(view, Key.Key_End)
    QTest.keyClick(view, Key.Key_Space)
    assert view.motion.is_playing and view.motion.place == 0, (
        "from the beginning when it is at the end"
    )
    until(lambda: view.motion.place > 0.05, "it goes on", 10)
    QTest.keyClick(view, Key.Key_Space)
    assert not view.motion.is_playing
    QTest.mouseClick(view.player.play, Left)
    assert view.motion.is_playing
    view.hide()
    assert not view.motion.is_playing, "what is not seen rests"


def test_it_goes_at_its_pace_and_begins_anew_after_a_rest(view: WarpView) -> None:
    view.motion.go(0)
    view.motion.toggle()
    view.motion._timer.stop()  # the test is its clock
    for number, pace in enumerate(PACES):
        view.player.pace.setValue(number)
        view.motion.go(1)
        view.motion.advance(0.1)
        assert view.motion.place == pytest.approx(1 + 0.1 * pace)
    view.motion.go(view.motion.last - 0.01)
    view.motion.advance(0.1)
    assert view.motion.place == view.motion.last
    view.motion.advance(0.5)
    assert view.motion.place == view.motion.last, "time to look"
    view.motion.advance(1.0)
    assert view.motion.place == 0


def _tick(view: WarpView, place: float) -> QPoint:
    return QPoint(round(view.player.timeline.x_of(place)), round(LINE) + 1)


def test_the_timeline_is_dragged_and_its_ticks_catch_the_handle(view: WarpView) -> None:
    QTest.mouseClick(view.player.timeline, Left, pos=_tick(view, 3) + QPoint(3, 0))
    assert view.motion.place == 3
    QTest.mousePress(view.player.timeline, Left, pos=_tick(view, 1))
    assert view.motion.place == 1
    QTest.mouseMove(view.player.timeline, _tick(view, 1.5))
    assert view.motion.place == pytest.approx(1.5, abs=0.1)
    QTest.mouseMove(view.player.timeline, QPoint(5_000, 14))
    assert view.motion.place == view.motion.last
    QTest.mouseRelease(view.player.timeline, Left, pos=QPoint(5_000, 14))
    QTest.mouseMove(view.player.timeline, _tick(view, 1))
    assert view.motion.place == view.motion.last, "only while the button is down"


@pytest.mark.parametrize("theme", [PAPER, BOARD])
def test_the_timeline_has_a_handle_and_ticks(view: WarpView, theme: Theme) -> None:
    view.set_theme(theme)
    view.motion.go(2)
    image = view.player.timeline.grab().toImage()
    handle = _tick(view, 2)
    assert image.pixelColor(handle).name() == theme.function
    long, short = (image.pixelColor(_tick(view, n) - QPoint(0, 5)) for n in (4, 3))
    background = image.pixelColor(_tick(view, 3.5) - QPoint(0, 5))
    assert _apart(long, background) > 3 * _apart(short, background)


def test_three_dimensions_are_turned_by_a_drag_and_a_double_click_turns_them_back(
    view: WarpView,
) -> None:
    shown, middle = picture(view), view.area().center().toPoint()

    def drag() -> None:
        QTest.mousePress(view, Left, pos=middle)
        QTest.mouseMove(view, middle + QPoint(40, 15))
        QTest.mouseRelease(view, Left, pos=middle + QPoint(40, 15))

    view.motion.go(5)
    before = (shown.yaw, shown.pitch)
    drag()
    assert (shown.yaw, shown.pitch) == before, "a plane lies flat"
    view.motion.go(view.motion.last)
    places = shown.places(view.area())
    drag()
    assert shown.yaw > before[0] and shown.pitch > before[1]
    assert np.abs(shown.places(view.area()) - places).max() > 5
    yaw = shown.yaw
    QTest.mouseMove(view, middle)
    assert shown.yaw == yaw, "only while the button is down"
    QTest.mouseDClick(view, Left, pos=middle)
    assert (shown.yaw, shown.pitch) == before


# --- the run, the file, the window -------------------------------------------------------------------------------


def test_a_new_frame_moves_the_points_and_not_the_place(view: WarpView) -> None:
    view.motion.go(3.5)
    moved_on = tuple(replace(s, points=s.points * np.float32(0.9)) for s in made(2).stages)
    before = picture(view).places(view.area())
    view.show_figures({view.asks()[0]: replace(made(2), stages=moved_on)})
    assert view.motion.place == 3.5
    assert np.abs(picture(view).places(view.area()) - before).max() > 2
    view.show_figures({})
    assert view.has_something(), "nothing new is due"
    view.show_figures({view.asks()[0]: None})
    assert not view.has_something() and view.player.isHidden()
    view.grab()


def test_it_is_finer_while_nothing_trains(view: WarpView) -> None:
    still = view.asks()[0].size
    view.playing = True
    assert 0 < view.asks()[0].size < still


def test_it_opens_at_the_last_hidden_variable_or_where_it_was_left(view: WarpView) -> None:
    assert view.choice == "" and keys_of(made(2).stages)[int(view.motion.place)] == "tanh1.y"
    view.motion.go(2)
    assert view.choice == "linear1.y 2"
    other = WarpView(PAPER)
    other.choose(view.choice)
    other.show_figures({other.asks()[0]: made(2)})
    assert other.motion.place == 2
    other.choose("gone.y 3")
    assert other.motion.place == 2, "an unknown one changes nothing"
    other.forget()
    other.show_figures({other.asks()[0]: made(2)})
    assert keys_of(made(2).stages)[int(other.motion.place)] == "tanh1.y"


@pytest.fixture
def window(qapp: Any) -> Iterator[MainWindow]:
    with opened(size=(1300, 800)) as made_window:
        yield made_window


def test_the_gallery_opens_with_it_and_reduced_motion_stops_it(window: MainWindow) -> None:
    view = window.figures.views["warp"]
    assert isinstance(view, WarpView) and not view.isVisible()
    assert "warp" not in {ask.view for ask in window.figures.asks()}, "a closed view costs nothing"
    window.filing.open_file(gallery.path("spiral-warp"))
    until(view.isVisible, "the view of the page", 10)
    assert "warp" in {ask.view for ask in window.figures.asks()}
    assert view.choice == "tanh4.y"
    view.show_figures({view.asks()[0]: made(2)})
    QTest.keyClick(view, Key.Key_Space)
    assert view.motion.is_playing
    window.menus.actions["calm"].trigger()
    assert not view.motion.is_playing and not view.player.play.isEnabled()
    window.menus.actions["calm"].trigger()
    assert view.player.play.isEnabled()
