"""How the benchmarks measure: A and B step by step in turns, medians, one ratio."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table; `ok` None means that the target is a matter of reading."""

    what: str
    found: str
    target: str
    ok: bool | None = None

    def __str__(self) -> str:
        mark = {True: "met", False: "MISSED", None: ""}[self.ok]
        return f"{self.what:<62} {self.found:>26}   {self.target:<28} {mark}"


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def interleaved(
    a: Callable[[], object], b: Callable[[], object], rounds: int
) -> tuple[float, float]:
    """Median seconds of single calls of a and b, called in turns; who begins changes every round."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds):
        for which in (0, 1) if turn % 2 else (1, 0):
            times[which].append(seconds((a, b)[which]))
    return statistics.median(times[0]), statistics.median(times[1])
