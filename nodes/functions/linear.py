"""Blocks that are linear in their input and in their weights."""

from __future__ import annotations

from typing import Any

from nodes.block import Function, Trainable, Weighted, block, setting
from nodes.shapes import Shape, channels_of, numbers_of, shown


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

        return nn.Linear(numbers_of("linear", z), self.units, bias=self.bias)


@block
class LowRank(Weighted):
    """Weighted sum whose matrix is the product of two thin ones.  [B, ..., n] -> [B, ..., units].  Source: course notes 2020, few parameters."""

    section = "Linear"
    title = "low-rank linear"
    mark = "UVx"
    label = "UV{0}"
    symbol = "s"
    formula = "s = U V z + b"
    gradient = "∂C/∂z = V′U′ g,  ∂C/∂U = g (Vz)′,  ∂C/∂V = U′g z′,  ∂C/∂b = g,  g = ∂C/∂s"
    flanks = ("left", "right", "bias")
    units: int = setting(10, low=1, high=10_000_000, help="number of outputs")
    rank: int = setting(
        4, low=1, high=10_000_000, help="columns of U, rows of V: the numbers in between"
    )
    bias: bool = setting(True, help="whether a constant b is added to each output")

    def build(self, z: Shape) -> Any:
        from nodes.modules.linear import LowRank as Factored

        return Factored(numbers_of("low_rank", z), self.rank, self.units, self.bias)


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

        return Added(channels_of("bias", z), len(z) - 2)


@block
class Bilinear(Weighted):
    """Weighted sum of all products of a number of one input with one of the other.  [B, ..., n], [B, ..., m] -> [B, ..., units].  Source: LeCun 2020, multiplicative interaction."""

    section = "Linear"
    mark = "x′Wy"
    label = "{0}′{w}{1}"
    symbol = "s"
    formula = "sₖ = z₁′ Wₖ z₂ + bₖ"
    gradient = "∂C/∂z₁ = Σₖ gₖ Wₖ z₂,  ∂C/∂z₂ = Σₖ gₖ Wₖ′ z₁,  ∂C/∂Wₖ = gₖ z₁ z₂′,  g = ∂C/∂s"
    flanks = ("weight", "bias")
    units: int = setting(10, low=1, high=10_000_000, help="number of outputs")
    bias: bool = setting(True, help="whether a constant b is added to each output")

    def build(self, z1: Shape, z2: Shape) -> Any:
        from torch import nn

        if z1[:-1] != z2[:-1]:
            raise ValueError(
                f"bilinear needs inputs that differ along the last axis only, not {shown(z1)} and {shown(z2)}."
            )
        n, m = numbers_of("bilinear", z1), numbers_of("bilinear", z2)
        return nn.Bilinear(n, m, self.units, bias=self.bias)


@block
class Embedding(Weighted):
    """A learned vector for each number of a vocabulary.  [B, ...] of whole numbers -> [B, ..., units].  Source: LeCun 2018, word embedding."""

    section = "Linear"
    mark = "W[k]"
    label = "{w}[{0}]"
    symbol = "s"
    formula = "s = W_k, row k of W"
    gradient = "∂C/∂W_k = Σ ∂C/∂s over the places where k stands"
    flanks = ("weight",)
    count: int = setting(
        100, low=1, high=100_000_000, help="size of the vocabulary: numbers from 0 to count − 1"
    )
    units: int = setting(10, low=1, high=10_000_000, help="length of each vector")

    def build(self, z: Shape) -> Any:
        from nodes.modules.linear import Embedding as Table

        return Table(self.count, self.units)
