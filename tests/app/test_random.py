"""Anything at all, in any order: random actions end with no crash, no warning of Qt and no exception, and undo and redo give the same bytes."""

from __future__ import annotations

import random
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QMessageBox, QWidget

from app import gallery
from app.canvas.deleting import delete
from app.canvas.new_blocks import MIME
from app.document import HISTORY
from app.window import MainWindow
from graph.diagram import PART, Pin
from graph.edits import SetRecipe, SetSetting
from graph.files import from_text, to_text
from graph.problem import Problem
from nodes.catalogue import catalogue
from runtime import messages as m
from runtime.snapshot import Flow, Report, Snapshot
from tests.app.driving import Hand, opened
from tests.app.fake_session import FakeSession

MOST = 40  # blocks, from which on more is taken away than added
STARTS = ("spiral-mlp", "residual-net", "hypernetwork", "transformer")
QUIET = {"quit", "close", "new"}  # commands that end the history, left to `another`
KINDS = ("observed", "linear", "relu", "tanh", "conv2d", "sum", "product", "cross_entropy",
         "squared_error", "l2", "parameter", "latent", "softmax", "flatten", "concat")  # fmt: skip
Button, Held = Qt.MouseButton, Qt.KeyboardModifier
HELD = (Held.NoModifier,) * 6 + (Held.ShiftModifier, Held.ControlModifier, Held.AltModifier)
KEYS = tuple(
    getattr(Qt.Key, f"Key_{name}")
    for name in (
        *("Delete", "Backspace", "Escape", "Tab", "Return", "Space", "F2", "F3", "F8"),
        *("Left", "Right", "Up", "Down", "Home", "End", "PageUp", "PageDown"),
        *("A", "C", "D", "E", "F", "G", "I", "J", "L", "M", "T", "V", "W", "X", "Y", "Z", "1"),
    )
)


class Monkey:
    """Does random things to a window by the events that a person causes."""

    def __init__(self, window: MainWindow, seed: int) -> None:
        self.window = window
        self.hand = Hand(window)
        self.random = random.Random(seed)
        self.told = 0
        self.log: list[str] = []
        self.actions: dict[Callable[[], object], int] = {
            self.drop: 8,
            self.wire: 16,
            self.wire_anywhere: 4,
            self.move: 10,
            self.click: 8,
            self.band: 3,
            self.key: 20,
            self.type: 3,
            self.command: 16,
            self.double: 3,
            self.wheel: 3,
            self.set: 6,
            self.set_recipe: 2,
            self.engine: 6,
            self.cut_wires: 2,
            self.menu: 4,
            self.resize: 1,
        }

    def act(self) -> None:
        """One action."""
        if len(self.window.levels.diagram.blocks) > MOST:
            self.thin_out()
        (action,) = self.random.choices(list(self.actions), list(self.actions.values()))
        self.log.append(action.__name__)
        del self.log[:-30]
        action()
        QApplication.processEvents()
        self.close_others()

    def close_others(self) -> None:
        """Windows that a command has opened are closed again, most of the time at once."""
        for other in QApplication.topLevelWidgets():
            is_own = other is self.window or not isinstance(other, QDialog)
            if other.isVisible() and not is_own and self.random.random() < 0.8:
                other.close()

    def another(self) -> None:
        """Another diagram: the history begins anew."""
        self.window.filing.open_file(gallery.path(self.random.choice(STARTS)))

    # --- places ------------------------------------------------------------------------------------------------------

    def point(self) -> QPoint:
        """A place on the canvas."""
        port = self.hand.port
        return QPoint(self.random.randrange(port.width()), self.random.randrange(port.height()))

    def block(self) -> str | None:
        return self.random.choice(list(self.window.scene.blocks) or [None])

    def place(self) -> QPoint:
        """A place that is likely to hold something."""
        name = self.block()
        if name is None or self.random.random() < 0.25:
            return self.point()
        x, y = self.window.levels.diagram.blocks[name].position
        return self.hand.at(x + self.random.uniform(-30, 30), y + self.random.uniform(-20, 20))

    def pins(self, inputs: bool) -> list[Pin]:
        """All pins of one direction on the shown level."""
        blocks = self.window.scene.blocks.items()
        return [
            Pin(name, pin)
            for name, item in blocks
            for pin in (item.face.form.ports if inputs else item.face.form.rings)
        ]

    # --- actions -----------------------------------------------------------------------------------------------------

    def drop(self) -> None:
        kind = self.random.choice(KINDS)
        if self.random.random() < 0.3:
            self.window.view.new_blocks.add(kind)
            return
        data, at = QMimeData(), self.place()
        data.setData(MIME, kind.encode())
        carried = Qt.DropAction.CopyAction, data, Button.LeftButton, Held.NoModifier
        for event in (QDragEnterEvent(at, *carried), QDragMoveEvent(at, *carried)):
            QApplication.sendEvent(self.hand.port, event)
        QApplication.sendEvent(self.hand.port, QDropEvent(QPointF(at), *carried))

    def wire(self) -> None:
        sources, targets = self.pins(False), self.pins(True)
        if sources and targets:
            ends = [self.random.choice(sources), self.random.choice(targets)]
            self.random.shuffle(ends)
            self.drag(*(self.hand.pin(pin) for pin in ends), self.random.choice(HELD))

    def wire_anywhere(self) -> None:
        pins = self.pins(self.random.random() < 0.5)
        if pins:
            self.drag(self.hand.pin(self.random.choice(pins)), self.place())
            self.type()

    def move(self) -> None:
        self.drag(self.place(), self.place(), self.random.choice(HELD))

    def drag(self, start: QPoint, end: QPoint, held: Qt.KeyboardModifier = HELD[0]) -> None:
        button = self.random.choice((Button.LeftButton,) * 9 + (Button.MiddleButton,))
        QTest.mousePress(self.hand.port, button, held, start)
        for part in (0.4, 1.0):
            QTest.mouseMove(self.hand.port, start + (end - start) * part)
        if self.random.random() < 0.05:
            QTest.keyClick(self.window.view, Qt.Key.Key_Escape)
        QTest.mouseRelease(self.hand.port, button, held, end)

    def cut_wires(self) -> None:
        start, end = self.place(), self.place()
        QTest.mousePress(self.hand.port, Button.RightButton, Held.ControlModifier, start)
        QTest.mouseMove(self.hand.port, end)
        QTest.mouseRelease(self.hand.port, Button.RightButton, Held.ControlModifier, end)

    def menu(self) -> None:
        """The menu at the mouse, or for what is selected; a row is chosen, or none, or it stays open."""
        if self.random.random() < 0.8:
            QTest.mouseClick(self.hand.port, Button.RightButton, HELD[0], self.place())
        else:
            QTest.keyClick(self.window.view, Qt.Key.Key_F10, Held.ShiftModifier)
        menu = self.window.context_menu.menu
        if menu.isVisible():
            for _ in range(self.random.randrange(12)):
                QTest.keyClick(menu, Qt.Key.Key_Down)
            if (chosen := menu.activeAction()) is not None:
                self.log.append(chosen.text())
            end = (Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Right)
            QTest.keyClick(menu, self.random.choice(end))

    def click(self) -> None:
        QTest.mouseClick(self.hand.port, Button.LeftButton, self.random.choice(HELD), self.place())

    def double(self) -> None:
        at = self.place()
        QTest.mouseClick(self.hand.port, Button.LeftButton, Held.NoModifier, at)
        QTest.mouseDClick(self.hand.port, Button.LeftButton, Held.NoModifier, at)

    def band(self) -> None:
        self.drag(self.point(), self.point(), self.random.choice(HELD))

    def wheel(self) -> None:
        at = QPointF(self.point())
        turn = QPoint(0, self.random.choice((-240, -120, 120, 240)))
        held, phase = Held.NoModifier, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, at, QPoint(), turn, Button.NoButton, held, phase, False)
        QApplication.sendEvent(self.hand.port, event)

    def target(self) -> QWidget:
        """Who has the keyboard."""
        focused = self.window.focusWidget()
        return focused if focused is not None and focused.isVisible() else self.window.view

    def key(self) -> None:
        if self.random.random() < 0.6:
            self.window.view.setFocus()
        QTest.keyClick(self.target(), self.random.choice(KEYS), self.random.choice(HELD))

    def type(self) -> None:
        focused = self.target()
        QTest.keyClicks(focused, self.random.choice(("lin", "relu", "x", "sum", "q<b>", "2")))
        end = (Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down)
        QTest.keyClick(self.target(), self.random.choice(end))

    def command(self) -> None:
        names = [name for name in self.window.menus.actions if name not in QUIET]
        name = self.random.choice(names)
        self.log.append(name)
        if self.window.menus.actions[name].isEnabled():
            self.window.menus.actions[name].trigger()

    def set(self) -> None:
        name = self.block()
        if name is None:
            return
        block = self.window.levels.diagram.blocks[name]
        cls = catalogue().get(block.kind)
        names = list(cls.__dataclass_fields__) if cls and block.kind != PART else ["units"]  # type: ignore[attr-defined]
        if names:
            value = self.random.choice((None, 1, 3, -1, 0.5, "x", True, [2, 2]))
            self.window.reactions.do(SetSetting(name, self.random.choice(names), value))

    def set_recipe(self) -> None:
        name = self.random.choice(("rate", "batch", "seed", "optimizer", "data", "epochs"))
        value = self.random.choice((None, 0.1, 7, "adam", {"kind": "xor"}, -1))
        self.window.reactions.do(SetRecipe(name, value))

    def engine(self) -> None:
        """The engine says something about what it was given last."""
        session = self.window.session
        assert isinstance(session, FakeSession)
        given = session.sent_of(m.SetDiagram)
        if not self.told or not given:
            session.inbox.append(m.Ready(("cpu",), "2"))
            self.told = 1
        else:
            diagram, version = given[-1].diagram, given[-1].version
            wrong = [n for n in diagram.blocks if self.random.random() < 0.1]
            problems = tuple(Problem(n, "something is wrong.", "Change it.") for n in wrong)
            shapes = {Pin(n, "y"): (-1, 3) for n in diagram.blocks}
            flows = {w: Flow(1.0, 10.0 ** -self.random.randrange(9)) for w in diagram.wires}
            rows = np.array([[self.told, self.random.random()]])
            session.inbox.append(m.Compiled(version, Report(shapes, problems, trainable=True)))
            session.inbox.append(
                Snapshot(version, self.told, 0.1, 0.5, flows=flows, curve=rows, playing=True)
            )
            self.told += 1
        self.window.live.tick()

    def resize(self) -> None:
        self.window.resize(self.random.randrange(900, 1500), self.random.randrange(560, 900))

    def thin_out(self) -> None:
        names = list(self.window.scene.blocks)
        self.window.scene.select(self.random.sample(names, len(names) // 2))
        delete(self.window.scene)


@pytest.fixture
def window(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window whose questions are all answered with no."""
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_args, **_named: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args, **_named: "")
    for kind in (QMessageBox, QDialog, QMenu):
        monkeypatch.setattr(kind, "exec", lambda *_args: 0)
    with opened(size=(1200, 760)) as window:
        window.filing.ask_unsaved = lambda: "discard"  # type: ignore[method-assign]
        yield window


def _same_bytes_after_undo_and_redo(window: MainWindow) -> None:
    """All that can be undone is, done again, and undone again."""
    document = window.document
    last = to_text(document.diagram)
    steps = 0
    while document.stack.canUndo():
        window.levels.undo()
        steps += 1
    first = to_text(document.diagram)
    while document.stack.canRedo():
        window.levels.redo()
    assert to_text(document.diagram) == last
    while document.stack.canUndo():
        window.levels.undo()
    assert to_text(document.diagram) == first
    while document.stack.canRedo():
        window.levels.redo()
    assert to_text(from_text(last)) == last and steps <= HISTORY


def _stands(window: MainWindow) -> None:
    """The canvas shows what the document holds, nothing else."""
    shown = window.levels.diagram
    assert window.scene.blocks.keys() == shown.blocks.keys()
    assert window.scene.wires.keys() == set(shown.wires)
    for name, item in window.scene.blocks.items():
        assert (item.x(), item.y()) == pytest.approx(shown.blocks[name].position, abs=1e-6)
    assert window.scene.selected <= shown.blocks.keys()


def _play(window: MainWindow, seed: int, actions: int) -> None:
    raised: list[str] = []
    before = sys.excepthook
    sys.excepthook = lambda kind, error, trace: raised.append(  # what a slot raises comes here
        "".join(traceback.format_exception(kind, error, trace))
    )
    monkey = Monkey(window, seed)
    try:
        monkey.another()
        for number in range(actions):
            monkey.act()
            assert not raised, f"seed {seed}, action {number}, {monkey.log}:\n{raised[0]}"
            if number % 2_000 == 1_999:
                window.view._escape()
                _same_bytes_after_undo_and_redo(window)
                monkey.another()
        window.view._escape()
        _same_bytes_after_undo_and_redo(window)
        QTest.qWait(400)  # what glides comes to its place
        _stands(window)
        assert not raised, raised[0]
    finally:
        sys.excepthook = before


@pytest.mark.parametrize("seed", range(2))
def test_some_random_actions_leave_a_sound_window(window: MainWindow, seed: int) -> None:
    _play(window, seed, 300)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_random_actions_leave_a_sound_window(window: MainWindow, seed: int) -> None:
    _play(window, 100 + seed, 10_000)
