"""Where torch's random numbers stand, on the CPU and on the device: dropout draws from them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import torch


def random_state(device: str) -> dict[str, torch.Tensor | None]:
    """Where they stand now; of a device without random numbers of its own None."""
    on_gpu = device.startswith("cuda")
    return {
        "random": torch.get_rng_state(),
        "device_random": torch.cuda.get_rng_state(device) if on_gpu else None,
    }


def set_random_state(state: Mapping[str, Any], device: str) -> None:
    """Puts them where they stood; those of a device of another kind are left alone."""
    torch.set_rng_state(torch.as_tensor(state["random"], dtype=torch.uint8))
    found = state.get("device_random")
    if found is not None and device.startswith("cuda"):
        torch.cuda.set_rng_state(found, device)


def aside() -> contextlib.AbstractContextManager[None]:
    """Inside, random numbers may be drawn that those outside never hear of."""
    # a GPU that nothing has used yet would be started by being asked, and has drawn nothing
    devices = range(torch.cuda.device_count() if torch.cuda.is_initialized() else 0)
    return torch.random.fork_rng(devices=devices)  # type: ignore[no-any-return]
