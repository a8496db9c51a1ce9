"""Which samples are for training, validation and test, and what normalizes the inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from runtime.data.dataset import TARGET, Data
from runtime.data.stream import Stream

JUDGED = 500  # samples of a stream that its mean and deviation are taken from


class Fractions(Protocol):
    """The part of a recipe that a split needs."""

    @property
    def validation(self) -> float: ...
    @property
    def test(self) -> float: ...
    @property
    def seed(self) -> int: ...
    @property
    def subset(self) -> int: ...


@dataclass(frozen=True)
class Parts:
    """Sample numbers (int64, ascending) of the three parts; together every sample once, unless `subset` leaves some out."""

    training: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split(data: Data, recipe: Fractions) -> Parts:
    """Draws the parts: `validation` and `test` are fractions of all samples, rounded down.

    Classes keep their shares in every part; the seed alone decides which sample goes where (`shuffle` is about the
    order in training).  At least one sample is left for training.  Parts that the data fix stay as they are, and
    only the other samples are drawn from.  `subset` limits the training part to so many samples, 0 is no limit.
    """
    free = np.setdiff1d(np.arange(len(data)), np.concatenate([[], *data.parts.values()]))
    drawn = len(free)
    random = np.random.default_rng([recipe.seed, drawn])
    order = free[_order(_strata(data)[free], random)]
    sizes = {"test": recipe.test, "validation": recipe.validation}
    found = {}
    for name, fraction in sizes.items():
        if name in data.parts:
            found[name] = np.asarray(data.parts[name])
            continue
        count = max(0, min(math.floor(drawn * fraction + 1e-9), len(order) - 1))
        found[name], order = order[:count], order[count:]
    training = order[: recipe.subset] if recipe.subset else order
    return Parts(*(np.sort(part) for part in (training, found["validation"], found["test"])))


def normalization(data: Data, rows: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Mean and standard deviation of every input field over the samples `rows`, to be applied as (x − mean) / std.

    Inputs are all fields but the target `y` and those with classes.  Vectors `[N, d]` are taken per column (`[d]`),
    images and volumes `[N, c, h, w ...]` per channel (`[c, 1, 1 ...]`), anything else as a whole (`[]`).  The
    standard deviation is that of the population, as scikit-learn's StandardScaler; where all values are equal it is 1.
    Of a stream, some of the samples stand for all.
    """
    return {
        name: _moments(data.fields[name][_enough(data.fields[name], rows)]) for name in data.inputs
    }


def _enough(values: Any, rows: np.ndarray) -> np.ndarray:
    """All rows, or enough of those of a stream to judge them by."""
    if not isinstance(values, Stream) or len(rows) <= JUDGED:
        return rows
    return rows[np.linspace(0, len(rows) - 1, JUDGED).astype(np.int64)]


def _moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if values.ndim == 2:
        axes: tuple[int, ...] = (0,)
    else:
        axes = tuple(n for n in range(values.ndim) if values.ndim < 4 or n != 1)
    keep = values.ndim > 3
    mean = values.mean(axis=axes, keepdims=keep)
    std = values.std(axis=axes, keepdims=keep)
    constant = values.max(axis=axes, keepdims=keep) == values.min(axis=axes, keepdims=keep)
    std = np.where(constant, 1.0, std)
    return (mean[0], std[0]) if keep else (np.asarray(mean), std)


def _strata(data: Data) -> np.ndarray:
    """A number per sample; samples with the same number are spread evenly over the parts."""
    target = data.fields.get(TARGET)
    if target is None:
        named = [name for name in data.classes if data.fields[name].ndim == 1]
        target = data.fields[named[0]] if named else np.zeros(len(data))
    signs = target.ndim == 1 and bool(np.all(np.abs(target) == 1.0))
    if target.ndim == 1 and (TARGET in data.classes or signs or target.dtype.kind == "i"):
        return np.unique(target, return_inverse=True)[1]
    return np.zeros(len(data), dtype=np.int64)


def _order(strata: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """All sample numbers in random order, such that every stretch has each stratum in proportion."""
    counts = np.bincount(strata)
    shuffled = random.permutation(len(strata))
    grouped = shuffled[np.argsort(strata[shuffled], kind="stable")]
    rank = np.arange(len(strata)) - np.repeat(np.cumsum(counts) - counts, counts)
    offset = np.repeat(random.random(len(counts)), counts)
    place = np.empty(len(strata))
    place[grouped] = (rank + offset) / np.repeat(counts, counts)
    return np.argsort(place, kind="stable")
