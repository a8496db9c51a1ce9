"""Where a run has been: copies of its weights, evenly spaced in steps, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping

import torch

MOST = 128  # copies kept at the most
FEWEST = 8  # copies below which a trail is no path any more
MEMORY = 64_000_000  # bytes that all copies together may take


class Trail:
    """The weights at step 0 and at every `every`-th step after it.

    When the room is full, every second copy is dropped and `every` doubles: a million steps make less than a thousand
    copies.  A net of which not even FEWEST copies find room has an empty trail.
    """

    def __init__(self) -> None:
        self._weights: list[torch.Tensor] = []
        self._sizes: Mapping[str, torch.Size] = {}
        self._rows = torch.zeros(0, 0)
        self._steps: list[int] = []
        self.every = 1

    def follow(self, parameters: Mapping[str, torch.nn.Parameter]) -> bool:
        """These are the weights from now on; whether they are the same by name and shape, so that the trail goes on."""
        sizes = {name: p.shape for name, p in parameters.items()}
        self._weights = [p.detach() for p in parameters.values()]
        first = self._weights[0] if self._weights else self._rows
        kept = sizes == self._sizes and first.dtype == self._rows.dtype
        self._sizes = sizes
        if not kept:
            self._make_room(first)
        return kept

    def _make_room(self, first: torch.Tensor) -> None:
        size = sum(w.numel() for w in self._weights)
        room = min(MOST, MEMORY // max(1, size * first.element_size())) // 2 * 2
        self._rows = first.new_empty((room if size and room >= FEWEST else 0, size))
        self.clear()

    def clear(self) -> None:
        """Forgets where the run has been."""
        self._steps, self.every = [], 1

    def note(self, step: int) -> None:
        """The weights are those after `step` steps now; what was noted of this or of later steps is forgotten."""
        if step % self.every or not len(self._rows):
            return
        while self._steps and self._steps[-1] >= step:
            self._steps.pop()
        if len(self._steps) == len(self._rows):
            self._thin()
            if step % self.every:
                return
        self._rows[len(self._steps)] = self.now()
        self._steps.append(step)

    def _thin(self) -> None:
        self.every *= 2
        left = [n for n, step in enumerate(self._steps) if step % self.every == 0]
        self._rows[: len(left)] = self._rows[left]
        self._steps = [self._steps[n] for n in left]

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps after which the weights were copied, ascending."""
        return tuple(self._steps)

    @property
    def rows(self) -> torch.Tensor:
        """The copies, `[len(steps), all weights]`, each parameter flattened, in the order of the program's parameters."""
        return self._rows[: len(self._steps)]

    def now(self) -> torch.Tensor:
        """The present weights as a row."""
        return torch.cat([w.reshape(-1) for w in self._weights] or [self._rows.reshape(-1)])
