"""Undo and redo while a field has the keys: half-typed text is the field's, everything else the document's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.app.driving import Ctrl, Hand, Shift, opened

Z = Qt.Key.Key_Z


@pytest.fixture
def hand(qapp: Any) -> Iterator[Hand]:
    with opened() as window:
        yield Hand(window)


def _focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_an_entered_number_is_taken_back_from_its_own_field(hand: Hand) -> None:
    rate, document = hand.window.bar.rate, hand.window.document
    hand.type_into(rate, "0.3")
    assert _focused() is rate and document.diagram.recipe["rate"] == 0.3
    QTest.keyClick(_focused(), Z, Ctrl)
    assert "rate" not in document.diagram.recipe and rate.text() == "0.01"
    QTest.keyClick(_focused(), Z, Ctrl | Shift)
    assert document.diagram.recipe["rate"] == 0.3 and rate.text() == "0.3"


def test_half_typed_text_is_taken_back_in_the_field_alone(hand: Hand) -> None:
    rate, document = hand.window.bar.rate, hand.window.document
    hand.type_into(rate, "0.3")
    QTest.keyClicks(_focused(), "7")
    assert rate.text() == "0.37"
    QTest.keyClick(_focused(), Z, Ctrl)
    assert rate.text() == "0.3" and document.diagram.recipe["rate"] == 0.3


def test_a_name_is_taken_back_from_its_own_field(hand: Hand) -> None:
    document = hand.window.document
    hand.drop("linear", hand.at(0, 0))
    name = hand.window.inspector.block.name
    hand.click(name)
    QTest.keyClicks(name, "first")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert document.diagram.blocks["linear1"].label == "first" and _focused() is name
    QTest.keyClick(name, Z, Ctrl)
    assert document.diagram.blocks["linear1"].label == "" and name.text() == ""
