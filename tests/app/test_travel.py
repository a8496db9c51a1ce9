"""Time travel on the screen, with an engine that only writes down what it is told: line of moments, strip, curve, marks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.theme import PAPER
from app.views.histograms import ASK as HISTOGRAMS
from app.views.histograms import HistogramsView
from app.views.loss import LossView
from app.views.moments import Moments
from app.views.story import Story
from app.window import MainWindow
from graph.edits import MoveBlocks, SetRecipe, SetSetting
from nodes.sketch import Sketch
from runtime import messages as m
from runtime.figures.columns import Column
from runtime.snapshot import Recorded, Report, Snapshot
from tests.app.driving import like, opened, pixels, tell, until
from tests.app.fake_session import FakeSession

Left, Plain, Key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.Key
STEPS = tuple(range(0, 1000, 20))
ROWS = np.column_stack([np.arange(1000.0), 1.0 - np.arange(1000) / 1200])
NONE = np.zeros((0, 2))


@pytest.fixture
def window(qapp: Any) -> Iterator[MainWindow]:
    with opened(size=(1300, 800)) as window:
        s = Sketch()
        x, y = s.observed("x"), s.observed("y")
        s.cross_entropy(s.linear(x, units=3), y)
        window.document.load(s.diagram(data="spiral"), None)
        tell(window, m.Ready(("auto", "cpu"), "2"))
        QApplication.processEvents()
        tell(window, m.Compiled(_version(window), Report(trainable=True), restarted=True))
        yield window


def _engine(window: MainWindow) -> FakeSession:
    assert isinstance(window.session, FakeSession)
    return window.session


def _version(window: MainWindow) -> int:
    return int(_engine(window).sent_of(m.SetDiagram)[-1].version)


def _hush(window: MainWindow) -> None:
    """Forgets what the engine was told, but for the diagram."""
    engine = _engine(window)
    engine.sent = [*engine.sent_of(m.SetDiagram)]


def _shot(window: MainWindow, step: int, past: bool = False, **more: Any) -> Snapshot:
    recorded = more.pop("recorded", Recorded(STEPS, 1000))
    return Snapshot(
        _version(window), step, step / 50, 0.5 - step / 4000, recorded=recorded, past=past, **more
    )


def _trained(window: MainWindow) -> None:
    """A run of a thousand steps that rests."""
    tell(window, _shot(window, 1000, curve=ROWS, validation=ROWS[::100]))
    QApplication.processEvents()


def _looks(window: MainWindow) -> list[int | None]:
    return [c.step for c in _engine(window).sent_of(m.LookAt)]


def _place(window: MainWindow, step: float) -> QPoint:
    scale = window.loss.steps_scale()
    assert scale is not None
    return QPoint(round(float(scale.pixels(step))), window.moments.height() // 2)


def _seek(window: MainWindow, wanted: int | None) -> None:
    """Waits until the engine is asked for this step, and lets it answer."""
    until(lambda: _looks(window) and _looks(window)[-1] == wanted, f"a look at {wanted}", 5)
    past = wanted is not None
    tell(window, _shot(window, wanted if wanted is not None else 1000, past))


# --- the line of moments -------------------------------------------------------------------------------------------


def test_dragging_looks_back_and_says_so(window: MainWindow) -> None:
    _trained(window)
    assert window.moments.stops == (*STEPS, 1000) and window.moments.step is None
    QTest.mousePress(window.moments, Left, Plain, _place(window, 800))
    QTest.mouseMove(window.moments, _place(window, 402))
    QTest.mouseRelease(window.moments, Left, Plain, _place(window, 402))
    assert not window.looking_back.isVisible()  # not before it is seen
    _seek(window, 400)
    assert window.looking_back.isVisible() and window.moments.step == 400
    assert window.looking_back.text.text() == "Looking back at step 400 of 1,000."
    assert window.bar.readouts["epoch"].text() == "8.0"
    assert window.bar.readouts["loss"].text() == "0.4000"
    assert len(window.loss.training) == 1000
    line = like(pixels(window.loss), PAPER.selection, 40)
    column = _place(window, 400).x()
    assert line[20:80, column - 1 : column + 2].any(axis=1).all()
    assert not line[20:80, column + 10 : column + 50].any()


def test_of_many_wishes_only_the_last_is_sent_with_one_frame_at_a_time(window: MainWindow) -> None:
    _trained(window)
    window.live.look_again()
    until(lambda: window.live.asking.waiting, "a frame that is asked for", 5)
    frames = len(_engine(window).sent_of(m.WantFrame))
    QTest.mousePress(window.moments, Left, Plain, _place(window, 900))
    for step in range(880, 300, -20):
        QTest.mouseMove(window.moments, _place(window, step))
        window.live.tick()
    assert _looks(window) == [] and len(_engine(window).sent_of(m.WantFrame)) == frames
    tell(window, _shot(window, 1000))
    assert window.moments.step == 320, "the knob stays under the mouse"
    until(lambda: _looks(window), "a look", 5)
    assert _looks(window) == [320]
    kinds = [type(c) for c in _engine(window).sent[-2:]]
    assert kinds == [m.LookAt, m.WantFrame]
    QTest.mouseRelease(window.moments, Left, Plain, _place(window, 320))


def test_keys_go_from_moment_to_moment_and_back_to_now(window: MainWindow) -> None:
    _trained(window)
    window.moments.setFocus()
    QTest.keyClick(window.moments, Key.Key_Left)
    _seek(window, 980)
    QTest.keyClick(window.moments, Key.Key_Home)
    _seek(window, 0)
    QTest.keyClick(window.moments, Key.Key_Right)
    _seek(window, 20)
    QTest.keyClick(window.moments, Key.Key_Escape)
    _seek(window, None)
    assert not window.looking_back.isVisible() and window.moments.step is None
    window.menus.actions["look_earlier"].trigger()
    _seek(window, 980)
    window.menus.actions["look_later"].trigger()
    _seek(window, None)
    window.menus.actions["look_earlier"].trigger()
    _seek(window, 980)
    window.menus.actions["look_now"].trigger()
    _seek(window, None)


def test_looking_back_pauses_and_play_goes_on_from_the_present(window: MainWindow) -> None:
    _trained(window)
    window.live.play()
    window.menus.actions["look_earlier"].trigger()
    assert not window.live.is_playing
    _seek(window, 980)
    _hush(window)
    QTest.mouseClick(window.bar.play, Left)
    assert len(_engine(window).sent_of(m.Play)) == 1 and _looks(window) == []
    tell(window, _shot(window, 1003, playing=True, recorded=Recorded(STEPS, 1003)))
    assert not window.looking_back.isVisible() and window.moments.stops[-1] == 1003


def test_without_a_past_there_is_nothing_to_drag(window: MainWindow) -> None:
    window.menus.actions["look_earlier"].trigger()
    assert "press play first" in window.status.currentMessage()
    window.menus.actions["branch"].trigger()
    assert "Look back first" in window.status.currentMessage()
    assert not _engine(window).sent_of(m.Branch)
    tell(window, _shot(window, 1000, curve=ROWS, recorded=Recorded((), 1000, "nothing")))
    plain = pixels(window.moments)
    QTest.mouseClick(window.moments, Left, Plain, _place(window, 200))
    assert window.moments.step is None and _looks(window) == []
    assert like(plain, PAPER.muted, 60).sum() > 40, "it says that it is too large"


def test_weights_alone_are_said(window: MainWindow) -> None:
    tell(window, _shot(window, 400, True, recorded=Recorded(STEPS, 1000, "weights")))
    assert "optimizer's memory" in window.looking_back.note.text()
    assert window.looking_back.isVisible() and window.width() == 1300


def test_looking_back_adds_nothing_to_what_is_gathered_and_a_branch_cuts_it(
    window: MainWindow,
) -> None:
    view = window.figures.views["histograms"]
    assert isinstance(view, HistogramsView)
    for step, past in ((300, False), (700, False), (400, True)):
        tell(window, _shot(window, step, past, views={HISTOGRAMS: Column(step)}))
    assert view.timeline.steps.tolist() == [300, 700]
    tell(window, m.Branched(400))
    assert view.timeline.steps.tolist() == [300]


# --- branches ------------------------------------------------------------------------------------------------------


def test_continue_from_here_is_a_branch_that_plays(window: MainWindow) -> None:
    _trained(window)
    tell(window, _shot(window, 400, True))
    _hush(window)
    QTest.mouseClick(window.looking_back.branch, Left)
    assert _engine(window).sent_of(m.Branch) == [m.Branch(400)]
    tell(window, m.Branched(400))
    assert _engine(window).sent_of(m.Play) == [m.Play(1)] and window.live.is_playing
    assert not window.looking_back.isVisible()
    story = window.loss.story
    assert len(story.training) == 400 and len(story.left) == 1
    np.testing.assert_array_equal(story.left[0].training, ROWS[400:])
    np.testing.assert_array_equal(story.left[0].validation[:, 0], [500, 600, 700, 800, 900])
    fresh = ROWS[400:500] + [0, 0.2]
    tell(window, _shot(window, 500, curve=fresh, playing=True, recorded=Recorded(STEPS[:21], 500)))
    np.testing.assert_array_equal(story.training.rows[400:], fresh)
    scale = window.loss.steps_scale()
    assert scale is not None and scale.high == 999, "the branch that was left stays in the picture"
    shown = pixels(window.loss)
    right = shown[:, _place(window, 560).x() - 12 : _place(window, 560).x() + 12]
    assert like(right, PAPER.text, 60).sum() == 0, "it is faded"
    tell(window, m.Compiled(_version(window), Report(trainable=True), restarted=True))
    assert not story.left and not story.marks and window.moments.stops == (0,)


def test_a_story_keeps_a_few_branches() -> None:
    story = Story()
    for _ in range(20):
        story.training.extend(ROWS[: 100 - len(story.training)] + [len(story.training), 0])
        story.branch(50)
    assert len(story.left) == 8 and len(story.training) == 50
    story.branch(0)
    assert len(story.training) == 0 and len(story.rows()) > 0
    story.clear()
    assert len(story.rows()) == 0


def test_a_branch_from_the_first_step_still_shows_the_one_that_was_left(qapp: Any) -> None:
    view = LossView(PAPER)
    view.resize(400, 220)
    view.show_rows(ROWS, NONE)
    view.branch(0)
    assert not view.is_empty and view.steps_scale() is not None
    assert view.grab().toImage() != LossView(PAPER).grab().toImage()


# --- marks ---------------------------------------------------------------------------------------------------------


def _marks(window: MainWindow) -> list[tuple[float, str]]:
    QApplication.processEvents()
    return [tuple(mark) for mark in window.loss.story.marks]  # type: ignore[misc]


def test_edits_made_during_the_run_are_marks_with_their_name(window: MainWindow) -> None:
    document = window.document
    document.do(SetRecipe("rate", 0.5))
    assert _marks(window) == []  # the run has not begun
    _trained(window)
    document.do(MoveBlocks({"linear1": (5.0, 5.0)}))
    assert _marks(window) == [], "a move is no event of the run"
    document.do(SetRecipe("rate", 0.05))
    assert [step for step, _ in _marks(window)] == [1000]
    (label,) = [label for _, label in _marks(window)]
    assert "rate" in label.lower()
    tell(window, _shot(window, 1200, recorded=Recorded(STEPS, 1200), curve=ROWS[:200] + [1000, 0]))
    document.undo()
    assert _marks(window)[-1] == (1200, f"Undo {label}")
    document.do(SetSetting("linear1", "units", 4))
    assert len(_marks(window)) == 3
    x = _place(window, 1200).x()
    shown = pixels(window.loss)
    floor = window.loss.height() - 24
    assert like(shown[floor - 5 : floor, x - 2 : x + 3], PAPER.function, 40).any()
    calm = shown.copy()
    QTest.mouseMove(window.loss, QPoint(x - 1, 40))
    QApplication.processEvents()
    assert (pixels(window.loss) != calm).any()


def test_one_gesture_is_one_mark(window: MainWindow) -> None:
    _trained(window)
    for n, rate in enumerate((0.1, 0.2, 0.3)):
        window.document.do(SetRecipe("rate", rate, gesture="one"))
        QApplication.processEvents()
        recorded = Recorded(STEPS, 1001 + n)
        tell(window, _shot(window, 1001 + n, recorded=recorded))
    assert len(_marks(window)) == 1 and _marks(window)[0][0] == 1000


def test_a_branch_tells_which_edits_it_has_from_its_beginning(window: MainWindow) -> None:
    _trained(window)
    window.document.do(SetRecipe("rate", 0.05))
    ((_, label),) = _marks(window)
    tell(window, m.Branched(400))
    assert _marks(window) == [(400, f"Branch with {label}")]
    assert window.loss.story.marks_near(403, 5) and not window.loss.story.marks_near(410, 5)


def test_the_line_works_alone(qapp: Any) -> None:
    loss = LossView(PAPER)
    loss.resize(400, 200)
    line = Moments(PAPER, loss.steps_scale)
    line.resize(400, line.height())
    wished: list[int | None] = []
    line.wished.connect(wished.append)
    line.grab()
    loss.show_rows(ROWS, NONE)
    line.show_moments(Recorded((0, 300, 600), 999), None)
    QTest.mouseClick(line, Left, Plain, QPoint(46, 12))
    assert wished == [0] and line.step == 0
    line.show_moments(Recorded((0, 300, 600, 900), 999), 600)
    assert wished == [0] and line.step == 600
    assert like(pixels(line), PAPER.selection, 30).sum() > 60
    line.move_by(-1)
    line.move_by(5)
    assert wished == [0, 300, None]


def test_the_button_of_the_log_axis_stays_off_the_axis_in_a_low_view(qapp: Any) -> None:
    view = LossView(PAPER)
    view.show_rows(ROWS, ROWS[::100])
    for height in (106, 150, 300):
        view.resize(380, height)
        view.branch(900)
        view.grab()
        assert view.log.geometry().bottom() <= height - 24
