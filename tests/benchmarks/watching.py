"""Training kept while the views are open: the engine's steps with frames at 30 Hz against nobody watching."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import torch

from graph.diagram import Diagram
from runtime import messages as m
from runtime.engine import Engine
from runtime.snapshot import Ask
from tests.benchmarks.measure import Row
from tests.benchmarks.nets import convnet, mlp

WINDOW = 3.0  # seconds of either kind in turn: long against the time that what is dear has to wait
ROUNDS = 3
FRAME = 1 / 30
ASKS = (Ask("histograms"), Ask("confusion"), Ask("filters", "conv2d1"), Ask("maps", "conv2d1"))


def rows() -> Iterator[Row]:
    """The table's lines."""
    torch.set_num_threads(1)
    cases = [
        ("2-100-3", mlp(100)),
        ("2-256-256-256-3", mlp(256, 3)),
        ("2-512-512-512-3", mlp(512, 3)),
        ("28×28 convolutional", convnet()),
    ]
    for name, diagram in cases:
        yield from _case(name, diagram)


def _case(name: str, diagram: Diagram) -> Iterator[Row]:
    engine = Engine(lambda _message: None)
    engine.handle(m.SetDiagram(1, diagram))
    engine.handle(m.Play())
    _stretch(engine, None)
    rates: dict[str, list[float]] = {"alone": [], "wires": [], "all": []}
    wants = {"alone": None, "wires": m.WantFrame(), "all": m.WantFrame(grid=100, asks=ASKS)}
    for _ in range(ROUNDS):
        for which, want in wants.items():
            rates[which].append(_stretch(engine, want))
    step = 1e3 / statistics.median(rates["alone"])
    for which, told in (("wires", "wires watched"), ("all", "every view open")):
        kept = statistics.median(a / b for a, b in zip(rates[which], rates["alone"], strict=True))
        target = "at least 0.90" if step >= 1 else "(step under 1 ms)"
        yield Row(
            f"{name} ({step:.2f} ms a step): {told} / alone",
            f"{kept:.3f}",
            target,
            kept >= 0.9 if step >= 1 else None,
        )


def _stretch(engine: Engine, want: m.WantFrame | None) -> float:
    """Steps a second over one window."""
    assert engine.run is not None
    began, first, due = time.perf_counter(), engine.run.step_count, 0.0
    while (now := time.perf_counter()) - began < WINDOW:
        if want is not None and now >= due:
            engine.handle(want)
            due = now + FRAME
        engine.work()
    return (engine.run.step_count - first) / (time.perf_counter() - began)
