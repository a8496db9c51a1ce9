"""The engine without a process: commands in, messages out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from graph.diagram import Diagram, Frozen, Pin
from graph.edits import SetRecipe, SetSetting
from graph.grouping import Group
from nodes.sketch import Sketch
from runtime import messages as m
from runtime.engine import Engine
from runtime.run import Run
from runtime.snapshot import Ask, Snapshot


class Desk:
    """An engine whose messages lie on a list."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.engine = Engine(self.said.append)

    def give(self, *commands: m.Command) -> list[Any]:
        """What the engine says to these commands."""
        before = len(self.said)
        for command in commands:
            self.engine.handle(command)
        return self.said[before:]

    @property
    def run(self) -> Run:
        assert self.engine.trainer.run is not None
        return self.engine.trainer.run

    @property
    def playing(self) -> bool:
        return self.engine.trainer.playing

    def train(self, steps: int) -> list[Any]:
        """What it says to so many steps and while it makes them."""
        said = self.give(m.Step(steps))
        while self.playing:
            said += self.work()
        return said

    def work(self, turns: int = 1) -> list[Any]:
        """What it says while it works."""
        before = len(self.said)
        for _ in range(turns):
            self.engine.work()
        return self.said[before:]


@pytest.fixture
def desk(spiral: Diagram) -> Desk:
    made = Desk()
    made.give(m.SetDiagram(1, spiral))
    return made


def test_a_diagram_is_answered_by_its_report(desk: Desk) -> None:
    (compiled,) = desk.said
    assert compiled.version == 1 and compiled.report.trainable and compiled.restarted
    assert compiled.device in ("cpu", "cuda:0", "mps")


def test_frames_come_when_they_are_wanted_and_only_then(desk: Desk) -> None:
    desk.give(m.Play())
    assert desk.work(3) == []
    ask = Ask("answers", size=20)
    desk.give(m.WantFrame((ask,)))
    (shot,) = desk.work()
    assert isinstance(shot, Snapshot) and shot.version == 1 and shot.playing
    assert shot.views[ask].grid.classes == 3
    assert set(shot.accuracy) == {"training", "validation"} and len(shot.validation) == 1
    assert len(shot.curve) == shot.step
    assert desk.work(2) == []


def test_a_still_frame_changes_nothing(desk: Desk) -> None:
    before = {n: p.clone() for n, p in desk.run.program.parameters.items()}
    ask = Ask("answers", size=30)
    (shot,) = desk.give(m.WantFrame((ask,)))
    assert shot.step == 0 and not shot.playing and shot.views[ask].grid.answer.shape == (30, 30)
    assert any(flow.gradient > 0 for flow in shot.flows.values()) and shot.accuracy
    for name, parameter in desk.run.program.parameters.items():
        assert torch.equal(parameter, before[name])


def test_step_makes_that_many_and_shows_the_last(desk: Desk) -> None:
    said = desk.train(5)
    shots = [s for s in said if isinstance(s, Snapshot)]
    assert shots[-1].step == 5 and not desk.playing
    assert m.Stopped(5) in said


def test_edits_while_training_keep_the_weights(desk: Desk, spiral: Diagram) -> None:
    desk.train(20)
    run = desk.run
    weight = run.program.parameters["linear1.weight"]
    (compiled,) = desk.give(m.SetDiagram(2, SetRecipe("rate", 0.5).apply(spiral)))
    assert not compiled.restarted and desk.run is run and run.step_count == 20
    assert run.program.parameters["linear1.weight"] is weight
    assert run.optimizer is not None and run.optimizer.param_groups[0]["lr"] == 0.5
    desk.give(m.SetDiagram(3, SetRecipe("data", {"kind": "xor"}).apply(spiral)))
    assert run.data.title != "" and run.program.parameters["linear1.weight"] is weight
    desk.give(m.SetDiagram(4, spiral, fresh=True))
    assert desk.run is not run and desk.run.step_count == 0


def test_an_edit_that_breaks_the_diagram_pauses_and_mending_it_goes_on(
    desk: Desk, spiral: Diagram
) -> None:
    desk.train(3)
    weight = desk.run.program.parameters["linear1.weight"]
    desk.give(m.Play())
    broken, _ = desk.give(m.SetDiagram(2, SetSetting("linear1", "units", 0).apply(spiral)))
    assert broken.report.problems[0].where == "linear1.units" and not desk.playing
    said = desk.give(m.Play())
    assert isinstance(said[0], m.Stopped) and said[0].problem is not None
    desk.give(m.SetDiagram(3, spiral))
    assert torch.equal(desk.run.program.parameters["linear1.weight"], weight)
    assert desk.run.step_count == 3


def test_reset_gives_the_first_weights_again(desk: Desk) -> None:
    first = desk.run.program.parameters["linear1.weight"].detach().clone()
    desk.train(10)
    (compiled,) = desk.give(m.Reset())
    assert compiled.restarted and desk.run.step_count == 0
    assert torch.equal(desk.run.program.parameters["linear1.weight"], first)


def test_weights_are_saved_and_loaded(desk: Desk, spiral: Diagram, tmp_path: Path) -> None:
    path = str(tmp_path / "d.gradboard")
    desk.train(7)
    assert isinstance(desk.give(m.SaveWeights(path))[0], m.Done)
    other = Desk()
    other.give(m.SetDiagram(1, spiral))
    assert isinstance(other.give(m.LoadWeights(path))[0], m.Done)
    assert other.run.step_count == 7
    third = Desk()
    third.give(m.SetDiagram(1, SetSetting("linear1", "units", 7).apply(spiral)))
    (failed,) = third.give(m.LoadWeights(path))
    assert isinstance(failed, m.Failed) and "another diagram" in failed.problem.message
    (unwritable,) = desk.give(m.SaveWeights(str(tmp_path / "no" / "d.gradboard")))
    assert isinstance(unwritable, m.Failed)


def test_a_loss_that_is_no_number_is_told_with_its_block() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y)
    desk = Desk()
    desk.give(m.SetDiagram(1, s.diagram(data="spiral", optimizer="sgd", rate=1e5)))
    desk.give(m.Play())
    for _ in range(200):
        if not desk.playing:
            break
        desk.work()
    stopped = desk.said[-1]
    assert isinstance(stopped, m.Stopped) and stopped.problem is not None
    assert stopped.problem.block in ("linear1", "squared_error1")


def test_bad_data_are_a_problem_of_the_recipe(desk: Desk, spiral: Diagram) -> None:
    bad = spiral.with_(recipe=spiral.recipe.with_(data=Frozen(kind="csv", file="none.csv")))
    compiled, mendable = desk.give(m.SetDiagram(2, bad))
    assert mendable == m.Mendable(2, {})  # which data to take instead is not certain
    assert any(p.where.startswith("recipe.data") for p in compiled.report.problems)


def test_learning_by_heart_is_tried_on_the_side(desk: Desk) -> None:
    desk.train(3)
    random = torch.get_rng_state()
    before = {n: p.clone() for n, p in desk.run.program.parameters.items()}
    (done,) = desk.give(m.CheckOverfit())
    assert isinstance(done, m.Done) and "by heart" in done.text
    assert torch.equal(torch.get_rng_state(), random) and desk.run.step_count == 3
    for name, parameter in desk.run.program.parameters.items():
        assert torch.equal(parameter, before[name])


def test_a_diagram_that_cannot_learn_by_heart_is_told(desk: Desk, spiral: Diagram) -> None:
    desk.give(m.SetDiagram(2, SetRecipe("rate", 0.0).apply(spiral)))
    (failed,) = desk.give(m.CheckOverfit())
    assert isinstance(failed, m.Failed) and "did not learn" in failed.problem.message


def grouped(diagram: Diagram) -> Diagram:
    """The same net, its hidden layer in a part."""
    return Group(("linear1", "tanh1"), "hidden").apply(diagram)


def test_after_a_reset_the_report_is_what_it_was(spiral: Diagram) -> None:
    desk = Desk()
    (first,) = desk.give(m.SetDiagram(1, grouped(spiral)))
    assert first.report.shapes[Pin("hidden1", "y")] == (-1, 20)
    (again,) = desk.give(m.Reset())
    assert again.report == replace(first.report, source=again.report.source)


def test_a_reset_does_not_take_the_data_or_the_device_of_before(
    desk: Desk, spiral: Diagram
) -> None:
    bad = spiral.with_(recipe=spiral.recipe.with_(data=Frozen(kind="csv", path="none.csv")))
    desk.give(m.SetDiagram(2, bad))
    compiled = next(s for s in desk.give(m.Reset()) if isinstance(s, m.Compiled))
    assert any(p.where.startswith("recipe.data") for p in compiled.report.problems)
    assert not compiled.report.trainable and compiled.data == ""
    absent = "mps" if torch.cuda.is_available() else "cuda"
    desk.give(m.SetDiagram(3, SetRecipe("device", absent).apply(spiral)))
    compiled = next(s for s in desk.give(m.Reset()) if isinstance(s, m.Compiled))
    assert [p.where for p in compiled.report.problems] == ["recipe.device"]


def test_weights_that_come_before_their_run_are_loaded_when_it_begins(
    desk: Desk, spiral: Diagram, tmp_path: Path
) -> None:
    path = str(tmp_path / "d.gradboard")
    desk.train(7)
    desk.give(m.SaveWeights(path))
    other = Desk()
    broken = SetSetting("linear1", "units", 0).apply(spiral)
    other.give(m.SetDiagram(1, broken), m.LoadWeights(path))
    said = other.give(m.SetDiagram(2, spiral))
    assert [type(s) for s in said] == [m.Compiled, m.Done] and other.run.step_count == 7
    assert other.give(m.SetDiagram(3, spiral))[1:] == [], "they are loaded once"
    other.give(m.SetDiagram(4, broken, fresh=True), m.LoadWeights(path))
    other.give(m.SetDiagram(5, spiral, fresh=True))
    assert other.run.step_count == 0, "another file has nothing to do with them"


def test_what_cannot_be_compiled_is_a_problem_and_loses_nothing(
    desk: Desk, spiral: Diagram, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.train(3)
    weight = desk.run.program.parameters["linear1.weight"].detach().clone()
    desk.give(m.Play())
    for error in (RuntimeError("DefaultCPUAllocator: can't allocate memory"), KeyError("x")):
        with monkeypatch.context() as patched:
            patched.setattr("runtime.model.compile", _raises(error))
            compiled = desk.give(m.SetDiagram(2, spiral))[0]
        assert len(compiled.report.problems) == 1 and not compiled.report.trainable
        assert not desk.playing and desk.give(m.WantFrame()) == []
    with monkeypatch.context() as patched:
        patched.setattr("runtime.run.Batches", _raises(MemoryError()))
        other = SetRecipe("validation", 0.4).apply(spiral)
        compiled = desk.give(m.SetDiagram(3, other))[0]
    assert "out of memory" in compiled.report.problems[0].message
    assert desk.run.program.parameters["linear1.weight"] is not None
    desk.give(m.SetDiagram(4, spiral))
    assert torch.equal(desk.run.program.parameters["linear1.weight"], weight)
    assert desk.train(1)[-1] == m.Stopped(4)


def _raises(error: Exception) -> Any:
    def fail(*_arguments: Any, **_named: Any) -> Any:
        raise error

    return fail


def test_a_view_that_fails_is_told_once_and_the_training_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.looks.figure", _raises(ValueError("array must not hold NaN")))
    ask = Ask("embedding", "linear1")
    desk.give(m.WantFrame((ask,)))
    failed, shot = desk.said[-2:]
    assert isinstance(failed, m.Failed) and "embedding" in failed.problem.message
    assert isinstance(shot, Snapshot) and ask not in shot.views and shot.accuracy
    desk.give(m.Play(), m.WantFrame((ask,)))
    said = desk.work(3)
    assert desk.playing and not any(isinstance(s, m.Failed | m.Stopped) for s in said)


def test_a_command_that_fails_leaves_the_engine_at_work(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("runtime.engine.resume", _raises(KeyError("weights")))
    (failed,) = desk.give(m.LoadWeights("d.gradboard"))
    assert isinstance(failed, m.Failed) and "KeyError" in failed.problem.message
    assert "Traceback" in capfd.readouterr().err, "a fault of the program is told on its console"
    assert desk.train(2)[-1] == m.Stopped(2)
