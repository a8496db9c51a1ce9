"""Non-linearities in which numbers along an axis compete: softmax, its logarithm, softmin, winner-takes-all."""

from __future__ import annotations

from typing import Any

from nodes.block import Function, block, setting
from nodes.shapes import Shape, axis_of
from nodes.written import lowered


@block
class Softmax(Function):
    """Positive numbers that add up to 1 along an axis.  [B, n, ...] -> [B, n, ...].  Source: course notes 2020, softmax."""

    section = "Non-linearity"
    mark = "softmax"
    label = "softmax({0})"
    formula = "zₖ = exp(sₖ) / Σⱼ exp(sⱼ)"
    gradient = "∂C/∂s = z · (∂C/∂z − Σⱼ zⱼ ∂C/∂zⱼ)"
    axis: int = setting(
        1, low=-8, high=8, help="axis along which they add up to 1; 0 is the batch, 1 the channels"
    )

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.Softmax(dim=axis_of("softmax", z, self.axis))


@block
class LogSoftmax(Function):
    """Logarithm of the softmax, without overflow.  [B, n, ...] -> [B, n, ...].  Source: course notes 2020, log-softmax."""

    section = "Non-linearity"
    title = "log-softmax"
    mark = "log σ"
    label = "logsoft({0})"
    formula = "zₖ = sₖ − log Σⱼ exp(sⱼ)"
    gradient = "∂C/∂s = ∂C/∂z − exp(z) Σⱼ ∂C/∂zⱼ"
    axis: int = setting(
        1, low=-8, high=8, help="axis of the classes; 0 is the batch, 1 the channels"
    )

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.LogSoftmax(dim=axis_of("log_softmax", z, self.axis))


@block
class Softmin(Function):
    """Positive numbers that add up to 1 along an axis, the smallest input gets the most.  [B, n, ...] -> [B, n, ...].  Source: course notes 2020, softmin."""

    section = "Non-linearity"
    mark = "softmin"
    label = "softmin({0})"
    formula = "zₖ = exp(−sₖ) / Σⱼ exp(−sⱼ)"
    gradient = "∂C/∂s = −z · (∂C/∂z − Σⱼ zⱼ ∂C/∂zⱼ)"
    axis: int = setting(
        1, low=-8, high=8, help="axis along which they add up to 1; 0 is the batch, 1 the channels"
    )

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.Softmin(dim=axis_of("softmin", z, self.axis))


@block
class WinnerTakesAll(Function):
    """Keeps the largest numbers along an axis, the others become 0.  [B, n, ...] -> [B, n, ...].  Source: LeCun 2013, winner-takes-all."""

    section = "Non-linearity"
    title = "winner-takes-all"
    mark = "WTA"
    label = "WTA({0})"
    formula = "zₖ = sₖ if it is among the largest, 0 otherwise"
    gradient = "∂C/∂sₖ = ∂C/∂zₖ for the winners, 0 otherwise"
    winners: int = setting(1, low=1, high=1_000_000, help="how many are kept")
    axis: int = setting(
        1, low=-8, high=8, help="axis along which they compete; 0 is the batch, 1 the channels"
    )

    def written(self) -> str:
        return self.label if self.winners == 1 else f"WTA{lowered(self.winners)}({{0}})"

    def build(self, z: Shape) -> Any:
        from nodes.modules.competition import WinnerTakesAll as Winners

        axis = axis_of("winner_takes_all", z, self.axis)
        if self.winners > z[axis]:
            raise ValueError(
                f"winner_takes_all: {self.winners} winners are more than the {z[axis]} along axis {axis}."
            )
        return Winners(self.winners, axis)
