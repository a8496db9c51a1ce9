"""The first weights: does the loss begin where chance puts it, and can a few samples be learned by heart?"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np

from runtime.checks import knows
from runtime.figures.findings import Finding, Trace
from runtime.finders.case import Case, NotLooked
from runtime.trial import SAMPLES as TRIED
from runtime.trial import numel

HEART = 8  # samples that are learned by heart
STEPS, SECONDS, EVERY = 400, 6.0, 20
RIGHT = 0.75  # of the samples: that many are no chance
LEFT = 0.3  # of the first loss: less than that is learned
FACTOR = 2.0  # of ln(classes), that a first loss may be
ENTROPIES = ("cross_entropy", "nll_loss")


def chance(case: Case) -> Iterator[Finding | None]:
    """With first weights every class should be as likely: the cross entropy is ln(classes)."""
    case.needs_numbers()
    cost, answer, _ = case.target
    if case.run.program.stages[cost].block.kind not in ENTROPIES:
        raise NotLooked("the cost is no cross entropy")
    count = case.run.program.kinds[answer].shape[1]
    first = case.energy(case.fresh, cost)
    yield None
    if first > FACTOR * math.log(count) + 0.5:
        yield Finding(
            "chance",
            answer.block,
            f"The first weights are sure of wrong answers: the loss begins at {first:.3g} and not at ln {count} = {math.log(count):.3g}.",
            f"cross entropy {first:.3g} over {len(case.rows)} samples before the first step",
            "Make the first weights of the last block smaller, or normalize the inputs.",
        )


def memory(case: Case) -> Iterator[Finding | None]:
    """Eight samples are learned by heart by whatever has as many weights as these have answers."""
    case.needs_numbers()
    if "rate" in case.ill:
        raise NotLooked("the rate is to be mended first")
    answer = case.target[1]
    needed = HEART * numel(case.run.program.kinds[answer].shape) // TRIED
    if case.run.program.report.total.weights < needed:
        raise NotLooked("it has too few weights to learn samples by heart")
    run = case.copy(subset=HEART)
    part = run.evaluate("training")
    losses, spent = list[float](), 0.0
    found = part
    while not knows(part, found) and run.step_count < STEPS and spent < SECONDS:
        began = time.perf_counter()
        losses.append(run.step())
        if run.step_count % EVERY == 0:
            found = run.evaluate("training")
        spent += time.perf_counter() - began
        yield None
    if "accuracy" in found:
        learned = found["accuracy"] >= RIGHT
    else:
        learned = found["loss"] < part["loss"] - (1 - LEFT) * abs(part["loss"])
    if knows(part, found) or learned or run.step_count < STEPS // 2:
        return
    right = f", {found['accuracy']:.0%} right" if "accuracy" in found else ""
    yield Finding(
        "memory",
        "",
        f"It cannot even learn {run.batches.samples} samples by heart.",
        f"{run.step_count} steps: {part['loss']:.3g} → {found['loss']:.3g}{right}",
        "Look for a mistake in the diagram, switch off regularisers and dropout, or make it larger.",
        (Trace(f"loss on {run.batches.samples} samples", np.array(losses)),),
    )
