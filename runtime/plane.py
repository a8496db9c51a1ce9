"""A plane of weight space: two single weights, the way that a run has taken, or two random directions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch

from graph.problem import DiagramError
from runtime.components import main_directions
from runtime.figures.surface import (
    DIRECTIONS,
    PATH,
    TURNS,
    WEIGHTS,
    Where,
    entry_name,
    entry_of,
    usual,
)
from runtime.program import Program
from runtime.trail import Trail

LEAST = 2.0  # half the width, at the least, of a plane of two weights
MARGIN = 1.2  # of the farthest weight of the path
FLATTEST = 0.25  # height of a plane along a path, at the least, as a share of its width; and the other way round


@dataclass(frozen=True)
class Plane:
    """The weights w = centre + a·u + b·v; `asked` is the choice it was made from, `where` has filled in what that left open.

    `centre` and the `directions` u, v are by public name; a parameter that is in neither direction does not move.
    """

    asked: Where
    where: Where
    centre: dict[str, torch.Tensor]
    directions: tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]

    def fixed(self) -> dict[str, torch.Tensor]:
        """The parameters that are the same all over the plane."""
        first, second = self.directions
        return {n: w for n, w in self.centre.items() if n not in first and n not in second}

    def moved(self, points: torch.Tensor) -> dict[str, torch.Tensor]:
        """The others at some points `[k, 2]`: each `[k, *shape]`."""
        found: dict[str, torch.Tensor] = {}
        for name, centre in self.centre.items():
            for axis, direction in enumerate(self.directions):
                if name in direction:
                    along = points[:, axis].reshape(-1, *[1] * centre.dim())
                    found[name] = found.get(name, centre) + along * direction[name]
        return found

    def shows(self, where: Where) -> bool:
        """Whether it is the plane of this choice, however wide."""
        return replace(self.asked, span=0.0) == replace(where, span=0.0)

    def coordinates(self, rows: torch.Tensor) -> torch.Tensor:
        """Where flattened weights `[k, n]` lie, `[k, 2]`: the foot of the perpendicular in the moved parameters."""
        sizes = [w.numel() for w in self.centre.values()]
        parts = dict(zip(self.centre, rows.split(sizes, 1), strict=True))
        first, second = self.directions
        products = torch.zeros(len(rows), 2, dtype=rows.dtype, device=rows.device)
        for name in {**first, **second}:
            products += (parts[name] - self.centre[name].flatten()) @ self._pair(name).T
        return products @ torch.linalg.pinv(self.gram)  # a net of zeros has no directions

    @property
    def gram(self) -> torch.Tensor:
        """The inner products of the directions, `[2, 2]`."""
        pairs = [self._pair(name) for name in {**self.directions[0], **self.directions[1]}]
        return torch.stack([pair @ pair.T for pair in pairs]).sum(0)

    def _pair(self, name: str) -> torch.Tensor:
        """Both directions in one parameter, `[2, n]`."""
        zero = torch.zeros_like(self.centre[name])
        return torch.stack([d.get(name, zero).flatten() for d in self.directions])


def plane_of(program: Program, where: Where, trail: Trail) -> Plane:
    """The plane that a choice means for a program's present weights, and for the way that brought it there.

    Raises DiagramError with one sentence.
    """
    weights = {n: p.detach().clone() for n, p in program.parameters.items() if p.requires_grad}
    numbers = sum(w.numel() for w in weights.values())
    if numbers < 2:
        raise DiagramError("a surface needs two weights to vary, the diagram has fewer.")
    kind = where.kind or (WEIGHTS if where.x else usual(numbers, len(trail.steps) + 1))
    asked, where = where, replace(where, kind=kind)
    centre = {n: p.detach().clone() for n, p in program.parameters.items()}
    if kind == WEIGHTS:
        return _of_weights(centre, weights, asked, where)
    if kind == PATH:
        along = path_directions(centre, torch.cat([trail.rows, trail.now()[None]]))
        if along is not None:
            return Plane(asked, where, centre, along)
        if asked.kind:
            raise DiagramError("the run has no path yet: train two steps or more, then compute.")
        where = replace(where, kind=DIRECTIONS)
    return Plane(asked, where, centre, random_directions(weights, where.seed))


def _of_weights(
    centre: dict[str, torch.Tensor], weights: dict[str, torch.Tensor], asked: Where, where: Where
) -> Plane:
    """Its coordinates are the two weights themselves: they are 0 in the centre."""
    x, y = where.x or _first(weights, where.y), where.y
    y = y or _first(weights, x)
    if x == y:
        raise DiagramError(f"{x} is chosen for both axes: choose two different weights.")
    directions: list[dict[str, torch.Tensor]] = []
    for text in (x, y):
        name, index = _entry(weights, text)
        direction = torch.zeros_like(weights[name])
        direction[index] = 1.0
        centre[name][index] = 0.0
        directions.append({name: direction})
    where = replace(where, x=x, y=y)
    return Plane(asked, where, centre, (directions[0], directions[1]))


def _first(weights: dict[str, torch.Tensor], taken: str) -> str:
    """The first single weight that is not taken."""
    for name, weight in weights.items():
        for number in range(min(2, weight.numel())):
            index = torch.unravel_index(torch.tensor(number), weight.shape)
            text = entry_name(name, tuple(int(i) for i in index))
            if text != taken:
                return text
    raise DiagramError("a surface needs two weights to vary, the diagram has fewer.")


def _entry(weights: dict[str, torch.Tensor], text: str) -> tuple[str, tuple[int, ...]]:
    entry = entry_of(text)
    if entry is None or entry[0] not in weights:
        some = next(iter(weights))
        example = entry_name(some, tuple(0 for _ in weights[some].shape))
        raise DiagramError(f"there is no weight {text!r}; name one like {example}.")
    name, index = entry
    shape = tuple(weights[name].shape)
    if len(index) != len(shape) or any(i >= n for i, n in zip(index, shape, strict=True)):
        raise DiagramError(f"{name} is {' × '.join(map(str, shape))}: it has no entry {text!r}.")
    return name, index


def random_directions(
    weights: dict[str, torch.Tensor], seed: int
) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """Two Gaussian directions; each filter (first index) has the norm of its filter, biases and other vectors stay.

    Where there are only vectors, each counts as a filter.  Source: Li et al. 2018, Visualizing the loss landscape of
    neural nets.
    """
    generator = torch.Generator().manual_seed(seed)
    filters = {n: w for n, w in weights.items() if w.dim() >= 2} or weights
    first, second = ({n: _like(w, generator) for n, w in filters.items()} for _ in range(2))
    return first, second


def path_directions(
    weights: dict[str, torch.Tensor], rows: torch.Tensor
) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]] | None:
    """The first two principal components of the weights `rows` `[k, n]` of a path, each of length 1; None without a way.

    They are those of the differences from the last weights too.  Source: Li et al. 2018, Visualizing the loss landscape
    of neural nets, section 7.
    """
    rows = _visited(rows)
    if len(rows) < TURNS or torch.equal(rows.amin(0), rows.amax(0)):
        return None
    found = main_directions(rows.cpu().numpy(), 2)[1]
    sizes = [w.numel() for w in weights.values()]
    first, second = (
        {
            name: torch.as_tensor(part, dtype=w.dtype, device=w.device).reshape(w.shape)
            for (name, w), part in zip(
                weights.items(), np.split(direction, np.cumsum(sizes)[:-1]), strict=True
            )
        }
        for direction in found
    )
    return first, second


def shares(plane: Plane, rows: torch.Tensor) -> tuple[float, float]:
    """How much of the variance of weights `[k, n]` lies along the first direction, and at right angles to it in the plane."""
    rows = _visited(rows)
    whole = float(rows.var(0, correction=0).double().sum()) if len(rows) else 0.0
    if not whole > 0:
        return 0.0, 0.0
    gram = plane.gram.double()
    places = plane.coordinates(rows).double()
    length = gram[0, 0].sqrt().clamp_min(1e-30)
    across = (gram[1, 1] - (gram[0, 1] / length) ** 2).clamp_min(0.0).sqrt()
    first = places[:, 0] * length + places[:, 1] * gram[0, 1] / length
    second = places[:, 1] * across
    along, beside = (float(v.var(correction=0)) / whole for v in (first, second))
    return min(along, 1.0), min(beside, 1.0)


def _visited(rows: torch.Tensor) -> torch.Tensor:
    """Those rows that are numbers; the present only once, if it is recorded already."""
    rows = rows[rows.isfinite().all(1)]
    return rows[:-1] if len(rows) > 1 and torch.equal(rows[-1], rows[-2]) else rows


def _like(weight: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    drawn = torch.randn(weight.shape, generator=generator, dtype=torch.float64)
    rows = len(weight) if weight.dim() >= 2 else 1
    drawn = drawn.to(weight.device, weight.dtype).reshape(rows, -1)
    norms = weight.reshape(rows, -1).norm(dim=1, keepdim=True)
    return (drawn * norms / drawn.norm(dim=1, keepdim=True).clamp_min(1e-30)).reshape(weight.shape)


def bounds(plane: Plane, places: torch.Tensor) -> tuple[float, float, float, float]:
    """The rectangle (x0, x1, y0, y1) that is shown, given where the run has been on the plane, `[k, 2]`, the present last.

    Two weights: a square around 0, wide enough for the whole path, unless the chosen span leaves the present out; then
    around it.  Random directions: one filter's norm to every side of the present.  Along the path: all of it, a span
    being half the larger side.
    """
    if plane.where.kind == PATH:
        return _around(places, plane.where.span)
    if plane.where.kind == DIRECTIONS:
        half = plane.where.span or 1.0
        return (-half, half, -half, half)
    farthest = float(places.abs().nan_to_num(0.0, 0.0).max()) if len(places) else 0.0
    half = plane.where.span or _round(max(LEAST, MARGIN * farthest))
    x, y = places[-1].tolist() if len(places) else (0.0, 0.0)
    if max(abs(x), abs(y)) <= half or not math.isfinite(x + y):
        x = y = 0.0
    return (x - half, x + half, y - half, y + half)


def _around(places: torch.Tensor, span: float) -> tuple[float, float, float, float]:
    """The rectangle around all places, in its proportions around the last one where a span would leave that out."""
    known = places[places.isfinite().all(1)].double()
    low, high = known.amin(0), known.amax(0)
    half = (high - low) / 2 * MARGIN
    half = half.maximum(FLATTEST * half.max()).clamp_min(1e-6)
    middle = (low + high) / 2
    if span:
        half = half * span / half.max()
        if bool(((known[-1] - middle).abs() > half).any()):
            middle = known[-1]
    (x0, y0), (x1, y1) = (middle - half).tolist(), (middle + half).tolist()
    return x0, x1, y0, y1


def _round(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(f * power for f in (1, 2, 5, 10) if f * power >= value * (1 - 1e-9))
