"""The answers over planes and lines against predictions asked one by one, numpy and scikit-learn; inference's minimum."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from graph.diagram import Diagram, Pin
from nodes.sketch import Sketch
from runtime.components import of_components
from runtime.field import bounds_of, grid_points
from runtime.figures.answers import Answers, Fit
from runtime.inference import infer
from runtime.program import compile
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.views import figure
from tests.runtime.conftest import classifier


def look(run: Run, choice: str = "", size: int = 20) -> Any:
    """The figure of the answers in a space, after a step."""
    run.watch()
    assert run.seen is not None
    return figure(run, run.seen, Ask("answers", choice=choice, size=size))


def trained(diagram: Diagram, steps: int = 150) -> Run:
    run = Run(compile(diagram))
    for _ in range(steps):
        run.step()
    return run


def iris(**recipe: Any) -> Diagram:
    return classifier(data="iris", dtype="float64", **recipe)


def cells_of(found: Answers, size: int = 20) -> np.ndarray:
    return grid_points(found.grid.bounds, size)


@pytest.mark.parametrize("normalize", [False, True])
def test_the_grid_holds_the_predictions_at_its_cells(normalize: bool) -> None:
    run = trained(classifier(dtype="float64", normalize=normalize), 200)
    found = look(run, size=25)
    assert isinstance(found, Answers) and found.space == "input" and found.square
    grid = found.grid
    assert grid.answer.dtype == np.uint8 and grid.confidence is not None
    mean, deviation = run.batches.scales.get("x", (0.0, 1.0))
    places = (cells_of(found, 25) - mean) / deviation
    shares = run.program.predict(x=places)["ȳ"].softmax(1)
    np.testing.assert_array_equal(grid.answer.ravel(), shares.argmax(1))
    np.testing.assert_allclose(grid.confidence.ravel(), shares.max(1).values * 255, atol=1)
    rows = run.batches.parts.training
    assert len(found.points.x) == min(2000, len(rows))
    assert {tuple(p) for p in found.points.x} <= {tuple(p) for p in run.data.fields["x"][rows]}
    assert found.points.names == run.data.classes["y"]


def test_the_grid_covers_the_data_and_its_first_row_is_the_lowest() -> None:
    points = np.array([[0.0, 0.0], [4.0, 1.0]])
    x0, x1, y0, y1 = bounds_of(points)
    assert x0 < 0 and x1 > 4 and x1 - x0 == pytest.approx(y1 - y0)
    cells = grid_points((0.0, 1.0, 0.0, 1.0), 2)
    np.testing.assert_allclose(cells, [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]])


def test_a_regression_over_the_plane_is_a_surface() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y)
    points = np.random.default_rng(0).normal(size=(50, 2))
    data = {"x": points, "y": points @ np.array([[2.0], [-1.0]])}
    run = Run(compile(s.diagram(data=data, dtype="float64")))
    grid = look(run, size=8).grid
    assert grid.classes == 0 and grid.answer.dtype == np.float32
    expected = run.program.predict(x=grid_points(grid.bounds, 8))["ȳ"].reshape(8, 8)
    np.testing.assert_allclose(grid.answer, expected, rtol=1e-5)


def test_several_numbers_are_no_classes() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=3), y)
    rng = np.random.default_rng(0)
    points = rng.normal(size=(50, 2))
    numbers = Run(compile(s.diagram(data={"x": points, "y": rng.normal(size=(50, 3))})))
    assert look(numbers).grid.classes == 0
    one_hot = np.eye(3)[rng.integers(0, 3, 50)]
    choice = look(Run(compile(s.diagram(data={"x": points, "y": one_hot}))))
    assert choice.grid.classes == 3
    assert set(choice.points.y.tolist()) == {0, 1, 2}


@pytest.mark.parametrize("cost", ["logistic", "binary_cross_entropy"])
def test_one_score_turns_where_its_cost_says(cost: str) -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.add(cost, s.linear(x, units=1), y)
    labels = "signs" if cost == "logistic" else "numbers"
    data = {"kind": "gaussians", **({"labels": labels} if labels == "signs" else {})}
    run = trained(s.diagram(data=data, dtype="float64"), 30)
    found = look(run)
    score = run.program.predict(x=cells_of(found))["ȳ"].flatten()
    np.testing.assert_array_equal(found.grid.answer.ravel(), score > 0)
    sure = torch.sigmoid((2 if cost == "logistic" else 1) * score.abs())  # P(y = the answer)
    assert found.grid.confidence is not None
    np.testing.assert_allclose(found.grid.confidence.ravel(), sure * 255, atol=1)
    assert set(found.points.y.tolist()) == {0, 1}


def test_two_hidden_units_span_a_plane_with_the_others_at_their_mean() -> None:
    run = trained(iris())
    found = look(run, "hidden tanh1.y 3 7")
    assert found.space == "hidden tanh1.y 3 7" and found.axes == ("unit 3", "unit 7")
    weights = {n: p.detach().numpy() for n, p in run.program.parameters.items()}
    x = run.data.fields["x"][run.batches.parts.training]
    z = np.tanh(x @ weights["linear1.weight"].T + weights["linear1.bias"])
    np.testing.assert_allclose(found.points.x, z[:, [2, 6]], atol=1e-12)
    values = np.tile(z.mean(0), (400, 1))
    values[:, [2, 6]] = cells_of(found)
    scores = values @ weights["linear2.weight"].T + weights["linear2.bias"]
    np.testing.assert_array_equal(found.grid.answer.ravel(), scores.argmax(1))


def test_the_main_plane_is_scikit_learns() -> None:
    from sklearn.decomposition import PCA

    run = trained(iris(normalize=True))
    found = look(run, "components")
    x = run.data.fields["x"][run.batches.parts.training]
    scaled = (x - x.mean(0)) / x.std(0)
    theirs = PCA(2).fit(scaled)
    signs = np.sign((theirs.transform(scaled) * found.points.x).sum(0))
    np.testing.assert_allclose(found.points.x * signs, theirs.transform(scaled), atol=1e-9)
    back = theirs.inverse_transform(cells_of(found) * signs)
    answers = run.program.predict(x=back)["ȳ"].argmax(1)
    np.testing.assert_array_equal(found.grid.answer.ravel(), answers)
    shares = theirs.explained_variance_ratio_
    assert found.axes == (f"component 1 ({shares[0]:.0%})", f"component 2 ({shares[1]:.0%})")


@pytest.mark.parametrize("normalize", [False, True])
def test_two_inputs_span_a_plane_in_the_units_of_the_data(normalize: bool) -> None:
    run = trained(iris(normalize=normalize))
    found = look(run, "plane 4 2")
    x = run.data.fields["x"][run.batches.parts.training]
    np.testing.assert_allclose(found.points.x, x[:, [3, 1]])
    assert not found.square and found.axes == ("input 4", "input 2")
    values = np.tile(x.mean(0), (400, 1))
    values[:, [3, 1]] = cells_of(found)
    mean, deviation = run.batches.scales.get("x", (0.0, 1.0))
    answers = run.program.predict(x=(values - mean) / deviation)["ȳ"].argmax(1)
    np.testing.assert_array_equal(found.grid.answer.ravel(), answers)


@pytest.mark.parametrize("shape", [(40, 6), (6, 40), (5, 5)])
def test_components_are_those_of_a_singular_value_decomposition(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(3).normal(size=shape) * np.arange(1, shape[1] + 1)
    plane, shares = of_components(values)
    _, sizes, directions = np.linalg.svd(values - values.mean(0), full_matrices=False)
    signs = np.sign((directions[:2] * plane.directions).sum(1))
    np.testing.assert_allclose(plane.directions, directions[:2] * signs[:, None], atol=1e-9)
    np.testing.assert_allclose(shares, (sizes**2 / (sizes**2).sum())[:2])
    largest = np.abs(plane.directions).argmax(1)
    assert (plane.directions[[0, 1], largest] > 0).all()
    points = np.random.default_rng(4).normal(size=(7, 2))
    np.testing.assert_allclose(plane.projected(plane.lifted(points)), points, atol=1e-9)


@pytest.mark.parametrize("values", [np.ones((5, 3)), np.outer(np.arange(5.0), [1.0, 2.0, 2.0])])
def test_values_without_two_directions_still_have_a_plane(values: np.ndarray) -> None:
    plane, shares = of_components(values)
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-12)
    assert np.isfinite(shares).all() and shares[1] == pytest.approx(0.0, abs=1e-12)


def test_only_variables_that_nothing_passes_by_are_offered() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    first = s.linear(x, units=4)
    inside = s.tanh(s.linear(first, units=4))
    s.cross_entropy(s.linear(s.add("sum", first, inside), units=3), y)
    found = look(Run(compile(s.diagram(data="iris"))))
    assert dict(found.spaces.variables) == {"linear1.y": 4, "sum1.y": 4, "linear3.y": 3}
    assert found.spaces.inputs == 4 and found.spaces.suggested == "sum1.y"
    other = look(Run(compile(s.diagram(data="iris"))), "hidden tanh1.y 1 2")
    assert other.space == "components", "a space that is not there gives way to the one that suits"


def test_several_fits_to_one_target_are_drawn_together() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    for _ in range(3):
        s.squared_error(s.linear(s.tanh(s.linear(x, units=5)), units=1), y)
    run = trained(s.diagram(data="curve", dtype="float64", normalize=True), 40)
    found = look(run)
    assert isinstance(found, Fit) and found.y.shape == (3, len(found.x))
    mean, deviation = run.batches.scales["x"]
    answers = run.program.predict(x=((found.x - mean) / deviation)[:, None])
    theirs = np.stack([a.flatten().numpy() for a in answers.values()])
    np.testing.assert_allclose(found.y, theirs, atol=1e-12)
    rows = run.batches.parts.training
    np.testing.assert_array_equal(found.points.x, run.data.fields["x"][rows].reshape(-1, 1))
    np.testing.assert_array_equal(found.points.y, run.data.fields["y"][rows].ravel())
    assert found.x[0] < found.points.x.min() and found.x[-1] > found.points.x.max()


def test_a_net_that_is_too_large_is_not_asked_ten_thousand_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from runtime.views import answers

    run = Run(compile(iris()))
    macs = run.program.report.total.macs
    monkeypatch.setattr(answers, "WORK", macs * 18**2 + 1)
    assert look(run, size=100).grid.answer.shape == (18, 18)
    monkeypatch.setattr(answers, "WORK", 60 * 18**2 + 1)  # of the 20 × 3 in its last layer
    assert look(run, size=100).space == "hidden tanh1.y 1 2", "from there it is less far"
    monkeypatch.setattr(answers, "WORK", 10)
    assert look(run, size=100) is None


def test_a_net_with_many_outputs_is_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    from runtime.views import answers

    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.nll_loss(s.log_softmax(s.linear(s.tanh(s.linear(x, units=40)), units=1000)), y)
    run = Run(compile(s.diagram(data="iris", dtype="float64")))
    monkeypatch.setattr(answers, "HELD", 1000 * 20**2)
    for space in ("components", "hidden linear2.y 1 2", "hidden tanh1.y 1 2"):
        assert look(run, space, size=100).grid.answer.shape == (20, 20)
    assert len(look(run, "hidden linear2.y 1 2").points.x) == len(run.batches.parts.training)
    monkeypatch.setattr(answers, "WAY", 50 * run.program.report.total.macs)
    found = look(run, "hidden linear2.y 1 2")
    rows = run.batches.parts.training[np.linspace(0, 89, 50).astype(int)]
    values = run.program.tensor(run.data.fields["x"][rows])
    inside = run.program.section((Pin("x", "y"),), Pin("linear2", "y"))(values)
    np.testing.assert_allclose(found.points.x, inside[:, :2].detach(), atol=1e-12)
    np.testing.assert_array_equal(found.points.y, run.data.fields["y"][rows])


def test_where_the_answer_is_no_number_nothing_is_sure_and_without_any_nothing_is_drawn() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.log(s.linear(x, units=2)), units=3), y)
    run = Run(compile(s.diagram(data="spiral", dtype="float64")))
    weight, bias = (run.program.parameters[f"linear1.{n}"] for n in ("weight", "bias"))
    with torch.no_grad():
        weight.copy_(torch.tensor([[1.0, 0.0], [1.0, 0.0]]))
        bias.fill_(0.5)  # the logarithm is a number where x > -0.5
    run.look()
    assert run.seen is not None
    found = figure(run, run.seen, Ask("answers", choice="input", size=20))
    none = cells_of(found)[:, 0] < -0.5
    sure = found.grid.confidence.ravel()
    assert none.any() and (sure[none] == 0).all() and (sure[~none] >= 85).all()
    with torch.no_grad():
        bias.fill_(-100.0)
    assert figure(run, run.seen, Ask("answers", choice="input", size=20)) is None


def test_looking_changes_nothing_that_trains() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.dropout(s.batch_norm(s.linear(x, units=6)), p=0.5)
    s.cross_entropy(s.linear(z, units=3), y)
    diagram = s.diagram(data="iris", batch=16)

    def weights(looked: bool) -> dict[str, torch.Tensor]:
        run = Run(compile(diagram))
        for _ in range(5):
            run.watch()
            if looked:
                assert run.seen is not None
                figure(run, run.seen, Ask("answers", choice="hidden dropout1.y 1 2", size=20))
                assert run.program.predictor().training
        return run.state()["weights"]  # type: ignore[no-any-return]

    plain = weights(looked=False)
    for name, weight in weights(looked=True).items():
        assert torch.equal(weight, plain[name]), name


def test_passages_and_sections_agree_with_the_predictor() -> None:
    run = Run(compile(iris()))
    end = run.program.answers[0]
    assert [str(p) for p in run.program.passages(end)] == [
        "x.y",
        "linear1.y",
        "tanh1.y",
        "linear2.y",
    ]
    x = torch.as_tensor(run.data.fields["x"][:9])
    inside = run.program.section((Pin("x", "y"),), Pin("tanh1", "y"))(x)
    out = run.program.section((Pin("tanh1", "y"),), end)(inside)
    assert torch.equal(out, run.program.predictor()(x))


def test_inference_finds_the_least_squares_code() -> None:
    """E = |y - W z|²: the minimum over z is numpy's least-squares solution."""
    s = Sketch()
    y = s.observed("y")
    z = s.latent(size=[2], steps=2000, rate=0.05, id="z")
    s.squared_error(s.linear(z, units=5, bias=False), y)
    data = np.random.default_rng(1).normal(size=(6, 5))
    program = compile(s.diagram(data={"y": data}, dtype="float64"))
    with torch.no_grad():
        program.parameters["linear1.weight"].copy_(
            torch.linalg.qr(torch.randn(5, 2, dtype=torch.float64))[0]
        )
    found = infer(program, {"y": torch.as_tensor(data)})["z"]
    w = program.parameters["linear1.weight"].detach().numpy()
    np.testing.assert_allclose(found, np.linalg.lstsq(w, data.T, rcond=None)[0].T, atol=1e-9)
    energies = program.energies(y=data)["squared_error1"].detach()
    np.testing.assert_allclose(energies, ((data.T - w @ found.numpy().T) ** 2).sum(0), atol=1e-9)
