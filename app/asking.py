"""When a frame is asked for: one at a time while the run trains, and one when something else has changed."""

from __future__ import annotations

import time

from runtime import messages as m
from runtime.snapshot import Ask

FRAME = 1 / 30  # s, at least, between two frames that are asked for
LOST = 2.0  # s after which an unanswered frame is asked for again


class Asking:
    """`changed` tells that a frame is worth it though nothing trains; `seeking` that one of another step is wished."""

    def __init__(self) -> None:
        self.changed = False
        self.waiting = False  # for the last frame that was asked for
        self._asked_at = 0.0
        self._sought: tuple[int | None, ...] = ()

    @property
    def seeking(self) -> bool:
        """Whether the step that was wished last is still to be asked for."""
        return bool(self._sought)

    def seek(self, step: int | None) -> None:
        """The next frame is that of this step, None: of the present; of many wishes the last one counts."""
        self._sought, self.changed = (step,), True

    def forget_step(self) -> None:
        """No step of the past is wished any more."""
        self._sought = ()

    def is_due(self, training: bool) -> bool:
        """Whether to ask now."""
        since = time.monotonic() - self._asked_at
        return (training or self.changed) and since >= (LOST if self.waiting else FRAME)

    def commands(self, asks: tuple[Ask, ...]) -> tuple[m.Command, ...]:
        """What asks for the next frame, with what the open views want."""
        sought = tuple(m.LookAt(step) for step in self._sought)
        self.waiting, self.changed, self._sought = True, False, ()
        self._asked_at = time.monotonic()
        return (*sought, m.WantFrame(asks))
