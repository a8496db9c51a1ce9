"""Wires moved, cut and joined by the mouse and by keys; each is one step that is undone to the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from app.document import Document
from app.window import MainWindow
from graph.diagram import Diagram
from graph.edits import RemoveBlocks
from graph.files import to_text
from tests.app.canvas_bench import Bench, Left, Plain, block, diagram, spiral, wire
from tests.app.driving import opened

Ctrl, Alt, Right = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.MouseButton.RightButton,
)


def forked() -> Diagram:
    """x feeds two linear blocks that are added; k feeds nothing yet."""
    return diagram(
        (
            block("x", "observed", 0, 0),
            block("k", "latent", 0, 160),
            block("linear1", "linear", 200, 0),
            block("linear2", "linear", 200, 160),
            block("sum1", "sum", 460, 0),
        ),
        "x.y -> linear1.z",
        "x.y -> linear2.z",
        "linear1.y -> sum1.z1",
        "linear2.y -> sum1.z2",
    )


def _drag(
    bench: Bench,
    start: QPoint,
    *via: QPoint,
    held: Qt.KeyboardModifier = Plain,
    button: Qt.MouseButton = Left,
) -> None:
    bench.press(start, button, held)
    for point in via:
        bench.move((start + point) / 2)
        bench.move(point)
        start = point
    bench.release(start, button, held)


def _undone(bench: Bench, before: Diagram) -> None:
    """One edit was made; a document that does it, undoes it and does it again has the same bytes."""
    assert len(bench.edits) == 1
    document = Document(before)
    document.do(bench.edits[0])
    assert to_text(document.diagram) == to_text(bench.diagram) != to_text(before)
    document.undo()
    assert to_text(document.diagram) == to_text(before)
    document.redo()
    assert to_text(document.diagram) == to_text(bench.diagram)


def _along(bench: Bench, text: str, part: float) -> QPoint:
    evenly = bench.scene.wires[wire(text)].evenly
    return bench.at(*evenly[round(part * (len(evenly) - 1))])


def like_color(shown: QColor, wanted: QColor) -> bool:
    """Whether a pixel has a colour, up to smoothing."""
    pairs = zip(shown.getRgb()[:3], wanted.getRgb()[:3], strict=True)
    return all(abs(a - b) < 40 for a, b in pairs)


# --- the ends of a wire ------------------------------------------------------------------------------------------


def test_a_wire_taken_off_its_circle_is_fed_by_another(qapp: Any) -> None:
    before = forked()
    bench = Bench(before)
    _drag(bench, _along(bench, "x.y -> linear2.z", 0.04), bench.pin("k.y"))
    assert bench.diagram.wires[1] == wire("k.y -> linear2.z")
    _undone(bench, before)


def test_a_wire_put_back_on_its_circle_is_as_before(qapp: Any) -> None:
    bench = Bench(forked())
    start = _along(bench, "linear1.y -> sum1.z1", 0.05)
    _drag(bench, start, start + QPoint(10, 90), bench.pin("linear1.y"))
    assert not bench.edits and bench.scene.wires[wire("linear1.y -> sum1.z1")].isVisible()


def test_a_wire_put_back_on_its_pin_is_as_before(qapp: Any) -> None:
    bench = Bench(forked())
    start = _along(bench, "linear1.y -> sum1.z1", 0.95)
    _drag(bench, start, start + QPoint(-10, 90), bench.pin("sum1.z1"))
    assert not bench.edits and bench.scene.wires[wire("linear1.y -> sum1.z1")].isVisible()


def test_a_wire_taken_off_its_circle_and_dropped_on_nothing_is_removed(qapp: Any) -> None:
    before = forked()
    bench = Bench(before)
    start = _along(bench, "linear1.y -> sum1.z1", 0.05)
    _drag(bench, start, start + QPoint(30, -150))
    assert wire("linear1.y -> sum1.z1") not in bench.diagram.wires
    _undone(bench, before)


def test_escape_puts_the_beginning_of_a_wire_back(qapp: Any) -> None:
    bench = Bench(forked())
    line = wire("linear1.y -> sum1.z1")
    bench.press(_along(bench, "linear1.y -> sum1.z1", 0.05))
    bench.move(bench.at(300, 100))
    bench.move(bench.at(300, 110))
    assert not bench.scene.wires[line].isVisible()
    bench.key(Qt.Key.Key_Escape)
    assert bench.scene.wires[line].isVisible() and not bench.edits


def test_the_beginning_of_a_wire_refuses_a_loop_and_a_cost(qapp: Any) -> None:
    bench = Bench(spiral())
    start = _along(bench, "x.y -> linear1.z", 0.1)
    _drag(bench, start, bench.pin("relu1.y"))
    assert not bench.edits and "close a loop" in bench.said[-1]
    _drag(bench, start, bench.at(680, 0))
    assert not bench.edits and "is a cost" in bench.said[-1]


def test_the_wire_is_shown_where_it_would_snap(qapp: Any) -> None:
    bench = Bench(forked())
    x, y = bench.scene.ways.between(*wire("k.y -> linear2.z")).mean(axis=0)
    assert not like_color(bench.color(x, y), bench.scene.ink.selection)
    bench.press(_along(bench, "x.y -> linear2.z", 0.04))
    bench.move(bench.at(60, 100))
    bench.move(bench.pin("k.y") + QPoint(6, 4))
    assert like_color(bench.color(x, y), bench.scene.ink.selection)
    bench.release(bench.pin("k.y") + QPoint(6, 4))


# --- many wires --------------------------------------------------------------------------------------------------


def test_ctrl_moves_all_wires_of_a_circle_in_one_step(qapp: Any) -> None:
    before = forked()
    bench = Bench(before)
    _drag(bench, bench.pin("x.y"), bench.pin("k.y"), held=Ctrl)
    assert bench.diagram.wires[:2] == (wire("k.y -> linear1.z"), wire("k.y -> linear2.z"))
    assert bench.edits[0].label == "Move 2 wires to k.y"
    _undone(bench, before)


def test_ctrl_moves_only_the_selected_wires_of_a_circle(qapp: Any) -> None:
    bench = Bench(forked())
    bench.scene.select((), {wire("x.y -> linear2.z")})
    _drag(bench, bench.pin("x.y"), bench.pin("k.y"), held=Ctrl)
    assert bench.diagram.wires[:2] == (wire("x.y -> linear1.z"), wire("k.y -> linear2.z"))


def test_many_wires_are_not_moved_into_a_loop_nor_to_nothing(qapp: Any) -> None:
    bench = Bench(forked())
    _drag(bench, bench.pin("x.y"), bench.pin("sum1.y"), held=Ctrl)
    assert "close a loop" in bench.said[-1]
    _drag(bench, bench.pin("x.y"), bench.at(60, -120), held=Ctrl)
    assert not bench.edits and all(item.isVisible() for item in bench.scene.wires.values())


def test_escape_leaves_many_wires_where_they_were(qapp: Any) -> None:
    bench = Bench(forked())
    bench.press(bench.pin("x.y"), held=Ctrl)
    bench.move(bench.at(10, 100))
    bench.move(bench.pin("k.y"))
    assert not any(bench.scene.wires[wire(f"x.y -> linear{k}.z")].isVisible() for k in (1, 2))
    bench.key(Qt.Key.Key_Escape)
    assert all(item.isVisible() for item in bench.scene.wires.values()) and not bench.edits


def test_a_circle_without_wires_says_so(qapp: Any) -> None:
    bench = Bench(forked())
    _drag(bench, bench.pin("k.y"), bench.pin("x.y"), held=Ctrl)
    assert bench.said == ["No wire leaves k.y."] and not bench.edits


# --- the knife ---------------------------------------------------------------------------------------------------


def test_the_knife_cuts_every_wire_it_crosses_in_one_step(qapp: Any) -> None:
    before = spiral()
    bench = Bench(before)
    _drag(
        bench,
        bench.at(222, -60),
        bench.at(234, 60),
        bench.at(400, 60),
        bench.at(404, -60),
        held=Ctrl,
        button=Right,
    )
    kept = (
        "x.y -> linear1.z",
        "linear2.y -> cross_entropy1.prediction",
        "y.y -> cross_entropy1.target",
    )
    assert bench.diagram.wires == tuple(wire(text) for text in kept)
    _undone(bench, before)


def test_wires_under_the_knife_are_shown_in_the_colour_of_refusal(qapp: Any) -> None:
    bench = Bench(forked())
    x, y = bench.scene.wires[wire("linear1.y -> sum1.z1")].evenly[8]
    refused = bench.scene.ink.problem
    bench.press(bench.at(x + 12, y - 60), Right, Ctrl)
    bench.move(bench.at(x + 12, y - 30))
    assert not like_color(bench.color(x, y), refused)
    bench.move(bench.at(x + 12, y + 60))
    assert like_color(bench.color(x, y), refused)
    bench.key(Qt.Key.Key_Escape)
    assert not like_color(bench.color(x, y), refused) and not bench.edits


def test_a_knife_through_nothing_changes_nothing(qapp: Any) -> None:
    bench = Bench(spiral())
    _drag(bench, bench.at(200, -90), bench.at(500, -90), held=Ctrl, button=Right)
    assert not bench.edits and not bench.said


def test_the_right_button_alone_cuts_nothing(qapp: Any) -> None:
    bench = Bench(spiral())
    _drag(bench, bench.at(230, -60), bench.at(230, 60), button=Right)
    assert not bench.edits


# --- taking blocks out -------------------------------------------------------------------------------------------


def test_alt_delete_removes_a_block_and_joins_its_neighbours(qapp: Any) -> None:
    before = spiral()
    bench = Bench(before)
    bench.click(bench.at(300, 0))
    bench.key(Qt.Key.Key_Delete, Alt)
    assert bench.diagram.wires[1] == wire("linear1.y -> linear2.z")
    assert "relu1" not in bench.diagram.blocks and len(bench.diagram.wires) == 4
    _undone(bench, before)


def test_alt_delete_of_what_joins_nothing_is_refused(qapp: Any) -> None:
    bench = Bench(spiral())
    bench.click(bench.at(680, 0))
    bench.key(Qt.Key.Key_Delete, Alt)
    assert not bench.edits and "nothing to join" in bench.said[-1]
    bench.scene.select(())
    bench.key(Qt.Key.Key_Delete, Alt)
    assert bench.said[-1].startswith("Select the blocks")


# --- by keys alone -----------------------------------------------------------------------------------------------


def unwired() -> Diagram:
    """x, linear, relu and a cost in a row, y behind it; not one wire."""
    return spiral().with_(wires=())


def test_a_diagram_is_wired_by_keys_alone(qapp: Any) -> None:
    bench = Bench(unwired())
    bench.scene.select({"x"})
    for _ in range(
        4
    ):  # every wire ends at the nearest open pin, and its block is the next to begin at
        bench.key(Qt.Key.Key_W)
        bench.key(Qt.Key.Key_Return)
    bench.scene.select({"y"})
    bench.key(Qt.Key.Key_W)
    bench.key(Qt.Key.Key_Return)
    assert set(bench.diagram.wires) == set(spiral().wires)
    assert len(bench.edits) == 5


def test_arrows_and_tab_choose_and_what_is_chosen_is_said_and_marked(qapp: Any) -> None:
    bench = Bench(unwired())
    bench.scene.select({"x"})
    bench.key(Qt.Key.Key_W)
    assert bench.said[-1].startswith("x.y to linear1.z: Enter connects")
    bench.key(Qt.Key.Key_Right)
    assert bench.said[-1].startswith("x.y to linear1.weight")  # at the flank: right of z
    assert bench.scene.blocks["linear1"].marks.near == "weight"
    bench.key(Qt.Key.Key_Left)
    bench.key(Qt.Key.Key_Tab)
    assert bench.said[-1].startswith("x.y to relu1.z")
    bench.key(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert bench.said[-1].startswith("x.y to linear1.z")
    x, y = bench.scene.ways.between(*wire("x.y -> linear1.z")).mean(axis=0)
    assert like_color(bench.color(x, y), bench.scene.ink.selection)
    bench.key(Qt.Key.Key_Return)
    assert bench.diagram.wires == (wire("x.y -> linear1.z"),)
    assert bench.scene.selected == {"linear1"} and bench.scene.blocks["x"].marks.near == ""


def test_escape_or_a_click_leaves_the_wire_of_the_keys(qapp: Any) -> None:
    bench = Bench(unwired())
    bench.scene.select({"x"})
    bench.key(Qt.Key.Key_W)
    bench.key(Qt.Key.Key_Escape)
    bench.key(Qt.Key.Key_W)
    bench.click(bench.at(300, -150))
    bench.key(Qt.Key.Key_Return)
    assert not bench.edits and bench.scene.blocks["linear1"].marks.near == ""


def test_a_taken_pin_is_told_and_given_the_new_wire(qapp: Any) -> None:
    before = forked()
    bench = Bench(before)
    bench.scene.select({"k"})
    bench.key(Qt.Key.Key_W)
    while not bench.said[-1].startswith("k.y to linear2.z instead of x.y"):
        bench.key(Qt.Key.Key_Tab)
    bench.key(Qt.Key.Key_Return)
    assert bench.diagram.wires[1] == wire("k.y -> linear2.z")
    _undone(bench, before)


def test_a_wire_of_the_keys_ends_when_its_block_goes(qapp: Any) -> None:
    bench = Bench(unwired())
    bench.scene.select({"x"})
    QTest.keyClick(bench.view, Qt.Key.Key_W)
    assert bench.view.is_busy
    bench.do(RemoveBlocks(("x",)))
    bench.view.grab()  # painting the wire would need the block
    assert not bench.view.is_busy


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ((), "Select one block"),
        (("x", "relu1"), "Select one block"),
        (("cross_entropy1",), "is a cost"),
    ],
)
def test_why_no_wire_can_be_drawn_by_keys_is_said(
    qapp: Any, chosen: tuple[str, ...], sentence: str
) -> None:
    bench = Bench(unwired())
    bench.scene.select(chosen)
    bench.key(Qt.Key.Key_W)
    bench.key(Qt.Key.Key_Return)
    assert sentence in bench.said[-1] and not bench.edits


# --- in the window -----------------------------------------------------------------------------------------------


@pytest.fixture
def window(qapp: Any) -> Iterator[MainWindow]:
    with opened(size=(1300, 800)) as made:
        yield made


def test_the_keys_of_the_menu_wire_and_take_out_and_undo_gives_the_same_bytes(
    window: MainWindow,
) -> None:
    document, view = window.document, window.view
    document.load(unwired(), None)
    before = to_text(document.diagram)
    view.setFocus()
    window.scene.select({"x"})
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_W)
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert len(document.diagram.wires) == 3
    window.scene.select({"relu1"})
    QTest.keyClick(view, Qt.Key.Key_Delete, Alt)
    assert wire("linear1.y -> linear2.z") in document.diagram.wires
    assert document.stack.undoText() == "Take out relu1"
    for _ in range(4):
        QTest.keyClick(view, Qt.Key.Key_Z, Ctrl)
    assert to_text(document.diagram) == before
