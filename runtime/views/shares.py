"""Numbers of blocks that the drawing shows: dead units of rectifiers, and how far weights have moved."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from graph.diagram import OUTPUT, Pin
from nodes.block import BlockType
from nodes.functions.nonlinearity import Relu
from runtime.figures.shares import Shares
from runtime.probe import Watched
from runtime.program import Program
from runtime.replaced import holder
from runtime.run import Run
from runtime.samples import seen
from runtime.snapshot import Ask
from runtime.views.values import values

SAMPLES = 64  # that tell a dead unit from one that is silent now and then
WORK = 100_000_000  # multiply-accumulates that these may cost
RECTIFIERS: tuple[type[BlockType], ...] = (Relu,)  # a unit at 0 learns nothing there


def dead(run: Run, watched: Watched, ask: Ask) -> Shares:
    """The share of the units of each rectifier that are 0 for every sample of the watched batch.

    A unit is a channel of a map `[B, C, ...]` and a component of a vector `[B, ..., n]`.  Half of the units are 0 for a
    single sample and nothing is wrong: beside a batch smaller than SAMPLES so many others of the training part are asked,
    as long as that is not too much work.
    """
    kinds = {kind.kind for kind in RECTIFIERS}
    blocks = run.program.diagram.blocks
    pins = [
        pin
        for pin, value in watched.variables.items()
        if pin.name == OUTPUT and blocks[pin.block].kind in kinds and value.dim() > 1
    ]
    known = _enough(run, watched) if pins else {}
    return Shares({p.block: dead_share(known[p], _along_last(run.program, p.block)) for p in pins})


def _enough(run: Run, watched: Watched) -> Mapping[Pin, torch.Tensor]:
    """Every variable of the watched batch, or of more samples where it is small."""
    count = min(SAMPLES, WORK // max(1, run.program.report.total.macs))
    if run.batches.size >= count:
        return watched.variables
    return values(run, seen(run, "training").thinned(count).rows)


def dead_share(value: torch.Tensor, last: bool) -> float:
    """The share of the units of `value` that are 0 everywhere else; units lie along the last axis or the second."""
    units = value.shape[-1 if last else 1]
    rows = value if last else value.movedim(1, -1)
    alive = (rows.reshape(-1, units) != 0).any(dim=0)
    return 1.0 - float(alive.float().mean())


def _along_last(program: Program, block: str) -> bool:
    """Whether units lie along the last axis: they do unless the nearest weights before the block are a convolution's."""
    while sources := program.stages[block].sources if block in program.stages else ():
        block = sources[0].block
        op = holder(program.stages[block].op) if block in program.stages else None
        weighted = isinstance(op, nn.Module) and next(op.parameters(), None) is not None
        if weighted and not isinstance(op, nn.modules.batchnorm._BatchNorm):
            return not isinstance(op, nn.modules.conv._ConvNd)
    return True


def moved(run: Run, watched: Watched, ask: Ask) -> Shares:
    """How far the weights of each block have moved since the run began: ‖w − w₀‖ / ‖w₀‖, on at most 4,096 of a tensor."""
    return Shares(run.origin.ratios(run.program.parameters))
