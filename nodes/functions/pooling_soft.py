"""Pooling between the average and the largest: Lp norms and log-prob, for signals, images and volumes."""

from __future__ import annotations

import dataclasses
from typing import Any

from nodes.block import Function, block, setting
from nodes.shapes import Shape, check_pooling, dimensions_of
from nodes.written import lowered


@dataclasses.dataclass(frozen=True)
class SoftPooling(Function):
    """One number for every window of every channel, of inputs with one, two or three dimensions."""

    section = "Pooling"
    kernel: int = setting(2, low=1, high=10_000, help="width of the window in every dimension")
    stride: int = setting(0, low=0, high=10_000, help="how far the window moves; 0 means its width")
    padding: int = setting(
        0, low=0, high=10_000, help="added on every side, at most half the window"
    )

    def check(self, z: Shape) -> None:
        """Raises ValueError unless the window fits into inputs of this shape."""
        dimensions_of(self.kind, z)
        check_pooling(self.kind, z, self.kernel, self.padding)


@block
class LpPool(SoftPooling):
    """Length of every window as a vector: L1 with p = 1, L2 with p = 2.  [B, C, ...] -> [B, C, ...'].  Source: LeCun 2013, Lp pooling."""

    title = "L1, L2, Lp pooling"
    mark = "‖·‖ₚ"
    label = "‖{0}‖ₚ"
    formula = "zₖ = (Σ |sⱼ|ᵖ)^(1/p) over the window of k"
    gradient = "∂C/∂sⱼ = Σ ∂C/∂zₖ · sign(sⱼ) (|sⱼ| / zₖ)^(p−1) over the windows k that contain j"
    p: float = setting(2.0, low=1.0, high=100.0, help="p, the power")

    def written(self) -> str:
        return f"‖{{0}}‖{lowered(int(self.p))}" if self.p == int(self.p) else self.label

    def build(self, z: Shape) -> Any:
        from nodes.modules.windows import LpPool as Norms

        self.check(z)
        return Norms(self.p, self.kernel, self.stride or self.kernel, self.padding)


@block
class LogProbPool(SoftPooling):
    """Logarithm of the sum of exponentials of every window, nearer to the largest value the larger b.  [B, C, ...] -> [B, C, ...'].  Source: LeCun 2013, PROB pooling."""

    title = "log-prob pooling"
    mark = "logΣ"
    label = "logΣexp({0})"
    formula = "zₖ = (1/b) log Σ exp(b sⱼ) over the window of k"
    gradient = "∂C/∂sⱼ = Σ ∂C/∂zₖ · exp(b (sⱼ − zₖ)) over the windows k that contain j"
    b: float = setting(1.0, low=1e-3, high=1e6, help="b, how much the largest counts", step="log")

    def build(self, z: Shape) -> Any:
        from nodes.modules.windows import LogProbPool as Sums

        self.check(z)
        return Sums(self.b, self.kernel, self.stride or self.kernel, self.padding)
