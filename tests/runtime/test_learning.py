"""Schedules, averages, early stopping, clipping by value and L-BFGS in a run: against torch, and over a resume."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import gradboard as gb
from graph.diagram import Diagram
from graph.edits import RemoveBlocks, SetRecipe, SetSetting
from runtime import earlier
from runtime import messages as m
from runtime.checkpoint import load_run, load_weights, save_run, weights_path
from runtime.data import load, split
from runtime.engine import Engine
from runtime.program import compile
from runtime.recipe import Recipe
from runtime.run import NonFinite, Run
from tests.runtime.conftest import classifier

SMALL = {"data": {"kind": "spiral", "points": 40}, "dtype": "float64", "batch": 24}


def small(**recipe: Any) -> Diagram:
    return classifier(**{**SMALL, **recipe})


def test_a_schedule_trains_as_torchs_scheduler_does() -> None:
    schedule = {"kind": "cosine", "length": 20, "unit": "steps"}
    diagram = small(optimizer={"kind": "sgd", "momentum": 0.9}, rate=0.2, schedule=schedule)
    run = Run(compile(diagram))
    net = nn.Sequential(nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 3)).double()
    for (name, ours), theirs in zip(run.program.parameters.items(), net.parameters(), strict=True):
        assert ours.shape == theirs.shape, name
        theirs.data.copy_(ours.data)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 20)
    twin = Run(compile(diagram))
    for _ in range(20):
        batch = twin.batches.next()
        optimizer.zero_grad()
        loss = F.cross_entropy(net(batch["x"]), batch["y"])
        loss.backward()  # type: ignore[no-untyped-call]
        assert run.step() == pytest.approx(loss.item(), rel=1e-12)
        assert run.rate == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)
        optimizer.step()
        scheduler.step()


def test_epochs_are_counted_from_0_and_the_base_rate_may_change() -> None:
    diagram = small(rate=0.1, schedule={"kind": "exponential", "gamma": 0.5})
    result = gb.train(diagram, epochs=3)
    assert [row["rate"] for row in result.history] == pytest.approx([0.1, 0.05, 0.025])
    run = result.run
    changed = SetRecipe("rate", 0.8).apply(diagram)
    run.adopt(compile(changed, data=run.data, keep=run.program), run.data)
    run.step()
    assert run.batches.epoch == 3 and run.rate == pytest.approx(0.1)


def test_a_plateau_lowers_the_rate_when_the_validation_loss_rises() -> None:
    schedule = {"kind": "plateau", "patience": 0, "gamma": 0.5}
    result = gb.train(small(rate=3.0, optimizer="sgd", schedule=schedule), epochs=12)
    losses = [row["validation_loss"] for row in result.history]
    theirs = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=3.0)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, factor=0.5, patience=0)
    rates = []
    for loss in losses:
        rates.append(theirs.param_groups[0]["lr"])
        scheduler.step(loss)
    assert [row["rate"] for row in result.history] == pytest.approx(rates)
    assert rates[-1] < 3.0


def overfitting(**recipe: Any) -> Diagram:
    data = {"kind": "spiral", "points": 25, "noise": 0.6}
    return small(data=data, rate=0.1, **recipe)


def test_early_stopping_keeps_the_best_weights() -> None:
    result = gb.train(overfitting(patience=4), epochs=400)
    losses = [row["validation_loss"] for row in result.history]
    best = losses.index(min(losses))
    assert len(losses) == best + 5 < 400 and result.best_epoch == best + 1
    assert result.metrics["validation"]["loss"] == pytest.approx(min(losses), rel=1e-12)
    assert losses[-1] > min(losses)


def test_the_best_weights_are_kept_too_when_the_epochs_are_over() -> None:
    result = gb.train(overfitting(patience=1000), epochs=60)
    losses = [row["validation_loss"] for row in result.history]
    assert len(losses) == 60 and losses[-1] > min(losses)
    assert result.metrics["validation"]["loss"] == pytest.approx(min(losses), rel=1e-12)


def test_early_stopping_goes_on_over_a_resume(tmp_path: Path) -> None:
    diagram = overfitting(patience=4, schedule={"kind": "plateau", "patience": 1})
    whole = gb.train(diagram, epochs=400)
    run = Run(compile(diagram))
    while run.batches.finished < len(whole.history) - 2:
        run.step()
    save_run(run.state(), tmp_path / "d.gradboard")
    later = gb.train(diagram, resume=tmp_path / "d.gradboard", epochs=400)
    assert [row["loss"] for row in later.history] == [row["loss"] for row in whole.history[-2:]]
    assert later.metrics == whole.metrics and later.best_epoch == whole.best_epoch


def test_the_engine_stops_by_itself_and_may_go_on() -> None:
    said: list[Any] = []
    engine = Engine(said.append)
    engine.handle(m.SetDiagram(1, overfitting(patience=2)))
    engine.handle(m.Play())
    for _ in range(5000):
        if not engine.trainer.playing:
            break
        engine.work()
    stopped = said[-1]
    assert isinstance(stopped, m.Stopped) and stopped.problem is None and stopped.step > 0
    assert engine.trainer.run is not None and not engine.trainer.run.exhausted
    engine.handle(m.Play())
    engine.work()
    assert engine.trainer.run.step_count > stopped.step


def test_averages_are_judged_and_saved_and_training_goes_on_from_the_last_step(
    tmp_path: Path,
) -> None:
    averaged, plain = (
        Run(compile(small(optimizer=kind, rate=0.5))) for kind in ("averaged_sgd", "sgd")
    )
    seen: list[dict[str, torch.Tensor]] = []
    for _ in range(30):
        assert averaged.step() == plain.step()
        averaged.evaluate()
        seen.append({k: p.detach().clone() for k, p in plain.program.parameters.items()})
    mean = {k: torch.stack([s[k] for s in seen]).mean(0) for k in seen[0]}
    last = plain.program.parameters
    for name, p in averaged.program.parameters.items():
        torch.testing.assert_close(p, last[name], rtol=0, atol=0)
    save_run(averaged.state(), tmp_path / "d.gradboard")
    saved = load_weights(weights_path(tmp_path / "d.gradboard"))
    for name, value in mean.items():
        torch.testing.assert_close(saved[name], value, rtol=1e-10, atol=1e-12)
    plain.program.load(mean)
    assert averaged.evaluate()["loss"] == pytest.approx(plain.evaluate()["loss"], rel=1e-10)


def test_a_finished_result_predicts_with_the_averages() -> None:
    result = gb.train(small(optimizer="averaged_sgd", rate=0.5), epochs=4)
    judged = result.metrics["test"]["loss"]
    rows = result.run.batches.parts.test
    given = {name: values[rows] for name, values in result.run.data.fields.items()}
    assert float(result.program.loss(**given).detach()) == pytest.approx(judged, rel=1e-10)


@pytest.mark.parametrize("watched", [False, True])
def test_lbfgs_is_torchs(watched: bool) -> None:
    optimizer = {"kind": "lbfgs", "iterations": 5}
    diagram = small(optimizer=optimizer, rate=1.0, batch=1000, shuffle=False)
    run = Run(compile(diagram))
    net = nn.Sequential(nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 3)).double()
    net.load_state_dict(dict(zip(net.state_dict(), run.state()["weights"].values(), strict=True)))
    recipe = Recipe.read(diagram.recipe)
    data = load(recipe.data, recipe.seed)
    rows = split(data, recipe).training
    x, y = torch.as_tensor(data.fields["x"][rows]), torch.as_tensor(data.fields["y"][rows])
    theirs = torch.optim.LBFGS(
        net.parameters(), lr=1.0, max_iter=5, history_size=10, line_search_fn="strong_wolfe"
    )

    def closure() -> torch.Tensor:
        theirs.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    for _ in range(6):
        loss = theirs.step(closure).item()  # type: ignore[arg-type]
        assert (run.watch().loss if watched else run.step()) == pytest.approx(loss, rel=1e-8)
    assert loss < 0.9


def test_lbfgs_reaches_the_least_squares_solution() -> None:
    import numpy as np

    s = gb.Sketch()
    s.squared_error(s.linear(s.observed("x"), units=1), s.observed("y"))
    recipe = dict(validation=0.0, test=0.0, dtype="float64", batch=10_000, rate=1.0)
    result = gb.train(s.diagram(data="diabetes", optimizer="lbfgs", **recipe), epochs=30)
    x, y = (result.run.data.fields[n] for n in "xy")
    exact = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y, rcond=None)[0]
    found = result.program.parameters["linear1.weight"].detach().numpy()
    np.testing.assert_allclose(found[0], exact[:-1, 0], rtol=1e-3)


def test_clipping_by_value_is_torchs() -> None:
    run = Run(compile(small(optimizer="sgd", rate=1.0, clip_value=1e-2)))
    before = {k: p.detach().clone() for k, p in run.program.parameters.items()}
    gradients = {}
    twin = Run(compile(small(optimizer="sgd", rate=0.0)))
    twin.step()
    for name, p in twin.program.parameters.items():
        assert p.grad is not None
        gradients[name] = p.grad.clamp(-1e-2, 1e-2)
    run.step()
    for name, p in run.program.parameters.items():
        torch.testing.assert_close(p.detach(), before[name] - gradients[name], rtol=1e-12, atol=0)
    assert max(float(g.abs().max()) for g in gradients.values()) == 1e-2


@pytest.mark.parametrize("optimizer", ["lbfgs", "averaged_sgd"])
def test_live_edits_keep_the_optimizers_memory(optimizer: str) -> None:
    diagram = small(optimizer=optimizer, rate=0.5)
    edited, unedited = Run(compile(diagram)), Run(compile(diagram))
    for _ in range(5):
        edited.step(), unedited.step()
    same = SetRecipe("epochs", 7).apply(diagram)
    edited.adopt(compile(same, data=edited.data, keep=edited.program), edited.data)
    assert [edited.step() for _ in range(5)] == [unedited.step() for _ in range(5)]
    assert edited.evaluate() == unedited.evaluate()


def _edited(run: Run, diagram: Diagram) -> dict[str, torch.Tensor]:
    """The weights after an edit to a running diagram, copies."""
    run.adopt(compile(diagram, data=run.data, keep=run.program), run.data)
    return {name: p.detach().clone() for name, p in run.program.parameters.items()}


def test_an_edit_that_is_undone_gives_the_learned_weights_back() -> None:
    diagram = small(rate=0.1)
    run = Run(compile(diagram))
    for _ in range(5):
        run.step()
    learned = _edited(run, diagram)
    wider = SetSetting("linear1", "units", 7).apply(diagram)
    wider_yet = SetSetting("linear1", "units", 9).apply(diagram)
    for steps in (0, 3):  # also when it is trained on meanwhile
        other = _edited(run, wider)
        assert other["linear1.weight"].shape[0] == 7
        for _ in range(steps):
            run.step()
        _edited(run, wider_yet)
        back = _edited(run, diagram)
        for name in ("linear1.weight", "linear1.bias", "linear2.weight"):
            torch.testing.assert_close(back[name], learned[name], rtol=0, atol=0)
    again = _edited(run, wider)["linear1.weight"]  # that was trained as well
    assert not torch.equal(again, other["linear1.weight"])


def test_undoing_and_redoing_every_edit_gives_the_learned_weights_back() -> None:
    diagram = small(rate=0.1)
    run = Run(compile(diagram))
    for _ in range(5):
        run.step()
    learned = {n: p.detach().clone() for n, p in run.program.parameters.items()}
    program = run.program
    steps = [diagram, SetSetting("linear1", "units", 7).apply(diagram)]
    for name in ("linear2", "linear1"):
        steps.append(RemoveBlocks((name,)).apply(steps[-1]))
    for step in (*steps, *reversed(steps)):
        program = compile(step, data=run.data, keep=program)
    for name, value in program.parameters.items():
        torch.testing.assert_close(value.detach(), learned[name], rtol=0, atol=0)


def test_what_was_never_trained_is_not_kept_and_what_is_kept_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    diagram = small()
    wider = SetSetting("linear1", "units", 7).apply(diagram)
    first = compile(diagram)
    assert compile(wider, keep=first).earlier == {}
    run = Run(first)
    run.step()
    assert len(compile(wider, keep=first).earlier) == 3
    monkeypatch.setattr(earlier, "MOST", 8 * 4)
    assert len(compile(wider, keep=first).earlier) <= 1


def test_a_state_of_before_has_no_record(tmp_path: Path) -> None:
    run = Run(compile(small()))
    run.step()
    save_run(run.state(), tmp_path / "d.gradboard")
    state = load_run(tmp_path / "d.gradboard")
    assert state is not None
    del state["record"]
    run.restore(state)
    assert run.record.losses == [] and run.step_count == 1


def test_a_subset_trains_on_so_many_samples_only() -> None:
    run = Run(compile(small(subset=6, batch=4)))
    assert run.batches.samples == 6 and len(run.batches.part("test")["x"]) == 24
    seen = [run.batches.next()["x"] for _ in range(4)]
    assert len(torch.cat(seen).unique(dim=0)) == 6
    whole = SetRecipe("subset", None).apply(small(subset=6, batch=4))
    run.adopt(compile(whole, data=run.data, keep=run.program), run.data)
    assert run.batches.samples == 72


def test_a_frozen_block_stays_and_may_thaw_while_it_runs() -> None:
    diagram = small(optimizer={"kind": "sgd", "momentum": 0.9}, rate=0.3)
    frozen = SetSetting("linear1", "freeze", True).apply(diagram)
    run = Run(compile(frozen))
    assert run.program.report.counts == compile(diagram).report.counts
    first, second = (run.program.parameters[f"linear{n}.weight"] for n in (1, 2))
    before = first.detach().clone(), second.detach().clone()
    run.step()
    run.watch()
    torch.testing.assert_close(first.detach(), before[0], rtol=0, atol=0)
    assert not torch.equal(second.detach(), before[1])
    memory = run.optimizer.state[second]["momentum_buffer"]  # type: ignore[union-attr]
    run.adopt(compile(diagram, data=run.data, keep=run.program), run.data)
    assert run.program.parameters["linear1.weight"] is first
    torch.testing.assert_close(first.detach(), before[0], rtol=0, atol=0)
    assert run.optimizer.state[second]["momentum_buffer"] is memory  # type: ignore[union-attr]
    run.step()
    assert not torch.equal(first.detach(), before[0])
    run.adopt(compile(frozen, data=run.data, keep=run.program), run.data)
    kept = first.detach().clone()
    run.step()
    torch.testing.assert_close(first.detach(), kept, rtol=0, atol=0)


def test_shared_weights_are_frozen_by_their_owner() -> None:
    s = gb.Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(s.linear(x, units=2, freeze=True), units=2, shares="linear1"), y)
    program = compile(s.diagram(data={"x": [[0.0, 1.0]], "y": [[1.0, 0.0]]}))
    assert not any(p.requires_grad for p in program.parameters.values())
    assert not program.report.trainable


def test_every_block_begins_as_it_says() -> None:
    diagram = SetSetting("linear1", "init", "constant").apply(small())
    diagram = SetSetting("linear1", "scale", 0.25).apply(diagram)
    diagram = SetSetting("linear2", "init", "orthogonal").apply(diagram)
    program = compile(diagram)
    weights = program.parameters
    assert torch.equal(weights["linear1.weight"], torch.full((20, 2), 0.25, dtype=torch.float64))
    assert not weights["linear1.bias"].any() and not weights["linear2.bias"].any()
    square = weights["linear2.weight"] @ weights["linear2.weight"].T
    torch.testing.assert_close(
        square.detach(), torch.eye(3, dtype=torch.float64), atol=1e-6, rtol=0
    )
    again = compile(diagram)
    torch.testing.assert_close(again.parameters["linear2.weight"], weights["linear2.weight"])


def test_thirty_layers_begin_alive_with_he_and_dead_with_xavier() -> None:
    def end(init: str) -> float:
        s = gb.Sketch()
        z, y = s.observed("x"), s.observed("y")
        for _ in range(30):
            z = s.relu(s.linear(z, units=64, init=init))
        s.squared_error(z, y)
        data = {"x": torch.randn(64, 64).tolist(), "y": torch.zeros(64, 64).tolist()}
        program = compile(s.diagram(data=data, dtype="float64"))
        return float(program.predictor()(torch.randn(64, 64).double()).detach().std())

    assert end("he") > 0.05 and end("xavier") < 1e-3


def test_a_snapshot_tells_the_rate() -> None:
    run = Run(compile(small(rate=0.4, schedule={"kind": "step", "length": 2, "unit": "steps"})))
    assert [run.watch().rate for _ in range(5)] == pytest.approx([0.4, 0.4, 0.04, 0.04, 0.004])


@pytest.mark.parametrize("optimizer", ["averaged_sgd", "lbfgs"])
def test_the_last_finite_state_is_that_of_plain_steps(optimizer: str) -> None:
    s = gb.Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(s.product(*(2 * [s.linear(x, units=8)])), units=1), y)
    settings = {"kind": "lbfgs", "line_search": False} if optimizer == "lbfgs" else optimizer
    schedule = {"kind": "plateau", "patience": 0, "gamma": 0.9}
    recipe = {"rate": 4.0, "batch": 300, "dtype": "float64", "schedule": schedule, "patience": 9}
    diagram = s.diagram(data={"kind": "spiral", "points": 300}, optimizer=settings, **recipe)
    run = Run(compile(diagram))
    with pytest.raises(NonFinite):
        for _ in range(2000):
            run.step()
    again = Run(compile(diagram))
    while again.step_count < run.step_count:
        again.step()
    for name, p in run.program.parameters.items():
        assert bool(torch.isfinite(p).all())
        torch.testing.assert_close(p, again.program.parameters[name], rtol=0, atol=0)
    assert run.record.losses == again.record.losses


def test_a_paused_look_is_with_the_averages() -> None:
    run = Run(compile(small(optimizer="averaged_sgd", rate=0.5, shuffle=False, batch=1000)))
    for _ in range(5):
        run.step()
    assert run.look().loss == pytest.approx(run.evaluate("training")["loss"], rel=1e-12)


def test_a_live_edit_keeps_the_record_and_other_data_begin_a_new_one() -> None:
    s = gb.Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.batch_norm(s.linear(x, units=5)), units=3), y)
    diagram = s.diagram(patience=50, **SMALL)
    run = Run(compile(diagram))
    while run.batches.finished < 3:
        run.step()
    slower = SetRecipe("rate", 1e-3).apply(diagram)
    run.adopt(compile(slower, data=run.data, keep=run.program), run.data)
    assert len(run.record.losses) == 3 and run.record.best
    other = load({"kind": "spiral", "points": 30})
    run.adopt(compile(slower, data=other, keep=run.program), other)
    assert not run.record.losses and not run.record.best
