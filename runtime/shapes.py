"""The shape pass: runs every block on two made-up samples and collects shapes, counts and problems, all at once."""

from __future__ import annotations

import os
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from graph.diagram import OUTPUT, Block, Diagram, Pin
from graph.problem import Problem
from graph.settings import SettingError, changed_settings
from nodes.block import BlockType, Cost, Glyph, Regulariser
from nodes.catalogue import catalogue, read
from nodes.variables import Latent
from runtime.replaced import Replaced
from runtime.snapshot import BATCH, Counts

SAMPLES = 2  # enough to tell the batch from the rest, and what batch norm needs
_LARGE = 2_000_000  # numbers that a block may hold before it is tried on the meta device first
_CACHE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Kind:
    """Shape and dtype of a value, for SAMPLES samples when `batched`."""

    shape: tuple[int, ...]
    dtype: torch.dtype
    batched: bool = True
    top: int = 0  # the largest class number, where it holds class numbers

    @property
    def shown(self) -> tuple[int, ...]:
        """The shape with BATCH in place of the number of samples."""
        return (BATCH, *self.shape[1:]) if self.batched and self.shape else self.shape

    def sample(self, device: str) -> torch.Tensor:
        """A value of this kind that takes no memory: zeros, or the largest class number."""
        return torch.full((), self.top, dtype=self.dtype, device=device).expand(self.shape)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What running a block on two samples gave: the kinds of its outputs, or why it cannot run."""

    kinds: tuple[Kind, ...]
    counts: Counts
    error: str = ""


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


_outcomes: OrderedDict[tuple[Any, ...], Outcome] = OrderedDict()


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
        self.free = _free_memory()
        self.families: dict[str, Stage] = {}  # by the id of the block that owns the weights

    def run(self) -> Trace:
        """Visits every block along the flow."""
        for name in self.diagram.order:
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
        if not any(_weights(stage.op) for stage in stages.values()):
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
        sources = self._sources(block, instance)
        if sources is not None:
            self._build(block, instance, sources)

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
        signature = (block.kind, settings, kinds, flanks, block.shares)
        if isinstance(instance, Regulariser) and not sources:
            stage = Stage(block, instance, instance.of_weights(), (), signature, True)
            self.trace.stages[block.id] = stage
            return
        op = self._op(block, instance, kinds[: len(kinds) - len(flanks)], flanks, signature)
        outcome = self._outcome(signature, op, kinds)
        if outcome.error:
            raise _BlockError(
                block.id, outcome.error, "Change its settings or what is wired into it."
            )
        kind = outcome.kinds[0]
        if isinstance(instance, Cost) and kind.shape != (SAMPLES,):
            raise _BlockError(
                block.id,
                f"a cost must give one number per sample, this one gives {kind.shape}.",
            )
        self._check_memory(block.id, outcome)
        stage = Stage(block, instance, op, tuple(sources.values()), signature)
        self.trace.stages[block.id] = stage
        owner = owner_of(self.diagram, block.id)
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
        owner = owner_of(self.diagram, block.id)
        shared = self._shared(block, owner)
        if shared is not None:
            return shared
        before = self.kept.get(block.id)
        if before is not None and before.signature == signature:
            return before.op
        shapes = [torch.Size(kind.shape) for kind in kinds]
        try:
            if self.device == "meta" or self._may_be_large(instance, kinds):
                with torch.device("meta"):
                    op = instance.build(*shapes)
                self._check_weights(block.id, op)
            if self.device != "meta":
                op = _seeded(lambda: instance.build(*shapes), self.seed, owner)
        except (ValueError, TypeError, RuntimeError, IndexError, ZeroDivisionError) as error:
            raise _BlockError(
                block.id, _sentence(error), "Change its settings or what is wired into it."
            ) from None
        op = op.to(self.dtype) if isinstance(op, nn.Module) else op
        op = Replaced(op, flanks) if flanks else op
        if before is not None:
            _take_over(op, before.op)
        return op

    def _shared(self, block: Block, owner: str) -> Any:
        """The module that the first visited block of this sharing family made, None when this is the first."""
        first = self.families.get(owner)
        if first is None:
            return None
        if first.block.kind != block.kind:
            raise _BlockError(
                block.id,
                f"it is a {block.kind} and cannot share the weights of a {first.block.kind}.",
            )
        return first.op

    def _outcome(self, signature: tuple[Any, ...], op: Any, kinds: tuple[Kind, ...]) -> Outcome:
        key = (*signature, self.dtype)
        found = _outcomes.get(key) if signature[-1] is None else None
        if found is None:
            found = self._try(op, kinds)
            _outcomes[key] = found
            if len(_outcomes) > _CACHE_SIZE:
                _outcomes.popitem(last=False)
        return found

    def _try(self, op: Any, kinds: tuple[Kind, ...]) -> Outcome:
        module = isinstance(op, nn.Module)
        where = "meta" if self.device == "meta" or _heavy(op, kinds) else "cpu"
        run = op
        if module:
            training = op.training
            op.eval()
            here = next((t.device.type for t in (*op.parameters(), *op.buffers())), where)
            if here != where:
                run = _on(op, where)
        try:
            with torch.no_grad():
                out = run(*(kind.sample(where) for kind in kinds))
        except Exception as error:  # whatever a block says of these shapes is shown at its place
            return Outcome((), Counts(), _misfit(error, kinds))
        finally:
            if module:
                op.train(training)
        batched = any(kind.batched for kind in kinds)
        results = out if isinstance(out, tuple) else (out,)
        found = tuple(Kind(tuple(r.shape), r.dtype, batched) for r in results)
        return Outcome(found, _count(op, found[0]))

    def _may_be_large(self, instance: BlockType, kinds: tuple[Kind, ...]) -> bool:
        numbers = [
            v for v in vars(instance).values() if isinstance(v, int) and not isinstance(v, bool)
        ]
        numbers += [n for v in vars(instance).values() if isinstance(v, tuple) for n in v]
        size = 1
        for number in numbers:
            size *= max(1, abs(number))
        return size * max([_numel(kind.shape) // SAMPLES for kind in kinds], default=1) > _LARGE

    def _check_weights(self, name: str, op: Any) -> None:
        if self.device == "meta" or not isinstance(op, nn.Module):
            return
        # a weight, its gradient and the optimizer's two averages
        needed = 4 * sum(p.numel() * p.element_size() for p in op.parameters())
        if needed > self.free:
            message = f"training its weights would take {_gigabytes(needed)}, and {_gigabytes(self.free)} are free."
            raise _BlockError(name, message, "Make it smaller.")
        self.free -= needed

    def _check_memory(self, name: str, outcome: Outcome) -> None:
        if self.device == "meta":
            return
        batch = self.diagram.recipe.get("batch", 64)
        batch = batch if isinstance(batch, int) and 0 < batch < 10**9 else 64
        size = sum(_numel(kind.shape) * kind.dtype.itemsize for kind in outcome.kinds)
        needed = 2 * batch * size // SAMPLES
        if needed > self.free:
            message = f"its output for a batch of {batch} would take {_gigabytes(needed)}, and {_gigabytes(self.free)} are free."
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
    """The settings on which a module depends; λ, use and start only enter the sum."""
    skip = {"weight", "use", "start"} if isinstance(instance, Cost) else set()
    settings = changed_settings(instance)
    return tuple(
        (k, tuple(v) if isinstance(v, list) else v) for k, v in settings.items() if k not in skip
    )


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


def _on(module: nn.Module, device: str) -> Any:
    """A way to call `module` as if its tensors lay on `device` (they are made up)."""
    tensors = {
        name: torch.empty(t.shape, dtype=t.dtype, device=device)
        for name, t in (*module.named_parameters(), *module.named_buffers())
    }
    return lambda *inputs: torch.func.functional_call(module, tensors, inputs)


def _numel(shape: tuple[int, ...]) -> int:
    size = 1
    for n in shape:
        size *= n
    return size


def _weights(op: Any) -> list[torch.Tensor]:
    return [p for p in op.parameters() if p.requires_grad] if isinstance(op, nn.Module) else []


def _heavy(op: Any, kinds: tuple[Kind, ...]) -> bool:
    size = sum(_numel(kind.shape) for kind in kinds)
    return size + sum(p.numel() for p in _weights(op)) > _LARGE


def _count(op: Any, out: Kind) -> Counts:
    """Weights of a block and its multiply-adds a sample: every weight of a filter bank once per place it is applied at."""
    weights = _weights(op)
    samples = SAMPLES if out.batched else 1
    macs = 0
    matrices = (
        [p for p in op.parameters() if p.dim() >= 2]
        if isinstance(op, nn.Module) and not _is_drawn(op)
        else []
    )
    for p in matrices:
        macs += p.numel() * _numel(out.shape) // (samples * p.shape[0])
    return Counts(sum(p.numel() for p in weights), macs)


def _is_drawn(op: nn.Module) -> bool:
    return hasattr(op, "value")


def _sentence(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else text[:297] + "..."


def _misfit(error: BaseException, kinds: tuple[Kind, ...]) -> str:
    shapes = ", ".join(
        "×".join("B" if n == BATCH else str(n) for n in kind.shown) or "one number"
        for kind in kinds
    )
    if isinstance(error, IndexError) and "out of bounds" in str(error):
        top = max(kind.top for kind in kinds)
        return f"the data have the classes 0 to {top}, which needs {top + 1} outputs: it gets {shapes}."
    return f"it cannot take {shapes}: {_sentence(error)}"


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"


def _free_memory() -> int:
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") + _reclaimable()
    except (ValueError, OSError, AttributeError):
        return 8 * 10**9


def _reclaimable() -> int:
    try:
        with open("/proc/meminfo") as lines:
            rows = dict(line.split(":", 1) for line in lines)
        return max(
            0, (int(rows["MemAvailable"].split()[0]) - int(rows["MemFree"].split()[0])) * 1024
        )
    except (OSError, KeyError, ValueError):
        return 0


def forget() -> None:
    """Empties the cache of outcomes, for measuring."""
    _outcomes.clear()
