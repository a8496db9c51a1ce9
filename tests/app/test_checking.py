"""The gradient check from the menu: what is asked, the rings that answer, and when they go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from app.canvas.glyphs import RING
from app.canvas.tips import tip_at
from graph.diagram import Diagram
from graph.grouping import Group
from graph.problem import Problem
from nodes.sketch import Sketch
from runtime import messages as m
from runtime.session import Session
from runtime.snapshot import Report
from tests.app.driving import Ctrl, Hand, like, opened, pixels, tell, until

Key = Qt.Key
RIGHT, WRONG = 3e-9, 0.25


def _net() -> Diagram:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=8)), units=3), y)
    return s.diagram(data="spiral")


def _grouped() -> Diagram:
    return Group(("linear1", "relu1"), "hidden").apply(_net())


@pytest.fixture
def hand(qapp: Any) -> Iterator[Hand]:
    """At a window with a ready engine that only writes down what it is told."""
    with opened(size=(1300, 800)) as window:
        tell(window, m.Ready(("auto", "cpu"), "2"))
        yield Hand(window)


def _show(hand: Hand, diagram: Diagram) -> None:
    window = hand.window
    window.document.load(diagram, None)
    window.filing.opened.emit()
    window.view.setFocus()
    QApplication.processEvents()
    version = window.session.sent_of(m.SetDiagram)[-1].version  # type: ignore[union-attr]
    tell(window, m.Compiled(version, Report(trainable=True)))


def _asked(hand: Hand) -> tuple[str, ...]:
    return hand.window.session.sent_of(m.CheckGradients)[-1].blocks  # type: ignore[union-attr]


def test_everything_is_checked_unless_blocks_are_selected(hand: Hand) -> None:
    _show(hand, _grouped())
    hand.press(Key.Key_K, Ctrl)
    assert _asked(hand) == ()
    hand.window.scene.select({"linear2"})
    hand.press(Key.Key_K, Ctrl)
    assert _asked(hand) == ("linear2",)
    hand.window.scene.select({"hidden1"})
    hand.press(Key.Key_K, Ctrl)
    assert set(_asked(hand)) == {"hidden1/linear1", "hidden1/relu1"}
    hand.window.levels.go("hidden1")
    hand.window.scene.select(())
    hand.press(Key.Key_K, Ctrl)
    assert set(_asked(hand)) == {"hidden1/linear1", "hidden1/relu1"}
    hand.window.scene.select({"relu1"})
    hand.press(Key.Key_K, Ctrl)
    assert _asked(hand) == ("hidden1/relu1",)


@pytest.mark.parametrize("theme", ["paper", "board"])
def test_the_answer_is_a_ring_a_tip_and_a_line_in_the_inspector(hand: Hand, theme: str) -> None:
    window = hand.window
    window.set_theme(theme)
    _show(hand, _net())
    hand.press(Key.Key_K, Ctrl)
    found = {"": RIGHT, "linear1": RIGHT, "relu1": WRONG}
    tell(window, m.Checked(found, ("relu1",)))
    assert {n: v.ok for n, v in window.scene.verdicts.items()} == {"linear1": True, "relu1": False}
    assert window.notice.isVisible() and "relu1" in window.notice.text.text()
    for name, color in (("linear1", window.theme.gradient), ("relu1", window.theme.problem)):
        assert _ring_has(hand, name, color)
    assert not _ring_has(hand, "linear2", window.theme.gradient)
    place = QPointF(*window.document.diagram.blocks["relu1"].position)
    assert "2.5e-1" in tip_at(window.scene, place, 1.0)
    window.scene.select({"linear1"})
    assert window.inspector.block.check.isVisible()
    assert "right" in window.inspector.block.check.text()
    assert "3.0e-9" in window.inspector.block.check.text()


def _ring_has(hand: Hand, name: str, color: str) -> bool:
    """Whether the canvas above the middle of a block has a colour where the ring's line is."""
    form, zoom = hand.window.scene.blocks[name].face.form, hand.window.view.zoom
    x, y = hand.window.document.diagram.blocks[name].position
    at = hand.at(x - form.width / 4, y - (form.height + RING) / 2)
    shown = like(pixels(hand.port), color, 40)
    reach = max(2, round(2 * zoom))
    return bool(shown[at.y() - reach : at.y() + reach + 1, at.x()].any())


def test_rings_go_at_the_next_edit_and_not_before(hand: Hand) -> None:
    _show(hand, _net())
    window = hand.window
    hand.press(Key.Key_K, Ctrl)
    tell(window, m.Checked({"": RIGHT, "linear1": RIGHT}))
    assert "Gradients are right: 1 block and" in window.status.currentMessage()
    window.scene.select({"linear1"})
    hand.press(Key.Key_Escape)
    assert window.scene.blocks["linear1"].marks.verdict is not None
    hand.pick("linear1")
    hand.press(Key.Key_Right)
    assert not window.scene.verdicts and window.scene.blocks["linear1"].marks.verdict is None
    window.scene.select({"linear1"})
    assert not window.inspector.block.check.isVisible()


def test_an_answer_about_an_older_diagram_is_not_shown(hand: Hand) -> None:
    _show(hand, _net())
    hand.press(Key.Key_K, Ctrl)
    hand.pick("relu1")
    hand.press(Key.Key_Delete)
    tell(hand.window, m.Checked({"linear1": RIGHT}))
    assert not hand.window.scene.verdicts


def test_a_use_is_as_bad_as_the_worst_block_inside(hand: Hand) -> None:
    _show(hand, _grouped())
    hand.press(Key.Key_K, Ctrl)
    found = {"hidden1/linear1": RIGHT, "hidden1/relu1": WRONG, "linear2": RIGHT}
    tell(hand.window, m.Checked(found, ("hidden1/relu1",)))
    scene = hand.window.scene
    assert not scene.verdicts["hidden1"].ok and scene.verdicts["linear2"].ok
    assert "2.5e-1" in scene.verdicts["hidden1"].text
    hand.window.levels.go("hidden1")
    assert {n: v.ok for n, v in scene.verdicts.items()} == {"linear1": True, "relu1": False}
    assert scene.blocks["relu1"].marks.verdict is not None


def test_a_check_that_cannot_be_is_said(hand: Hand) -> None:
    _show(hand, _net())
    hand.press(Key.Key_K, Ctrl)
    assert hand.window.status.currentMessage() == "Checking gradients…"
    tell(hand.window, m.Failed(Problem("", "there is nothing to check.", "Finish the diagram.")))
    assert "nothing to check" in hand.window.notice.text.text()
    assert not hand.window.status.currentMessage()


def test_the_engine_finds_the_gradients_of_parts_right(qapp: Any) -> None:
    with opened(size=(1300, 800), session=Session()) as window:
        window.document.load(_grouped(), None)
        window.filing.opened.emit()
        hand = Hand(window)
        until(lambda: window.reactions.report is not None, "the engine compiles")
        hand.press(Key.Key_K, Ctrl)
        until(lambda: window.scene.verdicts, "the check answers")
        assert {n for n, v in window.scene.verdicts.items() if v.ok} == {
            "hidden1",
            "linear2",
            "cross_entropy1",
        }
