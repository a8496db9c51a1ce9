"""Whether a window can be opened here: found out without Qt, which ends the process when it cannot."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

_X11_SOCKETS = Path("/tmp/.X11-unix")


def screen_trouble(environment: Mapping[str, str] | None = None) -> str:
    """Why no window can be opened, as one sentence; "" when one can.

    A platform chosen by QT_QPA_PLATFORM counts as a screen; systems other than Linux always have one.
    """
    given = os.environ if environment is None else environment
    if not sys.platform.startswith("linux") or given.get("QT_QPA_PLATFORM"):
        return ""
    wayland, display = given.get("WAYLAND_DISPLAY", ""), given.get("DISPLAY", "")
    if not wayland and not display:
        return "There is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set."
    folder = Path(given.get("XDG_RUNTIME_DIR", "/nonexistent"))
    if wayland and _answers(socket.AF_UNIX, str(folder / wayland)):
        return ""
    if display and _x11_answers(display):
        return ""
    name = f"DISPLAY={display}" if display else f"WAYLAND_DISPLAY={wayland}"
    return f"There is no screen: nothing answers at {name}."


def _x11_answers(display: str) -> bool:
    match = re.fullmatch(r"(?:(?:unix|tcp)/)?([^:]*):(\d+)(?:\.\d+)?", display)
    if match is None:
        return False
    host, number = match[1], int(match[2])
    if host in ("", "unix"):
        address = str(_X11_SOCKETS / f"X{number}")
        return _answers(socket.AF_UNIX, address) or _answers(socket.AF_UNIX, f"\0{address}")
    return _answers(socket.AF_INET, (host, 6000 + number))


def _answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as caller:
        caller.settimeout(3)
        try:
            caller.connect(address)
        except (OSError, OverflowError, ValueError):
            return False
    return True
