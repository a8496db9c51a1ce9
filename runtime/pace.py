"""How fast it goes, and how much of the time may go into looking at it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

SHARE = 0.03  # of the time that watching, the grid and judging may take each


class Budget:
    """Keeps something that costs time to SHARE of it: the dearer it was, the later it is due again.

    The first time does not count: it is dearer than all others, since it compiles.
    """

    def __init__(self, least: float = 0.0) -> None:
        self.least, self._due_at, self._warm = least, 0.0, False

    @property
    def due(self) -> bool:
        """Whether it may be done now."""
        return time.perf_counter() >= self._due_at

    @contextlib.contextmanager
    def spend(self, free: float = 0.0) -> Iterator[None]:
        """Times what is done inside; `free` seconds of it would have been spent anyway."""
        began = time.perf_counter()
        yield
        now = time.perf_counter()
        wait = (now - began - free) / SHARE if self._warm else 0.0
        self._due_at, self._warm = now + max(self.least, wait), True


class Rate:
    """Steps a second over the last second or so."""

    def __init__(self) -> None:
        self.count, self._since, self._shown = 0, time.perf_counter(), 0.0

    def value(self) -> float:
        passed = time.perf_counter() - self._since
        if passed > 0.5:
            self._shown = self.count / passed
            self.count, self._since = 0, time.perf_counter()
        return self._shown or self.count / max(passed, 1e-9)
