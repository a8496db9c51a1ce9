"""Products of matrices and distances between points."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Matmul(nn.Module):
    """a b, either turned first.  [..., n, k], [..., k, m] -> [..., n, m]."""

    def __init__(self, transpose_a: bool, transpose_b: bool) -> None:
        super().__init__()
        self.transpose_a = transpose_a
        self.transpose_b = transpose_b

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return (a.mT if self.transpose_a else a) @ (b.mT if self.transpose_b else b)

    def extra_repr(self) -> str:
        return f"{self.transpose_a}, {self.transpose_b}"


class Distance(nn.Module):
    """‖a − b‖ along the last axis, or its square.  [B, ..., n], [B, ..., n] -> [B, ...]; pairwise [B, k, n], [B, m, n] -> [B, k, m]."""

    def __init__(self, pairwise: bool, squared: bool) -> None:
        super().__init__()
        self.pairwise = pairwise
        self.squared = squared

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        if self.pairwise:
            found = torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")
            return found.square() if self.squared else found
        difference = a - b
        if self.squared:
            return difference.square().sum(-1)
        return torch.linalg.vector_norm(difference, dim=-1)

    def extra_repr(self) -> str:
        return f"pairwise={self.pairwise}, squared={self.squared}"
