"""Blocks that behave differently in training and in test: batch norm and dropout."""

from __future__ import annotations

from typing import Any

from nodes.block import Function, Trainable, block, setting
from nodes.shapes import Shape, shown


@block
class BatchNorm(Trainable, Function):
    """Each channel brought to mean β and deviation γ over the batch; in test over all that was seen.  [B, C, ...] -> [B, C, ...].  Source: LeCun 2018, batch normalization."""

    section = "Pooling, normalization"
    mark = "BN"
    label = "BN({0})"
    symbol = "s"
    formula = "ŝ = γ (s − μ) / √(σ² + ε) + β"
    gradient = (
        "∂C/∂s = γ/√(σ² + ε) · (g − mean(g) − n · mean(n g)),  g = ∂C/∂ŝ,  n = (s − μ)/√(σ² + ε)"
    )
    flanks = ("weight", "bias")
    eps: float = setting(1e-5, low=1e-12, high=1e6, help="ε, added to the variance", step="log")
    momentum: float = setting(
        0.1, low=0.0, high=1.0, help="share of a new batch in the running mean and variance"
    )

    def build(self, z: Shape) -> Any:
        from torch import nn

        if not 2 <= len(z) <= 5:
            raise ValueError(
                f"batch_norm needs inputs [B, C] to [B, C, depth, height, width], not {shown(z)}."
            )
        layer = (nn.BatchNorm1d, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)[len(z) - 2]
        return layer(z[1], eps=self.eps, momentum=self.momentum)


@block
class Dropout(Function):
    """Numbers set to zero at random while training, the others made larger to keep the mean.  [B, ...] -> [B, ...].  Source: LeCun 2013, dropout."""

    section = "Pooling, normalization"
    mark = "drop"
    label = "drop({0})"
    formula = "z = m · s / (1 − p),  P(m = 0) = p;  z = s in test"
    gradient = "∂C/∂s = ∂C/∂z · m / (1 − p)"
    p: float = setting(0.5, low=0.0, high=1.0, help="probability of being set to zero")

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.Dropout(self.p)
