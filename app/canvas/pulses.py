"""The clock of all pulses: one timer for the whole scene that runs only while something trains."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QPainter

from app.canvas.flows import Flows
from runtime.snapshot import Snapshot

if TYPE_CHECKING:
    from app.canvas.scene import CanvasScene

FRAME = 33  # ms between two frames of the animation
STALLED = 1.5  # s without a snapshot after which the animation rests


class Pulses(QObject):
    """Shows watched steps in `flows` and moves them while training goes on.

    An idle canvas has no timer.  Without motion (reduced motion) flows are shown by widths and numbers only.
    """

    ticked = Signal()  # what moves has moved
    turned = Signal()  # pulses began to run, or came to rest

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__(scene)
        self._scene = scene
        self.flows = Flows()
        self._stale = True  # flows have to be laid along the wires anew
        scene.arranged.connect(self._forget)
        self.snapshot: Snapshot | None = None
        self._wanted = True
        self._shown_at = self._ticked_at = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._tick)

    @property
    def are_running(self) -> bool:
        """Whether the timer runs."""
        return self._timer.isActive()

    @property
    def motion(self) -> bool:
        """Whether pulses may run at all."""
        return self._wanted

    @motion.setter
    def motion(self, wanted: bool) -> None:
        self._wanted = wanted
        self.show(self.snapshot)

    def show(self, snapshot: Snapshot | None) -> None:
        """Shows the flows of one watched step; None shows none."""
        self.snapshot = snapshot
        self._shown_at = time.monotonic()
        self.flows.show(snapshot)
        if snapshot is not None and snapshot.playing and self._wanted:
            self._run()
        else:
            self._rest()
            self.ticked.emit()

    def paint(self, painter: QPainter, rect: QRectF, detail: bool) -> None:
        """Paints what runs in a part of the scene, on top of all that stands."""
        if self.flows.is_empty:
            return
        if self._stale:
            self.flows.lay(
                [block for block in self._scene.blocks.values() if block.isVisible()],
                [wire for wire in self._scene.wires.values() if wire.isVisible()],
            )
            self._stale = False
        self.flows.paint(painter, rect, self._scene.ink, detail, moving=self.motion)

    def _forget(self) -> None:
        self._stale = True

    def _run(self) -> None:
        if not self._timer.isActive():
            self._ticked_at = self._shown_at
            self._timer.start()
            self.turned.emit()

    def _rest(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.turned.emit()

    def _tick(self) -> None:
        now = time.monotonic()
        self.flows.advance(min(now - self._ticked_at, 0.1))
        self._ticked_at = now
        if now - self._shown_at > STALLED:
            self._rest()
        self.ticked.emit()
