"""A sweep: the same diagram trained with several values of its settings, in a process of its own.  Imports no torch."""

from __future__ import annotations

import contextlib
import itertools
import math
import multiprocessing
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from graph.diagram import Diagram
from graph.problem import DiagramError
from graph.settings import SettingError, settings_of
from runtime.ended import ended
from runtime.recipe import Recipe
from runtime.runs import RunRecord, begun
from runtime.variations import MOST_VALUES, Values, value_of, with_values

HIGHEST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Trial:
    """One training of a sweep: the diagram as it shall be trained, and what was varied in it.

    `problem` says why the values cannot be; such a trial is not trained.
    """

    diagram: Diagram
    varied: Values = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class Length:
    """How long every trial is trained: by the recipe, or so many epochs or steps."""

    epochs: int | None = None
    steps: int | None = None


@dataclass(frozen=True)
class Along:
    """How far a trial has come: its number, the share that is done (0..1), steps, and the newest loss."""

    trial: int
    share: float
    step: int
    loss: float | None


@dataclass(frozen=True)
class Ended:
    """A trial is over, well or not: its number and what is kept of it."""

    trial: int
    record: RunRecord


def trials(
    diagram: Diagram, values: Mapping[str, Sequence[Any]], seeds: int = 1
) -> tuple[Trial, ...]:
    """Every combination of the values, each with so many seeds: the recipe's and those after it.

    Raises SettingError when there are none, or more than a sweep may have.
    """
    chosen = dict(values)
    count = math.prod(map(len, chosen.values())) * max(1, seeds) if chosen or seeds > 1 else 0
    if not 0 < count <= MOST_VALUES:
        raise SettingError("", f"a sweep has 1 to {MOST_VALUES:,} runs, not {count:,}.")
    if seeds > 1:
        if "seed" in chosen:
            raise SettingError("seed", "either list the seeds or say how many there shall be.")
        first = settings_of(Recipe)["seed"].read(diagram.recipe.get("seed", 0))
        chosen["seed"] = [(first + n) % (HIGHEST_SEED + 1) for n in range(seeds)]
    combinations = itertools.product(*chosen.values())
    return tuple(_trial(diagram, dict(zip(chosen, each, strict=True))) for each in combinations)


def _trial(diagram: Diagram, varied: dict[str, Any]) -> Trial:
    try:
        return Trial(with_values(diagram, varied), varied)
    except (SettingError, DiagramError) as error:
        return Trial(diagram, varied, str(error))


def _run(pipe: Connection, length: Length, folder: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever began the sweep
    from runtime.sweeping import main

    main(pipe, length, folder)


class Sweep:
    """Trains one trial after the other in a spawned process; `receive` tells what has come of them.

    A trial that fails, or takes its process with it, is Ended with the reason, and the next one begins.  `stop` ends
    it within a moment, whatever it does.
    """

    def __init__(self, trials: Sequence[Trial], length: Length, folder: str = "") -> None:
        self.trials = tuple(trials)
        self.at = 0  # the trial that is being trained
        self._length, self._folder = length, folder
        self._process: Any = None
        self._pipe: Connection | None = None
        self._stopped = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self._stopped or self.at >= len(self.trials)

    def start(self) -> None:
        """Begins with the first trial."""
        self._begin()

    def _begin(self) -> None:
        """Gives the trial at hand to a process, a new one when there is none."""
        if self.is_over or self.trials[self.at].problem:
            return
        if self._pipe is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            given = (theirs, self._length, self._folder)
            self._process = context.Process(
                target=_run, args=given, daemon=True, name="gradboard sweep"
            )
            self._process.start()
            theirs.close()
        with contextlib.suppress(OSError):  # a dead process is told by receive()
            self._pipe.send((self.at, self.trials[self.at]))

    def receive(self) -> list[Along | Ended]:
        """What has happened since the last call; never waits."""
        found: list[Along | Ended] = []
        while not self.is_over and (message := self._next()) is not None:
            if isinstance(message, Ended):
                found.append(message)
                self.at += 1
                self._begin()
            else:
                found = [m for m in found if isinstance(m, Ended)] + [message]
        if self.is_over:
            self.stop()
        return found

    def _next(self) -> Along | Ended | None:
        trial = self.trials[self.at]
        if trial.problem:
            return self._failed(trial.problem)
        assert self._pipe is not None
        try:
            return self._pipe.recv() if self._pipe.poll() else None
        except (EOFError, OSError):
            # the pipe is closed a moment before the process has ended, and on a busy machine a long one
            return None if self._process.is_alive() else self._died()

    def _died(self) -> Ended:
        assert self._process is not None
        code = self._process.exitcode
        self._end_process()
        return self._failed(f"its process {ended(code)}.")

    def _failed(self, problem: str) -> Ended:
        trial = self.trials[self.at]
        record = begun(trial.diagram, when=0.0)
        settings = {**record.settings, **trial.varied}
        seed = value_of(settings, "seed")
        return Ended(
            self.at,
            record.with_(settings=settings, seed=seed, varied=trial.varied, problem=problem),
        )

    def stop(self) -> None:
        """Ends the process; what was not over is lost."""
        self._stopped = True
        self._end_process()

    def _end_process(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()  # there is nothing in it to be kept
            self._process.join(5)
            self._process = None
