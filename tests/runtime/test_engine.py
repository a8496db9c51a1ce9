"""The engine without a process, and the session with one: commands in, messages out, death and restart."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from graph.diagram import Diagram, Frozen
from graph.edits import SetRecipe, SetSetting
from nodes.sketch import Sketch
from runtime import messages as m
from runtime.engine import Engine
from runtime.session import Session
from runtime.snapshot import Ask, Snapshot
from tests.runtime.conftest import classifier


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
    before = {n: p.clone() for n, p in desk.engine.run.program.parameters.items()}  # type: ignore[union-attr]
    ask = Ask("answers", size=30)
    (shot,) = desk.give(m.WantFrame((ask,)))
    assert shot.step == 0 and not shot.playing and shot.views[ask].grid.answer.shape == (30, 30)
    assert any(flow.gradient > 0 for flow in shot.flows.values()) and shot.accuracy
    for name, parameter in desk.engine.run.program.parameters.items():  # type: ignore[union-attr]
        assert torch.equal(parameter, before[name])


def test_step_makes_that_many_and_shows_the_last(desk: Desk) -> None:
    desk.give(m.Step(5))
    said = desk.work(3) if desk.engine.playing else []
    shots = [s for s in said if isinstance(s, Snapshot)]
    assert shots[-1].step == 5 and not desk.engine.playing
    assert m.Stopped(5) in said


def test_edits_while_training_keep_the_weights(desk: Desk, spiral: Diagram) -> None:
    desk.give(m.Step(20))
    while desk.engine.playing:
        desk.work()
    run = desk.engine.run
    assert run is not None
    weight = run.program.parameters["linear1.weight"]
    (compiled,) = desk.give(m.SetDiagram(2, SetRecipe("rate", 0.5).apply(spiral)))
    assert not compiled.restarted and desk.engine.run is run and run.step_count == 20
    assert run.program.parameters["linear1.weight"] is weight
    assert run.optimizer is not None and run.optimizer.param_groups[0]["lr"] == 0.5
    desk.give(m.SetDiagram(3, SetRecipe("data", {"kind": "xor"}).apply(spiral)))
    assert run.data.title != "" and run.program.parameters["linear1.weight"] is weight
    desk.give(m.SetDiagram(4, spiral, fresh=True))
    assert (
        desk.engine.run is not run
        and desk.engine.run is not None
        and desk.engine.run.step_count == 0
    )


def test_an_edit_that_breaks_the_diagram_pauses_and_mending_it_goes_on(
    desk: Desk, spiral: Diagram
) -> None:
    desk.give(m.Step(3))
    while desk.engine.playing:
        desk.work()
    weight = desk.engine.run.program.parameters["linear1.weight"]  # type: ignore[union-attr]
    desk.give(m.Play())
    broken, _ = desk.give(m.SetDiagram(2, SetSetting("linear1", "units", 0).apply(spiral)))
    assert broken.report.problems[0].where == "linear1.units" and not desk.engine.playing
    said = desk.give(m.Play())
    assert isinstance(said[0], m.Stopped) and said[0].problem is not None
    desk.give(m.SetDiagram(3, spiral))
    assert torch.equal(desk.engine.run.program.parameters["linear1.weight"], weight)  # type: ignore[union-attr]
    assert desk.engine.run.step_count == 3  # type: ignore[union-attr]


def test_reset_gives_the_first_weights_again(desk: Desk) -> None:
    first = desk.engine.run.program.parameters["linear1.weight"].detach().clone()  # type: ignore[union-attr]
    desk.give(m.Step(10))
    while desk.engine.playing:
        desk.work()
    (compiled,) = desk.give(m.Reset())
    assert compiled.restarted and desk.engine.run.step_count == 0  # type: ignore[union-attr]
    assert torch.equal(desk.engine.run.program.parameters["linear1.weight"], first)  # type: ignore[union-attr]


def test_weights_are_saved_and_loaded(desk: Desk, spiral: Diagram, tmp_path: Path) -> None:
    path = str(tmp_path / "d.gradboard")
    desk.give(m.Step(7))
    while desk.engine.playing:
        desk.work()
    assert isinstance(desk.give(m.SaveWeights(path))[0], m.Done)
    other = Desk()
    other.give(m.SetDiagram(1, spiral))
    assert isinstance(other.give(m.LoadWeights(path))[0], m.Done)
    assert other.engine.run.step_count == 7  # type: ignore[union-attr]
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
        if not desk.engine.playing:
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
    desk.give(m.Step(3))
    while desk.engine.playing:
        desk.work()
    random = torch.get_rng_state()
    before = {n: p.clone() for n, p in desk.engine.run.program.parameters.items()}  # type: ignore[union-attr]
    (done,) = desk.give(m.CheckOverfit())
    assert isinstance(done, m.Done) and "by heart" in done.text
    assert torch.equal(torch.get_rng_state(), random) and desk.engine.run.step_count == 3  # type: ignore[union-attr]
    for name, parameter in desk.engine.run.program.parameters.items():  # type: ignore[union-attr]
        assert torch.equal(parameter, before[name])


def test_a_diagram_that_cannot_learn_by_heart_is_told(desk: Desk, spiral: Diagram) -> None:
    desk.give(m.SetDiagram(2, SetRecipe("rate", 0.0).apply(spiral)))
    (failed,) = desk.give(m.CheckOverfit())
    assert isinstance(failed, m.Failed) and "did not learn" in failed.problem.message


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session()
    HEARD.clear()
    made.start()
    yield made
    made.close()


HEARD: list[Any] = []


def wait_for(session: Session, kind: type, seconds: float = 180.0) -> Any:
    """The next message of a kind; what came after it stays for the next call."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        HEARD.extend(session.receive())
        while HEARD:
            message = HEARD.pop(0)
            if isinstance(message, kind):
                return message
        time.sleep(0.01)
    raise AssertionError(f"no {kind.__name__} within {seconds} s")


def test_the_engine_trains_in_its_own_process_dies_and_comes_back(
    session: Session, spiral: Diagram
) -> None:
    session.send(m.SetDiagram(1, classifier(seed=4)))
    session.send(m.SetDiagram(2, spiral))  # the last one counts
    session.send(m.Play())
    session.send(m.WantFrame())
    assert wait_for(session, m.Compiled).version == 2
    assert wait_for(session, Snapshot).loss > 0
    os.kill(session.pid or 0, signal.SIGKILL)
    assert "SIGKILL" in wait_for(session, m.Died).text
    assert not session.alive and session.receive() == []
    session.send(m.Play())  # goes nowhere, and does no harm
    session.restart()
    session.send(m.SetDiagram(3, spiral))
    assert wait_for(session, m.Compiled).version == 3


def test_the_engine_ends_with_its_screen() -> None:
    code = (
        "import time\nfrom runtime.session import Session\n"
        "if __name__ == '__main__':\n"
        "    s = Session(); s.start()\n"
        "    while not s.ready: s.receive(); time.sleep(0.01)\n"
        "    print(s.pid, flush=True); import os; os._exit(0)\n"
    )
    # not -c: a spawned process reads the main module's file again
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"gradboard_orphan_{os.getpid()}.py"
    path.write_text(code)
    try:
        out = subprocess.run(
            [sys.executable, str(path)],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=Path.cwd(),
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
    finally:
        path.unlink()
    pid = int(out.stdout.split()[0])
    end = time.monotonic() + 10
    while time.monotonic() < end and _running(pid):
        time.sleep(0.05)
    assert not _running(pid)


def _running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_session_imports_no_torch() -> None:
    code = "import sys, runtime.session, runtime.messages, runtime.recipe, runtime.data; print('torch' in sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert out.stdout.strip() == "False"
