"""A report or snapshot as it looks from inside one use of a part: paths cut, wires of the part in place of expanded ones."""

from __future__ import annotations

import math
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


class Level:
    """What one level sees of a run: made once for a diagram, asked at every frame.

    A frame then costs the same for any number of levels; what lies deeper is put together at the use it lies in.
    """

    def __init__(self, flat: Flat, path: str) -> None:
        self._path = path
        self._wires = [
            (wire, carriers)
            for (level, wire), carriers in flat.wires.items()
            if level == path and carriers
        ]
        self._sources = [
            (local, origin)
            for pin, origin in flat.sources.items()
            if (local := _pin(pin, path)) is not None
        ]
        self._pins: list[tuple[Pin, Pin]] = []  # here, in the expanded diagram
        self._pins_known = -1
        self._owners: dict[str, str | None] = {}

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot as this level sees it: flows of the wires that are drawn there."""
        return replace(
            snapshot,
            flows=self._flows(snapshot.flows),
            variables=self._variables(snapshot.variables),
            costs=self.gathered(snapshot.costs, sum),
            weight_gradients=self.gathered(snapshot.weight_gradients, _norm),
        )

    def _flows(self, flows: Mapping[Wire, Flow]) -> dict[Wire, Flow]:
        found: dict[Wire, Flow] = {}
        for wire, carriers in self._wires:
            carried = [flows[c] for c in carriers if c in flows]
            if carried:
                # a wire into a part may fork inside; its gradient is bounded by that of its branches
                found[wire] = Flow(carried[0].value, max(f.gradient for f in carried))
        return found

    def _variables(self, variables: Mapping[Pin, Flow]) -> dict[Pin, Flow]:
        if (
            len(variables) != self._pins_known
        ):  # another diagram part of which runs, or the first frame
            self._pins_known = len(variables)
            self._pins = [(p, pin) for pin in variables if (p := _pin(pin, self._path)) is not None]
        pairs = (*self._pins, *self._sources)
        return {local: variables[origin] for local, origin in pairs if origin in variables}

    def gathered(
        self, values: Mapping[str, float], total: Callable[[list[float]], float]
    ) -> dict[str, float]:
        """Values by block id at this level; those of deeper blocks are put together at their use."""
        found: dict[str, list[float]] = {}
        for name, value in values.items():
            owner = self._owner(name)
            if owner is not None:
                found.setdefault(owner, []).append(value)
        return {name: float(total(group)) for name, group in found.items()}

    def _owner(self, name: str) -> str | None:
        """The block of this level that is or holds the block `name`, None when it lies elsewhere."""
        if name not in self._owners:
            inside = name.removeprefix(f"{self._path}{SLASH}") if self._path else name
            elsewhere = not inside or (self._path and inside == name)
            self._owners[name] = None if elsewhere else inside.partition(SLASH)[0]
        return self._owners[name]


def _norm(norms: list[float]) -> float:
    return math.sqrt(sum(n * n for n in norms))


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
