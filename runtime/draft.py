"""Draws the torch.fx graphs of a program: its loss, its answers, its energy, and the watched twin."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import fx, nn

from graph.diagram import OUTPUT, Pin, Wire
from runtime.making import Stage

if TYPE_CHECKING:
    from runtime.program import Program


@dataclass(frozen=True)
class Wires:
    """Which outputs of the watched graph belong to which wire and which variable."""

    wires: tuple[Wire, ...]
    variables: tuple[Pin, ...]


class Draft:
    """One fx.Graph over a program's stages, built as far as it is needed."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.graph = fx.Graph()
        self.values: dict[Pin, fx.Node] = {}
        self.ends: dict[str, fx.Node] = {}  # every stage's result, costs included

    def inputs(self, wanted: Sequence[str]) -> None:
        for number, name in enumerate(wanted):
            self.values[Pin(name, OUTPUT)] = self.graph.placeholder(f"v{number}")

    def stage(self, name: str, sources: Sequence[fx.Node] | None = None) -> None:
        stage = self.program.stages[name]
        arguments = (
            tuple(self.values[pin] for pin in stage.sources) if sources is None else tuple(sources)
        )
        if stage.of_weights:
            arguments = tuple(
                self.graph.get_attr(path)
                for name, path in self.program.modules.paths.items()
                if self.program.modules.is_weight(name)
            )
        if isinstance(stage.op, nn.Module):
            node = self.graph.call_module(self.program.modules.targets[name], arguments)
        else:
            node = self.graph.call_function(stage.op, arguments)
        self.ends[name] = node
        outputs = stage.type.outputs
        for number, pin in enumerate(outputs):
            one = len(outputs) == 1
            part = node if one else self.graph.call_function(operator.getitem, (node, number))
            self.values[Pin(name, pin)] = part

    def loss(self) -> fx.Graph:
        self.inputs(self.program.inputs)
        for name in self._feeding(self.program.costs):
            self.stage(name)
        energies = [self.ends[name] for name in self.program.costs]
        self.graph.output((self._total(energies), *energies))
        return self.graph

    def _feeding(self, ends: Sequence[str]) -> list[str]:
        needed = self.program.upstream(ends)
        return [name for name in self.program.stages if name in needed]

    def _total(self, energies: Sequence[fx.Node]) -> Any:
        total: fx.Node | None = None
        for name, energy in zip(self.program.costs, energies, strict=True):
            if self.program.cost(name).use == "inference":
                continue
            mean = (
                energy
                if self.program.stages[name].of_weights
                else self.graph.call_method("mean", (energy,))
            )
            term = self._weighted(name, mean)
            total = term if total is None else self.graph.call_function(torch.add, (total, term))
        return total

    def _weighted(self, name: str, energy: fx.Node) -> fx.Node:
        weight = self.program.cost(name).weight
        if weight != 1.0:
            energy = self.graph.call_function(torch.mul, (energy, weight))
        gate = self.program.modules.gates.get(name)
        return (
            self.graph.call_function(torch.mul, (energy, self.graph.get_attr(gate)))
            if gate
            else energy
        )

    def energy(self) -> fx.Graph:
        self.inputs(self.program.inputs)
        counted = [
            n
            for n in self.program.costs
            if self.program.cost(n).use != "training" and not self.program.stages[n].of_weights
        ]
        for name in self._feeding(counted):
            self.stage(name)
        total: fx.Node | None = None
        for name in counted:
            term = self._weighted(name, self.ends[name])
            total = term if total is None else self.graph.call_function(torch.add, (total, term))
        self.graph.output(total)
        return self.graph

    def predictor(self) -> fx.Graph:
        self.inputs(self.program.predictor_inputs)
        for name in self._feeding([pin.block for pin in self.program.answers]):
            self.stage(name)
        found = tuple(self.values[pin] for pin in self.program.answers)
        self.graph.output(found[0] if len(found) == 1 else found)
        return self.graph

    def section(self, start: Sequence[Pin], end: Pin) -> fx.Graph:
        """The value at `end` from those at `start`, on which alone it depends."""
        for number, pin in enumerate(start):
            self.values[pin] = self.graph.placeholder(f"v{number}")
        needed: set[str] = set()
        waiting = [end]
        while waiting:
            pin = waiting.pop()
            if pin not in start and pin.block not in needed:
                needed.add(pin.block)
                waiting += self.program.stages[pin.block].sources
        for name in self.program.stages:
            if name in needed:
                self.stage(name)
        self.graph.output(self.values[end])
        return self.graph

    def watched(self) -> tuple[fx.Graph, Wires]:
        """Like loss(), but every branch of a fork is a node of its own, so that each wire has its own gradient."""
        self.inputs(self.program.inputs)
        forks, branches = self._forks(), dict[Wire, fx.Node]()
        for name, stage in self.program.stages.items():
            into = {w.target: w for w in self.program.diagram.wires_into(name)}
            ordered = wires_in_order(stage, into)
            branches |= {wire: self._branch(wire, forks) for wire in ordered}
            self.stage(name, None if stage.of_weights else [branches[w] for w in ordered])
        pins = tuple(pin for pin in self.values if pin in self.program.kinds)
        energies = tuple(self.ends[name] for name in self.program.costs)
        on_wires, of_pins = tuple(branches.values()), tuple(self.values[p] for p in pins)
        self.graph.output((self._total(energies), energies, on_wires, of_pins))
        return self.graph, Wires(tuple(branches), pins)

    def _forks(self) -> set[Pin]:
        """The variables that more than one wire takes to a block that runs."""
        program, found = self.program, set[Pin]()
        for pin in program.kinds:
            wires = (w for w in program.diagram.wires_from(pin.block) if w.source == pin)
            if sum(w.target.block in program.stages for w in wires) > 1:
                found.add(pin)
        return found

    def _branch(self, wire: Wire, forks: set[Pin]) -> fx.Node:
        value = self.values[wire.source]
        if wire.source not in forks:
            return value
        return self.graph.call_method("view_as", (value, value))


def wires_in_order(stage: Stage, into: Mapping[Pin, Wire]) -> list[Wire]:
    """The wires into a stage in the order of its arguments."""
    wired = {pin.name for pin in into}
    pins = [*stage.type.pins(wired), *(f for f in stage.type.flanks if f not in stage.type.inputs)]
    return [into[Pin(stage.block.id, n)] for n in pins if n in wired]
