"""A sweep in the window: begun by the dialog, followed by a timer, each of its runs kept as it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from runtime.sweep import Along, Ended, Length, Sweep, Trial

LOOK = 100  # ms between two looks at what has come


class Trials(Protocol):
    """What is needed of runtime.sweep.Sweep."""

    trials: tuple[Trial, ...]

    @property
    def is_over(self) -> bool: ...
    def start(self) -> None: ...
    def receive(self) -> list[Along | Ended]: ...
    def stop(self) -> None: ...


class Sweeping(QObject):
    """One sweep at a time.  `came(record)` brings every run that ends; `told(text, share)` how far it is, "" at the end."""

    came = Signal(object)  # RunRecord
    told = Signal(str, float)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.make: Callable[[Sequence[Trial], Length, str], Trials] = Sweep
        self._sweep: Trials | None = None
        self._group = ""
        self._done = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK)
        self._timer.timeout.connect(self._look)

    @property
    def is_running(self) -> bool:
        """Whether a sweep is under way."""
        return self._sweep is not None

    def start(self, trials: Sequence[Trial], length: Length, folder: str, group: str) -> None:
        """Begins a sweep; its runs are called by `group`."""
        self.stop()
        self._sweep, self._group, self._done = self.make(trials, length, folder), group, 0
        self._sweep.start()
        self._tell(0.0)
        self._timer.start()

    def stop(self) -> None:
        """Ends it at once; runs that are over stay."""
        self._timer.stop()
        if self._sweep is not None:
            sweep, self._sweep = self._sweep, None
            sweep.stop()
            self.told.emit("", 0.0)

    def _look(self) -> None:
        assert self._sweep is not None
        for message in self._sweep.receive():
            if isinstance(message, Ended):
                self._done += 1
                self._tell(0.0)
                self.came.emit(message.record.with_(group=self._group))
            else:
                self._tell(message.share)
            if self._sweep is None:
                return
        if self._sweep.is_over:
            self.stop()

    def _tell(self, share: float) -> None:
        assert self._sweep is not None
        count = len(self._sweep.trials)
        number = min(self._done + 1, count)
        self.told.emit(f"run {number} of {count}", (self._done + share) / count)
