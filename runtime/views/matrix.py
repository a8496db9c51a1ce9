"""A convolution as the matrix that it is: sparse, with the same weights along its diagonals."""

from __future__ import annotations

import math
from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

from graph.diagram import Pin
from runtime.figures.matrix import Matrix
from runtime.probe import Watched
from runtime.replaced import holder
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.views.filters import Convolutions, weight_of
from runtime.views.values import first_of

SIDE = 160  # rows, or columns, that are made at the most
CONVOLVE = (F.conv1d, F.conv2d, F.conv3d)


def matrix(run: Run, watched: Watched, ask: Ask) -> Matrix | None:
    """The matrix from the flattened input of a convolution, or of a linear block, to its flattened output, without bias.

    Of many channels, the first are taken that fit.  Without a block, that of the first convolution.
    """
    if ask.block:
        return first_of(run, ask.block, partial(_matrix, run, watched))

    def look(block: str) -> Matrix | None:
        convolves = isinstance(holder(run.program.stages[block].op), Convolutions)
        return _matrix(run, watched, block) if convolves else None

    return first_of(run, "", look)


def _matrix(run: Run, watched: Watched, block: str) -> Matrix | None:
    op, weight = holder(run.program.stages[block].op), weight_of(run, watched, block)
    if weight is None or not isinstance(op, nn.Linear | Convolutions):
        return None
    source = run.program.kinds[run.program.diagram.inputs[Pin(block, "z")]].shape
    out = run.program.kinds[Pin(block, "y")].shape
    if isinstance(op, nn.Linear):
        rows = weight.detach().reshape(-1, weight.shape[-1])  # a wire may bring a single row
        shown = rows[:SIDE, :SIDE].float().cpu().numpy()
        return Matrix(block, shown, (rows.shape[0], rows.shape[1]), (1, 1))
    total = (math.prod(out[1:]), math.prod(source[1:]))
    tiles = (math.prod(out[2:]), math.prod(source[2:]))
    if max(tiles) > SIDE:
        return Matrix(block, total=total, tiles=tiles, refusal=_too_large(block, tiles))
    kept = (min(out[1], SIDE // tiles[0]), min(source[1], SIDE // tiles[1]))
    values = jacobian(op, _dense(weight.detach(), op.groups, *kept), tuple(source[2:]))
    return Matrix(block, values.float().cpu().numpy(), total, tiles)


def _too_large(block: str, tiles: tuple[int, int]) -> str:
    rows, columns = tiles
    return (
        f"{block} leads from {columns:,} to {rows:,} places for each pair of channels: "
        f"too many to draw, {SIDE} are the most."
    )


def _dense(weight: torch.Tensor, groups: int, outputs: int, inputs: int) -> torch.Tensor:
    """The weights `[outputs, inputs, taps...]` of the first channels, zeros between groups."""
    size, each = weight.shape[1], weight.shape[0] // groups
    dense = weight.new_zeros(outputs, inputs, *weight.shape[2:])
    for n in range(outputs):
        first = n // each * size
        seen = range(first, min(first + size, inputs))
        dense[n, first : first + len(seen)] = weight[n, : len(seen)]
    return dense


def jacobian(op: Convolutions, weight: torch.Tensor, size: tuple[int, ...]) -> torch.Tensor:
    """The derivative of the flattened convolution by its flattened input `[channels, size...]`: `[outputs, inputs]`."""
    convolve = CONVOLVE[len(size) - 1]

    def linear(z: torch.Tensor) -> torch.Tensor:
        image = z.reshape(1, weight.shape[1], *size)
        out = convolve(image, weight, None, op.stride, op.padding, op.dilation)  # type: ignore[operator]
        return out.flatten()

    with torch.enable_grad():
        zeros = weight.new_zeros(weight.shape[1] * math.prod(size))
        found = torch.autograd.functional.jacobian(linear, zeros, vectorize=True)
    return found  # type: ignore[no-any-return]
