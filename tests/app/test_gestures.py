"""What interrupts a gesture leaves nothing behind: other buttons, lost releases, lost focus, Escape, undo, another level."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from graph.change import Change
from graph.diagram import Pin
from graph.edits import Disconnect, MoveBlocks
from runtime.snapshot import Report
from tests.app.canvas_bench import (
    Bench,
    Left,
    Middle,
    Nothing,
    Plain,
    Shift,
    block,
    closing,
    diagram,
    spiral,
    wire,
)

__all__ = ["closing"]  # a fixture for every test here

Key = Qt.Key
Right = Qt.MouseButton.RightButton
Ctrl = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def bench(qapp: Any) -> Bench:
    return Bench(spiral())


def place(bench: Bench, block: str) -> tuple[float, float]:
    """Where a block is shown."""
    return bench.scene.blocks[block].x(), bench.scene.blocks[block].y()


def as_told(bench: Bench) -> bool:
    """Whether every block is shown where the diagram has it."""
    return all(place(bench, name) == b.position for name, b in bench.diagram.blocks.items())


# --- two buttons ----------------------------------------------------------------------------------------------------------


def test_panning_amid_a_drag_takes_nothing_from_it(bench: Bench) -> None:
    bench.press(bench.at(300, 0))
    bench.move(bench.at(300, 60))
    at = bench.at(300, 60)
    bench.press(at, Middle)
    bench.move(at + QPoint(50, 0))
    bench.release(at + QPoint(50, 0))  # the left button, while the other still pans
    assert [type(edit) for edit in bench.edits] == [MoveBlocks] and not bench.view.is_busy
    before = bench.view.scene_point(QPointF(500, 300))
    bench.move(at + QPoint(90, 0))
    bench.release(at + QPoint(90, 0), Middle)
    moved = bench.view.scene_point(QPointF(500, 300)) - before
    assert moved.x() == pytest.approx(-40) and moved.y() == pytest.approx(0)
    bench.move(at)
    assert len(bench.edits) == 1 and as_told(bench), "nothing sticks to the mouse"


def test_a_click_amid_panning_leaves_nothing_in_the_hand(bench: Bench) -> None:
    bench.press(bench.at(400, 200), Middle)
    bench.press(bench.at(300, 0))
    bench.release(bench.at(300, 0))
    assert not bench.view.is_busy
    before = bench.view.scene_point(QPointF(500, 300))
    bench.move(bench.at(420, 200))
    assert bench.view.scene_point(QPointF(500, 300)) != before, "it goes on panning"
    bench.release(bench.at(420, 200), Middle)


def test_another_button_amid_a_wire_keeps_its_marks(bench: Bench) -> None:
    bench.press(bench.pin("y.y"))
    bench.move(bench.at(560, 60))
    assert bench.scene.blocks["linear2"].marks.wiring == "fits"
    bench.press(bench.at(560, 60), Right)
    bench.release(bench.at(560, 60), Right)
    assert bench.view.is_busy and bench.scene.blocks["linear2"].marks.wiring == "fits"
    bench.press(bench.at(560, 60), Middle)
    bench.release(bench.at(560, 60), Middle)
    assert bench.scene.blocks["linear2"].marks.wiring == "fits"


def twice(
    bench: Bench, at: QPoint, button: Qt.MouseButton, held: Qt.KeyboardModifier = Plain
) -> None:
    """Clicks and presses again, so quickly that Qt tells the second press as a double click."""
    port = bench.view.viewport()
    QTest.mouseClick(port, button, held, at)
    kind, world = QEvent.Type.MouseButtonDblClick, QPointF(port.mapToGlobal(at))
    QApplication.sendEvent(port, QMouseEvent(kind, QPointF(at), world, button, button, held))


def test_a_quick_second_press_pans_and_cuts_as_the_first_does(bench: Bench) -> None:
    middle = QPointF(500, 300)
    before = bench.view.scene_point(middle)
    at = bench.at(400, 200)
    twice(bench, at, Middle)
    bench.hover(at + QPoint(30, 0), buttons=Middle)
    bench.release(at + QPoint(30, 0), Middle)
    assert bench.view.scene_point(middle) != before
    twice(bench, bench.at(240, -50), Right, Ctrl)
    assert bench.view.is_busy, "a knife"
    bench.hover(bench.at(240, 50), Ctrl, Right)
    bench.release(bench.at(240, 50), Right, Ctrl)
    assert [type(edit) for edit in bench.edits] == [Disconnect]


def test_what_is_near_stays_near_on_the_screen_when_zoomed_amid_a_wire(qapp: Any) -> None:
    bench = Bench(diagram((block("x", "observed", 0, 0), block("relu1", "relu", 300, 0))))
    bench.press(bench.pin("x.y"))
    bench.hover(bench.pin("relu1.z") - QPoint(24, 0), buttons=Left)
    assert bench.scene.blocks["relu1"].marks.near == "z", "24 units, 24 pixels from the pin"
    bench.view.set_zoom(4.0, QPointF(bench.pin("relu1.z")))
    bench.hover(bench.pin("relu1.z") - QPoint(96, 0), buttons=Left)
    assert bench.scene.blocks["relu1"].marks.near == "", "24 units, 96 pixels from it"


def test_space_held_down_keeps_the_closed_hand(bench: Bench) -> None:
    QTest.keyPress(bench.view, Key.Key_Space)
    bench.press(bench.at(400, 200))
    again = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Space, Plain, " ", autorep=True)
    QApplication.sendEvent(bench.view, again)
    assert bench.view.viewport().cursor().shape() == Qt.CursorShape.ClosedHandCursor
    bench.release(bench.at(400, 200))
    QTest.keyRelease(bench.view, Key.Key_Space)


def test_panning_amid_a_drag_at_the_edge_holds_the_canvas(bench: Bench) -> None:
    bench.press(bench.at(300, 0))
    bench.move(QPoint(500, 300))
    bench.move(QPoint(998, 300))
    bench.press(QPoint(998, 300), Middle)
    before = bench.view.seen()
    QTest.qWait(80)
    assert bench.view.seen() == before
    bench.release(QPoint(998, 300), Middle)
    bench.key(Key.Key_Escape)
    assert as_told(bench)


# --- what is never told -----------------------------------------------------------------------------------------------------


def test_a_release_that_never_came_ends_the_drag(bench: Bench) -> None:
    bench.press(bench.at(300, 0))
    bench.hover(bench.at(300, 60), buttons=Left)
    assert place(bench, "relu1") == (300, 60)
    bench.hover(bench.at(300, 100), buttons=Nothing)  # a dialog had the release
    assert not bench.view.is_busy and not bench.edits and as_told(bench)


def test_a_release_that_never_came_ends_panning(bench: Bench) -> None:
    bench.press(bench.at(400, 200), Middle)
    before = bench.view.scene_point(QPointF(500, 300))
    bench.hover(bench.at(460, 200), buttons=Nothing)
    assert bench.view.scene_point(QPointF(500, 300)) == before


def lose_focus(bench: Bench, reason: Qt.FocusReason) -> None:
    QApplication.sendEvent(bench.view, QFocusEvent(QEvent.Type.FocusOut, reason))


def test_space_let_go_elsewhere_pans_no_more(bench: Bench) -> None:
    QTest.keyPress(bench.view, Key.Key_Space)
    lose_focus(bench, Qt.FocusReason.ActiveWindowFocusReason)
    bench.drag(bench.at(300, 0), bench.at(300, 60))
    assert [type(edit) for edit in bench.edits] == [MoveBlocks]


def test_a_wire_of_the_keys_ends_when_the_keys_go_elsewhere(bench: Bench) -> None:
    bench.scene.select({"x"})
    bench.view.connect_by_keys()
    lose_focus(bench, Qt.FocusReason.PopupFocusReason)
    assert bench.view.is_busy, "a menu comes back"
    lose_focus(bench, Qt.FocusReason.MouseFocusReason)
    assert not bench.view.is_busy and bench.said[-1] == ""
    assert not any(item.marks.wiring for item in bench.scene.blocks.values())


# --- Escape ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", [Plain, Shift])
@pytest.mark.parametrize("start", [(300, 0), (60, 0), (300, 200)])  # a block, a wire, nothing
def test_escape_gives_the_selection_back(
    bench: Bench, start: tuple[float, float], held: Qt.KeyboardModifier
) -> None:
    bench.scene.select({"x", "l2"}, {wire("y.y -> cross_entropy1.target")})
    before = bench.scene.selected, bench.scene.selected_wires
    at = bench.at(*start)
    bench.press(at, held=held)
    bench.hover(at + QPoint(0, 90), held, Left)
    bench.key(Key.Key_Escape)
    bench.release(at + QPoint(0, 90), held=held)
    assert (bench.scene.selected, bench.scene.selected_wires) == before
    assert as_told(bench) and not bench.edits


# --- the diagram changes meanwhile ------------------------------------------------------------------------------------------


def test_undone_amid_a_drag_the_block_is_where_the_diagram_has_it(bench: Bench) -> None:
    bench.press(bench.at(300, 0))
    bench.move(bench.at(300, 60))
    bench.do(MoveBlocks({"relu1": (300.0, -200.0)}))  # as an undo by its key does
    assert not bench.view.is_busy and as_told(bench)
    bench.move(bench.at(300, 90))
    bench.release(bench.at(300, 90))
    assert len(bench.edits) == 1 and as_told(bench)


def test_another_level_amid_a_drag_is_shown_as_it_is(bench: Bench) -> None:
    bench.press(bench.at(300, 0))
    bench.move(bench.at(300, 60))
    bench.diagram = diagram((block("relu1", "relu", -50, -80), block("tanh1", "tanh", 200, 0)))
    bench.scene.show(bench.diagram, "stage")
    assert not bench.view.is_busy and as_told(bench) and not bench.scene.selected


def test_a_wire_led_by_keys_ends_when_the_pin_it_leads_to_goes(qapp: Any) -> None:
    x = block("x", "observed", 0, 0)
    bench = Bench(diagram((x, block("b", "linear", 200, 0))))
    bench.scene.select({"x"})
    bench.view.connect_by_keys()
    bench.key(Key.Key_Tab)
    assert bench.said[-1].startswith("x.y to b.weight")
    after = diagram((x, block("b", "relu", 200, 0)))  # as when a block of another kind is undone to
    bench.scene.show_change(after, Change.between(bench.diagram, after))
    assert not bench.view.is_busy
    bench.shot()  # painting the wire would need the pin


def test_a_report_amid_a_wire_brings_what_was_taken_off_not_back(bench: Bench) -> None:
    taken = wire("linear1.y -> relu1.z")
    bench.press(bench.pin("relu1.z"))
    bench.move(bench.at(250, 80))
    assert not bench.scene.wires[taken].isVisible()
    shapes = {Pin("x", "y"): (64, 2), Pin("linear1", "y"): (64, 100)}
    bench.scene.show_report(Report(shapes=shapes))  # of an edit a moment before
    assert not bench.scene.wires[taken].isVisible()
    bench.key(Key.Key_Escape)
    assert bench.scene.wires[taken].isVisible() and not bench.edits


# --- what shift adds to -----------------------------------------------------------------------------------------------------


def test_a_rubber_band_with_shift_keeps_selected_wires(bench: Bench) -> None:
    chosen = wire("y.y -> cross_entropy1.target")
    bench.scene.select({"x"}, {chosen})
    bench.press(bench.at(260, 60), held=Shift)
    bench.hover(bench.at(330, -60), Shift, Left)
    bench.release(bench.at(330, -60), held=Shift)
    assert bench.scene.selected == {"x", "relu1"} and bench.scene.selected_wires == {chosen}


def test_a_block_pressed_with_shift_keeps_selected_wires(bench: Bench) -> None:
    chosen = wire("y.y -> cross_entropy1.target")
    bench.scene.select({"x"}, {chosen})
    bench.click(bench.at(300, 0), Shift)
    assert bench.scene.selected == {"x", "relu1"} and bench.scene.selected_wires == {chosen}


# --- the mouse --------------------------------------------------------------------------------------------------------------


def test_the_pointer_follows_what_is_seen(bench: Bench) -> None:
    bench.move(QPoint(700, 500))
    bench.view.frame_all()
    pointer = bench.view.pointer
    assert pointer is not None
    assert bench.view.viewportTransform().map(pointer).toPoint() == QPoint(700, 500)


def test_a_card_that_was_kept_goes_when_the_view_moves(bench: Bench) -> None:
    bench.scene.select({"relu1"})
    bench.view.card.toggle()
    assert bench.view.card.isVisible()
    bench.view.centerOn(900, 60)
    assert not bench.view.card.isVisible()


def test_marks_go_when_the_mouse_goes_onto_the_map(bench: Bench) -> None:
    bench.move(bench.pin("relu1.y"))
    assert bench.scene.blocks["relu1"].marks.near == "y"
    QApplication.sendEvent(bench.view.viewport(), QEvent(QEvent.Type.Leave))
    assert bench.scene.blocks["relu1"].marks.near == "" and bench.view.pointer is None


def test_a_menu_over_a_name_leaves_its_editor_open(bench: Bench) -> None:
    QTest.mouseDClick(bench.view.viewport(), Left, Plain, bench.pin("relu1.y"))
    editor = bench.view.viewport().findChild(QLineEdit)
    assert editor is not None
    at = editor.rect().center()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, editor.mapToGlobal(at))
    QApplication.sendEvent(editor, asked)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    away = QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.PopupFocusReason)
    QApplication.sendEvent(editor, away)
    assert editor.isVisible()
    menu.close()
    editor.setText("h")
    QTest.keyClick(editor, Key.Key_Return)
    assert bench.diagram.blocks["relu1"].label == "h"
