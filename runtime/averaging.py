"""Stochastic gradient descent whose steps are averaged: the average is what is judged and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch.optim import SGD


class AveragedSGD(SGD):
    """Plain SGD that also keeps w̄, the mean of the weights after each of its steps but the first `start`.

    Training goes on from w; `swap` exchanges w and w̄.  Source: Polyak and Juditsky 1992; Bottou 2010.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        start: int = 0,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, weight_decay=weight_decay)
        self.start = start

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One step of SGD, and of the average."""
        loss: float | None = super().step(closure)  # type: ignore[arg-type]
        for weight in self._weights():
            state = self.state[weight]
            state["steps"] = state.get("steps", 0) + 1
            count = state["steps"] - self.start
            if count == 1:
                state["average"] = weight.detach().clone()
            elif count > 1:
                state["average"].lerp_(weight.detach(), 1.0 / count)
        return loss

    @torch.no_grad()
    def swap(self) -> None:
        """Puts every average in the place of its weight and the weight in that of the average; twice is nothing."""
        for weight in self._weights():
            average = self.state[weight].get("average")
            if average is not None:
                kept = weight.detach().clone()
                weight.copy_(average)
                average.copy_(kept)

    def _weights(self) -> list[torch.Tensor]:
        return [weight for group in self.param_groups for weight in group["params"]]
