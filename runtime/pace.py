"""How fast it goes, and how much of the time may go into looking at it."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Collection, Iterator

SHARE = 0.015  # of the time that watching may take beyond the step that it is
EACH = 0.01  # of the time that every other look adds to what all of them may take together
MOST = 0.1  # and that they may take at most


class Budget:
    """Keeps something that costs time to SHARE of it: the dearer it was, the later it is due again.

    The first time does not count: it is dearer than all others, since it compiles.
    """

    def __init__(self) -> None:
        self._due_at, self._warm = 0.0, False

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
        self._due_at, self._warm = now + max(0.0, wait), True


class Pool:
    """Shares a part of the time among looks by name: whoever waited longest is first, and a dear one makes all wait.

    The part grows with the looks that are wanted, so that one alone costs little and many still come often.  A look's first time does not count: it is dearer than all others, since it compiles.
    """

    def __init__(self, each: float = EACH, most: float = MOST) -> None:
        self._each, self._most = each, most
        self._share = each
        self._balance, self._since = 0.0, time.perf_counter()
        self._last: dict[str, float] = {}

    def order(self, names: Collection[str]) -> list[str]:
        """The looks that are wanted from now on, the one that waited longest first."""
        self._share = min(self._each * len(names), self._most)
        return sorted(names, key=lambda name: self._last.get(name, 0.0))

    def due(self, name: str, least: float = 0.0, prompt: bool = False) -> bool:
        """Whether there is time for this look now, `least` seconds after its last time at the soonest.

        A `prompt` one, for which a person waits, does not wait; the others do, until it is paid.
        """
        now = time.perf_counter()
        self._balance = min(self._balance + self._share * (now - self._since), 0.0)
        self._since = now
        return (prompt or self._balance >= 0.0) and now - self._last.get(name, -math.inf) >= least

    @contextlib.contextmanager
    def spend(self, name: str) -> Iterator[None]:
        """Times what is done inside."""
        began = time.perf_counter()
        yield
        now = time.perf_counter()
        self._balance -= (now - began) if name in self._last else 0.0
        self._last[name] = now

    def forget(self, name: str) -> None:
        """This look is due as soon as there is time."""
        if name in self._last:
            self._last[name] = -math.inf


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
