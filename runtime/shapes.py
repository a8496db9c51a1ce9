"""The shape pass: runs every block on two made-up samples and collects shapes, counts and problems, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import nn

from graph.diagram import OUTPUT, Block, Diagram, Pin
from graph.problem import Problem
from graph.settings import SettingError, changed_settings
from nodes.block import BlockType, Cost, Glyph, Regulariser, Trainable
from nodes.catalogue import catalogue, read
from nodes.variables import Latent, Parameter
from runtime import wanted
from runtime.making import BlockError, Maker, Stage, owner_of
from runtime.snapshot import Counts
from runtime.trial import SAMPLES, Kind, Outcome, outcome_of, weights_of


@dataclass
class Trace:
    """The result of the pass: the stages that run, in the order of the flow, and what was found on the way."""

    stages: dict[str, Stage] = field(default_factory=dict)
    kinds: dict[Pin, Kind] = field(default_factory=dict)
    counts: dict[str, Counts] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Tracer:
    """Makes one Trace.  `kept` gives the stages of the program before, whose modules serve again where they fit."""

    def __init__(
        self,
        diagram: Diagram,
        inputs: Mapping[str, Kind],
        dtype: torch.dtype,
        device: str,
        seed: int,
        kept: Mapping[str, Stage],
    ) -> None:
        self.diagram, self.inputs, self.dtype, self.device = diagram, inputs, dtype, device
        self.maker = Maker(diagram, dtype, device, seed, kept)
        self.trace = Trace()
        self.followed = wanted.followed(diagram)

    def run(self) -> Trace:
        """Visits every block along the flow."""
        for name in wanted.order(self.diagram, self.followed):
            block = self.diagram.blocks[name]
            if block.muted:
                continue
            try:
                self._visit(block)
            except SettingError as error:
                self._problem(f"{name}.{error.name}", str(error), "Change the setting.")
            except BlockError as error:
                self._problem(error.where, error.message, error.hint)
        self._drop_idle_regularisers()
        return self.trace

    def _drop_idle_regularisers(self) -> None:
        stages = self.trace.stages
        if not any(weights_of(stage.op) for stage in stages.values()):
            for name in [n for n, stage in stages.items() if stage.of_weights]:
                del stages[name]
                self._problem(
                    name,
                    "there are no weights yet that it could count.",
                    "Add a block with weights.",
                    "open",
                )

    def _problem(self, where: str, message: str, hint: str = "", kind: str = "error") -> None:
        self.trace.problems.append(Problem(where, message, hint, kind))

    def _visit(self, block: Block) -> None:
        cls = catalogue().get(block.kind)
        if cls is None:
            self._problem(
                block.id,
                f"{block.kind} is not a kind of block that is known here.",
                "It is kept as it is in the file.",
            )
            return
        instance = read(block)
        if isinstance(instance, Latent):
            self.trace.kinds[Pin(block.id, OUTPUT)] = Kind((SAMPLES, *instance.size), self.dtype)
            return
        if cls.glyph is Glyph.OBSERVED:
            if block.id in self.inputs:
                self.trace.kinds[Pin(block.id, OUTPUT)] = self.inputs[block.id]
            return
        if isinstance(instance, Parameter) and not instance.size:
            size = self._wanted_size(block.id)
            instance = read(replace(block, settings=block.settings.with_(size=size)))
        sources = self._sources(block, instance)
        if sources is not None:
            self._build(block, instance, sources)

    def _wanted_size(self, name: str) -> tuple[int, ...]:
        """The size of a parameter block that has none of its own: that of what it replaces, else the one it had."""
        pin, before = self.followed.get(name), self.maker.kept.get(name)
        found = wanted.size_at(self.diagram, self.trace.kinds, pin) if pin else None
        if found is None and before is not None and isinstance(before.type, Parameter):
            found = before.type.size
        return found or (1,)

    def _sources(self, block: Block, instance: BlockType) -> dict[str, Pin] | None:
        """The wired pins of a block and where they come from; None when it cannot run yet."""
        wired = {w.target.name: w.source for w in self.diagram.wires_into(block.id)}
        before = len(self.trace.problems)
        self._check_wires(block, instance, wired)
        told = len(self.trace.problems) > before
        if told or any(source not in self.trace.kinds for source in wired.values()):
            return None
        pins = [
            *instance.pins(set(wired)),
            *(f for f in instance.flanks if f not in instance.inputs),
        ]
        return {name: wired[name] for name in pins if name in wired}

    def _check_wires(self, block: Block, instance: BlockType, wired: Mapping[str, Pin]) -> None:
        """Tells of wires to inputs that are not there, and of inputs that lack one."""
        for name in wired:
            if not instance.has_input(name):
                message = f"{block.kind} has no input called {name}."
                self._problem(f"{block.id}.{name}", message, "Remove the wire.")
        for name in instance.pins(set(wired)):
            one_more = (  # of several, when there are some already
                instance.variadic and name != f"{instance.variadic}1" and len(wired) > 1
            )
            if name not in wired and name not in instance.optional and not one_more:
                message, hint = f"the input {name} has no wire.", "Drag one here from a circle."
                self._problem(f"{block.id}.{name}", message, hint, "open")

    def _build(self, block: Block, instance: BlockType, sources: dict[str, Pin]) -> None:
        flanks = tuple(
            name for name in sources if name in instance.flanks and name not in instance.inputs
        )
        kinds = tuple(self.trace.kinds[pin] for pin in sources.values())
        settings = _settings_that_matter(instance)
        given = self.maker.given(block, flanks)
        signature = (block.kind, settings, kinds, flanks, given, block.shares, self.dtype)
        if isinstance(instance, Regulariser) and not sources:
            stage = Stage(block, instance, instance.of_weights(), (), signature, True)
            self.trace.stages[block.id] = stage
            return
        op = self.maker.op(block, instance, kinds, flanks, signature)
        _set_trained(op, instance, True)  # so that frozen weights are counted too
        key = None if block.shares else signature
        may_grow = self.maker.may_be_large(instance, kinds)
        outcome = outcome_of(key, op, kinds, self.device == "meta", may_grow)
        _check_outcome(block, instance, outcome)
        self.maker.check_memory(block.id, outcome)
        stage = Stage(block, instance, op, tuple(sources.values()), signature)
        self.trace.stages[block.id] = stage
        owner = owner_of(self.diagram, block.id)
        _set_trained(op, instance, not self._frozen(owner))
        repeated = self.maker.families.setdefault(owner, stage) is not stage
        self.trace.counts[block.id] = Counts(0, outcome.counts.macs) if repeated else outcome.counts
        for name, kind in zip(instance.outputs, outcome.kinds, strict=False):
            self.trace.kinds[Pin(block.id, name)] = kind

    def _frozen(self, owner: str) -> bool:
        return self.diagram.blocks[owner].settings.get("freeze") is True


def _check_outcome(block: Block, instance: BlockType, outcome: Outcome) -> None:
    """Raises BlockError where the block did not run, or gave what a cost must not give."""
    if outcome.error:
        raise BlockError(block.id, outcome.error, "Change its settings or what is wired into it.")
    kind = outcome.kinds[0]
    if isinstance(instance, Cost) and kind.shape != (SAMPLES if kind.batched else 1,):
        message = f"a cost must give one number per sample, this one gives {kind.shape}."
        raise BlockError(block.id, message)


def _settings_that_matter(instance: BlockType) -> tuple[Any, ...]:
    """The settings on which a module depends; λ, use and start only enter the sum, freeze is set on the module."""
    skip = {"weight", "use", "start"} if isinstance(instance, Cost) else {"freeze"}
    settings = changed_settings(instance)
    return tuple(
        (k, tuple(v) if isinstance(v, list) else v) for k, v in settings.items() if k not in skip
    )


def _set_trained(op: Any, instance: BlockType, trained: bool) -> None:
    if isinstance(op, nn.Module) and isinstance(instance, Trainable):
        op.requires_grad_(trained)
