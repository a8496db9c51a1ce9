"""Blocks that make one variable out of several."""

from __future__ import annotations

from typing import Any

from nodes.block import Function, block, setting
from nodes.shapes import Shape, axis_of, shown, whole_of


@block
class Sum(Function):
    """Sum of its inputs; what has size 1, or no batch, is repeated.  [B, ...], ... -> [B, ...].  Source: LeCun 2018, residual networks."""

    section = "Combine"
    mark = "+"
    label = "{0}+{1}"
    symbol = "s"
    formula = "s = z₁ + z₂ + …"
    gradient = "∂C/∂zₖ = ∂C/∂s"

    def build(self, *z: Shape) -> Any:
        from nodes.modules.combined import sum_of

        whole_of("sum", z)
        return sum_of


@block
class Difference(Function):
    """First input minus the second; what has size 1, or no batch, is repeated.  [B, ...], [B, ...] -> [B, ...].  Source: LeCun 2013, an error signal."""

    section = "Combine"
    mark = "−"
    label = "{0}−{1}"
    symbol = "s"
    formula = "s = z₁ − z₂"
    gradient = "∂C/∂z₁ = ∂C/∂s,  ∂C/∂z₂ = −∂C/∂s"

    def build(self, z1: Shape, z2: Shape) -> Any:
        import torch

        whole_of("difference", (z1, z2))
        return torch.sub


@block
class Product(Function):
    """Product of its inputs, number by number; what has size 1, or no batch, is repeated.  [B, ...], ... -> [B, ...].  Source: LeCun 2020, multiplicative interaction."""

    section = "Combine"
    mark = "×"
    label = "{0}⊙{1}"
    symbol = "s"
    formula = "s = z₁ ⊙ z₂ ⊙ …"
    gradient = "∂C/∂zₖ = ∂C/∂s ⊙ the other inputs"

    def build(self, *z: Shape) -> Any:
        from nodes.modules.combined import product_of

        whole_of("product", z)
        return product_of


@block
class Division(Function):
    """First input over the second; what has size 1, or no batch, is repeated.  [B, ...], [B, ...] -> [B, ...].  Source: LeCun 2013, divisive normalization."""

    section = "Combine"
    mark = "÷"
    label = "{0}/{1}"
    symbol = "s"
    formula = "s = z₁ / z₂"
    gradient = "∂C/∂z₁ = ∂C/∂s / z₂,  ∂C/∂z₂ = −∂C/∂s · z₁ / z₂²"

    def build(self, z1: Shape, z2: Shape) -> Any:
        import torch

        whole_of("division", (z1, z2))
        return torch.div


@block
class Concat(Function):
    """Its inputs side by side along an axis.  [B, n, ...], [B, m, ...], ... -> [B, n + m + …, ...].  Source: LeCun 2013, multi-stage features."""

    section = "Combine"
    mark = "[ , ]"
    label = "[{0},{1}]"
    formula = "z = [z₁, z₂, …]"
    gradient = "∂C/∂zₖ = its part of ∂C/∂z"
    axis: int = setting(
        1, low=-8, high=8, help="axis along which they are joined; 0 is the batch, 1 the channels"
    )

    def build(self, *z: Shape) -> Any:
        from nodes.modules.combined import Concat as Joined

        axis = axis_of("concat", z[0], self.axis)
        rest = [(*shape[:axis], *shape[axis + 1 :]) for shape in z]
        if any(len(shape) != len(z[0]) for shape in z) or any(r != rest[0] for r in rest):
            raise ValueError(
                f"concat needs inputs that differ along axis {axis} only, not {' and '.join(map(shown, z[:4]))}."
            )
        return Joined(axis)
