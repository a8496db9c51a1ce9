"""The right side in windows of every height: no dock lies over another one, and who has room again stands alone again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QTabBar

from app import docks, gallery
from app.docks import RIGHT
from app.settings import Blank, Preferences
from app.views.boundary import SENTENCE
from app.window import MainWindow
from graph.diagram import Diagram, Frozen
from graph.files import load
from runtime.figures.answers import Answers, Grid, Points
from tests.app.fake_session import FakeSession

LOW, HIGH = (1000, 640), (1400, 1100)


@pytest.fixture(scope="module")
def window(qapp: Any) -> Iterator[MainWindow]:
    made = MainWindow(FakeSession(), Preferences(Blank()), "paper")
    made.resize(*HIGH)
    made.show()
    made.fill()
    grid = Grid(np.zeros((4, 4), np.uint8), np.full((4, 4), 200, np.uint8), 3, (-1, 1, -1, 1))
    points = Points(np.zeros((2, 2)), np.zeros(2, np.int64))
    # with a picture the boundary needs more than for a sentence
    made.boundary.show_figures(
        {made.boundary.asks()[0]: Answers("input", grid, points, ("u", "v"))}
    )
    settle()
    yield made
    made.document.stack.setClean()
    made.close()


def settle() -> None:
    for _ in range(20):
        QApplication.processEvents()


def open_with(window: MainWindow, views: Mapping[str, Any]) -> None:
    diagram = Diagram().with_(extra=Frozen({docks.KEY: dict(views)}))
    docks.open_views(window, diagram)
    settle()


def seen(window: MainWindow) -> list[QDockWidget]:
    found = [d for d in window.docks.values() if window.dockWidgetArea(d) == RIGHT]
    return [d for d in found if not d.isFloating() and not d.visibleRegion().isEmpty()]


def cramped(window: MainWindow) -> list[str]:
    """Docks that have less height than they need, or lie over another one, or end below the canvas."""
    found, end = [], window.centralWidget().geometry().bottom() + 1
    docks_seen = seen(window)
    for dock in docks_seen:
        inside = dock.widget().geometry().bottom() <= dock.height()
        low = dock.height() < dock.minimumSizeHint().height() or not inside
        over = [d for d in docks_seen if d is not dock and d.geometry().intersects(dock.geometry())]
        if low or over or dock.geometry().bottom() > end:
            found.append(dock.objectName())
    return found


def page_views() -> list[tuple[str, ...]]:
    every = {tuple(load(gallery.path(n)).extra.get(docks.KEY, ())) for n in gallery.names()}
    return sorted(every)


@pytest.mark.parametrize("size", [LOW, (900, 560), (700, 450), (1400, 900)], ids=str)
def test_no_dock_lies_over_another_whatever_a_page_opens(
    window: MainWindow, size: tuple[int, int]
) -> None:
    window.resize(*size)
    settle()
    for views in page_views():
        window.docks["gradients"].show()
        open_with(window, dict.fromkeys(views, ""))
        assert not cramped(window), (views, cramped(window))
        if views:
            assert window.docks[views[0]] in seen(window)


def test_who_becomes_a_tab_in_a_low_window_stands_alone_again_in_a_high_one(
    window: MainWindow,
) -> None:
    window.resize(*HIGH)
    window.docks["gradients"].show()
    open_with(window, {"warp": ""})
    alone = [window.docks[n] for n in ("inspector", "warp", "loss", "gradients")]
    assert sorted(seen(window), key=lambda d: d.y()) == alone
    window.resize(*LOW)
    settle()
    assert window.docks["warp"] in seen(window) and window.docks["gradients"] not in seen(window)
    assert not window.docks["gradients"].isHidden()
    window.resize(*HIGH)
    settle()
    assert sorted(seen(window), key=lambda d: d.y()) == alone


def test_a_closed_dock_stays_closed_when_there_is_room_again(window: MainWindow) -> None:
    window.docks["gradients"].show()
    window.resize(*LOW)
    open_with(window, {"warp": ""})
    window.docks["gradients"].close()
    window.resize(*HIGH)
    settle()
    assert window.docks["gradients"].isHidden() and not cramped(window)


def test_what_is_remembered_is_how_it_stands_in_a_high_window(window: MainWindow) -> None:
    window.docks["gradients"].show()
    window.resize(700, 450)
    settle()
    assert window.tabifiedDockWidgets(window.docks["boundary"])
    window.stacking.unfold_all()
    assert window.docks["loss"] not in window.tabifiedDockWidgets(window.docks["boundary"])
    settle()  # and it is folded again while it is low
    assert not cramped(window)


def test_the_view_of_a_page_gets_the_height_that_it_asks_for(window: MainWindow) -> None:
    window.resize(*HIGH)
    settle()
    open_with(window, {"slow": ""})
    window.stacking.share()
    settle()
    assert window.docks["slow"].height() >= window.docks["slow"].sizeHint().height()
    assert window.docks["slow"].height() > window.docks["loss"].height()


def test_only_the_boundary_itself_is_held_low_while_it_has_one_sentence_to_say(
    window: MainWindow,
) -> None:
    window.resize(1400, 900)
    window.docks["gradients"].show()
    found = window.boundary.found
    open_with(window, {"attention": ""})
    window.stacking.share()
    settle()
    with_picture = window.docks["attention"].height()
    window.boundary.forget()
    open_with(window, {"boundary": ""})
    assert window.boundary.height() <= SENTENCE
    open_with(window, {"attention": ""})
    # a picture's own least height is all that may be missing
    assert window.docks["attention"].height() > 0.85 * with_picture
    window.docks["boundary"].raise_()
    settle()
    assert window.boundary.height() <= SENTENCE
    window.boundary.show_figures({window.boundary.asks()[0]: found})
    settle()
    assert window.boundary.height() > 4 * SENTENCE


@pytest.mark.parametrize("size", [(1400, 870), HIGH])
def test_the_source_gets_room_to_be_read_when_it_is_opened(
    window: MainWindow, size: tuple[int, int]
) -> None:
    window.resize(*size)
    settle()
    window.stacking.share()
    source = window.docks["source"]
    source.toggleViewAction().trigger()
    source.raise_()
    settle()
    lines = window.source.text.viewport().height() / window.source.text.fontMetrics().lineSpacing()
    assert lines >= 15 and not cramped(window)
    source.close()
    settle()
    window.stacking.share()


def test_tabs_of_the_page_before_are_closed(window: MainWindow) -> None:
    open_with(window, {"warp": "", "embedding": ""})
    open_with(window, {"slow": ""})
    hidden = {n: window.docks[n].isHidden() for n in ("warp", "embedding", "slow", "loss")}
    assert hidden == {"warp": True, "embedding": True, "slow": False, "loss": False}


def test_the_loss_stands_before_the_gradients_though_these_were_opened_later(
    window: MainWindow,
) -> None:
    window.docks["gradients"].close()
    window.resize(*LOW)
    open_with(window, {"surface": ""})
    assert window.docks["loss"] not in seen(window)
    window.docks["gradients"].show()
    open_with(window, {"warp": "", "boundary": ""})
    assert window.docks["gradients"] not in seen(window)
    open_with(window, {"boundary": ""})
    assert window.docks["loss"] in seen(window) and window.docks["gradients"] not in seen(window)


def test_a_panel_to_read_gets_the_height_of_its_rows_and_titles_stay_whole(
    window: MainWindow,
) -> None:
    window.resize(*HIGH)
    settle()
    window.document.load(load(gallery.path("unet")), None)
    dock = window.docks["outline"]
    dock.show()
    dock.raise_()
    settle()
    assert dock.height() >= dock.sizeHint().height() > 300
    for size in (LOW, HIGH, (1400, 500)):
        window.resize(*size)
        settle()
        bars = [b for b in window.findChildren(QTabBar) if b.parent() is window and b.isVisible()]
        assert bars and all(b.elideMode() == Qt.TextElideMode.ElideNone for b in bars)
    dock.hide()
    window.document.load(Diagram(), None)


def test_in_the_lowest_window_every_view_has_its_bottom_on_the_screen(window: MainWindow) -> None:
    window.resize(*HIGH)
    settle()
    asked = {name: window.docks[name].widget().minimumHeight() for name in ("surface", "warp")}
    for views in page_views():
        window.resize(*HIGH)
        open_with(window, dict.fromkeys(views, ""))
        window.resize(640, 400)  # what 1280×800 is at 200 %
        settle()
        assert window.height() == 400 and not cramped(window), views
    window.resize(*HIGH)
    settle()
    found = {name: window.docks[name].widget().minimumHeight() for name in asked}
    assert found == asked and min(asked.values()) > 200


@pytest.mark.parametrize("size", [LOW, (1400, 760), (1400, 900), HIGH], ids=str)
def test_the_first_picture_lies_over_nothing_before_the_heights_are_shared_anew(
    window: MainWindow, size: tuple[int, int]
) -> None:
    """A busy window lays itself out and paints before any timer has its turn."""
    window.resize(*size)
    window.docks["gradients"].show()
    found = window.boundary.found
    open_with(window, {"boundary": ""})
    window.boundary.forget()
    settle()
    assert window.boundary.height() <= SENTENCE and not cramped(window)
    window.boundary.show_figures({window.boundary.asks()[0]: found})
    assert window.boundary.minimumHeight() <= window.boundary.maximumHeight()
    assert not cramped(window)
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    assert not cramped(window)
    settle()
    assert window.boundary.height() > SENTENCE and not cramped(window)


@pytest.mark.parametrize("height", [1000, 900])
def test_no_dock_lies_over_another_before_a_smaller_window_is_painted(
    window: MainWindow, height: int
) -> None:
    window.resize(1600, height)
    window.docks["gradients"].show()
    open_with(window, {"boundary": ""})
    assert not cramped(window)
    window.resize(1000, 640)
    assert not cramped(window), "no timer has had its turn"
    settle()
    assert not cramped(window)


@pytest.mark.parametrize("last", ["source", "boundary"])
def test_what_was_opened_last_stays_in_front_when_the_boundary_goes_to_it(
    window: MainWindow, last: str
) -> None:
    window.resize(*HIGH)
    window.docks["gradients"].show()
    open_with(window, {"boundary": ""})
    first = "boundary" if last == "source" else "source"
    for name in (first, last):
        window.docks[name].close()
        settle()
        window.docks[name].toggleViewAction().trigger()
        window.docks[name].raise_()
        settle()
    assert {window.docks[first], window.docks[last]} <= set(seen(window))
    window.resize(1000, 480)
    settle()
    assert window.docks[last] in seen(window) and window.docks[first] not in seen(window)
    window.resize(*HIGH)
    settle()
    assert {window.docks[first], window.docks[last]} <= set(seen(window))
    window.docks["source"].close()
    settle()
