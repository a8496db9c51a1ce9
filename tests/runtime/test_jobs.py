"""Jobs in the engine: progress, partial figures, an end when asked, and a run that does not notice them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from graph.diagram import Diagram, Frozen
from nodes.sketch import Sketch
from runtime import jobs
from runtime import messages as m
from runtime.figures.surface import Path, Surface
from runtime.run import Run
from runtime.session import Session
from runtime.snapshot import Ask
from tests.runtime.test_engine import Desk

ASK = Ask("surface", choice="directions")


def dropout_net(**recipe: Any) -> Diagram:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    hidden = s.dropout(s.batch_norm(s.tanh(s.linear(x, units=8))))
    s.cross_entropy(s.linear(hidden, units=3), y)
    return s.diagram(
        **{
            "data": "spiral",
            "dtype": "float64",
            "batch": 32,
            "optimizer": "adam",
            "seed": 1,
            **recipe,
        }
    )


def desk(diagram: Diagram) -> Desk:
    made = Desk()
    made.give(m.SetDiagram(1, diagram))
    return made


def told(desk: Desk) -> list[m.Computed]:
    return [message for message in desk.said if isinstance(message, m.Computed)]


def losses(with_job: bool) -> tuple[list[float], dict[str, Any]]:
    desk_ = desk(dropout_net())
    run = desk_.engine.trainer.run
    assert run is not None
    found = []
    if with_job:
        desk_.give(m.StartJob(ASK))
    for _ in range(60):
        found.append(run.step())
        if with_job:
            desk_.engine.jobs.work()
    return found, run.state()


def test_a_run_with_a_job_beside_it_is_the_same_to_the_last_digit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def noisy(run: Run, ask: Ask) -> Iterator[tuple[float, Any]]:
        for share, figure in jobs.surface(run, ask):
            torch.rand(3)
            yield share, figure

    monkeypatch.setattr(jobs, "JOBS", Frozen(surface=noisy))
    (alone, own), (beside, other) = losses(False), losses(True)
    assert alone == beside
    for name, value in own["weights"].items():
        assert torch.equal(value, other["weights"][name]), name  # averages of batch_norm too
    assert torch.equal(own["random"], other["random"])
    assert own["batches"]["position"] == other["batches"]["position"]


def test_progress_and_what_is_there_already_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "TOLD_EVERY", 0.0)
    desk_ = desk(dropout_net())
    desk_.give(m.StartJob(ASK))
    assert (
        desk_.engine.busy and not desk_.engine.trainer.playing
    )  # it goes on while the training pauses
    while desk_.engine.busy:
        desk_.work()
    found = told(desk_)
    assert len(found) > 3 and [t.share for t in found] == sorted(t.share for t in found)
    assert [t.over for t in found] == [False] * (len(found) - 1) + [True]
    assert all(isinstance(t.figure, Surface) for t in found)
    assert found[-1].share == 1.0 and np.isfinite(found[-1].figure.loss).all()  # type: ignore[attr-defined]
    assert desk_.engine.trainer.run is not None and desk_.engine.trainer.run.step_count == 0


def test_training_goes_on_beside_it() -> None:
    desk_ = desk(dropout_net())
    desk_.give(m.Play(), m.StartJob(ASK))
    while len(desk_.engine.jobs):
        desk_.work()
    assert desk_.engine.trainer.playing and desk_.engine.trainer.run is not None
    assert desk_.engine.trainer.run.step_count > 20 and told(desk_)[-1].share == 1.0


def test_training_keeps_its_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(run: Run, ask: Ask) -> Iterator[tuple[float, Any]]:
        for n in range(10):
            time.sleep(0.05)  # a point that takes much longer than a slice
            yield n / 10, n

    monkeypatch.setattr(jobs, "JOBS", Frozen(surface=slow))
    desk_ = desk(dropout_net())
    desk_.give(m.Play(), m.StartJob(ASK))
    turns = 0
    while len(desk_.engine.jobs):
        desk_.work()
        turns += 1
    assert turns > 20  # of 4 ms or a step: one for each point would be 11


def test_stopping_tells_what_is_there_and_nothing_after() -> None:
    desk_ = desk(dropout_net())
    desk_.give(m.StartJob(ASK))
    desk_.work()
    (last,) = desk_.give(m.StopJob(ASK))
    assert last.over and 0 < last.share < 1 and isinstance(last.figure, Surface)
    assert not desk_.engine.busy
    assert desk_.give(m.StopJob(ASK)) == []


@pytest.mark.parametrize("command", [m.Reset(), m.SetDiagram(2, dropout_net(rate=0.5))])
def test_a_reset_or_a_new_diagram_ends_it(command: m.Command) -> None:
    desk_ = desk(dropout_net())
    desk_.give(m.StartJob(ASK))
    desk_.work()
    assert any(isinstance(s, m.Computed) and s.over for s in desk_.give(command))
    assert not desk_.engine.busy


def test_another_surface_takes_the_place_of_the_one_before() -> None:
    desk_ = desk(dropout_net())
    other = Ask("surface", choice="directions; seed=7")
    desk_.give(m.StartJob(ASK), m.StartJob(other))
    assert len(desk_.engine.jobs) == 1
    while desk_.engine.busy:
        desk_.work()
    assert {t.ask for t in told(desk_) if t.share == 1.0} == {other}


def test_a_job_that_fails_says_why_and_is_over() -> None:
    desk_ = desk(dropout_net())
    desk_.give(m.StartJob(Ask("surface", choice="weights; x=linear9.weight[0]")))
    said = desk_.work()
    assert isinstance(said[0], m.Failed) and "there is no weight" in str(said[0].problem)
    assert said[1].over and said[1].figure is None and not desk_.engine.busy
    empty = Desk()
    said = empty.give(m.StartJob(ASK))
    assert isinstance(said[0], m.Failed) and said[1].over
    said = desk_.give(m.StartJob(Ask("no_such_job")))
    assert isinstance(said[0], m.Failed) and said[1].over


def test_a_job_gets_on_even_where_a_slice_is_too_short_for_a_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "SLICE", 0.0)
    desk_ = desk(dropout_net())
    desk_.give(m.StartJob(ASK))
    before = desk_.engine.jobs._last[ASK]
    desk_.work()
    assert desk_.engine.jobs._last[ASK] != before


def test_the_path_is_a_figure_like_any_other() -> None:
    desk_ = desk(dropout_net())
    desk_.give(m.StartJob(ASK))
    while desk_.engine.busy:
        desk_.work()
    asked = Ask("path", choice=ASK.choice)
    desk_.give(m.Step(5))
    while desk_.engine.trainer.playing:
        desk_.work()
    (shot,) = desk_.give(m.WantFrame(asks=(asked,)))
    shown = shot.views[asked]
    assert isinstance(shown, Path) and shown.points.shape == (7, 2) and shown.steps[-1] == 5
    np.testing.assert_allclose(shown.points[0], 0, atol=1e-12)  # the surface is around the first


def test_the_engines_process_computes_while_it_pauses() -> None:
    session = Session()
    session.start()
    try:
        session.send(m.SetDiagram(1, dropout_net()))
        session.send(m.StartJob(ASK))
        found: list[Any] = []
        until = time.monotonic() + 60
        while time.monotonic() < until and not any(getattr(f, "over", False) for f in found):
            found += session.receive()
            time.sleep(0.02)
        assert [f for f in found if isinstance(f, m.Computed)][-1].share == 1.0
    finally:
        session.close()


def test_a_fault_in_a_job_ends_the_job_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(_run: Run, _ask: Ask) -> Any:
        yield 0.1, None
        raise KeyError("linear1")

    monkeypatch.setattr(jobs, "JOBS", {"surface": faulty})
    desk_ = desk(dropout_net())
    desk_.give(m.StartJob(Ask("surface")))
    while desk_.engine.busy:
        desk_.work()
    failed, over = desk_.said[-2:]
    assert isinstance(failed, m.Failed) and "KeyError" in failed.problem.message and over.over
