"""Does the gradient come through?  Vanishing, exploding, cut off, frozen, or wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.diagram import OUTPUT, Pin
from runtime.checks import WHOLE, check_gradients
from runtime.figures.findings import Finding, Trace
from runtime.finders.case import Case, NotLooked

RATIO = 1e3  # between the first and the last block's gradients, from which it is told
BLOCKS, MACS = 60, 2_000_000  # of a diagram whose gradients are checked in passing
CHECKED = 4  # samples


def ratio(case: Case) -> Iterator[Finding | None]:
    """The gradient behind the first block with weights against that behind the last one, root mean square of an entry."""
    if case.learned:
        return
    sizes = _sizes(case)
    yield None
    if len(sizes) < 3:
        return
    (first, a), (last, b) = next(iter(sizes.items())), list(sizes.items())[-1]
    if not a or not b or 1 / RATIO < a / b < RATIO:
        return
    what, how = ("vanish", "smaller") if a < b else ("explode", "larger")
    yield Finding(
        "flow",
        first,
        f"The gradients {what} on the way back: behind {first} they are {max(a / b, b / a):.2g} times {how} than behind {last}.",
        f"root mean square of ∂C/∂s: {a:.2g} behind {first}, {b:.2g} behind {last}",
        "Take He's first weights with ReLUs (Xavier's with tanh), normalization, or residual connections.",
        (
            Trace(
                "log₁₀ ∂C/∂s along the flow",
                np.log10(np.array([max(s, 1e-30) for s in sizes.values()])),
            ),
        ),
    )


def _sizes(case: Case) -> dict[str, float]:
    """At the outputs of the blocks with weight matrices, along the flow."""
    program, found = case.run.program, dict[str, float]()
    matrices = {n.partition(".")[0] for n in program.parameters if program.modules.is_weight(n)}
    for name in program.stages:
        gradient = case.seen.variable_gradients.get(Pin(name, OUTPUT))
        if name in matrices and gradient is not None:
            found[name] = float(gradient.double().square().mean().sqrt())
    return found


def unmoved(case: Case) -> Iterator[Finding | None]:
    """Weights that are frozen, or that no gradient reaches."""
    program, gradients = case.run.program, case.seen.gradients
    frozen = sorted(
        {n.partition(".")[0] for n, p in program.parameters.items() if not p.requires_grad}
    )
    free = sum(p.numel() for p in program.parameters.values() if p.requires_grad)
    total = sum(p.numel() for p in program.parameters.values())
    yield None
    if frozen and free < 0.01 * total and not case.learned:
        yield Finding(
            "frozen",
            frozen[0],
            f"Nearly all weights are frozen: only {free:,} of {total:,} may move.",
            f"frozen: {', '.join(frozen[:6])}",
            "Switch off “freeze” at the blocks that shall learn.",
        )
    cut = [
        name
        for name in dict.fromkeys(key.partition(".")[0] for key in gradients)
        if all(g is None for k, g in gradients.items() if k.startswith(f"{name}."))
        and any(p.requires_grad for k, p in program.parameters.items() if k.startswith(f"{name}."))
    ]
    if cut:
        yield Finding(
            "cut",
            cut[0],
            f"No gradient reaches the weights of {', '.join(cut[:4])}: they stay as they are.",
            f"∂C/∂w is missing at {len(cut)} of {len(program.stages)} blocks",
            "Wire its output to what leads to a cost, or remove what stops the gradient on the way.",
        )


def gradients(case: Case) -> Iterator[Finding | None]:
    """Gradients against central differences, as Check gradients does."""
    case.needs_numbers()
    program = case.run.program
    if len(program.stages) > BLOCKS or program.report.total.macs > MACS:
        raise NotLooked("the net is too large to check its gradients in passing")
    yield None
    check = check_gradients(program, case.run.batches.part("training", CHECKED))
    if check.ok:
        return
    wrong = [name for name in check.wrong if name != WHOLE] or ["the whole diagram"]
    worst = max(check.differences.values())
    yield Finding(
        "gradients",
        wrong[0] if wrong[0] in program.stages else "",
        f"The gradient is wrong at {', '.join(wrong[:4])}: it is not the derivative of what is computed.",
        f"autograd and central differences differ by {worst:.2g} (relative)",
        "Mend the backward of that block, or take another one.",
    )
