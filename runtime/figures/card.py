"""What the card of a variable shows: its numbers at one step, and one sample of it as a picture."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from runtime.snapshot import Histogram

FULL = 127  # the level that stands for `extent`


@dataclass(frozen=True)
class Card:
    """A variable at one step: over the whole batch mean, standard deviation, extremes, share of exact zeros, histogram.

    `broken` is the share that is not a finite number, left out of all others.  `gradient` is ‖∂C/∂z‖, None where
    there is none.  `picture` is the batch's first sample: int8 `[n, height, width]`, FULL at the value `extent`, or
    uint8 `[1, height, width, 3]` in colours; `channels` counts those that there are; empty when nothing can be drawn.
    """

    shape: tuple[int, ...]
    mean: float
    deviation: float
    low: float
    high: float
    zeros: float
    broken: float
    histogram: Histogram
    gradient: float | None = None
    picture: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 0), np.int8))
    extent: float = 1.0
    channels: int = 0
