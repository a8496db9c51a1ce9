"""Sliding windows over signals, images and volumes, and the pooling that PyTorch lacks."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def windows(z: Tensor, kernel: int, stride: int, padding: int, fill: float = 0.0) -> Tensor:
    """Every window as a view.  [B, C, ...] -> [B, C, places..., kernel...], as many axes of each as follow C."""
    sides = z.dim() - 2
    z = F.pad(z, (padding, padding) * sides, value=fill) if padding else z
    for axis in range(2, 2 + sides):
        z = z.unfold(axis, kernel, stride)
    return z


class LpPool(nn.Module):
    """(Σ |z|ᵖ)^(1/p) over every window.  [B, C, ...] -> [B, C, places...]."""

    def __init__(self, p: float, kernel: int, stride: int, padding: int) -> None:
        super().__init__()
        self.p, self.kernel, self.stride, self.padding = p, kernel, stride, padding

    def forward(self, z: Tensor) -> Tensor:
        seen = windows(z, self.kernel, self.stride, self.padding)
        axes = tuple(range(2 - z.dim(), 0))
        # the p-th power of a window divided by its largest number neither overflows nor vanishes
        largest = seen.detach().abs().amax(axes, keepdim=True)
        largest = torch.where(largest > 0, largest, 1)
        norms = torch.linalg.vector_norm(seen / largest, self.p, axes, keepdim=True)
        return (norms * largest).flatten(-len(axes)).squeeze(-1)

    def extra_repr(self) -> str:
        return f"p={self.p}, kernel={self.kernel}, stride={self.stride}, padding={self.padding}"


class LogProbPool(nn.Module):
    """(1/b) log Σ exp(b z) over every window; the padding counts for nothing.  [B, C, ...] -> [B, C, places...]."""

    def __init__(self, b: float, kernel: int, stride: int, padding: int) -> None:
        super().__init__()
        self.b, self.kernel, self.stride, self.padding = b, kernel, stride, padding

    def forward(self, z: Tensor) -> Tensor:
        seen = windows(z, self.kernel, self.stride, self.padding, -torch.inf)
        return torch.logsumexp(self.b * seen, tuple(range(2 - z.dim(), 0))) / self.b

    def extra_repr(self) -> str:
        return f"b={self.b}, kernel={self.kernel}, stride={self.stride}, padding={self.padding}"
