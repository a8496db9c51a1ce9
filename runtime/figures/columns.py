"""How weights, activations, gradients and updates are spread at one step: a column of their histograms over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from runtime.snapshot import Histogram

KINDS = ("weights", "activations", "gradients", "updates")
IN_DECADES = ("gradients", "updates")  # of these the magnitudes are shown, as log10
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Spread:
    """A histogram, and the values of QUANTILES; both in decades for the kinds IN_DECADES, where exact zeros are left out."""

    histogram: Histogram
    quantiles: np.ndarray


@dataclass(frozen=True)
class Column:
    """What one step gives: `spreads` by kind, and in it by block id for weights, updates and ∂C/∂w, by pin for variables.

    `ratios` is ‖Δw‖ / ‖w‖ of this step's update by block id; it and the updates are empty when nothing was updated.
    """

    step: int
    spreads: Mapping[str, Mapping[str, Spread]] = field(default_factory=dict)
    ratios: Mapping[str, float] = field(default_factory=dict)
