"""Two questions to a diagram before long training: are its gradients right, and can it learn a few samples by heart?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn

from graph.diagram import OUTPUT, Diagram, Pin
from runtime.inference import infer
from runtime.making import Stage
from runtime.probe import watch
from runtime.program import Program, compile
from runtime.random_state import aside
from runtime.train import start
from runtime.values import Samples

TOLERANCE = 1e-4  # largest relative difference that rounding in float64 explains
STEP = 1e-6
WHOLE = ""  # the key of the loss of the whole diagram
_SEED = 0


@dataclass(frozen=True)
class GradientCheck:
    """`differences`: by block id the largest relative difference between autograd and central differences.

    The key "" stands for the loss of the whole diagram by its weights.  Blocks with nothing to derive are left out.
    """

    differences: Mapping[str, float]
    tolerance: float = TOLERANCE

    @property
    def wrong(self) -> tuple[str, ...]:
        """The blocks whose gradient is not that of what they compute."""
        return tuple(n for n, d in self.differences.items() if not d <= self.tolerance)

    @property
    def ok(self) -> bool:
        """Whether every gradient is right."""
        return not self.wrong


def check_gradients(
    program: Program,
    inputs: Mapping[str, Samples],
    blocks: Iterable[str] | None = None,
    samples: int = 4,
    entries: int = 16,
) -> GradientCheck:
    """Compares gradients with central differences on a copy in float64; the program stays as it is.

    `inputs` are samples by field or block id, of which the first `samples` are used; `blocks` limits the check to
    these ids.  Every block is checked by itself, for `entries` entries of each of its inputs and weights and along one
    random direction through all of them.  Kinks, where the derivative lies between those of both sides, count as right.
    """
    twin = _in_float64(program)
    values = _values(twin, inputs, samples)
    wires = {**watch(twin, values).variables}
    wires |= {Pin(n, OUTPUT): v for n, v in zip(twin.inputs, values, strict=True)}
    wanted = twin.stages if blocks is None else [n for n in blocks if n in twin.stages]
    found: dict[str, float] = {}
    for name in wanted:
        difference = _check_block(twin, twin.stages[name], wires, entries)
        if difference is not None:
            found[name] = difference
    weights = [p for p in twin.parameters.values() if p.requires_grad]
    if blocks is None and weights:
        whole = _difference(lambda: [twin.module(*values)[0]], weights, max(1, entries // 4))
        found |= {} if whole is None else {WHOLE: whole}
    return GradientCheck(found)


def _in_float64(program: Program) -> Program:
    """The same program and weights in float64 on the CPU."""
    shapes = {}
    for name in program.inputs:
        kind = program.kinds[Pin(name, OUTPUT)]
        shapes[name] = replace(kind, dtype=torch.float64) if kind.dtype.is_floating_point else kind
    recipe = program.diagram.recipe.with_(dtype="float64")
    twin = compile(program.diagram.with_(recipe=recipe), shapes=shapes)
    twin.load({name: value.cpu() for name, value in program.module.state_dict().items()})
    twin.set_epoch(10**9)  # every regulariser counts
    return twin


def _values(twin: Program, given: Mapping[str, Samples], samples: int) -> list[torch.Tensor]:
    observed = [n for n in twin.inputs if n not in twin.latents]
    known = {n: given[n] if n in given else given[twin.fields[n]] for n in observed}
    found = {n: twin.tensor(v)[:samples].detach() for n, v in known.items()}
    if twin.latents:
        found |= infer(twin, found)
    return [found[n] for n in twin.inputs]


def _check_block(
    twin: Program, stage: Stage, wires: Mapping[Pin, torch.Tensor], entries: int
) -> float | None:
    """The largest relative difference of one block's gradients, None when it has none."""
    if stage.of_weights:
        given = [p for n, p in twin.parameters.items() if twin.modules.is_weight(n)]
    else:
        given = [wires[pin] for pin in stage.sources]
    inputs = [v.detach().clone(memory_format=torch.contiguous_format) for v in given]
    leaves = [v.requires_grad_() for v in inputs if v.is_floating_point()]
    if isinstance(stage.op, nn.Module):
        leaves += [p for p in stage.op.parameters() if p.requires_grad]

    def outputs() -> list[torch.Tensor]:
        out = stage.op(*inputs)
        return [*out] if isinstance(out, tuple) else [out]

    return _difference(outputs, leaves, entries)


def _difference(
    outputs: Callable[[], Sequence[torch.Tensor]], leaves: Sequence[torch.Tensor], entries: int
) -> float | None:
    """The largest relative difference over all leaves of a random weighted sum of the outputs."""
    random = torch.Generator().manual_seed(_SEED)
    weights: list[torch.Tensor] = []

    def value() -> torch.Tensor:
        with aside():
            torch.manual_seed(_SEED)  # dropout drops the same each time
            real = [out for out in outputs() if out.is_floating_point()]
        if not weights:
            weights.extend(
                torch.randn(out.shape, generator=random, dtype=torch.float64) for out in real
            )
        zero = torch.zeros((), dtype=torch.float64)
        return sum(((o * w).sum() for o, w in zip(real, weights, strict=True)), zero)

    result = value()
    if not leaves or not result.requires_grad:
        return None
    gradients = torch.autograd.grad(result, list(leaves), allow_unused=True)
    worst = [
        _worst(value, leaf, gradient, entries, random)
        for leaf, gradient in zip(leaves, gradients, strict=True)
        if gradient is not None and leaf.numel()  # None: it passes nothing back, and says so
    ]
    return max(worst, default=None)


def _worst(
    value: Callable[[], torch.Tensor],
    leaf: torch.Tensor,
    gradient: torch.Tensor,
    entries: int,
    random: torch.Generator,
) -> float:
    """The largest relative difference over some entries of one tensor and along one random direction."""
    directions = [
        torch.randn(leaf.shape, generator=random, dtype=torch.float64) / leaf.numel() ** 0.5
    ]
    for n in torch.randperm(leaf.numel(), generator=random)[:entries].tolist():
        axis = torch.zeros(leaf.numel(), dtype=torch.float64)
        axis[n] = 1.0
        directions.append(axis.reshape(leaf.shape))
    largest = float(gradient.abs().max())
    return max(_along(value, leaf, gradient, direction, largest) for direction in directions)


@torch.no_grad()
def _along(
    value: Callable[[], torch.Tensor],
    leaf: torch.Tensor,
    gradient: torch.Tensor,
    direction: torch.Tensor,
    largest: float,
) -> float:
    """The relative difference of the derivative in one direction, 0 at a kink whose slopes enclose it.

    Along a direction that is no axis, kinks of several entries need not enclose the sum of their slopes; 0 there too.
    """
    start = leaf.detach().clone()
    step = STEP * max(1.0, float((start.abs() * (direction != 0)).max()))
    heights = []
    for sign in (-1.0, 0.0, 1.0):
        leaf.copy_(start + sign * step * direction)
        heights.append(float(value()))
    leaf.copy_(start)
    ours = float((gradient * direction).sum())
    left, right = (heights[1] - heights[0]) / step, (heights[2] - heights[1]) / step
    numeric = (left + right) / 2
    # below this, the difference of two rounded heights says nothing
    least = max(1e-3 * largest, 1e-5 * (1.0 + abs(heights[1])))
    difference = abs(ours - numeric) / max(abs(ours), abs(numeric), least)
    slack = TOLERANCE * max(abs(left), abs(right), least)
    enclosed = min(left, right) - slack <= ours <= max(left, right) + slack
    mixed = int(direction.count_nonzero()) > 1
    return 0.0 if abs(left - right) > slack and (enclosed or mixed) else difference


# --- learning a few samples by heart ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """Whether a diagram can learn `samples` training samples by heart, and what it reached in `steps` steps.

    `accuracy` is None where right and wrong have no meaning; then the loss must fall to a hundredth.
    """

    ok: bool
    samples: int
    steps: int
    first_loss: float
    loss: float
    accuracy: float | None = None

    @property
    def text(self) -> str:
        """One sentence for a person."""
        reached = f"the loss went from {self.first_loss:.3g} to {self.loss:.3g}"
        if self.accuracy is not None:
            reached = f"{self.accuracy:.0%} of them right, {reached}"
        told = f"after {self.steps:,} steps on {self.samples} samples: {reached}"
        if self.ok:
            return f"It can learn by heart: {told}."
        return (
            f"It did not learn a few samples by heart: {told}; look for a mistake in the diagram or the rate, "
            "and switch off regularisers and dropout."
        )


def overfits(diagram: Diagram, samples: int = 8, steps: int = 2000, folder: str = ".") -> Verdict:
    """Trains the diagram by its recipe on a few samples only, until it knows them or `steps` are over.

    Raises DiagramError, DataError, and NonFinite when the loss is no number any more.
    """
    recipe = diagram.recipe.with_(subset=samples, patience=0)
    run = start(diagram.with_(recipe=recipe), folder=folder)
    first = found = run.evaluate("training")
    while not knows(first, found) and run.step_count < steps:
        for _ in range(min(20, steps - run.step_count)):
            run.step()
        found = run.evaluate("training")
    return Verdict(
        ok=knows(first, found),
        samples=run.batches.samples,
        steps=run.step_count,
        first_loss=first["loss"],
        loss=found["loss"],
        accuracy=found.get("accuracy"),
    )


def knows(first: Mapping[str, float], found: Mapping[str, float]) -> bool:
    """Whether samples are known by heart: all are right or, where that means nothing, the loss fell to a hundredth."""
    if "accuracy" in found:
        return found["accuracy"] == 1.0
    return found["loss"] <= 0.01 * first["loss"]
