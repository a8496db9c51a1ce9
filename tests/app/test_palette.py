"""The palette: every kind is there, found by its words, dragged with its kind, chosen by keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.canvas.new_blocks import MIME
from app.panels.palette import Palette, summary
from app.theme import BOARD, PAPER
from nodes.catalogue import catalogue


@pytest.fixture
def palette(qapp: Any) -> Iterator[Palette]:
    made = Palette(PAPER)
    made.resize(220, 900)
    made.show()
    QApplication.processEvents()
    yield made
    made.close()


def test_every_kind_is_listed_under_its_section(palette: Palette) -> None:
    assert palette.kinds() == tuple(catalogue())
    rows = [palette.list.item(row) for row in range(palette.list.count())]
    titles = [item.text() for item in rows if item.flags() == Qt.ItemFlag.NoItemFlags]
    assert titles == list(dict.fromkeys(kind.section for kind in catalogue().values()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("relu", "relu"),
        ("MAX(s, 0)", "relu"),
        ("regularisers l2", "l2"),
        ("log-soft", "log_softmax"),
    ],
)
def test_search_looks_at_names_formulas_and_sections(
    palette: Palette, text: str, found: str
) -> None:
    QTest.keyClicks(palette.search, text)
    assert found in palette.kinds() and len(palette.kinds()) < 6
    palette.search.clear()
    assert palette.kinds() == tuple(catalogue())


def test_a_search_without_a_hit_says_so(palette: Palette) -> None:
    palette.search.setText("no such thing")
    assert palette.kinds() == ()
    assert palette.list.item(0).text() == "no such block"


def test_enter_in_the_search_chooses_the_first_hit_and_down_the_next(palette: Palette) -> None:
    chosen: list[str] = []
    palette.chosen.connect(chosen.append)
    palette.search.setText("pooling 2-D")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert chosen == list(palette.kinds()[:2]) and len(chosen) == 2


def test_walking_passes_over_titles(palette: Palette) -> None:
    kinds = palette.kinds()
    walked = []
    for _ in kinds:
        walked.append(palette.list.currentItem().data(Qt.ItemDataRole.UserRole))
        QTest.keyClick(palette.search, Qt.Key.Key_Down)
    assert tuple(walked) == kinds


def test_a_double_click_chooses(palette: Palette) -> None:
    chosen: list[str] = []
    palette.chosen.connect(chosen.append)
    item = palette.list.findItems("ReLU", Qt.MatchFlag.MatchExactly)[0]
    at = palette.list.visualItemRect(item).center()
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen == ["relu"]


def test_a_drag_carries_the_kind(palette: Palette) -> None:
    item = palette.list.findItems("linear", Qt.MatchFlag.MatchExactly)[0]
    data = palette.list.mimeData([item])
    assert bytes(data.data(MIME).data()) == b"linear"


def test_a_tool_tip_has_the_summary_and_the_formula(palette: Palette) -> None:
    item = palette.list.findItems("ReLU", Qt.MatchFlag.MatchExactly)[0]
    first, formula = item.toolTip().split("\n")
    assert first == summary(catalogue()["relu"]) and first.endswith(".")
    assert formula == "z = max(s, 0)"


@pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)
def test_glyphs_are_painted_in_the_themes_colours(qapp: Any, theme: Any) -> None:
    palette = Palette(theme)
    palette.resize(220, 900)
    palette.show()
    palette.search.setText("cross")
    QApplication.processEvents()
    image = palette.list.viewport().grab().toImage()
    colors = {
        image.pixelColor(x, y).name() for x in range(80) for y in range(min(120, image.height()))
    }
    assert QColor(theme.cost_fill).name() in colors
    palette.close()
