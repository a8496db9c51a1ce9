"""The decades between which the strength of what runs along the wires is shown; they follow what is there.  No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

FEWEST, MOST = 3, 9  # decades that a scale spans
SLACK = 2  # decades by which a scale may be wider than what is there before it is narrowed


class Scale(NamedTuple):
    """From log10 of the weakest norm that is told apart to that of the strongest, in whole decades."""

    low: int
    high: int

    def part(self, norm: float) -> float:
        """Where a positive norm lies: 0 at the weakest or below, 1 at the strongest or above."""
        return min(max((math.log10(norm) - self.low) / (self.high - self.low), 0.0), 1.0)


AT_FIRST = Scale(-6, 0)


def fitted(norms: Sequence[float], before: Scale = AT_FIRST) -> Scale:
    """The scale that holds these norms: the one before while it does and is not much too wide, so that it stands still.

    Zeros and what is not finite are left out; of more than MOST decades the strongest are kept.
    """
    sizes = [math.log10(n) for n in norms if n > 0.0 and math.isfinite(n)]
    if not sizes:
        return before
    low, high = math.floor(min(sizes)), math.ceil(max(sizes))
    if high - low < FEWEST:
        low = high - FEWEST
    low = max(low, high - MOST)
    holds = before.low <= low and before.high >= high
    if holds and low - before.low <= SLACK and before.high - high <= SLACK:
        return before
    return Scale(low, high)
