"""Blocks, frames and comments glide to places that the diagram has given them already: the eye can follow them, and
nothing waits for it."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from graph.diagram import Diagram
from graph.frame import Frame, Note
from graph.framing import corner, put

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
        self._notes: dict[str, Note] = {}
        self._began = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._tick)

    @property
    def is_running(self) -> bool:
        """Whether blocks are on their way."""
        return self._timer.isActive()

    def start(self, before: Diagram, standing: Collection[str] = ()) -> None:
        """Lets everything come from where it was, but for the `standing` blocks; with reduced motion, or many blocks, it is
        there at once."""
        diagram, was = self._scene.diagram, before.blocks
        self._from = {
            name: was[name].position
            for name, block in diagram.blocks.items()
            if name in was and name not in standing and was[name].position != block.position
        }
        here = {thing.id: thing for thing in diagram.notes}
        self._notes = {t.id: t for t in before.notes if t.id in here and here[t.id] != t}
        if not self._from or len(self._from) > MOST or not self._scene.pulses.motion:
            return
        self._began = time.monotonic()
        self._show(0.0)
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
        diagram, scene = self._scene.diagram, self._scene
        blocks = diagram.blocks
        if self._notes:
            here = (thing for thing in diagram.notes if thing.id in self._notes)
            scene.frames.preview([_note_between(self._notes[t.id], t, eased) for t in here])
        scene.preview(
            {
                name: _between(at, blocks[name].position, eased)
                for name, at in self._from.items()
                if name in blocks
            }
        )


def _note_between(start: Note, end: Note, part: float) -> Note:
    """A frame or comment on its way; what is written in it is there already."""
    if isinstance(start, Frame) and isinstance(end, Frame):
        pairs = zip(start.rectangle, end.rectangle, strict=True)
        x, y, width, height = (a + (b - a) * part for a, b in pairs)
        return end if part >= 1.0 else replace(end, rectangle=(x, y, width, height))
    return put(end, _between(corner(start), corner(end), part))


def _between(start: Place, end: Place, part: float) -> Place:
    if part >= 1.0:
        return end
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
