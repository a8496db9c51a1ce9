"""Answers of a diagram on a grid over its 2-D input: the decision boundary, or the surface of a regression."""

from __future__ import annotations

import numpy as np
import torch

from graph.diagram import OUTPUT, Pin
from runtime.data import Data
from runtime.program import Program
from runtime.snapshot import Grid, Points

CHUNK = 4096
MARGIN = 0.1  # of the data's extent, on every side
SHOWN = 2000  # points sent to the screen at the most


def plane_input(program: Program) -> str | None:
    """The one input whose samples are points of a plane and on which alone the answer depends, else None."""
    if len(program.predictor_inputs) != 1 or not program.answers:
        return None
    name = program.predictor_inputs[0]
    return name if program.kinds[Pin(name, OUTPUT)].shape[1:] == (2,) else None


def bounds_of(points: np.ndarray) -> tuple[float, float, float, float]:
    """A square around `[N, 2]` points with a margin: (x0, x1, y0, y1)."""
    low, high = points.min(0), points.max(0)
    middle, half = (low + high) / 2, max(float((high - low).max()) / 2, 1e-6) * (1 + MARGIN)
    return (middle[0] - half, middle[0] + half, middle[1] - half, middle[1] + half)


def grid_points(bounds: tuple[float, float, float, float], size: int) -> np.ndarray:
    """`[size², 2]` points at the middles of a grid's cells, the lowest row first."""
    x0, x1, y0, y1 = bounds
    steps = (np.arange(size) + 0.5) / size
    across, up = np.meshgrid(x0 + (x1 - x0) * steps, y0 + (y1 - y0) * steps)
    return np.stack([across.ravel(), up.ravel()], axis=1)


def answer_grid(
    program: Program, points: torch.Tensor, bounds: tuple[float, float, float, float]
) -> Grid:
    """The first answer at `[size², 2]` points, which are already normalized as the training data are."""
    module = program.predictor()
    was_training = module.training
    module.eval()
    try:
        with torch.no_grad():
            parts = [module(chunk) for chunk in points.split(CHUNK)]
    finally:
        module.train(was_training)
    out = torch.cat([p[0] if isinstance(p, tuple) else p for p in parts]).flatten(1)
    size = round(len(points) ** 0.5)
    kind = cost_kind(program)
    if out.shape[1] > 1:
        return _classes(out, kind, size, bounds)
    if kind in ("perceptron", "logistic"):
        sure = torch.tanh(out[:, 0].abs())
        return Grid(_image(out[:, 0] > 0, size), _image(sure * 255, size), 2, bounds)
    return Grid(out[:, 0].reshape(size, size).float().cpu().numpy(), None, 0, bounds)


def _classes(
    out: torch.Tensor, kind: str, size: int, bounds: tuple[float, float, float, float]
) -> Grid:
    best, answer = (
        out.softmax(1) if kind == "cross_entropy" else out.exp() if kind == "nll_loss" else out
    ).max(1)
    return Grid(_image(answer, size), _image(best.clamp(0, 1) * 255, size), out.shape[1], bounds)


def _image(values: torch.Tensor, size: int) -> np.ndarray:
    return values.reshape(size, size).to(torch.uint8).cpu().numpy()


def cost_kind(program: Program) -> str:
    """The kind of the cost that judges the first answer, "" when none does."""
    for name in program.costs:
        source = program.diagram.inputs.get(Pin(name, "prediction"))
        if source is not None and source == program.answers[0]:
            return program.diagram.blocks[name].kind
    return ""


def data_points(program: Program, name: str, data: Data, rows: np.ndarray) -> Points | None:
    """The training points to draw over the grid, at most SHOWN of them, with their target: class numbers or values."""
    fields = data.fields
    x = fields.get(str(program.diagram.blocks[name].settings.get("field", "x")))
    target = _target_field(program)
    if x is None or not len(rows):
        return None
    some = rows[np.linspace(0, len(rows) - 1, min(SHOWN, len(rows))).astype(int)]
    y = fields.get(target)
    values = np.zeros(len(some), dtype=np.int64) if y is None else y[some]
    values = values.reshape(len(some), -1)[:, 0]
    if cost_kind(program) in ("perceptron", "logistic"):
        values = (values > 0).astype(np.int64)
    return Points(np.ascontiguousarray(x[some]), values, data.classes.get(target, ()))


def _target_field(program: Program) -> str:
    for name in program.costs:
        source = program.diagram.inputs.get(Pin(name, "target"))
        if source is not None and source.block in program.inputs:
            return str(program.diagram.blocks[source.block].settings.get("field", "x"))
    return "y"
