"""First values of weights: Xavier, He, orthogonal, uniform, constant."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn


def initialize(module: nn.Module, how: str, scale: float = 1.0) -> None:
    """Gives all parameters of `module` first values, in place.

    Weights, `[outputs, inputs, ...]`, are drawn as `how` says: "xavier" (uniform, deviation
    scale √(2 / (fan in + fan out))), "he" (normal, deviation scale √(2 / fan in)), "orthogonal" (times scale),
    "uniform" (−scale … scale), "constant" (scale) or "zeros"; parameters with less than two axes (biases) become 0.
    "default" keeps what the module has and multiplies its weights by scale.
    Raises ValueError for another `how`.  Sources: LeCun 2018, initialization; Glorot 2010; He 2015; Saxe 2014.
    """
    if how != "default" and how not in _FILL:
        raise ValueError(
            f"there is no initialization {how!r:.40} (there are: default, {', '.join(_FILL)})."
        )
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.is_meta:
                continue
            if how == "default":
                parameter.mul_(scale if parameter.dim() > 1 else 1.0)
            elif parameter.dim() < 2:
                parameter.zero_()
            else:
                _FILL[how](parameter, scale)


def _he(weights: Tensor, scale: float) -> None:
    fan_in = weights[0].numel()
    nn.init.normal_(weights, std=scale * math.sqrt(2 / max(1, fan_in)))


_FILL: dict[str, Callable[[Tensor, float], object]] = {
    "xavier": lambda weights, scale: nn.init.xavier_uniform_(weights, gain=scale),
    "he": _he,
    "orthogonal": lambda weights, scale: nn.init.orthogonal_(weights, gain=scale),
    "uniform": lambda weights, scale: nn.init.uniform_(weights, -scale, scale),
    "constant": nn.init.constant_,
    "zeros": lambda weights, scale: nn.init.zeros_(weights),
}
