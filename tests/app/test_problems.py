"""The list of problems: every one with its place, a click goes there, a button mends what is certain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.window import MainWindow
from graph.edits import SetSetting
from graph.files import to_text
from graph.problem import Problem
from nodes.sketch import Sketch
from runtime import messages as m
from runtime.snapshot import Report
from tests.app.driving import opened, tell
from tests.app.fake_session import FakeSession

WRONG = Problem("linear1.units", "it must be at least 1.", "Change the setting.")
OPEN = Problem("relu1.z", "the input z has no wire.", "Drag one here from a circle.", "open")
MEND = SetSetting("linear1", "units", 7)


@pytest.fixture
def window(qapp: Any) -> Iterator[MainWindow]:
    with opened(size=(1300, 800)) as window:
        s = Sketch()
        s.relu(s.linear(s.observed("x")))
        window.filing.take_unsaved(s.diagram(), None, "net")
        tell(window, m.Ready(("cpu",), "2"))
        QApplication.processEvents()
        _report(window, WRONG, OPEN)
        yield window


def _version(window: MainWindow) -> int:
    assert isinstance(window.session, FakeSession)
    return int(window.session.sent_of(m.SetDiagram)[-1].version)


def _report(window: MainWindow, *problems: Problem) -> None:
    tell(window, m.Compiled(_version(window), Report(problems=problems)))


def _offer(window: MainWindow) -> None:
    tell(window, m.Mendable(_version(window), {WRONG: MEND}))


def test_the_status_line_opens_the_list_and_goes_to_the_first(window: MainWindow) -> None:
    assert window.docks["problems"].isHidden() and not window.problems.list.count()
    QTest.mouseClick(window.status.problems, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert window.problems.isVisible() and window.problems.list.count() == 2
    assert window.scene.selected == {"linear1"}
    texts = [label.text() for label in window.problems.list.findChildren(QLabel) if label.text()]
    assert texts == [str(WRONG), str(OPEN)]
    window.menus.actions["next_problem"].trigger()
    assert window.scene.selected == {"relu1"} and window.problems.list.currentRow() == 1


def test_a_click_or_enter_on_a_row_goes_to_its_place(window: MainWindow) -> None:
    window.mending.open()
    rows = window.problems.list
    place = rows.visualItemRect(rows.item(1)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.scene.selected == {"relu1"}
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_Up)
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert window.scene.selected == {"linear1"}


def test_a_button_mends_what_is_certain_and_undo_takes_it_back(window: MainWindow) -> None:
    window.mending.open()
    before = to_text(window.document.diagram)
    assert not window.problems.buttons
    _offer(window)
    assert list(window.problems.buttons) == [WRONG]
    QTest.mouseClick(window.problems.buttons[WRONG], Qt.MouseButton.LeftButton)
    assert window.document.diagram.blocks["linear1"].settings["units"] == 7
    after = to_text(window.document.diagram)
    window.levels.undo()
    assert to_text(window.document.diagram) == before
    window.levels.redo()
    assert to_text(window.document.diagram) == after


def test_the_key_mends_the_problem_shown_and_says_when_nothing_is_certain(
    window: MainWindow,
) -> None:
    window.menus.actions["next_problem"].trigger()
    window.menus.actions["mend"].trigger()
    assert "No remedy" in window.status.currentMessage()
    _offer(window)
    window.menus.actions["next_problem"].trigger()  # the second, which has none
    window.menus.actions["mend"].trigger()
    assert "units" not in window.document.diagram.blocks["linear1"].settings
    window.menus.actions["next_problem"].trigger()
    assert MEND.label in window.status.currentMessage()
    window.menus.actions["mend"].trigger()
    assert window.document.diagram.blocks["linear1"].settings["units"] == 7


def test_remedies_of_an_older_diagram_are_not_offered(window: MainWindow) -> None:
    window.mending.open()
    tell(window, m.Mendable(_version(window) - 1, {WRONG: MEND}))
    assert not window.problems.buttons
    _offer(window)
    _report(window, WRONG)
    assert not window.problems.buttons


def test_without_problems_the_list_says_so_and_a_new_diagram_clears_it(window: MainWindow) -> None:
    window.mending.open()
    _report(window)
    assert window.problems.nothing.isVisible() and not window.problems.list.isVisible()
    _report(window, OPEN)
    assert not window.problems.nothing.isVisible()
    window.filing.ask_unsaved = lambda: "discard"  # type: ignore[method-assign]
    window.filing.new()
    assert not window.problems.list.count()
