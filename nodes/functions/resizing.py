"""Pooling to a given size, over everything, and up-sampling: for signals, images and volumes."""

from __future__ import annotations

from typing import Any

from nodes.block import Function, block, setting
from nodes.shapes import Shape, dimensions_of


@block
class AdaptiveAvgPool(Function):
    """Averages of as many windows as are wanted, of any input.  [B, C, ...] -> [B, C, size...].  Source: LeCun 2018, pooling."""

    section = "Pooling"
    title = "adaptive average"
    mark = "avg→n"
    label = "avg({0})"
    formula = "zₖ = average of sⱼ from ⌊k n/size⌋ to ⌈(k + 1) n/size⌉"
    gradient = "∂C/∂sⱼ = Σ ∂C/∂zₖ / (places of the window of k) over the windows k that contain j"
    size: int = setting(1, low=1, high=10_000, help="how many windows in every dimension")

    def build(self, z: Shape) -> Any:
        from torch import nn

        layers = (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d)
        return layers[dimensions_of("adaptive_avg_pool", z) - 1](self.size)


@block
class AdaptiveMaxPool(Function):
    """Largest values of as many windows as are wanted, of any input.  [B, C, ...] -> [B, C, size...].  Source: LeCun 2018, pooling."""

    section = "Pooling"
    title = "adaptive max"
    mark = "max→n"
    label = "max({0})"
    formula = "zₖ = max of sⱼ from ⌊k n/size⌋ to ⌈(k + 1) n/size⌉"
    gradient = "∂C/∂sⱼ = Σ ∂C/∂zₖ over the windows k whose largest value is j"
    size: int = setting(1, low=1, high=10_000, help="how many windows in every dimension")

    def build(self, z: Shape) -> Any:
        from torch import nn

        layers = (nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d)
        return layers[dimensions_of("adaptive_max_pool", z) - 1](self.size)


@block
class GlobalAvgPool(Function):
    """Average of each channel over all places.  [B, C, ...] -> [B, C].  Source: LeCun 2018, pooling of residual nets."""

    section = "Pooling"
    title = "global average"
    mark = "avg∀"
    label = "avg({0})"
    formula = "z_c = (1/n) Σ s_cj over all n places j"
    gradient = "∂C/∂s_cj = (1/n) ∂C/∂z_c"

    def build(self, z: Shape) -> Any:
        from nodes.modules.reduction import Mean

        return Mean(tuple(range(2, 2 + dimensions_of("global_avg_pool", z))), False)


@block
class GlobalMaxPool(Function):
    """Largest value of each channel over all places.  [B, C, ...] -> [B, C].  Source: LeCun 2013, max pooling over a whole image.

    Of equally large values, each gets an equal part of the gradient.
    """

    section = "Pooling"
    title = "global max"
    mark = "max∀"
    label = "max({0})"
    formula = "z_c = max s_cj over all places j"
    gradient = "∂C/∂s_cj = ∂C/∂z_c where s_cj is the largest, 0 elsewhere"

    def build(self, z: Shape) -> Any:
        from nodes.modules.reduction import Maximum

        return Maximum(tuple(range(2, 2 + dimensions_of("global_max_pool", z))), False)


@block
class Upsample(Function):
    """The same signal, image or volume at a finer scale.  [B, C, ...] -> [B, C, factor · ...].  Source: LeCun 2020, bilinear up-sampling of U-Net."""

    section = "Pooling"
    title = "up-sampling"
    mark = "↑"
    label = "{0}↑"
    formula = "z_j = s at j/factor: the nearest, or between its neighbours"
    gradient = "∂C/∂s_k = Σ ∂C/∂z_j · the share of s_k in z_j"
    factor: int = setting(2, low=1, high=1_000, help="how many times larger, in every dimension")
    how: str = setting(
        "nearest",
        choices=("nearest", "linear"),
        help="repeats the nearest value, or goes linearly (images: bilinear) from one to the next",
    )

    def written(self) -> str:
        return f"{self.label}{self.factor}"

    def build(self, z: Shape) -> Any:
        from torch import nn

        smooth = ("linear", "bilinear", "trilinear")[dimensions_of("upsample", z) - 1]
        return nn.Upsample(
            scale_factor=self.factor, mode="nearest" if self.how == "nearest" else smooth
        )
