"""Costs between distributions, and measures of how spread or sparse numbers are."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nodes.modules.costs import summed, total


def kl_div(prediction: Tensor, target: Tensor) -> Tensor:
    """Σ exp(t) (t − p) of log-probabilities p and t, over all but the batch.  [B, ...], [B, ...] -> [B]."""
    return summed(target.exp() * (target - prediction))


def kl_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """½ Σ (μ² + σ² − 1 − log σ²): from the normal distribution with these to the standard one.  [B, ...], [B, ...] -> [B]."""
    return summed(mean.square() + log_variance.exp() - 1 - log_variance) / 2


def entropy(z: Tensor) -> Tensor:
    """−Σ p log p over all but the batch.  [B, ...] -> [B]."""
    # p log p is 0 at 0, but its slope is not finite there
    return summed(-z * z.clamp(min=torch.finfo(z.dtype).tiny).log())


class GroupL2(nn.Module):
    """Σ over the groups of √(Σ z²), groups of `size` neighbours along axis 1.  [B, n, ...] -> [B]."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, z: Tensor) -> Tensor:
        return summed(torch.linalg.vector_norm(z.unflatten(1, (-1, self.size)), dim=2))

    def extra_repr(self) -> str:
        return f"size={self.size}"


def group_l2_of_weights(*weights: Tensor) -> Tensor:
    """Σ ‖w_j‖, w_j the weights that enter unit or filter j.  [units, ...], ... -> []."""
    return total([torch.linalg.vector_norm(w.flatten(1), dim=1).sum() for w in weights])


def log_square(z: Tensor) -> Tensor:
    """Σ log(1 + z²) over all but the batch.  [B, ...] -> [B]."""
    return summed(z.square().log1p())


def log_square_of_weights(*weights: Tensor) -> Tensor:
    """Σ log(1 + w²) over all weights.  [...], ... -> []."""
    return total([w.square().log1p().sum() for w in weights])
