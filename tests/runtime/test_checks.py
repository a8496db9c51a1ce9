"""Gradient checks find a wrong backward and nothing else; learning by heart tells what can learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import gradboard as gb
from graph.edits import SetRecipe, SetSetting
from nodes.functions.nonlinearity import Tanh
from runtime import messages as m
from runtime.checks import WHOLE, GradientCheck, check_gradients, overfits
from runtime.data import load
from runtime.engine import Engine
from runtime.program import compile
from tests.runtime.conftest import classifier


class WrongTanh(torch.autograd.Function):
    """tanh whose gradient forgets the square."""

    @staticmethod
    def forward(context: Any, s: torch.Tensor) -> torch.Tensor:
        z = torch.tanh(s)
        context.save_for_backward(z)
        return z

    @staticmethod
    def backward(context: Any, *gradients: torch.Tensor) -> torch.Tensor:
        (z,) = context.saved_tensors
        return gradients[0] * (1 - z)


class SlightlyWrong(torch.autograd.Function):
    """tanh that forgets one entry of the gradient."""

    @staticmethod
    def forward(context: Any, s: torch.Tensor) -> torch.Tensor:
        z = torch.tanh(s)
        context.save_for_backward(z)
        return z

    @staticmethod
    def backward(context: Any, *gradients: torch.Tensor) -> torch.Tensor:
        (z,) = context.saved_tensors
        found = gradients[0] * (1 - z**2)
        found[0, -1] *= 1.05
        return found


def wrong_tanh(s: torch.Tensor) -> torch.Tensor:
    """What fx calls."""
    found: torch.Tensor = WrongTanh.apply(s)
    return found


def slightly_wrong(s: torch.Tensor) -> torch.Tensor:
    """What fx calls."""
    found: torch.Tensor = SlightlyWrong.apply(s)
    return found


def checked(diagram: gb.Diagram, **options: Any) -> GradientCheck:
    data = load(diagram.recipe["data"])
    return check_gradients(compile(diagram, data=data), data.fields, **options)


def test_right_gradients_are_right() -> None:
    check = checked(classifier())
    assert check.ok and set(check.differences) == {
        *("linear1", "tanh1", "linear2", "cross_entropy1", WHOLE)
    }
    assert max(check.differences.values()) < 1e-5


@pytest.mark.parametrize("wrong", [wrong_tanh, slightly_wrong])
def test_a_wrong_backward_is_found_where_it_is(
    wrong: Callable[[torch.Tensor], torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tanh, "build", lambda self, z: wrong)
    check = checked(SetRecipe("seed", 5).apply(classifier()))  # another shape in no cache
    assert "tanh1" in check.wrong and not {"linear1", "linear2", "cross_entropy1"} & {*check.wrong}
    assert not check.ok
    if wrong is wrong_tanh:
        assert WHOLE in check.wrong and check.differences["tanh1"] > 0.1


def test_only_what_is_asked_for_is_checked_and_nothing_changes() -> None:
    diagram = classifier()
    data = load(diagram.recipe["data"])
    program = compile(diagram, data=data)
    before = {k: v.clone() for k, v in program.module.state_dict().items()}
    check = check_gradients(program, data.fields, blocks=["tanh1", "elsewhere"])
    assert list(check.differences) == ["tanh1"]
    for name, value in program.module.state_dict().items():
        torch.testing.assert_close(value, before[name], rtol=0, atol=0)


def test_kinks_count_as_right() -> None:
    zeros = np.zeros((4, 1, 4, 4))
    s = gb.Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.relu(s.max_pool2d(s.relu(x), kernel=2)), y)
    data = {"x": zeros.tolist(), "y": np.zeros((4, 1, 2, 2)).tolist()}
    check = checked(s.diagram(data={"kind": "arrays", **data}))
    assert {"relu1", "max_pool2d1"} <= set(check.differences) and check.ok


def test_dropout_normalization_and_regularisers_are_checked_too() -> None:
    s = gb.Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.dropout(s.relu(s.batch_norm(s.linear(x, units=9))))
    s.cross_entropy(s.linear(z, units=3), y)
    s.l2(weight=0.1, start=5)
    check = checked(s.diagram(data={"kind": "spiral"}, dtype="float32"))
    assert check.ok and {"l21", "batch_norm1", "dropout1"} <= set(check.differences)


def test_every_gallery_like_net_passes_in_a_second() -> None:
    s = gb.Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.avg_pool2d(s.tanh(s.conv2d(x, channels=4, kernel=3)), kernel=2)
    s.cross_entropy(s.linear(s.flatten(z), units=10), y)
    check = checked(s.diagram(data={"kind": "digits"}))
    assert check.ok and "conv2d1" in check.differences


def test_the_engine_answers() -> None:
    said: list[Any] = []
    engine = Engine(said.append)
    engine.handle(m.CheckGradients(()))
    assert isinstance(said[-1], m.Failed)
    engine.handle(m.SetDiagram(1, classifier()))
    engine.handle(m.CheckGradients(("linear1",)))
    assert isinstance(said[-1], m.Checked) and list(said[-1].results) == ["linear1"]
    engine.handle(m.CheckGradients(()))
    assert said[-1].results.keys() >= {"linear1", "tanh1", ""} and not said[-1].wrong
    assert engine.trainer.run is not None and engine.trainer.run.step_count == 0


def test_a_net_that_can_learn_knows_a_few_samples_by_heart() -> None:
    verdict = overfits(classifier(rate=0.05), samples=6)
    assert verdict.ok and verdict.accuracy == 1.0 and verdict.samples == 6
    assert verdict.text.startswith("It can learn by heart")


def test_a_net_that_cannot_learn_is_found_out() -> None:
    frozen = SetSetting("linear2", "units", 3).apply(classifier(rate=0.0))
    verdict = overfits(frozen, samples=12, steps=60)
    assert not verdict.ok and verdict.steps == 60
    assert verdict.text.startswith("It did not learn") and verdict.loss == verdict.first_loss


def test_regression_must_bring_the_loss_to_a_hundredth() -> None:
    s = gb.Sketch()
    s.squared_error(s.linear(s.tanh(s.linear(s.observed("x"), units=20)), units=1), s.observed("y"))
    verdict = overfits(s.diagram(data={"kind": "curve"}, rate=0.05), samples=5)
    assert verdict.ok and verdict.accuracy is None and verdict.loss <= 0.01 * verdict.first_loss
