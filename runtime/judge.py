"""How well a program does on some samples: loss and, where right and wrong have a meaning, accuracy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from graph.diagram import Pin
from nodes.block import Cost
from runtime.program import Program
from runtime.trial import SAMPLES, numel

CHUNK = 1024  # samples judged at once, at most
NUMBERS = 50_000_000  # values on all wires together that are held for them


def judge(program: Program, inputs: Sequence[torch.Tensor]) -> dict[str, float]:
    """Loss (mean over the samples) and accuracy (0..1), in one pass that changes nothing; {} without samples.

    `inputs` are the values of the program's inputs, the batch first.
    """
    count = len(inputs[0]) if inputs else 0
    size = at_once(program)
    twin = program.watched[0]
    training = twin.training
    twin.eval()
    try:
        with torch.no_grad():
            sums = [
                _judge(program, [v[i : i + size] for v in inputs]) for i in range(0, count, size)
            ]
    finally:
        twin.train(training)
    if not sums:
        return {}
    found = {"loss": sum(loss for loss, _ in sums) / count}
    rights = [right for _, right in sums]
    if None not in rights:
        found["accuracy"] = sum(r for r in rights if r is not None) / count
    return found


def together(found: Sequence[tuple[int, Mapping[str, float]]]) -> dict[str, float]:
    """Loss and accuracy over several pieces, from the numbers of samples and what each was judged to be."""
    total = sum(count for count, _ in found)
    return {
        name: sum(count * judged[name] for count, judged in found) / total
        for name in ("loss", "accuracy")
        if found and all(name in judged for _, judged in found)
    }


def at_once(program: Program, most: int = CHUNK) -> int:
    """How many samples can go through a program together, were every value of theirs held."""
    one = sum(numel(kind.shape) // SAMPLES for kind in program.kinds.values())
    return min(most, max(1, NUMBERS // max(1, one)))


def _judge(program: Program, inputs: Sequence[torch.Tensor]) -> tuple[float, float | None]:
    """The loss, summed over the samples, and how many are answered right."""
    twin, where = program.watched
    loss, _, _, values = twin(*inputs)
    known = dict(zip(where.variables, values, strict=True))
    right = right_answers(program, known)
    return float(loss) * len(inputs[0]), None if right is None else float(right.sum())


def right_answers(program: Program, known: Mapping[Pin, torch.Tensor]) -> torch.Tensor | None:
    """Which samples the first cost that can tell calls right, `[B]` of bool; None when no cost can."""
    ends = program.diagram.inputs
    for name in program.costs:
        target, source = ends.get(Pin(name, "target")), ends.get(Pin(name, "prediction"))
        cost = program.stages[name].type
        if target is None or source is None or target not in known or source not in known:
            continue
        assert isinstance(cost, Cost)
        right = cost.correct(known[source], known[target])
        if right is not None:
            return right if right.dim() == 1 else right.flatten(1).all(1)
    return None
