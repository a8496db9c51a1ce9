"""A learned constant for each channel."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Bias(nn.Module):
    """Adds `bias` `[channels]`, zero at first, along axis 1.  [B, channels, ...] -> [B, channels, ...]."""

    def __init__(self, channels: int, trailing: int) -> None:
        """`trailing` is the number of axes after the channels."""
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))
        self.trailing = trailing

    def forward(self, z: Tensor) -> Tensor:
        return z + self.bias.reshape(-1, *(1,) * self.trailing)

    def extra_repr(self) -> str:
        return f"{self.bias.numel()}, trailing={self.trailing}"
