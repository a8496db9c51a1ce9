"""The shortcuts: looked up and changed in their window with real keys, remembered, and never two commands on one key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.keymap import REMEMBERED, Keymap
from app.panels.keys import NAME, KeyCatch, ShortcutsWindow
from app.settings import Blank, Preferences
from app.shortcuts import GESTURES, table
from tests.app.driving import Ctrl, Hand, Shift, opened

Key = Qt.Key


@pytest.fixture
def preferences() -> Preferences:
    return Preferences(Blank())


@pytest.fixture
def hand(qapp: Any, preferences: Preferences) -> Iterator[Hand]:
    with opened(preferences) as window:
        yield Hand(window)


def _opened(hand: Hand, key: Qt.Key = Key.Key_F1) -> ShortcutsWindow:
    hand.press(key)
    found = hand.window.findChild(ShortcutsWindow)
    assert found is not None and found.isVisible()
    return found


def _pick(keys: ShortcutsWindow, name: str) -> None:
    keys.rows.setCurrentItem(keys.row(name))


def _change(keys: ShortcutsWindow, name: str, *press: Any) -> None:
    """Enter on a command's row, then the new keys."""
    _pick(keys, name)
    QTest.keyClick(keys.rows, Key.Key_Return)
    catch = QApplication.focusWidget()
    assert isinstance(catch, KeyCatch)
    QTest.keyClick(catch, *press)
    QApplication.processEvents()


def test_the_window_lists_every_command_and_gesture(hand: Hand) -> None:
    keys = _opened(hand, Key.Key_Question)
    told = {row.text(0): row.text(1) for row in keys.rows.all()}
    for entry in table():
        if entry.name in hand.window.menus.actions:
            row = keys.row(entry.name)
            assert row.text(1) == " or ".join(entry.keys) and row.parent() is not None
    assert all(told[what] == how for how, what in GESTURES)


def test_all_rows_have_the_height_of_their_text_and_room(hand: Hand) -> None:
    keys = _opened(hand)
    rows = [keys.rows.visualItemRect(row).height() for row in keys.rows.all()]
    assert len(set(rows)) == 1 and rows[0] >= keys.fontMetrics().height() + 4
    least = keys.rows.columnWidth(0) - 30
    wide = max(keys.fontMetrics().horizontalAdvance(row.text(0)) for row in keys.rows.all() if row.data(0, NAME))  # fmt: skip
    assert wide <= least


def test_search_finds_by_text_and_by_key(hand: Hand) -> None:
    keys = _opened(hand)
    assert keys.search.hasFocus()
    QTest.keyClicks(keys.search, "ctrl+d")
    shown = [row.text(0) for row in keys.rows.all() if not row.isHidden()]
    assert shown[0] == "Duplicate" and "Save" not in shown
    QTest.keyClick(keys.search, Key.Key_Return)
    assert keys.rows.hasFocus() and keys.rows.currentItem().text(0) == "Duplicate"


def test_a_new_key_works_at_once_and_the_old_one_no_more(hand: Hand) -> None:
    hand.drop("relu", hand.at(0, 0))
    keys = _opened(hand)
    _change(keys, "duplicate", Key.Key_J, Ctrl | Shift)
    assert "(changed)" in keys.row("duplicate").text(1)
    assert hand.window.menus.actions["duplicate"].shortcut().toString() == "Ctrl+Shift+J"
    keys.close()
    hand.window.activateWindow()
    hand.press(Key.Key_D, Ctrl)
    assert len(hand.window.scene.blocks) == 1
    hand.press(Key.Key_J, Ctrl | Shift)
    assert len(hand.window.scene.blocks) == 2


def test_a_key_that_is_taken_is_refused_with_its_owner_and_can_be_taken_over(hand: Hand) -> None:
    keys = _opened(hand)
    _change(keys, "tidy", Key.Key_D, Ctrl)
    assert keys.said.text() == "Ctrl+D is the key of “Duplicate”."
    assert keys.row("tidy").text(1) == "Ctrl+L"
    assert keys.take.isVisible() and keys.take.hasFocus()
    QTest.keyClick(keys.take, Key.Key_Space)
    assert keys.row("tidy").text(1).startswith("Ctrl+D ")
    assert keys.row("duplicate").text(1) == "(changed)"
    assert not hand.window.menus.actions["duplicate"].shortcuts()


def test_keys_of_the_canvas_are_not_given_away_and_escape_leaves_things(hand: Hand) -> None:
    keys = _opened(hand)
    _change(keys, "tidy", Key.Key_Tab)
    assert "Tab has its meaning" in keys.said.text() and not keys.take.isVisible()
    _change(keys, "tidy", Key.Key_Escape)
    assert keys.isVisible() and keys.row("tidy").text(1) == "Ctrl+L"


def test_delete_takes_a_key_away_and_reset_gives_it_back(hand: Hand) -> None:
    keys = _opened(hand)
    _pick(keys, "tidy")
    QTest.keyClick(keys.rows, Key.Key_Delete)
    assert not hand.window.menus.actions["tidy"].shortcuts()
    QTest.mouseClick(keys.reset, Qt.MouseButton.LeftButton)
    assert hand.window.menus.actions["tidy"].shortcut().toString() == "Ctrl+L"
    _change(keys, "save", Key.Key_F7)
    _change(keys, "open", Key.Key_F9)
    QTest.mouseClick(keys.reset_all, Qt.MouseButton.LeftButton)
    for name, action in hand.window.menus.actions.items():
        wanted = next(entry.keys for entry in table() if entry.name == name)
        assert [key.toString() for key in action.shortcuts()] == list(wanted)


def test_changed_keys_stand_in_the_texts_and_are_remembered(
    hand: Hand, preferences: Preferences
) -> None:
    keys = _opened(hand)
    _change(keys, "library", Key.Key_F7)
    assert hand.window.library.search.placeholderText() == "Search blocks (F7)"
    assert Keymap(preferences).keys("library") == ("F7",)


def test_a_key_that_is_changed_leaves_nothing_of_itself_on_the_canvas(hand: Hand) -> None:
    hand.drop("relu", hand.at(300, 0))
    keys = _opened(hand)
    _change(keys, "frame_all", Key.Key_F7)
    keys.close()
    hand.window.activateWindow()
    hand.window.view.set_zoom(2.5)
    hand.press(Key.Key_F)
    assert hand.window.view.zoom == 2.5
    hand.press(Key.Key_F7)
    assert hand.window.view.zoom != 2.5


@pytest.mark.parametrize(
    "rubbish",
    ["", "[1]", "{", '{"nobody": ["Ctrl+D"]}', '{"save": 5}', '{"save": [1, "no such key"]}'],
)
def test_rubbish_in_the_preferences_is_left_out(qapp: Any, rubbish: str) -> None:
    preferences = Preferences(Blank())
    preferences.keep(REMEMBERED, rubbish)
    keymap = Keymap(preferences)
    every = [key for entry in table() for key in keymap.keys(entry.name)]
    assert len(every) == len(set(every)) and keymap.keys("duplicate") == ("Ctrl+D",)


def test_no_two_commands_share_a_key_whatever_is_given(qapp: Any) -> None:
    keymap = Keymap(Preferences(Blank()))
    for name, key in (("save", "Ctrl+D"), ("tidy", "Ctrl+D"), ("open", "Ctrl+L"), ("undo", "F")):
        keymap.give(name, key)
        every = [key for entry in table() for key in keymap.keys(entry.name)]
        assert len(every) == len(set(every)), (name, key)
    keymap.reset("duplicate")
    assert keymap.keys("duplicate") == ("Ctrl+D",) and keymap.keys("tidy") == ()
