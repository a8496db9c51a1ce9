"""Is the rate right, and are the inputs scaled?  Copies are trained from the first weights and compared step by step."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.edits import SetRecipe
from runtime.figures.findings import Finding, Trace
from runtime.finders.case import DIFFERENT, Case, NotLooked, Trial, together

SMALLER = (0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
LARGER = (10.0, 100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8)
FEWEST = 30  # steps of a trial, below which it says nothing
FALLS = 0.1  # of the first loss, that a loss has to come down to be called falling
SLOW = 0.3  # of the first loss: what a whole training should take away
SKEWED, SPREAD = (
    3.0,
    30.0,
)  # deviations that a mean may lie off zero; ratio between the deviations of two columns
TINY, HUGE = 0.05, 20.0  # deviations of an input, all columns together


def rate(case: Case) -> Iterator[Finding | None]:
    """Too large: the loss does not fall, at a smaller rate it does.  Too small: it hardly moves, at a larger one it does."""
    own = case.run.recipe.rate
    case.needs_numbers()
    if own == 0:
        yield Finding(
            "rate",
            "recipe.rate",
            "The rate is 0, so no weight ever moves.",
            "η = 0",
            "Give the rate a value, 0.01 to begin with.",
            edit=SetRecipe("rate", None),
        )
        return
    here = Trial(case, case.copy())
    for _ in together([here]):
        yield None
    if not here.broken and len(here.losses) < FEWEST:
        raise NotLooked("a step takes too long for trials")
    if here.drop < 0:
        yield from _search(case, own, here, SMALLER, "large")
    elif here.drop * max(1.0, _planned(case) / max(1, len(here.losses))) < SLOW:
        yield from _search(case, own, here, LARGER, "small")
        yield from _search(case, own, here, SMALLER[:2], "large")


def _planned(case: Case) -> float:
    """The steps that the recipe's epochs take."""
    batches = case.run.batches
    return case.run.recipe.epochs * -(-batches.samples // max(1, batches.size))


def _search(
    case: Case, own: float, here: Trial, factors: tuple[float, ...], how: str
) -> Iterator[Finding | None]:
    """The first factor at which the loss falls, and falls far more than at the own rate."""
    if "rate" in case.ill:
        return
    for factor in factors:
        other = Trial(case, case.copy(rate=own * factor))
        for _ in together([other], max(1, len(here.losses)) if not here.broken else 100):
            yield None
        if other.drop > FALLS and other.drop > 3 * max(here.drop, 0.0):
            yield _told(own, factor, here, other, how)
            return


def _told(own: float, factor: float, here: Trial, other: Trial, how: str) -> Finding:
    rate, steps = own * factor, len(other.losses)
    what = "the loss rises" if here.drop < 0 else "the loss hardly moves"
    verb = "Lower" if factor < 1 else "Raise"
    return Finding(
        "rate",
        "recipe.rate",
        f"The rate is too {how}: {what}, and falls at {rate:.3g}.",
        f"{steps} steps from the first weights: at {own:.3g} the loss goes {here.told}, at {rate:.3g} {other.told}",
        f"{verb} the rate to {rate:.3g}, then reset.",
        (Trace(f"η = {own:.3g}", _curve(here)), Trace(f"η = {rate:.3g}", _curve(other))),
        SetRecipe("rate", float(f"{rate:.6g}")),
    )


def _curve(trial: Trial) -> np.ndarray:
    return np.array(trial.losses, dtype=np.float64)


def inputs(case: Case) -> Iterator[Finding | None]:
    """Inputs far from mean 0 and deviation 1, where normalizing them makes the loss fall further."""
    if case.run.recipe.normalize:
        return
    told = [text for n, v in case.fields(case.rows).items() if (text := _off(v))]
    if not told or not case.run.data.inputs:
        return
    own, other = Trial(case, case.copy()), Trial(case, case.copy(normalize=True))
    for _ in together([own, other]):
        yield None
    if other.last > own.last - 0.2 * max(abs(own.last), DIFFERENT) or other.drop < FALLS:
        return
    yield Finding(
        "inputs",
        "recipe.normalize",
        "The inputs are not normalized, and that slows the learning.",
        f"{told[0]}; {len(other.losses)} steps: {own.told}, with normalized inputs {other.told}",
        "Normalize the inputs, then reset.",
        (Trace("as they are", _curve(own)), Trace("normalized", _curve(other))),
        SetRecipe("normalize", True),
    )


def _off(values: np.ndarray) -> str:
    """What is wrong with the scale of an input `[n, ...]`, "" when nothing is; maps count by channel."""
    if values.ndim == 4:
        values = values.transpose(0, 2, 3, 1).reshape(-1, values.shape[1])
    columns = (
        values.reshape(-1, values.shape[-1]) if values.ndim > 2 else values.reshape(len(values), -1)
    )
    means, deviations = columns.mean(0), columns.std(0)
    live = deviations > 1e-9 * np.maximum(1.0, np.abs(means))
    if not live.any():
        raise NotLooked("the inputs are constant")
    means, deviations = means[live], deviations[live]
    skew = np.abs(means) / deviations
    worst = int(skew.argmax())
    if skew[worst] > SKEWED and abs(means[worst]) > 1:
        return f"an input has mean {means[worst]:.3g} and deviation {deviations[worst]:.3g}"
    if deviations.max() / deviations.min() > SPREAD and deviations.max() > 1:
        return f"deviations of the inputs lie between {deviations.min():.3g} and {deviations.max():.3g}"
    size = float(np.median(deviations))
    return "" if TINY < size < HUGE else f"the inputs have deviation {size:.3g}"
