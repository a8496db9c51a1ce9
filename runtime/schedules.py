"""The schedules that a recipe can name: by which factor the rate η is multiplied, a pure function of time and of past losses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from graph.settings import setting

_UNIT = "what t counts: whole epochs, or steps (minibatches)"
_LOW = "the factor never falls below this"


class Schedule:
    """How the rate changes during training: η_t = factor(t) · η, where η is the recipe's rate.

    `unit` says what t counts, "epochs" or "steps"; t is 0 in the first epoch, or at the first step.
    """

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    observes: ClassVar[bool] = False  # whether the factor depends on the losses of past epochs
    unit: str = "epochs"

    def factor(self, t: int, losses: Sequence[float] = ()) -> float:
        """The factor at time t; `losses` are those of the validation part after every epoch so far."""
        raise NotImplementedError(f"{type(self).__name__} has no factor")


@dataclass(frozen=True)
class Constant(Schedule):
    """The same rate from start to end."""

    kind = "constant"
    title = "constant"
    formula = "η_t = η"

    def factor(self, t: int, losses: Sequence[float] = ()) -> float:
        return 1.0


@dataclass(frozen=True)
class Step(Schedule):
    """The rate falls by a factor every so often."""

    kind = "step"
    title = "step"
    formula = "η_t = η γ^⌊t/T⌋"

    length: int = setting(30, low=1, high=1_000_000_000, help="T, how long between two falls")
    gamma: float = setting(0.1, low=0.0, high=1.0, help="γ, the factor of one fall")
    unit: str = setting("epochs", choices=("epochs", "steps"), help=_UNIT)

    def factor(self, t: int, losses: Sequence[float] = ()) -> float:
        return self.gamma ** (t // self.length)


@dataclass(frozen=True)
class Exponential(Schedule):
    """The rate falls by the same factor each time."""

    kind = "exponential"
    title = "exponential"
    formula = "η_t = η γ^t"

    gamma: float = setting(0.95, low=0.0, high=1.0, help="γ, the factor of one step or epoch")
    unit: str = setting("epochs", choices=("epochs", "steps"), help=_UNIT)

    def factor(self, t: int, losses: Sequence[float] = ()) -> float:
        return self.gamma**t


@dataclass(frozen=True)
class Inverse(Schedule):
    """Constant until T, then falling as 1/t.  Source: LeCun and Ranzato 2013, acoustic modelling."""

    kind = "inverse"
    title = "η / max(1, t/T)"
    formula = "η_t = η / max(1, t/T)"

    length: int = setting(10, low=1, high=1_000_000_000, help="T, from when on the rate falls")
    unit: str = setting("epochs", choices=("epochs", "steps"), help=_UNIT)

    def factor(self, t: int, losses: Sequence[float] = ()) -> float:
        return 1.0 / max(1.0, t / self.length)


@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a cosine from the full rate down to the lowest, then it stays.  Source: Loshchilov and Hutter 2017."""

    kind = "cosine"
    title = "cosine"
    formula = "η_t = η (low + (1 − low) (1 + cos(π t/T)) / 2)"

    length: int = setting(100, low=1, high=1_000_000_000, help="T, how long the fall takes")
    low: float = setting(0.0, low=0.0, high=1.0, help=_LOW)
    unit: str = setting("epochs", choices=("epochs", "steps"), help=_UNIT)

    def factor(self, t: int, losses: Sequence[float] = ()) -> float:
        return _half_cosine(t / self.length, self.low)


@dataclass(frozen=True)
class Warmup(Schedule):
    """Rises in a straight line to the full rate, then stays or falls as a cosine.  Source: Goyal et al. 2017."""

    kind = "warmup"
    title = "warm-up"
    formula = "η_t = η (start + (1 − start) t/W) for t < W"

    rise: int = setting(5, low=1, high=1_000_000_000, help="W, how long the rate rises")
    start: float = setting(0.1, low=0.0, high=1.0, help="the factor at the very beginning")
    after: str = setting(
        "constant", choices=("constant", "cosine"), help="what follows: full rate, or a cosine"
    )
    length: int = setting(100, low=1, high=1_000_000_000, help="T, how long the cosine takes")
    low: float = setting(0.0, low=0.0, high=1.0, help=_LOW)
    unit: str = setting("epochs", choices=("epochs", "steps"), help=_UNIT)

    def factor(self, t: int, losses: Sequence[float] = ()) -> float:
        if t < self.rise:
            return self.start + (1.0 - self.start) * t / self.rise
        if self.after == "constant":
            return 1.0
        return _half_cosine((t - self.rise) / self.length, self.low)


@dataclass(frozen=True)
class Plateau(Schedule):
    """The rate falls when the validation loss has not become better for some epochs.

    Better means below (1 − threshold) times the best.  Without a validation part the training loss is watched.
    """

    kind = "plateau"
    title = "plateau"
    formula = "η ← γ η after `patience` epochs without a better loss"
    observes = True

    gamma: float = setting(0.1, low=0.0, high=1.0, help="γ, the factor of one fall")
    patience: int = setting(10, low=0, high=1_000_000, help="epochs without a better loss to allow")
    threshold: float = setting(
        1e-4, low=0.0, high=1.0, help="the share by which a loss must be lower to be better"
    )
    low: float = setting(0.0, low=0.0, high=1.0, help=_LOW)

    def factor(self, t: int, losses: Sequence[float] = ()) -> float:
        factor, best, bad = 1.0, math.inf, 0
        for loss in losses:
            if loss < best * (1.0 - self.threshold) or math.isinf(best):
                best, bad = loss, 0
            else:
                bad += 1
            if bad > self.patience:
                factor, bad = max(self.low, factor * self.gamma), 0
        return factor


def _half_cosine(share: float, low: float) -> float:
    return low + (1.0 - low) * (1.0 + math.cos(math.pi * min(share, 1.0))) / 2.0


def epochs_since_best(losses: Sequence[float]) -> int:
    """How many epochs ago the loss was lowest, 0 when it was the last one; one that is no number is no lowest."""
    if not losses:
        return 0
    known = [loss if math.isfinite(loss) else math.inf for loss in losses]
    return len(losses) - 1 - known.index(min(known))


@cache
def catalogue() -> dict[str, type[Schedule]]:
    """Every schedule by the name that a recipe gives it."""
    known = (Constant, Step, Exponential, Inverse, Cosine, Warmup, Plateau)
    return {cls.kind: cls for cls in known}
