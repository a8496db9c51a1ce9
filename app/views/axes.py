"""Axes with few, readable ticks: from data to pixels, linear or logarithmic."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from app.panels.numbers import number_text


@dataclass(frozen=True)
class Scale:
    """Maps data from `low` to `high` onto pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def pixels(self, values: np.ndarray | float) -> np.ndarray:
        """Where values lie."""
        low, high, data = self.low, self.high, np.asarray(values, dtype=float)
        if self.log:
            low, high = math.log10(low), math.log10(high)
            data = np.log10(np.maximum(data, 1e-300))
        shares: np.ndarray = (data - low) / ((high - low) or 1.0)
        return self.start + shares * (self.end - self.start)

    def value(self, pixel: float) -> float:
        """The data at a pixel."""
        share = (pixel - self.start) / ((self.end - self.start) or 1.0)
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return float(10 ** (low + share * (high - low)))
        return self.low + share * (self.high - self.low)


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """About `about` round numbers (1, 2, 5 times a power of ten apart) between `low` and `high`."""
    if not high > low:
        return [low]
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(f * power for f in (1, 2, 5, 10) if f * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{n * step:.12g}") for n in range(first, last + 1)]


def log_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Powers of ten between `low` and `high`, thinned to about `about`; with fewer than two, also 2 and 5 times them."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    powers = list(range(first, last + 1))
    if len(powers) < 2:
        fine = [f * 10.0**p for p in range(first - 1, last + 2) for f in (1, 2, 5)]
        return [float(f"{v:.6g}") for v in fine if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]
    thin = max(1, math.ceil(len(powers) / about))
    return [float(f"1e{p}") for p in powers[::thin]]


def tick_text(value: float) -> str:
    """A tick as short as it can be: 0.5, 2k, 1M, 1e-5."""
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= unit and abs(value) < 1000 * unit:
            return number_text(value / unit) + letter
    return number_text(float(value)).replace("-", "−") if value < 0 else number_text(float(value))
