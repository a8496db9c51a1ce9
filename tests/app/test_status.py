"""The line at the bottom: its texts have their room as soon as they change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QToolButton

from app.looks import looks
from app.status import StatusLine
from app.theme import PAPER


@pytest.fixture
def status(qapp: Any) -> Iterator[StatusLine]:
    window = QMainWindow()
    made = StatusLine()
    window.setStatusBar(made)
    window.setStyleSheet(looks(PAPER))
    window.resize(900, 300)
    window.show()
    QApplication.processEvents()
    yield made
    window.close()


def is_whole(widget: QLabel | QToolButton) -> bool:
    return widget.width() >= widget.sizeHint().width()


def test_longer_texts_are_not_cut_until_the_layout_has_its_turn(status: StatusLine) -> None:
    status.show_counts("1 block", "")
    status.show_saved("saved")
    QApplication.processEvents()
    status.show_counts("10 blocks, 12 wires, 1,234 weights", "no problems")
    assert is_whole(status.counts) and is_whole(status.problems)
    assert status.counts.geometry().right() < status.problems.geometry().left()
    status.show_saved("not saved since the beginning of the day")
    assert is_whole(status.state)
    assert status.state.geometry().right() <= status.width()


def test_texts_that_changed_behind_a_remark_are_whole_when_it_goes(status: StatusLine) -> None:
    status.show_counts("1 block", "")
    QApplication.processEvents()
    status.say("Select one block to name it.")
    status.show_counts("10 blocks, 12 wires, 1,234 weights", "no problems")
    status.clearMessage()
    assert status.counts.isVisible()
    assert is_whole(status.counts) and is_whole(status.problems)
