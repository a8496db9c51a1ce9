"""Blocks that leave one number of all along an axis."""

from __future__ import annotations

import dataclasses
from typing import Any

from nodes.block import Function, block, setting
from nodes.shapes import Shape, axis_of
from nodes.written import lowered


@dataclasses.dataclass(frozen=True)
class OverAxis(Function):
    """One number for all along an axis."""

    section = "Combine"
    axis: int = setting(1, low=-8, high=8, help="the axis; 0 is the batch, 1 the channels")
    keep: bool = setting(False, help="whether the axis stays, with size 1")

    def written(self) -> str:
        return self.label if self.axis == 1 else self.label.replace("(", f"{lowered(self.axis)}(")

    def axes(self, z: Shape) -> tuple[int, ...]:
        """The axis counted from 0.  Raises ValueError when inputs of this shape lack it."""
        return (axis_of(self.kind, z, self.axis),)


@block
class MeanOver(OverAxis):
    """Average along an axis.  [B, n, ...] -> [B, ...].  Source: course notes 2020, average over samples."""

    title = "mean over an axis"
    mark = "mean"
    label = "mean({0})"
    formula = "z = (1/n) Σ sₖ over the n along the axis"
    gradient = "∂C/∂sₖ = (1/n) ∂C/∂z"

    def build(self, z: Shape) -> Any:
        from nodes.modules.reduction import Mean

        return Mean(self.axes(z), self.keep)


@block
class SumOver(OverAxis):
    """Sum along an axis.  [B, n, ...] -> [B, ...].  Source: LeCun 2020, attention as a weighted sum."""

    title = "sum over an axis"
    mark = "Σ"
    label = "Σ({0})"
    formula = "z = Σ sₖ over all along the axis"
    gradient = "∂C/∂sₖ = ∂C/∂z"

    def build(self, z: Shape) -> Any:
        from nodes.modules.reduction import Total

        return Total(self.axes(z), self.keep)


@block
class MaxOver(OverAxis):
    """Largest number along an axis.  [B, n, ...] -> [B, ...].  Source: LeCun 2013, max module."""

    title = "max over an axis"
    mark = "max"
    label = "max({0})"
    formula = "z = max sₖ over all along the axis"
    gradient = "∂C/∂sₖ = ∂C/∂z for the largest, 0 for the others"

    def build(self, z: Shape) -> Any:
        from nodes.modules.reduction import Maximum

        return Maximum(self.axes(z), self.keep)
