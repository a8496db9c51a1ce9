"""The loss over a plane of weight space, computed point by point from coarse to fine beside the run, which it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from runtime.figures.surface import Surface, Where
from runtime.plane import Plane, bounds, plane_of, shares
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.trial import SAMPLES, numel

NODES = 65  # on each side of the grid: a power of two and one, so that the middle is a node
COARSEST = 16  # nodes from one to the next in the first pass
MOST, FEWEST = 1000, 16  # training samples that are looked at
WORK = 20_000_000  # multiply-accumulates that one point may take
NUMBERS = 200_000  # values and weights of points that are computed at once
BASINS = 4  # marked at the most
LOW = 0.02  # of the way from the lowest loss to the median: what lies below it is a basin


def surface(run: Run, ask: Ask) -> Iterator[tuple[float, Surface]]:
    """The share that is done, 0..1, and the surface as far as it is known; `ask.choice` is the text of a Where.

    The loss is the training loss in evaluation mode (no dropout, stored averages), over the same samples everywhere;
    latent variables keep the values inferred for the present weights.  Raises DiagramError for a plane that is not there.
    """
    plane = plane_of(run.program, Where.read(ask.choice), run.trail)
    run.plane = plane
    loss = _Loss(run, plane)
    rows = places(run)
    box, held = bounds(plane, plane.coordinates(rows)), shares(plane, rows)
    across, up = np.linspace(box[0], box[1], NODES), np.linspace(box[2], box[3], NODES)
    found = np.full((NODES, NODES), np.nan)
    done, step = 0, run.step_count
    for stride, nodes in _passes():
        while len(nodes):
            some, nodes = nodes[: loss.at_once], nodes[loss.at_once :]
            values = loss(np.stack([across[some[:, 1]], up[some[:, 0]]], axis=1))
            for (row, column), value in zip(some, values, strict=True):
                found[row : row + stride, column : column + stride] = value
            done += len(some)
            minima = _minima(found, across, up) if done == NODES**2 else ()
            axes = (plane.where.x, plane.where.y)
            yield (
                done / NODES**2,
                Surface(
                    found.copy(), box, axes, loss.samples, step, minima, plane.where.kind, held
                ),
            )


def _passes() -> Iterator[tuple[int, np.ndarray]]:
    """The nodes (row, column) `[k, 2]` of every pass with the distance between them, those of earlier passes left out."""
    rows, columns = np.mgrid[:NODES, :NODES]
    stride, before = COARSEST, np.zeros((NODES, NODES), dtype=bool)
    while stride:
        now = (rows % stride == 0) & (columns % stride == 0)
        yield stride, np.argwhere(now & ~before)
        stride, before = stride // 2, now


@dataclass
class _Loss:
    """The loss of a run's program at points of a plane, on a fixed sample of its training data."""

    run: Run
    plane: Plane

    def __post_init__(self) -> None:
        program = self.run.program
        one = max(1, program.report.total.macs)
        part = self.run.batches.part("training", min(MOST, max(FEWEST, WORK // one)))
        self.inputs = [value.clone() for value in self.run.inputs_of(part)]
        self.samples = len(next(iter(part.values())))
        self.module, self.paths = program.module, program.modules.paths
        self.fixed = {self.paths[n]: w for n, w in self.plane.fixed().items()}
        values = sum(numel(kind.shape) // SAMPLES for kind in program.kinds.values())
        first, second = self.plane.directions
        weights = sum(self.plane.centre[n].numel() for n in {**first, **second})
        self.at_once = max(1, min(NODES**2, NUMBERS // max(1, self.samples * values + weights)))

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """The losses `[k]` at `[k, 2]`."""
        program = self.run.program
        given = torch.as_tensor(points, dtype=program.dtype, device=program.device)
        moved = {self.paths[n]: w for n, w in self.plane.moved(given).items()}
        training = self.module.training
        self.module.eval()
        try:
            with torch.no_grad():
                found = self._together(moved) if self.at_once > 1 else self._each(moved)
        finally:
            self.module.train(training)
        result: np.ndarray = found.double().cpu().numpy()
        return result

    def _together(self, moved: dict[str, torch.Tensor]) -> torch.Tensor:
        """All points in one call; one by one, from now on, where a block cannot do that."""
        try:
            return torch.func.vmap(self._one, randomness="same")(moved)
        except (RuntimeError, ValueError, NotImplementedError):
            self.at_once = 1
            return self._each(moved)

    def _each(self, moved: dict[str, torch.Tensor]) -> torch.Tensor:
        count = len(next(iter(moved.values())))
        return torch.stack([self._one({n: w[k] for n, w in moved.items()}) for k in range(count)])

    def _one(self, moved: dict[str, torch.Tensor]) -> torch.Tensor:
        loss: torch.Tensor = torch.func.functional_call(
            self.module, {**self.fixed, **moved}, tuple(self.inputs)
        )[0]
        return loss


def _minima(
    loss: np.ndarray, across: np.ndarray, up: np.ndarray
) -> tuple[tuple[float, float, float], ...]:
    """The lowest node of every basin, the lowest basin first: basins are the connected areas of low loss.

    One that is lowest at the rim goes on outside and is no minimum, so only the very lowest node may lie there.
    """
    known = np.where(np.isfinite(loss), loss, np.inf)
    low, middle = float(known.min()), float(np.median(known))
    if not low < middle < np.inf:
        return ()
    left = known <= low + LOW * (middle - low)
    found: list[tuple[float, float, float]] = []
    while left.any() and len(found) < BASINS:
        row, column = np.unravel_index(np.argmin(np.where(left, known, np.inf)), left.shape)
        inside = 0 < row < len(up) - 1 and 0 < column < len(across) - 1
        if inside or not found:
            found.append((float(across[column]), float(up[row]), float(known[row, column])))
        left &= ~_connected(left, int(row), int(column))
    return tuple(found)


def _connected(area: np.ndarray, row: int, column: int) -> np.ndarray:
    """The nodes of an area that can be reached from one of them, corner to corner too."""
    found, edge = np.zeros_like(area), [(row, column)]
    while edge:
        r, c = edge.pop()
        if 0 <= r < len(area) and 0 <= c < len(area) and area[r, c] and not found[r, c]:
            found[r, c] = True
            edge += [(r + i, c + k) for i in (-1, 0, 1) for k in (-1, 0, 1)]
    return found


# --- the path --------------------------------------------------------------------------------------------------


def places(run: Run) -> torch.Tensor:
    """The weights where a run has been, `[k, all parameters]`, the present last."""
    return torch.cat([run.trail.rows, run.trail.now()[None]])


def path_on(plane: Plane, run: Run) -> tuple[torch.Tensor, tuple[int, ...]]:
    """Where a run has been on a plane, `[k, 2]`, after which steps; the present last."""
    return plane.coordinates(places(run)), (*run.trail.steps, run.step_count)
