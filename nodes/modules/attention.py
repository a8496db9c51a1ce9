"""Scaled dot-product attention, with one head or several, and encodings of places."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def attended(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None, causal: bool = False
) -> tuple[Tensor, Tensor]:
    """softmax(q k' / √d) v, and the softmax.  [..., T, d], [..., S, d], [..., S, m] -> [..., T, m], [..., T, S].

    `mask` `[..., T, S]` is 0 where nothing may look; `causal` forbids what comes later.
    """
    scores = query @ key.mT / query.shape[-1] ** 0.5
    if causal:
        later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
        mask = ~later if mask is None else (mask != 0) & ~later
    if mask is not None:
        # the lowest number, not −∞: a row that is hidden wholly stays finite
        scores = scores.masked_fill(mask == 0, torch.finfo(scores.dtype).min)
    weights = scores.softmax(-1)
    return weights @ value, weights


class Attention(nn.Module):
    """`attended` as a module.  [B, T, d], [B, S, d], [B, S, m] and perhaps a mask -> [B, T, m], [B, T, S]."""

    def __init__(self, causal: bool) -> None:
        super().__init__()
        self.causal = causal

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        return attended(query, key, value, mask, self.causal)

    def macs(self, query: torch.Size, key: torch.Size, value: torch.Size, *mask: torch.Size) -> int:
        """Multiply-adds of a sample: the scores and the sums of the values."""
        return query[1] * key[1] * (query[2] + value[2])

    def extra_repr(self) -> str:
        return f"causal={self.causal}"


class MultiHeadAttention(nn.Module):
    """Attention in `heads` parts of the projected queries, keys and values, side by side, then projected.

    [B, T, d], [B, S, k], [B, S, m] -> [B, T, d], and the weights' mean over the heads [B, T, S].
    """

    def __init__(self, d: int, key: int, value: int, heads: int, causal: bool, bias: bool) -> None:
        """`d`, `key`, `value`: how long queries, keys and values are."""
        super().__init__()
        self.heads = heads
        self.causal = causal
        for name, n in {"query": d, "key": key, "value": value, "out": d}.items():
            self.register_parameter(f"{name}_weight", nn.Parameter(torch.empty(d, n)))
            self.register_parameter(f"{name}_bias", nn.Parameter(torch.empty(d)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """New first values: Xavier's for the projections, biases 0."""
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)
            else:
                nn.init.zeros_(parameter)

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        out, weights = self.attend(query, key, value, mask)
        return self._projected("out", out.transpose(1, 2).flatten(2)), weights.mean(1)

    def attend(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """What each head gives, not yet projected, and its weights: [B, heads, T, d / heads], [B, heads, T, S]."""
        parts = (self._heads("query", query), self._heads("key", key), self._heads("value", value))
        if mask is not None and mask.dim() == 3:
            mask = mask.unsqueeze(1)
        return attended(*parts, mask, self.causal)

    def _projected(self, name: str, z: Tensor) -> Tensor:
        return F.linear(z, getattr(self, f"{name}_weight"), getattr(self, f"{name}_bias"))

    def _heads(self, name: str, z: Tensor) -> Tensor:
        """[B, T, n] -> [B, heads, T, d / heads]."""
        return self._projected(name, z).unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def macs(self, query: torch.Size, key: torch.Size, value: torch.Size, *mask: torch.Size) -> int:
        """Multiply-adds of a sample: the projections, the scores and the sums of the values."""
        d, (t, s) = query[2], (query[1], key[1])
        return 2 * t * d * d + s * d * (key[2] + value[2]) + 2 * t * s * d

    def extra_repr(self) -> str:
        d, key, value = (
            getattr(self, f"{name}_weight").shape[1] for name in ("query", "key", "value")
        )
        bias = getattr(self, "out_bias", None) is not None
        return f"{d}, {key}, {value}, {self.heads}, causal={self.causal}, bias={bias}"


class PositionalEncoding(nn.Module):
    """Adds sines (even places of the vector) and cosines (odd ones) of t.  [B, T, d] -> [B, T, d]."""

    waves: Tensor

    def __init__(self, length: int, d: int, base: float) -> None:
        super().__init__()
        self.base = base
        times = torch.arange(length, dtype=torch.float64).unsqueeze(1)
        pair = torch.arange(d) // 2
        angles = times * base ** (-2 * pair.double() / d)
        waves = torch.where(torch.arange(d) % 2 == 0, angles.sin(), angles.cos())
        self.register_buffer("waves", waves, persistent=False)

    def forward(self, z: Tensor) -> Tensor:
        return z + self.waves.to(z.dtype)

    def extra_repr(self) -> str:
        return f"{self.waves.shape[0]}, {self.waves.shape[1]}, base={self.base}"


class LearnedPosition(nn.Module):
    """Adds `weight` `[T, d]`, normal at first.  [B, T, d] -> [B, T, d]."""

    def __init__(self, length: int, d: int, spread: float) -> None:
        super().__init__()
        self.spread = spread
        self.weight = nn.Parameter(torch.empty(length, d))
        nn.init.normal_(self.weight, std=spread)

    def forward(self, z: Tensor) -> Tensor:
        return z + self.weight

    def macs(self, z: torch.Size) -> int:
        """Multiply-adds of a sample: none."""
        return 0

    def extra_repr(self) -> str:
        return f"{self.weight.shape[0]}, {self.weight.shape[1]}, spread={self.spread}"
