"""What is seen of a run besides its steps: the open views' figures and how well it does, in a share of the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from graph.problem import Problem
from runtime.failure import problem_of
from runtime.pace import Pool
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.tensorboard import Log
from runtime.views import figure

JUDGED = 512  # samples of a part that are looked at while it trains
VIEW_EVERY = 0.2  # seconds between two figures of a view, at the least
MOST_VIEWS = 32
PROMPT = ("card",)  # small ones for which a person waits
JUDGE = "judge"  # a look that is no view
LEAST = {JUDGE: 0.25, "answers": 0.0}  # seconds between two of a look, where it is not VIEW_EVERY


class Looks:
    """`accuracy` is by part that of the last judgement.  In the `past` judgements are kept apart from the present's."""

    def __init__(self, log: Log, say: Callable[[Problem], None]) -> None:
        self._log, self._say = log, say
        self._pool = Pool()
        self._failed: set[str] = set()  # looks of which it has been told
        self._validation: list[tuple[int, float]] = []
        self._accuracies: dict[bool, dict[str, float]] = {}  # by whether it is of the past

    def forget(self) -> None:
        """Another run begins: nothing is known of how well it does."""
        self._validation, self._accuracies = [], {}
        self._pool.forget(JUDGE)

    def take(
        self, run: Run, asks: Sequence[Ask], everything: bool, playing: bool, past: bool
    ) -> dict[Ask, Any]:
        """The figures that there is time for, all of them when `everything`; the run has just been looked at."""
        assert run.seen is not None
        asked = {f"{a.view} {a.block} {a.choice}": a for a in asks[:MOST_VIEWS]}
        work: dict[str, Callable[[], Any]] = {
            name: partial(figure, run, run.seen, ask) for name, ask in asked.items()
        }
        work[JUDGE] = partial(self._judge, run, playing, past)
        found: dict[str, Any] = {}
        for name in self._pool.order([JUDGE, *asked]):
            view = name.split()[0]
            if everything or self._pool.due(name, LEAST.get(view, VIEW_EVERY), view in PROMPT):
                with self._pool.spend(name):
                    self._look(name, work[name], found)
        return {ask: found[name] for name, ask in asked.items() if name in found}

    def _look(self, name: str, work: Callable[[], Any], found: dict[str, Any]) -> None:
        """A look that fails is left out and told of once: the run trains on without it."""
        try:
            found[name] = work()
            self._failed.discard(name)
        except Exception as error:
            if name not in self._failed:
                self._failed.add(name)
                view = name.split()[0]
                what = "judging the run failed" if view == JUDGE else f"the view {view} failed"
                self._say(problem_of(error, what))

    def _judge(self, run: Run, playing: bool, past: bool) -> None:
        """Looks at training and validation parts, or at enough of them."""
        found = {part: run.evaluate(part, JUDGED) for part in ("training", "validation")}
        self._accuracies[past] = {p: f["accuracy"] for p, f in found.items() if "accuracy" in f}
        if found["validation"] and not past:
            self._validation.append((run.step_count, found["validation"]["loss"]))
        if playing:
            self._log.judged(run.step_count, found)

    def accuracy(self, past: bool) -> dict[str, float]:
        """By part the accuracy (0..1) that was last found."""
        return dict(self._accuracies.get(past, {}))

    def validation(self) -> np.ndarray:
        """Rows (step, validation loss) `[k, 2]` that were found since the last call."""
        rows, self._validation = self._validation, []
        return np.array(rows, dtype=np.float64).reshape(-1, 2)
