"""Non-linearities: relu, tanh, sigmoid, softmax and its logarithm."""

from __future__ import annotations

from typing import Any

from nodes.block import Function, block, setting
from nodes.shapes import Shape, axis_of


@block
class Relu(Function):
    """Half-wave rectification.  [B, ...] -> [B, ...].  Source: LeCun 2018, rectified linear function."""

    section = "Non-linearity"
    mark = "( )⁺"
    label = "h({0})"
    formula = "z = max(s, 0)"
    gradient = "∂C/∂s = ∂C/∂z · 1[s>0]"

    def build(self, z: Shape) -> Any:
        import torch

        return torch.relu


@block
class Tanh(Function):
    """Hyperbolic tangent, from −1 to 1.  [B, ...] -> [B, ...].  Source: LeCun 2013, tanh module."""

    section = "Non-linearity"
    mark = "tanh"
    label = "tanh({0})"
    formula = "z = tanh(s)"
    gradient = "∂C/∂s = ∂C/∂z · (1 − z²)"

    def build(self, z: Shape) -> Any:
        import torch

        return torch.tanh


@block
class Sigmoid(Function):
    """Logistic function, from 0 to 1.  [B, ...] -> [B, ...].  Source: LeCun 2018, non-linear functions."""

    section = "Non-linearity"
    mark = "σ"
    label = "σ({0})"
    formula = "z = 1 / (1 + exp(−s))"
    gradient = "∂C/∂s = ∂C/∂z · z (1 − z)"

    def build(self, z: Shape) -> Any:
        import torch

        return torch.sigmoid


@block
class Softmax(Function):
    """Positive numbers that add up to 1 along an axis.  [B, n, ...] -> [B, n, ...].  Source: course notes 2020, softmax."""

    section = "Non-linearity"
    mark = "softmax"
    label = "softmax({0})"
    formula = "zₖ = exp(sₖ) / Σⱼ exp(sⱼ)"
    gradient = "∂C/∂s = z · (∂C/∂z − Σⱼ zⱼ ∂C/∂zⱼ)"
    axis: int = setting(
        1, low=-8, high=8, help="axis along which they add up to 1; 0 is the batch, 1 the channels"
    )

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.Softmax(dim=axis_of("softmax", z, self.axis))


@block
class LogSoftmax(Function):
    """Logarithm of the softmax, without overflow.  [B, n, ...] -> [B, n, ...].  Source: course notes 2020, log-softmax."""

    section = "Non-linearity"
    title = "log-softmax"
    mark = "log σ"
    label = "logsoft({0})"
    formula = "zₖ = sₖ − log Σⱼ exp(sⱼ)"
    gradient = "∂C/∂s = ∂C/∂z − exp(z) Σⱼ ∂C/∂zⱼ"
    axis: int = setting(
        1, low=-8, high=8, help="axis of the classes; 0 is the batch, 1 the channels"
    )

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.LogSoftmax(dim=axis_of("log_softmax", z, self.axis))
