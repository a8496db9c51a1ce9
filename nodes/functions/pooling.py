"""Pooling: one number for every window, the largest or the average."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from nodes.block import Function, block, setting
from nodes.shapes import Shape, check_images, check_pooling


@dataclasses.dataclass(frozen=True)
class Pooling(Function):
    """One number for every window of every channel."""

    section = "Pooling"
    dimensions: ClassVar[int]
    kernel: int = setting(2, low=1, high=10_000, help="width of the window in every dimension")
    stride: int = setting(0, low=0, high=10_000, help="how far the window moves; 0 means its width")
    padding: int = setting(
        0, low=0, high=10_000, help="added on every side, at most half the window"
    )

    def check(self, z: Shape) -> None:
        """Raises ValueError unless the window fits into images of this shape."""
        check_images(self.kind, z, self.dimensions)
        check_pooling(self.kind, z, self.kernel, self.padding)


@dataclasses.dataclass(frozen=True)
class MaxPooling(Pooling):
    """The largest value of every window."""

    mark = "max"
    label = "max({0})"
    formula = "zₖ = max sⱼ over the window of k"
    gradient = "∂C/∂sⱼ = Σ ∂C/∂zₖ over the windows k whose largest value is j"

    def build(self, z: Shape) -> Any:
        from torch import nn

        self.check(z)
        layer = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d)[self.dimensions - 1]
        return layer(self.kernel, self.stride or None, self.padding)


@dataclasses.dataclass(frozen=True)
class AveragePooling(Pooling):
    """The average of every window, its padding counted as zeros."""

    mark = "avg"
    label = "avg({0})"
    formula = "zₖ = (1/n) Σ sⱼ over the n places of the window of k"
    gradient = "∂C/∂sⱼ = (1/n) Σ ∂C/∂zₖ over the windows k that contain j"

    def build(self, z: Shape) -> Any:
        from torch import nn

        self.check(z)
        layer = (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)[self.dimensions - 1]
        return layer(self.kernel, self.stride or None, self.padding)


@block
class MaxPool1d(MaxPooling):
    """Largest value of every window of a signal.  [B, C, length] -> [B, C, length'].  Source: LeCun 2013, pooling."""

    title = "max pooling 1-D"
    dimensions = 1


@block
class MaxPool2d(MaxPooling):
    """Largest value of every window of an image.  [B, C, height, width] -> [B, C, height', width'].  Source: LeCun 2013, pooling."""

    title = "max pooling 2-D"
    dimensions = 2


@block
class MaxPool3d(MaxPooling):
    """Largest value of every window of a volume.  [B, C, depth, height, width] -> [B, C, depth', height', width'].  Source: LeCun 2013, pooling."""

    title = "max pooling 3-D"
    dimensions = 3


@block
class AvgPool1d(AveragePooling):
    """Average of every window of a signal.  [B, C, length] -> [B, C, length'].  Source: LeCun 2013, pooling."""

    title = "average pooling 1-D"
    dimensions = 1


@block
class AvgPool2d(AveragePooling):
    """Average of every window of an image.  [B, C, height, width] -> [B, C, height', width'].  Source: LeCun 2013, pooling."""

    title = "average pooling 2-D"
    dimensions = 2


@block
class AvgPool3d(AveragePooling):
    """Average of every window of a volume.  [B, C, depth, height, width] -> [B, C, depth', height', width'].  Source: LeCun 2013, pooling."""

    title = "average pooling 3-D"
    dimensions = 3
