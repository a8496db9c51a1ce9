"""Numbers that compete along an axis."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class WinnerTakesAll(nn.Module):
    """Keeps the `winners` largest numbers along `axis`; of equal ones any.  [B, ...] -> [B, ...]."""

    def __init__(self, winners: int, axis: int) -> None:
        super().__init__()
        self.winners = winners
        self.axis = axis

    def forward(self, z: Tensor) -> Tensor:
        best = z.topk(self.winners, self.axis).indices
        return torch.zeros_like(z).scatter(self.axis, best, z.gather(self.axis, best))

    def extra_repr(self) -> str:
        return f"{self.winners}, axis={self.axis}"
