"""The record of the run that is being trained, put together from what the engine sends."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from graph.change import Change
from runtime.curve import Curve
from runtime.messages import Compiled, Evaluate, Evaluated, Ready, Stopped
from runtime.runs import MARKS, POINTS, RunRecord, begun
from runtime.snapshot import Snapshot

if TYPE_CHECKING:
    from app.window import MainWindow

REST = 400  # ms that training pauses before the run is judged as a whole


class Recording(QObject):
    """A run begins with its first step and ends with the next one's beginning, another diagram, or the engine.

    `came(record)` tells what it has come to; `kept(record)` that this is worth a file: it pauses, or is over.
    """

    came = Signal(object)  # RunRecord
    kept = Signal(object)  # RunRecord

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.now: RunRecord | None = None
        self._curve, self._validation = Curve(POINTS), Curve(POINTS)
        self._torch = self._device = ""
        self._judged = -1  # the step at which the whole parts were judged
        self._branch: RunRecord | None = None  # that the next run begins with
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._judge)
        live = window.live
        live.ready.connect(self._ready)
        live.compiled.connect(self._compiled)
        live.shown.connect(self._shown)
        live.evaluated.connect(self._evaluated)
        live.stopped.connect(self._stopped)
        live.branched.connect(self._branched)
        live.played.connect(self._played)
        live.died.connect(lambda text: self._over(f"the engine stopped: {text}"))
        window.document.changed.connect(self._changed)

    # --- the engine ----------------------------------------------------------------------------------------------

    def _ready(self, message: Ready) -> None:
        self._torch = message.torch

    def _compiled(self, message: Compiled) -> None:
        self._device = message.device
        if message.restarted:
            self.end()

    def _played(self, playing: bool) -> None:
        if not playing:
            self._rest.start()
            return
        self._rest.stop()
        if self.now is not None and self.now.problem:
            self._become(self.now.with_(problem=""))

    def _judge(self) -> None:
        if self.now is not None and not self._window.live.is_playing:
            self._window.live.send(Evaluate())

    def _shown(self, snapshot: Snapshot) -> None:
        if snapshot.past or snapshot.step == 0:
            return
        if self.now is None:
            self._begin()
        assert self.now is not None
        self._curve.extend(snapshot.curve)
        self._validation.extend(snapshot.validation)
        changes = {"steps": snapshot.step, "epochs": snapshot.epoch, "seconds": snapshot.seconds}
        record = self.now.with_(**changes, device=self._device, **self._curves())
        if snapshot.step != self._judged:
            record = record.with_(metrics=_rough(snapshot))
        self._become(record)

    def _evaluated(self, message: Evaluated) -> None:
        if self.now is None:
            return
        self._judged = message.step
        found = {"steps": message.step, "seconds": message.seconds, "metrics": message.metrics}
        self._become(self.now.with_(**found))
        self.kept.emit(self.now)

    def _stopped(self, message: Stopped) -> None:
        self._rest.start()
        if self.now is not None and message.problem is not None:
            self._become(self.now.with_(problem=str(message.problem)))

    def _branched(self, step: int) -> None:
        """The run before stays as far as it came; another one goes on from there."""
        before = self.now
        self.end()
        if before is not None:
            kept = {"curve": _until(before.curve, step)}
            kept["validation"] = _until(before.validation, step)
            mark = (step, f"Branch of {before.title}")
            self._branch = before.with_(
                **kept, number=0, name="", problem="", marks=(*before.marks, mark)[:MARKS]
            )

    # --- the document --------------------------------------------------------------------------------------------

    def _changed(self, change: Change) -> None:
        if change.runs and self.now is not None:
            QTimer.singleShot(0, self._mark)  # the history names the edit when it is done

    def _mark(self) -> None:
        if self.now is None:
            return
        label = self._window.document.stack.undoText() or "Undo"
        step, marks = self.now.steps, self.now.marks
        if marks and marks[-1][1] == label:
            marks = marks[:-1]  # the same drag goes on
        self._become(self.now.with_(marks=(*marks, (step, label))[:MARKS]))

    # --- beginning and end ---------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._curve.clear()
        self._validation.clear()
        self._judged = -1
        self.now = begun(self._window.document.diagram, time.time(), self._torch)
        if self._branch is not None:
            branch, self._branch = self._branch, None
            self.now = self.now.with_(marks=branch.marks)
            self._curve.extend(branch.curve)
            self._validation.extend(branch.validation)
        self.kept.emit(self.now)  # which gives it a number

    def numbered(self, number: int) -> None:
        """The number under which the run is kept."""
        if self.now is not None:
            self.now = self.now.with_(number=number)

    def end(self) -> None:
        """The run is over."""
        self._branch = None
        self._rest.stop()
        if self.now is not None:
            self.kept.emit(self.now)
            self.now = None

    def _over(self, problem: str) -> None:
        if self.now is not None:
            self._become(self.now.with_(problem=problem))
        self.end()

    def _curves(self) -> dict[str, np.ndarray]:
        return {"curve": self._curve.rows.copy(), "validation": self._validation.rows.copy()}

    def _become(self, record: RunRecord) -> None:
        self.now = record
        self.came.emit(record)


def _rough(snapshot: Snapshot) -> dict[str, dict[str, float]]:
    """What is known of the parts while it trains: of some samples, and of the last minibatch."""
    found: dict[str, dict[str, float]] = {"training": {"loss": snapshot.loss}}
    if len(snapshot.validation):
        found["validation"] = {"loss": float(snapshot.validation[-1, 1])}
    for part, share in snapshot.accuracy.items():
        found.setdefault(part, {})["accuracy"] = share
    return {
        part: {n: v for n, v in numbers.items() if math.isfinite(v)}
        for part, numbers in found.items()
    }


def _until(rows: np.ndarray, step: int) -> np.ndarray:
    return rows[rows[:, 0] < step] if len(rows) else rows
