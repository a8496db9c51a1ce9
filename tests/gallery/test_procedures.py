"""Learning procedures: what the systems of the lectures must show."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from torch.optim import lr_scheduler

import gradboard as gb
from app.gallery.pages import procedures
from graph.edits import SetSetting
from runtime.checks import check_gradients, overfits
from runtime.program import Program
from runtime.run import NonFinite, Run
from runtime.train import Result
from tests.gallery.numbers import changed, held_out, opened, trained

Array = np.ndarray
OPTIMIZERS = ("descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "lbfgs")

# --- the ravine: each optimizer by its formula ---------------------------------------------------------------------


def bowl(w: Array) -> tuple[float, Array]:
    """The ravine's loss at w and its slope, from the two samples."""
    x, y = np.array([[0.8, 0.6], [-0.06, 0.08]]), np.array([1.0, 0.5])
    error = x @ w - y
    return float(np.mean(error**2)), 2 * x.T @ error / 2


def descent(rate: float, memory: dict[str, Array], g: Array, t: int) -> Array:
    return rate * g


def momentum(rate: float, memory: dict[str, Array], g: Array, t: int) -> Array:
    memory["v"] = 0.8 * memory.get("v", np.zeros(2)) + g
    return rate * memory["v"]


def nesterov(rate: float, memory: dict[str, Array], g: Array, t: int) -> Array:
    memory["v"] = 0.9 * memory.get("v", np.zeros(2)) + g
    return rate * (g + 0.9 * memory["v"])


def adagrad(rate: float, memory: dict[str, Array], g: Array, t: int) -> Array:
    memory["v"] = memory.get("v", np.zeros(2)) + g**2
    return rate * g / (np.sqrt(memory["v"]) + 1e-10)


def rmsprop(rate: float, memory: dict[str, Array], g: Array, t: int) -> Array:
    memory["v"] = 0.99 * memory.get("v", np.zeros(2)) + 0.01 * g**2
    return rate * g / (np.sqrt(memory["v"]) + 1e-8)


def adam(rate: float, memory: dict[str, Array], g: Array, t: int) -> Array:
    memory["m"] = 0.9 * memory.get("m", np.zeros(2)) + 0.1 * g
    memory["v"] = 0.999 * memory.get("v", np.zeros(2)) + 0.001 * g**2
    mean, square = memory["m"] / (1 - 0.9**t), memory["v"] / (1 - 0.999**t)
    return rate * mean / (np.sqrt(square) + 1e-8)


@pytest.mark.parametrize("rule", [descent, momentum, nesterov, adagrad, rmsprop, adam])
def test_an_optimizer_takes_the_steps_of_its_formula(
    rule: Callable[[float, dict[str, Array], Array, int], Array],
) -> None:
    run = opened(f"ravine-{rule.__name__}", dtype="float64")
    w, memory = np.zeros(2), dict[str, Array]()
    for t in range(1, 101):
        loss, slope = bowl(w)
        assert run.step() == pytest.approx(loss, rel=1e-9, abs=1e-15)
        w = w - rule(run.recipe.rate, memory, slope, t)
        np.testing.assert_allclose(weights(run), w, rtol=1e-8)


def weights(run: Run) -> Array:
    found: Array = run.program.parameters["linear1.weight"].detach().numpy()[0].copy()
    return found


def steps_to(name: str, goal: float) -> int:
    """Steps until the loss is below a goal, for the first time; 300 when it never is."""
    run = opened(f"ravine-{name}")
    for step in range(300):
        if run.step() < goal:
            return step
    return 300


def test_what_momentum_and_curvature_gain_in_a_ravine() -> None:
    needed = {name: steps_to(name, 1e-4) for name in OPTIMIZERS}
    assert needed["lbfgs"] == 1
    assert needed["nesterov"] < needed["momentum"] < needed["adam"] < needed["descent"] < 300
    assert (needed["nesterov"], needed["momentum"], needed["descent"]) == (23, 40, 197)


def test_lbfgs_lands_in_the_lowest_point_with_one_step() -> None:
    run = opened("ravine-lbfgs", dtype="float64")
    run.step()
    np.testing.assert_allclose(weights(run), [-2.2, 4.6], atol=1e-3)


def test_rmsprop_jitters_at_the_bottom_and_adagrads_steps_shrink() -> None:
    moves = {}
    for name in ("rmsprop", "adagrad"):
        run = opened(f"ravine-{name}", dtype="float64")
        path = [weights(run)]
        for _ in range(300):
            run.step()
            path.append(weights(run))
        moves[name] = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert moves["rmsprop"][-20:].mean() > 0.02
    assert moves["adagrad"][-20:].mean() < 0.005 * moves["adagrad"][0]


# --- how many samples a step ----------------------------------------------------------------------------------------


def test_the_gradient_of_all_samples_is_the_mean_of_those_of_one() -> None:
    run = opened("batch-all", dtype="float64")
    part = run.batches.part("training")
    parameters = list(run.program.parameters.values())
    whole = torch.autograd.grad(run.program.loss(**part), parameters)
    single = [torch.zeros_like(p) for p in parameters]
    some = {n: v[:100] for n, v in part.items()}
    for k in range(100):
        one = run.program.loss(**{n: v[k : k + 1] for n, v in some.items()})
        for total, g in zip(single, torch.autograd.grad(one, parameters), strict=True):
            total += g / 100
    hundred = torch.autograd.grad(run.program.loss(**some), parameters)
    for total, g, w in zip(single, hundred, whole, strict=True):
        torch.testing.assert_close(total, g)
        assert torch.nn.functional.cosine_similarity(g.flatten(), w.flatten(), 0) > 0.7


def test_small_batches_learn_more_in_an_epoch_and_are_noisier() -> None:
    results: dict[str, Result] = {}
    noise = {}
    for name in ("batch-all", "batch-32", "batch-1"):
        run = opened(name)
        losses = [run.step() for _ in range(3 * -(-run.batches.samples // run.batches.size))]
        noise[name] = np.abs(np.diff(losses)).mean()
        results[name] = run.evaluate("validation")["loss"]
    assert results["batch-1"] < 0.5 * results["batch-32"] < 0.5 * results["batch-all"]
    assert noise["batch-1"] > noise["batch-32"] > noise["batch-all"]


def test_small_batches_reach_90_per_cent_in_ten_epochs_and_whole_ones_do_not() -> None:
    assert held_out(trained("batch-32")) > 0.9
    assert held_out(trained("batch-all")) < 0.5


# --- the rate and the average ---------------------------------------------------------------------------------------


def excess(result: Result) -> float:
    """By how much the training loss exceeds that of numpy's least squares."""
    part = result.run.batches.part("training")
    x, y = part["x"].double().numpy(), part["y"].double().numpy()
    x = np.c_[x, np.ones(len(x))]
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    return result.metrics["training"]["loss"] - float(np.mean((x @ best - y) ** 2))


def test_the_average_lies_where_single_weights_only_jitter_around() -> None:
    assert excess(trained("averaged-sgd")) < 0.05 * excess(trained("schedule-constant"))


def test_averaged_weights_are_the_mean_over_the_steps() -> None:
    run = opened("averaged-sgd", dtype="float64", optimizer={"kind": "averaged_sgd", "start": 10})
    passed = []
    for _ in range(200):
        run.step()
        passed.append(weights(run))
    with run.descent.averaged():
        np.testing.assert_allclose(weights(run), np.mean(passed[10:], axis=0), rtol=1e-12)
    np.testing.assert_array_equal(weights(run), passed[-1])


@pytest.mark.parametrize("kind", ["step", "plateau", "inverse", "cosine"])
def test_a_falling_rate_brings_the_plane_to_rest(kind: str) -> None:
    assert excess(trained(f"schedule-{kind}")) < 0.05 * excess(trained("schedule-constant"))


def torch_rates(kind: str, rate: float, count: int, losses: list[float]) -> list[float]:
    """The rates that torch's own scheduler gives."""
    sgd = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    made: dict[str, Callable[[], Any]] = {
        "step": lambda: lr_scheduler.StepLR(sgd, 10, 0.1),
        "inverse": lambda: lr_scheduler.LambdaLR(sgd, lambda t: 1 / max(1.0, t / 160)),
        "cosine": lambda: lr_scheduler.CosineAnnealingLR(sgd, 30),
        "plateau": lambda: lr_scheduler.ReduceLROnPlateau(sgd, factor=0.1, patience=3, eps=0.0),
        "warmup": lambda: lr_scheduler.LinearLR(sgd, 0.01, 1.0, 20),
    }
    scheduler, found = made[kind](), []
    for n in range(count):
        found.append(float(sgd.param_groups[0]["lr"]))
        sgd.step()
        scheduler.step(*([losses[n]] if kind == "plateau" else []))
    return found


@pytest.mark.parametrize("kind", ["step", "plateau", "inverse", "cosine", "warmup"])
def test_the_rate_is_that_of_torchs_scheduler(kind: str) -> None:
    result = trained(f"schedule-{kind}")
    rates = [row["rate"] for row in result.history]
    losses = [row["validation_loss"] for row in result.history]
    if kind == "inverse":  # counted in steps; the last one of every epoch
        every = torch_rates(kind, result.run.recipe.rate, result.run.step_count, losses)
        last = [int(row["step"]) - 1 for row in result.history]
        np.testing.assert_allclose(rates, [every[n] for n in last])
    else:
        expected = torch_rates(kind, result.run.recipe.rate, len(rates), losses)
        np.testing.assert_allclose(rates, expected, atol=1e-12)
    assert len(set(rates)) > 2


def test_weights_that_begin_too_large_explode_without_warm_up_or_clipping() -> None:
    for name in ("schedule-warmup", "clipping"):
        assert trained(name).metrics["training"]["loss"] < 0.2
    with pytest.raises(NonFinite):
        gb.train(changed("schedule-warmup", schedule={"kind": "constant"}))
    with pytest.raises(NonFinite):
        gb.train(changed("clipping", clip=0.0))


def test_no_step_is_longer_than_rate_times_clip() -> None:
    run = opened("clipping", dtype="float64")
    lengths = []
    for _ in range(20):
        before = [p.detach().clone() for p in run.program.parameters.values()]
        run.step()
        after = run.program.parameters.values()
        moved = [(b - a).flatten() for a, b in zip(before, after, strict=True)]
        lengths.append(torch.cat(moved).norm().item())
    assert max(lengths) <= 2e-2 * 1.0 * (1 + 1e-6)
    assert max(lengths) == pytest.approx(2e-2, rel=1e-5)  # and it was cut


# --- regularisation -------------------------------------------------------------------------------------------------


def sums(program: Program) -> dict[str, float]:
    w = program.parameters["linear1.weight"].detach().double()
    return {"late-l1": w.abs().sum().item(), "late-l2": w.square().sum().item()}


@pytest.mark.parametrize("name", ["late-l1", "late-l2"])
def test_decay_counts_from_epoch_30_on(name: str) -> None:
    run = opened(name, dtype="float64")
    plain = gb.train(
        procedures.softmax_in_batches(64).with_recipe(
            changed(name, dtype="float64").recipe.without("x")
        ),
        epochs=30,
    )
    while run.batches.finished < 30:
        run.step()
    for key, value in plain.program.parameters.items():  # until now, as if it were not there
        torch.testing.assert_close(run.program.parameters[key], value, rtol=1e-9, atol=1e-12)
    before = sums(run.program)[name]
    x = {n: v[:50] for n, v in run.batches.part("training").items()}
    run.program.set_epoch(29)
    without = run.program.loss(**x).item()
    run.program.set_epoch(30)
    assert run.program.loss(**x).item() - without == pytest.approx(1e-3 * before)
    while run.batches.finished < 60:
        run.step()
    assert sums(run.program)[name] < 0.6 * before
    assert run.evaluate("test")["accuracy"] > 0.95


def test_l1_makes_half_of_the_weights_vanish_and_l2_makes_the_large_ones_small() -> None:
    w = {
        name: trained(name).program.parameters["linear1.weight"].detach().abs()
        for name in ("late-l1", "late-l2")
    }
    assert (w["late-l1"] < 0.01).double().mean() > 0.45 > (w["late-l2"] < 0.01).double().mean()
    assert w["late-l2"].max() < w["late-l1"].max()


def with_and_without_dropout(seed: int, epochs: int) -> tuple[Result, Result]:
    diagram = without = changed("dropout")
    for block in ("dropout1", "dropout2"):
        without = SetSetting(block, "p", 0.0).apply(without)
    first = gb.train(diagram, seed=seed, epochs=epochs)
    return first, gb.train(without, seed=seed, epochs=epochs)


def test_dropout_lowers_the_test_loss_of_a_net_that_knows_its_samples_by_heart() -> None:
    dropped, full = with_and_without_dropout(0, 150)
    assert full.metrics["training"]["accuracy"] == 1.0
    assert dropped.metrics["test"]["loss"] < 0.6 * full.metrics["test"]["loss"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_dropout_halves_the_test_loss_whatever_the_seed(seed: int) -> None:
    dropped, full = with_and_without_dropout(seed, 300)
    assert dropped.metrics["test"]["loss"] < 0.5 * full.metrics["test"]["loss"]


def test_dropout_drops_half_in_training_and_nothing_in_test() -> None:
    op = opened("dropout").program.stages["dropout1"].op
    z = torch.ones(100_000, dtype=torch.float64)
    op.train()
    dropped = op(z)
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert dropped.mean().item() == pytest.approx(1.0, abs=0.02)
    op.eval()
    torch.testing.assert_close(op(z), z)


# --- inputs ---------------------------------------------------------------------------------------------------------


def test_normalized_inputs_have_mean_0_and_deviation_1() -> None:
    from sklearn.preprocessing import StandardScaler

    run, raw = opened("inputs-normalized", dtype="float64"), opened("inputs-raw", dtype="float64")
    rows = raw.batches.part("training")["x"].numpy()
    scaler = StandardScaler().fit(rows)
    for part in ("training", "test"):
        given = raw.batches.part(part)["x"].numpy()
        ours = run.batches.part(part)["x"].numpy()
        np.testing.assert_allclose(ours, scaler.transform(given), atol=1e-12)
    assert rows.max() / np.abs(rows).min() > 1000


def test_normalization_makes_the_difference_on_wines() -> None:
    assert held_out(trained("inputs-normalized")) > 0.9
    raw = trained("inputs-raw")
    assert held_out(raw) < 0.8 and raw.history[-1]["loss"] > 1000


def test_samples_in_order_are_forgotten_and_shuffled_ones_are_not() -> None:
    assert held_out(trained("without-shuffle")) < 0.7
    assert held_out(trained("without-shuffle", shuffle=True)) > 0.85
    run = opened("without-shuffle")
    kinds = [run.batches.next()["y"].unique().tolist() for _ in range(11)]
    assert kinds[0] == [0] and kinds[9] == [0, 1] and kinds[10] == [1]  # arm by arm


# --- thirty layers --------------------------------------------------------------------------------------------------


def strengths(name: str) -> tuple[list[float], list[float]]:
    """The mean square of every layer's output, and the norm of every layer's weight gradient, at the first step."""
    from runtime.probe import watch

    run = opened(name, dtype="float64")
    part = run.batches.part("training", 200)
    watched = watch(run.program, [part[n] for n in run.program.inputs])
    layers = [pin for pin in watched.variables if pin.block.endswith("relu1")]
    signal = [watched.variables[pin].square().mean().item() for pin in layers]
    norms = [g.norm().item() for n, g in watched.gradients.items() if g is not None and g.dim() > 1]
    return signal, norms[:30]


def test_he_keeps_signal_and_gradient_through_30_layers_and_xavier_halves_them() -> None:
    signal, gradient = strengths("thirty-layers-he")
    assert len(signal) == len(gradient) == 30
    assert 0.1 < signal[29] / signal[1] < 10 and 0.1 < gradient[0] / gradient[29] < 10
    signal, gradient = strengths("thirty-layers-xavier")
    assert signal[29] / signal[1] == pytest.approx(2.0**-28, rel=0.95)
    assert gradient[29] < 1e-3


def test_thirty_layers_begin_to_learn_with_he_only() -> None:
    losses = {}
    for name in ("thirty-layers-he", "thirty-layers-xavier"):
        losses[name] = gb.train(changed(name), epochs=3).history[-1]["loss"]
    assert losses["thirty-layers-he"] < 2.0
    assert losses["thirty-layers-xavier"] == pytest.approx(np.log(10), abs=0.02)


@pytest.mark.slow
def test_thirty_layers_learn_with_he_and_not_with_xavier() -> None:
    assert held_out(trained("thirty-layers-he")) > 0.8
    assert held_out(trained("thirty-layers-xavier")) < 0.2


# --- non-linearities ------------------------------------------------------------------------------------------------


def winners(s: torch.Tensor) -> torch.Tensor:
    kept = s.topk(10, dim=1).values[:, -1:]
    return torch.where(s >= kept, s, 0.0)


CURVES: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "prelu": lambda s: torch.where(s > 0, s, 0.25 * s),
    "elu": F.elu,
    "selu": F.selu,
    "tanh": lambda s: torch.from_numpy(np.tanh(s.numpy())),
    "sigmoid": lambda s: 1 / (1 + torch.exp(-s)),
    "softshrink": F.softshrink,
    "abs": torch.abs,
    "winner_takes_all": winners,
}


def test_every_non_linearity_is_its_formula() -> None:
    program = opened("nonlinearities", dtype="float64").program
    s = torch.linspace(-4, 4, 120, dtype=torch.float64).reshape(4, 30)
    for kind, curve in CURVES.items():
        found = program.stages[f"{kind}1"].op(s).detach()
        torch.testing.assert_close(found, curve(s), msg=kind)
    assert list(CURVES) == list(procedures.NONLINEARITIES)


@pytest.mark.parametrize(
    ("epochs", "goal"), [(300, 0.19), pytest.param(1000, 0.02, marks=pytest.mark.slow)]
)
def test_every_non_linearity_bends_to_the_sine(epochs: int, goal: float) -> None:
    result = gb.train(changed("nonlinearities"), epochs=epochs)
    with torch.no_grad():
        left = result.program.energies(**result.run.batches.part("training"))
    assert len(left) == 10
    for name, energy in left.items():
        assert energy.mean() < goal, name  # a straight line leaves 0.2


# --- checks, counts -------------------------------------------------------------------------------------------------


def test_the_gradient_check_finds_every_gradient_right() -> None:
    run = opened("gradient-check")
    check = check_gradients(run.program, run.batches.part("training"))
    assert check.ok and max(check.differences.values()) < 1e-5
    assert {"conv2d1", "linear1", "cross_entropy1", "decay", ""} <= set(check.differences)


def test_a_few_samples_are_learned_by_heart() -> None:
    result = trained("overfit-subset")
    assert result.run.batches.samples == 8
    assert result.metrics["training"]["accuracy"] == 1.0
    assert result.metrics["training"]["loss"] < 0.01 < 1 < result.metrics["test"]["loss"]
    verdict = overfits(changed("overfit-subset"), samples=8)
    assert verdict.ok and verdict.samples == 8
    assert not overfits(changed("thirty-layers-xavier"), samples=8, steps=100).ok


def test_weights_and_multiply_adds_of_thirty_layers_are_counted() -> None:
    report = gb.compile(changed("thirty-layers-he"), device="meta").report
    sizes = [64, *[128] * 30, 10]
    pairs = list(pairwise(sizes))
    assert report.total.weights == sum((n + 1) * m for n, m in pairs)
    assert report.total.macs == sum(n * m for n, m in pairs)
