"""The straight line in a real window: a program of its own on a screen of its own, driven by the X server's mouse and keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

import gradboard as gb
from app.settings import Blank, Preferences
from app.window import SIZE, MainWindow
from graph.diagram import Diagram, Frozen, Wire
from graph.problem import FileError
from runtime import messages as m
from runtime.train import start
from runtime.views import figure
from tests.app.driving import (
    SPIRAL_BLOCKS,
    SPIRAL_WIRES,
    Hand,
    Mask,
    Pixels,
    like,
    of_gradients,
    pixels,
    wire,
)
from tests.app.fake_session import FakeSession
from tests.app.xscreen import XScreen, wait

pytestmark = [
    pytest.mark.screen,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"
    ),
]

ROOT = Path(__file__).parents[1]
RIGHT = 0.8  # share of held-out points; guessing gives a third
TITLE = "— Gradboard$"

SETTLED = 200  # ms after which the docks have found their room


class Desk:
    """The real window, and a twin without a screen by which to know where everything is in it.

    The twin is the same program at the same size; whatever is done to the real one is done to it too.
    """

    def __init__(self, screen: XScreen, folder: Path) -> None:
        self.screen, self.folder = screen, folder
        self.complaints = folder / "complaints.txt"  # what the program writes to stderr
        with self.complaints.open("w") as complaints:
            self.program = subprocess.Popen(
                [sys.executable, "-m", "app", "--theme", "paper"],
                cwd=ROOT,
                env=_environment(screen, folder),
                stderr=complaints,
            )
        self.session = FakeSession()
        self.twin = MainWindow(self.session, Preferences(Blank()), "paper")
        self.twin.show()
        self.twin.fill()
        self.twin.activateWindow()
        QApplication.processEvents()
        self.hand = Hand(self.twin)

    def close(self) -> None:
        """Ends both."""
        self.program.kill()
        self.program.wait(10)
        self.twin.filing.ask_unsaved = lambda: "discard"  # type: ignore[method-assign]
        self.twin.close()
        self.twin.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # --- where things are, and how they look -------------------------------------------------------------------------

    def place(self, widget: QWidget, at: QPoint | None = None) -> QPoint:
        """Where a point of a widget (its middle) is on the screen."""
        return widget.mapTo(self.twin, at if at is not None else widget.rect().center())

    def shown(self, widget: QWidget) -> Pixels:
        """What the screen shows in the place of a widget."""
        corner = self.place(widget, QPoint(0, 0))
        picture = self.screen.picture()[corner.y() :, corner.x() :]
        return picture[: widget.height(), : widget.width()]

    def agrees(self, widget: QWidget) -> bool:
        """Whether a part of the real window looks as in the twin, up to a few pixels and how edges are smoothed."""
        QTest.qWait(1)  # the twin paints, and forgets what is gone
        differ = np.abs(self.shown(widget).astype(int) - pixels(widget)) > 100
        return bool(differ.any(axis=-1).mean() < 0.005)

    def glow(self, line: Wire) -> Mask:
        """Where the real canvas near a wire has the colour of gradients."""
        return of_gradients(self.shown(self.hand.port), self.twin.theme) & self.hand.near(line)

    # --- what a person does ------------------------------------------------------------------------------------------

    def drop(self, kind: str, at: QPoint) -> None:
        """Searches a block in the palette and drags it onto the canvas."""
        library = self.twin.library
        self.screen.click(self.place(library.search))
        self.screen.type(kind)
        self.hand.click(library.search)
        library.search.setText(kind)
        wait(lambda: self.agrees(library.list), f"the row of {kind}")
        row = library.list.visualItemRect(self.hand.row(kind)).center()
        before = self._around(at)
        self.screen.drag(self.place(library.list.viewport(), row), self.place(self.hand.port, at))
        wait(lambda: (self._around(at) != before).any(), f"a block {kind}")
        self.hand.drop(kind, at)

    def _around(self, at: QPoint) -> Pixels:
        return self.shown(self.hand.port)[at.y() - 20 : at.y() + 20, at.x() - 20 : at.x() + 20]

    def connect(self, line: Wire) -> None:
        """Drags a wire out of a circle to a pin."""
        ends = [self.place(self.hand.port, self.hand.pin(pin)) for pin in line]
        self.screen.drag(*ends)
        self.hand.connect(line)
        dark = self.twin.theme.wire
        near = self.hand.near(line)
        length = len(self.hand.way(line))
        wait(
            lambda: (like(self.shown(self.hand.port), dark) & near).sum() > length,
            f"the wire {line.source} -> {line.target}",
        )

    def set(self, block: str, setting: str, text: str) -> None:
        """Clicks a block and types a setting into the inspector."""
        self.screen.click(self.place(self.hand.port, self.hand.block(block)))
        self.hand.pick(block)
        wait(lambda: self.agrees(self.twin.inspector), f"the page of {block}")
        form = self.twin.inspector.block.form
        assert form is not None
        self.screen.click(self.place(form.fields[setting]))
        self.screen.type(text)
        self.screen.key("Return")
        self.hand.set(block, setting, text)
        self.compile()
        wait(lambda: self.agrees(self.twin.inspector), f"{setting} = {text}")

    def compile(self) -> None:
        """Tells the twin what the real window hears from its engine."""
        run = start(self.twin.document.diagram)
        self.session.inbox.append(m.Ready(("auto", "cpu"), ""))
        self.twin.live.tick()
        QApplication.processEvents()
        version = self.session.sent_of(m.SetDiagram)[-1].version
        self.session.inbox.append(m.Compiled(version, run.program.report))
        self.twin.live.tick()
        if run.program.report.trainable:
            still = run.look()
            assert run.seen is not None
            views = {ask: figure(run, run.seen, ask) for ask in self.twin.live.asks()}
            self.session.inbox.append(replace(still, version=version, views=views))
            self.twin.live.tick()
        QTest.qWait(SETTLED)


def _environment(screen: XScreen, folder: Path) -> dict[str, str]:
    """A person with an empty home, at that screen."""
    kept = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    home = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")}
    return {**kept, **home, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}


@pytest.fixture
def desk(qapp: Any, tmp_path: Path) -> Iterator[Desk]:
    """A real window and its twin, both filled and looking the same."""
    memory, home = tmp_path / "screen", tmp_path / "home"
    memory.mkdir()
    home.mkdir(mode=0o700)
    with XScreen(memory, *SIZE) as screen:
        desk = Desk(screen, home)
        try:
            screen.focus(TITLE)
            wait(lambda: desk.agrees(desk.twin.library), "the window is filled")
            wait(lambda: desk.agrees(desk.hand.port), "the canvas is empty")
            yield desk
        finally:
            desk.close()


def _saved_accuracy(desk: Desk, diagram: Diagram, weights: Path) -> float:
    """Saves once more; the share of the held-out points that the saved weights answer right."""
    desk.screen.key("ctrl+s")
    try:
        return gb.train(diagram, epochs=0, weights=weights).metrics["test"]["accuracy"]
    except FileError:  # not there yet
        return 0.0


def test_from_an_empty_canvas_to_saved_weights_and_back(desk: Desk) -> None:
    screen, hand, canvas = desk.screen, desk.hand, desk.hand.port
    blank = desk.shown(canvas)
    for kind, x, y in SPIRAL_BLOCKS:
        desk.drop(kind, hand.at(x, y))
    wires = [wire(text) for text in SPIRAL_WIRES]
    for line in wires:
        desk.connect(line)
    desk.compile()
    desk.set("linear1", "units", "100")
    desk.set("linear2", "units", "3")

    screen.click(desk.place(desk.twin.bar.play))
    learning = wires[:4]  # no gradient goes back to class numbers
    wait(lambda: all(desk.glow(line).sum() > 20 for line in learning), "the wires glow")
    glow = [desk.glow(line) for line in learning]
    moved = zip(learning, glow, strict=True)
    wait(lambda: all((desk.glow(w) ^ before).sum() > 20 for w, before in moved), "pulses run")
    colors = desk.twin.theme.areas[:3]
    boundary = desk.twin.boundary
    wait(lambda: min(like(desk.shown(boundary), c).sum() for c in colors) > 200, "three areas")

    file = desk.folder / "mine.gradboard"
    screen.key("ctrl+s")
    screen.dialog()
    screen.type(str(file))
    screen.key("Return")
    wait(file.exists, "the file")
    saved = gb.load(file)
    assert set(saved.wires) == set(wires)
    assert {b.id: (b.kind, b.settings) for b in saved.blocks.values()} == {
        "x": ("observed", Frozen(field="x")),
        "linear1": ("linear", Frozen(units=100)),
        "relu1": ("relu", Frozen()),
        "linear2": ("linear", Frozen(units=3)),
        "cross_entropy1": ("cross_entropy", Frozen()),
        "y": ("observed", Frozen(field="y")),
    }
    assert gb.train(saved, epochs=0).metrics["test"]["accuracy"] < 0.6
    screen.focus(TITLE)
    weights = file.with_suffix(".safetensors")
    wait(lambda: _saved_accuracy(desk, saved, weights) > RIGHT, f"accuracy {RIGHT}")

    screen.click(desk.place(canvas, QPoint(40, 40)))
    screen.key(*["ctrl+z"] * (len(SPIRAL_BLOCKS) + len(SPIRAL_WIRES) + 2))
    wait(lambda: np.array_equal(desk.shown(canvas), blank), "the canvas is empty again")
    screen.key("ctrl+q")
    screen.dialog()
    screen.key("Tab", "space")  # from Save to Discard
    wait(lambda: desk.program.poll() is not None, "the window closes")
    assert desk.program.returncode == 0 and desk.complaints.read_text() == ""
    assert gb.load(file) == saved
