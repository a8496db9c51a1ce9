"""Local filters that are not shared between places."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from nodes.modules.windows import windows


class Local(nn.Module):
    """Every output has its own filter: `weight` `[units, taps]`, `bias` `[units]`, units = channels · places.

    [B, channels in, ...] -> [B, channels, places...]; units run over the channels first, then over the places; taps
    over the channels in first, then over the window.
    """

    bias: nn.Parameter | None

    def __init__(
        self,
        size: tuple[int, ...],
        channels: int,
        kernel: int,
        stride: int,
        padding: int,
        bias: bool,
    ) -> None:
        """`size` is one sample's, (channels in, ...)."""
        super().__init__()
        self.source = tuple(size)
        self.kernel, self.stride, self.padding = kernel, stride, padding
        places = [(n + 2 * padding - kernel) // stride + 1 for n in size[1:]]
        self.size = (channels, *places)
        units, taps = math.prod(self.size), size[0] * kernel ** len(places)
        self.weight = nn.Parameter(torch.empty(units, taps))
        self.register_parameter("bias", nn.Parameter(torch.empty(units)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """New first values, as a convolution of PyTorch would have them."""
        bound = 1 / math.sqrt(self.weight.shape[1])
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    def forward(self, z: Tensor) -> Tensor:
        seen = windows(z, self.kernel, self.stride, self.padding)  # [B, C, places..., taps...]
        sides = z.dim() - 2
        seen = seen.flatten(2 + sides).flatten(2, 1 + sides)  # [B, C, P, K]
        channels, taps = self.size[0], self.weight.shape[1]
        weight = self.weight.reshape(channels, -1, z.shape[1], taps // z.shape[1])
        out = torch.einsum("bcpk,opck->bop", seen, weight).reshape(-1, *self.size)
        return out if self.bias is None else out + self.bias.reshape(self.size)

    def extra_repr(self) -> str:
        return (
            f"{self.source}, {self.size[0]}, kernel={self.kernel}, stride={self.stride}, "
            f"padding={self.padding}, bias={self.bias is not None}"
        )
