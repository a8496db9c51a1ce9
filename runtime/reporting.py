"""The report of a compile: what a screen is told of a program, at the pins of plain blocks and of parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from torch import nn

from graph.parts import Flat, levels_of
from graph.problem import Problem
from runtime.shapes import Trace
from runtime.snapshot import Counts, Report

if TYPE_CHECKING:
    from runtime.program import Program


def report_of(program: Program, trace: Trace, flat: Flat, problems: Sequence[Problem]) -> Report:
    """What the shape pass has found, after `problems` that were known before; the total counts plain blocks only."""
    shapes = {pin: kind.shown for pin, kind in trace.kinds.items()}
    outside = {pin: shapes[inside] for pin, inside in flat.sources.items() if inside in shapes}
    trained = [name for name in program.costs if program.cost(name).use != "inference"]
    return Report(
        shapes={**shapes, **outside},
        problems=(*problems, *_at_uses(trace.problems, flat)),
        counts=trace.counts,
        source=program.module.code,
        parts=_of_parts(trace),
        trainable=_depends_on_weights(program, trained),
    )


def _at_uses(problems: Iterable[Problem], flat: Flat) -> Iterable[Problem]:
    """The problems, that of an input of a part without a wire told once, and where the wire is missing."""
    waiting, found = {str(pin): use for pin, use in flat.open.items()}, dict[Problem, None]()
    for problem in problems:
        use = waiting.get(problem.where) if problem.kind == "open" else None
        if use is not None:
            message = f"the input {use.name} has no wire."
            problem = replace(problem, where=str(use), message=message)
        found[problem] = None
    return found


def _depends_on_weights(program: Program, costs: Iterable[str]) -> bool:
    """Whether one of these costs can be lowered by a weight that is trained."""
    free = {id(weight) for weight in program.parameters.values() if weight.requires_grad}
    waiting, seen = [*costs], set[str]()
    while waiting and free:
        name = waiting.pop()
        if name in seen or name not in program.stages:
            continue
        seen.add(name)
        stage = program.stages[name]
        own = stage.op.parameters() if isinstance(stage.op, nn.Module) else ()
        if stage.of_weights or any(id(weight) in free for weight in own):
            return True
        waiting += [pin.block for pin in stage.sources]
    return False


def _of_parts(trace: Trace) -> dict[str, Counts]:
    """The counts of every part, by the path of its use."""
    found: dict[str, Counts] = {}
    for name, count in trace.counts.items():
        for level in levels_of(name):
            before = found.get(level, Counts())
            found[level] = Counts(before.weights + count.weights, before.macs + count.macs)
    return found
