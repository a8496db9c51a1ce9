"""Units that cannot learn any more: dead ReLUs, and sigmoids and tanhs at their ends."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from runtime.figures.findings import Finding
from runtime.finders.case import Case

FLAT = ("relu", "relu6", "threshold")  # kinds that give 0, and pass nothing back, on one side
ENDS = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0), "hard_tanh": (-1.0, 1.0)}
DEAD, SATURATED = 0.5, 0.8  # shares from which it is told
NEAR = 0.02  # of the way between both ends


def dead(case: Case) -> Iterator[Finding | None]:
    """Layers of which at least half of the units give 0 for every sample."""
    if case.learned:
        return
    for name, stage in case.run.program.stages.items():
        value = case.value(name)
        if stage.block.kind not in FLAT or value is None or value.dim() < 2:
            continue
        units = _by_unit(value)
        count = int((units == 0).all(0).sum())
        yield None
        if count >= DEAD * units.shape[1]:
            yield Finding(
                "dead",
                name,
                f"Dead units: {count} of {units.shape[1]} units of {name} give 0 for every sample.",
                f"{count / units.shape[1]:.0%} of the units are 0 on all of {len(value)} samples; their gradient is 0 too",
                "Lower the rate and reset, normalize the inputs, or take leaky ReLUs.",
            )


def saturated(case: Case) -> Iterator[Finding | None]:
    """Layers whose values lie nearly all at the ends of the function, where its slope is next to 0."""
    if case.learned:
        return
    answers = {pin.block for pin in case.run.program.answers}
    for name, stage in case.run.program.stages.items():
        value, ends = case.value(name), ENDS.get(stage.block.kind)
        if value is None or ends is None or name in answers:
            continue
        low, high = ends
        reach = NEAR * (high - low)
        share = float(((value < low + reach) | (value > high - reach)).double().mean())
        yield None
        if share >= SATURATED:
            yield Finding(
                "saturated",
                name,
                f"{name} is saturated: its slope is next to 0, so hardly any gradient passes.",
                f"{share:.0%} of its values lie within {reach:.2g} of {low:g} or {high:g}",
                "Make the first weights smaller, normalize the inputs, or lower the rate, then reset.",
            )


def _by_unit(value: torch.Tensor) -> torch.Tensor:
    """`[samples and places, units]`: channels of maps, else every number of a sample."""
    if value.dim() == 4:
        return value.transpose(0, 1).flatten(1).T
    return value.flatten(1)
