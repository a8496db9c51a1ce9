"""Loss surfaces against numpy and against PyTorch's own modules, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from graph.diagram import Diagram
from graph.problem import DiagramError
from nodes.sketch import Sketch
from runtime import trail
from runtime.figures.surface import Path, Surface, Where, entry_of
from runtime.plane import plane_of, random_directions
from runtime.program import compile
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.surface import NODES, surface
from runtime.views.surface import path


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step is recorded, however slow the machine is."""
    monkeypatch.setattr(trail, "ADVANCE", 3_600.0)


def one_one_one(**recipe: Any) -> Diagram:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.tanh(s.linear(x, units=1, bias=False))
    s.squared_error(s.tanh(s.linear(z, units=1, bias=False)), y)
    given = {"data": "one_one_one", "dtype": "float64", "validation": 0.0, "test": 0.0}
    return s.diagram(**{**given, "optimizer": "sgd", "rate": 0.1, "batch": 2, **recipe})


def mlp(**recipe: Any) -> Run:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.dropout(s.tanh(s.linear(x, units=6))), units=3), y)
    data = {"kind": "spiral"}
    return Run(compile(s.diagram(**{"data": data, "dtype": "float64", "seed": 3, **recipe})))


def whole(run: Run, choice: str) -> Surface:
    *_, (share, found) = surface(run, Ask("surface", choice=choice))
    assert share == 1.0 and np.isfinite(found.loss).all()
    return found


def grid(found: Surface) -> tuple[np.ndarray, np.ndarray]:
    x0, x1, y0, y1 = found.bounds
    return np.linspace(x0, x1, NODES), np.linspace(y0, y1, NODES)


# --- two weights ---------------------------------------------------------------------------------------------------


def test_the_1_1_1_net_has_two_minima_and_a_saddle_at_0() -> None:
    found = whole(Run(compile(one_one_one())), "weights; span=4")
    w0, w1 = grid(found)
    assert found.bounds == (-4, 4, -4, 4) and found.samples == 2
    assert found.axes == ("linear1.weight[0, 0]", "linear2.weight[0, 0]")
    exact = (0.5 - np.tanh(w1[:, None] * np.tanh(0.5 * w0[None]))) ** 2
    np.testing.assert_allclose(found.loss, exact, rtol=0, atol=1e-14)

    assert len(found.minima) == 2
    assert {(np.sign(x), np.sign(y)) for x, y, _ in found.minima} == {(1, 1), (-1, -1)}
    assert found.minima[0][2] == exact.min() < 1e-6

    at = NODES // 2
    assert w0[at] == w1[at] == 0.0
    along, across = found.loss.diagonal(), np.fliplr(found.loss).diagonal()
    assert along[at] > along[at - 1] and along[at] > along[at + 1]
    assert across[at] < across[at - 1] and across[at] < across[at + 1]
    assert found.loss[at, at] == 0.25


def test_the_width_fits_the_path_and_the_path_is_the_runs_own() -> None:
    run = Run(compile(one_one_one()))
    kept = []
    for _ in range(40):
        kept.append([float(p.detach()) for p in run.program.parameters.values()])
        run.step()
    kept.append([float(p.detach()) for p in run.program.parameters.values()])
    found = whole(run, "")
    assert found.bounds == (-2, 2, -2, 2) and found.step == 40
    shown = path(run, None, Ask("path"))  # type: ignore[arg-type]
    np.testing.assert_array_equal(shown.steps[:-1], range(41))
    np.testing.assert_allclose(shown.points[:-1], kept, rtol=0, atol=1e-15)
    np.testing.assert_allclose(shown.points[-1], kept[-1], rtol=0, atol=1e-15)
    assert shown.single == found.axes

    run.program.load({"linear1.weight": np.array([[7.0]])})
    assert whole(run, "").bounds == (-10, 10, -10, 10)
    x0, x1, y0, y1 = whole(run, "weights; span=1").bounds  # 0 would leave the present out
    assert (x0, x1) == (6, 8) and y1 - y0 == 2 and y0 < kept[-1][1] < y1


def test_any_two_entries_may_be_chosen() -> None:
    run = mlp()
    where = Where("weights", "linear1.weight[4, 1]", "linear2.bias[2]", 1.5)
    found = whole(run, where.text)
    across, up = grid(found)
    state = {n: p.detach().clone() for n, p in run.program.parameters.items()}
    for row, column in ((0, 0), (64, 3), (17, 40)):
        own = {n: w.clone() for n, w in state.items()}
        own["linear1.weight"][4, 1], own["linear2.bias"][2] = across[column], up[row]
        assert found.loss[row, column] == pytest.approx(by_hand(run, own), abs=1e-12)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("weights; x=nowhere[0]; y=linear1.bias[0]", "there is no weight 'nowhere"),
        ("weights; x=linear1.weight[9, 0]; y=linear1.bias[0]", "is 6 × 2: it has no entry"),
        ("weights; x=linear1.bias[0]; y=linear1.bias[0]", "two different weights"),
    ],
)
def test_weights_that_are_not_there_are_told(choice: str, said: str) -> None:
    with pytest.raises(DiagramError, match=said.replace("[", r"\[")):
        next(surface(mlp(), Ask("surface", choice=choice)))


# --- random directions ---------------------------------------------------------------------------------------------


def by_hand(run: Run, weights: dict[str, torch.Tensor]) -> float:
    """The loss of the MLP with these weights on all training samples, by torch's own functions."""
    rows = run.batches.rows("training", 1000)
    x = torch.as_tensor(
        run.batches.normalized("x", run.data.fields["x"])[rows], dtype=torch.float64
    )
    y = torch.as_tensor(run.data.fields["y"][rows]).long()
    z = torch.tanh(x @ weights["linear1.weight"].T + weights["linear1.bias"])
    s = z @ weights["linear2.weight"].T + weights["linear2.bias"]
    return float(torch.nn.functional.cross_entropy(s, y))


def test_random_directions_are_normalised_filter_by_filter() -> None:
    run = mlp()
    weights = {n: p.detach() for n, p in run.program.parameters.items()}
    first, second = random_directions(weights, seed=5)
    for direction in (first, second):
        assert set(direction) == {"linear1.weight", "linear2.weight"}  # biases stay
        for name, d in direction.items():
            torch.testing.assert_close(d.norm(dim=1), weights[name].norm(dim=1))
    again, _ = random_directions(weights, seed=5)
    other, _ = random_directions(weights, seed=6)
    assert torch.equal(again["linear1.weight"], first["linear1.weight"])
    assert not torch.equal(other["linear1.weight"], first["linear1.weight"])
    assert not torch.equal(second["linear1.weight"], first["linear1.weight"])
    filters = torch.randn(4, 3, 5, 5, dtype=torch.float64)
    drawn, _ = random_directions({"conv": filters, "bias": torch.ones(4)}, seed=0)
    torch.testing.assert_close(drawn["conv"].flatten(1).norm(dim=1), filters.flatten(1).norm(dim=1))


def test_a_surface_over_random_directions_is_the_loss_there() -> None:
    run = mlp()
    for _ in range(30):
        run.step()
    found = whole(run, "directions; seed=5; span=0.5")
    across, up = grid(found)
    state = {n: p.detach().clone() for n, p in run.program.parameters.items()}
    first, second = random_directions(state, seed=5)
    for row, column in ((0, 0), (32, 32), (64, 64), (11, 50)):
        moved = {
            n: w + across[column] * first[n] + up[row] * second[n] if n in first else w
            for n, w in state.items()
        }
        assert found.loss[row, column] == pytest.approx(by_hand(run, moved), abs=1e-12)
    assert found.axes == ("", "") and found.bounds == (-0.5, 0.5, -0.5, 0.5)


def test_the_path_is_projected_at_right_angles() -> None:
    run = mlp(optimizer="adam", rate=0.05)
    for _ in range(30):
        run.step()
    whole(run, "directions; seed=1")
    assert run.plane is not None
    u, v = (
        np.concatenate(
            [d.get(n, torch.zeros_like(w)).flatten().numpy() for n, w in run.plane.centre.items()]
        )
        for d in run.plane.directions
    )
    run.step()
    shown = path(run, None, Ask("path", choice="directions; seed=1"))  # type: ignore[arg-type]
    centre = run.trail.rows[30].numpy()
    away = run.trail.rows.numpy() - centre
    expected, *_ = np.linalg.lstsq(np.stack([u, v], axis=1), away.T, rcond=None)
    np.testing.assert_allclose(shown.points[:-1], expected.T, atol=1e-12)
    np.testing.assert_allclose(shown.points[30], 0, atol=1e-12)
    other = path(run, None, Ask("path", choice="directions; seed=2"))  # type: ignore[arg-type]
    assert len(other.points) == 0 and other.weights["linear1.weight"] == (6, 2)


# --- along the path --------------------------------------------------------------------------------------------------


def flat(weights: Any) -> np.ndarray:
    return np.concatenate([w.detach().numpy().ravel() for w in weights.values()])


def way(run: Run, steps: int) -> np.ndarray:
    """Takes steps; the weights before and after each of them."""
    found = [flat(run.program.parameters)]
    for _ in range(steps):
        run.step()
        found.append(flat(run.program.parameters))
    return np.stack(found)


@pytest.mark.parametrize("steps", [4, 80])  # fewer places than weights, and more
def test_the_plane_of_the_path_is_scikit_learns_of_its_weights_minus_the_last(steps: int) -> None:
    run = mlp(optimizer="adam", rate=0.03)
    visited = way(run, steps)
    found = whole(run, "path")
    reference = PCA(2, svd_solver="full").fit(visited - visited[-1])
    assert run.plane is not None and found.kind == "path" and found.axes == ("", "")
    for direction, own in zip(run.plane.directions, reference.components_, strict=True):
        assert set(direction) == set(run.program.parameters)  # biases too: the path moves them
        got = flat(direction)
        np.testing.assert_allclose(got * np.sign(got @ own), own, atol=1e-9)
    np.testing.assert_allclose(found.shares, reference.explained_variance_ratio_, atol=1e-12)
    shown = path(run, None, Ask("path", choice="path"))  # type: ignore[arg-type]
    expected = (visited - visited[-1]) @ np.stack([flat(d) for d in run.plane.directions]).T
    np.testing.assert_allclose(shown.points[:-1], expected, atol=1e-12)
    np.testing.assert_allclose(shown.points[-1], 0.0, atol=1e-12)
    assert shown.places == steps + 1


def test_the_loss_along_the_path_is_that_of_the_weights_there() -> None:
    run = mlp(optimizer="adam", rate=0.03)
    way(run, 40)
    found = whole(run, "path")
    across, up = grid(found)
    u, v = run.plane.directions if run.plane else ({}, {})
    own = {n: p.detach().clone() for n, p in run.program.parameters.items()}
    for row, column in ((0, 0), (64, 64), (20, 51)):
        moved = {n: w + across[column] * u[n] + up[row] * v[n] for n, w in own.items()}
        assert found.loss[row, column] == pytest.approx(by_hand(run, moved), abs=1e-12)


def test_the_axes_fit_the_whole_path() -> None:
    run = mlp(optimizer="adam", rate=0.05)
    way(run, 60)
    x0, x1, y0, y1 = whole(run, "path").bounds
    points = path(run, None, Ask("path", choice="path")).points  # type: ignore[arg-type]
    low, high = points.min(0), points.max(0)
    assert x0 < low[0] and high[0] < x1 and y0 < low[1] and high[1] < y1
    assert high[0] - low[0] == pytest.approx((x1 - x0) / 1.2)  # and use its room
    x0, x1, y0, y1 = whole(run, "path; span=0.01").bounds
    assert x1 - x0 == pytest.approx(0.02) and x0 < 0 < x1 and y0 < 0 < y1  # the present is seen


def test_without_a_choice_it_is_along_the_path_as_soon_as_there_is_one() -> None:
    run = mlp(optimizer="adam")
    assert whole(run, "").kind == "directions"
    with pytest.raises(DiagramError, match="no path yet"):
        next(surface(run, Ask("surface", choice="path")))
    run.step()
    assert whole(run, "").kind == "directions"  # a line is no plane
    run.step()
    assert whole(run, "").kind == "path"
    assert path(run, None, Ask("path")).usual == "path"  # type: ignore[arg-type]
    two = Run(compile(one_one_one()))
    way(two, 5)
    assert whole(two, "").kind == "weights"
    still = mlp(rate=1e-300)
    way(still, 5)
    assert whole(still, "").kind == "directions"  # it has not moved


def test_random_directions_hold_little_of_the_path_and_say_how_much() -> None:
    run = mlp(optimizer="adam", rate=0.03)
    visited = way(run, 40)
    found = whole(run, "directions; seed=2")
    assert run.plane is not None
    u, v = (
        np.concatenate(
            [d.get(n, torch.zeros_like(w)).numpy().ravel() for n, w in run.plane.centre.items()]
        )
        for d in run.plane.directions
    )
    across, _ = np.linalg.qr(np.stack([u, v], axis=1))  # the first along u
    moved = {n for n in run.plane.directions[0]}
    only = np.concatenate([np.full(w.numel(), n in moved) for n, w in run.plane.centre.items()])
    away = (visited - visited.mean(0)) * only
    expected = ((away @ across) ** 2).sum(0) / ((visited - visited.mean(0)) ** 2).sum()
    np.testing.assert_allclose(found.shares, expected, atol=1e-12)
    assert sum(found.shares) < 0.5 < sum(whole(run, "path").shares)


def test_a_block_that_cannot_be_computed_for_many_weights_at_once_is_computed_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Run(compile(one_one_one()))
    together = whole(run, "weights; span=2")

    def refused(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no batching rule")

    monkeypatch.setattr(torch.func, "vmap", refused)
    np.testing.assert_allclose(whole(run, "weights; span=2").loss, together.loss, atol=1e-15)


def test_it_is_shown_from_coarse_to_fine() -> None:
    known, shares = [], []
    for share, found in surface(mlp(), Ask("surface", choice="directions")):
        known.append(int(np.isfinite(found.loss).sum()))
        shares.append(share)
        if share > 0.01:
            break
    assert (
        shares == sorted(shares) and known[-1] == NODES**2
    )  # a first picture after 1 % of the work
    assert len({*found.loss.flatten()}) < 100


# --- what a choice says ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where",
    [
        Where(),
        Where("directions", seed=4),
        Where("path", span=0.5),
        Where("weights", "part/linear1.weight[0, 2]", "b.bias[1]", 0.25),
    ],
)
def test_a_choice_survives_its_text(where: Where) -> None:
    assert Where.read(where.text) == where


@pytest.mark.parametrize(
    "text", ["", "nonsense", "span=nan; seed=x", "weights2; span=-1", ";;=;", "span=1e999"]
)
def test_a_text_that_means_nothing_is_no_choice(text: str) -> None:
    assert Where.read(text) == Where()


def test_entries_are_read_as_they_are_written() -> None:
    assert entry_of("linear1.weight[0, 2]") == ("linear1.weight", (0, 2))
    assert entry_of("p.value[]") == ("p.value", ())
    assert entry_of("linear1.weight") is None and entry_of("a[x]") is None
    assert Path(np.zeros((0, 2)), np.zeros(0), {"a": (1, 1), "b": ()}).single == ("a[0, 0]", "b[]")
    assert Path(np.zeros((0, 2)), np.zeros(0), {"a": (2, 1), "b": ()}).single is None


def test_the_plane_moves_nothing_else() -> None:
    run = mlp()
    where = Where("weights", "linear1.bias[0]", "linear1.bias[1]")
    plane = plane_of(run.program, where, run.trail)
    moved = plane.moved(torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64))
    assert set(moved) == {"linear1.bias"} and set(plane.fixed()) == set(plane.centre) - set(moved)
    np.testing.assert_array_equal(moved["linear1.bias"][:, :2], [[1, 2], [3, 4]])
    own = run.program.parameters["linear1.bias"].detach()
    torch.testing.assert_close(moved["linear1.bias"][1, 2:], own[2:])
