"""A report or snapshot as it looks from inside one use of a part: paths cut, wires of the part in place of expanded ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from graph.diagram import Pin, Wire
from graph.parts import SLASH, Flat
from graph.problem import Problem
from runtime.snapshot import Flow, Report, Snapshot


def report_at(report: Report, path: str) -> Report:
    """The report for the level at `path` ("" = the diagram itself); what lies deeper is told at the use it lies in."""
    return replace(
        report,
        shapes={p: s for pin, s in report.shapes.items() if (p := _pin(pin, path)) is not None},
        problems=tuple(
            told for problem in report.problems if (told := _problem(problem, path)) is not None
        ),
        counts={
            n: c
            for name, c in (*report.counts.items(), *report.parts.items())
            if (n := _local(name, path)) is not None
        },
    )


def snapshot_at(snapshot: Snapshot, path: str, flat: Flat) -> Snapshot:
    """The snapshot for the level at `path`: flows of the wires that are drawn there."""
    wires: dict[Wire, Flow] = {}
    for (level, wire), carriers in flat.wires.items():
        found = (
            [snapshot.flows[c] for c in carriers if c in snapshot.flows] if level == path else []
        )
        if found:
            # a wire into a part may fork inside; its gradient is bounded by that of its branches
            wires[wire] = Flow(found[0].value, max(f.gradient for f in found))
    variables = {
        p: f for pin, f in snapshot.variables.items() if (p := _pin(pin, path)) is not None
    }
    for pin, origin in flat.sources.items():
        local = _pin(pin, path)
        if local is not None and origin in snapshot.variables:
            variables[local] = snapshot.variables[origin]
    return replace(
        snapshot,
        flows=wires,
        variables=variables,
        costs=_gathered(snapshot.costs, path, sum),
        weight_gradients=_gathered(
            snapshot.weight_gradients, path, lambda norms: sum(n * n for n in norms) ** 0.5
        ),
    )


def _local(name: str, path: str) -> str | None:
    """The id at this level of the block `name`, None when it lies elsewhere or deeper."""
    inside = name.removeprefix(f"{path}{SLASH}") if path else name
    if path and inside == name:
        return None
    return inside if SLASH not in inside else None


def _pin(pin: Pin, path: str) -> Pin | None:
    name = _local(pin.block, path)
    return Pin(name, pin.name) if name is not None else None


def _problem(problem: Problem, path: str) -> Problem | None:
    if not problem.block:
        return problem
    inside = problem.where.removeprefix(f"{path}{SLASH}") if path else problem.where
    if path and inside == problem.where:
        return None
    use, slash, rest = inside.partition(SLASH)
    if not slash:
        return replace(problem, where=inside)
    return replace(problem, where=use, message=f"{rest}: {problem.message}")


def _gathered(
    values: Mapping[str, float], path: str, total: Callable[[list[float]], float]
) -> dict[str, float]:
    """Values by block id at this level; those of deeper blocks are put together at their use."""
    found: dict[str, list[float]] = {}
    for name, value in values.items():
        inside = name.removeprefix(f"{path}{SLASH}") if path else name
        if not path or inside != name:
            found.setdefault(inside.partition(SLASH)[0], []).append(value)
    return {name: float(total(group)) for name, group in found.items()}
