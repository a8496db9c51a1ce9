"""Compile: a diagram becomes a Program, a torch.fx GraphModule with its shapes, problems and counts.

fx writes Python source and executes it, so no string of a file reaches it: targets and placeholders are numbered here.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import fx, nn

from graph.diagram import OUTPUT, Diagram, Pin, Wire
from graph.problem import DiagramError, Problem
from graph.settings import SettingError
from nodes.block import Cost, Glyph, Regulariser
from nodes.catalogue import type_of
from nodes.names import names
from runtime.data import Data, DataError, load
from runtime.recipe import Recipe
from runtime.shapes import SAMPLES, Kind, Stage, Trace, Tracer, owner_of
from runtime.snapshot import Report

Samples: TypeAlias = torch.Tensor | np.ndarray | Sequence[Any]


@dataclass(frozen=True)
class Wires:
    """Which outputs of the watched graph belong to which wire and which variable."""

    wires: tuple[Wire, ...]
    variables: tuple[Pin, ...]


class Program:
    """A compiled diagram.  Made only by `compile`.

    `module` maps the values of `inputs` (observed blocks, then latent ones, in the order of the flow) to
    (loss, *energies): the training loss and the energy `[B]` of each cost block in `costs`.  All graphs of a
    program (module, predictor, watched) run the same sub-modules, so they share weights.
    """

    def __init__(
        self,
        diagram: Diagram,
        trace: Trace,
        recipe: Recipe,
        device: str,
        report_problems: tuple[Problem, ...],
    ) -> None:
        self.diagram, self.recipe, self.device = diagram, recipe, device
        self.dtype: torch.dtype = getattr(torch, recipe.dtype)
        self.stages = trace.stages
        self.kept: dict[
            str, Stage
        ] = {}  # stages of earlier programs: a block that runs again gets its weights back
        self.kinds = trace.kinds
        self.inputs = tuple(
            n for n in diagram.order if Pin(n, OUTPUT) in trace.kinds and n not in trace.stages
        )
        self.latents = tuple(n for n in self.inputs if _glyph(diagram, n) is Glyph.LATENT)
        self.costs = tuple(
            name for name, stage in trace.stages.items() if isinstance(stage.type, Cost)
        )
        self.prefixes: dict[str, str] = {}  # generated target -> block id
        self.targets: dict[str, str] = {}  # block id -> generated target
        self.root = self._collect()
        self.module = self._compiled(_Draft(self).loss())
        self.report = self._report(trace, report_problems)

    def _collect(self) -> nn.Module:
        root = nn.Module()
        for number, (name, stage) in enumerate(self.stages.items()):
            owner = owner_of(self.diagram, name)
            if isinstance(stage.op, nn.Module):
                known = next((t for t, block in self.prefixes.items() if block == owner), None)
                target = known or f"m{number}"
                self.prefixes[target] = owner
                self.targets[name] = target
                if known is None:
                    root.add_module(target, stage.op)
            if isinstance(stage.type, Regulariser) and stage.type.start:
                root.register_buffer(
                    f"gate{number}", torch.zeros((), dtype=self.dtype), persistent=False
                )
                self.targets[f"{name} gate"] = f"gate{number}"
        return root.to(self.device) if self.device != "meta" else root

    def _compiled(self, graph: fx.Graph) -> fx.GraphModule:
        graph.lint()
        module = fx.GraphModule(self.root, graph, class_name="Diagram")
        for name, child in self.root.named_children():
            if not hasattr(
                module, name
            ):  # a block that this graph does not call still has its weights in the state
                module.add_module(name, child)
        module.register_state_dict_post_hook(partial(self._named))
        module.register_load_state_dict_pre_hook(self._unnamed)
        module.train(self.root.training)
        return module

    def _named(self, _module: nn.Module, state: dict[str, Any], prefix: str, _meta: Any) -> None:
        for key in [k for k in state if k.startswith(prefix)]:
            value = state.pop(key)
            if "." in key.removeprefix(prefix):  # gates stay inside
                state[prefix + self.public_name(key.removeprefix(prefix))] = value

    def _unnamed(self, _module: nn.Module, state: dict[str, Any], prefix: str, *_rest: Any) -> None:
        owners = {owner: target for target, owner in self.prefixes.items()}
        for key in [k for k in state if k.startswith(prefix)]:
            block, _, rest = key.removeprefix(prefix).partition(".")
            if block in owners:
                inner = "inner." if hasattr(self.root.get_submodule(owners[block]), "inner") else ""
                state[f"{prefix}{owners[block]}.{inner}{rest}"] = state.pop(key)
        state.update(
            {f"{prefix}{name}": gate for name, gate in self.root.named_buffers(recurse=False)}
        )

    def public_name(self, key: str) -> str:
        """`linear1.weight` for fx's `m3.weight`."""
        target, _, rest = key.partition(".")
        return f"{self.prefixes.get(target, target)}.{rest.removeprefix('inner.')}"

    @cached_property
    def parameters(self) -> dict[str, nn.Parameter]:
        """Every trainable weight by its public name."""
        return {self.public_name(name): p for name, p in self.root.named_parameters()}

    def _report(self, trace: Trace, problems: tuple[Problem, ...]) -> Report:
        trained = [n for n in self.costs if self.cost(n).use != "inference"]
        return Report(
            shapes={pin: kind.shown for pin, kind in trace.kinds.items()},
            problems=(*problems, *trace.problems),
            counts=trace.counts,
            source=self.module.code,
            trainable=bool(trained) and any(p.requires_grad for p in self.root.parameters()),
        )

    # --- what is asked of it ---------------------------------------------------------------------------------

    def cost(self, name: str) -> Cost:
        """The cost block of this id with its settings."""
        found = self.stages[name].type
        assert isinstance(found, Cost)
        return found

    def set_epoch(self, epoch: int) -> None:
        """Opens the regularisers whose first epoch has come."""
        for name in self.costs:
            gate = self.targets.get(f"{name} gate")
            if gate:
                regulariser = self.cost(name)
                assert isinstance(regulariser, Regulariser)
                getattr(self.root, gate).fill_(float(epoch >= regulariser.start))

    def tensors(self, given: Mapping[str, Samples], needed: Sequence[str]) -> list[torch.Tensor]:
        """The values in `needed` from `given` (by block id or by field), as tensors of the program's dtype and device."""
        found: list[torch.Tensor] = []
        for name in needed:
            field = self.diagram.blocks[name].settings.get("field", name)
            value = given.get(name, given.get(str(field)))
            if value is None:
                raise DiagramError(
                    f"{name}: no values were given for this variable; give {name}=..."
                )
            found.append(self.tensor(value))
        for name in given:
            if name not in self.diagram.blocks and not any(
                b.settings.get("field", b.id) == name for b in self.diagram.blocks.values()
            ):
                raise DiagramError(
                    f"{name}: the diagram has no such variable (it has {', '.join(self.inputs)})."
                )
        return found

    def tensor(self, value: Samples) -> torch.Tensor:
        """`value` on the program's device, real numbers in its dtype."""
        made = torch.as_tensor(value)
        return made.to(self.device, self.dtype if made.is_floating_point() else None)

    def _values(self, given: Mapping[str, Samples], needed: Sequence[str]) -> list[torch.Tensor]:
        missing = [n for n in needed if n in self.latents and n not in given]
        if not missing:
            return self.tensors(given, needed)
        from runtime.inference import infer

        observed = [n for n in self.inputs if n not in self.latents]
        found = dict(zip(observed, self.tensors(given, observed), strict=True))
        return [{**found, **infer(self, found)}[n] for n in needed]

    def loss(self, **inputs: Samples) -> torch.Tensor:
        """The training loss, a scalar: the weighted sum of the costs, averaged over the batch."""
        result: torch.Tensor = self.module(*self._values(inputs, self.inputs))[0]
        return result

    def energies(self, **inputs: Samples) -> dict[str, torch.Tensor]:
        """The energy of every cost block by id, `[B]`, not yet weighted; a regulariser of all weights gives one number."""
        return dict(
            zip(self.costs, self.module(*self._values(inputs, self.inputs))[1:], strict=True)
        )

    @cached_property
    def answers(self) -> tuple[Pin, ...]:
        """The variables that the diagram predicts: what enters a cost as `prediction`, else where the flow ends."""
        found = [
            self.diagram.inputs[Pin(name, "prediction")]
            for name in self.costs
            if Pin(name, "prediction") in self.diagram.inputs
        ]
        if not found:
            used = {w.source.block for w in self.diagram.wires if w.target.block in self.stages}
            found = [
                Pin(n, OUTPUT) for n, s in self.stages.items() if s.type.outputs and n not in used
            ]
        return tuple(dict.fromkeys(pin for pin in found if pin in self.kinds))

    @cached_property
    def predictor_inputs(self) -> tuple[str, ...]:
        """The observed and latent blocks on which the answers depend."""
        return tuple(n for n in self.inputs if n in self._needed(pin.block for pin in self.answers))

    def _needed(self, ends: Any) -> set[str]:
        found: set[str] = set()
        stack = list(ends)
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack += [w.source.block for w in self.diagram.wires_into(name)]
        return found

    @cached_property
    def _predictor(self) -> fx.GraphModule:
        return self._compiled(_Draft(self).predictor())

    def predictor(self) -> nn.Module:
        """A plain nn.Module from the inputs (`predictor_inputs`, in order) to the answer, or to a tuple of several."""
        return self._predictor

    @cached_property
    def watched(self) -> tuple[fx.GraphModule, Wires]:
        """The twin of `module` that also returns the value on every wire and of every variable."""
        draft = _Draft(self)
        graph, wires = draft.watched()
        return self._compiled(graph), wires

    @cached_property
    def energy_module(self) -> fx.GraphModule:
        """Inputs -> the inference energy `[B]`: costs whose use is inference or both, weighted."""
        return self._compiled(_Draft(self).energy())

    def predict(self, **inputs: Samples) -> dict[str, torch.Tensor]:
        """The answers for these inputs, by the names of their variables ("ȳ")."""
        with torch.no_grad():
            values = self._values(inputs, self.predictor_inputs)
            out = self._predictor(*values)
        answers = out if isinstance(out, tuple) else (out,)
        called = names(self.diagram).variables
        return {
            called.get(pin, str(pin)): value
            for pin, value in zip(self.answers, answers, strict=True)
        }

    def is_weight(self, name: str) -> bool:
        """Whether a regulariser of all weights counts this parameter: matrices, filters, drawn-out parameters; no biases."""
        parameter = self.parameters[name]
        return parameter.dim() >= 2 or name.endswith(".value")

    def load(self, weights: Mapping[str, torch.Tensor | np.ndarray]) -> list[str]:
        """Takes over the tensors whose name and shape fit; returns the names of those that do not."""
        own = self.module.state_dict()
        left = []
        for name, value in weights.items():
            tensor = torch.as_tensor(value)
            if name in own and own[name].shape == tensor.shape:
                own[name].copy_(tensor)
            else:
                left.append(name)
        return left


class _Draft:
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
                self._parameter(n) for n in self.program.parameters if self.program.is_weight(n)
            )
        if isinstance(stage.op, nn.Module):
            node = self.graph.call_module(self.program.targets[name], arguments)
        else:
            node = self.graph.call_function(stage.op, arguments)
        self.ends[name] = node
        outputs = stage.type.outputs
        for number, pin in enumerate(outputs):
            one = len(outputs) == 1
            part = node if one else self.graph.call_function(operator.getitem, (node, number))
            self.values[Pin(name, pin)] = part

    def _parameter(self, name: str) -> fx.Node:
        owner, _, rest = name.partition(".")
        target = next(t for t, block in self.program.prefixes.items() if block == owner)
        inner = "inner." if hasattr(self.program.root.get_submodule(target), "inner") else ""
        return self.graph.get_attr(f"{target}.{inner}{rest}")

    def loss(self) -> fx.Graph:
        self.inputs(self.program.inputs)
        for name in self._feeding(self.program.costs):
            self.stage(name)
        energies = [self.ends[name] for name in self.program.costs]
        self.graph.output((self._total(energies), *energies))
        return self.graph

    def _feeding(self, ends: Sequence[str]) -> list[str]:
        needed = self.program._needed(ends)
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
        gate = self.program.targets.get(f"{name} gate")
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

    def watched(self) -> tuple[fx.Graph, Wires]:
        """Like loss(), but every branch of a fork is a node of its own, so that each wire has its own gradient."""
        self.inputs(self.program.inputs)
        diagram, stages = self.program.diagram, self.program.stages
        live = {
            w for w in diagram.wires if w.target.block in stages and w.source in self.program.kinds
        }
        branches: dict[Wire, fx.Node] = {}
        forks = {
            pin
            for pin in self.program.kinds
            if sum(w.source == pin for w in diagram.wires_from(pin.block) if w in live) > 1
        }
        for name, stage in stages.items():
            into = {w.target: w for w in diagram.wires_into(name)}
            ordered = _wires_in_order(stage, into)
            for wire in ordered:
                value = self.values[wire.source]
                branches[wire] = (
                    self.graph.call_method("view_as", (value, value))
                    if wire.source in forks
                    else value
                )
            self.stage(name, None if stage.of_weights else [branches[w] for w in ordered])
        pins = tuple(pin for pin in self.values if pin in self.program.kinds)
        wires = tuple(branches)
        energies = [self.ends[name] for name in self.program.costs]
        total = self._total(energies)
        self.graph.output(
            (
                total,
                tuple(energies),
                tuple(branches[w] for w in wires),
                tuple(self.values[p] for p in pins),
            )
        )
        return self.graph, Wires(wires, pins)


def _wires_in_order(stage: Stage, into: Mapping[Pin, Wire]) -> list[Wire]:
    """The wires into a stage in the order of its arguments."""
    wired = {pin.name for pin in into}
    pins = [*stage.type.pins(wired), *(f for f in stage.type.flanks if f not in stage.type.inputs)]
    return [into[Pin(stage.block.id, n)] for n in pins if n in wired]


def _glyph(diagram: Diagram, name: str) -> Glyph | None:
    cls = type_of(diagram.blocks[name])
    return cls.glyph if cls else None


_KEPT = 256


def compile(
    diagram: Diagram,
    *,
    shapes: Mapping[str, Sequence[int] | Kind] | None = None,
    data: Data | None = None,
    device: str = "cpu",
    keep: Program | None = None,
    folder: str = ".",
) -> Program:
    """The program of a diagram, also of an unfinished one: everything that can run runs, the rest is in the report.

    Shapes of the observed variables come from `shapes` (by id or field, for one sample, real numbers), else
    from `data`, else from the data that the recipe names (files are looked up in `folder`).  `device` "meta"
    allocates nothing.  `keep` gives a program whose weights serve again where name and shape fit.
    """
    recipe, problems = _recipe(diagram)
    if data is None and not _all_given(diagram, shapes or {}):
        try:
            data = load(recipe.data, recipe.seed, folder)
        except (DataError, SettingError) as error:
            problems.append(
                Problem("recipe.data", str(error), "Choose other data, or mend the file.")
            )
    dtype = getattr(torch, recipe.dtype)
    inputs = _inputs(diagram, shapes or {}, data, dtype, problems)
    kept = {**keep.kept, **keep.stages} if keep and keep.dtype == dtype else {}
    trace = Tracer(diagram, inputs, dtype, device, recipe.seed, kept).run()
    program = Program(diagram, trace, recipe, device, tuple(problems))
    program.kept = dict(
        list({n: s for n, s in kept.items() if n not in program.stages}.items())[-_KEPT:]
    )
    return program


def _recipe(diagram: Diagram) -> tuple[Recipe, list[Problem]]:
    try:
        return Recipe.read(diagram.recipe), []
    except SettingError as error:
        return Recipe(), [
            Problem(f"recipe.{error.name}", str(error), "Change it in the training bar.")
        ]


def _observed(diagram: Diagram) -> list[tuple[str, str]]:
    return [
        (name, str(block.settings.get("field", "x")))
        for name, block in diagram.blocks.items()
        if _glyph(diagram, name) is Glyph.OBSERVED
    ]


def _all_given(diagram: Diagram, shapes: Mapping[str, Any]) -> bool:
    return bool(shapes) and all(
        name in shapes or field in shapes for name, field in _observed(diagram)
    )


def _inputs(
    diagram: Diagram,
    shapes: Mapping[str, Any],
    data: Data | None,
    dtype: torch.dtype,
    problems: list[Problem],
) -> dict[str, Kind]:
    found = {}
    for name, field in _observed(diagram):
        given = shapes.get(name, shapes.get(field))
        if given is not None:
            found[name] = given if isinstance(given, Kind) else Kind((SAMPLES, *given), dtype)
        elif data is not None and field in data.fields:
            array = data.fields[field]
            real = array.dtype.kind == "f"
            top = 0 if real or not array.size else int(array.max())
            found[name] = Kind((SAMPLES, *array.shape[1:]), dtype if real else torch.int64, top=top)
        elif data is not None:
            have = ", ".join(data.fields)
            problems.append(
                Problem(
                    f"{name}.field",
                    f"the data have no field called {field!r:.60} (they have {have}).",
                    "Choose one of these.",
                )
            )
    return found
