"""A block one or more of whose parameters come from wires at its flanks."""

from __future__ import annotations

import torch
from torch import nn


class Replaced(nn.Module):
    """`inner` with the parameters called `names` given as extra inputs: forward(*inputs, *parameters).

    Source: LeCun 2020, parameter transforms and hypernetworks.
    """

    def __init__(self, inner: nn.Module, names: tuple[str, ...]) -> None:
        super().__init__()
        self.names = names
        self.sizes = {name: tuple(inner.get_parameter(name).shape) for name in names}
        for name in names:
            # as a buffer it is neither trained nor saved, and functional_call can still put another in its place
            value = inner.get_parameter(name).detach()
            delattr(inner, name)
            inner.register_buffer(name, value, persistent=False)
        self.inner = inner

    def forward(self, *values: torch.Tensor) -> torch.Tensor:
        """The block's output with the given parameters in place of its own."""
        count = len(values) - len(self.names)
        given = dict(zip(self.names, values[count:], strict=True))
        for name, value in given.items():
            if tuple(value.shape) != self.sizes[name]:
                wanted, got = (" × ".join(map(str, s)) for s in (self.sizes[name], value.shape))
                raise ValueError(f"{name} must be {wanted}, the wire brings {got}.")
        result: torch.Tensor = torch.func.functional_call(self.inner, given, values[:count])
        return result
