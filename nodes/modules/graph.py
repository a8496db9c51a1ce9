"""Aggregation over the neighbours in a graph."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Aggregate(nn.Module):
    """Â z with A + 1 if `loops`, normalized as `how` says.  [B, N, d], [N, N] or [B, N, N] -> [B, N, d].

    "row" divides by the row sums, "symmetric" by the roots of those of both nodes; a sum of 0 gives 0.
    """

    def __init__(self, how: str, loops: bool) -> None:
        super().__init__()
        self.how = how
        self.loops = loops

    def forward(self, z: Tensor, adjacency: Tensor) -> Tensor:
        a = adjacency.to(z.dtype)
        if self.loops:
            a = a + torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
        if self.how != "none":
            degree = a.sum(-1, keepdim=True)
            some = degree > 0
            degree = torch.where(some, degree, 1)
            if self.how == "row":
                a = a / degree
            else:
                root = torch.where(some, degree.rsqrt(), 0)
                a = root * a * root.mT
        return a @ z

    def macs(self, z: torch.Size, adjacency: torch.Size) -> int:
        """Multiply-adds of a sample."""
        return z[1] * z[1] * z[2]

    def extra_repr(self) -> str:
        return f"{self.how!r}, loops={self.loops}"
