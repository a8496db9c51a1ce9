"""Products of matrices and distances between points."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class Matmul(nn.Module):
    """a b, either turned first.  [B, ..., n, k], [B, ..., k, m] -> [B, ..., n, m].

    [B, k] is a vector for each sample, a row as `a`, a column as `b`, and its axis of size 1 does not stay.
    """

    def __init__(self, transpose_a: bool, transpose_b: bool) -> None:
        super().__init__()
        self.transpose_a = transpose_a
        self.transpose_b = transpose_b

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        row, column = a.dim() == 2, b.dim() == 2
        left = a.unsqueeze(-2) if row else a.mT if self.transpose_a else a
        right = b.unsqueeze(-1) if column else b.mT if self.transpose_b else b
        out = left @ right
        out = out.squeeze(-1) if column else out
        # where both were vectors, the row's axis is the last one now
        return out.squeeze(-1 if column else -2) if row else out

    def macs(self, a: torch.Size, b: torch.Size) -> int:
        """Multiply-adds of a sample."""
        columns = 1 if len(b) == 2 else b[-2 if self.transpose_b else -1]
        return math.prod(a[1:]) * columns

    def extra_repr(self) -> str:
        return f"{self.transpose_a}, {self.transpose_b}"


class Distance(nn.Module):
    """‖a − b‖ along the last axis, or its square.  [B, ..., n], [B, ..., n] -> [B, ...]; pairwise [B, k, n], [B, m, n] -> [B, k, m], or [B, n], [B, m, n] -> [B, m], with [m, n] or [1, m, n] in all samples."""

    def __init__(self, pairwise: bool, squared: bool) -> None:
        super().__init__()
        self.pairwise = pairwise
        self.squared = squared

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        if self.pairwise:
            points = a.unsqueeze(1) if a.dim() == 2 else a
            found = torch.cdist(points, b, compute_mode="donot_use_mm_for_euclid_dist")
            found = found.squeeze(1) if a.dim() == 2 else found
            return found.square() if self.squared else found
        difference = a - b
        if self.squared:
            return difference.square().sum(-1)
        return torch.linalg.vector_norm(difference, dim=-1)

    def macs(self, a: torch.Size, b: torch.Size) -> int:
        """Multiply-adds of a sample: the squares."""
        return math.prod(a[1:]) * (b[-2] if self.pairwise else 1)

    def extra_repr(self) -> str:
        return f"pairwise={self.pairwise}, squared={self.squared}"
