"""Contrast normalization: each place against its neighbourhood, over all feature maps."""

from __future__ import annotations

import dataclasses
from typing import Any

from nodes.block import Function, block, setting
from nodes.shapes import Shape, dimensions_of


@dataclasses.dataclass(frozen=True)
class Contrast(Function):
    """Compares each number with a Gaussian-weighted neighbourhood in all feature maps."""

    section = "Normalization"
    kernel: int = setting(
        9, low=1, high=999, help="width of the neighbourhood in every dimension, odd"
    )
    sigma: float = setting(2.0, low=0.01, high=1e3, help="deviation of the Gaussian weights")

    def check(self, z: Shape) -> int:
        """The number of dimensions of such inputs.  Raises ValueError when they or the kernel cannot be."""
        if self.kernel % 2 == 0:
            raise ValueError(
                f"{self.kind}: the kernel {self.kernel} has no middle; choose an odd number."
            )
        return dimensions_of(self.kind, z)


@block
class SubtractiveNorm(Contrast):
    """Takes from each number the mean of its neighbourhood in all feature maps.  [B, C, ...] -> [B, C, ...].  Source: LeCun 2013, subtractive normalization (Jarrett 2009)."""

    title = "subtractive norm."
    mark = "s−μ"
    label = "{0}−μ"
    symbol = "s"
    formula = "v_c(j) = s_c(j) − Σ w(p) s_i(j + p) over maps i and neighbours p,  Σ w = 1"
    gradient = "∂C/∂s_c(j) = g_c(j) − Σ w(p) g_i(j − p) over maps i and neighbours p,  g = ∂C/∂v"

    def build(self, z: Shape) -> Any:
        from nodes.modules.contrast import SubtractiveNorm as Subtracted

        return Subtracted(self.check(z), self.kernel, self.sigma)


@block
class DivisiveNorm(Contrast):
    """Divides each number by the deviation of its neighbourhood in all feature maps, or by the mean of these if it is larger.  [B, C, ...] -> [B, C, ...].  Source: LeCun 2013, local contrast normalization (Jarrett 2009)."""

    title = "divisive norm."
    mark = "s/σ"
    label = "{0}/σ"
    symbol = "s"
    formula = "y_c(j) = v_c(j) / max(σ̄, σ(j)),  σ(j)² = Σ w(p) v_i(j + p)²,  σ̄ = mean of σ"
    gradient = "∂C/∂v = ∂C/∂y / m + the part through m = max(σ̄, σ)"
    floor: float = setting(
        1e-4, low=1e-9, high=1e6, help="no σ is taken as smaller than this", step="log"
    )

    def build(self, z: Shape) -> Any:
        from nodes.modules.contrast import DivisiveNorm as Divided

        return Divided(self.check(z), self.kernel, self.sigma, self.floor)
