"""What the views cost: training kept with nothing open, each view alone and all together, in turns; and the window's frames."""

from __future__ import annotations

import itertools
import math
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch

from graph.diagram import Diagram
from runtime import messages as m
from runtime import pace
from runtime.engine import Engine
from runtime.snapshot import Ask
from tests.benchmarks.measure import Row
from tests.benchmarks.nets import convnet, mlp
from tests.benchmarks.window import _Waiting as Waiting

WINDOW = 0.15  # seconds with and without a view in turns: the machine's own speed drifts
ROUNDS = 120  # of what has a target; a tenth part of that for what is only read
FRAME = 1 / 30
LONG = 1.0  # ms of a step from which the targets hold
CHEAP = (
    "boundary",
    "gradients",
    "histograms",
)  # besides the wires and the loss, which come with every frame
TARGETS = ("wires and loss", "the cheap ones together", "all together", *CHEAP)
FRAMES = 6000  # ms in which the window's frames are timed
SMOOTH = 0.033


def rows() -> Iterator[Row]:
    """The table's lines."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    torch.set_num_threads(1)
    cases = (
        ("2-256-256-256-3", mlp(256, 3), "linear2"),
        ("2-512-512-512-3", mlp(512, 3), "linear2"),
        ("28×28 convolutional", convnet(), "conv2d1"),
    )
    for name, diagram, block in cases:
        yield from _training(name, diagram, block)
    yield from _frames()


def asks_of(block: str) -> dict[str, tuple[Ask, ...]]:
    """What every view of the window asks for, by its name, while a block is selected."""
    from PySide6.QtWidgets import QApplication

    from app.figures import VIEWS
    from app.theme import PAPER

    application: Any = QApplication.instance() or QApplication([])
    found = {}
    for name, view in VIEWS.items():
        made = view(PAPER)
        made.playing = True
        made.select(block)
        found[name] = made.asks()
    application.processEvents()
    return found


def _training(name: str, diagram: Diagram, block: str) -> Iterator[Row]:
    engine = Engine(lambda _message: None)
    engine.handle(m.SetDiagram(1, diagram))
    engine.handle(m.Play())
    asks = {view: asked for view, asked in asks_of(block).items() if asked}
    every = tuple(dict.fromkeys(ask for asked in asks.values() for ask in asked))
    wants = {"wires and loss": m.WantFrame()}
    wants |= {view: m.WantFrame(asked) for view, asked in asks.items()}
    cheap = [ask for view in CHEAP for ask in asks[view]]
    wants["the cheap ones together"] = m.WantFrame(tuple(cheap))
    wants["all together"] = m.WantFrame(every)
    watch = _Stopwatch()
    pace.time = watch  # type: ignore[assignment]  # looks are paid for in the time in which they are wanted
    with watch:  # what each costs is known from now on
        _stretch(engine, wants["all together"], 1.0)
    bare: dict[str, float] = dict.fromkeys(wants, 0.0)
    kept: dict[str, float] = dict.fromkeys(wants, 0.0)
    turns = {which: ROUNDS if which in TARGETS else ROUNDS // 10 for which in wants}
    for which, want in wants.items():
        for _ in range(turns[which]):
            engine.trainer.wanted = None  # a frame that was not yet shown would be paid for here
            bare[which] += _stretch(engine, None, WINDOW)
            with watch:
                kept[which] += _stretch(engine, want, WINDOW)
    rate = sum(bare.values()) / sum(turns.values())
    head = f"{name}, {1e3 / rate:.2f} ms a step"
    yield Row(f"{head}: nothing open", f"{rate:.0f} steps/s", "the measure of the others")
    for which in wants:
        yield _kept(f"{head}: {which}", which, kept[which] / bare[which], 1e3 / rate)


def _kept(what: str, which: str, kept: float, step: float) -> Row:
    least = 0.85 if "together" in which else 0.95
    if which not in TARGETS:
        return Row(what, f"{kept:.3f} kept", "read it")
    if step < LONG:
        return Row(what, f"{kept:.3f} kept", f"(step under {LONG:g} ms)")
    return Row(what, f"{kept:.3f} kept", f"at least {least}", kept >= least)


class _Stopwatch:
    """A clock that goes on only inside `with`."""

    def __init__(self) -> None:
        self._gone, self._since = 0.0, math.nan

    def perf_counter(self) -> float:
        """Seconds that it has run."""
        running = 0.0 if math.isnan(self._since) else time.perf_counter() - self._since
        return self._gone + running

    def __enter__(self) -> None:
        self._since = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._gone, self._since = self.perf_counter(), math.nan


def _stretch(engine: Engine, want: m.WantFrame | None, seconds: float) -> float:
    """Steps a second over so long."""
    assert engine.trainer.run is not None
    began, first, due = time.perf_counter(), engine.trainer.run.step_count, 0.0
    while (now := time.perf_counter()) - began < seconds:
        if want is not None and now >= due:
            engine.handle(want)
            due = now + FRAME
        engine.work()
    return (engine.trainer.run.step_count - first) / (time.perf_counter() - began)


# --- the window ----------------------------------------------------------------------------------------------------


def _frames() -> Iterator[Row]:
    """The time between two turns of the window's loop while it trains in a process of its own."""
    from PySide6.QtWidgets import QApplication

    from app import docks, gallery
    from app.settings import Blank, Preferences
    from app.window import MainWindow

    application: Any = QApplication.instance() or QApplication([])
    window = MainWindow(preferences=Preferences(Blank()), theme="paper")
    window.show()
    window.fill()
    window.filing.open_file(str(gallery.path("spiral-mlp")))
    window.live.play()
    wait = Waiting(application)
    shown: list[int] = []
    window.live.shown.connect(lambda shot: shown.append(shot.step))
    wait.until(lambda: len(shown) > 30)
    names = docks.views(window)
    cheap = (*CHEAP, "loss")
    for what, held in (("nothing open", ()), ("the cheap views", cheap), ("all views", names)):
        for name in names:
            window.docks[name].setFloating(name in held)  # floating, so that none covers another
            window.docks[name].setVisible(name in held)
        wait.milliseconds(500)
        yield _smooth(what, wait, shown)
    window.live.close()
    window.document.stack.setClean()
    window.close()


def _smooth(what: str, wait: Waiting, shown: list[int]) -> Row:
    from PySide6.QtCore import Qt, QTimer

    beats: list[float] = []
    beat: Callable[[], None] = lambda: beats.append(time.perf_counter())  # noqa: E731
    pulse = QTimer()
    pulse.setTimerType(Qt.TimerType.PreciseTimer)
    pulse.timeout.connect(beat)
    shown.clear()
    pulse.start(16)
    wait.milliseconds(FRAMES)
    pulse.stop()
    gaps = sorted(b - a for a, b in itertools.pairwise(beats))
    p99 = gaps[int(len(gaps) * 0.99)]
    told = f"{p99 * 1e3:.1f} ms, {len(shown) * 1000 / FRAMES:.0f} shown/s"
    target = f"under {SMOOTH * 1e3:.0f} ms (idle machine)"
    read = what == "all views"  # more than anybody has on the screen at a time
    return Row(
        f"window's frames, 99 % under: {what}",
        told,
        "read it" if read else target,
        None if read else p99 < SMOOTH,
    )
