"""Which class is taken for which on the validation part, and the samples behind a cell or those that are most wrong."""

from __future__ import annotations

import numpy as np
import torch

from graph.diagram import Pin
from runtime.figures.confusion import Confusion, Examples
from runtime.probe import Watched
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.views.values import as_pictures, field_of, pictured, samples_of

MOST = 1000  # samples looked at
EXAMPLES = 9  # sample numbers kept for each cell
SHOWN = 24  # samples sent
SIDE = 64  # pixels of a sent picture at the most
TOLD = 4  # numbers of a sample that is no picture


def confusion(run: Run, watched: Watched, ask: Ask) -> Confusion | None:
    """Counts `[true class, answer]` over at most MOST validation samples; None when the answer is no class.

    `ask.choice` is a cell, "true,answered", whose samples are shown; without one, the samples that are most
    confidently wrong.
    """
    ends = run.program.diagram.inputs
    for name in run.program.costs:
        target, source = ends.get(Pin(name, "target")), ends.get(Pin(name, "prediction"))
        kind = run.program.diagram.blocks[name].kind
        if target is None or source is None or kind not in ("cross_entropy", "nll_loss"):
            continue
        if source in run.program.answers and target.block in run.program.inputs:
            return _count(run, source, target.block, ask.choice, scores=kind == "cross_entropy")
    return None


def _count(run: Run, source: Pin, target: str, choice: str, scores: bool) -> Confusion:
    out, true = _answers(run, run.program.answers.index(source), target)
    classes = out.shape[1]
    answers = out.argmax(1).cpu().numpy()
    field = field_of(run, target)
    names = run.data.classes.get(field, ())
    if answers.ndim > 1 or true.ndim > 1:
        return Confusion(_matrix(answers.ravel(), true.ravel(), classes), {}, names)
    probabilities = out.softmax(1) if scores else out.exp()
    sure = probabilities.max(1).values.double().cpu().numpy()
    rows, cell = run.batches.rows("validation", MOST), _cell(choice, classes)
    if cell is None:
        wrong = np.flatnonzero(answers != true)
    else:
        wrong = np.flatnonzero((true == cell[0]) & (answers == cell[1]))
    chosen = wrong[np.argsort(-sure[wrong], kind="stable")][:SHOWN]
    shown = _shown(run, source, rows[chosen], true[chosen], answers[chosen], sure[chosen])
    examples = _examples(rows, true, answers)
    return Confusion(_matrix(answers, true, classes), examples, names, shown, cell)


def _answers(run: Run, number: int, target: str) -> tuple[torch.Tensor, np.ndarray]:
    """The answers `[n, classes, ...]` for the validation part, and the true classes."""
    values = run.inputs_of(run.batches.part("validation", MOST))
    given = dict(zip(run.program.inputs, values, strict=True))
    module = run.program.predictor()
    training = module.training
    module.eval()
    try:
        with torch.no_grad(), run.descent.averaged():
            out = module(*(given[n] for n in run.program.predictor_inputs))
    finally:
        module.train(training)
    return out[number] if isinstance(out, tuple) else out, given[target].cpu().numpy()


def _cell(choice: str, classes: int) -> tuple[int, int] | None:
    parts = choice.split(",")
    if len(parts) != 2 or not all(p.isdecimal() and int(p) < classes for p in parts):
        return None
    return int(parts[0]), int(parts[1])


def _examples(
    rows: np.ndarray, true: np.ndarray, answers: np.ndarray
) -> dict[tuple[int, int], tuple[int, ...]]:
    found: dict[tuple[int, int], list[int]] = {}
    for row, t, a in zip(rows, true, answers, strict=True):
        cell = found.setdefault((int(t), int(a)), [])
        if len(cell) < EXAMPLES:
            cell.append(int(row))
    return {cell: tuple(kept) for cell, kept in found.items()}


def _shown(
    run: Run,
    source: Pin,
    samples: np.ndarray,
    true: np.ndarray,
    answered: np.ndarray,
    sure: np.ndarray,
) -> Examples:
    name = pictured(run, source.block)
    if name is not None and len(samples):
        pictures = as_pictures(samples_of(run, field_of(run, name), samples), SIDE)
        return Examples(samples, true, answered, sure, pictures)
    texts = _texts(run, source, samples) if len(samples) else ()
    return Examples(samples, true, answered, sure, None, texts)


def _texts(run: Run, source: Pin, samples: np.ndarray) -> tuple[str, ...]:
    """The first numbers, or the symbols, of each sample's input."""
    before = run.program.upstream([source.block])
    name = next((n for n in run.program.inputs if n in before), None)
    if name is None or field_of(run, name) not in run.data.fields:
        return tuple("" for _ in samples)
    field = field_of(run, name)
    names = run.data.classes.get(field, ())
    found = []
    for values in samples_of(run, field, samples).reshape(len(samples), -1):
        texts = [names[int(v)] if names else f"{v + 0.0:.3g}" for v in values[:TOLD]]
        found.append(", ".join(texts) + (" …" if len(values) > TOLD else ""))
    return tuple(found)


def _matrix(answers: np.ndarray, true: np.ndarray, classes: int) -> np.ndarray:
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (true, answers), 1)
    return counts
