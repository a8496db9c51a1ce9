"""The run that is examined: copies of it that may be trained, its loss, and what its samples hold."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch

from graph.diagram import OUTPUT, Pin
from runtime.batches import Batches
from runtime.judge import at_once, judge
from runtime.nonfinite import NonFinite
from runtime.probe import Watched, watch
from runtime.program import compile
from runtime.run import Run

SAMPLES = 512  # training samples that are looked at, at the most
LARGEST = 20_000_000  # weights of a net of which copies are trained
STEPS = 100  # of a trial
SECONDS = 4.0  # that the trials of one finder may take
DIFFERENT = 1e-12


class NotLooked(Exception):
    """This diagram gives no way to look at that; its text says why."""


class Case:
    """A run as it stands now.  It is only read: whatever is trained is a copy."""

    def __init__(self, run: Run) -> None:
        self.run = Twin(run).made  # a copy that stays as it is while the run goes on
        self.run.restore(run.state())
        self.step = run.step_count
        self.ill: set[str] = set()  # the kinds of what was found so far

    @cached_property
    def fresh(self) -> Run:
        """The run with its first weights."""
        return self.copy()

    def copy(self, batches: Batches | None = None, **recipe: Any) -> Run:
        """A run from the first weights, with other entries of the recipe.  Raises NotLooked for a large net."""
        if self.run.program.report.total.weights > LARGEST:
            raise NotLooked("the net is too large for copies to be trained")
        return Twin(self.run, **recipe).made

    # --- samples --------------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> np.ndarray:
        """The numbers of the training samples that are looked at."""
        most = min(SAMPLES, at_once(self.run.program, SAMPLES))
        return self.run.batches.rows("training", max(2, most))

    @cached_property
    def part(self) -> Mapping[str, torch.Tensor]:
        """Their fields."""
        return self.run.batches.at(self.rows)

    @cached_property
    def seen(self) -> Watched:
        """The present weights' step over these samples, with every variable and gradient, as blocks work in training."""
        return watch(self.run.program, self.run.inputs_of(self.part))

    @cached_property
    def losses(self) -> tuple[float, float]:
        """The loss of the first weights and of the present ones over these samples."""
        return self.loss_of(self.fresh), self.loss_of(self.run)

    @property
    def learned(self) -> bool:
        """Whether the loss has come down by a half already."""
        first, now = self.losses
        return first - now > 0.5 * max(abs(first), DIFFERENT)

    def is_finite(self, run: Run) -> bool:
        """Whether a run's loss over the samples is a number."""
        return math.isfinite(self.loss_of(run))

    def needs_numbers(self) -> None:
        """Raises NotLooked where values were found that are no numbers: nothing more can be said of them."""
        if "broken" in self.ill:
            raise NotLooked("values that are no numbers are to be mended first")

    def loss_of(self, run: Run) -> float:
        """The training loss of a run over the samples, infinite when it is no number."""
        with torch.no_grad():
            loss = float(run.program.module(*run.inputs_of(run.batches.at(self.rows)))[0])
        return loss if math.isfinite(loss) else math.inf

    # --- classes --------------------------------------------------------------------------------------------------

    @cached_property
    def target(self) -> tuple[str, Pin, str]:
        """The cost that compares, the variable that answers, and the field that is desired.  Raises NotLooked."""
        program = self.run.program
        ends = program.diagram.inputs
        for name in program.costs:
            desired, answer = ends.get(Pin(name, "target")), ends.get(Pin(name, "prediction"))
            if desired is None or answer is None or desired.block not in program.inputs:
                continue
            if desired.block not in program.latents and answer in program.kinds:
                return name, answer, self.run.program.fields[desired.block]
        raise NotLooked("no cost compares an answer with a field of the data")

    @cached_property
    def classes(self) -> np.ndarray:
        """The class number of every training sample, in the data's order.  Raises NotLooked where there are none."""
        values = self.run.data.fields[self.target[2]]
        rows = self.run.batches.parts.training
        if len(values.shape) != 1 or values.dtype.kind != "i" or len(rows) < 10:
            raise NotLooked("the desired answers are no class numbers")
        return np.asarray(values[rows])

    def fields(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """The real-valued fields `[n, ...]` that the answer is computed from, as training sees them, by block."""
        program, batches = self.run.program, self.run.batches
        above = program.upstream([self.target[1].block])
        names = [n for n in program.inputs if n in above and n not in program.latents]
        found = batches.at(rows)
        values = {n: found[self.run.program.fields[n]] for n in names}
        if not values or not all(v.is_floating_point() for v in values.values()):
            raise NotLooked("the inputs are no real numbers")
        return {n: v.double().cpu().numpy() for n, v in values.items()}

    def energy(self, run: Run, cost: str) -> float:
        """The mean energy of one cost block over the samples."""
        with torch.no_grad():
            found = run.program.module(*run.inputs_of(run.batches.at(self.rows)))
        return float(found[1 + run.program.costs.index(cost)].mean())

    def accuracy(self, part: str) -> tuple[float, int] | None:
        """The share of right answers on a part, and of how many samples; None where there is none."""
        fields = self.run.batches.part(part, SAMPLES)
        count = len(next(iter(fields.values())))
        found = judge(self.run.program, self.run.inputs_of(fields)) if count else {}
        return (found["accuracy"], count) if "accuracy" in found else None

    def value(self, name: str) -> torch.Tensor | None:
        """The value at a block's output over the samples."""
        return self.seen.variables.get(Pin(name, OUTPUT))


class Twin:
    """Another run of the same diagram and data from its first weights, with other entries of the recipe."""

    def __init__(self, run: Run, **recipe: Any) -> None:
        diagram = run.program.diagram
        entries = {"device": run.program.device, "patience": 0, **recipe}
        diagram = diagram.with_(recipe=diagram.recipe.with_(**entries))
        program = compile(diagram, data=run.data, device=run.program.device)
        self.made = Run(program, run.data)


@dataclass
class Trial:
    """A copy in training: the losses of its steps, and the loss over the samples before and after."""

    case: Case
    run: Run
    losses: list[float] = field(default_factory=list)
    first: float = 0.0
    broken: bool = False  # its loss is no number any more

    def __post_init__(self) -> None:
        self.first = self.case.loss_of(self.run)

    def step(self) -> None:
        """One step, unless it broke down before."""
        if self.broken:
            return
        try:
            self.losses.append(self.run.step())
        except NonFinite:
            self.broken = True

    @cached_property
    def last(self) -> float:
        """The loss over the samples after the last step."""
        return math.inf if self.broken else self.case.loss_of(self.run)

    @property
    def drop(self) -> float:
        """How much of the first loss is gone: 1 is all, below 0 it rose."""
        return (self.first - self.last) / max(abs(self.first), DIFFERENT)

    @property
    def told(self) -> str:
        """From which loss to which, for a sentence."""
        return f"{self.first:.3g} → {self.last:.3g}" if math.isfinite(self.last) else "to infinity"


def together(trials: Sequence[Trial], steps: int = STEPS) -> Iterator[None]:
    """Trains all of them for the same number of steps, at most `steps`, within SECONDS of work."""
    spent = 0.0
    for _ in range(steps):
        for trial in trials:
            began = time.perf_counter()
            trial.step()
            spent += time.perf_counter() - began
            yield
        if spent > SECONDS:
            return
