"""The process of a sweep: trains the trials that come through a pipe, and sends back how far they are and their records."""

from __future__ import annotations

import contextlib
import math
import os
import time
from multiprocessing.connection import Connection

import numpy as np
import torch

from graph.problem import DiagramError, FileError
from runtime.curve import Curve
from runtime.data import DataError
from runtime.failure import why_it_stopped
from runtime.nonfinite import NonFinite
from runtime.run import Run
from runtime.runs import POINTS, RunRecord, begun
from runtime.sweep import Along, Ended, Length, Trial
from runtime.train import Result, Row, finish, start

NICE = 10  # how far it stands behind the engine that a person looks at
PACE = 0.1  # seconds between two words of how far it is


def main(pipe: Connection, length: Length, folder: str) -> None:
    """Trains what comes until the pipe is closed."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(NICE)
    with contextlib.suppress(EOFError, OSError):
        while True:
            number, trial = pipe.recv()
            teller = _Teller(pipe, number, length)
            pipe.send(Ended(number, train_trial(trial, length, folder, teller)))


class _Teller:
    """Tells how far a trial is, ten times a second at most."""

    def __init__(self, pipe: Connection, number: int, length: Length) -> None:
        self._pipe, self._number, self._length = pipe, number, length
        self._told = 0.0

    def __call__(self, run: Run, row: Row | None) -> None:
        now = time.monotonic()
        if now - self._told < PACE:
            return
        self._told = now
        loss = run.curve[-1][1] if run.curve else row["loss"] if row else None
        self._pipe.send(Along(self._number, _share(run, self._length), run.step_count, loss))


def _share(run: Run, length: Length) -> float:
    if length.steps is not None:
        return min(1.0, run.step_count / max(1, length.steps))
    epochs = run.recipe.epochs if length.epochs is None else length.epochs
    return min(1.0, run.batches.progress / max(1, epochs))


def train_trial(
    trial: Trial, length: Length, folder: str = "", progress: _Teller | None = None
) -> RunRecord:
    """Trains as `gradboard train` does; a failure is told in the record."""
    record = begun(trial.diagram, time.time(), str(torch.__version__))
    record = record.with_(varied=trial.varied)
    curve, run = Curve(POINTS), None
    began = time.monotonic()
    try:
        run = start(trial.diagram, folder=folder)
        record = record.with_(device=run.program.device)
        began = time.monotonic()  # what was loaded and compiled until now is no training
        result = finish(
            run, epochs=length.epochs, steps=length.steps, progress=progress, curve=curve
        )
        record = _with_result(record, result)
    except (DiagramError, DataError, FileError, NonFinite, ValueError) as error:
        record = record.with_(problem=str(error))
    except (MemoryError, RuntimeError) as error:
        record = record.with_(problem=why_it_stopped(error))
    if run is not None:
        record = record.with_(
            steps=run.step_count, epochs=run.batches.progress, curve=curve.rows.copy()
        )
    return record.with_(seconds=time.monotonic() - began)


def _with_result(record: RunRecord, result: Result) -> RunRecord:
    parts = result.run.batches.parts
    metrics = {
        part: {**_finite(found), "samples": len(getattr(parts, part))}
        for part, found in result.metrics.items()
        if found
    }
    return record.with_(metrics=metrics, validation=_validation(result))


def _finite(found: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in found.items() if math.isfinite(value)}


def _validation(result: Result) -> np.ndarray:
    """The validation loss after every epoch, and at the end where that is not one."""
    rows = [(r["step"], r["validation_loss"]) for r in result.history if "validation_loss" in r]
    last, found = result.run.step_count, result.metrics.get("validation", {})
    if "loss" in found and not result.best_epoch and (not rows or rows[-1][0] < last):
        rows.append((last, found["loss"]))
    curve = Curve(POINTS)
    curve.extend(np.array(rows, dtype=np.float64))
    return curve.rows.copy()
