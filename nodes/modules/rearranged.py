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
