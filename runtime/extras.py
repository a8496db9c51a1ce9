"""Packages that Gradboard can use but does not need: what to say where one is missing; imports none of them."""

from __future__ import annotations

import importlib.util

NO_TENSORBOARD = "TensorBoard is not installed; get it with: pip install tensorboard"


def lacks_tensorboard() -> str:
    """One sentence on how to get TensorBoard, "" where it is installed."""
    return "" if importlib.util.find_spec("tensorboard") is not None else NO_TENSORBOARD
