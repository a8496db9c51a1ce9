"""Linear modules that PyTorch lacks, or that say more clearly what is wrong."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class LowRank(nn.Module):
    """z V' U' + b with `left` U `[units, rank]` and `right` V `[rank, n]`.  [B, ..., n] -> [B, ..., units]."""

    bias: nn.Parameter | None

    def __init__(self, n: int, rank: int, units: int, bias: bool) -> None:
        super().__init__()
        self.left = nn.Parameter(torch.empty(units, rank))
        self.right = nn.Parameter(torch.empty(rank, n))
        self.register_parameter("bias", nn.Parameter(torch.empty(units)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """New first values, each factor as a linear layer of PyTorch would have them."""
        for weights in (self.left, self.right):
            nn.init.kaiming_uniform_(weights, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.left.shape[1])
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, z: Tensor) -> Tensor:
        return F.linear(F.linear(z, self.right), self.left, self.bias)

    def macs(self, z: torch.Size) -> int:
        """Multiply-adds of a sample."""
        (units, rank), n = self.left.shape, self.right.shape[1]
        return math.prod(z[1:-1]) * rank * (n + units)

    def extra_repr(self) -> str:
        (units, rank), n = self.left.shape, self.right.shape[1]
        return f"{n}, {rank}, {units}, bias={self.bias is not None}"


class Embedding(nn.Embedding):
    """Rows of `weight` `[count, units]`, chosen by whole numbers of any dtype.  [B, ...] -> [B, ..., units].

    Raises ValueError for a number that has no row (on a CPU; elsewhere as PyTorch does).
    """

    def forward(self, z: Tensor) -> Tensor:
        numbers = z.round().long() if z.is_floating_point() else z
        try:
            return super().forward(numbers)
        except IndexError:
            wrong = int(numbers.max() if numbers.min() >= 0 else numbers.min())
            raise ValueError(
                f"embedding has rows for 0 to {self.num_embeddings - 1}, and the input holds "
                f"{wrong}; raise count."
            ) from None

    def macs(self, z: torch.Size) -> int:
        """Multiply-adds of a sample: none, rows are looked up."""
        return 0
