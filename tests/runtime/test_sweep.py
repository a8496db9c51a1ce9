"""Sweeps: every trial is what a single training gives, failures are rows, and the end comes at once when asked for."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph.diagram import Diagram
from graph.problem import Problem
from graph.settings import SettingError
from nodes.sketch import Sketch
from runtime import sweeping
from runtime.nonfinite import NonFinite
from runtime.runs import RunRecord
from runtime.sweep import Along, Ended, Length, Sweep, Trial, trials
from runtime.sweeping import train_trial
from runtime.train import finish, start, train
from runtime.variations import with_values


def spiral(**recipe: Any) -> Diagram:
    sketch = Sketch()
    x, y = sketch.observed("x"), sketch.observed("y")
    hidden = sketch.dropout(sketch.relu(sketch.linear(x, units=20)), p=0.1)
    sketch.cross_entropy(sketch.linear(hidden, units=3), y)
    entries: dict[str, Any] = {
        "data": {"kind": "spiral", "points": 70},
        "rate": 0.02,
        "epochs": 3,
        "threads": 1,
        "dtype": "float64",
        "device": "cpu",
    }
    return sketch.diagram(**entries | recipe)


def swept(sweep: Sweep) -> list[RunRecord]:
    """Waits for all trials, however busy the machine is: they stand behind all else on it."""
    found: list[RunRecord] = []
    while not sweep.is_over:
        found += [m.record for m in sweep.receive() if isinstance(m, Ended)]
        time.sleep(0.01)
    return found


def until(sweep: Sweep, condition: Callable[[Any], bool]) -> Any:
    """The first message of which a condition holds, however long it takes; fails where the sweep is over without it."""
    while not sweep.is_over:
        for message in sweep.receive():
            if condition(message):
                return message
        time.sleep(0.01)
    raise AssertionError("it does not come")


# --- trials --------------------------------------------------------------------------------------------------------


def test_every_combination_of_values_and_seeds_is_a_trial() -> None:
    found = trials(spiral(seed=5), {"rate": (0.1, 0.2), "linear1.units": (3,)}, seeds=3)
    assert [t.varied for t in found] == [
        {"rate": rate, "linear1.units": 3, "seed": seed}
        for rate in (0.1, 0.2)
        for seed in (5, 6, 7)
    ]
    assert found[4].diagram.recipe["seed"] == 6 and found[4].diagram.recipe["rate"] == 0.2
    assert all(t.diagram.blocks["linear1"].settings["units"] == 3 for t in found)


def test_seeds_alone_are_a_sweep_and_begin_again_behind_the_largest() -> None:
    found = trials(spiral(seed=2**32 - 1), {}, seeds=2)
    assert [t.varied["seed"] for t in found] == [2**32 - 1, 0]


def test_values_that_cannot_be_together_fail_alone() -> None:
    good, bad = trials(spiral(), {"validation": (0.2, 0.9)})
    assert good.problem == "" and "leave nothing for training" in bad.problem


@pytest.mark.parametrize(
    ("values", "seeds"),
    [
        ({}, 1),
        ({"rate": ()}, 1),
        ({"rate": (0.1,) * 40, "batch": (1,) * 40}, 1),
        ({"seed": (1, 2)}, 2),
    ],
)
def test_no_runs_or_too_many_are_refused(values: Any, seeds: int) -> None:
    with pytest.raises(SettingError):
        trials(spiral(), values, seeds)


# --- a trial -----------------------------------------------------------------------------------------------------------


def test_a_trial_is_the_training_with_that_setting_and_seed(tmp_path: Path) -> None:
    values = {"rate": (0.01, 0.05), "linear1.units": (7,)}
    records = swept(started(trials(spiral(), values, seeds=2)))
    assert [dict(r.varied) for r in records] == [t.varied for t in trials(spiral(), values, 2)]
    for made in records:
        single = train(with_values(spiral(), made.varied), folder=str(tmp_path))
        for part, found in single.metrics.items():
            assert {
                k: v for k, v in made.metrics[part].items() if k != "samples"
            } == found  # exactly
        assert made.steps == single.run.step_count and made.epochs == 3.0 and made.problem == ""
        expected = [[row["step"], row["validation_loss"]] for row in single.history]
        np.testing.assert_array_equal(made.validation, expected)
        alone = start(with_values(spiral(), made.varied))
        losses = [alone.step() for _ in range(made.steps)]
        np.testing.assert_array_equal(made.curve, list(enumerate(losses)))
        assert made.seed == made.varied["seed"] and made.device == "cpu"
        assert made.settings["linear1.units"] == 7 and set(made.versions) == {
            "gradboard",
            "python",
            "torch",
        }


def started(given: tuple[Trial, ...], **length: int) -> Sweep:
    sweep = Sweep(given, Length(**length))
    sweep.start()
    return sweep


def test_a_number_of_steps_ends_between_epochs() -> None:
    (trial,) = trials(spiral(), {"rate": (0.05,)})
    made = train_trial(trial, Length(steps=5))
    single = finish(start(trial.diagram), steps=5)
    assert made.steps == 5 and len(made.curve) == 5
    assert made.metrics["test"]["loss"] == single.metrics["test"]["loss"]
    assert made.validation.tolist()[-1] == [5, single.metrics["validation"]["loss"]]
    counts = {part: int(found["samples"]) for part, found in made.metrics.items()}
    parts = single.run.batches.parts
    assert counts == {name: len(getattr(parts, name)) for name in counts}


def test_a_loss_that_is_no_number_is_a_row_with_its_reason_and_its_curve(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = start(spiral())

    def step() -> float:
        if run.step_count == 3:
            raise NonFinite(Problem("linear1", "the weights are not finite."))
        return type(run).step(run)

    monkeypatch.setattr(run, "step", step)
    monkeypatch.setattr(sweeping, "start", lambda *_args, **_options: run)
    made = train_trial(Trial(spiral()), Length())
    assert "not finite" in made.problem and made.steps == 3 and len(made.curve) == 3


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("CUDA error\nat line 7"), ValueError("bad.")]
)
def test_what_breaks_is_told_in_one_line(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(sweeping, "start", fail)
    made = train_trial(Trial(spiral()), Length())
    assert made.problem.endswith(".") and "\n" not in made.problem and made.metrics == {}


# --- the process -------------------------------------------------------------------------------------------------------


def test_bad_values_are_rows_and_the_others_go_on() -> None:
    records = swept(started(trials(spiral(), {"linear1.units": (4, -1, 5)}), steps=2))
    assert [r.problem == "" for r in records] == [True, False, True]
    assert "units must lie between" in records[1].problem
    assert records[1].settings["linear1.units"] == -1  # the row says what was wished


def test_a_diagram_that_cannot_train_gives_its_reason_on_every_row() -> None:
    sketch = Sketch()
    sketch.linear(sketch.observed("x"), units=3)
    records = swept(started(trials(sketch.diagram(data="spiral"), {"rate": (0.1, 0.2)})))
    assert len(records) == 2 and all("nothing to train" in r.problem for r in records)


def test_it_tells_how_far_it_is_and_stops_at_once() -> None:
    sweep = started(trials(spiral(), {"rate": (0.01, 0.02)}), steps=10_000_000)
    told = [until(sweep, lambda m: isinstance(m, Along)) for _ in range(2)]
    assert told[0].trial == 0 and 0 <= told[0].share < told[1].share < 1
    assert told[1].step > told[0].step and told[1].loss > 0
    process = sweep._process
    sweep.stop()  # its steps would take hours
    assert not process.is_alive()
    assert sweep.is_over and sweep.receive() == []


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_a_trial_that_takes_its_process_along_is_a_row_too() -> None:
    sweep = started(trials(spiral(), {"rate": (0.01, 0.02)}), steps=300_000)
    until(sweep, lambda m: isinstance(m, Along))
    os.kill(sweep._process.pid, signal.SIGKILL)
    ended = until(sweep, lambda m: isinstance(m, Ended))
    assert ended.trial == 0 and "SIGKILL" in ended.record.problem
    along = until(sweep, lambda m: isinstance(m, Along))
    assert along.trial == 1
    sweep.stop()


class Dying:
    """A process whose end of the pipe is closed, and that is gone when it has been looked at a few times."""

    looks = 3

    def is_alive(self) -> bool:
        self.looks -= 1
        return self.looks > 0

    @property
    def exitcode(self) -> int | None:
        return None if self.looks > 0 else -signal.SIGKILL

    def join(self, _seconds: float) -> None:
        """Not gone yet."""

    def kill(self) -> None:
        """Nothing more to be done."""


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_a_process_that_takes_a_while_to_end_is_asked_again_and_not_waited_for() -> None:
    sweep = Sweep(trials(spiral(), {"rate": (0.01,)}), Length(steps=5))
    sweep._pipe, theirs = multiprocessing.Pipe()
    theirs.close()
    sweep._process = Dying()
    assert sweep.receive() == [] and sweep.receive() == []
    (ended,) = sweep.receive()
    assert isinstance(ended, Ended) and "SIGKILL" in ended.record.problem and sweep.is_over


def test_far_too_many_seeds_are_refused_before_they_are_counted_out() -> None:
    with pytest.raises(SettingError, match="1 to 1,000 runs, not 9,999,999,999"):
        trials(spiral(), {}, 9_999_999_999)


@pytest.mark.parametrize("seed", ["x", -1, 1.5, [0]])
def test_a_seed_that_is_none_is_named(seed: object) -> None:
    with pytest.raises(SettingError, match=r"^seed must "):
        trials(spiral(seed=seed), {}, 2)
