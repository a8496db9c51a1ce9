"""Normalization with learned scale and shift: over the batch, a layer, groups of channels, one channel."""

from __future__ import annotations

import math
from typing import Any

from nodes.block import Function, Trainable, block, setting
from nodes.shapes import Shape, channels_of, dimensions_of, shown

_GRADIENT = (
    "∂C/∂s = (g − mean(g) − n · mean(n g)) / √(σ² + ε),  g = γ ∂C/∂ŝ,  n = (s − μ)/√(σ² + ε)"
)


@block
class BatchNorm(Trainable, Function):
    """Each channel brought to mean β and deviation γ over the batch; in test over all that was seen.  [B, C, ...] -> [B, C, ...].  Source: LeCun 2018, batch normalization."""

    section = "Normalization"
    mark = "BN"
    label = "BN({0})"
    symbol = "s"
    formula = "ŝ = γ (s − μ) / √(σ² + ε) + β"
    gradient = _GRADIENT
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
class LayerNorm(Trainable, Function):
    """All numbers along the last axes brought to mean β and deviation γ, sample by sample.  [B, ..., n] -> [B, ..., n].  Source: LeCun 2018, layer normalization."""

    section = "Normalization"
    mark = "LN"
    label = "LN({0})"
    symbol = "s"
    formula = "ŝ = γ (s − μ) / √(σ² + ε) + β, μ and σ² over the last axes"
    gradient = _GRADIENT
    flanks = ("weight", "bias")
    axes: int = setting(1, low=1, high=8, help="how many of the last axes are normalized together")
    eps: float = setting(1e-5, low=1e-12, high=1e6, help="ε, added to the variance", step="log")
    affine: bool = setting(True, help="whether γ and β are learned, or 1 and 0")

    def build(self, z: Shape) -> Any:
        from torch import nn

        if self.axes >= len(z):
            raise ValueError(
                f"layer_norm: {shown(z)} has {len(z) - 1} axes after the batch; choose at most as many axes."
            )
        return nn.LayerNorm(z[-self.axes :], eps=self.eps, elementwise_affine=self.affine)


@block
class GroupNorm(Trainable, Function):
    """Groups of channels brought to mean β and deviation γ, sample by sample.  [B, C, ...] -> [B, C, ...].  Source: LeCun 2018, group normalization."""

    section = "Normalization"
    mark = "GN"
    label = "GN({0})"
    symbol = "s"
    formula = "ŝ = γ (s − μ) / √(σ² + ε) + β, μ and σ² over each group and all places"
    gradient = _GRADIENT
    flanks = ("weight", "bias")
    groups: int = setting(2, low=1, high=1_000_000, help="into how many the channels are divided")
    eps: float = setting(1e-5, low=1e-12, high=1e6, help="ε, added to the variance", step="log")
    affine: bool = setting(True, help="whether γ and β are learned, or 1 and 0")

    def build(self, z: Shape) -> Any:
        from torch import nn

        channels = channels_of("group_norm", z)
        if channels % self.groups:
            raise ValueError(
                f"group_norm: {channels} channels cannot be divided into {self.groups} groups."
            )
        return nn.GroupNorm(self.groups, channels, eps=self.eps, affine=self.affine)


@block
class InstanceNorm(Trainable, Function):
    """Each channel of each sample brought to mean 0 and deviation 1.  [B, C, ...] -> [B, C, ...].  Source: LeCun 2020, InstanceNorm in U-Net."""

    section = "Normalization"
    mark = "IN"
    label = "IN({0})"
    symbol = "s"
    formula = "ŝ = γ (s − μ) / √(σ² + ε) + β, μ and σ² over all places"
    gradient = _GRADIENT
    flanks = ("weight", "bias")
    eps: float = setting(1e-5, low=1e-12, high=1e6, help="ε, added to the variance", step="log")
    affine: bool = setting(False, help="whether γ and β are learned, or 1 and 0")

    def build(self, z: Shape) -> Any:
        from torch import nn

        dimensions = dimensions_of("instance_norm", z)
        if math.prod(z[2:]) < 2:
            raise ValueError(f"instance_norm needs more than one place a channel, not {shown(z)}.")
        layer = (nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)[dimensions - 1]
        return layer(z[1], eps=self.eps, affine=self.affine)
