"""A run that the screen watches: trained a slice at a time, shown when a frame is wanted, and looked back at."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from graph.problem import FileError, Problem
from runtime import messages as m
from runtime.data import Data
from runtime.failure import problem_of
from runtime.looks import Looks
from runtime.pace import Budget, Rate
from runtime.past import Past
from runtime.program import Program
from runtime.run import Run
from runtime.snapshot import Snapshot
from runtime.tensorboard import Log

SLICE = 0.004  # seconds of plain steps between two looks at the queue


class Trainer:
    """`run` is None until a diagram can be trained.

    Frames bear the number of the diagram in `version`, and what is said of a stop the `order` that began the training.
    """

    def __init__(self, send: Callable[[Any], None]) -> None:
        self._send = send
        self.version = self.order = 0
        self.run: Run | None = None
        self.past = Past()
        self.playing = False
        self.seconds = 0.0  # of training since the run began
        self.wanted: m.WantFrame | None = None
        self.log = Log()
        self.looks = Looks(self.log, lambda problem: send(m.Failed(problem)))
        self._steps_left: int | None = None  # of a wanted number
        self._step_seconds = 0.0
        self._watching, self._rate = Budget(), Rate()

    # --- which run -------------------------------------------------------------------------------------------

    def drop(self) -> None:
        """The run is no more; what comes next begins at step 0."""
        self.past.forget()
        self.run = None

    def adopt(self, program: Program, data: Data) -> bool:
        """Puts the run onto a program, or begins one; returns whether it begins at step 0."""
        if self.run is None:
            self.run = Run(program, data)
            self._forget()
            return True
        dropped = self.run.adopt(program, data)
        if dropped > 1:  # of a run that has not begun, only its first state
            text = "the run's past has other weights: it cannot be looked at any more"
            self._send(m.Done(text))
        return False

    def _forget(self) -> None:
        self.seconds = 0.0
        self.log.end()
        self.looks.forget()

    # --- training --------------------------------------------------------------------------------------------

    def play(self, steps: int | None = None) -> None:
        """Trains the present run from now on: so many steps, the last one shown, or until told otherwise."""
        self.past.leave(self.run)
        self.playing, self._steps_left = True, steps
        self._rate = Rate()

    def stop(self, problem: Problem | None = None) -> None:
        """Pauses by itself, and says why."""
        self.playing = False
        self._send(m.Stopped(self.run.step_count if self.run else 0, problem, self.order))

    def work(self) -> None:
        """A slice of training, and a frame when the screen wants one."""
        began = time.perf_counter()
        assert self.run is not None
        try:
            self._steps(self.run)
            self._note(self.run)
            if self.wanted is not None and self.playing and self._watching.due:
                self._watch(self.run)
        except ConnectionError:
            raise  # the screen is gone
        except Exception as error:
            self.stop(problem_of(error, "the step failed"))
        finally:
            self.seconds += time.perf_counter() - began

    def _note(self, run: Run) -> None:
        try:
            self.log.note(run)
        except FileError as error:  # the run goes on without it
            self._send(m.Failed(problem_of(error, "")))

    def _steps(self, run: Run) -> None:
        """Plain steps for a while; of a wanted number the last one is watched."""
        began, made = time.perf_counter(), 0
        while self.playing and not self._is_last and time.perf_counter() < began + SLICE:
            run.step()
            made += 1
            if self._steps_left is not None:
                self._steps_left -= 1
            self._end_early(run)
        if made:
            self._step_seconds = (time.perf_counter() - began) / made
            self._rate.count += made
        if self.playing and self._is_last:
            self.playing = False
            self._watch(run, everything=True)
            self.stop()

    @property
    def _is_last(self) -> bool:
        return self._steps_left is not None and self._steps_left <= 1

    def _end_early(self, run: Run) -> None:
        """Where the recipe's patience is over the best weights come back; playing on begins a new record."""
        if run.exhausted:
            if self.playing:
                self.stop()
            run.keep_best()

    # --- showing ---------------------------------------------------------------------------------------------

    def show_still(self) -> None:
        """The picture that is wanted, of the run as it stands: nothing moves, and there is time for everything."""
        assert self.run is not None
        self._show(self.run.look(), everything=True)

    def _watch(self, run: Run, everything: bool = False) -> None:
        """One step that is looked at, within its share of the time."""
        asks = self.wanted.asks if self.wanted is not None else ()
        with self._watching.spend(self._step_seconds):
            snapshot = run.watch(with_update=any(ask.view == "columns" for ask in asks))
        self._rate.count += 1
        self._show(snapshot, everything)
        self._end_early(run)

    def _show(self, snapshot: Snapshot, everything: bool) -> None:
        """Sends what was just seen, and of what the screen wants besides as much as there is time for."""
        assert self.run is not None
        asks = self.wanted.asks if self.wanted is not None else ()
        self.wanted = None
        past = self.past.step is not None
        views = self.looks.take(self.run, asks, everything, self.playing, past)
        self._send(
            replace(
                snapshot,
                version=self.version,
                views=views,
                accuracy=self.looks.accuracy(past),
                validation=self.looks.validation(),
                steps_per_second=self._rate.value(),
                seconds=self.seconds,
                playing=self.playing,
                recorded=self.past.recorded(self.run),
                past=past,
            )
        )

    # --- looking back ----------------------------------------------------------------------------------------

    def look_at(self, step: int) -> bool:
        """Pauses where the run was recorded nearest to a step; False when nothing is recorded."""
        self.playing = False
        return self.run is not None and self.past.look(self.run, step)

    def branch(self, step: int) -> bool:
        """Pauses, and goes on from where the run was recorded nearest to a step; False when nothing is recorded."""
        self.playing = False
        if self.run is None or not self.past.branch(self.run, step):
            return False
        self._forget()
        self._send(m.Branched(self.run.step_count))
        return True
