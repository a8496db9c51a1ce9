"""Convolutions over one, two and three dimensions."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from nodes.block import Weighted, block, setting
from nodes.shapes import Shape, check_images, check_window, groups_of


@dataclasses.dataclass(frozen=True)
class Convolution(Weighted):
    """A bank of filters that slides over signals, images or volumes."""

    section = "Convolution"
    mark = "W∗x"
    label = "{w}∗{0}"
    symbol = "s"
    formula = "s = W ∗ z + b"
    gradient = "∂C/∂z = W ⋆ ∂C/∂s (full),  ∂C/∂W = z ∗ ∂C/∂s,  ∂C/∂b = Σ ∂C/∂s"
    flanks = ("weight", "bias")
    dimensions: ClassVar[int]
    channels: int = setting(16, low=1, high=1_000_000, help="number of filters, each gives one map")
    kernel: int = setting(3, low=1, high=10_000, help="width of the filters in every dimension")
    stride: int = setting(
        1, low=1, high=10_000, help="how far the filters move from one output to the next"
    )
    padding: int = setting(0, low=0, high=10_000, help="zeros added on every side")
    dilation: int = setting(1, low=1, high=10_000, help="distance between a filter's taps")
    groups: int = setting(
        1,
        low=0,
        high=1_000_000,
        help="parts into which channels are divided, each seen by its own filters; 0: every channel (depth-wise)",
    )
    bias: bool = setting(True, help="whether a constant b is added to each map")

    def build(self, z: Shape) -> Any:
        from torch import nn

        check_images(self.kind, z, self.dimensions)
        check_window(self.kind, z, self.kernel, self.padding, self.dilation)
        groups = groups_of(self.kind, z[1], self.channels, self.groups)
        layer = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[self.dimensions - 1]
        return layer(
            z[1],
            self.channels,
            self.kernel,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=groups,
            bias=self.bias,
        )


@block
class Conv1d(Convolution):
    """Filters over signals.  [B, channels in, length] -> [B, channels, length'].  Source: LeCun 2013, convolutional networks."""

    title = "convolution 1-D"
    dimensions = 1


@block
class Conv2d(Convolution):
    """Filters over images.  [B, channels in, height, width] -> [B, channels, height', width'].  Source: LeCun 2013, convolutional networks."""

    title = "convolution 2-D"
    dimensions = 2


@block
class Conv3d(Convolution):
    """Filters over volumes.  [B, channels in, depth, height, width] -> [B, channels, depth', height', width'].  Source: LeCun 2013, convolutional networks."""

    title = "convolution 3-D"
    dimensions = 3
