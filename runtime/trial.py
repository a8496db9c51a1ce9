"""Trying a block on two made-up samples: what it gives, what it counts, or why it cannot run."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from runtime.replaced import Replaced
from runtime.snapshot import BATCH, Counts

SAMPLES = 2  # enough to tell the batch from the rest, and what batch norm needs
LARGE = 2_000_000  # numbers that a block may hold before it is tried on the meta device first
_CACHE_SIZE = 4096
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


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
    """What running a block on two samples gave: the kinds of its outputs, or why it cannot run.

    `largest` is how many numbers the largest value on the way holds, 0 where none can be large.
    """

    kinds: tuple[Kind, ...]
    counts: Counts
    error: str = ""
    largest: int = 0


_outcomes: OrderedDict[tuple[Any, ...], Outcome] = OrderedDict()


def outcome_of(
    key: tuple[Any, ...] | None,
    op: Any,
    kinds: tuple[Kind, ...],
    meta: bool,
    may_grow: bool = False,
) -> Outcome:
    """What `op` gives for inputs of these kinds; remembered under `key` when that is not None.

    `may_grow` says that small inputs may become large values: then these are counted before anything is allocated.
    """
    found = _outcomes.get(key) if key is not None else None
    if found is None:
        found = _try(op, kinds, meta, may_grow)
        if key is not None:
            _outcomes[key] = found
        if len(_outcomes) > _CACHE_SIZE:
            _outcomes.popitem(last=False)
    return found


def forget() -> None:
    """Empties the memory of outcomes, for measuring."""
    _outcomes.clear()


def _try(op: Any, kinds: tuple[Kind, ...], meta: bool, may_grow: bool) -> Outcome:
    where = "meta" if meta or _heavy(op, kinds) else "cpu"
    sizes = _Sizes()
    training = isinstance(op, nn.Module) and op.training
    if isinstance(op, nn.Module):
        op.eval()
    try:
        if where == "cpu" and may_grow:
            with contextlib.suppress(Exception), sizes:  # the true run says what is wrong
                _run(op, kinds, "meta")
            where = "meta" if sizes.largest > LARGE else "cpu"
        with sizes if where == "meta" else contextlib.nullcontext():
            out = _run(op, kinds, where)
    except Exception as error:  # whatever a block says of these shapes is shown at its place
        return Outcome((), Counts(), _misfit(error, kinds))
    finally:
        if isinstance(op, nn.Module):
            op.train(training)
    batched = any(kind.batched for kind in kinds)
    results = out if isinstance(out, tuple) else (out,)
    found = tuple(Kind(tuple(r.shape), r.dtype, batched) for r in results)
    return Outcome(found, _count(op, kinds, found[0]), largest=sizes.largest)


class _Sizes(TorchDispatchMode):
    """How many numbers the largest value of a calculation holds; on the meta device none is ever there."""

    largest = 0

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        out = function(*args, **(kwargs or {}))
        for value in out if isinstance(out, tuple | list) else (out,):
            if isinstance(value, torch.Tensor):
                # what it was expanded from counts, not what it looks like
                taken = value.untyped_storage().nbytes() // value.itemsize
                self.largest = max(self.largest, taken)
        return out


@torch.no_grad()
def _run(op: Any, kinds: tuple[Kind, ...], where: str) -> Any:
    run = op
    if isinstance(op, nn.Module):
        here = next((t.device.type for t in (*op.parameters(), *op.buffers())), where)
        run = op if here == where else _on(op, where)
    return run(*(kind.sample(where) for kind in kinds))


def _on(module: nn.Module, device: str) -> Any:
    """A way to call `module` as if its tensors lay on `device` (they are made up)."""
    tensors = {
        name: torch.empty(t.shape, dtype=t.dtype, device=device)
        for name, t in (*module.named_parameters(), *module.named_buffers())
    }
    return lambda *inputs: torch.func.functional_call(module, tensors, inputs)


def numel(shape: tuple[int, ...]) -> int:
    size = 1
    for n in shape:
        size *= n
    return size


def weights_of(op: Any) -> list[torch.Tensor]:
    return [p for p in op.parameters() if p.requires_grad] if isinstance(op, nn.Module) else []


def _heavy(op: Any, kinds: tuple[Kind, ...]) -> bool:
    size = sum(numel(kind.shape) for kind in kinds)
    return size + sum(p.numel() for p in weights_of(op)) > LARGE


def _count(op: Any, kinds: tuple[Kind, ...], out: Kind) -> Counts:
    """Weights of a block and its multiply-adds a sample."""
    weights = sum(p.numel() for p in weights_of(op))
    layer = op.inner if isinstance(op, Replaced) else op
    if hasattr(layer, "macs"):
        inputs = kinds[: len(kinds) - len(op.flanks)] if isinstance(op, Replaced) else kinds
        return Counts(weights, layer.macs(*(torch.Size(kind.shape) for kind in inputs)))
    # every weight of a filter bank once per place it is applied at: in a transposed one, places of its input
    place = kinds[0] if isinstance(layer, _TRANSPOSED) else out
    samples = SAMPLES if out.batched else 1
    macs = sum(numel(m) * numel(place.shape) // (samples * m[0]) for m in _matrices(op))
    return Counts(weights, macs)


def _matrices(op: Any) -> list[tuple[int, ...]]:
    """Shapes of the weights by which a block multiplies, also of those that wires bring."""
    is_drawn = hasattr(op, "value")  # a parameter by itself multiplies nothing
    if is_drawn or not isinstance(op, nn.Module) or isinstance(op, nn.LayerNorm):
        return []
    shapes = op.shapes if isinstance(op, Replaced) else [tuple(p.shape) for p in op.parameters()]
    return [shape for shape in shapes if len(shape) >= 2]


def sentence(error: BaseException) -> str:
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
    return f"it cannot take {shapes}: {sentence(error)}"
