"""The dialog of a sweep: its fields look like the rest of the window and count while one types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox

from app.panels.fields import CountField
from app.panels.quiet import QuietCombo
from app.panels.sweep_dialog import SweepDialog
from app.theme import BOARD, PAPER, Theme
from tests.app.canvas_bench import spiral
from tests.app.driving import Ctrl, Left, opened, pixels


@pytest.fixture(params=[PAPER, BOARD], ids=lambda theme: theme.name)
def dialog(qapp: Any, request: pytest.FixtureRequest) -> Iterator[SweepDialog]:
    theme: Theme = request.param
    with opened() as window:
        window.set_theme(theme.name)
        window.document.load(spiral(), None)
        window.runs.sweep()
        QApplication.processEvents()
        assert window.runs.dialog is not None
        yield window.runs.dialog
        window.runs.dialog.reject()


def test_its_fields_are_the_windows_own(dialog: SweepDialog) -> None:
    assert all(isinstance(field, QuietCombo) for field in dialog.findChildren(QComboBox))
    spins = dialog.findChildren(QAbstractSpinBox)
    assert len(spins) == 2 and all(isinstance(field, CountField) for field in spins)
    for field in spins:  # two small arrows at the right, with the field's own ground between them
        right = pixels(field)[4:-4, -17:-5].astype(int)
        marked = np.abs(right - right[0, 0]).sum(-1) > 60
        rows = np.flatnonzero(marked.any(1))
        assert rows.min() < len(right) / 2 < rows.max()
        assert not marked[len(right) // 2].any()


def test_a_number_counts_while_it_is_typed_and_stepped(dialog: SweepDialog) -> None:
    dialog.choose("rate")
    assert len(dialog.chosen) == 3
    line = dialog.seeds.lineEdit()
    QTest.mouseClick(line, Left)
    QTest.keyClick(line, Qt.Key.Key_A, Ctrl)
    QTest.keyClicks(line, "20")
    assert "60 runs" in dialog.told.text() and len(dialog.chosen) == 60
    QTest.keyClick(line, Qt.Key.Key_Up)
    assert len(dialog.chosen) == 63
