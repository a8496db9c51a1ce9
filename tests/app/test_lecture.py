"""Lecture mode: steps on keys and clickers, large type, parts, pointer and blackout; the window afterwards as before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import gallery
from app.canvas.inks import LABEL
from app.canvas.lectern import LASER, Lectern
from app.lecture import steps_of
from app.window import MainWindow
from graph.files import from_text, load, to_text
from graph.reveal import KEY, steps
from runtime import messages as m
from tests.app.driving import like, opened, pixels, tell

Key = Qt.Key

SETTLED = 200  # ms after which the docks have found their room


@pytest.fixture
def window(qapp: Any) -> Iterator[MainWindow]:
    with opened(size=(1300, 800)) as window:
        _open(window, "spiral-mlp")
        tell(window, m.Ready(("cpu",), "2"))
        window.scene.pulses.motion = False
        QApplication.processEvents()
        yield window


def _open(window: MainWindow, name: str) -> None:
    window.filing.take_unsaved(load(gallery.path(name)), None, name)
    QApplication.processEvents()


def _begin(window: MainWindow) -> Lectern:
    """Begins by its key, on a projector of 1280 x 720."""
    window.activateWindow()
    window.menus.actions["lecture"].trigger()
    lectern = window.lecture.lectern
    assert lectern is not None and lectern.isFullScreen()
    lectern.setWindowState(Qt.WindowState.WindowNoState)
    lectern.resize(1280, 720)
    window.lecture.go(0)
    QApplication.processEvents()
    return lectern


def _press(lectern: Lectern, *keys: Key) -> None:
    for key in keys:
        QTest.keyClick(lectern, key)
        QApplication.processEvents()


def _seen(window: MainWindow) -> list[str]:
    return [name for name, item in window.scene.blocks.items() if item.isVisible()]


def _wires(window: MainWindow) -> set[str]:
    return {str(wire) for wire, item in window.scene.wires.items() if item.isVisible()}


def test_steps_go_along_the_flow_and_wires_come_with_their_target(window: MainWindow) -> None:
    lectern = _begin(window)
    assert _seen(window) == ["x"] and not _wires(window)
    _press(lectern, Key.Key_Space)
    assert set(_seen(window)) == {"x", "linear1"} and _wires(window) == {"x.y -> linear1.z"}
    order = [name for step in steps_of(window.levels.diagram) for name in step]
    assert order == ["x", "linear1", "relu1", "linear2", "y", "cross_entropy1", "decay"]
    _press(lectern, Key.Key_Right, Key.Key_PageDown)
    assert window.lecture.step == 3 and "linear2" in _seen(window)
    _press(lectern, Key.Key_PageUp, Key.Key_Left)
    assert window.lecture.step == 1
    _press(lectern, Key.Key_End)
    assert len(_seen(window)) == len(window.scene.blocks) and len(_wires(window)) == 5
    _press(lectern, Key.Key_Space)
    assert window.lecture.step == len(order) - 1, "after the last there is nothing"
    _press(lectern, Key.Key_F5)
    assert window.lecture.step == 0


def test_what_is_hidden_is_not_painted(window: MainWindow) -> None:
    lectern = _begin(window)
    rim = window.theme.cost
    assert not like(pixels(lectern.viewport()), rim).any()
    _press(lectern, Key.Key_End)
    assert like(pixels(lectern.viewport()), rim).sum() > 500


def test_another_screen_shows_the_same_as_large(window: MainWindow) -> None:
    lectern = _begin(window)
    _press(lectern, Key.Key_Space)
    before, seen = lectern.zoom, lectern.seen()
    lectern.resize(640, 360)
    QApplication.processEvents()
    assert lectern.zoom == pytest.approx(before / 2, rel=0.05)
    assert (lectern.seen().center() - seen.center()).manhattanLength() < 0.1 * seen.width()
    lectern.zoom_by(2.0, lectern.rect().center().toPointF())  # what a person chose stays
    own = lectern.zoom
    lectern.resize(1280, 720)
    QApplication.processEvents()
    assert lectern.zoom == own


def test_signs_come_with_their_blocks(window: MainWindow) -> None:
    lectern = _begin(window)
    signs = window.scene.signs
    signs.dead_wanted = True
    bare = pixels(lectern.viewport())
    signs.show_dead({"relu1": 0.5})
    lectern.viewport().update()
    assert (pixels(lectern.viewport()) == bare).all(), "its block is still to come"
    _press(lectern, Key.Key_Space, Key.Key_Space)
    told = pixels(lectern.viewport())
    signs.show_dead({})
    lectern.viewport().update()
    assert (pixels(lectern.viewport()) != told).any()


@pytest.mark.parametrize("name", ["spiral-mlp", "unet", "resnet-18", "transformer"])
def test_labels_are_large_and_the_step_is_seen(window: MainWindow, name: str) -> None:
    _open(window, name)
    lectern = _begin(window)
    for number, step in enumerate(steps_of(window.levels.diagram)):
        window.lecture.go(number)
        assert lectern.zoom * LABEL >= 24 - 1e-6
        whole = lectern.seen().adjusted(-2, -2, 2, 2)
        assert all(
            whole.contains(window.scene.blocks[n].pos()) for n in step if n in window.scene.blocks
        )


def test_everything_is_as_before_after_it(window: MainWindow) -> None:
    window.docks["source"].show()
    window.docks["source"].raise_()
    window.scene.select(("relu1",))
    window.view.set_zoom(1.37)
    QTest.qWait(SETTLED)
    before = _state(window)
    lectern = _begin(window)
    _press(lectern, Key.Key_Space, Key.Key_Space, Key.Key_P, Key.Key_B, Key.Key_Escape)
    QTest.qWait(SETTLED)
    assert not window.lecture.is_on and _state(window) == before
    assert all(item.isVisible() for item in window.scene.blocks.values())
    assert all(item.opacity() == 1.0 for item in window.scene.blocks.values())
    assert window.view.updatesEnabled() and window.document.is_clean == before["clean"]


def _state(window: MainWindow) -> dict[str, Any]:
    docks = {
        name: (dock.isVisible(), dock.geometry(), dock.isFloating(), window.dockWidgetArea(dock))
        for name, dock in window.docks.items()
    }
    view = window.view
    return {
        "docks": docks,
        "state": bytes(window.saveState().data()),
        "window": (window.geometry(), window.windowState()),
        "bars": (window.menuBar().isVisible(), window.statusBar().isVisible()),
        "view": (view.transform(), view.geometry(), view.scene_point(QPointF(10.0, 10.0))),
        "selected": window.scene.selected,
        "clean": window.document.is_clean,
        "undo": window.document.stack.count(),
    }


def test_black_and_pointer(window: MainWindow) -> None:
    lectern = _begin(window)
    lectern.board.show_hint(False)
    _press(lectern, Key.Key_P)
    _move(lectern, 200.0, 150.0)
    assert lectern.board.grab().toImage().pixelColor(200, 150).name() == LASER
    assert lectern.board.cursor().shape() or lectern.cursor().shape() == Qt.CursorShape.BlankCursor
    _press(lectern, Key.Key_B)
    shown = pixels(lectern.board)
    assert (shown == 0).all()
    _press(lectern, Key.Key_B, Key.Key_P)
    assert not lectern.board.black and not lectern.board.pointing


def test_the_pointer_leaves_a_trail_unless_motion_is_reduced(window: MainWindow) -> None:
    window.scene.pulses.motion = True
    lectern = _begin(window)
    _press(lectern, Key.Key_P)
    _move(lectern, 100.0, 100.0)
    _move(lectern, 180.0, 100.0)
    assert len(lectern.board._trail) == 2
    _press(lectern, Key.Key_Escape)
    window.scene.pulses.motion = False
    calm = _begin(window)
    _press(calm, Key.Key_P)
    _move(calm, 100.0, 100.0)
    assert not calm.board._trail


def _move(lectern: Lectern, x: float, y: float) -> None:
    at, none = QPointF(x, y), Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(lectern.viewport(), event)


def test_what_appears_fades_in_only_with_motion(window: MainWindow) -> None:
    lectern = _begin(window)
    _press(lectern, Key.Key_Space)
    assert window.scene.blocks["linear1"].opacity() == 1.0
    window.scene.pulses.motion = True
    window.lecture._fade.setDuration(60_000)  # however slow the machine
    _press(lectern, Key.Key_Space)
    assert window.scene.blocks["relu1"].opacity() < 1.0
    _press(lectern, Key.Key_Space)
    assert window.scene.blocks["relu1"].opacity() == 1.0, "the next step does not wait"
    assert window.scene.blocks["linear2"].opacity() < 1.0
    _press(lectern, Key.Key_Escape)
    assert window.scene.blocks["linear2"].opacity() == 1.0


def test_training_goes_on_and_stops_by_its_key(window: MainWindow) -> None:
    lectern = _begin(window)
    _press(lectern, Key.Key_T)
    assert window.live.is_playing
    _press(lectern, Key.Key_T)
    assert not window.live.is_playing


def test_parts_are_entered_with_steps_of_their_own(window: MainWindow) -> None:
    _open(window, "unet")
    lectern = _begin(window)
    _press(lectern, Key.Key_Space)
    use = _seen(window)[-1]
    _press(lectern, Key.Key_Return)
    assert window.levels.path == use and len(_seen(window)) == 1
    _press(lectern, Key.Key_Space)
    assert len(_seen(window)) == 2
    _press(lectern, Key.Key_U)
    assert window.levels.path == "" and window.lecture.step == 1
    _press(lectern, Key.Key_Return)
    assert window.lecture.step == 1, "it goes on where one left"
    _press(lectern, Key.Key_End, Key.Key_PageDown)
    assert window.levels.path == "", "a clicker alone comes out again"
    _press(lectern, Key.Key_Return, Key.Key_Escape)
    assert window.levels.path == "" and not window.lecture.is_on


def test_the_keys_of_the_hint_go_after_a_while(window: MainWindow) -> None:
    lectern = _begin(window)
    assert lectern.board.hint and lectern.board._forget.isActive()
    lectern.board._forget.setInterval(1)
    lectern.board._forget.start()
    QTest.qWait(50)
    assert not lectern.board.hint


def test_an_empty_canvas_has_nothing_to_show(window: MainWindow) -> None:
    window.filing.ask_unsaved = lambda: "discard"  # type: ignore[method-assign]
    window.filing.new()
    window.menus.actions["lecture"].trigger()
    assert not window.lecture.is_on


# --- the order ------------------------------------------------------------------------------------------------------


def _order(window: MainWindow) -> list[str]:
    return ["+".join(step) for step in steps_of(window.levels.diagram)]


def test_the_order_is_set_by_keys_kept_and_undone(window: MainWindow) -> None:
    window.menus.actions["reveal_order"].trigger()
    QApplication.processEvents()
    panel = window.reveal
    assert panel.list.count() == 7
    panel.list.setCurrentRow(2)
    for _ in range(2):
        QTest.keyClick(panel.list, Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert _order(window)[:3] == ["relu1", "x", "linear1"]
    assert panel.selected == [0] and window.scene.selected == {"relu1"}
    again = from_text(to_text(window.document.diagram))
    assert steps(again)[0] == ("relu1",) and KEY in again.extra
    lectern = _begin(window)
    assert _seen(window) == ["relu1"]
    _press(lectern, Key.Key_Escape)
    window.levels.undo()
    window.levels.undo()
    assert _order(window)[:2] == ["x", "linear1"] and KEY not in window.document.diagram.extra


def test_steps_are_put_together_and_apart(window: MainWindow) -> None:
    window.menus.actions["reveal_order"].trigger()
    QApplication.processEvents()
    panel = window.reveal
    for row in (0, 4):
        panel.list.item(row).setSelected(True)
    QTest.keyClick(panel.list, Key.Key_J)
    assert _order(window)[0] == "x+y" and panel.list.count() == 6
    lectern = _begin(window)
    assert sorted(_seen(window)) == ["x", "y"]
    _press(lectern, Key.Key_Escape)
    panel.list.clearSelection()
    panel.list.item(0).setSelected(True)
    QTest.mouseClick(panel.buttons["Apart"], Qt.MouseButton.LeftButton)
    assert _order(window)[:2] == ["x", "y"]
    QTest.mouseClick(panel.buttons["Along the flow"], Qt.MouseButton.LeftButton)
    assert KEY not in window.document.diagram.extra
    panel.list.dropped.emit([0], 3)
    assert _order(window)[:3] == ["linear1", "relu1", "x"]
