"""The module of a block: made new, shared with others, fed by wires at its flanks, or kept from before."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from graph.diagram import Block, Diagram, Pin
from nodes.block import BlockType, Cost, Weighted
from nodes.catalogue import catalogue
from nodes.modules.initialization import initialize
from runtime.memory import free_memory, gigabytes
from runtime.random_state import aside
from runtime.replaced import OfParameters, Replaced, holder, without
from runtime.trial import LARGE, SAMPLES, Kind, Outcome, numel, sentence


@dataclass
class Stage:
    """One block that runs: `op` computes its output from the values at `sources` (in the order of its pins)."""

    block: Block
    type: BlockType
    op: Any
    sources: tuple[Pin, ...]
    signature: tuple[Any, ...]
    of_weights: bool = False  # a regulariser without a wire


class BlockError(Exception):
    """Why a block cannot run: where (the block or one of its pins), a sentence, and what to do."""

    def __init__(self, where: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.where, self.message, self.hint = where, message, hint


class Maker:
    """Makes the modules of one diagram.  `kept` gives the stages of the program before, whose modules serve again."""

    def __init__(
        self,
        diagram: Diagram,
        dtype: torch.dtype,
        device: str,
        seed: int,
        kept: Mapping[str, Stage],
    ) -> None:
        self.diagram, self.dtype, self.device, self.seed = diagram, dtype, device, seed
        self.kept = kept
        self.free = free_memory()
        self.families: dict[str, Stage] = {}  # by the id of the block that owns the weights

    def op(
        self,
        block: Block,
        instance: BlockType,
        kinds: tuple[Kind, ...],
        flanks: tuple[str, ...],
        signature: Any,
    ) -> Any:
        """The module or function of a block for what enters it; `flanks` are the last of `kinds`.  Raises BlockError."""
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

    def given(self, block: Block, flanks: tuple[str, ...]) -> tuple[str, ...]:
        """The parameters that wires bring to the owner of this block's weights, and so have to bring to this block.

        Raises BlockError when they do not.
        """
        owner = self.diagram.blocks[owner_of(self.diagram, block.id)]
        cls = catalogue()[block.kind]
        wired = {w.target.name for w in self.diagram.wires_into(owner.id)}
        given = tuple(n for n in cls.flanks if n in wired and n not in cls.inputs)
        for name in given if owner.kind == block.kind else ():
            if name not in flanks:
                raise BlockError(
                    f"{block.id}.{name}",
                    f"it shares the weights of {owner.id}, whose {name} comes from a wire.",
                    "Drag a wire from the same circle here.",
                )
        return given

    def _new(self, block: Block, instance: BlockType, kinds: tuple[Kind, ...]) -> Any:
        shapes = [torch.Size(kind.shape) for kind in kinds]
        owner = owner_of(self.diagram, block.id)
        try:
            if self.device == "meta" or self.may_be_large(instance, kinds):
                with torch.device("meta"):
                    op = instance.build(*shapes)
                self._check_weights(block.id, op)
            if self.device != "meta":
                op = _seeded(lambda: _begun(instance, instance.build(*shapes)), self.seed, owner)
        except (ValueError, TypeError, RuntimeError, IndexError, ZeroDivisionError) as error:
            raise BlockError(
                block.id, sentence(error), "Change its settings or what is wired into it."
            ) from None
        return op.to(self.dtype) if isinstance(op, nn.Module) else op

    def _shared(self, block: Block, first: Stage) -> Any:
        """The module of the family's first visited block, for another block that shares its weights."""
        if first.block.kind != block.kind:
            raise BlockError(
                block.id,
                f"it is a {block.kind} and cannot share the weights of a {first.block.kind}.",
            )
        return holder(first.op)

    def _replaced(
        self, block: Block, op: Any, flanks: tuple[str, ...], kinds: tuple[Kind, ...]
    ) -> Replaced:
        for name in flanks:
            if not isinstance(getattr(op, name, None), torch.Tensor):
                raise BlockError(
                    f"{block.id}.{name}",
                    f"with these settings a {block.kind} has no {name} that a wire could replace.",
                    "Change its settings or remove the wire.",
                )
        without(op, self.given(block, flanks))
        batched = [kind.batched for kind in kinds]
        count = len(kinds) - len(flanks)
        try:
            return Replaced(op, dict(zip(flanks, batched[count:], strict=True)), batched[:count])
        except ValueError as error:
            raise BlockError(
                f"{block.id}.{flanks[0]}", str(error), "Give one value for all samples."
            ) from None

    def may_be_large(self, instance: BlockType, kinds: tuple[Kind, ...]) -> bool:
        """Whether the block could hold or make many numbers: its settings and its inputs are large together."""
        values = vars(instance).values()
        numbers = [n for v in values for n in (v if isinstance(v, tuple) else (v,))]
        whole = math.prod(abs(n) for n in numbers if isinstance(n, int) and n)
        sizes = math.prod(max(1, numel(kind.shape) // SAMPLES) for kind in kinds)
        places = max([1, *(len(kind.shape) - 2 for kind in kinds)])  # a setting counts for each
        return whole**places * sizes > LARGE

    def _check_weights(self, name: str, op: Any) -> None:
        if self.device == "meta" or not isinstance(op, nn.Module):
            return
        # a weight, its gradient and the optimizer's two averages; what is not trained is there once
        needed = 4 * sum(p.numel() * p.element_size() for p in op.parameters())
        needed += sum(b.numel() * b.element_size() for b in op.buffers())
        if needed > self.free:
            message = f"training its weights would take {gigabytes(needed)}, and {gigabytes(self.free)} are free."
            raise BlockError(name, message, "Make it smaller.")
        self.free -= needed

    def check_memory(self, name: str, outcome: Outcome) -> None:
        """Raises BlockError when what a block computes for a batch does not fit into what memory is left, else takes it."""
        if self.device == "meta":
            return
        batch = self.diagram.recipe.get("batch", 64)
        batch = batch if isinstance(batch, int) and 0 < batch < 10**9 else 64
        size = sum(numel(kind.shape) * kind.dtype.itemsize for kind in outcome.kinds)
        size = max(size, outcome.largest * self.dtype.itemsize)
        needed = 2 * batch * size // SAMPLES
        if needed > self.free:
            message = f"what it computes for a batch of {batch} would take {gigabytes(needed)}, and {gigabytes(self.free)} are free."
            raise BlockError(name, message, "Make it or the batch smaller.")
        self.free -= needed


def owner_of(diagram: Diagram, name: str) -> str:
    """The block under whose id the weights of `name` are filed: itself, or the end of its chain of `shares`."""
    seen = {name}
    while (following := diagram.blocks[name].shares) is not None and following not in seen:
        name = following
        seen.add(name)
    return min(seen) if following is not None else name


def _begun(instance: BlockType, op: Any) -> Any:
    """A new module with the first weights that its block asks for."""
    if isinstance(op, nn.Module) and isinstance(instance, Weighted):
        initialize(op, instance.init, instance.scale)
    return op


def _seeded(build: Any, seed: int, name: str) -> Any:
    """Builds with random numbers that depend on the seed and the block's name only, not on the order of blocks."""
    with aside():
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
