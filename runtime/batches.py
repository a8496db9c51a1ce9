"""The data as tensors on the device: parts, normalization, and minibatches shuffled by a seeded generator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

from runtime.ahead import Ahead
from runtime.data import Data, Stream, normalization, split
from runtime.recipe import Recipe

PIECE = 16_000_000  # values of a stream that are looked at together


class Batches:
    """Minibatches of the training part, for ever; the validation and test parts whole.

    Every epoch visits each training sample once, in an order drawn from the recipe's seed (or in the data's own
    order when shuffle is off); the last batch of an epoch may be smaller.
    """

    def __init__(self, data: Data, recipe: Recipe, device: str) -> None:
        self.data, self.recipe, self.device = data, recipe, device
        self.dtype: torch.dtype = getattr(torch, recipe.dtype)
        self.parts = split(data, recipe)
        self.scales = normalization(data, self.parts.training) if recipe.normalize else {}
        streams = {n: v for n, v in data.fields.items() if isinstance(v, Stream)}
        self._ahead = Ahead(streams) if streams else None
        self._fields = {
            name: self._tensor(name, values)
            for name, values in data.fields.items()
            if name not in streams
        }
        self._training = self._rows(self.parts.training)
        self.samples = len(self.parts.training)
        self.epoch, self.position = 0, 0
        self._generator = torch.Generator().manual_seed(recipe.seed)
        self._before = self._generator.get_state()
        self._order = self._draw()

    def _tensor(self, name: str, values: np.ndarray) -> torch.Tensor:
        scaled = self.normalized(name, values)
        tensor = torch.as_tensor(np.ascontiguousarray(scaled))
        return tensor.to(self.device, self.dtype if tensor.is_floating_point() else torch.int64)

    def normalized(self, name: str, values: np.ndarray) -> np.ndarray:
        """Values of a field, scaled as the training data are."""
        if name not in self.scales:
            return values
        mean, deviation = self.scales[name]
        return (values - mean) / deviation

    def part(self, name: str, most: int | None = None) -> dict[str, torch.Tensor]:
        """All fields of "training", "validation" or "test"; of at most `most` samples, spread evenly over the part."""
        return self.at(self.rows(name, most))

    def at(self, numbers: np.ndarray) -> dict[str, torch.Tensor]:
        """All fields of the samples with these numbers."""
        return self._rows(numbers) | self._read(numbers)

    def chunks(self, name: str, most: int | None = None) -> Iterator[dict[str, torch.Tensor]]:
        """The same piece by piece where it does not lie in memory, else in one piece; nothing when it is empty."""
        numbers = self.rows(name, most)
        if self._ahead is None:
            pieces = [numbers]
        else:
            values = sum(s.size // max(1, len(s)) for s in self._ahead.streams.values())
            size = max(1, PIECE // max(1, values))
            pieces = [numbers[i : i + size] for i in range(0, len(numbers), size)]
        for n, piece in enumerate(pieces):
            if len(piece):
                following = pieces[n + 1] if n + 1 < len(pieces) else None
                yield self._rows(piece) | self._read(piece, following)

    def rows(self, name: str, most: int | None = None) -> np.ndarray:
        """The sample numbers of a part, or `most` of them spread evenly over it."""
        numbers: np.ndarray = getattr(self.parts, name)
        if most is not None and len(numbers) > most:
            numbers = numbers[np.linspace(0, len(numbers) - 1, most).astype(np.int64)]
        return numbers

    def _rows(self, numbers: np.ndarray) -> dict[str, torch.Tensor]:
        rows = torch.as_tensor(numbers, device=self.device, dtype=torch.int64)
        return {field: values.index_select(0, rows) for field, values in self._fields.items()}

    def _read(
        self, numbers: np.ndarray, following: np.ndarray | None = None
    ) -> dict[str, torch.Tensor]:
        """The samples of the fields that do not lie in memory."""
        if self._ahead is None:
            return {}
        found = self._ahead.take(numbers, following)
        return {name: self._tensor(name, values) for name, values in found.items()}

    def _draw(self) -> torch.Tensor:
        self._before = self._generator.get_state()
        if not self.recipe.shuffle:
            return torch.arange(self.samples, device=self.device)
        return torch.randperm(self.samples, generator=self._generator).to(self.device)

    @property
    def size(self) -> int:
        """Samples of a full batch."""
        return min(self.recipe.batch, self.samples)

    def next(self) -> dict[str, torch.Tensor]:
        """The next minibatch, all fields."""
        if self.position >= self.samples:
            self.epoch, self.position = self.epoch + 1, 0
            self._order = self._draw()
        start, self.position = self.position, min(self.position + self.recipe.batch, self.samples)
        read = self._read_ahead(start) if self._ahead is not None else {}
        if self.recipe.shuffle:
            rows = self._order[start : self.position]
            known = {name: values.index_select(0, rows) for name, values in self._training.items()}
        else:
            known = {name: values[start : self.position] for name, values in self._training.items()}
        return known | read

    def _read_ahead(self, start: int) -> dict[str, torch.Tensor]:
        end = min(self.position + self.recipe.batch, self.samples)
        order = self._order[start:end].cpu().numpy()
        numbers = self.parts.training[order]
        size = self.position - start
        return self._read(numbers[:size], numbers[size:])

    @property
    def progress(self) -> float:
        """Epochs done, with the fraction of the current one."""
        return self.epoch + self.position / self.samples

    @property
    def finished(self) -> int:
        """Whole epochs done."""
        return self.epoch + (self.position >= self.samples)

    def state(self) -> dict[str, Any]:
        """Where it stands, for `restore`."""
        return {"epoch": self.epoch, "position": self.position, "generator": self._before}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Goes on where `state` was taken, with the same order of samples."""
        self.epoch = int(state["epoch"])
        self.position = min(max(0, int(state["position"])), self.samples)
        self._generator.set_state(torch.as_tensor(state["generator"], dtype=torch.uint8))
        self._order = self._draw()

    def serves(self, recipe: Recipe, device: str) -> bool:
        """Whether these batches fit another recipe too: only the batch's size or what concerns training differs."""
        same = ("data", "seed", "normalize", "validation", "test", "dtype", "shuffle", "subset")
        return device == self.device and all(
            getattr(self.recipe, n) == getattr(recipe, n) for n in same
        )
