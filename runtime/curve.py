"""A curve of bounded memory: the longer the run, the coarser its points."""

from __future__ import annotations

import numpy as np

CAPACITY = 4_000  # points kept at most


class Curve:
    """Rows (x, y) as they come in, x rising.  Beyond `capacity` points, pairs are averaged into one, again and again."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._rows = np.zeros((capacity, 2))
        self._count = 0
        self._stride = 1  # rows that one point is the mean of
        self._rest = np.zeros((0, 2))

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> np.ndarray:
        """The points, `[N, 2]`."""
        return self._rows[: self._count]

    @property
    def stride(self) -> int:
        """How many rows one point is the mean of."""
        return self._stride

    def clear(self) -> None:
        """Forgets everything."""
        self.__init__(self._capacity)  # type: ignore[misc]

    def extend(self, rows: np.ndarray) -> None:
        """Takes new rows, `[n, 2]`; rows with a value that is not finite are left out."""
        fresh = np.asarray(rows, dtype=float).reshape(-1, 2)
        fresh = np.concatenate([self._rest, fresh[np.isfinite(fresh).all(axis=1)]])
        while len(fresh) >= self._stride:
            room = (self._capacity - self._count) * self._stride
            if room == 0:
                self._halve()
                continue
            take = min(len(fresh), room) // self._stride * self._stride
            points = fresh[:take].reshape(-1, self._stride, 2).mean(axis=1)
            self._rows[self._count : self._count + len(points)] = points
            self._count += len(points)
            fresh = fresh[take:]
        self._rest = fresh

    def _halve(self) -> None:
        even = self._count // 2 * 2
        points = self._rows[:even].reshape(-1, 2, 2).mean(axis=1)
        self._rows[: len(points)] = points
        self._count = len(points)
        self._stride *= 2
