"""Compile: a diagram becomes a Program, a torch.fx GraphModule with its shapes, problems and counts.

fx writes Python source and executes it, so no string of a file reaches it: targets and placeholders are numbered here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import fx, nn

from graph.diagram import OUTPUT, Diagram, Pin
from graph.parts import Flat, levels_of
from graph.problem import DiagramError, Problem
from graph.settings import SettingError
from nodes.block import Cost, Glyph, Regulariser
from nodes.names import names
from nodes.parts import expanded
from runtime.data import Data, DataError, load
from runtime.draft import Draft, Wires
from runtime.inputs import all_given, glyph_of, kinds_of, recipe_of
from runtime.making import Stage, owner_of
from runtime.recipe import Recipe
from runtime.shapes import Trace, Tracer
from runtime.snapshot import Counts, Report
from runtime.trial import Kind

Samples: TypeAlias = torch.Tensor | np.ndarray | Sequence[Any]


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
        self.latents = tuple(n for n in self.inputs if glyph_of(diagram, n) is Glyph.LATENT)
        self.costs = tuple(
            name for name, stage in trace.stages.items() if isinstance(stage.type, Cost)
        )
        self.fields = {n: str(diagram.blocks[n].settings.get("field", "x")) for n in self.inputs}
        self.prefixes: dict[str, str] = {}  # generated target -> block id
        self.targets: dict[str, str] = {}  # block id -> generated target
        self._sections: dict[tuple[tuple[Pin, ...], Pin], fx.GraphModule] = {}
        self.root = self._collect()
        self.module = self._compiled(Draft(self).loss())
        self.report = self._report(trace, report_problems)

    def _collect(self) -> nn.Module:
        root = nn.Module()
        known: dict[int, str] = {}  # by the module's identity: sharing blocks have one
        for number, (name, stage) in enumerate(self.stages.items()):
            owner = owner_of(self.diagram, name)
            if isinstance(stage.op, nn.Module):
                target = known.setdefault(id(stage.op), f"m{number}")
                self.prefixes[target] = owner
                self.targets[name] = target
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
        # it shares its sub-modules with the others: setting its mode here would set theirs, in the middle of a judgement
        return module

    def _named(self, _module: nn.Module, state: dict[str, Any], prefix: str, _meta: Any) -> None:
        inside = {k.removeprefix(prefix): state.pop(k) for k in [*state] if k.startswith(prefix)}
        for key, value in inside.items():
            if "." in key:  # gates stay inside
                state[prefix + self.public_name(key)] = value

    def _unnamed(self, _module: nn.Module, state: dict[str, Any], prefix: str, *_rest: Any) -> None:
        inside = {key: self.public_name(key) for key in self.root.state_dict()}
        found = {
            key: state[prefix + name] for key, name in inside.items() if prefix + name in state
        }
        for name in {*inside.values()}:
            state.pop(prefix + name, None)
        state.update({prefix + key: value for key, value in found.items()})
        state.update(
            {f"{prefix}{name}": gate for name, gate in self.root.named_buffers(recurse=False)}
        )

    def public_name(self, key: str) -> str:
        """`linear1.weight` for fx's `m3.weight`."""
        target, _, rest = key.partition(".")
        while rest.startswith("inner."):  # of what wraps a block's own module
            rest = rest.removeprefix("inner.")
        return f"{self.prefixes.get(target, target)}.{rest}"

    @cached_property
    def paths(self) -> dict[str, str]:
        """Where every trainable weight lies inside, by its public name."""
        return {self.public_name(path): path for path, _ in self.root.named_parameters()}

    @cached_property
    def parameters(self) -> dict[str, nn.Parameter]:
        """Every trainable weight by its public name."""
        return {name: self.root.get_parameter(path) for name, path in self.paths.items()}

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
        return tuple(
            n for n in self.inputs if n in self.upstream(pin.block for pin in self.answers)
        )

    def upstream(self, ends: Iterable[str]) -> set[str]:
        """The blocks on which these blocks depend, themselves included."""
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
        return self._compiled(Draft(self).predictor())

    def predictor(self) -> nn.Module:
        """A plain nn.Module from the inputs (`predictor_inputs`, in order) to the answer, or to a tuple of several."""
        return self._predictor

    def section(self, start: tuple[Pin, ...], end: Pin) -> fx.GraphModule:
        """What lies between variables: the values at `start`, on which alone `end` depends -> the value at `end`."""
        if (start, end) not in self._sections:
            self._sections[start, end] = self._compiled(Draft(self).section(start, end))
        return self._sections[start, end]

    def passages(self, end: Pin) -> tuple[Pin, ...]:
        """The variables, along the flow, through which everything has to pass on which `end` depends, `end` included.

        They are those through which as many ways lead as from the inputs to `end` at all.
        """
        outputs = {n: [Pin(n, o) for o in s.type.outputs] for n, s in self.stages.items()}
        before = {Pin(n, OUTPUT): 1 for n in self.inputs}
        for name, stage in self.stages.items():
            ways = sum(before.get(pin, 0) for pin in stage.sources)
            before |= dict.fromkeys(outputs[name], ways)
        after = dict.fromkeys(before, 0) | {end: 1}
        for name, stage in reversed(self.stages.items()):
            ways = sum(after[pin] for pin in outputs[name])
            for pin in stage.sources:
                after[pin] = after.get(pin, 0) + ways
        whole = before.get(end, 0)
        return tuple(p for p in before if whole and before[p] * after[p] == whole)

    @cached_property
    def watched(self) -> tuple[fx.GraphModule, Wires]:
        """The twin of `module` that also returns the value on every wire and of every variable."""
        draft = Draft(self)
        graph, wires = draft.watched()
        return self._compiled(graph), wires

    @cached_property
    def energy_module(self) -> fx.GraphModule:
        """Inputs -> the inference energy `[B]`: costs whose use is inference or both, weighted."""
        return self._compiled(Draft(self).energy())

    def predict(self, **inputs: Samples) -> dict[str, torch.Tensor]:
        """The answers for these inputs, by the names of their variables ("ȳ")."""
        was_training = self.module.training
        self.module.eval()
        try:
            with torch.no_grad():
                out = self._predictor(*self._values(inputs, self.predictor_inputs))
        finally:
            self.module.train(was_training)
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
    recipe, problems = recipe_of(diagram)
    flat = _expanded(diagram, problems)
    diagram = flat.diagram
    if data is None and not all_given(diagram, shapes or {}):
        try:
            data = load(recipe.data, recipe.seed, folder)
        except (DataError, SettingError) as error:
            problems.append(
                Problem("recipe.data", str(error), "Choose other data, or mend the file.")
            )
    dtype = getattr(torch, recipe.dtype)
    inputs = kinds_of(diagram, shapes or {}, data, dtype, problems)
    kept = {**keep.kept, **keep.stages} if keep else {}
    trace = Tracer(diagram, inputs, dtype, device, recipe.seed, kept).run()
    program = Program(diagram, trace, recipe, device, tuple(problems))
    program.report = _with_parts(program.report, flat)
    program.kept = dict(
        list({n: s for n, s in kept.items() if n not in program.stages}.items())[-_KEPT:]
    )
    return program


def _expanded(diagram: Diagram, problems: list[Problem]) -> Flat:
    try:
        flat = expanded(diagram)
    except DiagramError as error:
        problems.append(Problem("", str(error), "Take something out of the parts."))
        return Flat(diagram.with_(blocks={}, wires=(), parts={}))
    problems.extend(flat.problems)
    return flat


def _with_parts(report: Report, flat: Flat) -> Report:
    """The report with shapes of the parts' pins and with their counts; the total counts plain blocks only."""
    shapes = {
        pin: report.shapes[origin]
        for pin, origin in flat.sources.items()
        if origin in report.shapes
    }
    parts: dict[str, list[Counts]] = {}
    for name, count in report.counts.items():
        for level in levels_of(name):
            parts.setdefault(level, []).append(count)
    sums = {
        n: Counts(sum(c.weights for c in cs), sum(c.macs for c in cs)) for n, cs in parts.items()
    }
    return replace(report, shapes={**report.shapes, **shapes}, parts=sums)
