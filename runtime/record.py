"""The loss after every epoch, and the weights of the best one: what early stopping and plateau schedules go by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from runtime.schedules import epochs_since_best


class Record:
    """`losses` holds one loss an epoch; `best` the weights of the lowest, reached after `best_epoch` epochs."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.best: dict[str, torch.Tensor] = {}
        self.best_epoch = 0

    def add(self, epoch: int, loss: float) -> bool:
        """Notes the loss after this many epochs; returns whether it is the lowest so far."""
        self.losses.append(loss)
        lowest = epochs_since_best(self.losses) == 0
        if lowest:
            self.best_epoch = epoch
        return lowest

    def is_over(self, patience: int) -> bool:
        """Whether `patience` epochs (0 = any number) have passed without a better loss."""
        return 0 < patience <= epochs_since_best(self.losses)

    def state(self) -> dict[str, Any]:
        """What it holds, for `restore`; the weights are never changed in place, so they are not copied."""
        return {"losses": list(self.losses), "best_epoch": self.best_epoch, "best": dict(self.best)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Holds what it held when `state` was taken."""
        self.losses = [float(loss) for loss in state.get("losses", ())]
        self.best_epoch = int(state.get("best_epoch", 0))
        self.best = dict(state.get("best", {}))
