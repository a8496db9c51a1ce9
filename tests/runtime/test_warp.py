"""The space warp's coordinates against torch's own layers, scikit-learn's components and scipy's Procrustes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg
import torch
from sklearn.decomposition import PCA

from nodes.sketch import Sketch
from runtime.figures.warp import Stage, Warp
from runtime.program import compile
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.turning import as_rotation, procrustes, taken_apart
from runtime.views import figure
from tests.runtime.conftest import classifier

EXACT = {"rtol": 1e-5, "atol": 1e-5}  # what is sent is float32


def look(run: Run, size: int = 0) -> Any:
    run.watch()
    assert run.seen is not None
    return figure(run, run.seen, Ask("warp", size=size))


def narrow(*units: int, data: Any = "spiral", activation: str = "tanh", answers: int = 3) -> Run:
    """x -> linear -> tanh, for each of `units`, -> linear."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = x
    for count in units:
        z = s.add(activation, s.linear(z, units=count))
    s.cross_entropy(s.linear(z, units=answers), y)
    return Run(compile(s.diagram(data=data, dtype="float64", seed=3)))


def weights(run: Run, name: str) -> tuple[torch.Tensor, torch.Tensor]:
    own = run.program.parameters
    return own[f"{name}.weight"].detach(), own[f"{name}.bias"].detach()


def reached(found: Warp, pin: str) -> Stage:
    return next(s for s in found.stages if s.pin == pin and s.last)


def on_the_way(found: Warp, pin: str) -> list[Stage]:
    return [s for s in found.stages if s.pin == pin]


def whole(stage: Stage) -> np.ndarray:
    """Points and grid below each other."""
    return np.concatenate([stage.points, stage.grid.reshape(-1, stage.grid.shape[-1])]).astype(
        float
    )


def padded(values: np.ndarray, to: int = 3) -> np.ndarray:
    return np.pad(values, ((0, 0), (0, to - values.shape[1])))


# --- where things are --------------------------------------------------------------------------------------------


def test_variables_of_two_and_three_numbers_are_shown_as_torch_computes_them() -> None:
    run = narrow(2, 3)
    found = look(run)
    x = torch.as_tensor(whole(found.stages[0]))
    s1 = torch.nn.functional.linear(x, *weights(run, "linear1"))
    s2 = torch.nn.functional.linear(s1.tanh(), *weights(run, "linear2"))
    answer = torch.nn.functional.linear(s2.tanh(), *weights(run, "linear3"))
    expected = {
        "linear1": s1,
        "tanh1": s1.tanh(),
        "linear2": s2,
        "tanh2": s2.tanh(),
        "linear3": answer,
    }
    assert [s.pin for s in found.stages if s.last] == ["x.y", *(f"{n}.y" for n in expected)]
    for name, values in expected.items():
        np.testing.assert_allclose(whole(reached(found, f"{name}.y")), values, **EXACT)


def test_points_are_training_samples_with_their_classes_and_the_grid_lies_around_them() -> None:
    run = narrow(2)
    found = look(run, size=81)
    x, y = run.data.fields["x"], run.data.fields["y"]
    rows = [int(np.abs(x - p).sum(1).argmin()) for p in found.stages[0].points]
    np.testing.assert_allclose(found.stages[0].points, x[rows], atol=1e-6)
    np.testing.assert_array_equal(found.y, y[rows])
    assert set(rows) <= set(run.batches.rows("training").tolist()) and len(set(rows)) == 400
    grid = found.stages[0].grid
    assert grid.shape == (2, 21, 81, 2) and found.names == ("arm 1", "arm 2", "arm 3")
    for direction in (0, 1):
        lines = grid[direction]
        np.testing.assert_allclose(np.ptp(lines[..., 1 - direction], axis=1), 0, atol=1e-6)
        assert (np.diff(lines[..., direction], axis=1) > 0).all(), "along its own coordinate"
        assert (np.diff(lines[..., 1 - direction], axis=0) > 0).all(), "one beside the other"
        assert (lines.min((0, 1)) < x.min(0)).all() and (lines.max((0, 1)) > x.max(0)).all()


def test_more_numbers_are_principal_components_of_the_points_as_scikit_learn_finds_them() -> None:
    run = narrow(20, activation="relu")
    found = look(run)
    x = torch.as_tensor(whole(found.stages[0]))
    z = torch.nn.functional.linear(x, *weights(run, "linear1")).relu().numpy()
    shown, count = reached(found, "relu1.y"), len(found.stages[0].points)
    pca = PCA(3, svd_solver="full").fit(z[:count])
    assert shown.by_components and shown.size == 20
    assert shown.share == pytest.approx(pca.explained_variance_ratio_.sum())
    theirs = pca.transform(z)
    turn, _ = scipy.linalg.orthogonal_procrustes(theirs, whole(shown))
    np.testing.assert_allclose(theirs @ turn, whole(shown), **EXACT)


def test_components_are_turned_to_lie_as_the_stage_before() -> None:
    found = look(narrow(20, activation="relu"))
    before, after = reached(found, "linear1.y"), reached(found, "relu1.y")
    assert not before.depth and after.depth, "a linear map leaves a plane flat"
    goal = padded(before.points - before.points.mean(0))
    turn, _ = scipy.linalg.orthogonal_procrustes(after.points.astype(float), goal)
    left = np.linalg.norm(after.points @ turn - goal)
    assert np.linalg.norm(after.points - goal) == pytest.approx(left, rel=1e-5)


def test_a_linear_map_into_many_dimensions_keeps_the_stretched_plane() -> None:
    found = look(narrow(20))
    *_, stretched, last = on_the_way(found, "linear1.y")
    middle = stretched.points.mean(0)
    np.testing.assert_allclose(last.points, stretched.points - middle, **EXACT)
    np.testing.assert_allclose(last.grid, stretched.grid - middle, **EXACT)


def test_of_an_input_of_many_numbers_the_grid_lies_on_its_main_plane() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.tanh(s.linear(s.flatten(x), units=2)), units=10), y)
    run = Run(compile(s.diagram(data="digits", dtype="float64")))
    found = look(run, size=21)
    first = found.stages[0]
    assert first.size == 64 and first.depth and first.grid.shape == (2, 11, 21, 3)
    np.testing.assert_allclose(first.grid[..., 2], 0, atol=1e-5)
    images = run.data.fields["x"].reshape(-1, 64)
    rows = run.batches.rows("training")
    rows = rows[np.linspace(0, len(rows) - 1, len(first.points)).astype(int)]
    theirs = PCA(3, svd_solver="full").fit(images[rows])
    np.testing.assert_allclose(
        np.abs(first.points), np.abs(theirs.transform(images[rows])), rtol=1e-4, atol=1e-4
    )
    hidden = torch.as_tensor(images[rows])
    hidden = torch.nn.functional.linear(hidden, *weights(run, "linear1")).tanh()
    np.testing.assert_allclose(reached(found, "tanh1.y").points, hidden, rtol=1e-4, atol=1e-4)


def test_a_variable_of_one_number_lies_on_the_first_axis() -> None:
    run = narrow(1)
    found = look(run)
    shown = whole(reached(found, "tanh1.y"))
    x = torch.as_tensor(whole(found.stages[0]))
    z = torch.nn.functional.linear(x, *weights(run, "linear1")).tanh().numpy()
    np.testing.assert_allclose(shown[:, :1], z, **EXACT)
    assert not shown[:, 1].any()


# --- a linear map, step by step ----------------------------------------------------------------------------------


@pytest.mark.parametrize("units", [1, 2, 3])
@pytest.mark.parametrize("before", [2, 3, 9])
def test_rotation_stretching_rotation_and_shift_follow_each_other(before: int, units: int) -> None:
    run = narrow(before, units)
    found = look(run, size=21)
    steps = on_the_way(found, "linear2.y")
    weight, bias = (w.numpy() for w in weights(run, "linear2"))
    at = found.stages.index(steps[0])
    for old, new in zip(found.stages[at - 1 :], steps, strict=False):
        if new.turn is not None:
            np.testing.assert_allclose(new.turn @ new.turn.T, np.eye(3), atol=1e-12)
            assert np.linalg.det(new.turn) == pytest.approx(1)
            turned = padded(whole(old)) @ new.turn.T
            np.testing.assert_allclose(turned, padded(whole(new)), **EXACT)
    stretched = next(s for s in steps if s.deed.startswith("stretching"))
    values = np.linalg.svd(weight)[1]
    if before < 9 and units > 1:
        factors = whole(stretched).std(0) / whole(steps[steps.index(stretched) - 1]).std(0)
        found_factors = sorted(factors[factors > 1e-6].tolist(), reverse=True)
        np.testing.assert_allclose(found_factors, values[: len(found_factors)], rtol=1e-4)
    shift = whole(steps[-1]) - whole(steps[-2])
    np.testing.assert_allclose(shift[:, :units], np.tile(bias, (len(shift), 1)), atol=1e-5)
    assert steps[-1].deed == "shift by b" and steps[-2].deed == "rotation by U"


@pytest.mark.parametrize("rows", [1, 2, 3, 30])
@pytest.mark.parametrize("columns", [1, 2, 3, 30])
@pytest.mark.parametrize("seed", range(5))
def test_the_parts_multiply_to_the_matrix(rows: int, columns: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    weight = random.normal(size=(rows, columns))
    seen = np.eye(columns)
    if columns > 3:
        seen = np.linalg.qr(random.normal(size=(columns, 3)))[0].T
    parts = taken_apart(weight, seen)
    if min(rows, columns) > 3:
        assert parts is None
        return
    assert parts is not None
    u, s, v = parts
    np.testing.assert_allclose(u * s @ v, weight, rtol=0, atol=1e-13)
    np.testing.assert_allclose(v @ v.T, np.eye(len(v)), atol=1e-13)
    values = scipy.linalg.svdvals(weight)
    np.testing.assert_allclose(np.sort(np.abs(s))[::-1][: len(values)], values, atol=1e-13)
    if columns <= 3:
        assert np.linalg.det(v) == pytest.approx(1)
    if rows <= 3:
        turn = as_rotation(u)
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(turn) == pytest.approx(1)
    assert (s >= 0).all() or rows == len(s) == 3


@pytest.mark.parametrize("seed", range(10))
def test_the_first_rotation_is_the_smallest_that_there_is(seed: int) -> None:
    weight = np.random.default_rng(seed).normal(size=(2, 2))
    parts = taken_apart(weight, np.eye(2))
    assert parts is not None
    angle = np.degrees(np.arctan2(parts[2][1, 0], parts[2][0, 0]))
    assert abs(angle) <= 45 + 1e-9


def test_a_mirror_is_not_called_a_rotation() -> None:
    with pytest.raises(ValueError, match="mirror"):
        as_rotation(np.diag([1.0, 1.0, -1.0]))
    u, s, _ = taken_apart(np.diag([1.0, 2.0, -0.5]), np.eye(3)) or pytest.fail("no parts")
    assert sorted(s.tolist()) == [-0.5, 1.0, 2.0] and np.linalg.det(u) == pytest.approx(1)
    page = as_rotation(np.diag([1.0, -1.0]))
    np.testing.assert_allclose(page, np.diag([1.0, -1.0, -1.0]), atol=1e-12)  # turned over


@pytest.mark.parametrize("columns", [2, 3])
def test_turning_is_orthogonal_and_nothing_comes_nearer(columns: int) -> None:
    random = np.random.default_rng(columns)
    points, goal = random.normal(size=(2, 50, columns))
    found = procrustes(points, goal)
    theirs, _ = scipy.linalg.orthogonal_procrustes(points, goal)
    np.testing.assert_allclose(found, theirs, atol=1e-12)
    np.testing.assert_allclose(found @ found.T, np.eye(columns), atol=1e-12)
    best = np.linalg.norm(points @ found - goal)
    for _ in range(200):
        other = np.linalg.qr(random.normal(size=(columns, columns)))[0]
        assert np.linalg.norm(points @ other - goal) >= best - 1e-12


# --- the run ------------------------------------------------------------------------------------------------------


def test_a_look_changes_nothing_of_the_run() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.dropout(s.batch_norm(s.linear(x, units=4)))
    s.cross_entropy(s.linear(z, units=3), y)
    one, other = (Run(compile(s.diagram(data="spiral", seed=2))) for _ in range(2))
    for run, looking in ((one, True), (other, False)):
        torch.manual_seed(0)
        for _ in range(3):
            run.watch()
            if looking:
                assert figure(run, run.seen, Ask("warp")) is not None  # type: ignore[arg-type]
    for name, value in one.program.module.state_dict().items():
        torch.testing.assert_close(value, other.program.module.state_dict()[name], rtol=0, atol=0)


def test_frames_lie_near_each_other_while_it_trains() -> None:
    run = Run(compile(classifier()))
    last = look(run)
    for _ in range(30):
        found = look(run)
        for a, b in zip(last.stages, found.stages, strict=True):
            if a.last:
                assert np.abs(a.points - b.points).max() < 0.5 * np.abs(a.points).max()
        last = found


def test_it_needs_one_input_and_somewhere_to_go() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y)
    found = look(Run(compile(s.diagram(data="curve"))))
    assert found.y.dtype.kind == "f" and not found.stages[-1].points[:, 1].any()
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(s.concat(x, y), units=1), y)
    assert look(Run(compile(s.diagram(data="curve")))) is None


def test_a_net_that_is_too_large_has_fewer_lines_or_none() -> None:
    def lines(units: int) -> Any:
        s = Sketch()
        x, y = s.observed("x"), s.observed("y")
        s.cross_entropy(s.linear(s.tanh(s.linear(x, units=units)), units=3), y)
        found = look(Run(compile(s.diagram(data="spiral"))))
        return found if found is None else found.stages[0].grid.shape[1:3]

    assert (lines(10), lines(1_000), lines(100_000)) == ((21, 161), (21, 81), None)
