"""The final numbers of a run: loss and accuracy of every part, over the whole part where that does not take too long."""

from __future__ import annotations

import math
import time

from runtime.run import Run

SOME = 512  # samples that a part is judged by first
PATIENCE = 0.5  # seconds that the whole of a part may take: whoever resets waits for it


def final_numbers(run: Run, patience: float = PATIENCE) -> dict[str, dict[str, float]]:
    """By part: "loss", "accuracy" (0..1) where it has a meaning, and on how many "samples" they were found."""
    found: dict[str, dict[str, float]] = {}
    for part in ("validation", "test", "training"):
        whole = len(getattr(run.batches.parts, part))
        began = time.perf_counter()
        numbers, samples = run.evaluate(part, SOME), min(SOME, whole)
        taken = time.perf_counter() - began
        if samples < whole and taken * whole / samples <= patience:
            numbers, samples = run.evaluate(part), whole
        finite = {name: value for name, value in numbers.items() if math.isfinite(value)}
        if finite:
            found[part] = {**finite, "samples": samples}
    return found
