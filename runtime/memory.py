"""How much memory is free, and how that is said."""

from __future__ import annotations

import os


def gigabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"


def free_memory() -> int:
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") + _reclaimable()
    except (ValueError, OSError, AttributeError):
        return 8 * 10**9


def _reclaimable() -> int:
    try:
        with open("/proc/meminfo") as lines:
            rows = dict(line.split(":", 1) for line in lines)
        return max(
            0, (int(rows["MemAvailable"].split()[0]) - int(rows["MemFree"].split()[0])) * 1024
        )
    except (OSError, KeyError, ValueError):
        return 0
