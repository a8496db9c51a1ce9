"""Several tensors made into one."""

from __future__ import annotations

import operator
from functools import reduce

import torch
from torch import Tensor, nn


def sum_of(*z: Tensor) -> Tensor:
    """[B, ...], ... -> [B, ...]."""
    return reduce(operator.add, z)


def product_of(*z: Tensor) -> Tensor:
    """[B, ...], ... -> [B, ...]."""
    return reduce(operator.mul, z)


class Concat(nn.Module):
    """Joins along `axis`.  [B, n, ...], [B, m, ...], ... -> [B, n + m + ..., ...]."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, *z: Tensor) -> Tensor:
        return torch.cat(z, self.axis)

    def extra_repr(self) -> str:
        return f"axis={self.axis}"
