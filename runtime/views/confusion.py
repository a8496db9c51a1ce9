"""Which class is taken for which, on the validation part."""

from __future__ import annotations

import numpy as np
import torch

from graph.diagram import Pin
from runtime.probe import Watched
from runtime.run import Run
from runtime.snapshot import Ask, Confusion

MOST = 1000  # samples looked at
EXAMPLES = 9  # samples kept for each cell


def confusion(run: Run, watched: Watched, ask: Ask) -> Confusion | None:
    """Counts `[true class, answer]` over at most MOST validation samples; None when the answer is no class."""
    ends = run.program.diagram.inputs
    for name in run.program.costs:
        target, source = ends.get(Pin(name, "target")), ends.get(Pin(name, "prediction"))
        kind = run.program.diagram.blocks[name].kind
        if target is None or source is None or kind not in ("cross_entropy", "nll_loss"):
            continue
        if source in run.program.answers and target.block in run.program.inputs:
            return _count(run, run.program.answers.index(source), target.block)
    return None


def _count(run: Run, number: int, target: str) -> Confusion:
    rows = run.batches.rows("validation", MOST)
    values = run.inputs_of(run.batches.part("validation", MOST))
    given = dict(zip(run.program.inputs, values, strict=True))
    module = run.program.predictor()
    training = module.training
    module.eval()
    try:
        with torch.no_grad():
            out = module(*(given[n] for n in run.program.predictor_inputs))
    finally:
        module.train(training)
    out = out[number] if isinstance(out, tuple) else out
    answers, true = out.argmax(1).cpu().numpy(), given[target].cpu().numpy()
    if answers.ndim > 1 or true.ndim > 1:
        return Confusion(*_matrix(answers.ravel(), true.ravel(), out.shape[1]), {}, ())
    examples: dict[tuple[int, int], list[int]] = {}
    for row, a, t in zip(rows, answers, true, strict=True):
        cell = examples.setdefault((int(t), int(a)), [])
        if len(cell) < EXAMPLES:
            cell.append(int(row))
    field = str(run.program.diagram.blocks[target].settings.get("field", "x"))
    kept = {cell: tuple(found) for cell, found in examples.items()}
    return Confusion(*_matrix(answers, true, out.shape[1]), kept, run.data.classes.get(field, ()))


def _matrix(answers: np.ndarray, true: np.ndarray, classes: int) -> tuple[np.ndarray]:
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (true, answers), 1)
    return (counts,)
