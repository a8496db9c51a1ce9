"""Blocks that are linear in their input and in their weights."""

from __future__ import annotations

from typing import Any

from nodes.block import Function, Trainable, Weighted, block, setting
from nodes.shapes import Shape, shown


@block
class Linear(Weighted):
    """Weighted sum of every input.  [B, ..., n] -> [B, ..., units].  Source: LeCun 2024, traditional neural net."""

    section = "Linear"
    mark = "Wx"
    label = "{w}{0}"
    symbol = "s"
    formula = "s = W z + b"
    gradient = "∂C/∂z = W′ ∂C/∂s,  ∂C/∂W = ∂C/∂s z′,  ∂C/∂b = ∂C/∂s"
    flanks = ("weight", "bias")
    units: int = setting(10, low=1, high=10_000_000, help="number of outputs")
    bias: bool = setting(True, help="whether a constant b is added to each output")

    def build(self, z: Shape) -> Any:
        from torch import nn

        if len(z) < 2:
            raise ValueError(
                f"linear needs inputs [B, ..., n], not {shown(z)}; put a flatten before it."
            )
        return nn.Linear(z[-1], self.units, bias=self.bias)


@block
class Bias(Trainable, Function):
    """One learned constant added to each channel.  [B, n, ...] -> [B, n, ...].  Source: LeCun 2013, back-propagation to a bias."""

    section = "Linear"
    mark = "x+b"
    label = "{0}+b"
    symbol = "s"
    formula = "s = z + b"
    gradient = "∂C/∂z = ∂C/∂s,  ∂C/∂b = Σ ∂C/∂s"
    flanks = ("bias",)

    def build(self, z: Shape) -> Any:
        from nodes.modules.bias import Bias as Added

        if len(z) < 2:
            raise ValueError(
                f"bias needs inputs [B, n, ...], not {shown(z)}; put a flatten before it."
            )
        return Added(z[1], len(z) - 2)
