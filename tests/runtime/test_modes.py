"""Dropout drops and batch norm learns in training steps only, never while a program is asked or judged."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from graph.diagram import Diagram
from nodes.sketch import Sketch
from runtime.program import Program, compile
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.views import figure


def noisy() -> Diagram:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    hidden = s.dropout(s.batch_norm(s.linear(x, units=20)), p=0.5)
    s.cross_entropy(s.linear(hidden, units=3), y)
    return s.diagram(data="spiral", seed=0)


def _seen(program: Program) -> torch.Tensor:
    return program.module.state_dict()["batch_norm1.running_mean"].clone()


def test_predict_is_the_same_every_time() -> None:
    program = compile(noisy())
    x = np.random.default_rng(0).normal(size=(50, 2))
    before = _seen(program)
    first, again = (next(iter(program.predict(x=x).values())) for _ in range(2))
    assert torch.equal(first, again)
    assert torch.equal(_seen(program), before)
    assert program.module.training


@pytest.mark.parametrize("part", ["training", "validation", "test"])
def test_judging_a_run_changes_nothing(part: str) -> None:
    run = Run(compile(noisy()))
    before = _seen(run.program)
    first = run.evaluate(part)  # the first makes the predictor
    assert run.evaluate(part) == first
    assert torch.equal(_seen(run.program), before)


def test_training_goes_on_with_dropout_after_a_look() -> None:
    run = Run(compile(noisy()))
    run.evaluate()
    run.look()
    assert run.seen is not None
    assert figure(run, run.seen, Ask("answers", size=16)) is not None
    before = _seen(run.program)
    run.step()
    assert all(part.training for part in run.program.modules.root.children())
    assert not torch.equal(_seen(run.program), before)
