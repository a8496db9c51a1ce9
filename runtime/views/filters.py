"""Filters of a convolution or of a linear layer over images, and feature maps of one sample, as small pictures."""

from __future__ import annotations

import numpy as np
import torch

from graph.diagram import OUTPUT, Pin
from runtime.probe import Watched
from runtime.run import Run
from runtime.snapshot import Ask, Pictures

MOST = 64  # pictures at the most


def filters(run: Run, watched: Watched, ask: Ask) -> Pictures | None:
    """The weights of block `ask.block` as pictures `[k, height, width]`: a filter each, or a row of a matrix over images."""
    weight = run.program.parameters.get(f"{ask.block}.weight")
    if weight is None:
        return None
    values = weight.detach()
    if values.dim() == 4:
        return _pictures(values.flatten(0, 1)[:MOST])
    if values.dim() == 2:
        image = _image_shape(run, ask.block)
        return _pictures(values[:MOST].reshape(-1, *image)) if image else None
    return None


def _image_shape(run: Run, block: str) -> tuple[int, int] | None:
    """Height and width of the one-channel images that a linear block sees through a flatten or directly, if it does."""
    source = run.program.diagram.inputs.get(Pin(block, "z"))
    while source is not None and source in run.program.kinds:
        shape = run.program.kinds[source].shape
        if len(shape) == 4:
            return (shape[2], shape[3]) if shape[1] == 1 else None
        if run.program.diagram.blocks[source.block].kind != "flatten":
            return None
        source = run.program.diagram.inputs.get(Pin(source.block, "z"))
    return None


def maps(run: Run, watched: Watched, ask: Ask) -> Pictures | None:
    """The value at the output of block `ask.block` for the batch's first sample, `[channels, height, width]`."""
    value = watched.variables.get(Pin(ask.block, OUTPUT))
    if value is None or value.dim() != 4 or not value.is_floating_point():
        return None
    return _pictures(value[0][:MOST])


def _pictures(values: torch.Tensor) -> Pictures:
    """Grey pictures, each stretched from its lowest to its highest value."""
    array = values.detach().float().cpu().numpy()
    low, high = array.min(axis=(1, 2), keepdims=True), array.max(axis=(1, 2), keepdims=True)
    span = np.where(high > low, high - low, 1.0)
    images = np.ascontiguousarray(((array - low) / span * 255).round().astype(np.uint8))
    return Pictures(images, low.ravel().astype(np.float64), high.ravel().astype(np.float64))
