"""What the views of pictures show: banks of filters, feature maps, and the patches that excite a unit most."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

FULL = 127  # the level that stands for `extent`


@dataclass(frozen=True)
class Bank:
    """Small pictures in rows and columns: filters (out × in), or feature maps.

    `levels` is int8 `[rows, columns, height, width]`, FULL at the value `extent` and 0 at 0, or uint8
    `[rows, 1, height, width, 3]` for colours, 128 at 0.  `total` counts the rows and columns that there are.
    """

    block: str
    levels: np.ndarray
    extent: float
    total: tuple[int, int]
    sample: int = -1  # whose maps they are
    given: np.ndarray | None = None  # that sample, uint8 `[height, width]` or `[height, width, 3]`


@dataclass(frozen=True)
class Patches:
    """The patches of the inputs that give the largest activations, channel by channel.

    `pictures` is uint8 `[channels, k, height, width]`, or with 3 colours at the end; `values` `[channels, k]` falls
    along k; `samples` `[channels, k]` are sample numbers; `corners` `[channels, k, 2]` (row, column) say where in the
    image of size `image` a patch begins, which may lie outside.  `refusal` says why there are none.
    """

    block: str
    pictures: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 0, 0), np.uint8))
    values: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    samples: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    corners: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 2), np.int64))
    image: tuple[int, int] = (0, 0)
    channels: int = 0  # that there are
    looked: int = 0  # samples that were looked at
    filters: Bank | None = None  # one picture a channel
    refusal: str = ""
