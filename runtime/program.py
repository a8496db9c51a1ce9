"""Compile: a diagram becomes a Program, a torch.fx GraphModule with its shapes, problems and counts.

fx writes Python source and executes it, so no string of a file reaches it: targets and placeholders are numbered here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import torch
from torch import fx, nn

from graph.diagram import OUTPUT, Diagram, Pin
from graph.parts import Flat
from graph.problem import DiagramError, Problem
from graph.settings import SettingError
from nodes.block import Cost, Glyph, Regulariser
from nodes.names import names
from nodes.parts import expanded
from runtime import earlier
from runtime.data import Data, DataError, load
from runtime.draft import Draft, Wires
from runtime.inputs import all_given, glyph_of, kinds_of, recipe_of
from runtime.making import Stage
from runtime.modules import Modules
from runtime.recipe import Recipe
from runtime.reporting import report_of
from runtime.shapes import Trace, Tracer
from runtime.trial import Kind
from runtime.values import Samples, values


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
        flat: Flat,
        problems: Sequence[Problem],
    ) -> None:
        self.diagram, self.recipe, self.device = diagram, recipe, device
        self.dtype: torch.dtype = getattr(torch, recipe.dtype)
        self.stages = trace.stages
        self.kept: dict[
            str, Stage
        ] = {}  # stages of earlier programs: a block that runs again gets its weights back
        self.is_trained = False  # whether a step has been made, or weights were loaded
        self.learned: set[str] = set()  # what it had from trained programs
        self.earlier: dict[earlier.Key, torch.Tensor] = {}  # what they had, and it has no place for
        self.kinds = trace.kinds
        self.inputs = tuple(
            n for n in diagram.order if Pin(n, OUTPUT) in trace.kinds and n not in trace.stages
        )
        self.latents = tuple(n for n in self.inputs if glyph_of(diagram, n) is Glyph.LATENT)
        self.costs = tuple(
            name for name, stage in trace.stages.items() if isinstance(stage.type, Cost)
        )
        self.fields = {n: str(diagram.blocks[n].settings.get("field", "x")) for n in self.inputs}
        self._sections: dict[tuple[tuple[Pin, ...], Pin], fx.GraphModule] = {}
        self.modules = Modules(diagram, trace.stages, self.dtype, device)
        self.parameters = self.modules.parameters  # every trainable weight by its public name
        self.module = self.modules.graph_module(Draft(self).loss())
        self.report = report_of(self, trace, flat, problems)

    # --- what is asked of it ---------------------------------------------------------------------------------

    def cost(self, name: str) -> Cost:
        """The cost block of this id with its settings."""
        found = self.stages[name].type
        assert isinstance(found, Cost)
        return found

    def set_epoch(self, epoch: int) -> None:
        """Opens the regularisers whose first epoch has come."""
        for name in self.modules.gates:
            regulariser = self.cost(name)
            assert isinstance(regulariser, Regulariser)
            self.modules.open_gate(name, epoch >= regulariser.start)

    def tensor(self, value: Samples) -> torch.Tensor:
        """`value` on the program's device, real numbers in its dtype."""
        made = torch.as_tensor(value)
        return made.to(self.device, self.dtype if made.is_floating_point() else None)

    def loss(self, **inputs: Samples) -> torch.Tensor:
        """The training loss, a scalar: the weighted sum of the costs, averaged over the batch."""
        result: torch.Tensor = self.module(*values(self, inputs, self.inputs))[0]
        return result

    def energies(self, **inputs: Samples) -> dict[str, torch.Tensor]:
        """The energy of every cost block by id, `[B]`, not yet weighted; a regulariser of all weights gives one number."""
        return dict(
            zip(self.costs, self.module(*values(self, inputs, self.inputs))[1:], strict=True)
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
        return self.modules.graph_module(Draft(self).predictor())

    def predictor(self) -> nn.Module:
        """A plain nn.Module from the inputs (`predictor_inputs`, in order) to the answer, or to a tuple of several."""
        return self._predictor

    def section(self, start: tuple[Pin, ...], end: Pin) -> fx.GraphModule:
        """What lies between variables: the values at `start`, on which alone `end` depends -> the value at `end`."""
        if (start, end) not in self._sections:
            self._sections[start, end] = self.modules.graph_module(Draft(self).section(start, end))
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
        return self.modules.graph_module(graph), wires

    @cached_property
    def energy_module(self) -> fx.GraphModule:
        """Inputs -> the inference energy `[B]`: costs whose use is inference or both, weighted."""
        return self.modules.graph_module(Draft(self).energy())

    def predict(self, **inputs: Samples) -> dict[str, torch.Tensor]:
        """The answers for these inputs, by the names of their variables ("ȳ")."""
        was_training = self.module.training
        self.module.eval()
        try:
            with torch.no_grad():
                out = self._predictor(*values(self, inputs, self.predictor_inputs))
        finally:
            self.module.train(was_training)
        answers = out if isinstance(out, tuple) else (out,)
        called = names(self.diagram).variables
        return {
            called.get(pin, str(pin)): value
            for pin, value in zip(self.answers, answers, strict=True)
        }

    def load(self, weights: Mapping[str, torch.Tensor | np.ndarray]) -> list[str]:
        """Takes over the tensors whose name and shape fit; returns the names of those that do not."""
        own = self.module.state_dict()
        self.is_trained, left = True, []
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
    allocates nothing.  `keep` gives a program whose weights serve again where name and shape fit, else what those before it
    have learned under that name in that shape.
    """
    recipe, problems = recipe_of(diagram)
    flat = _expanded(diagram, problems)
    diagram = flat.diagram
    if data is None and not all_given(diagram, shapes or {}):
        data = _loaded(recipe, folder, problems)
    dtype = getattr(torch, recipe.dtype)
    inputs = kinds_of(diagram, shapes or {}, data, dtype, problems)
    kept = {**keep.kept, **keep.stages} if keep else {}
    trace = Tracer(diagram, inputs, dtype, device, recipe.seed, kept).run()
    program = Program(diagram, trace, recipe, device, flat, problems)
    program.kept = dict(
        list({n: s for n, s in kept.items() if n not in program.stages}.items())[-_KEPT:]
    )
    if keep is not None and device != "meta":
        earlier.bring_back(program, keep)
    return program


def _loaded(recipe: Recipe, folder: str, problems: list[Problem]) -> Data | None:
    try:
        return load(recipe.data, recipe.seed, folder)
    except (DataError, SettingError) as error:
        hint = "Choose other data, or mend the file."
        problems.append(Problem("recipe.data", str(error), hint))
        return None


def _expanded(diagram: Diagram, problems: list[Problem]) -> Flat:
    try:
        flat = expanded(diagram)
    except DiagramError as error:
        problems.append(Problem("", str(error), "Take something out of the parts."))
        return Flat(diagram.with_(blocks={}, wires=(), parts={}))
    problems.extend(flat.problems)
    return flat
