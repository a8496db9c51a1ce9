"""A plane of weight space: two single weights, or two random directions normalised filter by filter."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch

from graph.problem import DiagramError
from runtime.figures.surface import DIRECTIONS, WEIGHTS, Where, entry_name, entry_of
from runtime.program import Program

LEAST = 2.0  # half the width, at the least, of a plane of two weights
MARGIN = 1.2  # of the farthest weight of the path


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
        gram = torch.zeros(2, 2, dtype=rows.dtype, device=rows.device)
        for name in {**first, **second}:
            zero = torch.zeros_like(self.centre[name])
            pair = torch.stack([first.get(name, zero).flatten(), second.get(name, zero).flatten()])
            products += (parts[name] - self.centre[name].flatten()) @ pair.T
            gram += pair @ pair.T
        return products @ torch.linalg.pinv(gram)  # a net of zeros has no directions


def plane_of(program: Program, where: Where) -> Plane:
    """The plane that a choice means for a program's present weights.  Raises DiagramError with one sentence."""
    weights = {n: p.detach().clone() for n, p in program.parameters.items() if p.requires_grad}
    numbers = sum(w.numel() for w in weights.values())
    if numbers < 2:
        raise DiagramError("a surface needs two weights to vary, the diagram has fewer.")
    kind = where.kind or (WEIGHTS if numbers == 2 or where.x else DIRECTIONS)
    asked, where = where, replace(where, kind=kind)
    centre = {n: p.detach().clone() for n, p in program.parameters.items()}
    if kind == WEIGHTS:
        return _of_weights(centre, weights, asked, where)
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


def _like(weight: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    drawn = torch.randn(weight.shape, generator=generator, dtype=torch.float64)
    rows = len(weight) if weight.dim() >= 2 else 1
    drawn = drawn.to(weight.device, weight.dtype).reshape(rows, -1)
    norms = weight.reshape(rows, -1).norm(dim=1, keepdim=True)
    return (drawn * norms / drawn.norm(dim=1, keepdim=True).clamp_min(1e-30)).reshape(weight.shape)


def bounds(plane: Plane, places: torch.Tensor) -> tuple[float, float, float, float]:
    """The square (x0, x1, y0, y1) that is shown, given where the run has been on the plane, `[k, 2]`, the present last.

    Two weights: around 0, wide enough for the whole path, unless the chosen span leaves the present out; then around
    it.  Random directions: one filter's norm to every side of the present.
    """
    if plane.where.kind == DIRECTIONS:
        half = plane.where.span or 1.0
        return (-half, half, -half, half)
    farthest = float(places.abs().nan_to_num(0.0, 0.0).max()) if len(places) else 0.0
    half = plane.where.span or _round(max(LEAST, MARGIN * farthest))
    x, y = places[-1].tolist() if len(places) else (0.0, 0.0)
    if max(abs(x), abs(y)) <= half or not math.isfinite(x + y):
        x = y = 0.0
    return (x - half, x + half, y - half, y + half)


def _round(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(f * power for f in (1, 2, 5, 10) if f * power >= value * (1 - 1e-9))
