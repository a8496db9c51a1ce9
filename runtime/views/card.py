"""The card of one variable: its numbers over the watched batch, and the first sample as a picture."""

from __future__ import annotations

import numpy as np
import torch

from graph.diagram import OUTPUT, Pin
from runtime.figures.card import FULL, Card
from runtime.probe import Watched
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.views.histograms import spread

MOST = 1 << 18  # elements that are looked at, evenly spaced
PICTURES, SIDE, CELLS = (
    12,
    48,
    256,
)  # channels, their larger side, and components of a vector that are drawn
RGB = 3


def card(run: Run, watched: Watched, ask: Ask) -> Card | None:
    """The variable at block `ask.block`, output `ask.choice`, as the watched step saw it; None when it did not run."""
    pin = Pin(ask.block, ask.choice or OUTPUT)
    value = watched.variables.get(pin)
    if value is None:
        return None
    gradient = watched.variable_gradients.get(pin)
    flat = value.flatten()
    values = flat[:: max(1, -(-len(flat) // MOST))].double().cpu().numpy()
    finite = values[np.isfinite(values)]
    known = finite if len(finite) else np.zeros(1)
    drawn, extent, channels = pictured(value[0]) if value.dim() else pictured(value)
    return Card(
        shape=tuple(value.shape),
        mean=float(known.mean()),
        deviation=float(known.std()),
        low=float(known.min()),
        high=float(known.max()),
        zeros=float((known == 0).mean()) if len(finite) else 0.0,
        broken=1.0 - len(finite) / max(len(values), 1),
        histogram=spread(finite),
        gradient=float(gradient.norm()) if gradient is not None else None,
        picture=drawn,
        extent=extent,
        channels=channels,
    )


def pictured(sample: torch.Tensor) -> tuple[np.ndarray, float, int]:
    """One sample as small pictures, the value of the strongest level, and how many channels there are.

    `[C, H, W]` gives a picture a channel, three channels between 0 and 1 one in colours; `[C, D, H, W]` its middle
    slice; a matrix one picture; a vector a row of cells; a number one cell.
    """
    values = np.nan_to_num(sample.detach().double().cpu().numpy(), posinf=0.0, neginf=0.0)
    values = values[:, values.shape[1] // 2] if values.ndim == 4 else values
    if values.ndim > 4:
        return np.zeros((0, 0, 0), np.int8), 1.0, 0
    if values.ndim == 3 and len(values) == RGB and values.min() >= 0.0 and values.max() <= 1.0:
        return _thin((values * 255).round().astype(np.uint8)).transpose(1, 2, 0)[None], 1.0, RGB
    if values.ndim < 3:
        values = values.reshape(1, *((1, -1) if values.ndim < 2 else values.shape))
    shown = _thin(values[:PICTURES])
    extent = float(np.abs(shown).max(initial=0.0)) or 1.0
    return (shown / extent * FULL).round().astype(np.int8), extent, len(values)


def _thin(values: np.ndarray) -> np.ndarray:
    """Every n-th row and column, so that no picture is too large."""
    height, width = values.shape[-2:]
    most = CELLS if height == 1 else SIDE
    return values[..., :: max(1, -(-height // most)), :: max(1, -(-width // most))]
