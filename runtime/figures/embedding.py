"""The values of one variable for many samples, seen from where they differ most: a plain value for the screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Embedding:
    """Principal components of a variable's values.

    `x` `[N, 2]` are the samples along the first two; `shares` the parts of the variance that lie along these; `y` `[N]`
    class numbers (integers) or values, None where there is no target; `names` of the classes; `samples` `[N]` their
    numbers in the data; `pictures` `[N, h, w]` or `[N, h, w, 3]` uint8 where the data are images; `variable` the pin,
    `size` its numbers for one sample; `variables` the pins that can be asked for.
    """

    variable: str
    size: int
    x: np.ndarray
    shares: tuple[float, float]
    y: np.ndarray | None
    names: tuple[str, ...]
    samples: np.ndarray
    pictures: np.ndarray | None = None
    variables: tuple[str, ...] = ()
