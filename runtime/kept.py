"""Parameters as they were at some moment: at most MOST evenly spaced elements of each, to tell how far they have moved."""

from __future__ import annotations

from collections.abc import Mapping

import torch

MOST = 4096  # elements of a tensor that are looked at: full statistics cost half of the training


def some(tensor: torch.Tensor, most: int = MOST) -> torch.Tensor:
    """At most so many elements of a tensor, evenly spaced; all of a smaller one."""
    flat = tensor.detach().flatten()
    return flat[:: max(1, -(-len(flat) // most))]


class Kept:
    """Copies of some elements of every parameter, by the parameters' names."""

    def __init__(self, parameters: Mapping[str, torch.Tensor]) -> None:
        self._values = {name: some(p).clone() for name, p in parameters.items()}
        self._sizes = {name: p.shape for name, p in parameters.items()}

    def follow(self, parameters: Mapping[str, torch.Tensor]) -> None:
        """Another program's parameters: those whose name and shape are the same keep their moment, others begin now."""
        fresh = Kept(parameters)
        for name, value in self._values.items():
            if fresh._sizes.get(name) == self._sizes[name]:
                fresh._values[name] = value.to(fresh._values[name])
        self._values, self._sizes = fresh._values, fresh._sizes

    def moved(self, parameters: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """How far the kept elements have moved since, by name."""
        return {n: some(parameters[n]) - v for n, v in self._values.items() if n in parameters}

    def ratios(self, parameters: Mapping[str, torch.Tensor]) -> dict[str, float]:
        """‖w − w₀‖ / ‖w₀‖ by block id, over all parameters of a block; 1 where w₀ is 0 and something has moved."""
        moved, base = dict[str, float](), dict[str, float]()
        names = [name for name in self._values if name in parameters]
        if not names:
            return {}
        away = [some(parameters[n]) - self._values[n] for n in names]
        lengths = torch._foreach_norm([t.float() for n, t in zip(names, away, strict=True)])
        starts = torch._foreach_norm([self._values[n].float() for n in names])
        both = torch.stack([*lengths, *starts]).tolist()
        for n, name in enumerate(names):
            block, whole = name.partition(".")[0], parameters[name].numel()
            times = whole / max(len(away[n]), 1)  # an element stands for so many
            moved[block] = moved.get(block, 0.0) + times * both[n] ** 2
            base[block] = base.get(block, 0.0) + times * both[len(names) + n] ** 2
        return {
            b: (moved[b] / base[b]) ** 0.5 if base[b] > 0 else float(moved[b] > 0) for b in moved
        }
