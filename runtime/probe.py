"""The watched step: one training step of the program's twin, which also gives value and gradient of every wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch

from graph.diagram import Pin, Wire
from runtime.program import Program
from runtime.snapshot import Flow


@dataclass(frozen=True)
class Watched:
    """What one watched step saw.  Gradients are those of the training loss; None where there is none.

    `gradients` are keyed by the parameters' public names; a fork's wires have a gradient each, and these add up to
    the gradient of the variable.
    """

    loss: torch.Tensor
    energies: Mapping[str, torch.Tensor]
    values: Mapping[Wire, torch.Tensor]
    wire_gradients: Mapping[Wire, torch.Tensor | None]
    variables: Mapping[Pin, torch.Tensor]
    variable_gradients: Mapping[Pin, torch.Tensor | None]
    gradients: Mapping[str, torch.Tensor | None]


def watch(program: Program, inputs: Sequence[torch.Tensor]) -> Watched:
    """Runs the twin forward and backward on a batch.  Changes no weight and no .grad."""
    twin, where = program.watched
    given = [v.detach().requires_grad_() if v.is_floating_point() else v for v in inputs]
    loss, energies, on_wires, of_pins = twin(*given)
    parameters = program.parameters
    tensors = {id(t): t for t in (*parameters.values(), *on_wires, *of_pins) if t.requires_grad}
    found = torch.autograd.grad(loss, list(tensors.values()), allow_unused=True)
    gradient = dict(zip(tensors, found, strict=True))
    return Watched(
        loss=loss.detach(),
        energies={n: e.detach() for n, e in zip(program.costs, energies, strict=True)},
        values={w: t.detach() for w, t in zip(where.wires, on_wires, strict=True)},
        wire_gradients={w: gradient.get(id(t)) for w, t in zip(where.wires, on_wires, strict=True)},
        variables={p: t.detach() for p, t in zip(where.variables, of_pins, strict=True)},
        variable_gradients={
            p: gradient.get(id(t)) for p, t in zip(where.variables, of_pins, strict=True)
        },
        gradients={name: gradient.get(id(p)) for name, p in parameters.items()},
    )


def norms(tensors: Sequence[torch.Tensor | None]) -> list[float]:
    """The Frobenius norms of tensors, 0 where there is none; one transfer for all."""
    real = [
        t.to(torch.float32) if not t.is_floating_point() else t for t in tensors if t is not None
    ]
    lengths = torch.stack([n.float() for n in torch._foreach_norm(real)]).tolist() if real else []
    rest = iter(lengths)
    return [0.0 if t is None else next(rest) for t in tensors]


def flows(watched: Watched) -> tuple[dict[Wire, Flow], dict[Pin, Flow], dict[str, float]]:
    """Norms on every wire, at every variable, and of the weights' gradients by block id."""
    wires, pins, names = list(watched.values), list(watched.variables), list(watched.gradients)
    found = norms(
        [
            *watched.values.values(),
            *watched.wire_gradients.values(),
            *watched.variables.values(),
            *watched.variable_gradients.values(),
            *watched.gradients.values(),
        ]
    )
    w, p = len(wires), len(pins)
    blocks: dict[str, float] = {}
    for name, norm in zip(names, found[2 * (w + p) :], strict=True):
        block = name.partition(".")[0]
        blocks[block] = (blocks.get(block, 0.0) ** 2 + norm**2) ** 0.5
    return (
        {wire: Flow(found[n], found[w + n]) for n, wire in enumerate(wires)},
        {pin: Flow(found[2 * w + n], found[2 * w + p + n]) for n, pin in enumerate(pins)},
        blocks,
    )
