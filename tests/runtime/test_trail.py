"""The trail: evenly spaced copies of the weights in bounded memory."""

from __future__ import annotations

import numpy as np
import torch

from runtime import trail as module
from runtime.program import compile
from runtime.run import Run
from runtime.trail import MEMORY, MOST, Trail
from tests.runtime.conftest import classifier


def weights(count: int = 3) -> dict[str, torch.nn.Parameter]:
    made = torch.nn.Parameter(torch.zeros(count, dtype=torch.float64))
    return {"a.weight": made, "b.weight": torch.nn.Parameter(torch.ones(1, 2, dtype=torch.float64))}


def test_copies_stay_evenly_spaced_and_few_however_long_the_run_is() -> None:
    trail, own = Trail(), weights()
    trail.follow(own)
    trail.note(0)
    for step in range(1, 5_001):
        with torch.no_grad():
            own["a.weight"] += 1.0
        trail.note(step)
        assert len(trail.steps) <= MOST
    assert trail.steps == tuple(range(0, 5_001, trail.every)) and len(trail.steps) > MOST // 2
    expected = np.column_stack(
        [np.repeat(np.array(trail.steps)[:, None], 3, 1), np.ones((len(trail.steps), 2))]
    )
    np.testing.assert_array_equal(trail.rows.numpy(), expected)
    np.testing.assert_array_equal(trail.now().numpy(), [5000, 5000, 5000, 1, 1])


def test_a_large_net_has_fewer_copies_and_a_huge_one_none() -> None:
    trail = Trail()
    size = MEMORY // 8 // 20
    trail.follow(weights(size - 2))
    for step in range(100):
        trail.note(step)
    assert 10 <= len(trail.steps) <= 20
    assert trail.rows.untyped_storage().nbytes() <= MEMORY
    trail.follow(weights(MEMORY // 8 // module.FEWEST + 8))
    trail.note(100)
    assert trail.steps == () and len(trail.now()) > size


def test_going_back_forgets_what_came_after() -> None:
    trail, own = Trail(), weights()
    trail.follow(own)
    for step in range(10):
        trail.note(step)
    trail.note(4)
    assert trail.steps == (0, 1, 2, 3, 4)


def test_other_shapes_begin_anew_and_the_same_go_on() -> None:
    trail, own = Trail(), weights()
    assert not trail.follow(own)
    trail.note(0)
    assert trail.follow(weights()) and trail.steps == (0,)
    assert not trail.follow(weights(4)) and trail.steps == ()


def test_a_run_leaves_a_trail_of_its_weights() -> None:
    run = Run(compile(classifier(dtype="float64")))
    before = [p.detach().clone().flatten() for p in run.program.parameters.values()]
    run.step()
    run.watch()
    assert run.trail.steps == (0, 1, 2)
    torch.testing.assert_close(run.trail.rows[0], torch.cat(before), rtol=0, atol=0)
    torch.testing.assert_close(run.trail.rows[2], run.trail.now(), rtol=0, atol=0)
