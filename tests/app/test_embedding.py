"""The embedding on the screen: dots in their class's colour, what hovering says, signs that do not flip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.theme import BOARD, PAPER, Theme
from app.views.embedding import EmbeddingView, aligned, image_of
from runtime.figures.embedding import Embedding
from tests.app.driving import until

PLACES = np.array([[-2.0, -1.0], [2.0, -1.0], [0.0, 2.0]], np.float32)
PICTURES = np.stack([np.full((4, 4), grey, np.uint8) for grey in (10, 120, 240)])
SHOWN = Embedding(
    "relu1.y", 30, PLACES, (0.7, 0.2), np.array([0, 1, 2]), ("one", "two", "three"),
    np.array([4, 9, 17]), PICTURES, ("x.y", "relu1.y"),
)  # fmt: skip


@pytest.fixture
def view(qapp: Any) -> Iterator[EmbeddingView]:
    made = EmbeddingView(PAPER)
    made.resize(420, 300)
    made.show_figures({made.asks()[0]: SHOWN})
    made.show()
    assert QTest.qWaitForWindowExposed(made)
    yield made
    made.close()


@pytest.mark.parametrize("theme", [PAPER, BOARD])
def test_samples_have_the_colour_of_their_class(view: EmbeddingView, theme: Theme) -> None:
    view.set_theme(theme)
    picture = view.grab().toImage()
    for place, color in zip(view.places(), theme.classes, strict=False):
        assert picture.pixelColor(*place.astype(int).tolist()).name() == color
    assert view.places()[0, 0] < view.places()[2, 0] < view.places()[1, 0]
    assert view.places()[2, 1] < view.places()[0, 1], "up is more"
    wide, tall = np.ptp(view.places(), axis=0) / np.ptp(PLACES, axis=0)
    assert wide == pytest.approx(tall), "both axes have one unit"


def test_hovering_tells_number_and_class_and_shows_the_picture(view: EmbeddingView) -> None:
    QTest.mouseMove(view, QPoint(3, 290))  # wherever the mouse was before
    before = view.grab().toImage()
    QTest.mouseMove(view, QPoint(*view.places()[1].astype(int).tolist()) + QPoint(2, 1))
    until(lambda: view.told() == "sample 9: two", "the name of the sample")
    image = view.grab().toImage()
    assert image != before
    greys = {image.pixelColor(x, y).name() for x in range(0, 420, 5) for y in range(0, 300, 5)}
    assert "#787878" in greys, "the sample's picture"
    QTest.mouseMove(view, QPoint(3, 290))
    until(lambda: view.told() == "", "the end of it")
    assert view.grab().toImage() == before


def test_values_have_a_scale_and_what_has_no_target_one_colour(view: EmbeddingView) -> None:
    values = replace(SHOWN, y=np.array([-1.0, 0.5, 2.0]), names=())
    view.show_figures({view.asks()[0]: values})
    low, _, high = view.colors()
    assert (low.name(), high.name()) == (PAPER.classes[1], PAPER.classes[0])
    view.show_figures({view.asks()[0]: replace(SHOWN, y=None)})
    assert len({color.name() for color in view.colors()}) == 1
    view.grab()


def test_signs_do_not_flip_from_one_frame_to_the_next() -> None:
    flipped = replace(SHOWN, x=(PLACES + 0.1) * [-1, 1])
    np.testing.assert_allclose(aligned(flipped, SHOWN).x, PLACES + 0.1, atol=0.2)
    other = replace(flipped, variable="x.y")
    assert aligned(other, SHOWN) is other, "another variable has directions of its own"


def test_it_follows_the_selection_until_a_variable_is_chosen(view: EmbeddingView) -> None:
    asked: list[Any] = []
    view.asked.connect(lambda: asked.append(view.asks()[0]))
    view.select("linear1")
    assert (view.asks()[0].block, view.asks()[0].choice) == ("linear1", "")
    view.name_rows({"relu1.y": "z₁"})
    view.variable.menu().aboutToShow.emit()
    actions = [a for a in view.variable.menu().actions() if a.text()]
    assert [a.text() for a in actions] == ["the selected block's", "x", "z₁"]
    actions[2].trigger()
    assert asked[-1].choice == "relu1.y" and asked[-1].block == "" and view.choice == "relu1.y"
    view.forget()
    assert not view.has_something() and view.variable.isHidden()
    view.grab()


def test_coloured_pictures_keep_their_colours() -> None:
    image = image_of(np.tile(np.array([200, 30, 60], np.uint8), (1, 3, 5, 1)), 0)
    assert image is not None and (image.width(), image.height()) == (5, 3)
    assert image.pixelColor(4, 2).name() == "#c81e3c"
    assert image_of(None, 0) is None


def test_a_click_needs_no_answer(qapp: Any) -> None:
    view = EmbeddingView(PAPER)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton)
    QTest.mouseMove(view, QPoint(30, 30))
    assert view.told() == ""
