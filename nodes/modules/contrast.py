"""Subtractive and divisive contrast normalization.

Source: Jarrett, Kavukcuoglu, Ranzato, LeCun, What is the best multi-stage architecture for object recognition?, 2009.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Neighbourhood(nn.Module):
    """Mean over all channels and a Gaussian window: `mean(z)`, [B, C, ...] -> [B, 1, ...].

    At the border, the weights of the neighbours that exist add up to 1.
    """

    def __init__(self, dimensions: int, kernel: int, sigma: float) -> None:
        super().__init__()
        self.kernel, self.sigma = kernel, sigma
        places = torch.arange(kernel, dtype=torch.float64) - kernel // 2
        bell = torch.exp(-((places / sigma) ** 2) / 2)
        # one axis after the other: a Gaussian window is a product
        for axis in range(dimensions):
            along = [1] * dimensions
            along[axis] = kernel
            window = (bell / bell.sum()).reshape(1, 1, *along)
            self.register_buffer(f"window{axis}", window, persistent=False)
        self.dimensions = dimensions

    def mean(self, z: Tensor) -> Tensor:
        """[B, C, ...] -> [B, 1, ...]."""
        average = z.mean(1, keepdim=True)
        whole = torch.ones_like(average[:1])
        return self._blurred(average) / self._blurred(whole)

    def _blurred(self, z: Tensor) -> Tensor:
        conv = (F.conv1d, F.conv2d, F.conv3d)[self.dimensions - 1]
        for axis in range(self.dimensions):
            padding = [0] * self.dimensions
            padding[axis] = self.kernel // 2
            z = conv(z, self.get_buffer(f"window{axis}").to(z.dtype), padding=tuple(padding))
        return z

    def extra_repr(self) -> str:
        return f"{self.dimensions}, kernel={self.kernel}, sigma={self.sigma}"


class SubtractiveNorm(Neighbourhood):
    """z minus the mean of its neighbourhood.  [B, C, ...] -> [B, C, ...]."""

    def forward(self, z: Tensor) -> Tensor:
        return z - self.mean(z)


class DivisiveNorm(Neighbourhood):
    """z over max(σ̄, σ): σ the deviation of its neighbourhood, at least `floor`, σ̄ a sample's mean of σ."""

    def __init__(self, dimensions: int, kernel: int, sigma: float, floor: float) -> None:
        super().__init__(dimensions, kernel, sigma)
        self.floor = floor

    def forward(self, z: Tensor) -> Tensor:
        # the root of 0 has no finite slope: where an image is flat, the floor stands for it
        sigma = self.mean(z.square()).clamp(min=self.floor**2).sqrt()
        average = sigma.flatten(1).mean(1).reshape(-1, *(1,) * (z.dim() - 1))
        return z / torch.maximum(sigma, average)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, floor={self.floor}"
