"""Where an attention looks: its weights for one sample, query by key, head by head."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch

from graph.diagram import OUTPUT, Pin
from nodes.modules.attention import Attention, MultiHeadAttention
from runtime.figures.attention import AttentionMap
from runtime.probe import Watched
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.views.values import field_of, first_of, number_of, values

HEADS, PLACES = 16, 64  # shown at the most
NORMALIZING = ("softmax", "softmin")


def attention(run: Run, watched: Watched, ask: Ask) -> AttentionMap | None:
    """The weights of an attention, or the output of a softmax `[B, T]` or `[B, T, S]` over its last axis, for one sample.

    They are computed again from what enters the block.  `ask.choice` is which sample, from "0".  Without a block, the
    first attention; without one, the first softmax over a table.
    """
    if ask.block:
        return first_of(run, ask.block, partial(_attention, run, ask.choice))

    def look(ranks: tuple[int, ...], block: str) -> AttentionMap | None:
        suits = _rank(run, block) in ranks
        return _attention(run, ask.choice, block) if suits else None

    return first_of(run, "", partial(look, (0,))) or first_of(run, "", partial(look, (3,)))


def _rank(run: Run, block: str) -> int:
    """0 for an attention, the axes of the output of a softmax over its last axis, else -1."""
    stage = run.program.stages[block]
    if isinstance(stage.op, Attention | MultiHeadAttention):
        return 0
    kind = run.program.kinds.get(Pin(block, OUTPUT))
    if kind is None or stage.block.kind not in NORMALIZING or len(kind.shape) not in (2, 3):
        return -1
    axis = int(getattr(stage.type, "axis", 1)) % len(kind.shape)
    return len(kind.shape) if axis == len(kind.shape) - 1 else -1


def _attention(run: Run, choice: str, block: str) -> AttentionMap | None:
    rank, stage = _rank(run, block), run.program.stages[block]
    if rank < 0:
        return None
    number = number_of(run, choice)
    known = values(run, np.array([number]))
    if rank:
        weights = known[Pin(block, OUTPUT)].reshape(1, 1, -1, known[Pin(block, OUTPUT)].shape[-1])
        query = key = Pin(block, OUTPUT)
    else:
        weights = _weights(stage.op, [known[source] for source in stage.sources])
        query, key = stage.sources[:2]
    _, heads, queries, keys = weights.shape
    shown = weights[0, :HEADS, :PLACES, :PLACES].detach().cpu().numpy().astype(np.float16)
    rows = _symbols(run, query.block, queries, number) if queries > 1 else ()
    columns = _symbols(run, key.block, keys, number)
    return AttentionMap(
        block, shown, number, rows[:PLACES], columns[:PLACES], (heads, queries, keys)
    )


def _weights(op: Attention | MultiHeadAttention, inputs: list[torch.Tensor]) -> torch.Tensor:
    """`[B, heads, T, S]`."""
    with torch.no_grad():
        found = op.attend(*inputs)[1] if isinstance(op, MultiHeadAttention) else op(*inputs)[1]
    return found if found.dim() == 4 else found.unsqueeze(1)


def _symbols(run: Run, block: str, length: int, number: int) -> tuple[str, ...]:
    """The symbols of a sample along an axis of this length, from the data before a block; () where there are none."""
    before = run.program.upstream([block])
    for name in run.program.inputs:
        field = field_of(run, name)
        names = run.data.classes.get(field, ())
        if name in before and names and run.data.fields[field].shape[1:] == (length,):
            return tuple(names[n] for n in run.data.fields[field][number])
    return ()
