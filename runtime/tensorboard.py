"""What a run writes for TensorBoard: loss, accuracy and rate over the steps, in a folder of its own for every run."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from graph.problem import FileError
from runtime.extras import lacks_tensorboard
from runtime.run import Run

PACE = 0.1  # seconds between two points of the loss while it trains


class Log:
    """Nothing is written until `to` names a folder.  Each run begins a folder of its own below it."""

    def __init__(self) -> None:
        self.folder = ""
        self._writer: Any = None
        self._sum, self._count, self._last = 0.0, 0, -1
        self._written = 0.0

    def to(self, folder: str) -> None:
        """Writes below this folder from now on, "" to stop.  Raises FileError without TensorBoard, or when it cannot."""
        self.end()
        self.folder = ""
        if folder and (missing := lacks_tensorboard()):
            raise FileError(missing)
        if folder:
            try:
                Path(folder).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise FileError(f"{folder} cannot be written to ({error.strerror}).") from None
        self.folder = folder

    def end(self) -> None:
        """The run is over: the next one has a folder of its own."""
        if self._writer is not None:
            with contextlib.suppress(OSError):  # what is on a full disk is all there will be
                self._writer.close()
        self._writer = None
        self._sum, self._count, self._last = 0.0, 0, -1

    def note(self, run: Run) -> None:
        """Takes the losses of the newest steps; their mean is written ten times a second."""
        if not self.folder:
            return
        for step, loss in reversed(run.curve):
            if step <= self._last:
                break
            self._sum, self._count = self._sum + loss, self._count + 1
        if not self._count:
            return
        self._last = run.step_count - 1
        if time.monotonic() - self._written >= PACE:
            self._written = time.monotonic()
            self.write(run.step_count, {"loss/training": self._sum / self._count, "rate": run.rate})
            self._sum, self._count = 0.0, 0

    def judged(self, step: int, found: Mapping[str, Mapping[str, float]]) -> None:
        """Loss and accuracy of parts; the training loss is that of the steps themselves."""
        self.write(
            step,
            {
                f"{name}/{part}": value
                for part, numbers in found.items()
                for name, value in numbers.items()
                if (name, part) != ("loss", "training")
            },
        )

    def epoch(self, row: Mapping[str, float]) -> None:
        """Takes a row of a finished epoch, as runtime.train makes it."""
        named = {"loss": "loss/training", "rate": "rate"}
        named |= {f"validation_{name}": f"{name}/validation" for name in ("loss", "accuracy")}
        self.write(int(row["step"]), {tag: row[name] for name, tag in named.items() if name in row})

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Writes numbers by their tag, those that are finite.  Raises FileError once, and writes no more, when it cannot."""
        if not self.folder:
            return
        try:
            self._write(step, values)
        except OSError as error:
            told = f"{self.folder} cannot be written to ({error.strerror or error})"
            self.folder, self._writer = "", None
            raise FileError(f"{told}: nothing is logged for TensorBoard any more.") from None

    def _write(self, step: int, values: Mapping[str, float]) -> None:
        if self._writer is None:
            from torch.utils.tensorboard import SummaryWriter

            self._writer = SummaryWriter(str(_free(Path(self.folder))))
        for tag, value in values.items():
            if math.isfinite(value):
                self._writer.add_scalar(tag, value, step)


def _free(folder: Path) -> Path:
    """A folder that is not there yet, named by the time."""
    stem = f"{datetime.now():%Y-%m-%d-%H.%M.%S}"
    names = (stem, *(f"{stem}-{n}" for n in range(2, 1000)))
    return next((folder / name for name in names if not (folder / name).exists()), folder / stem)
