"""Samples that the views look at, and the values that a diagram's variables take for them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import nn

from graph.diagram import OUTPUT, Pin
from runtime.batches import Batches
from runtime.judge import at_once
from runtime.program import Program
from runtime.run import Run

CHUNK = 4096
SHOWN = 2000  # samples looked at, at the most
HELD = 8_000_000  # numbers of theirs, at the most


def roots(program: Program, pin: Pin) -> tuple[Pin, ...]:
    """The inputs on which a variable depends."""
    before = program.upstream([pin.block])
    return tuple(Pin(n, OUTPUT) for n in program.inputs if n in before)


@contextlib.contextmanager
def resting(module: nn.Module) -> Iterator[None]:
    """Blocks work inside as they do after training, and nothing is kept for gradients."""
    training = module.training
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        module.train(training)


def through(
    program: Program, start: tuple[Pin, ...], end: Pin, *values: torch.Tensor
) -> torch.Tensor:
    """The value at `end` for values at `start`, in pieces that fit into memory."""
    module = program.section(start, end)
    size = at_once(program, CHUNK)
    with resting(module):
        return torch.cat(
            [module(*piece) for piece in zip(*(v.split(size) for v in values), strict=True)]
        )


@dataclass(frozen=True)
class Seen:
    """Samples that are drawn: their numbers in the data, and all their fields as tensors."""

    rows: np.ndarray
    fields: dict[str, torch.Tensor]

    def thinned(self, count: int) -> Seen:
        """At most so many of them, evenly taken."""
        if count >= len(self.rows):
            return self
        some = np.linspace(0, len(self.rows) - 1, count).astype(np.int64)
        return Seen(self.rows[some], {n: v[some] for n, v in self.fields.items()})


_seen: WeakKeyDictionary[Batches, dict[tuple[str, int], Seen]] = WeakKeyDictionary()


def seen(run: Run, part: str, most: int = SHOWN) -> Seen:
    """At most `most` samples of a part, fewer where they are large; the same ones as long as the data are the same."""
    known = _seen.setdefault(run.batches, {})
    if (part, most) not in known:
        rows = run.batches.rows(part)
        if part == "training" and run.recipe.data.get("kind") == "arrays":
            rows = np.arange(len(run.data))  # one's own, all: what is painted shall be seen
        one = sum(int(np.prod(v.shape[1:])) for v in run.data.fields.values())
        count = min(most, len(rows), max(1, HELD // max(1, one)))
        rows = rows[np.linspace(0, len(rows) - 1, count).astype(np.int64)] if len(rows) else rows
        known[part, most] = Seen(rows, run.batches.at(rows))
    return known[part, most]


def values_at(run: Run, pin: Pin, fields: dict[str, torch.Tensor]) -> torch.Tensor:
    """The values of a variable for some samples."""
    inputs = dict(zip(run.program.inputs, run.inputs_of(fields), strict=True))
    start = roots(run.program, pin)
    return through(run.program, start, pin, *(inputs[p.block] for p in start))


def raw_values(run: Run, start: Pin, rows: np.ndarray) -> np.ndarray:
    """An input's numbers `[N, n]` as the data hold them."""
    values = run.data.fields[run.program.fields[start.block]][rows]
    return np.asarray(values, dtype=np.float64).reshape(len(rows), -1)


def targets(run: Run, rows: np.ndarray) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """What the first answer should be for some samples, `[N]` class numbers or `[N, k]` values, and the classes' names."""
    pin = run.program.answers[0] if run.program.answers else None
    ends = run.program.diagram.inputs
    for name in run.program.costs:
        target = ends.get(Pin(name, "target"))
        if target is None or ends.get(Pin(name, "prediction")) != pin:
            continue
        if target.block in run.program.inputs and target.block not in run.program.latents:
            field = run.program.fields[target.block]
            return run.data.fields[field][rows], run.data.classes.get(field, ())
    if "y" in run.data.fields:
        return run.data.fields["y"][rows], run.data.classes.get("y", ())
    return None, ()
