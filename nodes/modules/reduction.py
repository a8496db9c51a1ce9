"""One number for all along some axes."""

from __future__ import annotations

from torch import Tensor, nn


class Reduction(nn.Module):
    """Reduces `axes` to nothing, or to size 1 when `keep`.  [B, ...] -> [B, ...]."""

    def __init__(self, axes: tuple[int, ...], keep: bool) -> None:
        super().__init__()
        self.axes = axes
        self.keep = keep

    def extra_repr(self) -> str:
        return f"{self.axes}, keep={self.keep}"


class Mean(Reduction):
    """The average along `axes`."""

    def forward(self, z: Tensor) -> Tensor:
        return z.mean(self.axes, self.keep)


class Total(Reduction):
    """The sum along `axes`."""

    def forward(self, z: Tensor) -> Tensor:
        return z.sum(self.axes, self.keep)


class Maximum(Reduction):
    """The largest along `axes`; of equal ones, each gets an equal part of the gradient."""

    def forward(self, z: Tensor) -> Tensor:
        return z.amax(self.axes, self.keep)
