"""The window as a whole, with an engine that only writes down what it is told: filling, filing, traffic, menus."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import gallery
from app.asking import FRAME
from app.live import Live
from app.settings import Blank, Preferences
from app.shortcuts import table
from app.theme import BOARD, PAPER
from app.views.cover import Cover
from app.window import MainWindow
from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from graph.edits import AddBlock, Disconnect, MoveBlocks, SetRecipe, SetSetting
from graph.files import load, save
from graph.problem import Problem
from nodes.sketch import Sketch
from runtime import messages as m
from runtime.figures.answers import Answers, Grid, Points
from runtime.snapshot import Counts, Flow, Report, Snapshot
from tests.app.fake_session import FakeSession

TRAINABLE = Report(trainable=True, counts={"linear1": Counts(9, 6)})


def _spiral() -> Diagram:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=100)), units=3), y)
    return s.diagram(data="spiral", optimizer="adam", rate=1e-2, batch=64, seed=0)


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def window(qapp: Any, preferences: Preferences) -> Iterator[MainWindow]:
    window = MainWindow(FakeSession(), preferences, "paper")
    window.resize(1300, 800)
    window.show()
    window.fill()
    QApplication.processEvents()
    yield window
    _end(window)


def _end(window: MainWindow) -> None:
    window.filing.ask_unsaved = lambda: "discard"  # type: ignore[method-assign]
    window.close()
    window.deleteLater()  # a new theme is put on every widget there is
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "spiral.gradboard"
    save(_spiral(), path)
    return path


def _engine(window: MainWindow) -> FakeSession:
    assert isinstance(window.session, FakeSession)
    return window.session


def _tell(window: MainWindow, *messages: Any) -> None:
    """The engine says something; the timer hears it."""
    _engine(window).inbox += messages
    window.live.tick()


def _start(window: MainWindow, diagram: Diagram | None = None) -> int:
    """A ready engine with a compiled diagram; the version of it."""
    if diagram is not None:
        window.document.load(diagram, None)
    _tell(window, m.Ready(("auto", "cpu"), "2"))
    QApplication.processEvents()
    version = _engine(window).sent_of(m.SetDiagram)[-1].version
    _tell(window, m.Compiled(version, TRAINABLE))
    return int(version)


def _wait_until(condition: Any, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        QTest.qWait(5)
    assert condition()


# --- filling and closing -------------------------------------------------------------------------------------------


def test_the_window_is_filled_after_its_first_paint(qapp: Any, preferences: Preferences) -> None:
    window = MainWindow(FakeSession(), preferences, "paper")
    assert not window.is_filled and not hasattr(window, "bar")
    window.show()
    _wait_until(lambda: window.is_filled)
    assert _engine(window).starts == 1
    assert window.windowTitle() == "untitled.gradboard[*] — Gradboard"
    session = _engine(window)
    _end(window)
    assert not session.alive


def test_painting_first_needs_neither_numpy_nor_torch() -> None:
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; a = QApplication([]);"
        "from app.window import MainWindow; w = MainWindow(theme='paper'); w.show();"
        "heavy = {'numpy', 'torch', 'pydantic', 'networkx', 'pyqtgraph', 'sklearn', 'scipy'};"
        "print(sorted(heavy & set(sys.modules)));"
        "w.fill(); print('torch' in sys.modules); w.live.close()"
    )
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, timeout=60
    )
    assert found.stdout.split("\n")[:2] == ["[]", "False"], found.stderr


def test_a_small_screen_has_room_for_the_whole_window(qapp: Any) -> None:
    window = MainWindow(FakeSession(), Preferences(Blank()), "paper")
    room = window.screen().availableSize()
    assert window.height() > room.height()
    window.fit()
    assert window.width() <= max(room.width(), window.minimumWidth())
    assert window.minimumHeight() <= window.height() < room.height()
    window.deleteLater()


def test_arrangement_and_theme_are_remembered(qapp: Any, preferences: Preferences) -> None:
    window = MainWindow(FakeSession(), preferences)
    window.fill()
    window.set_theme("board")
    window.docks["loss"].hide()
    _end(window)
    again = MainWindow(FakeSession(), preferences)
    again.fill()
    assert again.theme is BOARD
    assert again.docks["loss"].isHidden() and not again.docks["boundary"].isHidden()
    _end(again)


def test_the_theme_changes_while_it_is_open(window: MainWindow) -> None:
    window.document.load(_spiral(), None)
    before = window.grab().toImage()
    window.set_theme("board")
    after = window.grab().toImage()
    corner = QPoint(window.width() // 2, window.height() // 2)
    assert before.pixelColor(corner).lightness() > 200 > after.pixelColor(corner).lightness()
    window.set_theme("paper")
    assert window.theme is PAPER


# --- files ---------------------------------------------------------------------------------------------------------


def test_opening_shows_title_and_diagram_and_tells_the_engine(
    window: MainWindow, file: Path
) -> None:
    _tell(window, m.Ready(("auto", "cpu"), "2"))
    assert window.filing.open_file(file)
    QApplication.processEvents()
    assert window.windowTitle() == "spiral.gradboard[*] — Gradboard"
    assert not window.isWindowModified()
    assert set(window.scene.blocks) == set(load(file).blocks)
    last = _engine(window).sent_of(m.SetDiagram)[-1]
    assert last.fresh and last.diagram == load(file) and last.folder == str(file.parent)
    sent = _engine(window).sent
    assert sent.index(m.LoadWeights(str(file))) > sent.index(last)
    assert window.preferences.recent == (file.resolve(),)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"version": 999}'])
def test_a_bad_file_is_one_sentence_and_nothing_is_lost(
    window: MainWindow, tmp_path: Path, content: bytes
) -> None:
    window.document.do(AddBlock(Block("relu1", "relu")))
    bad = tmp_path / "bad.gradboard"
    bad.write_bytes(content)
    before = window.document.diagram
    assert not window.filing.open_file(bad)
    assert window.notice.isVisible() and str(bad) in window.notice.text.text()
    assert window.document.diagram is before and window.document.stack.canUndo()
    QTest.mouseClick(window.notice.close_button, Qt.MouseButton.LeftButton)
    assert not window.notice.isVisible()


@pytest.mark.parametrize("answer, is_opened", [("cancel", False), ("discard", True)])
def test_opening_another_file_asks_about_unsaved_work(
    window: MainWindow, file: Path, answer: Any, is_opened: bool
) -> None:
    window.document.do(AddBlock(Block("relu1", "relu")))
    window.filing.ask_unsaved = lambda: answer  # type: ignore[method-assign]
    assert window.filing.open_file(file) is is_opened
    assert ("relu1" in window.document.diagram.blocks and not is_opened) or is_opened


def test_closing_asks_and_can_save(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "mine"
    window.document.do(AddBlock(Block("relu1", "relu")))
    assert window.isWindowModified()
    window.filing.ask_unsaved = lambda: "cancel"  # type: ignore[method-assign]
    window.close()
    assert window.isVisible()
    window.filing.ask_unsaved = lambda: "save"  # type: ignore[method-assign]
    window.filing.ask_save_path = lambda *_: ""  # type: ignore[method-assign]
    window.close()
    assert window.isVisible()  # no name was given, so it is not saved
    window.filing.ask_save_path = lambda *_: str(path)  # type: ignore[method-assign]
    window.close()
    assert not window.isVisible()
    assert set(load(path).blocks) == {"relu1"}


def test_saving_writes_the_file_and_after_training_the_weights(
    window: MainWindow, file: Path
) -> None:
    window.filing.open_file(file)
    version = _start(window)
    window.document.do(SetRecipe("rate", 0.5))
    window.menus.actions["save"].trigger()
    assert load(file).recipe["rate"] == 0.5
    assert window.document.is_clean and not _engine(window).sent_of(m.SaveWeights)
    QApplication.processEvents()
    version = _engine(window).sent_of(m.SetDiagram)[-1].version
    _tell(window, Snapshot(version, 10, 0.5, 1.0))
    window.menus.actions["save"].trigger()
    assert _engine(window).sent_of(m.SaveWeights) == [m.SaveWeights(str(file.resolve()))]


def test_a_file_that_cannot_be_written_is_told(window: MainWindow, tmp_path: Path) -> None:
    window.document.do(AddBlock(Block("relu1", "relu")))
    window.filing.ask_save_path = lambda *_: str(tmp_path / "no" / "x.gradboard")  # type: ignore[method-assign]
    assert not window.filing.save()
    assert window.notice.isVisible() and "no/x.gradboard" in window.notice.text.text()
    assert not window.document.is_clean


def test_a_dropped_file_is_opened(window: MainWindow, file: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    where, left = QPoint(600, 400), Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where, Qt.DropAction.CopyAction, mime, left, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(where), Qt.DropAction.CopyAction, mime, left, none)
    QApplication.sendEvent(window, drop)
    assert window.document.path == file.resolve()


def test_recent_files_and_gallery_open_from_their_menus(window: MainWindow, file: Path) -> None:
    window.filing.open_file(file)
    window.filing.new()
    assert window.document.path is None and not window.document.diagram.blocks
    menu = window.menus.menus["recent"]
    menu.aboutToShow.emit()
    assert [a.text() for a in menu.actions()] == ["spiral.gradboard"]
    menu.actions()[0].trigger()
    assert window.document.path == file.resolve()
    menu = window.menus.menus["gallery"]
    menu.aboutToShow.emit()
    sections = {a.text(): a.menu() for a in menu.actions()}
    assert list(sections)[:2] == ["Linear machines", "Traditional nets"]
    entries = {a.text(): a for section in sections.values() for a in section.actions()}
    assert set(entries) == set(gallery.names())
    assert all(a.toolTip() for a in entries.values())
    entries["spiral-mlp"].trigger()
    assert window.document.path is None  # a copy, so that saving asks for a name
    assert window.document.name == "spiral-mlp.gradboard" and window.document.diagram.blocks


# --- traffic -------------------------------------------------------------------------------------------------------


def test_many_edits_of_one_turn_are_one_diagram_for_the_engine(window: MainWindow) -> None:
    _start(window, _spiral())
    before = len(_engine(window).sent_of(m.SetDiagram))
    for units in (5, 6, 7):
        window.document.do(SetSetting("linear1", "units", units))
    QApplication.processEvents()
    sent = _engine(window).sent_of(m.SetDiagram)
    assert len(sent) == before + 1
    assert sent[-1].diagram.blocks["linear1"].settings["units"] == 7
    assert sent[-1].version == sent[-2].version + 1 and not sent[-1].fresh


def test_moves_are_not_the_engines_business(window: MainWindow) -> None:
    _start(window, _spiral())
    before = len(_engine(window).sent_of(m.SetDiagram))
    window.document.do(MoveBlocks({"relu1": (5.0, 5.0)}))
    QApplication.processEvents()
    assert len(_engine(window).sent_of(m.SetDiagram)) == before


def test_stale_reports_and_frames_are_ignored(window: MainWindow) -> None:
    version = _start(window, _spiral())
    window.document.do(SetRecipe("seed", 3))
    QApplication.processEvents()
    old = Report(problems=(Problem("relu1", "an old story."),))
    _tell(window, m.Compiled(version, old), Snapshot(version, 5, 0.1, 9.0))
    assert window.reactions.report is None or not window.reactions.report.problems
    assert window.bar.readouts["loss"].text() == "–"
    _tell(window, Snapshot(version + 1, 5, 0.1, 9.0))
    assert window.bar.readouts["loss"].text() == "9.000"


def test_play_before_the_engine_is_there_takes_effect_when_it_is(window: MainWindow) -> None:
    window.document.load(_spiral(), None)
    QTest.mouseClick(window.bar.play, Qt.MouseButton.LeftButton)
    assert window.bar.speed.text() == "starting…" and window.live.is_playing
    assert not _engine(window).sent
    _tell(window, m.Ready(("auto", "cpu"), "2"))
    kinds = [type(command) for command in _engine(window).sent]
    assert kinds[:2] == [m.SetDiagram, m.Play]


def test_play_pause_step_and_reset(window: MainWindow) -> None:
    _start(window, _spiral())
    _engine(window).sent.clear()
    for name in ("play", "play", "step", "reset"):
        window.menus.actions[name].trigger()
    sent = [c for c in _engine(window).sent if not isinstance(c, m.WantFrame)]
    assert sent == [m.Play(1), m.Pause(), m.Step(1, 2), m.Evaluate(), m.Reset()]
    assert not window.live.is_playing


def test_one_frame_is_asked_for_at_a_time(qapp: Any) -> None:
    session = FakeSession()
    live = Live(session)
    live.start()
    live.show(_spiral())
    session.inbox.append(m.Ready(("cpu",), "2"))
    live.tick()
    live.play()
    end = time.monotonic() + 6 * FRAME
    while time.monotonic() < end:
        live.tick()
    assert len(session.sent_of(m.WantFrame)) == 1  # not answered yet
    end = time.monotonic() + 6 * FRAME
    while time.monotonic() < end:
        session.inbox.append(Snapshot(1, 1, 0, 1.0, playing=True))
        live.tick()
    assert 4 <= len(session.sent_of(m.WantFrame)) <= 8
    live.close()


def _frame(window: MainWindow, version: int) -> Snapshot:
    """A frame of step 50 with a curve, a flow and a boundary, while it trains."""
    points = Points(np.zeros((4, 2)), np.zeros(4, np.int64))
    grid = Grid(np.zeros((5, 5), np.uint8), None, 3, (-1.0, 1.0, -1.0, 1.0))
    answers = Answers("input", grid, points, ("input 1", "input 2"))
    asked = next(ask for ask in window.figures.asks() if ask.view == "answers")
    return Snapshot(
        version, 50, 1.5, 0.25, accuracy={"training": 0.5}, steps_per_second=900.0, playing=True,
        flows={window.document.diagram.wires[0]: Flow(1.0, 0.5)},
        curve=np.array([[49, 0.3], [50, 0.25]]), views={asked: answers},
    )  # fmt: skip


def test_a_snapshot_reaches_every_view(window: MainWindow) -> None:
    version = _start(window, _spiral())
    frame = _frame(window, version)
    _tell(window, frame)
    assert window.bar.readouts["train"].text() == "50.0 %"
    assert window.bar.speed.text() == "900 steps/s · 1 fps"
    assert len(window.loss.training) == 2
    assert window.boundary.found in frame.views.values()
    shown = window.scene.pulses.snapshot
    assert shown is not None and shown.flows == frame.flows
    _tell(window, m.Compiled(version, TRAINABLE, restarted=True))
    assert len(window.loss.training) == 0 and window.bar.readouts["loss"].text() == "–"


def test_another_diagram_has_no_figure_of_the_run_before(window: MainWindow) -> None:
    version = _start(window, _spiral())
    _tell(window, _frame(window, version))
    late = _frame(window, version)
    QTest.keyClick(window.view, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    _tell(window, late)  # it was under way
    assert not window.document.diagram.blocks
    assert window.bar.speed.text() == "" and window.bar.readouts["loss"].text() == "–"
    assert window.boundary.found is None and window.loss.is_empty


def test_words_in_place_of_the_speed_outlast_another_diagram(window: MainWindow) -> None:
    assert window.bar.speed.text() == "starting…"
    QTest.keyClick(window.view, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert window.bar.speed.text() == "starting…"


def test_figures_of_an_earlier_diagram_are_covered_while_this_one_gives_none(
    window: MainWindow,
) -> None:
    version = _start(window, _spiral())
    _tell(window, _frame(window, version))
    window.view.setFocus()
    window.scene.select({"linear2"})
    QTest.keyClick(window.view, Qt.Key.Key_Delete)
    QApplication.processEvents()
    _tell(window, m.Compiled(version + 1, Report()))
    covers = [view.findChild(Cover) for view in (window.boundary, window.loss)]
    assert all(c is not None and c.isVisible() and c.rect() == c.parent().rect() for c in covers)
    assert window.figures.views["histograms"].findChild(Cover) is None, "it shows nothing"
    assert window.bar.speed.text() == "" and window.bar.readouts["loss"].text() == "–"
    assert window.scene.pulses.snapshot is None
    QTest.keyClick(window.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    _tell(window, m.Compiled(version + 2, TRAINABLE), _frame(window, version + 2))
    assert not any(c.isVisible() for c in covers) and len(window.loss.training) == 4
    assert window.bar.readouts["loss"].text() == "0.2500"


def test_training_that_stops_names_the_block_and_shows_it(window: MainWindow) -> None:
    _start(window, _spiral())
    window.menus.actions["play"].trigger()
    problem = Problem("relu1", "the loss became NaN here.", "Lower the rate.")
    _tell(window, m.Stopped(12, problem, order=1))
    assert not window.live.is_playing
    assert "step 12" in window.notice.text.text() and "Lower the rate" in window.notice.text.text()
    assert window.scene.selected == {"relu1"}


def test_why_training_stopped_is_said_until_it_goes_on_or_is_mended(window: MainWindow) -> None:
    diagram = _spiral()
    _start(window, diagram)
    play, problem = window.menus.actions["play"], Problem("relu1", "it cannot run.", "Mend it.")
    play.trigger()
    _tell(window, m.Stopped(0, problem, order=1))
    assert window.notice.isVisible() and "cannot begin" in window.notice.text.text()
    play.trigger()
    assert not window.notice.isVisible()
    _tell(window, m.Stopped(0, problem, order=2))
    window.document.do(Disconnect((diagram.wires[0],)))
    QApplication.processEvents()
    version = _engine(window).sent_of(m.SetDiagram)[-1].version
    _tell(window, m.Compiled(version, Report()))
    assert window.notice.isVisible(), "it is not mended yet"
    window.document.undo()
    QApplication.processEvents()
    _tell(window, m.Compiled(version + 1, TRAINABLE))
    assert not window.notice.isVisible()
    window.notice.say("something else")
    play.trigger()
    assert window.notice.isVisible()
    window.notice.dismiss()


def test_an_interrupted_diagram_trains_again_when_it_can(window: MainWindow) -> None:
    diagram = _spiral()
    _start(window, diagram)
    window.menus.actions["play"].trigger()
    window.document.do(Disconnect((diagram.wires[0],)))
    QApplication.processEvents()
    version = _engine(window).sent_of(m.SetDiagram)[-1].version
    _tell(window, m.Compiled(version, Report()))
    window.document.undo()
    QApplication.processEvents()
    _engine(window).sent.clear()
    _tell(window, m.Compiled(version + 1, TRAINABLE))
    assert _engine(window).sent_of(m.Play) == [m.Play(1)]


def test_a_dead_engine_is_told_and_restarted(window: MainWindow, file: Path) -> None:
    window.filing.open_file(file)
    _start(window)
    window.document.do(SetRecipe("seed", 3))
    before = window.document.diagram
    _tell(window, m.Died("the engine was ended by SIGKILL"))
    assert "SIGKILL" in window.notice.text.text() and "is safe" in window.notice.text.text()
    assert window.document.diagram is before
    window.document.do(SetRecipe("seed", 4))
    QTest.mouseClick(window.notice.action, Qt.MouseButton.LeftButton)
    assert _engine(window).starts == 2 and not _engine(window).sent
    _tell(window, m.Ready(("cpu",), "2"))
    last = _engine(window).sent_of(m.SetDiagram)[-1]
    assert last.diagram.recipe["seed"] == 4 and last.fresh
    assert _engine(window).sent_of(m.LoadWeights) == [m.LoadWeights(str(file.resolve()))]


# --- editing through the window ------------------------------------------------------------------------------------


def test_undo_names_what_it_takes_back(window: MainWindow) -> None:
    undo, redo = window.menus.actions["undo"], window.menus.actions["redo"]
    assert not undo.isEnabled() and not redo.isEnabled()
    window.document.do(AddBlock(Block("relu1", "relu")))
    assert undo.text() == "&Undo Add relu1"
    undo.trigger()
    assert not window.document.diagram.blocks and redo.text() == "&Redo Add relu1"


def test_copy_paste_cut_and_duplicate(window: MainWindow) -> None:
    actions = window.menus.actions
    window.document.load(_spiral(), None)
    window.scene.select({"linear1", "relu1"})
    actions["copy"].trigger()
    assert '"linear1"' in QGuiApplication.clipboard().text()
    actions["paste"].trigger()
    blocks = window.document.diagram.blocks
    assert len(blocks) == 8 and window.scene.selected == {"linear3", "relu2"}
    assert Wire(Pin("linear3", "y"), Pin("relu2", "z")) in window.document.diagram.wires
    assert blocks["linear3"].settings == blocks["linear1"].settings
    actions["cut"].trigger()
    assert len(window.document.diagram.blocks) == 6
    window.scene.select({"relu1"})
    actions["duplicate"].trigger()
    assert len(window.document.diagram.blocks) == 7
    for _ in range(3):
        actions["undo"].trigger()
    assert window.document.diagram == _spiral()


def test_a_clipboard_without_blocks_is_told(window: MainWindow) -> None:
    QGuiApplication.clipboard().setText("good morning")
    window.menus.actions["paste"].trigger()
    assert "clipboard" in window.status.currentMessage()
    assert not window.document.stack.canUndo()


def test_keys_delete_select_and_undo(window: MainWindow) -> None:
    window.document.load(_spiral(), None)
    window.activateWindow()
    window.view.setFocus()
    QTest.keyClick(window.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(window.scene.selected) == 6
    QTest.keyClick(window.view, Qt.Key.Key_Delete)
    assert not window.document.diagram.blocks
    QTest.keyClick(window.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(window.document.diagram.blocks) == 6


def test_tidy_is_one_step_of_undo(window: MainWindow) -> None:
    heap = _spiral()
    heap = MoveBlocks({name: (0.0, 0.0) for name in heap.blocks}).apply(heap)
    window.document.load(heap, None)
    window.menus.actions["tidy"].trigger()
    xs = [window.document.diagram.blocks[n].position[0] for n in ("x", "linear1", "relu1")]
    assert xs == sorted(set(xs))
    window.document.undo()
    assert window.document.diagram == heap


def test_selection_is_the_same_everywhere(window: MainWindow) -> None:
    window.document.load(_spiral(), None)
    window.docks["outline"].show()
    window.docks["outline"].raise_()
    QApplication.processEvents()
    window.scene.select({"relu1"})
    assert [row.text(1) for row in window.outline.selectedItems()] == ["relu"]
    assert window.inspector.block.title.text() == "h(s₁) · ReLU"
    row = window.outline.topLevelItem(0)
    assert row is not None
    where = window.outline.visualItemRect(row).center()
    QTest.mouseClick(window.outline.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert len(window.scene.selected) == 1 and "relu1" not in window.scene.selected


def test_the_status_line_counts_and_leads_to_problems(window: MainWindow) -> None:
    version = _start(window, _spiral())
    report = Report(
        problems=(Problem("relu1", "it is too warm."), Problem("linear2", "it is too cold.")),
        counts={"linear1": Counts(703, 39_000)},
    )
    _tell(window, m.Compiled(version, report))
    counts = window.status.counts.text()
    assert counts == "6 blocks · 703 weights · 39,000 MACs a sample ·"
    assert window.status.problems.text() == "2 problems"
    QTest.mouseClick(window.status.problems, Qt.MouseButton.LeftButton)
    assert window.scene.selected == {"relu1"} and "too warm" in window.status.currentMessage()
    window.menus.actions["next_problem"].trigger()
    assert window.scene.selected == {"linear2"}


def test_saved_and_zoom_stand_at_the_right(window: MainWindow, file: Path) -> None:
    window.filing.open_file(file)
    window.menus.actions["zoom_reset"].trigger()
    assert window.status.state.text() == "saved · 100 %"
    window.menus.actions["zoom_in"].trigger()
    window.document.do(SetRecipe("seed", 3))
    assert window.status.state.text() == "not saved · 125 %"


def test_a_refused_edit_of_a_panel_is_said_and_taken_back(window: MainWindow) -> None:
    window.document.load(_spiral(), None)
    window.reactions.do(SetSetting("nobody", "units", 3))
    assert "nobody" in window.status.currentMessage()


def test_switches_of_the_view_are_remembered(window: MainWindow) -> None:
    actions = window.menus.actions
    actions["minimap"].trigger()
    actions["values"].trigger()
    actions["calm"].trigger()
    assert (
        not window.view.minimap
        and window.scene.pulses.flows.show_values
        and not window.scene.pulses.motion
    )
    assert window.preferences.flag("values", False) and not window.preferences.flag("minimap", True)


def test_help_is_made_of_the_tables(window: MainWindow) -> None:
    from app.help import block_text

    text = block_text(Diagram(), Block("linear1", "linear", Frozen()))
    assert "Weighted sum" in text and "units" in text


# --- shortcuts -----------------------------------------------------------------------------------------------------


def test_no_key_means_two_things() -> None:
    keys = [key for entry in table() for key in entry.keys]
    assert len(keys) == len(set(keys))
    names = [entry.name for entry in table()]
    assert len(names) == len(set(names))


def test_every_command_is_in_the_menus(window: MainWindow) -> None:
    there = {*window.menus.actions, *window.menus.menus}
    assert {entry.name for entry in table()} == there
    for name, action in window.menus.actions.items():
        wanted = next(entry.keys for entry in table() if entry.name == name)
        assert [key.toString() for key in action.shortcuts()] == list(wanted)


# --- pictures ------------------------------------------------------------------------------------------------------


def _shot(tmp_path: Path, out: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import sys; from app.window import open_window;"
        "sys.exit(open_window(None, shot=sys.argv[1], after=0.1, theme='paper', size=(900, 600)))"
    )
    environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [sys.executable, "-c", code, out],
        capture_output=True, text=True, timeout=90, env=environment, cwd=Path(__file__).parents[2],
    )  # fmt: skip


def test_a_picture_of_the_window_is_saved(tmp_path: Path, qapp: Any) -> None:
    from PySide6.QtGui import QImage

    out = tmp_path / "window.png"
    found = _shot(tmp_path, str(out))
    assert found.returncode == 0, found.stderr
    assert (QImage(str(out)).width(), QImage(str(out)).height()) == (900, 600)


def test_a_picture_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    found = _shot(tmp_path, str(tmp_path / "no" / "window.png"))
    assert found.returncode == 1
    assert "could not be written" in found.stderr
