"""Inference: minimises the energy over the latent variables, sample by sample, by gradient descent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch

from graph.diagram import OUTPUT, Pin
from nodes.catalogue import read
from nodes.variables import Latent

if TYPE_CHECKING:
    from runtime.program import Program


def infer(program: Program, observed: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The values of the latent variables, by id: `[B, size...]`, after as many steps as the longest of them asks for.

    z <- z - rate · ∂E/∂z from z = 0, where E sums the costs whose use is inference or both.  Source: LeCun 2020.
    """
    samples = next((len(v) for v in observed.values()), 1)
    kinds = {name: read(program.diagram.blocks[name]) for name in program.latents}
    values = {
        name: torch.zeros(
            (samples, *program.kinds[Pin(name, OUTPUT)].shape[1:]),
            dtype=program.dtype,
            device=program.device,
        )
        for name in program.latents
    }
    longest = max((k.steps for k in kinds.values() if isinstance(k, Latent)), default=0)
    for _ in range(longest):
        values = _descend(program, kinds, observed, values)
    return values


def _descend(
    program: Program,
    kinds: Mapping[str, object],
    observed: Mapping[str, torch.Tensor],
    values: dict[str, torch.Tensor],
) -> dict[str, torch.Tensor]:
    with torch.enable_grad():
        free = {name: v.detach().requires_grad_() for name, v in values.items()}
        energy = program.energy_module(*({**observed, **free}[n] for n in program.inputs))
        if energy is None or not energy.requires_grad:
            return values
        slopes = torch.autograd.grad(energy.sum(), list(free.values()), allow_unused=True)
    return {
        name: v.detach() - (kinds[name].rate * slope if slope is not None else 0)  # type: ignore[attr-defined]
        for (name, v), slope in zip(free.items(), slopes, strict=True)
    }
