"""Elementary functions of each number: abs, square, exp, log, scale, shrinkage, sign."""

from __future__ import annotations

from typing import Any

from nodes.block import Function, Trainable, block, setting
from nodes.shapes import Shape, channels_of
from nodes.written import number


@block
class Abs(Function):
    """Magnitude.  [B, ...] -> [B, ...].  Source: LeCun 2013, rectification."""

    section = "Non-linearity"
    title = "magnitude"
    mark = "| |"
    label = "|{0}|"
    formula = "z = |s|"
    gradient = "∂C/∂s = ∂C/∂z · sign(s)"

    def build(self, z: Shape) -> Any:
        import torch

        return torch.abs


@block
class Square(Function):
    """Square of each number.  [B, ...] -> [B, ...].  Source: LeCun 2013, L2 pooling."""

    section = "Non-linearity"
    mark = "( )²"
    label = "({0})²"
    formula = "z = s²"
    gradient = "∂C/∂s = 2 s ∂C/∂z"

    def build(self, z: Shape) -> Any:
        import torch

        return torch.square


@block
class Exp(Function):
    """Exponential of each number.  [B, ...] -> [B, ...].  Source: LeCun 2020, from energies to probabilities."""

    section = "Non-linearity"
    title = "exponential"
    mark = "exp"
    label = "exp({0})"
    formula = "z = exp(s)"
    gradient = "∂C/∂s = z ∂C/∂z"

    def build(self, z: Shape) -> Any:
        import torch

        return torch.exp


@block
class Log(Function):
    """Logarithm of each number, for positive numbers.  [B, ...] -> [B, ...].  Source: LeCun 2020, from probabilities to energies."""

    section = "Non-linearity"
    title = "logarithm"
    mark = "log"
    label = "log({0})"
    formula = "z = log(s)"
    gradient = "∂C/∂s = ∂C/∂z / s"

    def build(self, z: Shape) -> Any:
        import torch

        return torch.log


@block
class Scale(Function):
    """Each number times a constant, plus a constant; neither is learned.  [B, ...] -> [B, ...].  Source: LeCun 2013, dt in a step of time."""

    section = "Linear"
    title = "scale by constants"
    mark = "a·"
    label = "a·{0}+b"
    symbol = "s"
    formula = "s = a z + b"
    gradient = "∂C/∂z = a ∂C/∂s"
    factor: float = setting(1.0, low=-1e9, high=1e9, help="a")
    shift: float = setting(0.0, low=-1e9, high=1e9, help="b")

    def written(self) -> str:
        short = {1.0: "", -1.0: "−"}.get(self.factor, f"{number(self.factor)}·")
        if not self.shift:
            return (short or "1·") + "{0}"
        return f"{short}{{0}}{'+' * (self.shift > 0)}{number(self.shift)}"

    def build(self, z: Shape) -> Any:
        from nodes.modules.pointwise import Scale as Scaled

        return Scaled(self.factor, self.shift)


@block
class Softshrink(Trainable, Function):
    """Brings each number nearer to 0 by a threshold, to 0 if it is within; the threshold may be learned, one a channel.  [B, n, ...] -> [B, n, ...].  Source: LeCun 2013, shrinkage."""

    section = "Non-linearity"
    title = "shrinkage"
    mark = "shrink"
    label = "shrink({0})"
    formula = "z = sign(s) max(|s| − θ, 0)"
    gradient = "∂C/∂s = ∂C/∂z · 1[|s|>θ],  ∂C/∂θ = −Σ ∂C/∂z · sign(s) 1[|s|>θ]"
    flanks = ("theta",)
    theta: float = setting(0.5, low=0.0, high=1e6, help="θ, the threshold", step="log")
    learned: bool = setting(False, help="whether the thresholds are learned")

    def build(self, z: Shape) -> Any:
        from torch import nn

        from nodes.modules.pointwise import Shrinkage

        if not self.learned:
            return nn.Softshrink(self.theta)
        return Shrinkage(channels_of("softshrink", z), len(z) - 2, self.theta)


@block
class Sign(Function):
    """−1, 0 or +1.  [B, ...] -> [B, ...].  Source: LeCun 2024, the perceptron."""

    section = "Non-linearity"
    mark = "±1"
    label = "sgn({0})"
    formula = "z = sign(s)"
    gradient = "∂C/∂s = 0;  straight through: ∂C/∂s = ∂C/∂z"
    straight_through: bool = setting(
        False, help="whether the gradient passes as if the block were not there"
    )

    def build(self, z: Shape) -> Any:
        import torch

        from nodes.modules.pointwise import straight_through_sign

        return straight_through_sign if self.straight_through else torch.sign
