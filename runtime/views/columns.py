"""One column of the histograms over time: what a watched step shows of weights, activations, gradients and updates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch

from runtime.figures.columns import IN_DECADES, QUANTILES, Column, Spread
from runtime.kept import MOST, some
from runtime.probe import Watched
from runtime.run import Run
from runtime.snapshot import Ask, Histogram
from runtime.views.histograms import BINS, by_block, numbers

ELEMENTS, FEWEST = (
    1 << 18,
    1024,
)  # in a column, and of one tensor, that are looked at in a net of any size
MOST_ROWS = 96  # of one kind, evenly chosen along the flow


def columns(run: Run, watched: Watched, ask: Ask) -> Column:
    """The column of the last watched step; without updates where nothing was updated."""
    parameters = run.program.parameters
    most = min(
        MOST, max(FEWEST, ELEMENTS // (2 * len(parameters) + 2 * len(watched.variables) + 1))
    )
    moved = run.before.moved(parameters) if run.before is not None else {}
    found = {
        "weights": by_block(parameters.items(), most),
        "activations": (
            (str(pin), numbers(value, most))
            for pin, value in watched.variables.items()
            if value.is_floating_point()
        ),
        "gradients": _gradients(watched, most),
        "updates": by_block(moved.items(), most),
    }
    spreads = {
        kind: {name: measured(values, kind in IN_DECADES) for name, values in _some(rows)}
        for kind, rows in found.items()
    }
    return Column(run.step_count, spreads, _ratios(moved, parameters))


def _gradients(watched: Watched, most: int) -> Iterator[tuple[str, np.ndarray]]:
    yield from by_block([(n, g) for n, g in watched.gradients.items() if g is not None], most)
    for pin, gradient in watched.variable_gradients.items():
        if gradient is not None:
            yield str(pin), numbers(gradient, most)


def _some(rows: Iterator[tuple[str, np.ndarray]]) -> list[tuple[str, np.ndarray]]:
    all_rows = list(rows)
    return all_rows[:: max(1, -(-len(all_rows) // MOST_ROWS))]


def measured(values: np.ndarray, decades: bool) -> Spread:
    """Histogram and quantiles of finite values, or of the decades of those that are not 0; from one sorting of them."""
    finite = values[np.isfinite(values)]
    zeros = float((finite == 0).mean()) if len(finite) else 0.0
    if decades:
        finite = np.log10(np.abs(finite[finite != 0]))
    ordered = np.sort(finite).astype(np.float64)  # bins narrower than a rounding fail
    if not len(ordered):
        blank = Histogram(np.zeros(BINS, np.uint16), 0.0, 0.0, zeros)
        return Spread(blank, np.full(len(QUANTILES), np.nan, np.float32))
    low, high = float(ordered[0]), float(ordered[-1])
    borders = np.searchsorted(ordered, np.linspace(low, high, BINS + 1))
    borders[0], borders[-1] = 0, len(ordered)
    counts = np.diff(borders).astype(np.uint16)
    place = np.array(QUANTILES) * (len(ordered) - 1)
    below = place.astype(int)
    above = np.minimum(below + 1, len(ordered) - 1)
    quantiles = ordered[below] + (ordered[above] - ordered[below]) * (place - below)
    return Spread(Histogram(counts, low, high, zeros), quantiles.astype(np.float32))


def _ratios(
    moved: Mapping[str, torch.Tensor], parameters: Mapping[str, torch.Tensor]
) -> dict[str, float]:
    """‖Δw‖ / ‖w‖ by block id, w after the update, over the elements that were kept."""
    sums: dict[str, list[float]] = {}
    for name, update in moved.items():
        here = sums.setdefault(name.partition(".")[0], [0.0, 0.0])
        times = parameters[name].numel() / max(len(update), 1)
        here[0] += times * float(update.float().square().sum())
        here[1] += times * float(some(parameters[name]).float().square().sum())
    return {name: (a / b) ** 0.5 for name, (a, b) in sums.items() if b > 0}
