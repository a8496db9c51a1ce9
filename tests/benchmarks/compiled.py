"""A compiled diagram against the same module written by hand; compile time against size."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator

import torch
from torch import nn
from torch.nn import functional as F

from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from runtime.program import compile
from runtime.run import Run
from runtime.trial import forget
from tests.benchmarks.measure import Row, interleaved, seconds
from tests.benchmarks.nets import ConvNet, convnet, mlp, mlp_by_hand


def rows() -> Iterator[Row]:
    """The table's lines."""
    torch.set_num_threads(1)
    cases: list[tuple[str, Diagram, nn.Module, int]] = [
        ("step of 2-8-8-3", mlp(8, 2), mlp_by_hand(8, 2), 3000),
        ("step of 2-100-3", mlp(100), mlp_by_hand(100), 3000),
        ("step of 2-256-256-256-3", mlp(256, 3), mlp_by_hand(256, 3), 400),
        ("step of a 28×28 convolutional net", convnet(), ConvNet(), 100),
    ]
    for name, diagram, module, rounds in cases:
        ours, theirs = _steps(diagram, module)
        a, b = interleaved(ours, theirs, rounds)
        yield Row(
            f"{name}: by hand / compiled",
            f"{b / a:.3f} ({a * 1e3:.2f} ms)",
            "0.97 to 1.03",
            0.97 <= b / a <= 1.03,
        )
    yield from _compile_times()


def _steps(
    diagram: Diagram, module: nn.Module
) -> tuple[Callable[[], object], Callable[[], object]]:
    """One step of the compiled diagram and one of the module, on the same batch with the same kind of optimizer."""
    run = Run(compile(diagram))
    batch = run.batches.next()
    inputs = [batch[n] for n in run.program.inputs]
    x, y = batch["x"], batch["y"]

    def step(
        loss: Callable[[], torch.Tensor], optimizer: torch.optim.Optimizer
    ) -> Callable[[], object]:
        def one() -> None:
            optimizer.zero_grad(set_to_none=True)
            loss().backward()  # type: ignore[no-untyped-call]
            optimizer.step()

        return one

    compiled = run.program.module
    ours = step(lambda: compiled(*inputs)[0], torch.optim.Adam(compiled.parameters(), lr=1e-4))
    theirs = step(
        lambda: F.cross_entropy(module(x), y, reduction="none").mean(),
        torch.optim.Adam(module.parameters(), lr=1e-4),
    )
    for _ in range(20):
        ours()
        theirs()
    return ours, theirs


def chain(count: int) -> Diagram:
    """x -> linear -> relu -> linear ... of `count` blocks."""
    blocks = {"x": Block("x", "observed")}
    wires = []
    last = "x"
    for n in range(count - 1):
        name = f"b{n}"
        blocks[name] = Block(name, "relu") if n % 2 else Block(name, "linear", Frozen(units=8))
        wires.append(Wire(Pin(last, "y"), Pin(name, "z")))
        last = name
    return Diagram(blocks, tuple(wires), recipe=Frozen(data=Frozen(kind="spiral")))


def _compile_times() -> Iterator[Row]:
    sizes = (10, 100, 1000)
    diagrams = [chain(n) for n in sizes]
    times: dict[int, list[float]] = {n: [] for n in sizes}
    for _ in range(5):
        for n, diagram in zip(sizes, diagrams, strict=True):
            forget()
            times[n].append(seconds(lambda d=diagram: compile(d, shapes={"x": (2,)})))  # type: ignore[misc]
    best = {n: statistics.median(times[n]) for n in sizes}
    told = ", ".join(f"{best[n] * 1e3:.1f}" for n in sizes)
    yield Row("compile 10, 100, 1,000 blocks, cold", f"{told} ms", "linear", None)
    growth = (best[1000] / 1000) / (best[100] / 100)
    yield Row("time a block at 1,000 / at 100", f"{growth:.2f}", "at most 1.5", growth <= 1.5)
    program = compile(diagrams[2], shapes={"x": (2,)})
    again = statistics.median(
        seconds(lambda: compile(diagrams[2], shapes={"x": (2,)}, keep=program)) for _ in range(5)
    )
    yield Row(
        "compile 1,000 blocks after an edit / cold",
        f"{again / best[1000]:.2f}",
        "below 1",
        again < best[1000],
    )
