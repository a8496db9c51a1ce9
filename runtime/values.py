"""The values that a program is given by name: those of its observed variables, and of latent ones, or else inferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch

from graph.problem import DiagramError
from runtime.inference import infer

if TYPE_CHECKING:
    from runtime.program import Program

Samples: TypeAlias = torch.Tensor | np.ndarray | Sequence[Any]


def values(
    program: Program, given: Mapping[str, Samples], needed: Sequence[str]
) -> list[torch.Tensor]:
    """The values of the inputs in `needed`; those of latent variables that are not given are inferred.

    Raises DiagramError for an observed variable that is not given, and for a name that the diagram does not have.
    """
    if all(name in given for name in needed if name in program.latents):
        return tensors(program, given, needed)
    observed = [n for n in program.inputs if n not in program.latents]
    found = dict(zip(observed, tensors(program, given, observed), strict=True))
    return [{**found, **infer(program, found)}[n] for n in needed]


def tensors(
    program: Program, given: Mapping[str, Samples], needed: Sequence[str]
) -> list[torch.Tensor]:
    """The values in `needed` from `given` (by block id or by field), as tensors of the program's dtype and device."""
    found = [program.tensor(_given(program, given, name)) for name in needed]
    blocks = program.diagram.blocks
    known = {*blocks, *(str(b.settings.get("field", b.id)) for b in blocks.values())}
    for name in given:
        if name not in known:
            raise DiagramError(
                f"{name}: the diagram has no such variable (it has {', '.join(program.inputs)})."
            )
    return found


def _given(program: Program, given: Mapping[str, Samples], name: str) -> Samples:
    field = str(program.diagram.blocks[name].settings.get("field", name))
    value = given.get(name, given.get(field))
    if value is None:
        raise DiagramError(f"{name}: no values were given for this variable; give {name}=...")
    return value
