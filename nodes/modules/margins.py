"""Costs that are content once a margin is kept, and the distance to the nearest prototype."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nodes.modules.costs import averaged, class_target, real_target, summed
from nodes.modules.expansion import squared_distances


class _Margin(nn.Module):
    def __init__(self, margin: float) -> None:
        super().__init__()
        self.margin = margin

    def extra_repr(self) -> str:
        return f"margin={self.margin}"


class Hinge(_Margin):
    """Σ max(0, margin − y s), y in {−1, +1}.  [B, ...], [B, ...] -> [B]."""

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        return summed(torch.relu(self.margin - real_target(target, prediction) * prediction))


class MultiMargin(_Margin):
    """Mean over the classes of max(0, margin − s_y + s_j), j ≠ y; the mean over places.  [B, classes, ...], [B, ...] -> [B]."""

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        right = class_target(target, prediction).unsqueeze(1)
        over = torch.relu(self.margin + prediction - prediction.gather(1, right))
        over = over.scatter(1, right, 0.0)
        return averaged(over.mean(1))


class Contrastive(_Margin):
    """y ½ d² + (1 − y) ½ max(0, margin − d)², y = 1 for a pair of the same, 0 of different.  [B], [B] -> [B]."""

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        same = real_target(target, prediction)
        apart = torch.relu(self.margin - prediction)
        return summed((same * prediction.square() + (1 - same) * apart.square()) / 2)


class TripletMargin(_Margin):
    """max(0, ‖a − p‖ − ‖a − n‖ + margin), all numbers of a sample taken as one vector.  [B, ...] three times -> [B]."""

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        near, far = (
            torch.linalg.vector_norm((anchor - other).flatten(1), dim=1)
            for other in (positive, negative)
        )
        return torch.relu(near - far + self.margin)


class Nearest(nn.Module):
    """min_k ‖z − w_k‖² over the rows of `weight` `[units, n]`, normal at first.  [B, n] -> [B]."""

    def __init__(self, n: int, units: int, spread: float) -> None:
        super().__init__()
        self.spread = spread
        self.weight = nn.Parameter(torch.empty(units, n))
        nn.init.normal_(self.weight, std=spread)

    def forward(self, z: Tensor) -> Tensor:
        return squared_distances(z.flatten(1), self.weight).min(1).values

    def macs(self, z: torch.Size) -> int:
        """Multiply-adds of a sample: the squares."""
        return self.weight.numel()

    def extra_repr(self) -> str:
        units, n = self.weight.shape
        return f"{n}, {units}, spread={self.spread}"
