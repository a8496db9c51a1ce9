"""What was learned by weights that an edit has taken away: when the edit is undone they come back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from runtime.program import Program

MOST = 2**28  # bytes that are kept; the oldest go first
Key = tuple[str, torch.Size]  # name and shape


def bring_back(program: Program, before: Program) -> None:
    """Gives a program the weights that an earlier one has learned under these names in these shapes.

    What the program just `before` it has by that name and shape is newer and stays.
    """
    now, then = program.module.state_dict(), before.module.state_dict()
    stay = {n for n, value in now.items() if n in then and then[n].shape == value.shape}
    learned = {*then} if before.is_trained else before.learned
    lost = {(n, then[n].shape): then[n] for n in then if n in learned - stay}
    earlier = {**before.earlier, **lost}
    back = {n for n, value in now.items() if n not in stay and (n, value.shape) in earlier}
    with torch.no_grad():
        for name in back:
            now[name].copy_(earlier[name, now[name].shape])
    program.learned = (learned & stay) | back
    here = {(name, value.shape) for name, value in now.items()}
    program.earlier = _bounded([item for item in earlier.items() if item[0] not in here])


def _bounded(earlier: Sequence[tuple[Key, torch.Tensor]]) -> dict[Key, torch.Tensor]:
    kept, size = list[tuple[Key, torch.Tensor]](), 0
    for key, value in reversed(earlier):
        size += value.numel() * value.element_size()
        if size > MOST:
            break
        kept.append((key, value))
    return dict(reversed(kept))
