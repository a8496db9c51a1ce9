"""Where an attention looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class AttentionMap:
    """`weights` float16 `[heads, queries, keys]` for one sample; its rows add up to 1.

    `rows` and `columns` call the queries and keys by their symbols, or are empty.  `total` is how many of each there are.
    """

    block: str
    weights: np.ndarray
    sample: int
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    total: tuple[int, int, int] = (0, 0, 0)
