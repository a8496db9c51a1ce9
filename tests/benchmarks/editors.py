"""Our canvas beside NodeGraphQt and the flowchart of pyqtgraph: the same lattice of 100, 1,000 and 10,000 blocks, in one run.

The others come with `pip install -e ".[bench]"`.
"""

from __future__ import annotations

import importlib.util
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator

from tests.benchmarks.measure import Row

ROUNDS = {
    100: 3,
    1_000: 3,
    10_000: 1,
}  # of all editors in turns; a large one takes the others minutes
OTHERS = {"NodeGraphQt": "NodeGraphQt", "flowchart": "pyqtgraph"}  # and the package it comes in
OURS = "Gradboard"
BUILD = {1_000: 1 / 10, 10_000: 1 / 20}  # of NodeGraphQt's time
PATIENCE = 900  # seconds for one editor


def rows() -> Iterator[Row]:
    """The table's lines."""
    there = [name for name, package in OTHERS.items() if importlib.util.find_spec(package)]
    for name in OTHERS.keys() - set(there):
        yield Row(f"editors: {name}", "not installed", 'pip install -e ".[bench]"')
    for count, rounds in ROUNDS.items():
        found: dict[str, list[dict[str, float]]] = {name: [] for name in (OURS, *there)}
        for _ in range(rounds):
            for name, times in found.items():
                times.append(_measured(name, count))
        yield from _rows(count, {name: _middle(times) for name, times in found.items()})


def _measured(name: str, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.editor", name, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _middle(times: list[dict[str, float]]) -> dict[str, float]:
    return {what: statistics.median(entry[what] for entry in times) for what in times[0]}


def _rows(count: int, found: dict[str, dict[str, float]]) -> Iterator[Row]:
    for name, times in found.items():
        told = " · ".join(f"{what} {1e3 * s:,.3g}" for what, s in times.items())
        yield Row(f"{count:,} blocks in {name}, ms", told, "read it")
    for name in found.keys() - {OURS}:
        ratios = {what: found[OURS][what] / found[name][what] for what in found[OURS]}
        told = " · ".join(f"{what} {ratio:.3f}" for what, ratio in ratios.items())
        target = BUILD.get(count) if name == "NodeGraphQt" else None
        yield Row(
            f"{count:,} blocks: ours / {name}",
            told,
            f"build at most {target:.2f}" if target else "read it",
            ratios["build"] <= target if target else None,
        )
