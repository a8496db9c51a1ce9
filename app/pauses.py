"""The pauses in which Python looks for garbage in cycles: rare, and never among what stays for good."""

from __future__ import annotations

import gc

SELDOM = 20_000  # new objects between two looks; a drawing of 1,000 blocks makes as many, and all of them stay


def spare() -> None:
    """Shortens the pauses from now on: what is there already (modules, the window) is never looked through again.

    A look through everything takes longer than a frame, and while a drawing opens nearly half of the time went to it.
    """
    gc.freeze()
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])
