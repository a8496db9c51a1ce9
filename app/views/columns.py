"""Columns of histograms as they arrive, in bounded memory: when the room is full every second one goes.  No Qt."""

from __future__ import annotations

import numpy as np

from runtime.figures.columns import IN_DECADES, Column, Spread

MOST = 200  # columns
CELLS = 48  # of a heat map, from the lowest shown value to the highest
LOWEST, HIGHEST = -10.0, 2.0  # decades that are shown at the most


class Columns:
    """What was seen of a run, from the moment it was looked at."""

    def __init__(self) -> None:
        self._columns: list[Column] = []
        self._every = 1  # of the columns that come, so many are one that is kept
        self._passed = 0

    def __len__(self) -> int:
        return len(self._columns)

    def add(self, column: Column) -> bool:
        """Takes a column; whether it is kept.  One of the last step again is none; an earlier step begins anew."""
        if self._columns and column.step < self._columns[-1].step:
            self.__init__()  # type: ignore[misc]
        if self._columns and column.step == self._columns[-1].step:
            return False
        self._passed += 1
        if self._passed % self._every and self._columns:
            return False
        if len(self._columns) >= MOST:
            self._columns = self._columns[::2]
            self._every *= 2
        self._columns.append(column)
        return True

    def cut(self, step: int) -> None:
        """The run goes on from this step: what came after it is forgotten."""
        self._columns = [c for c in self._columns if c.step <= step]

    @property
    def steps(self) -> np.ndarray:
        """The step of each column."""
        return np.array([c.step for c in self._columns], np.int64)

    def keys(self, kind: str) -> list[str]:
        """The rows that the last column has of a kind, along the flow; updates are missing where none was made."""
        for column in reversed(self._columns):
            if found := column.spreads.get(kind):
                return list(found)
        return []

    def spreads(self, kind: str, key: str) -> list[Spread | None]:
        """One for each column, None where there is none."""
        return [c.spreads.get(kind, {}).get(key) for c in self._columns]

    def quantiles(self, kind: str, key: str) -> np.ndarray:
        """`[columns, 5]`, not a number where there is none."""
        blank = np.full(5, np.nan)
        found = [s.quantiles if s is not None else blank for s in self.spreads(kind, key)]
        return np.array(found, float).reshape(-1, 5)

    def ratios(self, key: str) -> np.ndarray:
        """‖Δw‖ / ‖w‖ of a block for each column, not a number where nothing was updated."""
        return np.array([c.ratios.get(key, np.nan) for c in self._columns], float)

    def bounds(self, kind: str, key: str) -> tuple[float, float]:
        """The lowest and the highest value that a heat map shows: around the quantiles of all columns."""
        quantiles = self.quantiles(kind, key)
        sound = quantiles[np.isfinite(quantiles).all(axis=1)]
        if not len(sound):
            return (LOWEST, HIGHEST) if kind in IN_DECADES else (-1.0, 1.0)
        low, high = float(sound[:, 0].min()), float(sound[:, 4].max())
        room = max(0.35 * (high - low), 0.5 if kind in IN_DECADES else 1e-6 + 1e-3 * abs(high))
        return low - room, high + room

    def cells(self, kind: str, key: str, low: float, high: float) -> np.ndarray:
        """`[CELLS, columns]` of shares of a column's values, the largest of each column 1; the first row is the highest."""
        edges = np.linspace(low, high, CELLS + 1)
        found = np.zeros((CELLS, len(self._columns)))
        for n, spread in enumerate(self.spreads(kind, key)):
            if spread is not None:
                found[:, n] = _rebinned(spread, edges)[::-1]
        tallest = found.max(axis=0, keepdims=True)
        return np.divide(found, tallest, out=np.zeros_like(found), where=tallest > 0)


def _rebinned(spread: Spread, edges: np.ndarray) -> np.ndarray:
    """The counts of a histogram between other edges, spread evenly within its own bins."""
    own = spread.histogram
    if own.high <= own.low:  # all values are the same: they lie in one cell
        return np.histogram([own.low], edges)[0].astype(float) * float(own.counts.sum())
    borders = np.linspace(own.low, own.high, len(own.counts) + 1)
    below = np.concatenate([[0.0], np.cumsum(own.counts, dtype=float)])
    return np.diff(np.interp(edges, borders, below))
