"""A part of a tensor, or a tensor with more around it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Slice(nn.Module):
    """Those from `start` to before `stop` (None: the end) along `axis`.  [B, n, ...] -> [B, m, ...]."""

    def __init__(self, axis: int, start: int, stop: int | None, step: int) -> None:
        super().__init__()
        self.axis = axis
        self.start, self.stop, self.step = start, stop, step

    def forward(self, z: Tensor) -> Tensor:
        whole = (slice(None),) * self.axis
        return z[(*whole, slice(self.start, self.stop, self.step))]

    def extra_repr(self) -> str:
        return f"{self.axis}, {self.start}, {self.stop}, {self.step}"


class Select(nn.Module):
    """Place `index` of `axis`.  [B, n, ...] -> [B, ...]."""

    def __init__(self, axis: int, index: int) -> None:
        super().__init__()
        self.axis = axis
        self.index = index

    def forward(self, z: Tensor) -> Tensor:
        return z.select(self.axis, self.index)

    def extra_repr(self) -> str:
        return f"{self.axis}, {self.index}"


class Split(nn.Module):
    """The first `at` along `axis`, and the rest.  [B, n, ...] -> [B, at, ...], [B, n − at, ...]."""

    def __init__(self, axis: int, at: int) -> None:
        super().__init__()
        self.axis = axis
        self.at = at

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        rest = z.shape[self.axis] - self.at
        return z.narrow(self.axis, 0, self.at), z.narrow(self.axis, self.at, rest)

    def extra_repr(self) -> str:
        return f"axis={self.axis}, at={self.at}"


class Crop(nn.Module):
    """Without the first `before` and the last `after` along each of `axes`.  [B, ...] -> [B, ...]."""

    def __init__(self, axes: tuple[int, ...], before: int, after: int) -> None:
        super().__init__()
        self.axes, self.before, self.after = axes, before, after

    def forward(self, z: Tensor) -> Tensor:
        for axis in self.axes:
            z = z.narrow(axis, self.before, z.shape[axis] - self.before - self.after)
        return z

    def extra_repr(self) -> str:
        return f"{self.axes}, {self.before}, {self.after}"


class Pad(nn.Module):
    """`before` and `after` numbers more along each of `axes`, as PyTorch's modes of that name give them.  [B, ...] -> [B, ...]."""

    def __init__(
        self,
        axes: tuple[int, ...],
        size: tuple[int, ...],
        before: int,
        after: int,
        how: str,
        value: float,
    ) -> None:
        """`size` is the input's shape; only its `axes` matter."""
        super().__init__()
        self.axes, self.before, self.after, self.how, self.value = axes, before, after, how, value
        self.size = tuple(size)
        if how != "constant":
            for axis in axes:
                places = torch.arange(-before, size[axis] + after)
                places = _PLACES[how](places, size[axis])
                self.register_buffer(f"places{axis}", places, persistent=False)

    def forward(self, z: Tensor) -> Tensor:
        if self.how == "constant":
            sides = [
                n
                for axis in reversed(range(len(self.size)))
                for n in ((self.before, self.after) if axis in self.axes else (0, 0))
            ]
            return F.pad(z, sides, value=self.value)
        # F.pad mirrors at most the last three axes, and nothing of two
        for axis in self.axes:
            z = z.index_select(axis, self.get_buffer(f"places{axis}"))
        return z

    def extra_repr(self) -> str:
        return f"{self.axes}, {self.size}, {self.before}, {self.after}, {self.how!r}, {self.value}"


def _mirrored(places: Tensor, size: int) -> Tensor:
    places = places.abs()
    return torch.where(places < size, places, 2 * (size - 1) - places)


_PLACES = {
    "reflect": _mirrored,
    "replicate": lambda places, size: places.clamp(0, size - 1),
    "circular": lambda places, size: places % size,
}
