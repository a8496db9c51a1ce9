"""The straight line: blocks dropped and wired by mouse, trained in the real engine, seen to learn, and undone to nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from graph.diagram import Frozen
from graph.files import save, to_text
from nodes.sketch import Sketch
from runtime.session import Session
from runtime.snapshot import Snapshot
from tests.app.driving import (
    SPIRAL_BLOCKS,
    SPIRAL_WIRES,
    Ctrl,
    Hand,
    Shift,
    like,
    opened,
    pixels,
    until,
    wire,
)

Key = Qt.Key
RIGHT = 0.8  # share of held-out points; guessing gives a third


@pytest.fixture
def hand(qapp: Any) -> Iterator[Hand]:
    """A hand at an empty window with an engine of its own."""
    with opened(session=Session()) as window:
        yield Hand(window)


def _draw(hand: Hand) -> None:
    """Draws the spiral's diagram onto the empty canvas."""
    for kind, x, y in SPIRAL_BLOCKS:
        hand.drop(kind, hand.at(x, y))
    for text in SPIRAL_WIRES:
        hand.connect(wire(text))
    hand.set("linear1", "units", "100")
    hand.set("linear2", "units", "3")


def _step(hand: Hand) -> int:
    """The training step that the canvas shows."""
    shown = hand.window.scene.pulses.snapshot
    return shown.step if shown is not None else 0


def _train_until_right(hand: Hand) -> None:
    hand.click(hand.window.bar.play)
    until(lambda: hand.reached() > RIGHT, f"accuracy {RIGHT}")


def test_from_an_empty_canvas_to_a_trained_net_and_back(hand: Hand) -> None:
    window, document = hand.window, hand.window.document
    empty, blank = to_text(document.diagram), pixels(hand.port)
    _draw(hand)
    assert {b.id: b.kind for b in document.diagram.blocks.values()} == {
        "x": "observed",
        "linear1": "linear",
        "relu1": "relu",
        "linear2": "linear",
        "cross_entropy1": "cross_entropy",
        "y": "observed",
    }
    assert set(document.diagram.wires) == {wire(text) for text in SPIRAL_WIRES}
    assert document.diagram.blocks["linear1"].settings == Frozen(units=100)
    assert document.diagram.blocks["linear2"].settings == Frozen(units=3)
    hand.choose(window.bar.data, "moons")
    assert document.diagram.recipe["data"]["kind"] == "moons"
    hand.choose(window.bar.data, "spiral")
    assert document.diagram.recipe["data"]["kind"] == "spiral"

    wires = [wire(text) for text in SPIRAL_WIRES]
    until(lambda: hand.reached() > 0, "a first look at the answers")
    assert hand.reached() < 0.6
    assert not any(map(hand.stirs, wires)), "nothing runs along the wires of a run that rests"
    _train_until_right(hand)
    learning = wires[:4]  # no gradient goes back to class numbers
    until(lambda: all(hand.glow(line).sum() > 20 for line in learning), "the wires glow", 10)
    until(lambda: all(map(hand.stirs, learning)), "pulses run along them", 10)
    areas = [like(pixels(window.boundary), color) for color in window.theme.areas[:3]]
    assert min(area.sum() for area in areas) > 200, "the boundary shows an area for each arm"

    seen: list[Snapshot] = []
    window.live.shown.connect(seen.append)
    until(lambda: seen, "a frame", 10)
    last, was_right = seen[-1], hand.reached()
    hand.type_into(window.bar.rate, "0.003")
    assert document.diagram.recipe["rate"] == 0.003 and window.live.is_playing
    until(lambda: seen[-1].version > last.version, "a frame at the new rate", 10)
    until(lambda: seen[-1].step > last.step + 200, "it trains on")
    steps = [snapshot.step for snapshot in seen]
    assert steps == sorted(steps), "the run goes on where it was"
    assert hand.reached() > was_right - 0.1, "the weights are kept"

    hand.click(window.bar.play)
    assert not window.live.is_playing
    until(lambda: not any(map(hand.stirs, learning)), "the wires rest", 10)
    drawn = to_text(document.diagram)
    undone = _undo_everything(hand)
    assert to_text(document.diagram) == empty
    assert not window.scene.blocks and not window.scene.wires
    QTest.qWait(100)
    assert np.array_equal(pixels(hand.port), blank)
    for _ in range(undone):
        hand.press(Key.Key_Z, Ctrl | Shift)
    assert not document.stack.canRedo() and to_text(document.diagram) == drawn


def _undo_everything(hand: Hand) -> int:
    """Presses Ctrl+Z until nothing is left to undo; how often."""
    presses = 0
    while hand.window.document.stack.canUndo():
        hand.press(Key.Key_Z, Ctrl)
        presses += 1
        focus, window = QApplication.focusWidget(), QApplication.activeWindow()
        assert presses <= 100, f"{hand.window.document.stack.undoText()}: {focus}, {window}"
    return presses


def test_a_killed_engine_is_told_and_another_one_trains(hand: Hand) -> None:
    window, session = hand.window, hand.window.session
    assert isinstance(session, Session)
    _draw(hand)
    hand.click(window.bar.play)
    until(lambda: _step(hand) > 0, "it trains")
    drawn = to_text(window.document.diagram)
    first = session.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until(window.notice.isVisible, "the notice", 10)
    assert "SIGKILL" in window.notice.text.text()
    assert window.notice.action.text() == "Restart"
    assert to_text(window.document.diagram) == drawn and not window.live.is_playing
    hand.click(window.notice.action)
    assert not window.notice.isVisible()
    until(lambda: window.live.is_ready, "another engine")
    assert session.pid != first
    _train_until_right(hand)
    assert to_text(window.document.diagram) == drawn


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Least squares by plain gradient descent: nothing bounds its steps."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y)
    path = tmp_path / "line.gradboard"
    save(s.diagram(data={"kind": "line", "inputs": 2}, optimizer="sgd", rate=0.01), path)
    return path


def test_a_rate_that_is_too_high_stops_at_a_block_and_spares_the_weights(
    hand: Hand, file: Path
) -> None:
    from safetensors.numpy import load_file

    window = hand.window
    assert window.filing.open_file(file)
    hand.click(window.bar.play)
    until(lambda: _step(hand) > 0, "it trains")
    hand.type_into(window.bar.rate, "1e6")
    until(window.notice.isVisible, "the notice", 20)
    assert not window.live.is_playing
    text, (born,) = window.notice.text.text(), window.scene.selected
    assert text.startswith("Training stopped at step") and f" {born}:" in text
    assert "Lower the rate" in text
    hand.press(Key.Key_S, Ctrl)
    weights = file.with_suffix(".safetensors")
    until(weights.exists, "the weights", 10)
    until(lambda: "weights saved" in window.status.currentMessage(), "the word of it", 10)
    kept = load_file(weights)
    assert sorted(kept) == ["linear1.bias", "linear1.weight"]
    assert all(np.isfinite(value).all() for value in kept.values())


def test_a_diagram_that_is_taken_apart_while_it_trains_waits_and_goes_on(hand: Hand) -> None:
    window = hand.window
    _draw(hand)
    hand.click(window.bar.play)
    until(lambda: _step(hand) > 0, "it trains")
    hand.pick("relu1")
    hand.press(Key.Key_Delete)
    assert "relu1" not in window.document.diagram.blocks
    until(lambda: window.reactions.report and window.reactions.report.problems, "a problem")
    before = _step(hand)
    hand.press(Key.Key_Z, Ctrl)
    assert window.document.diagram.wires_of["relu1"]
    until(lambda: _step(hand) > before + 50, "it trains on")


def test_a_run_is_looked_back_at_left_alone_and_branched(hand: Hand) -> None:
    window = hand.window
    _draw(hand)
    seen: list[Snapshot] = []
    window.live.shown.connect(seen.append)
    hand.click(window.bar.play)
    until(lambda: _step(hand) > 400, "it trains")
    hand.type_into(window.bar.rate, "0.003")
    until(lambda: _step(hand) > 500, "it trains on")
    hand.click(window.bar.play)
    until(lambda: seen[-1].step == seen[-1].recorded.now and not seen[-1].playing, "it rests", 10)
    assert [mark.label for mark in window.loss.story.marks] == ["Set rate"]
    QTest.qWait(500)
    now, reached = seen[-1], hand.reached()
    trained = pixels(window.boundary)

    def drag_to(step: int) -> Snapshot:
        scale = window.loss.steps_scale()
        assert scale is not None
        middle = window.moments.height() // 2
        start = QPoint(round(float(scale.pixels(now.step))), middle)
        end = QPoint(round(float(scale.pixels(step))), middle)
        QTest.mousePress(window.moments, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(window.moments, (start + end) / 2)
        QTest.mouseMove(window.moments, end)
        QTest.mouseRelease(window.moments, Qt.MouseButton.LeftButton, pos=end)
        until(lambda: seen[-1].past and seen[-1].step == window.moments.step, "the past", 20)
        QTest.qWait(300)
        return seen[-1]

    first = drag_to(0)
    assert window.looking_back.isVisible() and first.step < 50 and hand.reached() < reached
    untrained = pixels(window.boundary)
    assert (untrained != trained).any(axis=-1).mean() > 0.02
    hand.click(window.looking_back.back)
    until(lambda: not seen[-1].past, "the present", 20)
    QTest.qWait(300)
    assert (seen[-1].step, seen[-1].loss) == (now.step, now.loss)
    assert np.array_equal(pixels(window.boundary), trained), "the present is as it was"

    again = drag_to(0)
    assert (again.step, again.loss) == (first.step, first.loss)
    assert np.array_equal(pixels(window.boundary), untrained)
    middle = drag_to(now.step // 2)
    assert first.step < middle.step < now.step
    hand.click(window.looking_back.branch)
    until(lambda: seen[-1].playing and seen[-1].step > middle.step, "the branch trains")
    begun = next(s for s in seen[seen.index(middle) :] if not s.past)
    assert begun.step < now.step and not window.looking_back.isVisible()
    (left,) = window.loss.story.left
    assert left.training[0, 0] == middle.step and left.training[-1, 0] == now.step - 1
    assert window.loss.story.marks[-1] == (middle.step, "Branch with Set rate")
    until(lambda: _step(hand) > now.step, "the branch goes on")
    assert window.loss.training.rows[-1, 0] >= now.step
