"""Filters of a convolution or of a linear layer over images, and feature maps of one sample, as small pictures."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import torch
from torch import nn

from graph.diagram import OUTPUT, Pin
from runtime.figures.pictures import FULL, Bank
from runtime.making import owner_of
from runtime.probe import Watched
from runtime.replaced import holder
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.views.values import (
    as_pictures,
    field_of,
    first_of,
    number_of,
    pictured,
    samples_of,
    values,
)

MOST = 64  # rows, or columns, at the most
NUMBERS = 200_000  # in all pictures of a bank together
RGB = 3
Convolutions = nn.Conv1d | nn.Conv2d | nn.Conv3d
Transposed = nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d


def filters(run: Run, watched: Watched, ask: Ask) -> Bank | None:
    """The weights of block `ask.block` as pictures: a filter each, or a row of a matrix over images.

    Rows are outputs and columns inputs; a filter over signals is a strip with a row for each input, one over volumes
    lies in slices side by side; filters over three colours that see the data are coloured.  Without a block, the
    first that has filters.
    """
    return first_of(run, ask.block, partial(bank_of, run, watched))


def bank_of(run: Run, watched: Watched, block: str) -> Bank | None:
    """The filters of this block, None when it has none that can be drawn."""
    weight = weight_of(run, watched, block)
    if weight is None:
        return None
    arranged = _arranged(run, block, weight.detach())
    if arranged is None:
        return None
    if arranged.shape[1] == RGB and weight.dim() != 5 and _sees_data(run, block):
        return _coloured(block, arranged)
    return _bank(block, arranged)


def weight_of(run: Run, watched: Watched, block: str) -> torch.Tensor | None:
    """A block's weights: its own, those it shares, or what a wire brings."""
    diagram = run.program.diagram
    wired = diagram.inputs.get(Pin(block, "weight"))
    if wired is not None:
        return watched.variables.get(wired)
    return run.program.parameters.get(f"{owner_of(diagram, block)}.weight")


def _arranged(run: Run, block: str, weight: torch.Tensor) -> torch.Tensor | None:
    """`[rows, columns, height, width]`, outputs down and inputs across; None for what is no picture."""
    op = holder(run.program.stages[block].op)
    if isinstance(op, Transposed):
        weight = weight.transpose(0, 1)
    elif isinstance(op, nn.Linear):
        image = _image_shape(run, block)
        return weight.reshape(-1, *image) if image and weight.dim() == 2 else None
    elif not isinstance(op, Convolutions):
        return None
    if weight.dim() == 3:
        return weight.unsqueeze(1)  # a strip with a row for each input
    return weight.flatten(1, 2) if weight.dim() == 5 else weight


def _image_shape(run: Run, block: str) -> tuple[int, int, int] | None:
    """Channels, height and width of the images that a linear block sees through a flatten or directly, if it does."""
    source = run.program.diagram.inputs.get(Pin(block, "z"))
    while source is not None and source in run.program.kinds:
        shape = run.program.kinds[source].shape
        if len(shape) == 4:
            return shape[1], shape[2], shape[3]
        if run.program.diagram.blocks[source.block].kind != "flatten":
            return None
        source = run.program.diagram.inputs.get(Pin(source.block, "z"))
    return None


def _sees_data(run: Run, block: str) -> bool:
    source = run.program.diagram.inputs.get(Pin(block, "z"))
    while source is not None and source.block in run.program.stages:
        if run.program.diagram.blocks[source.block].kind not in ("flatten", "pad"):
            return False
        source = run.program.diagram.inputs.get(Pin(source.block, "z"))
    return source is not None


def maps(run: Run, watched: Watched, ask: Ask) -> Bank | None:
    """The output of block `ask.block` for one held-out sample, a picture for each channel, as after training.

    `ask.choice` is which sample, from "0".  A signal's map is a strip with a row for each channel, a volume's lies in
    slices.  Without a block, the first that has filters and maps.
    """

    def look(block: str) -> Bank | None:
        mappable = _is_mapped(run, block)
        filtered = ask.block or bank_of(run, watched, block) is not None
        return _maps(run, block, ask.choice) if mappable and filtered else None

    return first_of(run, ask.block, look)


def _is_mapped(run: Run, block: str) -> bool:
    kind = run.program.kinds.get(Pin(block, OUTPUT))
    return kind is not None and 3 <= len(kind.shape) <= 5 and kind.dtype.is_floating_point


def _maps(run: Run, block: str, choice: str) -> Bank:
    number = number_of(run, choice)
    value = values(run, np.array([number]))[Pin(block, OUTPUT)][0]
    if value.dim() == 2:
        value = value[None]
    given, source = None, pictured(run, block)
    if source is not None:
        given = as_pictures(samples_of(run, field_of(run, source), np.array([number])))[0]
    return _bank(block, value if value.dim() == 4 else value[:, None], number, given)


# --- levels ---------------------------------------------------------------------------------------------------


def _bank(
    block: str, values: torch.Tensor, sample: int = -1, given: np.ndarray | None = None
) -> Bank:
    """`[rows, columns, height, width]` as levels around 0, all by the same measure; no more than fit."""
    total = (values.shape[0], values.shape[1])
    rows, columns = _most(*values.shape)
    array = values.detach()[:rows, :columns].float().cpu().numpy()
    extent = _extent(array)
    levels = (np.nan_to_num(array) / extent * FULL).round().clip(-FULL, FULL).astype(np.int8)
    return Bank(block, levels, extent, total, sample, given)


def _coloured(block: str, values: torch.Tensor) -> Bank:
    """`[rows, 3, height, width]` as coloured pictures: grey at 0."""
    rows, _ = _most(*values.shape)
    array = values[:rows].float().cpu().numpy()
    extent = _extent(array)
    colors = (128 + np.nan_to_num(array) / extent * FULL).round().clip(0, 255).astype(np.uint8)
    colors = np.ascontiguousarray(np.moveaxis(colors, 1, -1)[:, None])
    return Bank(block, colors, extent, (values.shape[0], 1))


def _extent(array: np.ndarray) -> float:
    finite = array[np.isfinite(array)]
    return float(np.abs(finite).max(initial=0.0)) or 1.0


def _most(rows: int, columns: int, height: int, width: int) -> tuple[int, int]:
    """How many rows and columns are sent."""
    room = max(1, NUMBERS // max(1, height * width))
    rows, columns = min(rows, MOST), min(columns, MOST)
    if rows * columns > room:
        columns = min(columns, max(1, math.isqrt(room)))
        rows = min(rows, max(1, room // columns))
    return rows, columns
