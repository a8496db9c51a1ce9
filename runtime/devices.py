"""Which device a run goes to, and how many threads torch uses on the CPU."""

from __future__ import annotations

import os

import torch

from runtime.snapshot import Report

SMALL = 100_000  # MACs a step below which a second thread costs more than it gives


def devices() -> tuple[str, ...]:
    """Those that can be chosen here, the best first."""
    found = (
        [f"cuda:{n}" for n in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    )
    if torch.backends.mps.is_available():
        found.append("mps")
    return (*found, "cpu")


def device_for(wanted: str) -> str:
    """The device that "auto", "cpu", "cuda" or "mps" means here.  Raises ValueError when there is none of that kind."""
    if wanted == "auto":
        return devices()[0]
    for name in devices():
        if name.split(":")[0] == wanted.split(":")[0]:
            return name
    raise ValueError(f"there is no {wanted} device here (there is {', '.join(devices())}).")


def threads_for(report: Report, batch: int, wanted: int = 0) -> int:
    """How many threads to train with: `wanted`, or by the size of a step when that is 0."""
    if wanted > 0:
        return wanted
    return 1 if report.total.macs * batch < SMALL else max(1, (os.cpu_count() or 2) - 1)
