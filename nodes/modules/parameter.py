"""A parameter that is a variable of the diagram."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Parameter(nn.Module):
    """Gives its one parameter, `value`, normally distributed at first.  -> [size...]."""

    def __init__(self, size: tuple[int, ...], scale: float) -> None:
        super().__init__()
        self.scale = scale
        self.value = nn.Parameter(torch.empty(size))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """New first values: normal, with standard deviation `scale`."""
        nn.init.normal_(self.value, std=self.scale)

    def forward(self) -> Tensor:
        return self.value

    def extra_repr(self) -> str:
        return f"{tuple(self.value.shape)}, scale={self.scale:g}"
