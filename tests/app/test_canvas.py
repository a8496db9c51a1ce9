"""Editing on the canvas with real events: drop, wire, refuse, move, merge, select, delete, name, zoom, pan, frame."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.canvas.naming import name_block
from graph.diagram import Diagram, Pin
from graph.edit import Together
from graph.edits import AddBlock, Connect, Disconnect, MoveBlocks, RemoveBlocks
from tests.app.canvas_bench import (
    Alt,
    Bench,
    Left,
    Middle,
    Plain,
    Shift,
    block,
    closing,
    diagram,
    spiral,
    wire,
)
from tests.app.driving import like, pixels, until

__all__ = ["closing"]  # a fixture for every test here


@pytest.fixture
def bench(qapp: Any) -> Bench:
    return Bench(spiral())


def test_a_drop_adds_a_block_there_on_the_grid_and_selects_it(bench: Bench) -> None:
    assert bench.drop("tanh", bench.at(203, 158))
    added = bench.edits[-1]
    assert isinstance(added, AddBlock)
    assert added.block.id == "tanh1" and added.block.position == (200.0, 160.0)
    assert bench.scene.selected == {"tanh1"}
    assert bench.picked[-1] == ("tanh1",)


def test_observed_blocks_are_called_x_then_y_then_x1(qapp: Any) -> None:
    bench = Bench(Diagram())
    for place in (0, 100, 200):
        bench.drop("observed", bench.at(place, 0))
    assert list(bench.diagram.blocks) == ["x", "y", "x1"]
    assert bench.diagram.blocks["x1"].settings == {"field": "x1"}


def test_an_unknown_kind_is_refused_in_one_sentence(bench: Bench) -> None:
    bench.drop("nonsense", bench.at(0, 200))
    assert bench.edits == []
    assert bench.said == ["'nonsense' is no kind of block that is known here."]


def test_a_wire_is_drawn_from_a_circle_to_a_pin(bench: Bench) -> None:
    bench.drop("tanh", bench.at(300, 200))
    bench.drag(bench.pin("linear1.y"), bench.pin("tanh1.z"))
    assert bench.edits[-1] == Connect(wire("linear1.y -> tanh1.z"))
    assert wire("linear1.y -> tanh1.z") in bench.scene.wires


def test_a_wire_snaps_to_the_nearest_pin_within_thirty_pixels(bench: Bench) -> None:
    bench.drop("tanh", bench.at(300, 200))
    near = bench.pin("tanh1.z") + QPoint(-20, 12)
    bench.drag(bench.pin("x.y"), near)
    assert bench.edits[-1] == Connect(wire("x.y -> tanh1.z"))


def test_a_wire_let_go_over_nothing_changes_nothing(bench: Bench) -> None:
    bench.drag(bench.pin("linear1.y"), bench.at(240, 300))
    assert bench.edits == []


def test_a_wire_on_a_taken_pin_replaces_its_wire(bench: Bench) -> None:
    bench.drag(bench.pin("linear1.y"), bench.pin("linear2.z"))
    assert wire("linear1.y -> linear2.z") in bench.diagram.wires
    assert wire("relu1.y -> linear2.z") not in bench.diagram.wires
    assert wire("relu1.y -> linear2.z") not in bench.scene.wires


def test_a_loop_is_refused_and_told_why(bench: Bench) -> None:
    bench.drag(bench.pin("linear2.y"), bench.at(115, 5))
    assert bench.edits == []
    loop = "A wire from linear2 to linear1 would close a loop; put a delay into it."
    assert bench.said[-1] == loop


def test_a_block_cannot_take_its_own_output(bench: Bench) -> None:
    bench.drag(bench.pin("relu1.y"), bench.at(300, 5))
    assert bench.edits == []
    assert bench.said == ["relu1 cannot take its own output; lead it through a delay."]


def test_nothing_enters_a_variable(bench: Bench) -> None:
    bench.drag(bench.pin("linear1.y"), bench.at(800, 0))
    assert bench.edits == []
    assert bench.said[0].startswith("y is a variable")


def test_blocks_that_do_not_fit_are_greyed_while_a_wire_is_dragged(bench: Bench) -> None:
    bench.press(bench.pin("relu1.y"))
    bench.move(bench.at(400, 200))
    marks = {name: item.marks.wiring for name, item in bench.scene.blocks.items()}
    assert marks["linear1"] == marks["x"] == marks["y"] == "refused"
    assert marks["linear2"] == marks["cross_entropy1"] == marks["l2"] == "fits"
    bench.release(bench.at(400, 200))
    assert all(item.marks.wiring == "" for item in bench.scene.blocks.values())


def test_a_hidden_flank_takes_a_wire_while_it_is_offered(qapp: Any) -> None:
    bench = Bench(diagram((block("u", "parameter", 0, 150), block("linear1", "linear", 100, 0))))
    assert "weight" not in bench.scene.blocks["linear1"].face.form.ports
    bench.drag(bench.pin("u.y"), bench.pin("linear1.weight"))
    assert bench.edits[-1] == Connect(wire("u.y -> linear1.weight"))
    assert "weight" in bench.scene.blocks["linear1"].face.form.ports


def test_a_sum_offers_one_more_pin_when_all_are_wired(qapp: Any) -> None:
    parts = [block(n, "parameter", 0, 80 * k) for k, n in enumerate(("a", "b", "c"))]
    bench = Bench(
        diagram((*parts, block("sum1", "sum", 200, 80)), "a.y -> sum1.z1", "b.y -> sum1.z2")
    )
    bench.drag(bench.pin("c.y"), bench.pin("sum1.z3"))
    assert wire("c.y -> sum1.z3") in bench.diagram.wires


def test_a_wire_is_drawn_backwards_from_an_open_pin(bench: Bench) -> None:
    bench.drop("tanh", bench.at(300, 200))
    bench.drag(bench.pin("tanh1.z"), bench.pin("linear1.y"))
    assert bench.edits[-1] == Connect(wire("linear1.y -> tanh1.z"))


def test_a_wire_end_taken_off_and_dropped_elsewhere_is_rerouted_in_one_step(bench: Bench) -> None:
    bench.drop("tanh", bench.at(300, 200))
    bench.drag(bench.pin("relu1.z"), bench.pin("tanh1.z"))
    assert isinstance(bench.edits[-1], Together)
    assert wire("linear1.y -> tanh1.z") in bench.diagram.wires
    assert Pin("relu1", "z") not in bench.diagram.inputs


def test_a_wire_end_taken_off_and_dropped_on_nothing_is_removed(bench: Bench) -> None:
    bench.drag(bench.pin("relu1.z"), bench.at(240, 250))
    assert bench.edits == [Disconnect((wire("linear1.y -> relu1.z"),))]


def test_escape_leaves_a_wire_as_it_was(bench: Bench) -> None:
    bench.press(bench.pin("relu1.z"))
    bench.move(bench.at(240, 250))
    bench.key(Qt.Key.Key_Escape)
    bench.release(bench.at(240, 250))
    assert bench.edits == []
    assert bench.scene.wires[wire("linear1.y -> relu1.z")].isVisible()


def test_a_drag_moves_a_block_on_the_grid_in_one_edit(bench: Bench) -> None:
    bench.drag(bench.at(300, 10), bench.at(344, 121))
    assert bench.edits == [MoveBlocks({"relu1": (340.0, 110.0)})]
    item = bench.scene.blocks["relu1"]
    assert (item.x(), item.y()) == (340.0, 110.0)
    end = bench.scene.wires[wire("linear1.y -> relu1.z")].way[-1]
    assert tuple(end) == pytest.approx((340 - item.face.form.width / 2, 110))


def test_alt_moves_off_the_grid(bench: Bench) -> None:
    bench.press(bench.at(300, 10))
    at = bench.at(317, 33)
    bench.hover(at, Alt, Left)
    bench.release(at, held=Alt)
    assert bench.diagram.blocks["relu1"].position == (317.0, 23.0)


def test_all_selected_blocks_move_together(bench: Bench) -> None:
    bench.click(bench.at(300, 10))
    bench.click(bench.at(480, 10), Shift)
    assert bench.scene.selected == {"relu1", "linear2"}
    bench.drag(bench.at(480, 10), bench.at(480, 110))
    assert bench.diagram.blocks["relu1"].position == (300.0, 100.0)
    assert bench.diagram.blocks["linear2"].position == (480.0, 100.0)


def test_the_cursor_tells_that_a_wires_end_can_be_led_elsewhere(bench: Bench) -> None:
    port, wires = bench.view.viewport(), bench.scene.wires
    way = wires[wire("x.y -> linear1.z")].way
    (ax, ay), (bx, by) = way[0], way[-1]
    for share, shape in (
        (0.8, Qt.CursorShape.CrossCursor),
        (0.2, Qt.CursorShape.CrossCursor),
    ):
        QTest.mouseMove(port, bench.at(ax, ay + 80))
        assert port.cursor().shape() == Qt.CursorShape.ArrowCursor
        QTest.mouseMove(port, bench.at(ax + (bx - ax) * share, ay + (by - ay) * share))
        assert port.cursor().shape() == shape


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_a_wire_is_drawn_also_from_a_little_outside_a_circle(bench: Bench, scale: float) -> None:
    bench.drop("tanh", bench.at(300, 200))
    bench.view.set_zoom(scale)
    ring = bench.scene.blocks["linear1"].face.form.rings["y"]
    top = bench.pin("linear1.y") - QPoint(0, round(ring.radius * scale) + 5)
    bench.drag(top, bench.pin("tanh1.z"))
    assert bench.edits[-1] == Connect(wire("linear1.y -> tanh1.z"))


def test_a_drag_to_the_edge_goes_on_beyond_what_is_seen(bench: Bench) -> None:
    view, port = bench.view, bench.view.viewport()
    view.set_zoom(1.0)
    view.centerOn(300, 0)
    start, edge = bench.at(300, 0), QPoint(port.width() - 4, port.height() // 2)
    seen = view.seen()
    QTest.mousePress(port, Left, Plain, start)
    for part in (0.3, 0.6, 1.0):
        QTest.mouseMove(port, start + (edge - start) * part)
    until(lambda: view.seen().left() > seen.left() + 200, "what is seen moves on", 20)
    QTest.mouseRelease(port, Left, Plain, edge)
    there, height = view.seen().left(), view.seen().top()
    assert bench.diagram.blocks["relu1"].position[0] > seen.right() + 100
    QTest.qWait(100)
    assert view.seen().left() == there and height == seen.top(), "it stands still again"


def test_a_gesture_that_begins_at_the_edge_moves_nothing_by_itself(bench: Bench) -> None:
    view, port = bench.view, bench.view.viewport()
    view.set_zoom(1.0)
    view.scroll_by(QPointF(bench.at(300, 0) - QPoint(10, port.height() // 2)))
    seen = view.seen()
    QTest.mousePress(port, Left, Plain, bench.at(300, 0))
    QTest.mouseMove(port, bench.at(300, 0) + QPoint(5, 30))
    QTest.qWait(100)
    assert view.seen() == seen
    QTest.mouseRelease(port, Left, Plain, bench.at(305, 30))


def test_escape_puts_dragged_blocks_back(bench: Bench) -> None:
    bench.press(bench.at(300, 10))
    bench.move(bench.at(350, 100))
    assert bench.scene.blocks["relu1"].y() != 0
    bench.key(Qt.Key.Key_Escape)
    bench.release(bench.at(350, 100))
    assert bench.edits == [] and bench.scene.blocks["relu1"].y() == 0


def test_arrow_keys_move_by_ten_and_merge(bench: Bench) -> None:
    bench.click(bench.at(300, 10))
    bench.key(Qt.Key.Key_Right)
    bench.key(Qt.Key.Key_Down)
    first, second = bench.edits
    assert bench.diagram.blocks["relu1"].position == (310.0, 10.0)
    assert second.merges_with(first)


def test_a_rubber_band_selects_and_shift_adds(bench: Bench) -> None:
    bench.drag(bench.at(200, -120), bench.at(420, 60))
    assert bench.scene.selected == {"relu1"}
    bench.drag(bench.at(430, 60), bench.at(560, 200), held=Shift)
    assert bench.scene.selected == {"relu1", "l2"}
    assert bench.edits == []


def test_a_click_on_nothing_deselects(bench: Bench) -> None:
    bench.scene.select({"relu1"})
    bench.click(bench.at(240, 250))
    assert bench.scene.selected == frozenset() and bench.picked[-1] == ()


def test_select_all_and_delete_leave_nothing(bench: Bench) -> None:
    bench.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    bench.key(Qt.Key.Key_Delete)
    assert bench.diagram == Diagram()
    assert bench.scene.blocks == {} and bench.scene.wires == {}


def test_delete_removes_a_block_with_its_wires(bench: Bench) -> None:
    bench.click(bench.at(300, 10))
    bench.key(Qt.Key.Key_Backspace)
    assert bench.edits == [RemoveBlocks(("relu1",))]
    assert len(bench.scene.wires) == 3


def test_a_selected_wire_is_deleted_alone(qapp: Any) -> None:
    bench = Bench(diagram((block("x", "observed", 0, 0), block("t", "tanh", 300, 0)), "x.y -> t.z"))
    bench.click(bench.at(120, 0))
    assert bench.scene.selected_wires == {wire("x.y -> t.z")}
    bench.key(Qt.Key.Key_Delete)
    assert bench.edits == [Disconnect((wire("x.y -> t.z"),))]


def test_a_double_click_on_a_circle_names_its_variable(bench: Bench) -> None:
    QTest.mouseDClick(bench.view.viewport(), Qt.MouseButton.LeftButton, Plain, bench.pin("relu1.y"))
    editor = bench.view.viewport().findChild(QLineEdit)
    assert editor is not None and editor.text() == "z₁"
    editor.setText("h")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert bench.diagram.blocks["relu1"].label == "h"
    assert bench.scene.blocks["relu1"].face.rings == {"y": "h"}
    assert bench.scene.blocks["linear2"].face.text == "w₁h"


def test_escape_in_the_name_changes_nothing(bench: Bench) -> None:
    name_block(bench.view, "relu1")
    editor = bench.view.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.setText("h")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert bench.edits == []


def test_a_double_click_on_a_shape_opens_it(bench: Bench) -> None:
    QTest.mouseDClick(bench.view.viewport(), Qt.MouseButton.LeftButton, Plain, bench.at(290, 10))
    assert bench.opened == ["relu1"] and bench.edits == []


def _wheel(bench: Bench, at: QPoint, turned: int) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(bench.view.viewport().mapToGlobal(at)),
        QPoint(),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        Plain,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(bench.view.viewport(), event)


def test_the_wheel_zooms_and_keeps_the_point_under_the_mouse(bench: Bench) -> None:
    at = QPoint(130, 90)
    before = bench.view.scene_point(QPointF(at))
    for turned in (120, 120, 360, -240, -360):
        _wheel(bench, at, turned)
        drift = bench.view.scene_point(QPointF(at)) - before
        assert abs(drift.x()) * bench.view.zoom <= 3 and abs(drift.y()) * bench.view.zoom <= 3
    assert bench.view.zoom == pytest.approx(1.0)


def test_zoom_has_limits(bench: Bench) -> None:
    _wheel(bench, QPoint(10, 10), 120 * 100)
    assert bench.view.zoom == pytest.approx(8.0)
    _wheel(bench, QPoint(10, 10), -120 * 200)
    assert bench.view.zoom == pytest.approx(0.05)


def test_the_middle_button_pans(bench: Bench) -> None:
    before = bench.at(0, 0)
    bench.press(QPoint(300, 300), Middle)
    bench.move(QPoint(340, 275))
    bench.release(QPoint(340, 275), Middle)
    assert bench.at(0, 0) - before == QPoint(40, -25)
    assert bench.edits == []


def test_space_and_the_left_button_pan_and_do_not_move_blocks(bench: Bench) -> None:
    before, start = bench.at(0, 0), bench.at(300, 10)
    QTest.keyPress(bench.view, Qt.Key.Key_Space)
    bench.drag(start, start + QPoint(50, 0))
    QTest.keyRelease(bench.view, Qt.Key.Key_Space)
    assert bench.at(0, 0) - before == QPoint(50, 0) and bench.edits == []


def test_framing_shows_everything(bench: Bench) -> None:
    bench.view.set_zoom(4.0)
    bench.view.centerOn(5000, 5000)
    bench.key(Qt.Key.Key_F)
    assert bench.view.seen().contains(bench.scene.bounds())
    bench.view.zoom_to(("relu1",))
    assert bench.view.seen().contains(bench.scene.bounds(("relu1",)))
    assert not bench.view.seen().contains(bench.scene.bounds())


def test_a_press_in_the_map_goes_there(bench: Bench) -> None:
    bench.view.set_zoom(2.0)
    bench.view.centerOn(0, 0)
    minimap = bench.view._minimap
    assert minimap.isVisible()
    minimap.grab()
    QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, Plain, QPoint(136, 40))
    assert bench.view.seen().center().x() > 600
    bench.view.minimap = False
    assert not minimap.isVisible()


def test_the_map_shows_a_closed_rectangle_however_much_is_seen(bench: Bench) -> None:
    minimap = bench.view._minimap
    for scale in (1.0, 0.3, 0.1):
        bench.view.set_zoom(scale)
        bench.view.centerOn(bench.scene.bounds().center())
        frame = like(pixels(minimap), bench.scene.ink.theme.selection, 60)
        columns, rows = frame.sum(axis=0), frame.sum(axis=1)
        assert (columns > 0.3 * minimap.height()).sum() >= 2, f"left and right at {scale}"
        assert (rows > 0.3 * minimap.width()).sum() >= 2, f"top and bottom at {scale}"


def test_only_what_changed_is_made_anew(bench: Bench) -> None:
    before = dict(bench.scene.blocks)
    lines = dict(bench.scene.wires)
    bench.drop("tanh", bench.at(300, 200))
    assert all(bench.scene.blocks[name] is item for name, item in before.items())
    assert all(bench.scene.wires[name] is item for name, item in lines.items())


def test_undoing_everything_shows_what_was_there(bench: Bench) -> None:
    from graph.change import Change

    start = bench.diagram
    faces = {name: item.face for name, item in bench.scene.blocks.items()}
    bench.drop("tanh", bench.at(300, 200))
    bench.drag(bench.pin("linear1.y"), bench.pin("tanh1.z"))
    bench.scene.select({"relu1"})
    bench.key(Qt.Key.Key_Delete)
    bench.scene.show_change(start, Change.between(bench.diagram, start))
    assert {name: item.face for name, item in bench.scene.blocks.items()} == faces
    assert set(bench.scene.wires) == set(start.wires)


def test_keys_add_a_block_beside_the_selected_one(bench: Bench) -> None:
    bench.scene.select({"l2"})
    bench.view.new_blocks.add("tanh")
    x, y = bench.diagram.blocks["tanh1"].position
    assert x > 480 + 84 and y == 120


def test_an_empty_canvas_says_what_to_do(qapp: Any) -> None:
    bench = Bench(Diagram())
    assert bench.view._hint.isVisible()
    bench.drop("tanh", bench.at(0, 0))
    assert not bench.view._hint.isVisible()


def test_the_view_has_an_accessible_name(bench: Bench) -> None:
    assert bench.view.accessibleName() == "Diagram"
    assert bench.view.accessibleDescription() == "7 blocks, 5 wires"
