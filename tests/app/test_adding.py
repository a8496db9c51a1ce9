"""Adding blocks with real events: search at the cursor, drops on wires and circles, copies with and without their wires."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from app.plain import plain
from app.settings import Preferences
from app.shelf import Shelf
from app.window import MainWindow
from graph.diagram import Diagram, Pin
from graph.files import to_text
from graph.grouping import Group
from tests.app.canvas_bench import block, diagram, spiral
from tests.app.driving import Ctrl, Hand, Left, Plain, Shift, like, opened, pixels, until, wire

SIZE = (1400, 900)
ROOMY = diagram(
    (
        block("x", "observed", 0, 0),
        block("linear1", "linear", 400, 0, units=3),
        block("y", "observed", 0, 200, field="y"),
        block("tanh1", "tanh", 400, 200),
    ),
    "x.y -> linear1.z",
)


class Person(Hand):
    """A hand that also knows the search, and the diagram from before as bytes."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.search = window.adding.search

    def open(self, start: Diagram) -> None:
        """Begins with a diagram, shown in full at 100 %."""
        self.window.document.load(start, None)
        self.window.scene.select(())
        self.window.view.set_zoom(1.0)
        self.window.view.centerOn(300, 100)
        self.window.activateWindow()
        self.window.view.setFocus()
        QApplication.processEvents()

    @property
    def diagram(self) -> Diagram:
        return self.window.document.diagram

    @property
    def said(self) -> str:
        return self.window.status.currentMessage()

    def hover(self, at: QPoint) -> None:
        QTest.mouseMove(self.port, at + QPoint(1, 1))
        QTest.mouseMove(self.port, at)
        QApplication.processEvents()

    def hold(self, kind: str, at: QPoint) -> None:
        """Drags a palette's row over the canvas and keeps it there."""
        data = self.window.library.list.mimeData([self.row(kind)])
        carried = (Qt.DropAction.CopyAction, data, Left, Plain)
        for event in (QDragEnterEvent(at, *carried), QDragMoveEvent(at, *carried)):
            QApplication.sendEvent(self.port, event)
        QApplication.processEvents()

    def answer(self, text: str) -> None:
        """Types into the open search and presses Enter."""
        assert self.search.isVisible() and self.search.line.hasFocus()
        QTest.keyClicks(self.search.line, text)
        QTest.keyClick(self.search.line, Qt.Key.Key_Return)
        QApplication.processEvents()
        assert not self.search.isVisible() and self.window.view.hasFocus()

    def undoes_to(self, before: Diagram) -> None:
        """One Ctrl+Z gives back the very bytes, Ctrl+Shift+Z those after."""
        after = to_text(self.diagram)
        self.press(Qt.Key.Key_Z, Ctrl)
        assert to_text(self.diagram) == to_text(before)
        assert not self.window.document.stack.canUndo()
        self.press(Qt.Key.Key_Z, Ctrl | Shift)
        assert to_text(self.diagram) == after
        self.press(Qt.Key.Key_Z, Ctrl)


@pytest.fixture(scope="module")
def window(qapp: Any) -> Iterator[MainWindow]:
    with opened(size=SIZE) as made:
        yield made


@pytest.fixture
def hand(window: MainWindow) -> Person:
    made = Person(window)
    QApplication.sendEvent(made.port, QEvent(QEvent.Type.Leave))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    made.open(ROOMY)
    return made


# --- search at the cursor -----------------------------------------------------------------------------------------------


def test_tab_opens_the_search_at_the_mouse_and_enter_adds_there(hand: Person) -> None:
    at = hand.at(200, 100)
    hand.hover(at)
    hand.press(Qt.Key.Key_Tab)
    corner = hand.search.mapTo(hand.window.view, QPoint(0, 0))
    assert 0 <= corner.y() - at.y() < 20 and abs(corner.x() - at.x()) < 40
    hand.answer("sigm")
    assert hand.diagram.blocks["sigmoid1"].position == (200.0, 100.0)
    assert hand.window.scene.selected == {"sigmoid1"}
    hand.undoes_to(ROOMY)


def test_a_double_click_on_nothing_opens_it_too(hand: Person) -> None:
    at = hand.at(250, 300)
    QTest.mouseClick(hand.port, Left, Plain, at)
    QTest.mouseDClick(hand.port, Left, Plain, at)
    hand.answer("relu")
    assert hand.diagram.blocks["relu1"].position == (250.0, 300.0)
    hand.undoes_to(ROOMY)


def test_a_double_click_on_a_block_does_not(hand: Person) -> None:
    QTest.mouseDClick(hand.port, Left, Plain, hand.block("tanh1"))
    QTest.mouseDClick(hand.port, Left, Plain, hand.pin(Pin("tanh1", "y")))
    assert not hand.search.isVisible()


def test_without_the_mouse_a_block_comes_beside_the_selected_one(hand: Person) -> None:
    hand.window.scene.select({"tanh1"})
    QApplication.sendEvent(hand.port, QEvent(QEvent.Type.Leave))
    hand.press(Qt.Key.Key_A, Shift)
    hand.answer("relu")
    x, y = hand.diagram.blocks["relu1"].position
    assert x > 450 and y == 200


def test_a_block_added_over_another_finds_a_free_place(hand: Person) -> None:
    hand.hover(hand.block("tanh1"))
    hand.press(Qt.Key.Key_Tab)
    hand.answer("relu")
    assert abs(hand.diagram.blocks["relu1"].position[1] - 200) >= 80


def test_letters_formulas_and_sections_find_the_best_first(hand: Person) -> None:
    hand.press(Qt.Key.Key_Tab)
    for text, first in (
        ("cren", "cross_entropy"),
        ("conv2", "conv2d"),
        ("max(s, 0)", "relu"),
        ("tnh", "tanh"),
    ):
        hand.search.line.clear()
        QTest.keyClicks(hand.search.line, text)
        assert hand.search.keys()[0] == first, text
    hand.search.line.clear()
    QTest.keyClicks(hand.search.line, "regularisers")
    assert set(hand.search.keys()) == {"l1", "l2", "group_l2", "log_square", "entropy"}


def test_arrows_tab_and_clicks_choose(hand: Person) -> None:
    hand.press(Qt.Key.Key_Tab)
    keys = hand.search.keys()
    line, current = hand.search.line, hand.search.list
    QTest.keyClick(line, Qt.Key.Key_Down)
    QTest.keyClick(line, Qt.Key.Key_Tab)
    assert current.currentRow() == 2 and hand.search.isVisible()
    QTest.keyClick(line, Qt.Key.Key_Up)
    assert current.currentRow() == 1
    place = current.visualItemRect(current.item(3)).center()
    QTest.mouseClick(current.viewport(), Left, Plain, place)
    kinds = {made.kind for name, made in hand.diagram.blocks.items() if name not in ROOMY.blocks}
    assert kinds == {keys[3]} and not hand.search.isVisible()


def test_escape_closes_it_gives_the_focus_back_and_changes_nothing(hand: Person) -> None:
    hand.press(Qt.Key.Key_Tab)
    QTest.keyClicks(hand.search.line, "relu")
    QTest.keyClick(hand.search.line, Qt.Key.Key_Escape)
    assert not hand.search.isVisible() and hand.window.view.hasFocus()
    assert hand.diagram == ROOMY and not hand.window.document.stack.canUndo()


def test_no_hit_says_so_and_enter_does_nothing(hand: Person) -> None:
    hand.press(Qt.Key.Key_Tab)
    QTest.keyClicks(hand.search.line, "qqq<b>zz")
    QTest.keyClick(hand.search.line, Qt.Key.Key_Return)
    assert hand.search.keys() == () and hand.search.isVisible()
    assert hand.search.list.accessibleDescription() == "nothing found"
    assert hand.diagram == ROOMY


def test_what_was_used_last_comes_first_and_is_remembered(hand: Person) -> None:
    hand.drop("relu", hand.at(200, 300))
    hand.drop("softmax", hand.at(200, 400))
    hand.press(Qt.Key.Key_Tab)
    assert hand.search.keys()[:2] == ("softmax", "relu")
    hand.answer("relu")
    kept = Preferences(hand.window.preferences._store).text("blocks used", "")
    assert kept.split()[:2] == ["relu", "softmax"]


def test_a_block_comes_to_the_mouse_also_when_what_is_seen_has_moved_under_it(
    hand: Person,
) -> None:
    mouse = hand.at(250, -60)
    hand.hover(mouse)
    hand.press(Qt.Key.Key_F)
    assert hand.at(250, -60) != mouse
    hand.press(Qt.Key.Key_Tab)
    hand.answer("softmax")
    away = hand.block("softmax1") - mouse
    assert max(abs(away.x()), abs(away.y())) <= 5 * hand.window.view.zoom + 1  # half a square
    hand.undoes_to(ROOMY)


def test_a_block_comes_to_the_mouse_also_when_the_canvas_has_moved_under_it(hand: Person) -> None:
    window, mouse = hand.window, hand.port.mapToGlobal(hand.at(300, -60))
    hand.hover(hand.at(300, -60))
    palette = window.docks["palette"]
    window.resizeDocks([palette], [palette.width() + 120], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    assert hand.port.mapFromGlobal(mouse) != hand.at(300, -60)
    hand.press(Qt.Key.Key_Tab)
    hand.answer("softmax")
    away = hand.port.mapToGlobal(hand.block("softmax1")) - mouse
    window.resizeDocks([palette], [palette.width() - 120], Qt.Orientation.Horizontal)
    assert max(abs(away.x()), abs(away.y())) <= 6
    hand.undoes_to(ROOMY)


def test_what_is_added_near_the_edge_is_brought_into_sight(hand: Person) -> None:
    view = hand.window.view
    start = hand.window.view.seen()
    hand.drag(hand.pin(Pin("linear1", "y")), view.rect().topRight() + QPoint(-8, 300))
    hand.answer("linear")
    assert not start.contains(hand.window.scene.bounds(("linear2",)))
    assert view.seen().contains(hand.window.scene.bounds(("linear2",)))
    seen = view.seen()
    hand.drop("tanh", view.rect().topRight() + QPoint(-40, 500))
    assert view.seen() == seen, "what is put somewhere by hand moves nothing"


def test_what_is_under_the_mouse_is_marked_when_blocks_move_under_it(hand: Person) -> None:
    ring = hand.pin(Pin("linear1", "y"))
    hand.hover(ring)
    cursor = hand.port.cursor
    assert cursor().shape() == Qt.CursorShape.CrossCursor
    QTest.keyClick(hand.window.view, Qt.Key.Key_A, Ctrl)
    hand.press(Qt.Key.Key_Delete)
    until(lambda: cursor().shape() == Qt.CursorShape.ArrowCursor, "no block is there", 2)
    hand.press(Qt.Key.Key_Z, Ctrl)
    until(lambda: cursor().shape() == Qt.CursorShape.CrossCursor, "the circle is back", 2)


def test_the_search_stays_inside_the_canvas(hand: Person) -> None:
    room = hand.window.view.rect()
    for at in (QPoint(2, 2), room.bottomRight() - QPoint(3, 3)):
        hand.hover(at)
        hand.press(Qt.Key.Key_Tab)
        assert room.contains(hand.search.geometry())
        QTest.keyClick(hand.search.line, Qt.Key.Key_Escape)


def test_the_open_search_stays_inside_when_the_window_becomes_smaller(hand: Person) -> None:
    window = hand.window
    large, room = window.size(), window.view.rect()
    hand.hover(room.bottomRight() - QPoint(3, 3))
    hand.press(Qt.Key.Key_Tab)
    before = hand.search.geometry()
    window.resize(900, 600)
    QApplication.processEvents()
    assert hand.search.isVisible() and not window.view.rect().contains(before)
    assert window.view.rect().contains(hand.search.geometry())
    window.resize(large)
    QApplication.processEvents()
    assert hand.search.geometry() == before
    QTest.keyClick(hand.search.line, Qt.Key.Key_Escape)


def test_parts_and_published_parts_are_offered(qapp: Any, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "parts")
    with_part = Group(("linear1", "relu1"), "layer").apply(spiral())
    shelf.publish(with_part, "layer")
    with opened(size=SIZE, shelf=shelf) as window:
        hand = Person(window)
        hand.open(with_part)
        window.library.show_shelf(shelf.check(), shelf.pins)
        hand.hover(hand.at(200, 300))
        hand.press(Qt.Key.Key_Tab)
        QTest.keyClicks(hand.search.line, "layer")
        assert {"part:layer", "file:layer"} <= set(hand.search.keys())
        QTest.keyClick(hand.search.line, Qt.Key.Key_Return)
        uses = [b for b in hand.diagram.blocks.values() if b.kind == "part"]
        assert len(uses) == 2
        hand.undoes_to(with_part)


# --- a wire let go over nothing -----------------------------------------------------------------------------------------


def test_a_wire_out_of_a_circle_asks_for_what_it_can_enter(hand: Person) -> None:
    hand.drag(hand.pin(Pin("tanh1", "y")), hand.at(620, 200))
    keys = hand.search.keys()
    assert "linear" in keys and "squared_error" in keys
    assert not {"observed", "latent", "parameter"} & set(keys)
    hand.answer("cross en")
    assert wire("tanh1.y -> cross_entropy1.prediction") in hand.diagram.wires
    away = hand.pin(Pin("cross_entropy1", "prediction")) - hand.at(620, 200)
    assert abs(away.x()) <= 6 and abs(away.y()) <= 6
    hand.undoes_to(ROOMY)


def test_a_wire_into_a_pin_asks_for_what_can_feed_it(hand: Person) -> None:
    end = hand.at(280, 260)
    hand.drag(hand.pin(Pin("tanh1", "z")), end)
    keys = hand.search.keys()
    assert "linear" in keys and "observed" in keys
    assert not {"squared_error", "l2", "cross_entropy"} & set(keys)
    hand.answer("bias")
    assert wire("bias1.y -> tanh1.z") in hand.diagram.wires
    ring = hand.window.scene.blocks["bias1"].face.form.rings["y"]
    x, y = hand.diagram.blocks["bias1"].position
    away = hand.at(x + ring.x, y + ring.y) - end
    assert abs(away.x()) <= 6 and abs(away.y()) <= 6
    hand.undoes_to(ROOMY)


def test_escape_after_a_dropped_wire_leaves_nothing_behind(hand: Person) -> None:
    before = pixels(hand.port)
    hand.drag(hand.pin(Pin("tanh1", "y")), hand.at(620, 300))
    assert hand.search.title.text() == "A block that takes tanh1.y"
    QTest.keyClick(hand.search.line, Qt.Key.Key_Escape)
    hand.hover(hand.at(300, -100))
    QApplication.processEvents()
    assert hand.diagram == ROOMY and (pixels(hand.port) == before).all()


def test_a_wire_end_taken_off_and_let_go_asks_for_nothing(hand: Person) -> None:
    hand.drag(hand.pin(Pin("linear1", "z")), hand.at(300, -120))
    assert not hand.search.isVisible() and not hand.diagram.wires


# --- into a wire --------------------------------------------------------------------------------------------------------


def _is_inserted(hand: Person, name: str) -> None:
    wires = set(hand.diagram.wires)
    assert wires == {wire(f"x.y -> {name}.z"), wire(f"{name}.y -> linear1.z")}
    assert hand.diagram.blocks[name].position[1] == 0.0


def test_a_block_of_the_palette_dropped_on_a_wire_goes_into_it(hand: Person) -> None:
    on = hand.at(200, 8)
    chosen = hand.window.theme.selection
    hand.hold("relu", on)
    near = hand.near(wire("x.y -> linear1.z"))
    assert (like(pixels(hand.port), chosen) & near).sum() > 100
    hand.drop("relu", on)
    _is_inserted(hand, "relu1")
    assert not (like(pixels(hand.port), chosen) & near).sum() > 400
    hand.undoes_to(ROOMY)


def test_a_drag_that_leaves_the_canvas_leaves_no_trace(hand: Person) -> None:
    before = pixels(hand.port)
    hand.hold("relu", hand.at(200, 8))
    assert (pixels(hand.port) != before).any()
    from PySide6.QtGui import QDragLeaveEvent

    QApplication.sendEvent(hand.port, QDragLeaveEvent())
    QApplication.processEvents()
    assert (pixels(hand.port) == before).all() and hand.diagram == ROOMY


def test_a_block_without_wires_dragged_over_a_wire_goes_into_it(hand: Person) -> None:
    hand.drag(hand.block("tanh1"), hand.at(200, 9))
    _is_inserted(hand, "tanh1")
    hand.undoes_to(ROOMY)


def test_a_searched_block_goes_into_the_wire_under_the_mouse(hand: Person) -> None:
    hand.hover(hand.at(200, 2))
    hand.press(Qt.Key.Key_Tab)
    assert hand.search.title.text() == "A block between x.y and linear1.z"
    assert not {"observed", "l2", "cross_entropy"} & set(hand.search.keys())
    hand.answer("relu")
    _is_inserted(hand, "relu1")
    hand.undoes_to(ROOMY)


def test_a_wired_block_a_variable_and_a_cost_do_not_go_into_a_wire(hand: Person) -> None:
    hand.drag(hand.block("y"), hand.at(200, 60))
    for kind, at in (("l2", 200), ("latent", 200)):
        hand.drop(kind, hand.at(at, 4))
    assert hand.diagram.wires == ROOMY.wires


def test_room_is_made_in_a_short_wire_and_all_behind_it_moves_on(hand: Person) -> None:
    start = spiral()
    hand.open(start)
    line = wire("linear1.y -> relu1.z")
    hand.drop("tanh", hand.way(line)[4])
    blocks = hand.diagram.blocks
    assert wire("linear1.y -> tanh1.z") in hand.diagram.wires
    assert wire("tanh1.y -> relu1.z") in hand.diagram.wires and line not in hand.diagram.wires
    shift = blocks["relu1"].position[0] - 300
    assert shift > 0
    for name in ("linear2", "cross_entropy1", "y"):
        assert blocks[name].position[0] - start.blocks[name].position[0] == shift
    assert blocks["x"] == start.blocks["x"] and blocks["l2"] == start.blocks["l2"]
    hand.undoes_to(start)


# --- onto a circle, onto a pin ------------------------------------------------------------------------------------------


def test_a_new_block_whose_input_touches_a_circle_is_connected(hand: Person) -> None:
    ring = hand.window.scene.place_of(Pin("tanh1", "y"))
    at = hand.at(ring.x() + 42, ring.y() + 4)  # half the width of a block from its input
    hand.drop("relu", at)
    assert wire("tanh1.y -> relu1.z") in hand.diagram.wires
    x, y = hand.diagram.blocks["relu1"].position
    assert y == 200 and x - 42 - ring.x() > 40  # the wire between them can be seen
    hand.undoes_to(ROOMY)


@pytest.mark.parametrize("kind", ["relu", "linear", "cross_entropy", "sum"])
def test_a_block_dropped_on_a_circle_is_connected(hand: Person, kind: str) -> None:
    ring = hand.pin(Pin("tanh1", "y"))
    for dx, dy in ((0, 0), (20, -12), (-15, 10)):
        hand.drop(kind, ring + QPoint(dx, dy))
        (made,) = hand.diagram.wires_from("tanh1")
        assert hand.diagram.blocks[made.target.block].kind == kind
        assert made.target.block not in ROOMY.blocks and made.source == Pin("tanh1", "y")
        hand.undoes_to(ROOMY)


def test_a_wired_block_and_a_variable_are_not_connected_by_lying_on_a_circle(hand: Person) -> None:
    ring = hand.pin(Pin("tanh1", "y"))
    hand.drag(hand.block("linear1"), ring)  # its input is wired: it is moved, no more
    hand.drop("latent", ring + QPoint(3, 0))
    assert hand.diagram.wires == ROOMY.wires


def test_a_block_whose_circle_touches_an_open_pin_is_connected(hand: Person) -> None:
    pin = hand.window.scene.place_of(Pin("tanh1", "z"))
    hand.drag(hand.block("y"), hand.at(pin.x() - 20, pin.y() + 2))
    assert wire("y.y -> tanh1.z") in hand.diagram.wires
    x, y = hand.diagram.blocks["y"].position
    assert y == 200 and pin.x() - x > 40
    hand.undoes_to(ROOMY)


def test_a_moved_block_joins_the_circle_that_its_input_touches_and_escape_takes_it_back(
    hand: Person,
) -> None:
    ring = hand.window.scene.place_of(Pin("linear1", "y"))
    hand.drag(hand.block("tanh1"), hand.at(ring.x() + 46, 0))
    assert wire("linear1.y -> tanh1.z") in hand.diagram.wires
    hand.undoes_to(ROOMY)
    QTest.mousePress(hand.port, Left, Plain, hand.block("tanh1"))
    QTest.mouseMove(hand.port, hand.at(ring.x() + 60, 20))
    QTest.mouseMove(hand.port, hand.at(ring.x() + 46, 0))
    hand.press(Qt.Key.Key_Escape)
    QTest.mouseRelease(hand.port, Left, Plain, hand.at(ring.x() + 46, 0))
    assert hand.diagram == ROOMY
    assert hand.window.scene.blocks["tanh1"].pos() == QPointF(400, 200)


def test_no_loop_is_made_by_touching(hand: Person) -> None:
    start = diagram(
        (block("tanh1", "tanh", 0, 0), block("relu1", "relu", 300, 0)), "tanh1.y -> relu1.z"
    )
    hand.open(start)
    ring = hand.window.scene.place_of(Pin("relu1", "y"))
    hand.drag(hand.block("tanh1"), hand.at(ring.x() + 42, 0))
    assert hand.diagram.wires == start.wires


# --- copies -------------------------------------------------------------------------------------------------------------


def test_paste_comes_to_the_mouse(hand: Person) -> None:
    hand.pick("tanh1")
    hand.press(Qt.Key.Key_C, Ctrl)
    hand.hover(hand.at(150, 310))
    hand.press(Qt.Key.Key_V, Ctrl)
    assert hand.diagram.blocks["tanh2"].position == (150.0, 310.0)
    hand.undoes_to(ROOMY)


def test_copies_that_are_put_to_one_place_can_all_be_seen(hand: Person) -> None:
    hand.pick("tanh1")
    hand.press(Qt.Key.Key_C, Ctrl)
    hand.hover(hand.at(200, 300))
    for _ in range(3):
        hand.press(Qt.Key.Key_V, Ctrl)
    for _ in range(2):
        hand.pick("linear1")
        hand.press(Qt.Key.Key_D, Ctrl)
    blocks = hand.diagram.blocks.values()
    assert len(blocks) == len(ROOMY.blocks) + 5
    assert len({block.position for block in blocks}) == len(blocks)


def test_copies_travel_between_windows_with_and_without_incoming_wires(hand: Person) -> None:
    hand.pick("linear1")
    hand.press(Qt.Key.Key_C, Ctrl)
    with opened(size=SIZE) as window:
        other = Person(window)
        start = diagram((block("x", "observed", 0, 0), block("x1", "observed", 0, 90)))
        other.open(start)
        other.press(Qt.Key.Key_V, Ctrl)
        assert other.diagram.blocks["linear1"].settings == {"units": 3} and not other.diagram.wires
        other.undoes_to(start)
        other.press(Qt.Key.Key_V, Ctrl | Shift)
        assert other.diagram.wires == (wire("x.y -> linear1.z"),)
        other.undoes_to(start)
        lonely = diagram((block("tanh1", "tanh", 0, 0),))
        other.open(lonely)
        other.press(Qt.Key.Key_V, Ctrl | Shift)
        assert "linear1" in other.diagram.blocks and not other.diagram.wires
        other.undoes_to(lonely)


def test_cut_and_paste_with_incoming_wires_puts_it_back(hand: Person) -> None:
    hand.pick("linear1")
    hand.press(Qt.Key.Key_X, Ctrl)
    assert not hand.diagram.wires
    hand.press(Qt.Key.Key_V, Ctrl | Shift)
    assert hand.diagram.wires == ROOMY.wires


def test_duplicates_with_and_without_incoming_wires(hand: Person) -> None:
    hand.pick("linear1")
    hand.press(Qt.Key.Key_D, Ctrl)
    assert "linear2" in hand.diagram.blocks and hand.diagram.wires == ROOMY.wires
    hand.undoes_to(ROOMY)
    hand.pick("linear1")
    hand.press(Qt.Key.Key_D, Ctrl | Shift)
    assert set(hand.diagram.wires) == {*ROOMY.wires, wire("x.y -> linear2.z")}
    hand.undoes_to(ROOMY)


def test_a_copied_use_carries_its_part(hand: Person) -> None:
    with_part = Group(("linear1", "relu1"), "layer").apply(spiral())
    hand.open(with_part)
    (use,) = [name for name, b in with_part.blocks.items() if b.kind == "part"]
    hand.window.scene.select({use})
    hand.press(Qt.Key.Key_C, Ctrl)
    hand.open(ROOMY)
    hand.press(Qt.Key.Key_V, Ctrl)
    assert "layer" in hand.diagram.parts
    hand.undoes_to(ROOMY)


LONG = '{"version": %d, "blocks": [{"id": "a", "kind": "tanh", "label": "%s"}], "wires": []}'


@pytest.mark.parametrize(
    "text",
    [
        "good morning",
        "{}",
        "[1, 2",
        "<b>bold</b>" * 1000,
        "\x00\x01",
        '{"version": 1, "blocks": [{"id": "a"}]}',
        "[" * 100_000,
        "x" * 5_000_000,
        LONG % (1, "m" * 1_000_000),
        '{"version": 1, "blocks": [], "wires": [], "x-incoming": {"a.z": 4}}',
    ],
    ids=lambda text: text[:12].replace("\x00", "0") + f"-{len(text)}",
)
def test_rubbish_in_the_clipboard_is_refused_in_one_sentence(hand: Person, text: str) -> None:
    for held in (Ctrl, Ctrl | Shift):
        hand.window.status.clearMessage()
        QGuiApplication.clipboard().setText(text)
        hand.press(Qt.Key.Key_V, held)
        assert "clipboard" in hand.said
        assert len(hand.said) < 300 and "\n" not in hand.said and hand.said.endswith(".")
        assert hand.diagram == ROOMY and not hand.window.document.stack.canUndo()


def test_notes_of_wires_that_cannot_be_are_passed_over(hand: Person) -> None:
    text = (
        '{"version": 1, "blocks": [{"id": "a", "kind": "tanh"}], "wires": [], '
        '"x-incoming": {"a.z": "nobody.y", "b.z": "x.y", "a.q.w": "x.y", "a": 5, "a.<b>": "x.y"}}'
    )
    QGuiApplication.clipboard().setText(text)
    hand.press(Qt.Key.Key_V, Ctrl | Shift)
    assert hand.diagram.wires == ROOMY.wires


# --- labels -------------------------------------------------------------------------------------------------------------

MARKUP = "<b>h</b><img src='x'>"


def test_a_label_of_a_million_characters_is_refused_in_one_sentence(hand: Person) -> None:
    hand.pick("tanh1")
    QGuiApplication.clipboard().setText("m" * 1_000_000)
    hand.press(Qt.Key.Key_F2)
    editor = hand.port.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClick(editor, Qt.Key.Key_V, Ctrl)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert hand.said.startswith("tanh1: ") and "characters here, this one" in hand.said
    assert hand.diagram == ROOMY and not hand.window.document.stack.canUndo()
    name = hand.window.inspector.block.name
    name.setFocus()
    name.setText("m" * 201)
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert "a label has at most 200 characters, this one 201" in hand.said
    assert hand.diagram == ROOMY and name.text() == ""


def test_markup_in_a_label_is_shown_as_it_is(hand: Person) -> None:
    hand.pick("tanh1")
    hand.press(Qt.Key.Key_F2)
    editor = hand.port.findChild(QLineEdit)
    assert editor is not None
    editor.setText(MARKUP)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert hand.diagram.blocks["tanh1"].label == MARKUP
    hand.pick("tanh1")
    hand.window.status.say(MARKUP)
    hand.window.notice.say(MARKUP)
    labels = hand.window.findChildren(QLabel)
    obeyed = [
        label.text()
        for label in labels
        if label.textFormat() != Qt.TextFormat.PlainText and "<" in label.text()
    ]
    assert any("<b>" in label.text() for label in labels) and obeyed == []
    tips = [w.toolTip() for w in hand.window.findChildren(QWidget)]
    assert not [tip for tip in tips if "<img" in tip]
    hand.window.notice.dismiss()


def test_tool_tips_of_files_that_are_called_like_markup_are_plain() -> None:
    assert plain("two\nlines & more") == "two\nlines & more"
    assert plain(MARKUP) == "<qt>&lt;b&gt;h&lt;/b&gt;&lt;img src=&#x27;x&#x27;&gt;</qt>"
