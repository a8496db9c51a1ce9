"""The trail: evenly spaced copies of a run's states in bounded memory."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
import torch

from runtime import trail as module
from runtime.program import compile
from runtime.run import Run
from runtime.trail import FEWEST, MOST, SHARE, Trail
from tests.runtime.conftest import classifier


class Walk:
    """Weights that move, and an optimizer's memory of twice their size."""

    def __init__(self, trail: Trail, count: int = 3) -> None:
        self.trail, self.taken = trail, 0
        self.weights = {
            "a.weight": torch.zeros(count, dtype=torch.float64),
            "b.weight": torch.ones(1, 2, dtype=torch.float64),
        }
        trail.follow(self.weights, tuple(self.weights))

    def state(self, whole: bool = True) -> dict[str, Any]:
        self.taken += 1
        weights = {name: weight.clone() for name, weight in self.weights.items()}
        memory = {n: {"m": w.clone(), "v": w.clone()} for n, w in enumerate(weights.values())}
        return {"weights": weights, "optimizer": {"state": memory} if whole else {}}

    def go(self, steps: range) -> None:
        for step in steps:
            self.weights["a.weight"].fill_(step)
            self.trail.note(step, self.state)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Copies are free, except where their price is what is tested."""
    if "price" not in request.node.name:
        monkeypatch.setattr(module, "ADVANCE", 1e9)


def test_states_stay_evenly_spaced_and_few_however_long_the_run_is() -> None:
    walk = Walk(Trail())
    walk.go(range(5_001))
    trail = walk.trail
    assert trail.steps == tuple(range(0, 5_001, trail.every))
    assert MOST // 2 < len(trail.steps) <= MOST and trail.every == 64
    assert walk.taken < MOST + MOST / 2 * 7  # as many again at every doubling
    expected = np.column_stack(
        [np.repeat(np.array(trail.steps)[:, None], 3, 1), np.ones((len(trail.steps), 2))]
    )
    np.testing.assert_array_equal(trail.rows.numpy(), expected)
    np.testing.assert_array_equal(trail.now().numpy(), [5000, 5000, 5000, 1, 1])
    found = trail.nearest(1000)
    assert found is not None and float(found["weights"]["a.weight"][0]) == 1024


def test_memory_is_bounded_and_what_it_holds_is_what_it_says() -> None:
    one = 8 * (1000 + 2)
    walk = Walk(Trail(memory=3 * one * 20), 1000)
    for step in range(300):
        walk.go(range(step, step + 1))
        assert walk.trail.size <= 3 * one * 20
    assert 10 <= len(walk.trail.steps) <= 20 and walk.trail.whole
    assert walk.trail.size == 3 * one * len(walk.trail.steps)
    assert np.ptp(np.diff(walk.trail.steps)) == 0


def test_of_a_large_net_the_weights_alone_are_kept_and_of_a_huge_one_nothing() -> None:
    one = 8 * (1000 + 2)
    walk = Walk(Trail(memory=one * (FEWEST + 2)), 1000)
    walk.go(range(100))
    assert walk.trail.possible and not walk.trail.whole and len(walk.trail.steps) >= FEWEST // 2
    assert walk.trail.size == one * len(walk.trail.steps) <= one * (FEWEST + 2)
    huge = Walk(Trail(memory=one * (FEWEST - 1)), 1000)
    huge.go(range(100))
    assert not huge.trail.possible and huge.taken == 0
    assert huge.trail.steps == () and huge.trail.rows.shape == (0, 1002)


def test_going_back_forgets_what_came_after() -> None:
    walk = Walk(Trail())
    walk.go(range(10))
    walk.trail.note(4, walk.state)
    assert walk.trail.steps == (0, 1, 2, 3, 4)
    walk.trail.cut(2)
    assert walk.trail.steps == (0, 1, 2)


def test_states_that_do_not_fit_other_weights_are_dropped_and_counted() -> None:
    walk = Walk(Trail())
    walk.go(range(3))
    same = {name: weight.clone() for name, weight in walk.weights.items()}
    assert walk.trail.follow(same, tuple(same)) == 0 and walk.trail.steps == (0, 1, 2)
    wider = {**same, "a.weight": torch.zeros(4, dtype=torch.float64)}
    assert walk.trail.follow(wider, tuple(wider)) == 3 and walk.trail.steps == ()


def test_the_price_is_a_share_of_the_time_that_the_run_takes() -> None:
    def busy(seconds: float) -> None:
        until = time.thread_time() + seconds
        while time.thread_time() < until:
            pass

    walk, spent = Walk(Trail()), 0.0

    def dear(whole: bool) -> Any:
        nonlocal spent
        began = time.thread_time()
        busy(0.004)
        state = walk.state(whole)
        spent += time.thread_time() - began
        return state

    began = time.thread_time()
    for step in range(1000):
        busy(0.001)
        walk.trail.note(step, dear)
    took = time.thread_time() - began - spent
    assert spent <= module.ADVANCE + SHARE * took * 1.2 + 0.005
    gaps = np.diff(walk.trail.steps)[-4:]
    assert len(walk.trail.steps) > 12 and gaps.min() > 50  # 4 ms of 2 % of 1 ms a step


def test_a_run_leaves_a_trail_of_its_states() -> None:
    run = Run(compile(classifier(dtype="float64")))
    before = [p.detach().clone().flatten() for p in run.program.parameters.values()]
    run.step()
    run.watch()
    assert run.trail.steps == (0, 1, 2) and run.trail.whole
    torch.testing.assert_close(run.trail.rows[0], torch.cat(before), rtol=0, atol=0)
    torch.testing.assert_close(run.trail.rows[2], run.trail.now(), rtol=0, atol=0)
    unrecorded = Run(compile(classifier()), recorded=False)
    unrecorded.step()
    assert unrecorded.trail.steps == () and not unrecorded.trail.possible


def test_of_averaged_steps_the_trail_is_that_of_the_steps() -> None:
    run = Run(compile(classifier(dtype="float64", optimizer="averaged_sgd", rate=0.1)))
    rows = []
    for _ in range(5):
        rows.append(torch.cat([p.detach().flatten() for p in run.program.parameters.values()]))
        run.step()
    torch.testing.assert_close(run.trail.rows[:5], torch.stack(rows), rtol=0, atol=0)
