"""The shape pass: runs every block on two made-up samples and collects shapes, counts and problems, all at once."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import nn

from graph.diagram import OUTPUT, Block, Diagram, Pin
from graph.problem import Problem
from graph.settings import SettingError, changed_settings
from nodes.block import BlockType, Cost, Glyph, Regulariser, Trainable, Weighted
from nodes.catalogue import catalogue, read
from nodes.modules.initialization import initialize
from nodes.variables import Latent, Parameter
from runtime import wanted
from runtime.memory import free_memory, gigabytes
from runtime.replaced import OfParameters, Replaced, holder, without
from runtime.snapshot import Counts
from runtime.trial import LARGE, SAMPLES, Kind, Outcome, numel, outcome_of, sentence, weights_of


@dataclass
class Stage:
    """One block that runs: `op` computes its output from the values at `sources` (in the order of its pins)."""

    block: Block
    type: BlockType
    op: Any
    sources: tuple[Pin, ...]
    signature: tuple[Any, ...]
    of_weights: bool = False  # a regulariser without a wire


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
        self.diagram, self.inputs, self.dtype, self.device, self.seed = (
            diagram,
            inputs,
            dtype,
            device,
            seed,
        )
        self.kept = kept
        self.trace = Trace()
        self.free = free_memory()
        self.families: dict[str, Stage] = {}  # by the id of the block that owns the weights
        self.followed = wanted.followed(diagram)

    def run(self) -> Trace:
        """Visits every block along the flow."""
        for name in wanted.order(self.diagram, self.followed):
            block = self.diagram.blocks[name]
            try:
                self._visit(block)
            except SettingError as error:
                self._problem(f"{name}.{error.name}", str(error), "Change the setting.")
            except _BlockError as error:
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
        pin, before = self.followed.get(name), self.kept.get(name)
        found = wanted.size_at(self.diagram, self.trace.kinds, pin) if pin else None
        if found is None and before is not None and isinstance(before.type, Parameter):
            found = before.type.size
        return found or (1,)

    def _sources(self, block: Block, instance: BlockType) -> dict[str, Pin] | None:
        """The wired pins of a block and where they come from; None when it cannot run yet."""
        wired = {w.target.name: w.source for w in self.diagram.wires_into(block.id)}
        ready = True
        for name in wired:
            if not instance.has_input(name):
                self._problem(
                    f"{block.id}.{name}",
                    f"{block.kind} has no input called {name}.",
                    "Remove the wire.",
                )
                ready = False
        for name in instance.pins(set(wired)):
            needed = name not in instance.optional and not (
                instance.variadic and name != f"{instance.variadic}1" and len(wired) > 1
            )
            if name not in wired and needed:
                self._problem(
                    f"{block.id}.{name}",
                    f"the input {name} has no wire.",
                    "Drag one here from a circle.",
                    "open",
                )
                ready = False
        if not ready or any(source not in self.trace.kinds for source in wired.values()):
            return None
        pins = [
            *instance.pins(set(wired)),
            *(f for f in instance.flanks if f not in instance.inputs),
        ]
        return {name: wired[name] for name in pins if name in wired}

    def _build(self, block: Block, instance: BlockType, sources: dict[str, Pin]) -> None:
        flanks = tuple(
            name for name in sources if name in instance.flanks and name not in instance.inputs
        )
        kinds = tuple(self.trace.kinds[pin] for pin in sources.values())
        settings = _settings_that_matter(instance)
        given = self._given(block, flanks)
        signature = (block.kind, settings, kinds, flanks, given, block.shares)
        if isinstance(instance, Regulariser) and not sources:
            stage = Stage(block, instance, instance.of_weights(), (), signature, True)
            self.trace.stages[block.id] = stage
            return
        op = self._op(block, instance, kinds, flanks, signature)
        _set_trained(op, instance, True)  # so that frozen weights are counted too
        key = None if block.shares else (*signature, self.dtype)
        outcome = outcome_of(key, op, kinds, self.device == "meta")
        if outcome.error:
            raise _BlockError(
                block.id, outcome.error, "Change its settings or what is wired into it."
            )
        kind = outcome.kinds[0]
        if isinstance(instance, Cost) and kind.shape != (SAMPLES if kind.batched else 1,):
            raise _BlockError(
                block.id,
                f"a cost must give one number per sample, this one gives {kind.shape}.",
            )
        self._check_memory(block.id, outcome)
        stage = Stage(block, instance, op, tuple(sources.values()), signature)
        self.trace.stages[block.id] = stage
        owner = owner_of(self.diagram, block.id)
        _set_trained(op, instance, not self._frozen(owner))
        repeated = self.families.setdefault(owner, stage) is not stage
        self.trace.counts[block.id] = Counts(0, outcome.counts.macs) if repeated else outcome.counts
        for name, kind in zip(instance.outputs, outcome.kinds, strict=False):
            self.trace.kinds[Pin(block.id, name)] = kind

    def _op(
        self,
        block: Block,
        instance: BlockType,
        kinds: tuple[Kind, ...],
        flanks: tuple[str, ...],
        signature: Any,
    ) -> Any:
        first = self.families.get(owner_of(self.diagram, block.id))
        before = self.kept.get(block.id)
        if first is not None:
            op = self._shared(block, first)
        elif before is not None and before.signature == signature:
            return before.op
        else:
            op = self._new(block, instance, kinds[: len(kinds) - len(flanks)])
        op = self._replaced(block, op, flanks, kinds) if flanks else op
        if isinstance(instance, Cost) and not any(kind.batched for kind in kinds):
            op = OfParameters(op)
        if before is not None and first is None:
            _take_over(holder(op), holder(before.op))
        return op

    def _new(self, block: Block, instance: BlockType, kinds: tuple[Kind, ...]) -> Any:
        shapes = [torch.Size(kind.shape) for kind in kinds]
        owner = owner_of(self.diagram, block.id)
        try:
            if self.device == "meta" or self._may_be_large(instance, kinds):
                with torch.device("meta"):
                    op = instance.build(*shapes)
                self._check_weights(block.id, op)
            if self.device != "meta":
                op = _seeded(lambda: _begun(instance, instance.build(*shapes)), self.seed, owner)
        except (ValueError, TypeError, RuntimeError, IndexError, ZeroDivisionError) as error:
            raise _BlockError(
                block.id, sentence(error), "Change its settings or what is wired into it."
            ) from None
        return op.to(self.dtype) if isinstance(op, nn.Module) else op

    def _given(self, block: Block, flanks: tuple[str, ...]) -> tuple[str, ...]:
        """The parameters that wires bring to the owner of this block's weights, and so have to bring to this block."""
        owner = self.diagram.blocks[owner_of(self.diagram, block.id)]
        cls = catalogue()[block.kind]
        wired = {w.target.name for w in self.diagram.wires_into(owner.id)}
        given = tuple(n for n in cls.flanks if n in wired and n not in cls.inputs)
        for name in given if owner.kind == block.kind else ():
            if name not in flanks:
                raise _BlockError(
                    f"{block.id}.{name}",
                    f"it shares the weights of {owner.id}, whose {name} comes from a wire.",
                    "Drag a wire from the same circle here.",
                )
        return given

    def _replaced(
        self, block: Block, op: Any, flanks: tuple[str, ...], kinds: tuple[Kind, ...]
    ) -> Replaced:
        for name in flanks:
            if not isinstance(getattr(op, name, None), torch.Tensor):
                raise _BlockError(
                    f"{block.id}.{name}",
                    f"with these settings a {block.kind} has no {name} that a wire could replace.",
                    "Change its settings or remove the wire.",
                )
        without(op, self._given(block, flanks))
        batched = [kind.batched for kind in kinds]
        count = len(kinds) - len(flanks)
        try:
            return Replaced(op, dict(zip(flanks, batched[count:], strict=True)), batched[:count])
        except ValueError as error:
            raise _BlockError(
                f"{block.id}.{flanks[0]}", str(error), "Give one value for all samples."
            ) from None

    def _frozen(self, owner: str) -> bool:
        return self.diagram.blocks[owner].settings.get("freeze") is True

    def _shared(self, block: Block, first: Stage) -> Any:
        """The module of the family's first visited block, for another block that shares its weights."""
        if first.block.kind != block.kind:
            raise _BlockError(
                block.id,
                f"it is a {block.kind} and cannot share the weights of a {first.block.kind}.",
            )
        return holder(first.op)

    def _may_be_large(self, instance: BlockType, kinds: tuple[Kind, ...]) -> bool:
        numbers = [
            v for v in vars(instance).values() if isinstance(v, int) and not isinstance(v, bool)
        ]
        numbers += [n for v in vars(instance).values() if isinstance(v, tuple) for n in v]
        size = 1
        for number in numbers:
            size *= max(1, abs(number))
        return size * max([numel(kind.shape) // SAMPLES for kind in kinds], default=1) > LARGE

    def _check_weights(self, name: str, op: Any) -> None:
        if self.device == "meta" or not isinstance(op, nn.Module):
            return
        # a weight, its gradient and the optimizer's two averages
        needed = 4 * sum(p.numel() * p.element_size() for p in op.parameters())
        if needed > self.free:
            message = f"training its weights would take {gigabytes(needed)}, and {gigabytes(self.free)} are free."
            raise _BlockError(name, message, "Make it smaller.")
        self.free -= needed

    def _check_memory(self, name: str, outcome: Outcome) -> None:
        if self.device == "meta":
            return
        batch = self.diagram.recipe.get("batch", 64)
        batch = batch if isinstance(batch, int) and 0 < batch < 10**9 else 64
        size = sum(numel(kind.shape) * kind.dtype.itemsize for kind in outcome.kinds)
        needed = 2 * batch * size // SAMPLES
        if needed > self.free:
            message = f"its output for a batch of {batch} would take {gigabytes(needed)}, and {gigabytes(self.free)} are free."
            raise _BlockError(name, message, "Make it or the batch smaller.")
        self.free -= needed


def owner_of(diagram: Diagram, name: str) -> str:
    """The block under whose id the weights of `name` are filed: itself, or the end of its chain of `shares`."""
    seen = {name}
    while (following := diagram.blocks[name].shares) is not None and following not in seen:
        name = following
        seen.add(name)
    return min(seen) if following is not None else name


class _BlockError(Exception):
    def __init__(self, where: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.where, self.message, self.hint = where, message, hint


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


def _begun(instance: BlockType, op: Any) -> Any:
    """A new module with the first weights that its block asks for."""
    if isinstance(op, nn.Module) and isinstance(instance, Weighted):
        initialize(op, instance.init, instance.scale)
    return op


def _seeded(build: Any, seed: int, name: str) -> Any:
    """Builds with random numbers that depend on the seed and the block's name only, not on the order of blocks."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed((seed * 1_000_003 + zlib.crc32(name.encode())) % 2**63)
        return build()


def _take_over(op: Any, before: Any) -> None:
    """Copies the weights whose name and shape still fit."""
    if isinstance(op, nn.Module) and isinstance(before, nn.Module):
        old = before.state_dict()
        with torch.no_grad():
            for name, value in op.state_dict().items():
                if name in old and old[name].shape == value.shape:
                    value.copy_(old[name])
