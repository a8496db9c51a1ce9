"""The command palette with real keys: what it offers, does, and remembers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import gallery
from graph.diagram import Diagram
from graph.files import save
from tests.app.driving import Ctrl, Hand, Shift, opened

Key = Qt.Key


class Person(Hand):
    """A hand that opens the palette, types, and presses Enter."""

    def open(self) -> None:
        QTest.keyClick(QApplication.focusWidget(), Key.Key_P, Ctrl | Shift)
        QApplication.processEvents()
        assert self.search.isVisible() and self.search.line.hasFocus()

    @property
    def search(self) -> Any:
        return self.window.commanding.search

    def choose(self, text: str) -> None:  # type: ignore[override]
        self.open()
        QTest.keyClicks(self.search.line, text)
        QTest.keyClick(self.search.line, Key.Key_Return)
        QApplication.processEvents()
        assert not self.search.isVisible()


@pytest.fixture
def hand(qapp: Any) -> Iterator[Person]:
    with opened() as window:
        yield Person(window)


def test_it_offers_every_command_panel_diagram_and_block(hand: Person) -> None:
    hand.open()
    keys = set(hand.search.keys())
    assert {f"command:{name}" for name in hand.window.menus.actions} - keys == {"command:commands"}
    assert {f"gallery:{name}" for name in gallery.names()} <= keys
    assert {f"block:{kind}" for kind in hand.window.library.kinds()} <= keys
    assert {"row:Theme: Paper", "row:Theme: Board", "row:Panels: Outline"} <= keys
    shown = hand.search.entry("command:duplicate")
    assert shown.title == "Duplicate" and shown.note == "Ctrl+D"


def test_it_stays_inside_a_window_that_becomes_smaller(hand: Person) -> None:
    hand.window.resize(1600, 1000)
    hand.open()
    for size in ((700, 420), (640, 400)):
        hand.window.resize(*size)
        QApplication.processEvents()
        assert hand.window.rect().contains(hand.search.geometry()) and hand.search.isVisible()


def test_a_command_is_done_where_the_focus_was(hand: Person) -> None:
    hand.drop("relu", hand.at(0, 0))
    hand.pick("relu1")
    hand.choose("dupl")
    assert set(hand.window.scene.blocks) == {"relu1", "relu2"} and hand.window.view.hasFocus()


def test_diagrams_blocks_themes_and_panels_are_reached(hand: Person) -> None:
    hand.choose("xor")
    assert hand.window.document.diagram.recipe["data"]["kind"] == "xor"
    blocks = len(hand.window.document.diagram.blocks)
    hand.choose("softplus")
    assert len(hand.window.document.diagram.blocks) == blocks + 1
    hand.choose("board")
    assert hand.window.theme.name == "board"
    hand.choose("panels outline")
    assert hand.window.outline.isVisible()


def test_recent_files_are_there(hand: Person, tmp_path: Path) -> None:
    path = tmp_path / "my-own-net.gradboard"
    save(Diagram(), path)
    hand.window.preferences.remember(path)
    hand.choose("myown")
    assert hand.window.document.path == path


def test_what_cannot_be_done_now_is_grey_and_does_nothing(hand: Person) -> None:
    hand.open()
    undo = hand.search.entry("command:undo")
    assert not undo.is_enabled and "not now" in undo.note
    QTest.keyClicks(hand.search.line, "undo")
    assert hand.search.keys()[0] == "command:undo"
    QTest.keyClick(hand.search.line, Key.Key_Return)
    assert hand.search.isVisible(), "there is nothing to undo"
    QTest.keyClick(hand.search.line, Key.Key_Escape)
    assert not hand.search.isVisible() and hand.window.view.hasFocus()


def test_what_was_used_last_is_on_top(hand: Person) -> None:
    hand.choose("minimap")
    hand.choose("frame all")
    hand.open()
    assert hand.search.keys()[:2] == ("command:frame_all", "command:minimap")
