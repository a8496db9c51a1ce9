"""How a process ended, in words."""

from __future__ import annotations

import contextlib
import signal


def ended(code: int | None) -> str:
    """What follows the name of a process whose exit code this is; below zero it is the signal that ended it."""
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
