"""Fields too large to lie in memory as numbers: read by rows when they are asked for."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

import numpy as np

LARGE = 8_000_000  # values above which a field is a stream


class Stream:
    """A field `[N, ...]` of float64 whose samples are made when they are asked for: `stream[rows]` is an array.

    It may be read by several threads.
    """

    dtype = np.dtype(np.float64)

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """Axes, that of the samples included."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Values in all samples."""
        return math.prod(self.shape)

    def __getitem__(self, rows: Any) -> np.ndarray:
        numbers = np.arange(len(self))[rows]
        found = self.fetch(np.atleast_1d(numbers))
        return found if np.ndim(numbers) else found[0]

    @abstractmethod
    def fetch(self, numbers: np.ndarray) -> np.ndarray:
        """The samples of these numbers, `[n, ...]` float64.  Raises DataError."""


class Pixels(Stream):
    """Bytes 0 … 255 that stand for 0 … 1."""

    def __init__(self, values: np.ndarray) -> None:
        super().__init__(values.shape)
        self.values = values

    def fetch(self, numbers: np.ndarray) -> np.ndarray:
        return self.values[numbers] / 255.0


def as_pixels(values: np.ndarray) -> Any:
    """Bytes as numbers from 0 to 1: an array, or a stream when they are many."""
    return Pixels(values) if values.size > LARGE else values / 255.0
