"""Dropout of whole channels."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SpatialDropout(nn.Module):
    """Channels of a sample become 0 with probability p while training, the others 1/(1 − p) times as large.

    [B, C, ...] -> [B, C, ...] with any number of axes (PyTorch's take one number of axes each).
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, z: Tensor) -> Tensor:
        return torch.feature_dropout(z, self.p, self.training)

    def extra_repr(self) -> str:
        return f"p={self.p}"
