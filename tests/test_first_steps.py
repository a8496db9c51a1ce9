"""The README's first five minutes, by mouse and keys with the real engine: drawn from an empty canvas until it learns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from app.actions.helping import Helping
from graph.diagram import Pin
from runtime.session import Session
from tests.app.driving import Hand, opened, until

PLACES = (  # the pin that a wire is dragged from, where it is let go, what is typed into the search
    (Pin("x", "y"), (-280, 0), "linear"),
    (Pin("linear1", "y"), (-110, 0), "relu"),
    (Pin("relu1", "y"), (60, 0), "linear"),
    (Pin("linear2", "y"), (220, 0), "cross entropy"),
    (Pin("cross_entropy1", "target"), (340, 60), "observed"),
)
RIGHT = 0.8  # share of held-out points; guessing gives a third


@pytest.fixture
def hand(qapp: Any) -> Iterator[Hand]:
    """A hand at an empty window with an engine of its own."""
    with opened(size=(1400, 880), session=Session()) as window:
        yield Hand(window)


def _lead_to(hand: Hand, pin: Pin, x: float, y: float, text: str) -> None:
    """A wire from a pin, let go over nothing, and the best answer to the search that opens there."""
    hand.drag(hand.pin(pin), hand.at(x, y))
    line = QApplication.focusWidget()
    assert line is not None
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    QApplication.processEvents()


def test_what_the_readme_says_first_draws_a_net_that_learns(hand: Hand) -> None:
    hand.drop("observed", hand.at(-340, 0))
    for pin, place, text in PLACES:
        _lead_to(hand, pin, *place, text)
    assert len(hand.window.document.diagram.wires) == 5
    hand.set("linear1", "units", "100")
    hand.set("linear2", "units", "3")
    hand.press(Qt.Key.Key_P)
    until(lambda: hand.reached() > RIGHT, f"{RIGHT:.0%} of the held-out points")


def test_readme_and_help_tell_these_steps(hand: Hand) -> None:
    hand.window.keymap.give("play", "Ctrl+Alt+T")
    hand.window.findChild(Helping).first_steps()
    box = hand.window.findChild(QMessageBox)
    document = QTextDocument()
    document.setHtml(box.text())
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    for text in (
        document.toPlainText(),
        readme.split("## The first five minutes")[1].split("##")[0],
    ):
        places = [text.index(kind) for kind in ("linear", "relu", "cross entropy")]
        assert places == sorted(places) and "observed" in text and "100" in text
    assert "Play (Ctrl+Alt+T)" in document.toPlainText()
    box.close()
