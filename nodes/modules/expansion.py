"""Expansions of the dimension: radial basis functions, random projection, polynomial features."""

from __future__ import annotations

import math
from itertools import combinations_with_replacement

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class RadialBasis(nn.Module):
    """exp(−‖z − c‖² / 2σ²) for each row c of `centres` `[units, n]`, normal at first.  [B, ..., n] -> [B, ..., units]."""

    def __init__(self, n: int, units: int, sigma: float, spread: float) -> None:
        """`spread` is the standard deviation of the first centres."""
        super().__init__()
        self.sigma = sigma
        self.spread = spread
        self.centres = nn.Parameter(torch.empty(units, n))
        nn.init.normal_(self.centres, std=spread)

    def forward(self, z: Tensor) -> Tensor:
        return torch.exp(squared_distances(z, self.centres) / (-2 * self.sigma**2))

    def extra_repr(self) -> str:
        units, n = self.centres.shape
        return f"{n}, {units}, sigma={self.sigma}, spread={self.spread}"


def squared_distances(z: Tensor, points: Tensor) -> Tensor:
    """‖z − p‖² to every row p of `points` `[m, n]`.  [..., n] -> [..., m]."""
    # not by multiplying out the square, which loses the digits of near points
    distances = torch.cdist(z, points, compute_mode="donot_use_mm_for_euclid_dist")
    return distances.square()


class RandomProjection(nn.Module):
    """z R' with a fixed `weight` R `[units, n]`, normal with deviation 1/√n.  [B, ..., n] -> [B, ..., units]."""

    weight: Tensor

    def __init__(self, n: int, units: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.randn(units, n) / math.sqrt(n))

    def forward(self, z: Tensor) -> Tensor:
        return F.linear(z, self.weight)

    def macs(self, z: torch.Size) -> int:
        """Multiply-adds of a sample."""
        return math.prod(z[1:]) * self.weight.shape[0]

    def extra_repr(self) -> str:
        return f"{self.weight.shape[1]}, {self.weight.shape[0]}"


class Polynomial(nn.Module):
    """Products of 1 to `degree` numbers, repetitions included, by degree and then by index.  [B, ..., n] -> [B, ..., m]."""

    def __init__(self, n: int, degree: int) -> None:
        super().__init__()
        self.n = n
        self.degree = degree
        for d in range(1, degree + 1):
            chosen = torch.tensor(list(combinations_with_replacement(range(n), d)), device="cpu")
            self.register_buffer(f"factors{d}", chosen, persistent=False)

    def forward(self, z: Tensor) -> Tensor:
        # the factors of each degree: [m, d]
        factors = (self.get_buffer(f"factors{d}") for d in range(1, self.degree + 1))
        return torch.cat([z[..., chosen].prod(-1) for chosen in factors], -1)

    def extra_repr(self) -> str:
        return f"{self.n}, degree={self.degree}"
