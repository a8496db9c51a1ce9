"""Arranging with real events: align, distribute, guides while dragging, gliding tidy, the flow, find; undo and redo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import gallery
from app.canvas.forms import form
from app.canvas.geometry import CIRCLES
from app.canvas.picture import Picture, Shown
from app.finding import Finding, Found, find
from app.theme import BOARD, PAPER, Theme
from app.window import MainWindow
from graph.diagram import Diagram
from graph.edits import MoveBlocks
from graph.files import from_text, to_text
from graph.files import load as read
from graph.frame import Comment
from graph.turning import SetFlow
from nodes.block import Glyph
from tests.app.canvas_bench import Alt, Bench, Left, block, closing, diagram, spiral
from tests.app.driving import Ctrl, Hand, Shift, opened, until

__all__ = ["closing"]
Key = Qt.Key


@pytest.fixture
def hand(qapp: Any) -> Iterator[Hand]:
    with opened(size=(1500, 900)) as window:
        load(window, spiral())
        yield Hand(window)


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
    guides = bench.view._ongoing.gesture._guides  # type: ignore[union-attr]
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
    assert bench.view._ongoing.gesture._guides.lines == ()  # type: ignore[union-attr]
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


# --- tidy ------------------------------------------------------------------------------------------------------------


def test_tidy_glides_to_exact_places_in_one_step(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.canvas.gliding.LASTS", 2.0)  # however slow the machine is
    window = hand.window
    load(window, ragged())
    before = to_text(window.document.diagram)
    hand.press(Key.Key_L, Ctrl)
    scene, wanted = window.scene, window.document.diagram.blocks
    assert scene.gliding.is_running
    until(lambda: not scene.gliding.is_running, "the blocks arrive", 20)
    assert all(item.pos().toTuple() == wanted[name].position for name, item in scene.blocks.items())
    assert len({wanted[n].position[1] for n in ("x", "linear1", "relu1", "linear2")}) == 1
    assert undone_and_redone(window, before)


def test_a_press_or_an_edit_ends_the_gliding_where_the_blocks_belong(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.canvas.gliding.LASTS", 60.0)  # however slow the machine is
    window = hand.window
    load(window, ragged())
    hand.press(Key.Key_L, Ctrl)
    assert window.scene.gliding.is_running
    hand.pick("relu1")
    assert not window.scene.gliding.is_running and window.scene.selected == {"relu1"}
    assert window.scene.blocks["relu1"].pos().toTuple() == window.document.diagram.blocks["relu1"].position  # fmt: skip


def test_reduced_motion_is_there_at_once(hand: Hand) -> None:
    window = hand.window
    load(window, ragged())
    window.scene.pulses.motion = False
    hand.press(Key.Key_L, Ctrl)
    assert not window.scene.gliding.is_running
    window.scene.pulses.motion = True


# --- upwards ---------------------------------------------------------------------------------------------------------


def test_the_switch_turns_round_ends_pins_and_wires_and_is_saved(hand: Hand) -> None:
    window = hand.window
    before = to_text(window.document.diagram)
    hand.press(Key.Key_U, Ctrl | Shift)
    diagram, scene = window.document.diagram, window.scene
    assert diagram.flow == "up" and window.menus.actions["upwards"].isChecked()
    assert '"flow": "up"' in to_text(diagram)
    heights = [diagram.blocks[n].position[1] for n in ("x", "linear1", "relu1", "linear2", "y")]
    assert heights == sorted(heights, reverse=True)
    made = scene.blocks["linear1"].face.form
    port, ring = made.port("z"), made.ring("y")
    assert (port.dx, port.dy) == (0, -1) and port.y == made.height / 2
    assert (ring.dx, ring.dy) == (0, -1) and ring.y < -made.height / 2
    for item in scene.wires.values():
        assert abs(item.way[0][0] - item.way[-1][0]) < 0.01  # all upright
    assert undone_and_redone(window, before)
    hand.press(Key.Key_U, Ctrl | Shift)
    assert to_text(window.document.diagram) == before  # there and back again


@pytest.mark.parametrize("theme", [PAPER, BOARD], ids=["paper", "board"])
def test_pictures_of_both_flows(qapp: Any, theme: Theme) -> None:
    for flow in ("right", "up"):
        turned = SetFlow(flow).apply(spiral())
        picture = Picture(Shown(turned, theme))
        image, corner = picture.image(1.0), picture.rect.topLeft()
        x, y = turned.blocks["linear1"].position
        half = {"right": (42, 28), "up": (42, 30)}[flow]
        flat = (-half[0], -20) if flow == "right" else (-30, half[1])
        seen = image.pixelColor(round(x + flat[0] - corner.x()), round(y + flat[1] - corner.y()))
        rim = QColor(theme.function)
        assert all(
            abs(a - b) < 60 for a, b in zip(seen.getRgb()[:3], rim.getRgb()[:3], strict=True)
        )
        for ending in (".svg", ".pdf", ".tex"):
            assert len(picture.file(ending)) > 1000


@pytest.mark.parametrize("glyph", list(Glyph))
def test_a_shape_that_stands_holds_what_it_held_when_it_lay(glyph: Glyph) -> None:
    made = form(glyph, 60.0, ("z1", "z2"), ("y",), up=True)
    for port in made.ports.values():
        assert made.holds(port.x + 0.5 * port.dx, port.y + 0.5 * port.dy) or glyph in CIRCLES
        assert not made.holds(port.x - 1.0 * port.dx, port.y - 1.0 * port.dy) or glyph in CIRCLES
    left, top, right, bottom = made.box()
    assert left <= -made.width / 2 and right >= made.width / 2
    assert top <= -made.height / 2 and bottom >= made.height / 2


def test_parts_are_turned_with_the_whole(hand: Hand) -> None:
    window = hand.window
    window.document.load(read(gallery.path("residual-net")), None)
    QApplication.processEvents()
    before = to_text(window.document.diagram)
    hand.press(Key.Key_U, Ctrl | Shift)
    use = next(b.id for b in window.document.diagram.blocks.values() if b.kind == "part")
    assert window.levels.enter(use)
    assert window.levels.diagram.flow == "up"
    ahead = [item.face.form.up for item in window.scene.blocks.values()]
    assert ahead and all(ahead)
    assert undone_and_redone(window, before)


# --- find ------------------------------------------------------------------------------------------------------------


def test_find_goes_from_one_hit_to_the_next_and_into_parts(hand: Hand) -> None:
    window = hand.window
    load(window, read(gallery.path("residual-net")))
    hand.press(Key.Key_F, Ctrl)
    bar = window.view.findChild(Finding)
    assert bar is not None and bar.isVisible()
    QTest.keyClicks(bar.field, "relu")
    seen = set[tuple[str, str]]()
    total = int(bar.count.text().split()[-1])
    assert total > 2
    for _ in range(total):
        (name,) = window.scene.selected
        assert "relu" in window.levels.diagram.blocks[name].kind
        assert window.view.seen().intersects(window.scene.bounds((name,)))
        seen.add((window.levels.path, name))
        QTest.keyClick(bar.field, Key.Key_Return)
    assert len(seen) == total and any(path for path, _ in seen)
    first = bar.count.text()
    QTest.keyClick(bar.field, Key.Key_Return, Shift)
    assert bar.count.text() == f"{total} of {total}" != first
    QTest.keyClick(bar.field, Key.Key_Escape)
    assert not bar.isVisible()


def test_comments_are_found_and_nothing_is_said_of_nothing(hand: Hand) -> None:
    diagram = spiral().with_drawn(comments=[Comment("the hidden layer", (3000, 2000, 200))])
    assert find(diagram, "hidden") == [Found("", "comment1", True)]
    assert find(diagram, "cross_entropy")[0] == Found("", "cross_entropy1")
    assert find(diagram, "qqq") == find(diagram, "  ") == []
    window = hand.window
    load(window, diagram)
    hand.press(Key.Key_F, Ctrl)
    bar = window.view.findChild(Finding)
    assert bar is not None
    QTest.keyClicks(bar.field, "hidden")
    assert window.scene.frames.selected == {"comment1"}
    assert window.view.seen().contains(window.scene.frames.box("comment1"))
    QTest.keyClicks(bar.field, "qqq")
    assert bar.count.text() == "nothing"


def test_nothing_typed_looks_at_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.finding.names", lambda _diagram: pytest.fail("every edit would pay"))
    assert find(spiral(), "  ") == []
