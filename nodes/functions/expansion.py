"""Generic ways to expand the dimension: radial basis functions, random projection, polynomial features."""

from __future__ import annotations

import math
from typing import Any

from nodes.block import Function, Trainable, block, setting
from nodes.shapes import Shape, numbers_of
from nodes.written import lowered

_MOST = 10_000_000  # numbers that one polynomial expansion may give for a sample


@block
class RadialBasis(Trainable, Function):
    """How near the input is to each of some learned centres.  [B, ..., n] -> [B, ..., units].  Source: LeCun 2020, radial basis functions."""

    section = "Expansion"
    title = "radial basis"
    mark = "RBF"
    label = "RBF({0})"
    formula = "zₖ = exp(−‖s − cₖ‖² / 2σ²)"
    gradient = "∂C/∂s = Σₖ ∂C/∂zₖ · zₖ (cₖ − s)/σ²,  ∂C/∂cₖ = ∂C/∂zₖ · zₖ (s − cₖ)/σ²"
    flanks = ("centres",)
    units: int = setting(10, low=1, high=10_000_000, help="number of centres")
    sigma: float = setting(1.0, low=1e-6, high=1e6, help="σ, the width around each", step="log")
    spread: float = setting(
        1.0, low=0.0, high=1e6, help="standard deviation of the first centres", step="log"
    )

    def build(self, z: Shape) -> Any:
        from nodes.modules.expansion import RadialBasis as Bumps

        return Bumps(numbers_of("radial_basis", z), self.units, self.sigma, self.spread)


@block
class RandomProjection(Function):
    """Weighted sums with random weights that are never trained.  [B, ..., n] -> [B, ..., units].  Source: LeCun 2020, random projections."""

    section = "Expansion"
    mark = "Rx"
    label = "R{0}"
    symbol = "s"
    formula = "s = R z,  R normal with deviation 1/√n"
    gradient = "∂C/∂z = R′ ∂C/∂s"
    units: int = setting(100, low=1, high=10_000_000, help="number of outputs")

    def build(self, z: Shape) -> Any:
        from nodes.modules.expansion import RandomProjection as Projection

        return Projection(numbers_of("random_projection", z), self.units)


@block
class Polynomial(Function):
    """All products of up to `degree` of its numbers.  [B, ..., n] -> [B, ..., m].  Source: LeCun 2020, polynomial classifier."""

    section = "Expansion"
    mark = "x, x²"
    label = "P({0})"
    formula = "z = (s₁, s₂, …, s₁², s₁s₂, …)"
    gradient = "∂C/∂s = Σ ∂C/∂z · the other factors of each product that holds s"
    degree: int = setting(2, low=1, high=32, help="how many numbers are multiplied at most")

    def written(self) -> str:
        return f"P{lowered(self.degree)}({{0}})"

    def build(self, z: Shape) -> Any:
        from nodes.modules.expansion import Polynomial as Products

        n = numbers_of("polynomial", z)
        size = math.comb(n + self.degree, self.degree) - 1
        if size * self.degree > _MOST:
            raise ValueError(
                f"polynomial: {n} numbers have {size:,} products of degree {self.degree}; "
                "choose a lower degree or fewer inputs."
            )
        return Products(n, self.degree)
