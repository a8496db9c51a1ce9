"""Linear machines: what systems of the lectures must show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.gallery.numbers import changed, held_out, opened, trained

Answer = Callable[[float], float]
ANSWERS: dict[str, Answer] = {"perceptron": np.sign, "adaline": float, "logistic": np.tanh}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_sample_moves_the_weights_by_rate_times_error_times_input(name: str) -> None:
    run = opened(name, shuffle=False, dtype="float64")
    part = run.batches.part("training")
    x, y = part["x"].numpy(), part["y"].numpy()
    x = np.c_[x, np.ones(len(x))]  # the last weight is the bias
    found = run.program.parameters
    w = np.r_[found["linear1.weight"].detach().numpy()[0], found["linear1.bias"].detach().numpy()]
    for sample, target in zip(x, y, strict=True):
        run.step()
        w = w + run.recipe.rate * (target - ANSWERS[name](w @ sample)) * sample
        np.testing.assert_allclose(found["linear1.weight"].detach()[0], w[:2], rtol=1e-12)
        np.testing.assert_allclose(found["linear1.bias"].detach(), w[2:], rtol=1e-12, atol=1e-15)
    assert run.step_count == len(x) > 100


@pytest.mark.parametrize("name", ["perceptron", "logistic"])
def test_the_line_comes_to_lie_between_the_clouds(name: str) -> None:
    assert held_out(trained(name)) >= 0.97


def test_adaline_ends_near_the_least_squares_line() -> None:
    result = trained("adaline")
    part = result.run.batches.part("training")
    x, y = part["x"].double().numpy(), part["y"].double().numpy()
    exact = np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0]
    best = 0.5 * np.mean((y - np.c_[x, np.ones(len(x))] @ exact) ** 2)
    assert best <= result.metrics["training"]["loss"] < 1.05 * best


def test_linear_regression_meets_numpys_least_squares() -> None:
    result = trained("linear-regression")
    part = result.run.batches.part("training")
    x, y = part["x"].double().numpy(), part["y"].double().numpy()
    exact = np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0]
    found = [
        result.program.parameters[f"linear1.{n}"].detach().double() for n in ("weight", "bias")
    ]
    np.testing.assert_allclose(np.r_[found[0].T, found[1][None]], exact, atol=1e-3)


def test_nearest_neighbour_answers_with_the_row_of_w_that_is_nearest() -> None:
    run = opened("nearest-neighbour", dtype="float64")
    x = run.batches.part("training")["x"]
    w = run.program.parameters["w.value"].detach()
    apart = ((x.numpy()[:, None] - w.numpy()[None]) ** 2).sum(axis=2)
    answer = run.program.predict(x=x)["ȳ"]
    np.testing.assert_array_equal(answer.argmax(1), apart.argmin(axis=1))
    np.testing.assert_allclose(run.program.energies(x=x)["nearest1"].detach(), apart.min(axis=1))


def test_a_drawn_out_w_has_a_pin_of_its_own_at_the_cost() -> None:
    from app.canvas.faces import face
    from nodes.names import names
    from runtime.snapshot import Report

    diagram = changed("nearest-neighbour")
    seen = face(diagram, diagram.blocks["nearest1"], names(diagram), Report(), (), len)
    assert set(seen.form.ports) == {"z", "weight"}
    assert seen.form.ports["z"] != seen.form.ports["weight"]


def test_nearest_neighbour_trained_is_k_means() -> None:
    from sklearn.cluster import KMeans

    result = trained("nearest-neighbour", dtype="float64")
    x = result.run.batches.part("training")["x"].numpy()
    theirs = KMeans(4, n_init=20, tol=0.0, random_state=0).fit(x)
    ours = result.program.parameters["w.value"].detach().numpy()
    assert result.metrics["training"]["loss"] * len(x) == pytest.approx(theirs.inertia_, rel=1e-9)
    order = [np.argmin(((ours - c) ** 2).sum(axis=1)) for c in theirs.cluster_centers_]
    np.testing.assert_allclose(ours[order], theirs.cluster_centers_, atol=1e-6)


def test_softmax_regression_reads_digits() -> None:
    assert held_out(trained("softmax-regression")) >= 0.91
