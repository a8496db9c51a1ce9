"""The progress of a training on a terminal: one line that changes, or a few lines where there is no terminal."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from runtime.run import Run

_SECONDS = 20.0  # between two lines where there is no terminal, at most
_BAR = 20  # characters


class Progress:
    """What `finish` calls while it trains.  Told to `stop`, it raises KeyboardInterrupt between two steps."""

    def __init__(self, stream: TextIO, epochs: int | None, steps: int | None) -> None:
        self.stream, self.epochs, self.steps = stream, epochs, steps
        self.stopping = False
        self._live = stream.isatty()
        self._row: Mapping[str, float] = {}
        self._told, self._tenth = time.monotonic(), -1

    def stop(self, *_signal: object) -> None:
        """Asks for an end at the next step; asked again, ends at once."""
        if self.stopping:
            raise KeyboardInterrupt
        self.stopping = True

    def __call__(self, run: Run, row: Mapping[str, float] | None) -> None:
        """Tells how far the run is; `row` is an epoch's, None between two."""
        self._row = row or self._row
        share = self._share(run)
        tenth, now = int(10 * share), time.monotonic()
        if self._live:
            self.stream.write(f"\r\x1b[K{_bar(share)}  {self._text(run)}")
            self.stream.flush()
        elif row and (tenth > self._tenth or now - self._told > _SECONDS):
            self._told, self._tenth = now, tenth
            self.stream.write(self._text(run) + "\n")
            self.stream.flush()
        if self.stopping:
            raise KeyboardInterrupt

    def close(self) -> None:
        """Ends the line that changes."""
        if self._live:
            self.stream.write("\n")
            self.stream.flush()

    def _share(self, run: Run) -> float:
        done, whole = (
            (run.step_count, self.steps) if self.steps else (run.batches.progress, self.epochs)
        )
        return min(1.0, done / whole) if whole else 1.0

    def _text(self, run: Run) -> str:
        whole = f"/{self.epochs}" if self.epochs is not None else ""
        loss = run.curve[-1][1] if run.curve else self._row.get("loss")
        parts = [f"epoch {run.batches.finished}{whole}", f"step {run.step_count:,}"]
        if loss is not None:
            parts.append(f"loss {loss:.4g}")
        if "validation_loss" in self._row:
            parts.append(f"validation {told(self._row, 'validation_')}")
        return "  ".join(parts)


def told(metrics: Mapping[str, float], prefix: str = "") -> str:
    """`loss 0.0312  accuracy 98.3 %` of a part's metrics."""
    parts = [f"loss {metrics[f'{prefix}loss']:.4g}"] if f"{prefix}loss" in metrics else []
    if f"{prefix}accuracy" in metrics:
        parts.append(f"accuracy {100 * metrics[f'{prefix}accuracy']:.1f} %")
    return "  ".join(parts)


def _bar(share: float) -> str:
    full = round(_BAR * share)
    return "━" * full + "─" * (_BAR - full)
