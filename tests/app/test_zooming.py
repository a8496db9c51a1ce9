"""What is seen of a diagram, chosen by keys: all of it, what is selected, larger and smaller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from app.canvas.zoom import LARGEST_FRAMED, READABLE
from graph.problem import Problem
from runtime import messages as m
from runtime.snapshot import Report
from tests.app.canvas_bench import spiral
from tests.app.driving import Ctrl, Hand, Shift, like, opened, pixels, tell, until
from tests.app.fake_session import FakeSession

Key = Qt.Key


@pytest.fixture
def hand(qapp: Any) -> Iterator[Hand]:
    with opened(size=(1300, 800)) as window:
        window.document.load(spiral(), None)
        window.filing.opened.emit()
        QApplication.processEvents()
        yield Hand(window)


def test_keys_show_all_and_what_is_selected(hand: Hand) -> None:
    view, scene = hand.window.view, hand.window.scene
    for name in ("x", "linear2"):
        hand.pick(name)
        hand.press(Key.Key_F, Shift)
        middle, alone = view.seen().center(), scene.bounds((name,))
        assert view.zoom == LARGEST_FRAMED and alone.contains(middle)
        hand.press(Key.Key_F)
        assert view.zoom < LARGEST_FRAMED and view.seen().contains(scene.bounds())
    hand.press(Key.Key_A, Ctrl)
    hand.press(Key.Key_F, Shift)
    assert view.seen().contains(scene.bounds(scene.selected))
    assert not hand.window.document.stack.canUndo(), "looking is no edit"


def test_without_a_selection_what_is_seen_stays(hand: Hand) -> None:
    before = hand.window.view.seen()
    hand.press(Key.Key_F, Shift)
    assert hand.window.view.seen() == before


def test_keys_zoom_and_the_line_at_the_bottom_says_how_far(hand: Hand) -> None:
    view, state = hand.window.view, hand.window.status.state
    hand.press(Key.Key_0, Ctrl)
    assert view.zoom == 1.0 and state.text().endswith("100 %")
    hand.press(Key.Key_Plus, Ctrl)
    nearer = view.zoom
    hand.press(Key.Key_Minus, Ctrl)
    hand.press(Key.Key_Minus, Ctrl)
    assert view.zoom < 1.0 < nearer
    assert state.text().endswith(f"{100 * view.zoom:.0f} %")


# --- going to a problem --------------------------------------------------------------------------------------------


def _trouble(hand: Hand, block: str) -> None:
    """The engine says that something is wrong with a block."""
    session, window = hand.window.session, hand.window
    assert isinstance(session, FakeSession)
    tell(window, m.Ready(("cpu",), "2"))
    version = session.sent_of(m.SetDiagram)[-1].version
    report = Report(problems=(Problem(block, "something is wrong."),))
    tell(window, m.Compiled(version, report))


def _lit(hand: Hand, block: str) -> int:
    """How many pixels of the ring's colour are around a block, a little away from it."""
    box = hand.window.view.viewportTransform().mapRect(hand.window.scene.bounds((block,)))
    near = box.adjusted(-12, -12, 12, 12).toRect().intersected(hand.port.rect())
    shown = like(pixels(hand.port), hand.window.theme.selection, 30)
    return int(shown[near.top() : near.bottom() + 1, near.left() : near.right() + 1].sum())


def test_a_problem_in_sight_is_selected_and_lights_up_where_it_is(hand: Hand) -> None:
    view = hand.window.view
    _trouble(hand, "linear1")
    hand.press(Key.Key_0, Ctrl)
    before = view.seen()
    assert before.contains(hand.window.scene.bounds(("linear1",)))
    hand.press(Key.Key_F8)
    assert view.seen() == before and view.zoom == 1.0
    assert hand.window.scene.selected == {"linear1"}
    lit = _lit(hand, "linear1")
    until(lambda: not hand.window.scene.flash.blocks, "the ring goes out")
    assert lit > _lit(hand, "linear1") + 100


@pytest.mark.parametrize("away", [(3000, 0), (-2500, 1800), (0, -900)])
def test_the_least_move_brings_a_problem_into_sight(hand: Hand, away: tuple[int, int]) -> None:
    view = hand.window.view
    _trouble(hand, "linear1")
    hand.press(Key.Key_0, Ctrl)
    view.scroll_by(QPointF(*away))
    start = view.seen().center()
    hand.press(Key.Key_F8)
    seen, box = view.seen(), hand.window.scene.bounds(("linear1",))
    assert view.zoom == 1.0 and seen.contains(box)
    moved, nearest = seen.center() - start, box.center() - start
    assert moved.manhattanLength() < nearest.manhattanLength() - 100, "not into the middle"


def test_a_problem_too_small_to_be_read_is_enlarged_and_one_too_large_is_fitted(hand: Hand) -> None:
    view, scene = hand.window.view, hand.window.scene
    _trouble(hand, "linear1")
    view.set_zoom(0.1)
    hand.press(Key.Key_F8)
    assert view.zoom == READABLE and view.seen().contains(scene.bounds(("linear1",)))
    view.set_zoom(8.0)
    hand.press(Key.Key_F8)
    assert view.seen().contains(scene.bounds(("linear1",)))
