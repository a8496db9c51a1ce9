"""A screen of its own for one program: Xvfb, whose pictures are read from its memory, and xdotool's mouse and keys."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import numpy as np
from PySide6.QtCore import QPoint

from tests.app.driving import Pixels

STEPS = 6  # moves of the mouse in a drag
PAUSE = 0.03  # s between them
HEADER = 25  # numbers of 4 bytes at the head of Xvfb's memory, which is an xwd file
WIDTH, HEIGHT, LINE, COLORS = 4, 5, 12, 19  # places in the header


class XScreen:
    """A display that nobody else uses, for the time of a `with`."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        self._folder, self._size = folder, f"{width}x{height}x24"

    def __enter__(self) -> XScreen:
        told, tell = os.pipe()
        command = ["Xvfb", "-displayfd", str(tell), "-screen", "0", self._size, "-nolisten", "tcp"]
        self._server = subprocess.Popen(
            [*command, "-nocursor", "-noreset", "-fbdir", str(self._folder)],
            pass_fds=[tell],
            stderr=subprocess.DEVNULL,
        )
        os.close(tell)
        with os.fdopen(told) as pipe:
            self.display = f":{pipe.readline().strip()}"
        assert self.display != ":", "Xvfb did not start"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.terminate()
        self._server.wait(10)

    # --- mouse and keys ----------------------------------------------------------------------------------------------

    def do(self, *words: object) -> str:
        """Runs xdotool's commands, one after the other; what they print."""
        done = subprocess.run(
            ["xdotool", *map(str, words)],
            env={**os.environ, "DISPLAY": self.display},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"xdotool {words}: {done.stderr}"
        return done.stdout.strip()

    def focus(self, title: str) -> None:
        """Waits for a window of this title and gives it the keys: there is no window manager to do it."""
        self._window = self.do("search", "--sync", "--onlyvisible", "--name", title).split()[-1]
        self.do("windowfocus", "--sync", self._window)

    def dialog(self) -> None:
        """Waits until the program has opened a dialog, which takes the keys by itself."""
        wait(lambda: self.do("getwindowfocus") != self._window, "a dialog")

    def click(self, at: QPoint) -> None:
        """Moves the mouse there and clicks."""
        self.do("mousemove", at.x(), at.y(), "sleep", PAUSE, "click", 1)

    def drag(self, start: QPoint, end: QPoint) -> None:
        """Presses the mouse, moves it in steps, lets it go."""
        words: list[object] = ["mousemove", start.x(), start.y(), "sleep", PAUSE, "mousedown", 1]
        for step in range(1, STEPS + 1):
            at = start + (end - start) * (step / STEPS)
            words += ["sleep", PAUSE, "mousemove", at.x(), at.y()]
        self.do(*words, "sleep", 3 * PAUSE, "mouseup", 1)

    def key(self, *keys: str) -> None:
        """Presses keys one after the other: `ctrl+z`, `Return`."""
        self.do("key", "--delay", 20, *keys)

    def type(self, text: str) -> None:
        """Replaces the text of the field that has the focus."""
        self.do("key", "ctrl+a", "type", "--delay", 10, text)

    # --- pictures ----------------------------------------------------------------------------------------------------

    def picture(self) -> Pixels:
        """What the screen shows now, `[rows, columns, 3]` red, green, blue."""
        memory = (self._folder / "Xvfb_screen0").read_bytes()
        header = np.frombuffer(memory, ">u4", HEADER)
        start = int(header[0] + 12 * header[COLORS])
        rows, line = int(header[HEIGHT]), int(header[LINE])
        shown = np.frombuffer(memory, np.uint8, rows * line, start).reshape(rows, line // 4, 4)
        return shown[:, : int(header[WIDTH]), 2::-1].copy()


def wait(condition: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    """Waits until something holds; fails with `what` did not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds:g} s"
        time.sleep(0.05)
