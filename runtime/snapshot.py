"""Report, Snapshot, Flow: all that a screen ever sees of a run. Plain values and numpy arrays, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graph.diagram import Pin, Wire
from graph.problem import Problem

BATCH = -1  # stands in a shape where the size of the batch goes


@dataclass(frozen=True, slots=True)
class Counts:
    """Trainable weights of a block and its multiply-accumulate operations for one sample."""

    weights: int = 0
    macs: int = 0


@dataclass(frozen=True)
class Report:
    """What one compile found.  Shapes are keyed by output pin; BATCH stands where the batch size goes."""

    shapes: Mapping[Pin, tuple[int, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    counts: Mapping[str, Counts] = field(default_factory=dict)
    source: str = ""
    parts: Mapping[str, Counts] = field(default_factory=dict)  # by the path of a use
    trainable: bool = False  # there is a cost that runs and a weight that it moves

    @property
    def total(self) -> Counts:
        """Weights and MACs of the whole diagram."""
        return Counts(
            sum(c.weights for c in self.counts.values()), sum(c.macs for c in self.counts.values())
        )


@dataclass(frozen=True, slots=True)
class Flow:
    """What runs along one wire at one step: Frobenius norms of the value and of the loss's gradient by it."""

    value: float
    gradient: float


@dataclass(frozen=True, slots=True)
class Ask:
    """What one open view wants to see: the name of the view, the block it looks at, a choice it may have, and how fine
    it shall be, 0 where that has no meaning."""

    view: str
    block: str = ""
    choice: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Recorded:
    """The steps of a run that can be looked at again, ascending, and the step that it has really made.

    `kept` is "whole", "weights" where there is no room for the optimizer's memory too, or "nothing".
    """

    steps: tuple[int, ...] = ()
    now: int = 0
    kept: str = "whole"


@dataclass(frozen=True)
class Histogram:
    """`counts` of equal bins from `low` to `high`; `zeros` is the share of values that are exactly 0."""

    counts: np.ndarray
    low: float
    high: float
    zeros: float


@dataclass(frozen=True)
class Histograms:
    """Gradients' magnitudes in decades (by block id for weights, by pin for variables), values of weights and activations."""

    gradients: Mapping[str, Histogram] = field(default_factory=dict)
    weights: Mapping[str, Histogram] = field(default_factory=dict)
    activations: Mapping[str, Histogram] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """One watched training step.

    `costs` holds what the formula of each cost gives, a mean over the batch: with λ where it is in the formula.
    `version` is the number of the diagram that the engine was given; `flows` and `weight_gradients` (norm per
    block id) come from this step; `curve` holds (step, training loss) rows that are new since the last snapshot
    and `validation` (step, loss) likewise.  `metrics` are keyed "training" and "validation"; None where unknown.
    In one of the `past`, step and all that is computed are those of an earlier state of the run, whose curve is elsewhere.
    """

    version: int
    step: int
    epoch: float
    loss: float
    costs: Mapping[str, float] = field(default_factory=dict)
    accuracy: Mapping[str, float] = field(default_factory=dict)
    flows: Mapping[Wire, Flow] = field(default_factory=dict)
    variables: Mapping[Pin, Flow] = field(default_factory=dict)
    weight_gradients: Mapping[str, float] = field(default_factory=dict)
    curve: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))
    validation: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))
    views: Mapping[Ask, Any] = field(default_factory=dict)  # only what was asked for and is due
    rate: float = 0.0  # of the last update: the recipe's rate times its schedule's factor
    steps_per_second: float = 0.0
    seconds: float = 0.0  # of training since the run began
    playing: bool = False
    recorded: Recorded = field(default_factory=Recorded)
    past: bool = False
