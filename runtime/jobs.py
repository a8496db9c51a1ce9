"""Dear figures in the making: computed a slice at a time beside the training, shown as they come, stopped when asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from graph.diagram import Frozen
from graph.problem import Problem
from runtime.failure import problem_of
from runtime.finders import findings
from runtime.messages import Computed, Failed
from runtime.random_state import aside
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.surface import surface

SLICE = 0.004  # seconds of a job between two slices of training
SHARE = 0.5  # of the time that jobs may take while it trains
TOLD_EVERY = 0.15  # seconds between two looks at what is there already
MOST = 8  # jobs at a time

Job = Iterator[
    tuple[float, Any]
]  # the share that is done, 0..1, and the figure as far as it has come

JOBS: Mapping[str, Callable[[Run, Ask], Job]] = Frozen(surface=surface, findings=findings)


class Jobs:
    """The jobs that were started and are not over, by what was asked for; they take turns.

    A job must leave its run alone.  Random numbers it may draw: the run's own are put back after every slice.
    """

    def __init__(self, send: Callable[[Any], None]) -> None:
        self._send = send
        self._jobs: dict[Ask, Job] = {}
        self._last: dict[Ask, tuple[float, Any]] = {}
        self._told: dict[Ask, float] = {}
        self._due_at = 0.0

    @property
    def due(self) -> bool:
        """Whether training has had its share since the last slice."""
        return time.perf_counter() >= self._due_at

    def __len__(self) -> int:
        return len(self._jobs)

    def start(self, run: Run | None, ask: Ask) -> None:
        """Begins what is asked for, anew if it runs already; other jobs of the same view end."""
        for other in [a for a in self._jobs if a.view == ask.view]:
            del self._jobs[other], self._last[other], self._told[other]
        if run is None or ask.view not in JOBS or len(self._jobs) >= MOST:
            self._fail(ask, Problem("", "there is nothing to compute.", "Finish the diagram."))
            return
        self._jobs[ask] = JOBS[ask.view](run, ask)
        self._last[ask], self._told[ask] = (0.0, None), time.perf_counter()

    def stop(self, ask: Ask) -> None:
        """Ends a job; what it has found is told."""
        if self._jobs.pop(ask, None) is not None:
            self._tell(ask, over=True)

    def end(self) -> None:
        """Ends all jobs: the run they look at is no more."""
        for ask in [*self._jobs]:
            self.stop(ask)

    def work(self) -> None:
        """One slice of the job whose turn it is, and word of it when that is due."""
        ask = next(iter(self._jobs))
        job = self._jobs.pop(ask)
        try:
            over = self._slice(ask, job)
        except Exception as error:  # the run goes on without it
            self._fail(ask, problem_of(error, "it cannot be computed"))
        else:
            if not over:
                self._jobs[ask] = job  # behind the others
            if over or time.perf_counter() - self._told[ask] >= TOLD_EVERY:
                self._tell(ask, over)

    def _slice(self, ask: Ask, job: Job) -> bool:
        """Goes on with a job for SLICE seconds or a step; whether it is over."""
        began = time.perf_counter()
        until = began + SLICE
        with aside():
            for found in job:  # one step at the least, however slow this machine is
                self._last[ask] = found
                if time.perf_counter() >= until:
                    break
            else:
                return True
        now = time.perf_counter()
        self._due_at = now + (now - began) * (1 - SHARE) / SHARE
        return False

    def _tell(self, ask: Ask, over: bool) -> None:
        share, found = self._last[ask]
        self._send(Computed(ask, share, found, over))
        self._told[ask] = time.perf_counter()
        if over:
            del self._last[ask], self._told[ask]

    def _fail(self, ask: Ask, problem: Problem) -> None:
        self._last.setdefault(ask, (0.0, None))
        self._send(Failed(problem))
        self._tell(ask, over=True)
