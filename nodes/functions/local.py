"""Locally connected layers: local filters like a convolution's, but every place has its own."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from nodes.block import Weighted, block, setting
from nodes.shapes import Shape, check_images, check_window


@dataclasses.dataclass(frozen=True)
class LocallyConnected(Weighted):
    """Local receptive fields without shared weights."""

    section = "Convolution"
    mark = "Wᵢx"
    label = "{w}⋆{0}"
    symbol = "s"
    formula = "sᵢ = Wᵢ z[window of i] + bᵢ"
    gradient = "∂C/∂z[window of i] += Wᵢ′ ∂C/∂sᵢ,  ∂C/∂Wᵢ = ∂C/∂sᵢ z[window of i]′,  ∂C/∂b = ∂C/∂s"
    flanks = ("weight", "bias")
    dimensions: ClassVar[int]
    channels: int = setting(16, low=1, high=1_000_000, help="number of maps it gives")
    kernel: int = setting(3, low=1, high=10_000, help="width of the windows in every dimension")
    stride: int = setting(1, low=1, high=10_000, help="distance between two windows")
    padding: int = setting(0, low=0, high=10_000, help="zeros added on every side")
    bias: bool = setting(True, help="whether a constant b is added to each unit")

    def build(self, z: Shape) -> Any:
        from nodes.modules.local import Local

        check_images(self.kind, z, self.dimensions)
        check_window(self.kind, z, self.kernel, self.padding)
        return Local(z[1:], self.channels, self.kernel, self.stride, self.padding, self.bias)


@block
class Local1d(LocallyConnected):
    """Own filters at each place of a signal.  [B, channels in, length] -> [B, channels, length'].  Source: LeCun 2013, local connections."""

    title = "locally connected 1-D"
    dimensions = 1


@block
class Local2d(LocallyConnected):
    """Own filters at each place of an image.  [B, channels in, height, width] -> [B, channels, height', width'].  Source: LeCun 2013, local connections."""

    title = "locally connected 2-D"
    dimensions = 2
