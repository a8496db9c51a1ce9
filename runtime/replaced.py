"""A block one or more of whose parameters come from wires at its flanks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn


class Replaced(nn.Module):
    """`inner` with some of its parameters given as extra inputs: forward(*inputs, *parameters).

    `flanks` names them in their order and says of each whether it comes with one value a sample, the batch first;
    `batched` says the same of each input.  Any shape with as many numbers will do.  Where a parameter differs from
    sample to sample, every sample is computed with its own.  Raises ValueError when the numbers do not fit, or when
    `inner` keeps averages over the samples, which then cannot be told apart.
    Source: LeCun 2020, parameter transforms and hypernetworks.
    """

    def __init__(
        self, inner: nn.Module, flanks: Mapping[str, bool], batched: Sequence[bool]
    ) -> None:
        super().__init__()
        self.inner = inner
        self.flanks, self.batched = dict(flanks), tuple(batched)
        self.sizes = {name: getattr(inner, name).shape for name in flanks}
        self.by_sample = any(flanks.values())
        if self.by_sample and getattr(inner, "running_mean", None) is not None:
            raise ValueError(
                "it normalizes over all samples, so they cannot have different parameters."
            )

    def forward(self, *values: Tensor) -> Any:
        """The block's output with the given parameters in place of its own."""
        count = len(values) - len(self.flanks)
        given = {
            name: self._fitted(name, value)
            for name, value in zip(self.flanks, values[count:], strict=True)
        }
        if not self.by_sample:
            return torch.func.functional_call(self.inner, given, values[:count])
        axes = (
            tuple(0 if one else None for one in self.batched),
            {name: 0 if one else None for name, one in self.flanks.items()},
        )
        run = torch.func.vmap(self._sample, axes, randomness="different")
        return run(values[:count], given)

    def _sample(self, inputs: tuple[Tensor, ...], given: dict[str, Tensor]) -> Any:
        """One sample, given to `inner` as a batch of one."""
        alone = [v.unsqueeze(0) if one else v for v, one in zip(inputs, self.batched, strict=True)]
        out = torch.func.functional_call(self.inner, given, tuple(alone))
        if not any(self.batched):
            return out
        return tuple(o.squeeze(0) for o in out) if isinstance(out, tuple) else out.squeeze(0)

    def _fitted(self, name: str, value: Tensor) -> Tensor:
        own, size = self.flanks[name], self.sizes[name]
        brought = value.shape[1:] if own else value.shape
        if brought.numel() != size.numel():
            wanted, got = (" × ".join(map(str, shape)) or "one number" for shape in (size, brought))
            each = " for each sample" if own else ""
            raise ValueError(
                f"{name} must be {wanted}, the wire brings {got}{each}; "
                f"any shape with {size.numel():,} numbers would do."
            )
        return value.reshape((*value.shape[:1], *size) if own else size)

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of all parameters that it computes with, given or its own."""
        own = [tuple(p.shape) for n, p in self.inner.named_parameters() if n not in self.flanks]
        return [*own, *map(tuple, self.sizes.values())]


class OfParameters(nn.Module):
    """A cost of drawn parameters alone: what has no samples is one sample to it.  [...], ... -> [1]."""

    def __init__(self, inner: Callable[..., Tensor]) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, *values: Tensor) -> Tensor:
        """The cost of the values as of one sample."""
        return self.inner(*(value.unsqueeze(0) for value in values))


def without(module: nn.Module, names: Iterable[str]) -> None:
    """Takes away parameters that wires will replace: they are neither trained nor saved any more."""
    for name in names:
        value = getattr(module, name).detach()
        delattr(module, name)
        # functional_call puts another value in the place of a buffer as it does with a parameter
        module.register_buffer(name, value, persistent=False)


def holder(op: Any) -> Any:
    """What holds a block's own weights: the module inside the wrappers that live here."""
    while isinstance(op, Replaced | OfParameters):
        op = op.inner
    return op
