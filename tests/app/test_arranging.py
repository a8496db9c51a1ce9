"""Arranging with real events: align, distribute, guides while dragging, gliding tidy, the flow, find; undo and redo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtWidgets import QApplication

from app.settings import Preferences
from app.window import MainWindow
from graph.diagram import Diagram
from graph.edits import MoveBlocks
from graph.files import from_text, to_text
from tests.app.canvas_bench import Alt, Bench, Left, block, closing, diagram, spiral
from tests.app.driving import Ctrl, Hand, Shift
from tests.app.fake_session import FakeSession

__all__ = ["closing"]
Key = Qt.Key


@pytest.fixture
def hand(qapp: Any, tmp_path: Path) -> Iterator[Hand]:
    preferences = Preferences(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    window = MainWindow(FakeSession(), preferences, "paper")
    window.resize(1500, 900)
    window.show()
    window.fill()
    load(window, spiral())
    yield Hand(window)
    window.filing.ask_unsaved = lambda: "discard"  # type: ignore[method-assign]
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def load(window: MainWindow, wanted: Diagram) -> None:
    window.document.load(wanted, None)
    window.view.set_zoom(1.0)
    window.view.centerOn(350, 60)
    QApplication.processEvents()


def undone_and_redone(window: MainWindow, before: str) -> bool:
    """Whether one undo brings the bytes of before back, and one redo those of now."""
    after = to_text(window.document.diagram)
    assert after != before and to_text(from_text(after)) == after
    window.menus.actions["undo"].trigger()
    back = to_text(window.document.diagram)
    window.menus.actions["redo"].trigger()
    return back == before and to_text(window.document.diagram) == after


def ragged() -> Diagram:
    return MoveBlocks({"linear1": (110, 40), "relu1": (310, -30), "linear2": (460, 10)}).apply(
        spiral()
    )


# --- align and distribute ------------------------------------------------------------------------------------------


def test_blocks_in_one_row_have_straight_wires(hand: Hand) -> None:
    window = hand.window
    load(window, ragged())
    before = to_text(window.document.diagram)
    window.scene.select(("linear1", "relu1", "linear2"))
    hand.press(Key.Key_M, Ctrl | Shift)
    heights = {window.document.diagram.blocks[n].position[1] for n in ("linear1", "relu1", "linear2")}  # fmt: skip
    assert heights == {10.0}
    ways = [item.way for wire, item in window.scene.wires.items() if wire.target.block in ("relu1", "linear2")]  # fmt: skip
    assert len(ways) == 2 and all(len(way) == 2 for way in ways)  # a straight line has two points
    assert window.menus.actions["undo"].text() == "&Undo Align 3 blocks"
    assert undone_and_redone(window, before)


def test_distributed_blocks_have_wires_of_one_length(hand: Hand) -> None:
    window = hand.window
    load(window, MoveBlocks({"relu1": (230, 0)}).apply(spiral()))
    before = to_text(window.document.diagram)
    window.scene.select(("linear1", "relu1", "linear2"))
    hand.press(Key.Key_H, Ctrl | Shift)
    ways = [window.scene.wires[w].way for w in window.scene.wires if w.target.block in ("relu1", "linear2")]  # fmt: skip
    lengths = [float(way[-1][0] - way[0][0]) for way in ways]
    assert abs(lengths[0] - lengths[1]) <= 2.0 and min(lengths) > 20
    assert undone_and_redone(window, before)


def test_too_few_blocks_are_told_what_to_do(hand: Hand) -> None:
    window = hand.window
    window.scene.select(("linear1",))
    before = to_text(window.document.diagram)
    hand.press(Key.Key_Left, Ctrl | Shift)
    assert "Select" in window.status.currentMessage()
    window.scene.select(("linear1", "relu1"))
    hand.press(Key.Key_Y, Ctrl | Shift)
    assert "three" in window.status.currentMessage()
    assert to_text(window.document.diagram) == before


# --- guides ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def bench(qapp: Any) -> Bench:
    return Bench(
        diagram(
            (
                block("a", "linear", 0, 0),
                block("b", "relu", 203, 7),
                block("c", "tanh", 500, 140),
                block("d", "linear", 433, 300),
            )
        )
    )


def hold(
    bench: Bench, name: str, x: float, y: float, held: Qt.KeyboardModifier | None = None
) -> QPoint:
    """Drags a block to a place and holds it there."""
    start = bench.at(*bench.diagram.blocks[name].position)
    end = start + bench.at(x, y) - bench.at(*bench.diagram.blocks[name].position)
    bench.press(start)
    for part in (0.5, 1.0):
        at = start + (end - start) * part
        bench.hover(at, held or Qt.KeyboardModifier.NoModifier, Left)
    return end


def test_a_block_near_the_middle_line_of_another_stands_on_it_and_a_line_is_shown(
    bench: Bench,
) -> None:
    end = hold(bench, "c", 600, 11)
    guides = bench.view._gesture._guides  # type: ignore[union-attr]
    assert (bench.scene.blocks["c"].y(), bench.scene.blocks["c"].x()) == (7.0, 600.0)
    level = [line for line in guides.lines if line[1] == line[3] == 7.0]
    assert level and level[0][0] < 203 and level[0][2] > 600
    shown = bench.shot().pixelColor(bench.at(400, 7))
    bench.release(end)
    assert bench.diagram.blocks["c"].position == (600.0, 7.0)
    assert bench.shot().pixelColor(bench.at(400, 7)) != shown  # the line is gone


def test_alt_lets_it_stand_anywhere(bench: Bench) -> None:
    end = hold(bench, "c", 600, 11, Alt)
    bench.release(end, held=Alt)
    assert bench.diagram.blocks["c"].position == (600.0, 11.0)


def test_far_from_every_line_it_stands_on_the_grid(bench: Bench) -> None:
    end = hold(bench, "c", 641, 213)
    assert bench.view._gesture._guides.lines == ()  # type: ignore[union-attr]
    bench.release(end)
    assert bench.diagram.blocks["c"].position == (640.0, 210.0)


def test_a_block_stands_as_far_from_its_neighbour_as_that_from_the_next(bench: Bench) -> None:
    end = hold(bench, "c", 409, 7)
    bench.release(end)
    assert bench.diagram.blocks["c"].position == (412.0, 7.0)  # 59 between the boxes


def test_a_dragged_block_stands_where_its_wire_is_straight(qapp: Any) -> None:
    start = diagram(
        (block("a", "linear", 0, 3), block("s", "sum", 300, 100), block("p", "parameter", 90, 240)),
        "a.y -> s.z1",
        "p.y -> s.z2",
    )
    bench = Bench(start)
    port = bench.scene.blocks["s"].face.form.port("z1")
    assert port.y != 0
    end = hold(bench, "s", 300, 3 - port.y + 4)
    bench.release(end)
    assert bench.diagram.blocks["s"].position[1] == pytest.approx(3 - port.y)


def test_what_is_out_of_sight_holds_nothing(qapp: Any) -> None:
    bench = Bench(diagram((block("a", "linear", 0, 0), block("far", "linear", 9_000, 133))))
    end = hold(bench, "a", 300, 132)
    bench.release(end)
    assert bench.diagram.blocks["a"].position == (300.0, 130.0)
