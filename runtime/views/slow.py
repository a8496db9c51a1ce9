"""Slow motion: one training sample, forward and backward, with the Jacobian of every block."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch

from graph.diagram import OUTPUT, Pin, Wire
from nodes.names import Names, names
from runtime.draft import wires_in_order
from runtime.figures.slow import Entry, Passage, SlowMotion, Value, Weight, numbers
from runtime.making import Stage, owner_of
from runtime.probe import Watched, watch
from runtime.program import Program
from runtime.random_state import aside
from runtime.run import Run
from runtime.snapshot import Ask

MOST = 100_000  # numbers of a Jacobian that is computed
MOST_ROWS = 512  # and its rows, for each of which the block is passed backward once
WHOLE_NUMBERS = "whole numbers have no derivative"
NO_WAY = "no gradient comes back through it"


def slow(run: Run, _watched: Watched, ask: Ask) -> SlowMotion | None:
    """The sample whose number (from 1) is `ask.choice`, with the weights as they are; the run is left as it is.

    Blocks work as they do after training, for there is no minibatch.  None when there is no cost.
    """
    samples = run.batches.samples
    sample = min(max(int(ask.choice), 1), samples) if ask.choice.isdecimal() else 1
    program = run.program
    twin = program.watched[0]
    training = twin.training
    twin.eval()
    try:
        with aside():
            rows = run.batches.parts.training[sample - 1 : sample]
            seen = watch(program, run.inputs_of(run.batches.at(rows)))
            walk = Walk(program, seen, run.rate)
            order = sorted(program.stages, key=lambda name: name in program.costs)  # those last
            passages = tuple(walk.passage(name) for name in order)
    finally:
        twin.train(training)
    method = run.recipe.optimizer
    return SlowMotion(
        sample=sample,
        samples=samples,
        step=run.step_count,
        loss=float(seen.loss),
        rate=run.rate,
        plain=_is_plain(run),
        optimizer=str(method.get("kind", "")),
        batch=run.batches.size,
        given=tuple(walk.given(name) for name in program.inputs),
        passages=passages,
    )


def _is_plain(run: Run) -> bool:
    """Whether the optimizer's next step on this sample alone would be the rate times the gradient and nothing else."""
    made = run.optimizer
    clipped = run.recipe.clip > 0 or run.recipe.clip_value > 0
    if made is None or type(made) is not torch.optim.SGD or clipped:
        return False
    return all(not g["momentum"] and not g["weight_decay"] for g in made.param_groups)


class Walk:
    """One watched sample, block by block."""

    def __init__(self, program: Program, seen: Watched, rate: float) -> None:
        self.program, self.seen, self.rate = program, seen, rate
        self.called: Names = names(program.diagram)

    def given(self, name: str) -> Value:
        """What an observed or latent variable holds."""
        return self._value([Pin(name, OUTPUT)])

    def passage(self, name: str) -> Passage:
        """What happens in one block."""
        stage = self.program.stages[name]
        kind = type(stage.type)
        is_cost = name in self.program.costs
        out = self._cost(name) if is_cost else self._value([Pin(name, o) for o in kind.outputs])
        return Passage(
            block=name,
            kind=stage.block.kind,
            label=self.called.labels.get(name, name),
            formula=_filled(kind.formula),
            backward=_filled(kind.gradient),
            is_cost=is_cost,
            out=out,
            entries=() if stage.of_weights else tuple(self._entries(stage)),
            weights=tuple(self._weights(name)),
        )

    # --- values -----------------------------------------------------------------------------------------------

    def _alone(self, tensor: torch.Tensor, pin: Pin) -> np.ndarray:
        """The value of the one sample, without its batch axis."""
        batched = self.program.kinds[pin].batched and tensor.dim() > 0
        return _plain(tensor[0] if batched else tensor)

    def _value(self, pins: Sequence[Pin]) -> Value:
        """The variable of a block; several outputs follow each other in one row."""
        values = [self._alone(self.seen.variables[pin], pin) for pin in pins]
        found = [self.seen.variable_gradients[pin] for pin in pins]
        gradient = None
        if any(g is not None for g in found):
            given = zip(pins, values, found, strict=True)
            parts = [np.zeros_like(v) if g is None else self._alone(g, p) for p, v, g in given]
            gradient = numbers(_joined(parts))
        called = ", ".join(self.called.variables.get(pin, str(pin)) for pin in pins)
        return Value(str(pins[0]), called, numbers(_joined(values)), gradient)

    def _cost(self, name: str) -> Value:
        """The energy of a cost, and what its gradient is seeded with: λ, 1 for most."""
        cost = self.program.cost(name)
        seed = 0.0 if cost.use == "inference" else cost.weight
        gate = self.program.modules.gates.get(name)
        if gate is not None:
            seed *= float(self.program.modules.root.get_buffer(gate))
        energy = _plain(self.seen.energies[name]).reshape(-1)
        return Value(name, "C", numbers(energy), numbers(np.full_like(energy, seed)))

    # --- what enters ------------------------------------------------------------------------------------------

    def _entries(self, stage: Stage) -> list[Entry]:
        into = {w.target: w for w in self.program.diagram.wires_into(stage.block.id)}
        wires = wires_in_order(stage, into)
        values = [self.seen.values[wire] for wire in wires]
        found, why = jacobians(stage.op, values)
        return [
            self._entry(wire, jacobian, WHOLE_NUMBERS if not value.is_floating_point() else why)
            for wire, value, jacobian in zip(wires, values, found, strict=True)
        ]

    def _entry(self, wire: Wire, jacobian: torch.Tensor | None, why: str) -> Entry:
        gradient = self.seen.wire_gradients[wire]
        return Entry(
            pin=wire.target.name,
            source=str(wire.source),
            name=self.called.variables.get(wire.source, str(wire.source)),
            value=numbers(self._alone(self.seen.values[wire], wire.source)),
            gradient=None if gradient is None else numbers(self._alone(gradient, wire.source)),
            jacobian=None if jacobian is None else numbers(_plain(jacobian)),
            why="" if jacobian is not None else why or NO_WAY,
        )

    # --- weights ----------------------------------------------------------------------------------------------

    def _weights(self, name: str) -> list[Weight]:
        owner = owner_of(self.program.diagram, name)
        symbol = self.called.weights.get(name, "w")
        return [
            self._weight(key, symbol)
            for key in self.program.parameters
            if key.partition(".")[0] == owner
        ]

    def _weight(self, key: str, symbol: str) -> Weight:
        leaf, slope = key.partition(".")[2], self.seen.gradients[key]
        symbols = {"weight": symbol, "bias": symbol.replace("w", "b", 1), "value": symbol}
        value = updated = numbers(_plain(self.program.parameters[key]))
        gradient = None if slope is None else numbers(_plain(slope))
        if gradient is not None:
            rate = value.shown.dtype.type(self.rate)
            updated = replace(value, shown=value.shown - rate * gradient.shown)
        return Weight(key, symbols.get(leaf, leaf), value, gradient, updated)


def jacobians(op: Any, values: Sequence[torch.Tensor]) -> tuple[list[torch.Tensor | None], str]:
    """`[d_g × d_f]` of what `op` computes by each of its inputs, as back-propagation has them; else why there is none.

    Several outputs follow each other in the rows.  None for whole numbers, and for what no gradient comes back to.
    """
    leaves = [v.detach().clone() for v in values]
    real = [leaf.requires_grad_() for leaf in leaves if leaf.is_floating_point()]
    none: list[torch.Tensor | None] = [None] * len(leaves)
    with torch.enable_grad():
        made = op(*leaves)
        outputs = made if isinstance(made, tuple) else (made,)
        flat = torch.cat([o.reshape(-1) for o in outputs])
        if not real or not flat.requires_grad:
            return none, ""
        if why := _too_large(len(flat), max(leaf.numel() for leaf in real)):
            return none, why
        found = iter(_rows(flat, real))
    rows = [next(found) if leaf.requires_grad else None for leaf in leaves]
    return [None if row is None else row.reshape(len(flat), -1) for row in rows], ""


def _rows(flat: torch.Tensor, real: Sequence[torch.Tensor]) -> Sequence[torch.Tensor | None]:
    """The derivatives `[g, ...]` of `flat` `[g]`, all in one backward pass, or one by one through what knows no batches."""
    units = torch.eye(len(flat), dtype=flat.dtype, device=flat.device)
    backward = partial(torch.autograd.grad, flat, real, retain_graph=True, allow_unused=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # what has no rule of its own for batches is only slower
            return backward(units, is_grads_batched=True)
    except RuntimeError:
        rows = zip(*(backward(unit) for unit in units), strict=True)
        return [None if row[0] is None else torch.stack(row) for row in rows]


def _too_large(rows: int, columns: int) -> str:
    if rows <= MOST_ROWS and rows * columns <= MOST:
        return ""
    return f"its Jacobian would have {rows:,} × {columns:,} numbers, too many to show"


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    return parts[0] if len(parts) == 1 else np.concatenate([part.ravel() for part in parts])


def _plain(tensor: torch.Tensor) -> np.ndarray:
    found: np.ndarray = tensor.detach().cpu().numpy()
    return found


def _filled(text: str) -> str:
    return " ".join(text.split())
