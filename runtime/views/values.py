"""Values of a diagram's variables for samples of one's choice, and these samples as pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
import torch

from graph.diagram import Pin
from runtime.run import Run

Found = TypeVar("Found")


def values(run: Run, numbers: np.ndarray) -> dict[Pin, torch.Tensor]:
    """Every variable for the samples of these numbers; blocks work as they do after training, nothing is changed."""
    twin, where = run.program.watched
    training = twin.training
    twin.eval()
    try:
        with run.descent.averaged():
            inputs = run.inputs_of(run.batches.at(numbers))
            with torch.no_grad():
                found = twin(*inputs)[3]
    finally:
        twin.train(training)
    return dict(zip(where.variables, found, strict=True))


def held_out(run: Run) -> np.ndarray:
    """The sample numbers that a person may leaf through: those for validation, or for training where there are none."""
    rows = run.batches.rows("validation")
    return rows if len(rows) else run.batches.rows("training")


def number_of(run: Run, choice: str) -> int:
    """The sample number behind a view's choice, "0" for the first of `held_out`; they begin again after the last."""
    rows = held_out(run)
    return int(rows[int(choice) % len(rows)]) if choice.isdecimal() else int(rows[0])


def field_of(run: Run, name: str) -> str:
    """The field of the data that an observed block shows."""
    return str(run.program.diagram.blocks[name].settings.get("field", "x"))


def first_of(run: Run, block: str, look: Callable[[str], Found | None]) -> Found | None:
    """What `look` finds at this block; without a block, at the first along the flow where it finds something."""
    for name in (block,) if block else tuple(run.program.stages):
        found = look(name) if name in run.program.stages else None
        if found is not None:
            return found
    return None


# --- samples as pictures --------------------------------------------------------------------------------------


def pictured(run: Run, block: str) -> str | None:
    """The observed block before `block` (itself included) whose samples can be drawn."""
    before = run.program.upstream([block])
    return next(
        (n for n in run.program.inputs if n in before and _is_pictured(run, field_of(run, n))), None
    )


def _is_pictured(run: Run, field: str) -> bool:
    values = run.data.fields.get(field)
    return values is not None and values.dtype.kind == "f" and 3 <= len(values.shape) <= 5


def samples_of(run: Run, field: str, numbers: np.ndarray) -> np.ndarray:
    """Samples of a field as they are in the data, not normalized: `[n, ...]`."""
    return np.asarray(run.data.fields[field][np.asarray(numbers)])


def as_pictures(samples: np.ndarray, most: int = 0) -> np.ndarray:
    """uint8 `[n, height, width]`, or `[n, height, width, 3]` for three channels, from the lowest to the highest value.

    Of other numbers of channels the first is taken, of a volume the middle; a signal becomes a strip, a row a channel.
    Pictures larger than `most` are thinned out.
    """
    if samples.ndim == 5:
        samples = samples[:, :, samples.shape[2] // 2]
    if samples.ndim == 4:
        samples = np.moveaxis(samples, 1, -1) if samples.shape[1] == 3 else samples[:, 0]
    if most:
        thin = max(1, -(-max(samples.shape[1:3]) // most))
        samples = samples[:, ::thin, ::thin]
    low, high = float(samples.min(initial=np.inf)), float(samples.max(initial=-np.inf))
    span = high - low if high > low else 1.0
    return np.ascontiguousarray(((samples - low) / span * 255).round().astype(np.uint8))


def in_pieces(numbers: np.ndarray, size: int) -> Iterator[np.ndarray]:
    """The numbers, `size` at a time."""
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]
