"""The live views: a curve of bounded memory, readable ticks, class areas and surfaces with the right side up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest

from app.theme import PAPER
from app.views.axes import Scale, log_ticks, tick_text, ticks
from app.views.curve import smooth
from app.views.legend import CLOSEST, paint_classes, row_of, rows_in
from app.views.loss import LossView
from app.views.loss_picture import LEFT, TOP
from runtime.curve import Curve
from tests.app.driving import until

# --- curve ---------------------------------------------------------------------------------------------------------


def test_a_short_curve_is_kept_as_it_is() -> None:
    curve = Curve(100)
    rows = np.column_stack([np.arange(70), np.random.default_rng(0).normal(size=70)])
    for part in np.array_split(rows, 9):
        curve.extend(part)
    np.testing.assert_array_equal(curve.rows, rows)


@pytest.mark.parametrize("size", [1, 7, 999, 100_000])
def test_a_long_curve_keeps_its_mean_and_its_bounds(size: int) -> None:
    curve = Curve(64)
    total = 100_000
    rows = np.column_stack([np.arange(total), np.sin(np.arange(total) / 9000)])
    if size == 1:
        rows = rows[:3_000]
    for start in range(0, len(rows), size):
        curve.extend(rows[start : start + size])
    assert 16 <= len(curve) <= 64
    whole = curve.rows.shape[0] * curve.stride
    expected = rows[:whole].reshape(-1, curve.stride, 2).mean(axis=1)
    np.testing.assert_allclose(curve.rows, expected, atol=1e-9)
    assert len(rows) - whole < curve.stride * 2


def test_what_is_not_finite_is_left_out() -> None:
    curve = Curve(10)
    curve.extend(np.array([[0, 1.0], [1, np.nan], [2, np.inf], [3, 2.0]]))
    np.testing.assert_array_equal(curve.rows, [[0, 1.0], [3, 2.0]])


def test_smoothing_is_the_mean_of_the_last_values() -> None:
    values = np.random.default_rng(1).normal(size=50)
    expected = [values[max(0, i - 6) : i + 1].mean() for i in range(50)]
    np.testing.assert_allclose(smooth(values, 7), expected)


# --- axes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "low, high", [(0, 1), (0, 0.0213), (-1.1, 1.1), (3, 12_400), (1e-9, 2e-9), (0, 7e8)]
)
def test_ticks_are_few_round_and_inside(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 6
    assert all(low <= v <= high for v in found)
    steps = np.diff(found)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-6)
    assert f"{steps[0]:.3e}"[0] in "125"
    assert len({tick_text(v) for v in found}) == len(found)


@pytest.mark.parametrize("low, high", [(1e-5, 1), (0.13, 0.9), (0.2, 900), (1e-30, 1e10)])
def test_log_ticks_are_few_and_inside(low: float, high: float) -> None:
    found = log_ticks(low, high)
    assert 2 <= len(found) <= 7
    assert all(low * 0.999 <= v <= high * 1.001 for v in found)


@pytest.mark.parametrize(
    "value, text",
    [(0.0, "0"), (0.5, "0.5"), (2000.0, "2k"), (1.5e6, "1.5M"), (1e-5, "1e-5"), (-1.0, "−1")],
)
def test_tick_texts_are_short(value: float, text: str) -> None:
    assert tick_text(value) == text


@pytest.mark.parametrize("log", [False, True])
def test_a_scale_maps_there_and_back(log: bool) -> None:
    scale = Scale(0.01, 100, 200, 10, log)
    assert float(scale.pixels(0.01)) == pytest.approx(200)
    assert float(scale.pixels(100)) == pytest.approx(10)
    assert scale.value(float(scale.pixels(3.0))) == pytest.approx(3.0)


# --- legends -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("height", [40, 60, 110, 150, 400])
@pytest.mark.parametrize("classes", [2, 3, 10, 12, 40])
def test_a_legend_has_a_place_for_every_class_or_says_how_many_more(
    height: int, classes: int
) -> None:
    room = QRectF(10, 20, 114, height)
    shown = rows_in(room, classes)
    rows = [row_of(room, n, classes) for n in range(shown + (shown < classes))]
    assert all(room.adjusted(-1, -1, 1, 1).contains(row) for row in rows)
    assert all(row.height() >= CLOSEST for row in rows)
    assert not any(a.intersects(b) for n, a in enumerate(rows) for b in rows[:n])
    assert shown == classes or len(rows) >= min(12, 3 * int((height + 1) // CLOSEST))
    if height >= 60 and classes <= 10:
        assert shown == classes
    if height >= 150 and classes <= 10:
        assert len({row.left() for row in rows}) == 1  # in one column where there is room


def test_ten_classes_are_all_drawn_in_a_low_legend(qapp: Any) -> None:
    image = QImage(140, 80, QImage.Format.Format_RGB32)
    image.fill(QColor(PAPER.panel))
    room = QRectF(10, 5, 114, 66)
    painter = QPainter(image)
    paint_classes(painter, room, 10, tuple("0123456789"), PAPER)
    painter.end()
    for number in range(10):
        middle = row_of(room, number, 10)
        got = image.pixelColor(round(middle.left() + 8), round(middle.center().y()))
        wanted = PAPER.classes[number % len(PAPER.classes)]
        assert _near(got, wanted), number


# --- loss ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def loss(qapp: Any) -> LossView:
    view = LossView(PAPER)
    view.resize(400, 220)
    return view


def _column_of_ink(image: QImage, x: int, color: str) -> list[int]:
    wanted = QColor(color)
    near = []
    for y in range(image.height()):
        pixel = image.pixelColor(x, y)
        parts = zip(
            (pixel.red(), pixel.green(), pixel.blue()),
            (wanted.red(), wanted.green(), wanted.blue()),
            strict=True,
        )
        if max(abs(a - b) for a, b in parts) < 60:
            near.append(y)
    return near


def test_the_curve_falls_on_the_screen(loss: LossView) -> None:
    steps = np.arange(500.0)
    loss.show_rows(np.column_stack([steps, 1.0 - steps / 600]), np.zeros((0, 2)))
    image = loss.grab().toImage()
    early = _column_of_ink(image, 80, PAPER.text)
    late = _column_of_ink(image, 280, PAPER.text)
    assert early and late and min(early) < min(late)


def test_validation_is_drawn_in_its_own_colour(loss: LossView) -> None:
    steps = np.arange(500.0)
    rows = np.column_stack([steps, 1.0 - steps / 600])
    loss.show_rows(rows, np.zeros((0, 2)))
    before = loss.grab().toImage()
    loss.show_rows(np.zeros((0, 2)), rows[::50] + [0, 0.1])
    after = loss.grab().toImage()
    columns = range(60, 280, 7)
    assert not any(_column_of_ink(before, x, PAPER.classes[1]) for x in columns)
    assert any(_column_of_ink(after, x, PAPER.classes[1]) for x in columns)


def test_the_axis_can_be_logarithmic(loss: LossView) -> None:
    steps = np.arange(200.0)
    loss.show_rows(np.column_stack([steps, 10.0 ** (-steps / 50)]), np.zeros((0, 2)))
    assert not loss.scales()[1].log
    QTest.mouseClick(loss.log, Qt.MouseButton.LeftButton)
    up = loss.scales()[1]
    assert up.log and up.low > 0
    loss.grab()


def test_a_log_axis_needs_something_above_zero(loss: LossView) -> None:
    loss.log.setChecked(True)
    loss.show_rows(np.array([[0, 0.0], [1, -1.0]]), np.zeros((0, 2)))
    assert not loss.scales()[1].log
    loss.grab()


@pytest.mark.parametrize("width", [300, 400, 900])
def test_no_curve_comes_near_the_legend(loss: LossView, width: int) -> None:
    loss.resize(width, 220)
    steps = np.arange(500.0)
    flat = np.column_stack([steps, np.full(500, 2.3)])
    loss.show_rows(flat, flat[::50] * [1, 0.999])
    loss.show()
    with_curves = loss.grab().toImage()
    top = int(float(loss.scales()[1].pixels(2.3)))
    assert loss.log.geometry().bottom() < TOP < top - 3
    names = [
        x
        for x in range(LEFT, loss.log.x())
        if any(_near(with_curves.pixelColor(x, y), PAPER.classes[1]) for y in range(TOP - 3))
    ]
    assert names and max(names) < loss.log.x(), "the names end before the button"
    loss.branch(100)
    loss.show_rows(flat[101:300], np.zeros((0, 2)))
    loss.grab()
    loss.hide()


def _near(color: QColor, wanted: str) -> bool:
    parts = zip(color.getRgb()[:3], QColor(wanted).getRgb()[:3], strict=True)
    return max(abs(a - b) for a, b in parts) < 60


def test_hovering_shows_the_values(loss: LossView) -> None:
    loss.show_rows(np.array([[0, 3.0], [100, 2.0], [200, 1.0]]), np.array([[200, 1.5]]))
    assert loss.value_at(140) == (100.0, 2.0, 1.5)
    loss.show()
    plain = loss.grab().toImage()
    QTest.mouseMove(loss, QPoint(3, 3))  # wherever the mouse was before
    QTest.mouseMove(loss, QPoint(200, 100))
    until(lambda: loss.grab().toImage() != plain, "the values under the mouse")
    loss.hide()


def test_before_the_first_loss_it_says_what_to_do_or_what_is_done(loss: LossView) -> None:
    asking = loss.grab().toImage()
    loss.set_playing(True)
    coming = loss.grab().toImage()
    assert asking != coming
    loss.show_rows(np.array([[0, 1.0], [9, 0.5]]), np.zeros((0, 2)))
    curve = loss.grab().toImage()
    loss.set_playing(False)
    assert loss.grab().toImage() == curve != coming


def test_one_point_and_none_can_be_painted(loss: LossView) -> None:
    loss.grab()
    loss.show_rows(np.array([[7, 0.25]]), np.zeros((0, 2)))
    loss.grab()
    loss.clear()
    assert loss.value_at(1) is None
