"""Answers of a diagram all over a plane: where they can be drawn, and as areas or as a surface."""

from __future__ import annotations

import numpy as np
import torch

from graph.diagram import Pin
from nodes.costs.comparison import Classification, SquaredError
from nodes.costs.signs import BinaryCrossEntropy, Hinge, Logistic, Perceptron
from runtime.figures.answers import Grid, Spaces
from runtime.program import Program
from runtime.samples import roots

MARGIN = 0.1  # of the data's extent, on every side
THINNEST = 0.02  # an axis along which nothing varies, against the other one
MOST_CLASSES = 256

Bounds = tuple[float, float, float, float]


def bounds_of(points: np.ndarray, square: bool = True) -> Bounds:
    """A rectangle around `[N, 2]` points with a margin, a square one if wanted: (x0, x1, y0, y1)."""
    low, high = points.min(0), points.max(0)
    middle, extent = (low + high) / 2, high - low
    largest = float(extent.max()) or 1.0
    half = (np.full(2, largest) if square else np.maximum(extent, largest * THINNEST)) / 2
    half = half * (1 + MARGIN)
    (x0, y0), (x1, y1) = (middle - half).tolist(), (middle + half).tolist()
    return (x0, x1, y0, y1)


def grid_points(bounds: Bounds, size: int) -> np.ndarray:
    """`[size², 2]` points at the middles of a grid's cells, the lowest row first."""
    x0, x1, y0, y1 = bounds
    steps = (np.arange(size) + 0.5) / size
    across, up = np.meshgrid(x0 + (x1 - x0) * steps, y0 + (y1 - y0) * steps)
    return np.stack([across.ravel(), up.ravel()], axis=1)


# --- the part of the diagram that answers -----------------------------------------------------------------------


def input_of(program: Program, answer: Pin) -> Pin | None:
    """The one observed input of real numbers on which an answer depends, None when there is no such one."""
    found = roots(program, answer)
    if len(found) != 1 or found[0].block in program.latents:
        return None
    return found[0] if program.kinds[found[0]].dtype.is_floating_point else None


def answer_of(program: Program) -> Pin | None:
    """The first answer, when it is one number or one row of numbers for a sample."""
    if not program.answers:
        return None
    kind = program.kinds[program.answers[0]]
    plain = kind.batched and len(kind.shape) <= 2 and kind.dtype.is_floating_point
    return program.answers[0] if plain else None


def spaces_of(program: Program, answer: Pin) -> Spaces:
    """Where an answer can be drawn."""
    start = input_of(program, answer)
    inside = [
        (str(pin), program.kinds[pin].shape[1])
        for pin in program.passages(answer)
        if pin.block not in program.inputs
        and len(program.kinds[pin].shape) == 2
        and program.kinds[pin].shape[1] > 1
        and program.kinds[pin].dtype.is_floating_point
    ]
    size = int(np.prod(program.kinds[start].shape[1:])) if start else 0
    before = [name for name, _ in inside if name != str(answer)] or [name for name, _ in inside]
    return Spaces(size, tuple(inside), (before or [""])[-1])


def macs_to(program: Program, pin: Pin) -> int:
    """Multiply-accumulate operations from the inputs to a variable, for one sample."""
    return _macs(program, program.upstream([pin.block]))


def macs_between(program: Program, start: Pin, end: Pin) -> int:
    """Multiply-accumulate operations from one variable to another, for one sample."""
    return _macs(program, _between(program, start, end))


def largest_between(program: Program, start: Pin, end: Pin) -> int:
    """How many numbers the largest variable has from one to another, both included, for one sample."""
    blocks = _between(program, start, end) | {start.block}
    found = (kind for pin, kind in program.kinds.items() if pin.block in blocks and kind.batched)
    return max((int(np.prod(kind.shape[1:])) for kind in found), default=1)


def _between(program: Program, start: Pin, end: Pin) -> set[str]:
    """The blocks that are computed from one variable to another."""
    return program.upstream([end.block]) - program.upstream([start.block])


def _macs(program: Program, blocks: set[str]) -> int:
    return sum(program.report.counts[n].macs for n in blocks if n in program.report.counts)


# --- answers as areas or as a surface -----------------------------------------------------------------------------


def sure_of_yes(program: Program, answer: Pin, out: torch.Tensor) -> torch.Tensor | None:
    """How sure a single output `[N]` is of class 1, so that it is chosen above ½; None when it says no class."""
    name = judged_by(program, answer)
    if not name:
        return None
    cost = program.cost(name)
    if isinstance(cost, Perceptron | Logistic | Hinge):
        return torch.sigmoid(
            2 * out
        )  # for the logistic cost log(1 + exp(-2 y s)) it is the probability
    if isinstance(cost, BinaryCrossEntropy):
        return torch.sigmoid(out) if cost.logits else out
    target = program.diagram.inputs.get(Pin(name, "target"))
    kind = program.kinds.get(target) if target is not None else None
    whole = kind is not None and not kind.dtype.is_floating_point
    return out if isinstance(cost, SquaredError) and whole else None


def judged_by(program: Program, answer: Pin) -> str:
    """The first cost that judges an answer, "" when none does."""
    ends = program.diagram.inputs
    return next((n for n in program.costs if ends.get(Pin(n, "prediction")) == answer), "")


def chooses(program: Program, answer: Pin, wanted: np.ndarray | None) -> bool:
    """Whether several outputs are scores of classes, and not numbers of their own; `wanted` are targets of theirs."""
    name = judged_by(program, answer)
    if not name or isinstance(program.cost(name), Classification) or wanted is None:
        return True
    one_hot = wanted.ndim == 2 and bool((np.sort(wanted, 1)[:, :-1] == wanted.min()).all())
    return one_hot or wanted.dtype.kind != "f"


def grid_of(
    program: Program, answer: Pin, out: torch.Tensor, bounds: Bounds, areas: bool = True
) -> Grid:
    """The Grid of an answer's values `[size², k]`: with `areas` and k > 1 the class of the largest, else the first number."""
    out = out.flatten(1) if out.dim() > 1 else out[:, None]
    size = round(len(out) ** 0.5)
    if areas and 1 < out.shape[1] <= MOST_CLASSES:
        sure, best = _shares(program, answer, out).max(1)
        return Grid(_image(best, size), _image(sure.clamp(0, 1) * 255, size), out.shape[1], bounds)
    yes = sure_of_yes(program, answer, out[:, 0]) if out.shape[1] == 1 else None
    if yes is not None:
        sure = torch.maximum(yes, 1 - yes).clamp(0, 1)
        return Grid(_image(yes > 0.5, size), _image(sure * 255, size), 2, bounds)
    return Grid(out[:, 0].reshape(size, size).float().cpu().numpy(), None, 0, bounds)


def _shares(program: Program, answer: Pin, out: torch.Tensor) -> torch.Tensor:
    """How sure it is of each class."""
    name = judged_by(program, answer)
    kind = program.diagram.blocks[name].kind if name else ""
    if kind == "cross_entropy":
        return out.softmax(1)
    return out.exp() if kind == "nll_loss" else out


def _image(values: torch.Tensor, size: int) -> np.ndarray:
    """As bytes; what is no number is 0, so that nothing is sure there."""
    return values.nan_to_num(0.0).reshape(size, size).to(torch.uint8).cpu().numpy()
