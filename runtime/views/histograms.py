"""How weights, gradients and activations are spread, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import torch

from runtime.kept import MOST, some
from runtime.probe import Watched
from runtime.run import Run
from runtime.snapshot import Ask, Histogram, Histograms

BINS = 40
LOWEST, HIGHEST = -12.0, 4.0  # decades of a magnitude that are shown


def histograms(run: Run, watched: Watched, ask: Ask) -> Histograms:
    """Magnitudes (decades) of the gradients by block and by variable, values of the weights and of the activations."""
    return Histograms(
        gradients={name: magnitudes(values) for name, values in _gradients(watched)},
        weights={name: spread(values) for name, values in by_block(run.program.parameters.items())},
        activations={
            pin.block: spread(numbers(value))
            for pin, value in watched.variables.items()
            if value.is_floating_point()
        },
    )


def _gradients(watched: Watched) -> Iterator[tuple[str, np.ndarray]]:
    found = [(n, g) for n, g in watched.gradients.items() if g is not None]
    yield from by_block(found)
    for pin, gradient in watched.variable_gradients.items():
        if gradient is not None:
            yield str(pin), numbers(gradient)


def by_block(
    tensors: Iterable[tuple[str, torch.Tensor]], most: int = MOST
) -> Iterator[tuple[str, np.ndarray]]:
    """Block id -> elements of its parameters one after another, some of each."""
    blocks: dict[str, list[torch.Tensor]] = {}
    for name, tensor in tensors:
        blocks.setdefault(name.partition(".")[0], []).append(tensor.detach().flatten())
    for block, parts in blocks.items():
        yield block, np.concatenate([numbers(part, most) for part in parts])


def numbers(tensor: torch.Tensor, most: int = MOST) -> np.ndarray:
    """Some elements of a tensor, in float32."""
    return some(tensor, most).float().cpu().numpy()


def magnitudes(values: np.ndarray) -> Histogram:
    """How many decades (log10) the absolute values have; `zeros` is the share of exact zeros."""
    size = np.abs(values[np.isfinite(values)])
    positive = size[size > 0]
    zeros = float((size == 0).mean()) if len(size) else 0.0
    decades = np.clip(np.log10(positive), LOWEST, HIGHEST) if len(positive) else np.zeros(0)
    counts, _ = np.histogram(decades, BINS, (LOWEST, HIGHEST))
    return Histogram(counts.astype(np.int64), LOWEST, HIGHEST, zeros)


def spread(values: np.ndarray) -> Histogram:
    """How often which value occurs, between the smallest and the largest; `zeros` is the share of exact zeros."""
    finite = values[np.isfinite(values)].astype(np.float64)  # bins narrower than a rounding fail
    if not len(finite):
        return Histogram(np.zeros(BINS, dtype=np.int64), 0.0, 0.0, 0.0)
    low, high = float(finite.min()), float(finite.max())
    least = max(1e-9 * max(abs(low), abs(high)), 1e-300)
    counts, _ = np.histogram(finite, BINS, (low, low + max(high - low, least)))
    return Histogram(counts.astype(np.int64), low, high, float((finite == 0).mean()))
