"""Access: names of everything that takes the focus, the outline as the canvas's twin, what is announced, the panes by keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import shiboken6

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app import gallery
from graph.diagram import Pin
from graph.problem import Problem
from runtime import messages as m
from runtime.snapshot import Report
from tests.app.driving import (
    SPIRAL_BLOCKS,
    SPIRAL_WIRES,
    Ctrl,
    Hand,
    Plain,
    Shift,
    like,
    opened,
    pixels,
    tell,
    wire,
)
from tests.app.fake_session import FakeSession

Key = Qt.Key


@pytest.fixture
def hand(qapp: Any) -> Iterator[Hand]:
    with opened() as window:
        yield Hand(window)


@pytest.fixture
def said(hand: Hand) -> list[str]:
    found: list[str] = []
    hand.window.announcing.announced.connect(found.append)
    return found


def _draw(hand: Hand, wired: bool = True) -> None:
    for kind, x, y in SPIRAL_BLOCKS:
        hand.drop(kind, hand.at(x, y))
    for text in SPIRAL_WIRES if wired else ():
        hand.connect(wire(text))


def _compiled(hand: Hand, report: Report) -> m.Compiled:
    tell(hand.window, m.Ready(("auto", "cpu"), "2"))
    QApplication.processEvents()
    session = hand.window.session
    assert isinstance(session, FakeSession)
    return m.Compiled(session.sent_of(m.SetDiagram)[-1].version, report)


# --- names -----------------------------------------------------------------------------------------------------------


def _unnamed(window: QWidget) -> list[str]:
    """Widgets that take the focus but tell a screen reader nothing."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget.focusProxy() is not None:
            continue
        if widget.objectName().startswith("qt_") or widget.inherits("QMenuBar"):
            continue  # parts of Qt's own widgets
        if widget.inherits("QTabBar") or widget.isHidden():
            continue  # every tab has its text; what is hidden may have none yet
        if (frame := widget.parentWidget()) is not None and frame.inherits(
            "QComboBoxPrivateContainer"
        ):
            widget = frame.parentWidget() or widget  # the list of a box is called as the box
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is None or not interface.text(QAccessible.Text.Name).strip():
            owner = widget.parentWidget()
            found.append(f"{type(widget).__name__} in {type(owner).__name__}")
    return found


def test_all_that_takes_the_focus_has_a_name(hand: Hand) -> None:
    window = hand.window
    for dock in window.docks.values():
        dock.show()
    window.bar.popup.show()
    for page in ("xor", "lenet5"):
        if page in gallery.names():
            window.filing.open_file(gallery.path(page))
        for block in window.document.diagram.blocks:
            window.scene.select({block})
            QApplication.processEvents()
            assert not _unnamed(window), block
    hand.press(Key.Key_F1)
    window.bar.popup.hide()
    assert not _unnamed(window)


# --- the outline ------------------------------------------------------------------------------------------------------


def _spoken(hand: Hand) -> dict[str, str]:
    rows = hand.window.outline
    top = (rows.topLevelItem(k) for k in range(rows.topLevelItemCount()))
    told = (row.data(0, Qt.ItemDataRole.AccessibleTextRole) for row in top if row is not None)
    return {text.partition(",")[0]: text for text in told}


def _go_to(hand: Hand, name: str) -> None:
    """Into the outline, and by arrows to a row."""
    rows = hand.window.outline
    rows.setFocus()
    QTest.keyClick(rows, Key.Key_End)
    QTest.keyClick(rows, Key.Key_Home)
    for _ in range(rows.topLevelItemCount()):
        if hand.window.scene.selected == {name}:
            return
        QTest.keyClick(rows, Key.Key_Down)
        QApplication.processEvents()
    assert hand.window.scene.selected == {name}


def _open_outline(hand: Hand) -> None:
    hand.window.docks["outline"].show()
    hand.window.docks["outline"].raise_()
    QApplication.processEvents()


def test_the_outline_tells_every_block_in_words(hand: Hand) -> None:
    _draw(hand)
    _open_outline(hand)
    shapes = {Pin("x", "y"): (-1, 2), Pin("linear1", "y"): (-1, 10), Pin("y", "y"): (-1,)}
    tell(hand.window, _compiled(hand, Report(shapes=shapes)))
    told = _spoken(hand)
    assert told["linear1"] == "linear1, linear, 2 → 10, from x, feeds relu1"
    assert (
        told["relu1"].startswith("relu1, ReLU") and "from linear1, feeds linear2" in told["relu1"]
    )
    assert told["cross_entropy1"].endswith("from linear2 and y")
    assert told["x"] == "x, observed, 2, feeds linear1"


def test_rows_select_rename_and_delete_by_keys(hand: Hand) -> None:
    _draw(hand)
    _open_outline(hand)
    _go_to(hand, "relu1")
    assert hand.window.outline.hasFocus(), "the keys stay in the outline"
    QTest.keyClick(hand.window.outline, Key.Key_F2)
    QApplication.processEvents()
    editor = QApplication.focusWidget()
    assert editor is not None and editor is not hand.window.outline
    QTest.keyClicks(editor, "h_1")
    QTest.keyClick(editor, Key.Key_Return)
    QApplication.processEvents()
    assert hand.window.document.diagram.blocks["relu1"].label == "h_1"
    _go_to(hand, "linear2")
    QTest.keyClick(hand.window.outline, Key.Key_Delete)
    assert "linear2" not in hand.window.document.diagram.blocks
    assert "linear2" not in _spoken(hand)


def test_a_wire_is_led_from_the_outline_by_keys(hand: Hand) -> None:
    _draw(hand, wired=False)
    _open_outline(hand)
    _go_to(hand, "x")
    QTest.keyClick(hand.window.outline, Key.Key_W)
    QApplication.processEvents()
    for _ in range(12):
        if "to linear2.z" in hand.window.status.currentMessage():
            break
        QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
    assert wire("x.y -> linear2.z") in hand.window.document.diagram.wires


# --- announcements -------------------------------------------------------------------------------------------------------


def test_what_happens_is_announced(hand: Hand, said: list[str]) -> None:
    _draw(hand, wired=False)
    hand.connect(wire("x.y -> linear1.z"))
    assert said[-1] == "Connect x.y to linear1.z"
    hand.pick("linear1")
    assert said[-1] == "selected: linear1, linear, from x"
    hand.press(Key.Key_Z, Ctrl)
    assert said[-1].startswith("undone: ")
    hand.press(Key.Key_Z, Ctrl | Shift)
    hand.connect(wire("linear1.y -> linear1.z"))
    assert said[-1] == "linear1 cannot take its own output; lead it through a delay."
    hand.press(Key.Key_A, Ctrl)
    assert said[-1] == "6 blocks selected"


def test_problems_and_training_are_announced(hand: Hand, said: list[str]) -> None:
    _draw(hand)
    problem = Problem("relu1", "the shapes do not fit.")
    report = Report(problems=(problem,), trainable=True)
    tell(hand.window, _compiled(hand, report))
    assert said[-1] == f"problem: {problem}"
    tell(hand.window, _compiled(hand, Report(trainable=True)))
    assert said[-1] == "no problems"
    hand.press(Key.Key_P)
    assert said[-1] == "training"
    hand.press(Key.Key_P)
    assert said[-1].startswith("training paused")


# --- panes ---------------------------------------------------------------------------------------------------------------


def test_f6_goes_round_and_escape_back(hand: Hand) -> None:
    _draw(hand)
    seen = []
    for _ in range(12):
        focus = QApplication.focusWidget()
        assert focus is not None
        now = next(p for p in hand.window.focusing.panes() if p is focus or p.isAncestorOf(focus))
        seen.append(now)
        QTest.keyClick(focus, Key.Key_F6)
        QApplication.processEvents()
        if QApplication.focusWidget() is hand.window.view:
            break
    window = hand.window
    assert seen[0] is window.view and {window.bar, window.library, window.inspector} <= set(seen)
    assert len(seen) == len(set(seen))
    QTest.keyClick(QApplication.focusWidget(), Key.Key_F6, Shift)
    assert QApplication.focusWidget() is not window.view
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Escape)
    assert window.view.hasFocus()


def test_ctrl_and_arrows_go_along_wires(hand: Hand) -> None:
    _draw(hand)
    hand.drop("tanh", hand.at(-260, 30))
    hand.window.scene.select(())
    hand.press(Key.Key_Right, Ctrl)
    assert hand.window.scene.selected == {hand.window.scene.diagram.order[0]}
    hand.pick("x")
    for name in ("linear1", "relu1", "linear2", "cross_entropy1", "y"):
        hand.press(Key.Key_Right, Ctrl)
        assert hand.window.scene.selected == {name}
    hand.press(Key.Key_Right, Ctrl)
    assert hand.window.scene.selected == {"y"}, "there is nothing further at the right"


@pytest.mark.parametrize("theme", ["paper", "board"])
def test_where_the_focus_is_can_be_seen(hand: Hand, theme: str) -> None:
    window = hand.window
    window.set_theme(theme)
    color = window.theme.selection

    def rings(widget: QWidget) -> tuple[int, int]:
        """Pixels in the colour of the focus, without it and with it."""
        counts = []
        for holder in (window.library.search, widget):
            holder.setFocus(Qt.FocusReason.TabFocusReason)
            QApplication.processEvents()
            counts.append(int(like(pixels(widget), color).sum()))
        return counts[0], counts[1]

    combos = (window.bar.data, window.bar.optimizer)
    for widget in (window.bar.play, window.bar.reset, *combos, window.bar.more, window.view):
        without, there = rings(widget)
        assert there > without + 12, widget.accessibleName()


def test_the_ring_of_the_keys_goes_with_a_press_of_the_mouse(hand: Hand) -> None:
    view, color = hand.window.view, hand.window.theme.selection
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    edge = slice(2, 60)

    def ringed() -> bool:
        QApplication.processEvents()
        return bool(like(pixels(hand.port), color)[edge, 0:3].any())

    assert ringed()
    QTest.mouseClick(hand.port, Qt.MouseButton.LeftButton, Plain, QPoint(30, 30))
    assert view.hasFocus() and not ringed()


def test_going_round_the_panes_leaves_every_widget_its_parent(hand: Hand) -> None:
    """PySide's record of who owns whom must stay that of Qt, or one widget's end takes the others with it."""
    for _ in range(12):
        hand.window.menus.actions["next_pane"].trigger()
    QApplication.processEvents()
    for widget in hand.window.findChildren(QWidget):
        told = shiboken6.dump(widget)
        children = told.partition("children..........")[2].splitlines()
        assert not any("MainWindow" in line for line in children), told
