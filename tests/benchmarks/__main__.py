"""Prints the table of the benchmarks named on the command line, or of all."""

from __future__ import annotations

import importlib
import sys

NAMES = ("compiled", "views", "canvas", "editors", "window")


def main(wanted: list[str]) -> int:
    """Runs the benchmarks; 1 when a target was missed."""
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}: choose among {', '.join(NAMES)}")
        return 2
    missed = 0
    for name in wanted or NAMES:
        for row in importlib.import_module(f"tests.benchmarks.{name}").rows():
            print(row, flush=True)
            missed += row.ok is False
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
