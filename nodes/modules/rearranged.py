"""The same numbers in another shape, the batch kept."""

from __future__ import annotations

from torch import Tensor, nn


def flatten(z: Tensor) -> Tensor:
    """[B, ...] -> [B, n]; [B] -> [B, 1]."""
    return z.flatten(1) if z.dim() > 1 else z.unsqueeze(1)


class Reshape(nn.Module):
    """[B, ...] -> [B, size...]; one -1 in `size` takes what is left."""

    def __init__(self, size: tuple[int, ...]) -> None:
        super().__init__()
        self.size = size

    def forward(self, z: Tensor) -> Tensor:
        return z.reshape(z.shape[0], *self.size)

    def extra_repr(self) -> str:
        return str(self.size)


class Permute(nn.Module):
    """The axes after the batch in the order `axes`.  [B, ...] -> [B, ...]."""

    def __init__(self, axes: tuple[int, ...]) -> None:
        super().__init__()
        self.axes = axes

    def forward(self, z: Tensor) -> Tensor:
        return z.permute(0, *self.axes)

    def extra_repr(self) -> str:
        return str(self.axes)


class Duplicate(nn.Module):
    """`count` copies along a new `axis`.  [B, ...] -> [B, count, ...]."""

    def __init__(self, count: int, axis: int) -> None:
        super().__init__()
        self.count = count
        self.axis = axis

    def forward(self, z: Tensor) -> Tensor:
        return z.unsqueeze(self.axis).repeat_interleave(self.count, self.axis)

    def extra_repr(self) -> str:
        return f"{self.count}, axis={self.axis}"
