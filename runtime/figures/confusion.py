"""Which class is taken for which, and samples behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Examples:
    """Samples with their true class, the answer and its confidence (0..1), all `[n]`.

    `pictures` is uint8 `[n, height, width]`, or with 3 colours at the end; None where the data have no pictures, and
    `texts` then tells the numbers.
    """

    samples: np.ndarray
    true: np.ndarray
    answered: np.ndarray
    confidence: np.ndarray
    pictures: np.ndarray | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Confusion:
    """`counts` `[true, answered]`; some sample numbers of each cell; the classes' names where the data have them.

    `shown` are samples of the cell that was asked for, or those that are most confidently wrong.
    """

    counts: np.ndarray
    examples: Mapping[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    shown: Examples | None = None
    cell: tuple[int, int] | None = None  # that was asked for
