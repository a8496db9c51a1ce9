"""A loss that is infinite or not a number: which block it was born in."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from graph.problem import Problem
from runtime.program import Program

HINT = (
    "Lower the rate, clip the gradients, or normalize the input; the last finite weights are back."
)
AT_FIRST = "Look at what enters it, or normalize the input."  # before a step no rate is at fault


class NonFinite(Exception):
    """The loss became infinite or not a number; `problem` names the block where it was born.

    The run then stands where the loss was finite for the last time.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def birthplace(program: Program, inputs: Sequence[torch.Tensor], step: int) -> Problem:
    """The input, or the first block along the flow, whose weights or output are not finite on this batch."""
    for name, given in zip(program.inputs, inputs, strict=True):
        if not _finite(given):
            return _born(name, "the data hold values that are not finite", step)
    twin, where = program.watched
    with torch.no_grad():
        _, energies, _, values = twin(*inputs)
    variables = dict(zip(where.variables, values, strict=True))
    outputs = {pin.block: v for pin, v in variables.items()}
    outputs |= dict(zip(program.costs, energies, strict=True))
    for name, stage in program.stages.items():
        own = [p for key, p in program.parameters.items() if key.startswith(f"{name}.")]
        if any(not _finite(p) for p in own):
            return _born(name, "its weights became infinite or not a number", step)
        if name in outputs and not _finite(outputs[name]):
            entering = _range([variables[p] for p in stage.sources if p in variables])
            what = f"{_on(program, name)} became infinite or not a number{entering}"
            return _born(name, what, step)
    return _born("", "the loss became infinite or not a number", step)


def _on(program: Program, name: str) -> str:
    """Its energy, or the wires on which its output runs."""
    ends = [str(w.target) for w in program.diagram.wires_from(name)]
    if name in program.costs or not ends:
        return "its energy" if name in program.costs else "its output"
    return f"its output, on the wire to {' and '.join(ends[:3])},"


def _range(entering: Sequence[torch.Tensor]) -> str:
    """Between which numbers that lies what enters a block, for a sentence."""
    found = [v for v in entering if v.is_floating_point() and v.numel()]
    if not found:
        return ""
    low, high = min(float(v.min()) for v in found), max(float(v.max()) for v in found)
    return f": what enters lies between {low:.3g} and {high:.3g}"


def _born(where: str, what: str, step: int) -> Problem:
    return Problem(where, f"{what} (step {step}).", HINT if step else AT_FIRST)


def _finite(value: torch.Tensor) -> bool:
    return not value.is_floating_point() or bool(torch.isfinite(value).all())
