"""The matrix of a linear map from the flattened input to the flattened output."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Matrix:
    """`values` `[outputs, inputs]` of the first channels; `total` is the size of the whole matrix.

    `tiles` is the size of the part that leads from one channel to one channel.  `refusal` says why there is none.
    """

    block: str
    values: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    total: tuple[int, int] = (0, 0)
    tiles: tuple[int, int] = (0, 0)
    refusal: str = ""
