"""What is seen of a diagram, chosen by keys: all of it, what is selected, larger and smaller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from app.canvas.zoom import LARGEST_FRAMED
from app.settings import Blank, Preferences
from app.window import MainWindow
from tests.app.canvas_bench import spiral
from tests.app.driving import Ctrl, Hand, Shift
from tests.app.fake_session import FakeSession

Key = Qt.Key


@pytest.fixture
def hand(qapp: Any) -> Iterator[Hand]:
    window = MainWindow(FakeSession(), Preferences(Blank()), "paper")
    window.resize(1300, 800)
    window.show()
    window.fill()
    window.activateWindow()
    window.document.load(spiral(), None)
    window.filing.opened.emit()
    window.view.setFocus()
    QApplication.processEvents()
    yield Hand(window)
    window.filing.ask_unsaved = lambda: "discard"  # type: ignore[method-assign]
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


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
