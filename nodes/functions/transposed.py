"""Transposed convolutions: each number sends a filter to the output, which grows."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from nodes.block import Weighted, block, setting
from nodes.shapes import Shape, check_images, groups_of


@dataclasses.dataclass(frozen=True)
class TransposedConvolution(Weighted):
    """A convolution backwards: what a convolution's gradient with respect to its input does."""

    section = "Convolution"
    mark = "W∗′x"
    label = "{w}∗′{0}"
    symbol = "s"
    formula = "s = Σ W z at every place, laid over each other, + b"
    gradient = "∂C/∂z = W ∗ ∂C/∂s,  ∂C/∂W = ∂C/∂s ∗ z,  ∂C/∂b = Σ ∂C/∂s"
    flanks = ("weight", "bias")
    dimensions: ClassVar[int]
    channels: int = setting(16, low=1, high=1_000_000, help="number of maps it gives")
    kernel: int = setting(2, low=1, high=10_000, help="width of the filters in every dimension")
    stride: int = setting(
        2, low=1, high=10_000, help="how far apart the filters of two neighbours are laid"
    )
    padding: int = setting(0, low=0, high=10_000, help="how much is cut off on every side")
    extra: int = setting(
        0, low=0, high=10_000, help="how much is added at the end, less than the stride"
    )
    dilation: int = setting(1, low=1, high=10_000, help="distance between a filter's taps")
    groups: int = setting(
        1,
        low=0,
        high=1_000_000,
        help="parts into which channels are divided, each with its own filters; 0: every channel (depth-wise)",
    )
    bias: bool = setting(True, help="whether a constant b is added to each map")

    def build(self, z: Shape) -> Any:
        from torch import nn

        check_images(self.kind, z, self.dimensions)
        if self.extra >= max(self.stride, self.dilation):
            raise ValueError(
                f"{self.kind}: extra {self.extra} must be smaller than the stride or the dilation."
            )
        grown = self.dilation * (self.kernel - 1) + self.extra + 1 - 2 * self.padding
        if any(self.stride * (size - 1) + grown < 1 for size in z[2:]):
            raise ValueError(
                f"{self.kind}: a padding of {self.padding} leaves nothing of the output."
            )
        layer = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)[self.dimensions - 1]
        return layer(
            z[1],
            self.channels,
            self.kernel,
            stride=self.stride,
            padding=self.padding,
            output_padding=self.extra,
            groups=groups_of(self.kind, z[1], self.channels, self.groups),
            bias=self.bias,
            dilation=self.dilation,
        )


@block
class ConvTranspose1d(TransposedConvolution):
    """Filters laid side by side into a longer signal.  [B, channels in, length] -> [B, channels, length'].  Source: LeCun 2020, U-Net."""

    title = "transposed conv. 1-D"
    dimensions = 1


@block
class ConvTranspose2d(TransposedConvolution):
    """Filters laid side by side into a larger image.  [B, channels in, height, width] -> [B, channels, height', width'].  Source: LeCun 2020, U-Net."""

    title = "transposed conv. 2-D"
    dimensions = 2


@block
class ConvTranspose3d(TransposedConvolution):
    """Filters laid side by side into a larger volume.  [B, channels in, depth, height, width] -> [B, channels, depth', height', width'].  Source: LeCun 2020, U-Net."""

    title = "transposed conv. 3-D"
    dimensions = 3
