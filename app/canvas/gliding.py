"""Blocks glide to places that the diagram has given them already: the eye can follow them, and nothing waits for it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from app.canvas.scene import CanvasScene

LASTS = 0.2  # s
FRAME = 16  # ms
MOST = 300  # blocks; so many wires more would be laid too slowly to look like a movement

Place = tuple[float, float]


class Gliding(QObject):
    """One movement at a time.  The diagram is never changed by it; a change of the diagram ends it."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__(scene)
        self._scene = scene
        self._from: dict[str, Place] = {}
        self._began = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._tick)

    @property
    def is_running(self) -> bool:
        """Whether blocks are on their way."""
        return self._timer.isActive()

    def start(self, before: Mapping[str, Place]) -> None:
        """Lets blocks come from where they were; with reduced motion, or many blocks, they are there at once."""
        blocks = self._scene.diagram.blocks
        self._from = {n: at for n, at in before.items() if n in blocks and blocks[n].position != at}
        if not self._from or len(self._from) > MOST or not self._scene.pulses.motion:
            return
        self._began = time.monotonic()
        self._scene.preview(self._from)
        self._timer.start()

    def rest(self) -> None:
        """All are where they belong, now."""
        if self._timer.isActive():
            self._timer.stop()
            self._show(1.0)

    def _tick(self) -> None:
        part = min((time.monotonic() - self._began) / LASTS, 1.0)
        if part >= 1.0:
            self._timer.stop()
        self._show(part)

    def _show(self, part: float) -> None:
        eased = part * part * (3.0 - 2.0 * part)
        blocks = self._scene.diagram.blocks
        self._scene.preview(
            {
                name: _between(at, blocks[name].position, eased)
                for name, at in self._from.items()
                if name in blocks
            }
        )


def _between(start: Place, end: Place, part: float) -> Place:
    if part >= 1.0:
        return end
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
