"""The menu at the mouse: what it offers on each thing, that a row does what the menu bar's does, and how it is left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from app import gallery
from app.canvas.note import NoteEditor
from app.context_menu import BLOCK, CANVAS, NOTE, SEVERAL, USE, WIRE
from graph.diagram import Diagram
from graph.edit import Together
from graph.edits import SetMuted
from graph.frame import Comment, Frame
from graph.framing import AddComment, AddFrame
from tests.app.driving import Ctrl, Hand, Left, Plain, Shift, opened, wire

Key = Qt.Key
Right, Middle = Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
LINE = wire("linear1.y -> relu1.z")
FRAME = Frame("layer", (-600.0, -300.0, 240.0, 160.0), "", "frame1")
COMMENT = Comment("a remark", (300.0, 200.0, 160.0), "", "comment1")


@pytest.fixture
def hand(qapp: Any) -> Iterator[Hand]:
    """A small net, and an empty clipboard."""
    with opened() as window:
        QApplication.clipboard().clear()
        window.resize(1200, 760)
        window.filing.open_file(gallery.path("spiral-mlp"))
        window.view.set_zoom(1.0)
        QApplication.processEvents()
        yield Hand(window)
        window.context_menu.menu.hide()


def _menu(hand: Hand) -> QMenu:
    return hand.window.context_menu.menu


def _click(hand: Hand, at: QPoint) -> QMenu:
    """Presses and releases the right button there."""
    QTest.mouseMove(hand.port, at)
    QTest.mouseClick(hand.port, Right, Plain, at)
    QApplication.processEvents()
    return _menu(hand)


def _names(hand: Hand) -> list[str]:
    """The commands that the open menu offers, and its submenus by their title."""
    assert _menu(hand).isVisible()
    names = {action: name for name, action in hand.window.menus.actions.items()}
    rows = [action for action in _menu(hand).actions() if not action.isSeparator()]
    return [names.get(action, action.text()) for action in rows]


def _choose(hand: Hand, name: str) -> None:
    """Goes down to a row by keys and presses Enter."""
    menu, action = _menu(hand), hand.window.menus.actions[name]
    for _ in menu.actions():
        QTest.keyClick(menu, Key.Key_Down)
        if menu.activeAction() is action:
            break
    assert menu.activeAction() is action
    QTest.keyClick(menu, Key.Key_Return)
    assert not menu.isVisible()
    QApplication.processEvents()


def _empty(hand: Hand) -> QPoint:
    """A pixel of the canvas with nothing under it, and nothing on top."""
    return QPoint(hand.port.width() // 2, 40)


def _drawing(hand: Hand) -> Diagram:
    return hand.window.document.diagram


def _steps(hand: Hand) -> int:
    return hand.window.document.stack.index()


# --- what is offered ------------------------------------------------------------------------------------------------------


def test_a_block_is_selected_and_gets_its_commands_with_their_keys(hand: Hand) -> None:
    menu = _click(hand, hand.block("relu1"))
    assert hand.window.scene.selected == {"relu1"}
    assert _names(hand) == [name for name in BLOCK if name]
    delete = hand.window.menus.actions["delete"]
    assert delete.shortcut().toString() == "Del" and delete.isShortcutVisibleInContextMenu()
    assert menu.pos() == hand.port.mapToGlobal(hand.block("relu1"))
    assert menu.accessibleName() == "Commands for relu1"


def test_what_cannot_be_done_is_left_out(hand: Hand) -> None:
    _click(hand, hand.block("x"))
    assert not {"mute", "take_out"} & set(_names(hand)), "a variable has neither"
    _click(hand, hand.block("cross_entropy1"))
    assert not {"connect", "card", "take_out"} & set(_names(hand)), "a cost has no output"
    assert {"rename", "mute", "delete"} <= set(_names(hand))
    _click(hand, _empty(hand))
    assert not {"paste", "climb", "expand"} & set(_names(hand))
    QApplication.clipboard().setText("something")
    _click(hand, _empty(hand))
    assert "paste" in _names(hand)


def test_a_circle_stands_for_its_block(hand: Hand) -> None:
    _click(hand, hand.pin(LINE.source))
    assert hand.window.scene.selected == {"linear1"} and "card" in _names(hand)


def test_a_wire_is_selected_and_gets_its_commands(hand: Hand) -> None:
    _click(hand, hand.way(LINE)[4])
    assert hand.window.scene.selected_wires == {LINE} and not hand.window.scene.selected
    assert _names(hand) == [name for name in WIRE if name]


@pytest.mark.parametrize("id", ["frame1", "comment1"])
def test_frames_and_comments_get_theirs(hand: Hand, id: str) -> None:
    hand.window.levels.do(Together("Draw", (AddFrame(FRAME), AddComment(COMMENT))))
    hand.window.view.frame_all()
    title = hand.window.scene.frames.box(id).topLeft() + QPointF(40, 12)
    _click(hand, hand.at(title.x(), title.y()))
    assert hand.window.scene.frames.selected == {id}
    assert _names(hand) == [name for name in NOTE if name]
    if id == "frame1":
        inside = hand.window.scene.frames.box(id).center()
        _click(hand, hand.at(inside.x(), inside.y()))
        assert not hand.window.scene.frames.selected and "add" in _names(hand)


def test_the_empty_canvas_deselects_and_offers_what_is_for_all(hand: Hand) -> None:
    hand.pick("relu1")
    _click(hand, _empty(hand))
    assert not hand.window.scene.selected
    wanted = [name for name in CANVAS if name not in (None, "paste", "climb", "expand", "drawing")]
    assert _names(hand) == [*wanted, "On the &drawing"]


def test_a_click_on_what_is_selected_keeps_the_selection(hand: Hand) -> None:
    hand.window.scene.select({"linear1", "relu1"}, {LINE})
    _click(hand, hand.block("relu1"))
    assert hand.window.scene.selected == {"linear1", "relu1"}
    assert hand.window.scene.selected_wires == {LINE}
    assert "&Align" in _names(hand)
    assert set(_names(hand)) < {name for name in SEVERAL if name}
    _click(hand, hand.block("linear2"))
    assert hand.window.scene.selected == {"linear2"}


def test_a_use_of_a_part_can_be_opened_and_left_again(hand: Hand) -> None:
    hand.window.filing.open_file(gallery.path("residual-net"))
    scene = hand.window.scene
    use = next(name for name, block in scene.diagram.blocks.items() if block.kind == "part")
    _click(hand, hand.block(use))
    assert set(_names(hand)) <= set(USE) and {"open_part", "expand"} <= set(_names(hand))
    _choose(hand, "open_part")
    assert hand.window.levels.path == use
    _click(hand, _empty(hand))
    _choose(hand, "climb")
    assert hand.window.levels.path == ""


@pytest.mark.parametrize("rows", [BLOCK, USE, SEVERAL, WIRE, NOTE, CANVAS])
def test_no_menu_is_long_and_every_row_is_a_command(
    hand: Hand, rows: tuple[str | None, ...]
) -> None:
    menus = hand.window.menus
    named = [name for name in rows if name is not None]
    assert len(named) <= 12 and len(set(named)) == len(named)
    assert all(name in menus.actions | menus.under | menus.menus for name in named)


# --- what a row does ------------------------------------------------------------------------------------------------------


def test_a_row_does_what_the_menu_bar_does_in_one_step_of_undo(hand: Hand) -> None:
    before, steps = _drawing(hand), _steps(hand)
    _click(hand, hand.block("relu1"))
    _choose(hand, "mute")
    assert _drawing(hand) == SetMuted(("relu1",), True).apply(before) and _steps(hand) == steps + 1
    hand.press(Key.Key_Z, Ctrl)
    assert _drawing(hand) == before


def test_rows_are_chosen_by_the_mouse_too(hand: Hand) -> None:
    menu = _click(hand, hand.block("relu1"))
    place = menu.actionGeometry(hand.window.menus.actions["delete"]).center()
    QTest.mouseMove(menu, place)
    QTest.mouseClick(menu, Left, Plain, place)
    QApplication.processEvents()
    assert "relu1" not in _drawing(hand).blocks and not menu.isVisible()


def test_a_block_is_put_into_the_wire_that_was_clicked(hand: Hand) -> None:
    steps = _steps(hand)
    _click(hand, hand.way(LINE)[4])
    _choose(hand, "add")
    search = hand.window.adding.search
    assert search.isVisible() and hand.window.adding._wanted.wire == LINE
    QTest.keyClicks(QApplication.focusWidget(), "tanh")
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
    QApplication.processEvents()
    wires = set(_drawing(hand).wires)
    assert {wire("linear1.y -> tanh1.z"), wire("tanh1.y -> relu1.z")} <= wires
    assert LINE not in wires and _steps(hand) == steps + 1


def test_blocks_are_pasted_and_comments_written_where_the_menu_was_asked_for(hand: Hand) -> None:
    hand.pick("relu1")
    hand.press(Key.Key_C, Ctrl)
    asked = _empty(hand)
    _click(hand, asked)
    _leave(hand)
    _choose(hand, "paste")
    (made,) = hand.window.scene.selected
    assert (hand.block(made) - asked).manhattanLength() <= 10, "the grid's rounding"
    asked += QPoint(-160, 100)
    _click(hand, asked)
    _leave(hand)
    _choose(hand, "comment")
    (editor,) = hand.port.findChildren(NoteEditor)
    assert (editor.mapTo(hand.port, QPoint()) - asked).manhattanLength() <= 16
    assert hand.window.view.pointer is None, "it is let go of afterwards"


def _leave(hand: Hand) -> None:
    """The mouse goes from the canvas, over the menu."""
    QApplication.sendEvent(hand.port, QEvent(QEvent.Type.Leave))


def test_rename_writes_over_the_block(hand: Hand) -> None:
    _click(hand, hand.block("linear1"))
    _choose(hand, "rename")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "q")
    QTest.keyClick(field, Key.Key_Return)
    assert _drawing(hand).blocks["linear1"].label == "q"


# --- how it is asked for, and left ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key, held", [(Key.Key_F10, Shift), (Key.Key_Menu, Plain)])
def test_keys_open_it_for_what_is_selected(
    hand: Hand, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    hand.pick("relu1")
    steps = _steps(hand)
    hand.press(key, held)
    assert _names(hand) == [name for name in BLOCK if name]
    assert hand.window.scene.bounds({"relu1"}).contains(hand.window.view.held)
    _choose(hand, "delete")
    assert "relu1" not in _drawing(hand).blocks and _steps(hand) == steps + 1
    hand.press(key, held)
    assert "select_all" in _names(hand)


def test_by_keys_a_wire_is_clicked_where_no_block_covers_it(hand: Hand) -> None:
    hand.window.scene.select((), {LINE})
    hand.press(Key.Key_F10, Shift)
    _choose(hand, "add")
    assert hand.window.adding._wanted.wire == LINE


def test_the_outline_opens_it_too(hand: Hand) -> None:
    hand.window.docks["outline"].show()
    hand.window.docks["outline"].raise_()
    hand.pick("relu1")
    rows = hand.window.outline
    rows.setFocus()
    QTest.keyClick(rows, Key.Key_F10, Shift)
    assert _names(hand) == [name for name in BLOCK if name]
    _choose(hand, "mute")
    assert _drawing(hand).blocks["relu1"].muted
    row = next(r for r in rows.findItems("linear2", Qt.MatchFlag.MatchStartsWith))
    place = rows.visualItemRect(row).center()
    QTest.mouseClick(rows.viewport(), Right, Plain, place)
    asked = rows.viewport().mapToGlobal(place)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(rows.viewport(), QContextMenuEvent(reason, place, asked))
    assert _menu(hand).isVisible() and _menu(hand).y() == asked.y(), "or further left, for room"
    assert hand.window.scene.selected == {"linear2"} and hand.window.view.held is None


def test_what_is_selected_out_of_sight_is_brought_into_it(hand: Hand) -> None:
    view = hand.window.view
    hand.pick("relu1")
    view.centerOn(4_000, 0)
    hand.press(Key.Key_F10, Shift)
    assert hand.port.rect().contains(hand.block("relu1")) and _menu(hand).isVisible()
    _menu(hand).hide()
    hand.window.scene.select_all()
    view.set_zoom(4.0)
    view.centerOn(-2_000, -2_000)
    hand.press(Key.Key_F10, Shift)
    at = hand.port.mapFromGlobal(_menu(hand).pos())
    assert hand.port.rect().contains(at), "of what is larger than the canvas, at its edge"


def test_escape_leaves_everything_as_it_was(hand: Hand) -> None:
    hand.window.scene.select({"linear1", "relu1"})
    before, steps = _drawing(hand), _steps(hand)
    menu = _click(hand, hand.block("relu1"))
    QTest.keyClick(menu, Key.Key_Escape)
    QApplication.processEvents()
    assert not menu.isVisible() and not hand.window.view.is_busy
    assert _drawing(hand) is before and _steps(hand) == steps
    assert hand.window.scene.selected == {"linear1", "relu1"}
    assert hand.window.view.held is None


def test_a_drag_with_the_right_button_opens_nothing(hand: Hand) -> None:
    start, before = hand.block("relu1"), _drawing(hand)
    seen = hand.window.view.seen()
    QTest.mousePress(hand.port, Right, Plain, start)
    for at in (start + QPoint(30, 0), QPoint(2, 2), start):
        QTest.mouseMove(hand.port, at)
    QTest.qWait(50)  # at the edge other gestures move the canvas on
    QTest.mouseRelease(hand.port, Right, Plain, start)
    assert not _menu(hand).isVisible() and not hand.window.scene.selected
    assert _drawing(hand) is before and hand.window.view.seen() == seen


def test_escape_takes_a_press_back(hand: Hand) -> None:
    QTest.mousePress(hand.port, Right, Plain, hand.block("relu1"))
    hand.press(Key.Key_Escape)
    QTest.mouseRelease(hand.port, Right, Plain, hand.block("relu1"))
    assert not _menu(hand).isVisible() and not hand.window.scene.selected


def test_a_right_click_amid_a_drag_does_not_disturb_it(hand: Hand) -> None:
    start, before = hand.block("relu1"), _drawing(hand).blocks["relu1"].position
    QTest.mousePress(hand.port, Left, Plain, start)
    QTest.mouseMove(hand.port, start + QPoint(0, 60))
    QTest.mouseClick(hand.port, Right, Plain, start + QPoint(0, 60))
    assert not _menu(hand).isVisible() and hand.window.view.is_busy
    QTest.mouseRelease(hand.port, Left, Plain, start + QPoint(0, 60))
    x, y = _drawing(hand).blocks["relu1"].position
    assert x == before[0] and y > before[1] + 40


def test_a_right_click_amid_panning_opens_nothing(hand: Hand) -> None:
    at = _empty(hand)
    QTest.mousePress(hand.port, Middle, Plain, at)
    QTest.mouseClick(hand.port, Right, Plain, at)
    assert not _menu(hand).isVisible()
    QTest.mouseRelease(hand.port, Middle, Plain, at)
    _click(hand, at)
    assert _menu(hand).isVisible()


def test_a_change_while_it_is_open_closes_it(hand: Hand) -> None:
    menu = _click(hand, hand.block("relu1"))
    hand.window.levels.do(SetMuted(("relu1",), True))
    assert not menu.isVisible()


def test_the_knife_still_cuts(hand: Hand) -> None:
    middle = hand.way(LINE)[4]
    start, end = middle - QPoint(0, 50), middle + QPoint(0, 50)
    QTest.mousePress(hand.port, Right, Ctrl, start)
    QTest.mouseMove(hand.port, end)
    QTest.mouseRelease(hand.port, Right, Ctrl, end)
    assert LINE not in _drawing(hand).wires and not _menu(hand).isVisible()
    QTest.mouseClick(hand.port, Right, Ctrl, hand.block("relu1"))
    assert not _menu(hand).isVisible()
