"""Functions of each number that PyTorch lacks."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Scale(nn.Module):
    """factor · z + shift.  [B, ...] -> [B, ...]."""

    def __init__(self, factor: float, shift: float) -> None:
        super().__init__()
        self.factor = factor
        self.shift = shift

    def forward(self, z: Tensor) -> Tensor:
        return z * self.factor + self.shift

    def extra_repr(self) -> str:
        return f"{self.factor}, {self.shift}"


class Shrinkage(nn.Module):
    """sign(s) max(|s| − θ, 0) with a learned `theta` `[channels]`.  [B, channels, ...] -> [B, channels, ...]."""

    def __init__(self, channels: int, trailing: int, theta: float) -> None:
        """`trailing` is the number of axes after the channels."""
        super().__init__()
        self.theta = nn.Parameter(torch.full((channels,), theta))
        self.trailing = trailing
        self.first = theta

    def forward(self, s: Tensor) -> Tensor:
        theta = self.theta.reshape(-1, *(1,) * self.trailing)
        return s.sign() * torch.relu(s.abs() - theta)

    def extra_repr(self) -> str:
        return f"{self.theta.numel()}, trailing={self.trailing}, theta={self.first}"


def straight_through_sign(s: Tensor) -> Tensor:
    """sign(s), with the gradient of the identity.  [B, ...] -> [B, ...]."""
    return s.sign().detach() + (s - s.detach())
