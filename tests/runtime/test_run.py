"""Training, compared with a loop written by hand; evaluation, resuming, and losses that are no numbers."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import gradboard as gb
from graph.edits import SetRecipe, SetSetting
from graph.problem import DiagramError, FileError
from nodes.sketch import Sketch
from runtime.checkpoint import load_run, load_weights, resume, save_run, state_path, weights_path
from runtime.data import load, split
from runtime.optimizers import catalogue as optimizers
from runtime.program import compile
from runtime.recipe import Recipe
from runtime.run import NonFinite, Run
from tests.runtime.conftest import classifier


def test_anyones_own_loop_gives_the_same_numbers() -> None:
    diagram = classifier(
        dtype="float64", shuffle=False, optimizer={"kind": "sgd", "momentum": 0.9}, rate=0.1
    )
    torch.manual_seed(5)
    net = nn.Sequential(nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 3)).double()
    weights = {
        f"linear{n}.{k}": v.clone()
        for n, m in ((1, net[0]), (2, net[2]))
        for k, v in m.state_dict().items()
    }
    result = gb.train(diagram, epochs=3, weights=weights)

    recipe = Recipe.read(diagram.recipe)
    data = load(recipe.data, recipe.seed)
    rows = split(data, recipe).training
    x, y = torch.as_tensor(data.fields["x"][rows]), torch.as_tensor(data.fields["y"][rows])
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    for _ in range(3):
        for i in range(0, len(x), 32):
            optimizer.zero_grad()
            F.cross_entropy(net(x[i : i + 32]), y[i : i + 32]).backward()
            optimizer.step()
    for name, parameter in net.named_parameters():
        ours = result.program.parameters[{"0": "linear1", "2": "linear2"}[name[0]] + name[1:]]
        torch.testing.assert_close(ours, parameter, rtol=1e-13, atol=1e-15)


def test_watched_steps_train_like_plain_ones() -> None:
    diagram = classifier(dtype="float64")
    plain, watched = Run(compile(diagram)), Run(compile(diagram))
    losses = [(plain.step(), watched.watch().loss) for _ in range(60)]
    assert max(abs(a - b) for a, b in losses) < 1e-12


def test_a_snapshot_holds_the_curve_since_the_last() -> None:
    run = Run(compile(classifier()))
    for _ in range(5):
        run.step()
    shot = run.watch()
    assert shot.curve[:, 0].tolist() == [0, 1, 2, 3, 4, 5] and shot.curve[-1, 1] == shot.loss
    assert len(run.watch().curve) == 1


def test_accuracy_equals_scikit_learns() -> None:
    from sklearn.metrics import accuracy_score, log_loss

    run = Run(compile(classifier(dtype="float64")))
    for _ in range(100):
        run.step()
    found = run.evaluate("test")
    rows = run.batches.parts.test
    x, y = run.data.fields["x"][rows], run.data.fields["y"][rows]
    out = run.program.predict(x=x)["ȳ"]
    assert found["accuracy"] == pytest.approx(accuracy_score(y, out.argmax(1)), abs=1e-12)
    assert found["loss"] == pytest.approx(log_loss(y, out.softmax(1).numpy()), rel=1e-10)


def dropping() -> gb.Sketch:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.dropout(s.relu(s.linear(x, units=30))), units=3), y)
    return s


@pytest.mark.parametrize("optimizer", optimizers())
def test_a_resumed_run_gives_the_losses_of_an_unbroken_one(tmp_path: Path, optimizer: str) -> None:
    diagram = dropping().diagram(data="spiral", optimizer=optimizer, rate=0.01, batch=50, seed=3)
    unbroken = Run(compile(diagram))
    first = [unbroken.step() for _ in range(70)]
    save_run(unbroken.state(), tmp_path / "d.gradboard")
    rest = [unbroken.step() for _ in range(70)]
    torch.manual_seed(99)
    state = load_run(tmp_path / "d.gradboard")
    assert state is not None
    resumed = Run(compile(diagram))
    resumed.restore(state)
    assert [resumed.step() for _ in range(70)] == rest
    assert first != rest and resumed.step_count == 140


def test_broken_weights_are_one_sentence_and_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "d.gradboard"
    run = Run(compile(classifier()))
    save_run(run.state(), path)
    assert load_run(tmp_path / "other.gradboard") is None
    whole = state_path(path).read_bytes()
    for broken in (
        b"",
        whole[:100],
        b"\xff" * 64,
        whole.replace(b"gradboard state 1", b"gradboard state 9"),
    ):
        state_path(path).write_bytes(broken)
        with pytest.raises(FileError) as error:
            load_run(path)
        assert str(state_path(path)) in str(error.value) and "\n" not in str(error.value)
    assert weights_path(path).exists()


def test_rate_may_change_while_it_runs_and_the_optimizer_remembers() -> None:
    diagram = classifier(dtype="float64", optimizer={"kind": "sgd", "momentum": 0.9}, rate=0.1)
    run = Run(compile(diagram))
    for _ in range(10):
        run.step()
    weight = run.program.parameters["linear1.weight"]
    momentum = run.optimizer.state[weight]["momentum_buffer"].clone()  # type: ignore[union-attr]
    slower = SetRecipe("rate", 0.0).apply(diagram)
    run.adopt(compile(slower, data=run.data, keep=run.program), run.data)
    assert run.program.parameters["linear1.weight"] is weight
    torch.testing.assert_close(run.optimizer.state[weight]["momentum_buffer"], momentum)  # type: ignore[union-attr]
    before = weight.detach().clone()
    run.step()
    torch.testing.assert_close(weight.detach(), before, rtol=0, atol=0)
    assert run.step_count == 11


@pytest.mark.parametrize("every", [1, 2, 3, 256])
def test_a_loss_that_is_no_number_stops_names_the_block_and_brings_the_weights_back(
    monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    monkeypatch.setattr(
        "runtime.run.KEEP_EVERY", every
    )  # copies lie at other steps, the end is the same
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(s.product(*(2 * [s.linear(x, units=8)])), units=1), y)
    diagram = s.diagram(data={"kind": "spiral"}, optimizer="sgd", rate=5.0, batch=32)
    run = Run(compile(diagram))
    with pytest.raises(NonFinite) as error:
        for _ in range(2000):
            run.step()
    assert error.value.problem.block in diagram.blocks
    assert "not a number" in error.value.problem.message and error.value.problem.hint
    stopped = int(error.value.problem.message.split("step ")[1].split(")")[0])
    assert run.step_count == stopped - 1
    assert all(bool(torch.isfinite(p).all()) for p in run.program.parameters.values())
    # the same steps taken plainly end at the same weights
    again = Run(compile(diagram))
    losses = [again.step() for _ in range(stopped - 1)]
    assert all(map(math.isfinite, losses))
    for name, p in run.program.parameters.items():
        torch.testing.assert_close(p, again.program.parameters[name], rtol=0, atol=0)


def test_data_that_are_no_numbers_are_named() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y)
    run = Run(compile(s.diagram(data={"kind": "spiral"})))
    run.batches._training["x"][3, 0] = float("nan")
    with pytest.raises(NonFinite) as error:
        for _ in range(100):
            run.step()
    assert error.value.problem.where == "x"


def test_gradient_clipping_bounds_the_step() -> None:
    diagram = classifier(dtype="float64", optimizer="sgd", rate=1.0, clip=1e-3)
    run = Run(compile(diagram))
    before = [p.detach().clone() for p in run.program.parameters.values()]
    run.step()
    moved = torch.cat(
        [(p - b).flatten() for p, b in zip(run.program.parameters.values(), before, strict=True)]
    )
    assert float(moved.norm().detach()) == pytest.approx(1e-3, rel=1e-3)


def test_normalization_is_scikit_learns_scaler() -> None:
    from sklearn.preprocessing import StandardScaler

    run = Run(compile(classifier(dtype="float64", data="iris", normalize=True)))
    rows = run.batches.parts.training
    scaler = StandardScaler().fit(run.data.fields["x"][rows])
    np.testing.assert_allclose(
        run.batches.part("test")["x"],
        scaler.transform(run.data.fields["x"][run.batches.parts.test]),
        rtol=1e-12,
    )


def test_every_sample_is_visited_once_an_epoch() -> None:
    run = Run(compile(classifier()))
    seen = []
    while run.batches.finished < 1:
        seen.append(run.batches.next()["x"])
    got = torch.cat(seen).numpy()
    want = run.batches.part("training")["x"].numpy()
    assert sorted(map(tuple, got)) == sorted(map(tuple, want)) and not np.array_equal(got, want)


def test_a_diagram_that_cannot_train_says_why() -> None:
    diagram = SetSetting("linear1", "units", 0).apply(classifier())
    with pytest.raises(DiagramError, match=r"linear1\.units: units must lie between"):
        gb.train(diagram, epochs=1)
    with pytest.raises(DiagramError, match="needs a cost"):
        s = Sketch()
        s.linear(s.observed("x"), units=2)
        gb.train(s.diagram(data="spiral"), epochs=1)
    absent = "mps" if torch.cuda.is_available() else "cuda"  # no machine has both
    with pytest.raises(DiagramError, match=f"there is no {absent} device here"):
        gb.train(classifier(), epochs=1, device=absent)


def test_history_has_a_row_an_epoch() -> None:
    result = gb.train(classifier(), epochs=4)
    assert [row["epoch"] for row in result.history] == [1, 2, 3, 4]
    assert result.history[-1]["loss"] < result.history[0]["loss"]
    assert set(result.metrics) == {"training", "validation", "test"}
    assert 0 <= result.metrics["test"]["accuracy"] <= 1


@pytest.mark.parametrize("optimizer", optimizers())
def test_another_precision_keeps_the_weights_and_what_the_optimizer_remembers(
    optimizer: str,
) -> None:
    diagram = classifier(optimizer=optimizer, rate=0.01)
    run = Run(compile(diagram))
    for _ in range(5):
        run.step()
    before = {n: p.detach().clone() for n, p in run.program.parameters.items()}
    memory = _numbers(run)
    finer = SetRecipe("dtype", "float64").apply(diagram)
    run.adopt(compile(finer, data=run.data, keep=run.program), run.data)
    for name, parameter in run.program.parameters.items():
        assert parameter.dtype == torch.float64
        torch.testing.assert_close(parameter.detach(), before[name].double(), rtol=0, atol=0)
    assert _numbers(run) == memory
    assert all(math.isfinite(run.step()) for _ in range(5)) and run.step_count == 10


def _numbers(run: Run) -> list[float]:
    """What the optimizer remembers, one number for each tensor."""
    assert run.optimizer is not None
    states = run.optimizer.state.values()
    return [float(v.double().sum()) for s in states for v in s.values() if torch.is_tensor(v)]


def _spoiled(run: Run, steps: int) -> None:
    """So many steps, then one whose samples are no numbers, nor any before it when they are repeated."""
    for _ in range(steps):
        run.step()
    fields, run.batches._training = run.batches._training, {}
    run.batches._training = {**fields, "x": torch.full_like(fields["x"], float("nan"))}
    with pytest.raises(NonFinite):
        run.step()
    run.batches._training = fields


def test_weights_without_a_state_are_taken_and_the_run_begins_with_them(tmp_path: Path) -> None:
    first = Run(compile(classifier(seed=2)))
    for _ in range(5):
        first.step()
    save_run(first.state(), tmp_path / "d.gradboard")
    state_path(tmp_path / "d.gradboard").unlink()  # as the sentence about a broken one says
    run = Run(compile(classifier(seed=2)))
    assert resume(run, tmp_path / "d.gradboard") and run.step_count == 0
    for name, p in run.program.parameters.items():
        torch.testing.assert_close(p, first.program.parameters[name], rtol=0, atol=0)
    assert run.origin.ratios(run.program.parameters)["linear1"] == 0.0
    with pytest.raises(FileError, match="another diagram"):
        resume(Run(compile(SetSetting("linear1", "units", 3).apply(classifier()))), tmp_path / "d")
    assert not resume(run, tmp_path / "other.gradboard")


def test_a_loaded_run_goes_back_to_where_it_was_loaded_at_the_earliest(tmp_path: Path) -> None:
    first = Run(compile(classifier(seed=2)))
    for _ in range(300):
        first.step()
    save_run(first.state(), tmp_path / "d.gradboard")
    run = Run(compile(classifier(seed=2)))
    assert resume(run, tmp_path / "d.gradboard")
    _spoiled(run, 4)
    assert run.step_count == 300
    for name, p in run.program.parameters.items():
        torch.testing.assert_close(p, first.program.parameters[name], rtol=0, atol=0)


def test_a_loss_that_is_no_number_does_not_undo_the_return_to_the_best_weights() -> None:
    run = Run(compile(classifier(rate=0.05, patience=1)))
    while not run.record.best:
        run.step()
    run.record.best = {name: w * 0 + 0.5 for name, w in run.record.best.items()}
    run.keep_best()
    assert run.step_count % 256
    _spoiled(run, 0)
    assert all(bool((p == 0.5).all()) for p in run.program.parameters.values())


def test_weights_that_are_a_pipe_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.safetensors")
    with pytest.raises(FileError, match="a folder, a device or a pipe"):
        load_weights(tmp_path / "a.safetensors")
