"""Time travel: looking back at recorded states, coming back exactly, and going on from one as a branch; in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from graph.diagram import Diagram, Pin
from graph.edits import SetRecipe, SetSetting
from nodes.sketch import Sketch
from runtime import messages as m
from runtime import trail
from runtime.engine import Engine
from runtime.program import compile
from runtime.run import Run
from runtime.snapshot import Ask, Snapshot
from tests.runtime.conftest import classifier

OPTIMIZERS = ("adam", {"kind": "sgd", "momentum": 0.9}, "averaged_sgd", "lbfgs")


class Desk:
    """An engine whose messages lie on a list."""

    def __init__(self, diagram: Diagram) -> None:
        self.said: list[Any] = []
        self.engine = Engine(self.said.append)
        self.version = 0
        self.give(diagram)

    def give(self, command: m.Command | Diagram) -> list[Any]:
        if isinstance(command, Diagram):
            self.version += 1
            command = m.SetDiagram(self.version, command)
        before = len(self.said)
        self.engine.handle(command)
        return self.said[before:]

    @property
    def run(self) -> Run:
        assert self.engine.trainer.run is not None
        return self.engine.trainer.run

    def train(self, steps: int) -> None:
        """So many steps, without looking."""
        for _ in range(steps):
            self.run.step()

    def losses(self, steps: int) -> list[float]:
        return [self.run.step() for _ in range(steps)]

    def shot(self, *asks: Ask) -> Snapshot:
        """The still picture of the run as it stands."""
        return next(s for s in self.give(m.WantFrame(asks)) if isinstance(s, Snapshot))

    def weights(self) -> dict[str, torch.Tensor]:
        return {n: p.detach().clone() for n, p in self.run.program.parameters.items()}


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step is recorded, however slow this machine is."""
    monkeypatch.setattr(trail, "ADVANCE", 1e9)


def dropping(**recipe: Any) -> Diagram:
    """A net whose training draws random numbers and keeps running averages."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    hidden = s.dropout(s.relu(s.batch_norm(s.linear(x, units=12))))
    s.cross_entropy(s.linear(hidden, units=3), y)
    return s.diagram(data="spiral", batch=32, seed=3, dtype="float64", **recipe)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_looking_back_leaves_the_run_exactly_as_it_was(optimizer: Any) -> None:
    diagram = dropping(optimizer=optimizer, rate=0.02, patience=50)
    unbroken = Run(compile(diagram))
    expected = [unbroken.step() for _ in range(60)]
    desk = Desk(diagram)
    desk.train(35)
    for step in (3, 20, 0, 34):
        assert desk.give(m.LookAt(step)) == []
        shot = desk.shot(Ask("answers", size=20), Ask("histograms"))
        assert shot.past and shot.step == step and shot.recorded.now == 35
    desk.give(m.LookAt(None))
    assert not desk.shot().past and desk.run.step_count == 35
    assert desk.losses(25) == expected[35:]


def test_playing_on_goes_on_from_the_present() -> None:
    diagram = dropping(rate=0.02)
    unbroken = Run(compile(diagram))
    expected = [unbroken.step() for _ in range(13)]
    desk = Desk(diagram)
    desk.train(12)
    desk.give(m.LookAt(4))
    desk.shot()
    desk.give(m.Step(1))
    while desk.engine.trainer.playing:
        desk.engine.work()
    shot = next(s for s in reversed(desk.said) if isinstance(s, Snapshot))
    assert shot.step == 13 and not shot.past and shot.loss == expected[12]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_every_view_shows_what_it_showed_then(optimizer: Any) -> None:
    desk = Desk(classifier(dtype="float64", optimizer=optimizer, rate=0.05))
    asks = (
        Ask("answers", size=25),
        Ask("embedding", "linear1"),
        Ask("confusion"),
        Ask("histograms"),
        Ask("warp"),
    )
    desk.train(17)
    then = desk.shot(*asks)
    desk.train(40)
    desk.give(m.LookAt(17))
    now = desk.shot(*asks)
    assert now.past and not then.past and (now.step, now.epoch) == (then.step, then.epoch)
    assert now.loss == then.loss and now.costs == then.costs and now.rate == then.rate
    assert now.flows == then.flows and now.weight_gradients == then.weight_gradients
    assert now.variables[Pin("linear1", "y")] == then.variables[Pin("linear1", "y")]
    assert now.accuracy == then.accuracy and len(now.views) == len(then.views)
    for ask in asks:
        _same(now.views[ask], then.views[ask])


def _same(one: Any, other: Any) -> None:
    """Two plain values with arrays in them are equal."""
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, (tuple, list)):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            _same(a, b)
    elif hasattr(one, "items"):
        assert one.keys() == other.keys()
        for key in one:
            _same(one[key], other[key])
    elif hasattr(one, "__dataclass_fields__"):
        for name in one.__dataclass_fields__:
            _same(getattr(one, name), getattr(other, name))
    else:
        assert one == other


def test_what_the_past_is_judged_to_be_is_no_point_of_the_curve() -> None:
    desk = Desk(classifier())
    desk.train(30)
    present = desk.shot()
    desk.give(m.LookAt(0))
    first = desk.shot()
    assert len(first.validation) == 0 and first.accuracy != present.accuracy
    desk.give(m.LookAt(None))
    assert desk.engine.trainer.looks.accuracy(past=False) == present.accuracy


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_a_branch_is_a_run_that_was_restored_by_hand(optimizer: Any) -> None:
    diagram = dropping(optimizer=optimizer, rate=0.02)
    by_hand = Run(compile(diagram))
    for _ in range(11):
        by_hand.step()
    state = by_hand.state()
    for _ in range(30):
        by_hand.step()
    by_hand.restore(state)
    expected = [by_hand.step() for _ in range(50)]
    desk = Desk(diagram)
    desk.train(41)
    desk.give(m.LookAt(25))
    desk.shot()
    assert desk.give(m.Branch(11)) == [m.Branched(11)]
    shot = desk.shot()
    assert not shot.past and shot.step == 11 and shot.recorded.now == 11
    assert shot.recorded.steps == tuple(range(12)) and len(shot.curve) == 0
    assert desk.losses(50) == expected
    assert desk.run.trail.steps[-1] == 61


def test_a_branch_goes_on_with_the_diagram_as_it_is_now() -> None:
    diagram = classifier(dtype="float64", optimizer="sgd", rate=0.1)
    desk = Desk(diagram)
    desk.train(20)
    desk.give(m.LookAt(8))
    desk.shot()
    desk.give(SetRecipe("rate", 0.5).apply(diagram))
    assert desk.shot().past and desk.run.step_count == 8, "an edit does not end the look"
    desk.give(m.Branch(8))
    by_hand = Run(compile(diagram))
    for _ in range(8):
        by_hand.step()
    faster = compile(SetRecipe("rate", 0.5).apply(diagram), keep=by_hand.program)
    by_hand.adopt(faster, by_hand.data)
    assert desk.losses(10) == [by_hand.step() for _ in range(10)]


def test_another_optimizer_begins_anew_in_a_branch() -> None:
    diagram = classifier(dtype="float64", optimizer="adam")
    desk = Desk(diagram)
    desk.train(20)
    desk.give(SetRecipe("optimizer", {"kind": "sgd", "momentum": 0.5}).apply(diagram))
    desk.train(5)
    desk.give(m.Branch(10))
    assert desk.run.optimizer is not None and not desk.run.optimizer.state
    assert all(np.isfinite(desk.losses(10)))


def test_states_of_other_shapes_are_dropped_and_that_is_said() -> None:
    diagram = classifier()
    desk = Desk(diagram)
    desk.train(20)
    desk.give(m.LookAt(5))
    said = desk.give(SetSetting("linear1", "units", 7).apply(diagram))
    assert any(isinstance(s, m.Done) and "past" in s.text for s in said)
    shot = desk.shot()
    assert not shot.past and shot.step == 20 and shot.recorded.steps == ()
    (failed,) = desk.give(m.LookAt(5))
    assert isinstance(failed, m.Failed) and "go back to" in failed.problem.message
    desk.train(3)
    assert desk.shot().recorded.steps[0] == 21
    assert desk.give(m.LookAt(21)) == [] and desk.shot().step == 21


def test_a_diagram_that_cannot_be_trained_ends_the_look_without_a_word() -> None:
    diagram = classifier()
    desk = Desk(diagram)
    desk.train(20)
    desk.give(m.LookAt(5))
    said = desk.give(SetSetting("linear1", "units", 0).apply(diagram))
    assert [type(s) for s in said] == [m.Compiled, m.Mendable]
    desk.give(diagram)
    assert not desk.shot().past and desk.run.step_count == 20


def test_reset_and_another_file_forget_the_past() -> None:
    diagram = classifier()
    desk = Desk(diagram)
    for command in (m.Reset(), m.SetDiagram(9, diagram, fresh=True)):
        desk.train(20)
        desk.give(m.LookAt(5))
        desk.give(command)
        shot = desk.shot()
        assert not shot.past and shot.step == 0 and shot.recorded.steps == (0,)


def test_saving_keeps_the_present(tmp_path: Any) -> None:
    from runtime.checkpoint import load_run

    desk = Desk(classifier())
    desk.train(20)
    weights = desk.weights()
    desk.give(m.LookAt(5))
    assert not torch.equal(desk.weights()["linear1.weight"], weights["linear1.weight"])
    desk.give(m.SaveWeights(str(tmp_path / "d.gradboard")))
    saved = load_run(tmp_path / "d.gradboard")
    assert saved is not None and saved["step"] == 20
    assert all(torch.equal(saved["weights"][n], w) for n, w in weights.items())
    assert desk.engine.trainer.past.step == 5
    desk.give(m.LoadWeights(str(tmp_path / "d.gradboard")))
    assert desk.engine.trainer.past.step is None and desk.run.trail.steps == (20,)


def test_of_weights_alone_one_looks_back_and_branches_with_a_fresh_optimizer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weights = 8 * (2 * 20 + 20 + 20 * 3 + 3)
    monkeypatch.setattr(trail, "MEMORY", 20 * (weights + 2 * 5056))
    diagram = classifier(dtype="float64", optimizer={"kind": "lbfgs", "history": 40})
    desk = Desk(diagram)
    desk.train(12)
    shot = desk.shot()
    assert shot.recorded.kept == "weights" and desk.run.trail.size <= trail.MEMORY
    step = shot.recorded.steps[-3]
    unbroken = Run(compile(diagram))
    for _ in range(step):
        unbroken.step()
    desk.give(m.LookAt(step))
    assert desk.shot().loss == unbroken.look().loss
    desk.give(m.Branch(step))
    assert desk.run.optimizer is not None and not desk.run.optimizer.state
    assert all(np.isfinite(desk.losses(5)))


def test_a_loss_that_is_no_number_leaves_no_such_state() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y)
    desk = Desk(s.diagram(data="spiral", optimizer="sgd", rate=1e5))
    desk.give(m.Play())
    for _ in range(300):
        if not desk.engine.trainer.playing:
            break
        desk.engine.work()
    stopped = desk.said[-1]
    assert isinstance(stopped, m.Stopped) and stopped.problem is not None
    assert desk.run.trail.steps[-1] <= desk.run.step_count
    assert all(torch.isfinite(row).all() for row in desk.run.trail.rows)


def test_recording_costs_little_of_a_long_run() -> None:
    """Copying against training, in one run, by the time of this thread alone."""
    import time

    run = Run(compile(classifier()))
    copying, plain = 0.0, run.state

    def timed(whole: bool = True) -> Any:
        nonlocal copying
        began = time.thread_time()
        state = plain(whole)
        copying += time.thread_time() - began
        return state

    run.state = timed  # type: ignore[method-assign]
    run.trail._earned = 0.0
    began = time.thread_time()
    for _ in range(3000):
        run.step()
    share = copying / (time.thread_time() - began)
    assert share < 0.03, share
    assert len(run.trail.steps) > 20
