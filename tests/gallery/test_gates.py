"""Shared and computed parameters, gates, experts, siamese nets: what the systems of the lectures must show."""

from __future__ import annotations

import numpy as np
import torch
from scipy.optimize import nnls
from sklearn.metrics import roc_auc_score
from torch.nn import functional as F

from graph.diagram import OUTPUT, Pin
from runtime.probe import watch
from tests.gallery.by_hand import assert_gradients_equal, beginning, layer, out, seen
from tests.gallery.numbers import fresh_accuracy, held_out, opened, trained


def test_shared_weights_add_the_gradients_of_their_wires() -> None:
    run, fields, own = beginning("shared-weights")
    untied = [own["w.value"].detach().clone().requires_grad_() for _ in range(2)]
    z = torch.tanh(layer(own, "linear1", fields["x"]))
    for weight, name in zip(untied, ("linear2", "linear3"), strict=True):
        z = torch.tanh(F.linear(z, weight, own[f"{name}.bias"]))
    F.cross_entropy(layer(own, "linear4", z), fields["y"]).backward()
    got = watch(run.program, run.inputs_of(fields))
    for weight, name in zip(untied, ("linear2", "linear3"), strict=True):
        (wire,) = (w for w in got.wire_gradients if w.target == Pin(name, "weight"))
        torch.testing.assert_close(got.wire_gradients[wire], weight.grad, rtol=1e-10, atol=1e-14)
    total = sum(weight.grad for weight in untied)
    torch.testing.assert_close(got.variable_gradients[Pin("w", OUTPUT)], total)
    torch.testing.assert_close(got.gradients["w.value"], total, rtol=1e-10, atol=1e-14)


def test_shared_weights_train() -> None:
    assert fresh_accuracy(trained("shared-weights")) > 0.94


def test_a_parameter_transform_moves_u_by_the_chain_rule() -> None:
    run = opened("parameter-transform", dtype="float64", shuffle=False)
    eta, size = run.recipe.rate, run.recipe.batch
    part = run.batches.part("training")
    x, y = part["x"].numpy(), part["y"].numpy()[:, 0]
    for step in range(4):
        u = run.program.parameters["u.value"].detach().numpy().copy()
        b = run.program.parameters["linear1.bias"].detach().numpy().copy()
        rows = slice(step * size, (step + 1) * size)
        error = x[rows] @ np.exp(u) + b - y[rows]
        slope = 2 * (error[:, None] * x[rows]).mean(0)  # ∂C/∂w
        jacobian = np.stack([(np.exp(u + h) - np.exp(u - h)) / 2e-6 for h in 1e-6 * np.eye(3)], 1)
        run.step()
        got = run.program.parameters["u.value"].detach().numpy()
        np.testing.assert_allclose(got, u - eta * jacobian.T @ slope, rtol=0, atol=1e-10)
        np.testing.assert_allclose(
            run.program.parameters["linear1.bias"].detach().numpy(), b - eta * 2 * error.mean()
        )


def test_a_parameter_transform_finds_the_best_weights_that_are_not_negative() -> None:
    result = trained("parameter-transform")
    part = result.run.batches.part("training")
    x, y = part["x"].double().numpy(), part["y"].double().numpy()[:, 0]
    ones = np.ones((len(x), 1))
    best, _ = nnls(np.c_[x, ones, -ones], y)  # an offset of either sign
    w = result.program.parameters["u.value"].detach().exp().numpy()
    assert best[0] == 0.0 and w.min() > 0.0
    np.testing.assert_allclose(w, best[:3], atol=0.03)


def test_a_hypernetwork_and_the_net_that_it_writes_both_get_their_gradients() -> None:
    run, fields, own = beginning("hypernetwork")
    x = fields["x"]
    weights = layer(own, "h2", torch.tanh(layer(own, "h1", x))).view(-1, 3, 8)
    z = torch.relu(layer(own, "g1", x))
    scores = torch.bmm(weights, z[:, :, None])[:, :, 0] + own["g2.bias"]
    assert set(own) == {
        *(f"{n}.{p}" for n in ("h1", "h2", "g1") for p in ("weight", "bias")),
        "g2.bias",
    }
    assert_gradients_equal(run, fields, own, F.cross_entropy(scores, fields["y"]))


def test_a_hypernetwork_and_the_net_that_it_writes_both_train() -> None:
    result, before = trained("hypernetwork"), opened("hypernetwork").program.parameters
    assert fresh_accuracy(result) > 0.94
    for name in ("h1.weight", "h2.weight", "g1.weight"):
        assert (result.program.parameters[name] - before[name]).norm() > 0.5, name


def test_a_product_routes_to_each_factor_the_other() -> None:
    run, fields, own = beginning("product")
    one, two = (layer(own, f"linear{n}", fields["x"]) for n in (1, 2))
    loss = F.softplus(-2 * fields["y"] * (one * two)[:, 0]).mean()
    assert_gradients_equal(run, fields, own, loss)
    got = watch(run.program, run.inputs_of(fields))
    upstream = got.variable_gradients[Pin("product1", OUTPUT)]
    for mine, other in (("linear1", two), ("linear2", one)):
        torch.testing.assert_close(
            got.variable_gradients[Pin(mine, OUTPUT)], upstream * other.detach()
        )


def test_one_product_solves_xor() -> None:
    assert held_out(trained("product")) > 0.99


def test_gates_open_for_marked_numbers_only() -> None:
    result = trained("gate")
    fields = result.run.batches.part("test")
    watched = seen(result.run, fields)
    marked, gates = fields["x"][..., 1] == 1, out(watched, "sigmoid1")[..., 0]
    assert gates[marked].min() > 0.9 and gates[~marked].max() < 0.05
    by_hand = (gates * fields["x"][..., 0]).sum(1, keepdim=True)
    torch.testing.assert_close(out(watched, "sum_over1"), by_hand)
    assert result.metrics["test"]["loss"] < 0.01


def test_a_mixture_is_the_weighted_sum_of_its_experts() -> None:
    run, fields, own = beginning("mixture-of-experts")
    x = fields["x"]
    weights = layer(own, "gater2", torch.tanh(layer(own, "gater1", x))).softmax(1)
    experts = torch.cat([layer(own, f"expert{k}", x) for k in (1, 2, 3)], 1)
    loss = ((weights * experts).sum(1, keepdim=True) - fields["y"]).square().mean()
    assert_gradients_equal(run, fields, own, loss)


def test_experts_specialise() -> None:
    result = trained("mixture-of-experts")
    fields = result.run.batches.part("test")
    watched = seen(result.run, fields)
    chosen = out(watched, "softmax1").argmax(1)
    errors = torch.cat([(out(watched, f"expert{k}") - fields["y"]).square() for k in (1, 2, 3)], 1)
    assert result.metrics["test"]["loss"] < 0.01  # the noise alone is 0.0025
    assert (torch.bincount(chosen, minlength=3) / len(chosen)).min() > 0.1  # nobody is idle
    assert (errors.argmin(1) == chosen).double().mean() > 0.8  # who is asked knows best
    for k in range(3):  # and each knows its own stretch far better than the others'
        assert errors[chosen == k, k].mean() < 0.1 * errors[chosen != k, k].mean()


def test_siamese_copies_are_one_net() -> None:
    run, fields, own = beginning("siamese")
    assert {n.partition(".")[0] for n in own} == {"conv2d1", "conv2d2", "linear1"}

    def embedded(x: torch.Tensor) -> torch.Tensor:
        z = F.max_pool2d(F.relu(F.conv2d(x, own["conv2d1.weight"], own["conv2d1.bias"])), 2)
        z = F.relu(F.conv2d(z, own["conv2d2.weight"], own["conv2d2.bias"]))
        return layer(own, "linear1", z.flatten(1))

    d = (embedded(fields["x1"]) - embedded(fields["x2"])).norm(dim=1)
    same = fields["y"] == 1
    loss = torch.where(same, d.square(), (1 - d).clamp(min=0).square()).mean() / 2
    assert_gradients_equal(run, fields, own, loss)


def test_siamese_pairs_of_the_same_digit_are_closer() -> None:
    result = trained("siamese")
    fields = result.run.batches.part("test")  # of digits that are in no training pair
    distance = out(seen(result.run, fields), "distance1")
    same = fields["y"] == 1
    assert distance[same].mean() < 0.5 * distance[~same].mean()
    assert roc_auc_score(same, -distance) > 0.95
    assert held_out(result) > 0.9
