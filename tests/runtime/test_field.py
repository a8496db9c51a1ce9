"""The decision boundary against predictions asked one by one, and inference against the known minimum."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nodes.sketch import Sketch
from runtime.field import bounds_of, grid_points
from runtime.inference import infer
from runtime.program import compile
from runtime.run import Run
from tests.runtime.conftest import classifier


@pytest.mark.parametrize("normalize", [False, True])
def test_the_grid_holds_the_predictions_at_its_cells(normalize: bool) -> None:
    run = Run(compile(classifier(dtype="float64", normalize=normalize)))
    for _ in range(200):
        run.step()
    grid = run.grid(25)
    assert grid is not None and grid.answer.dtype == np.uint8
    x0, x1, y0, y1 = grid.bounds
    scale = run.batches.scales.get("x", (0.0, 1.0))
    for row, column in ((0, 0), (12, 3), (24, 24), (5, 20)):
        place = np.array([x0 + (x1 - x0) * (column + 0.5) / 25, y0 + (y1 - y0) * (row + 0.5) / 25])
        out = run.program.predict(x=((place - scale[0]) / scale[1])[None])["ȳ"].softmax(1)
        assert grid.answer[row, column] == int(out.argmax())
        assert grid.confidence is not None
        assert abs(int(grid.confidence[row, column]) - float(out.max()) * 255) <= 1


def test_the_grid_covers_the_data_and_its_first_row_is_the_lowest() -> None:
    points = np.array([[0.0, 0.0], [4.0, 1.0]])
    x0, x1, y0, y1 = bounds_of(points)
    assert x0 < 0 and x1 > 4 and x1 - x0 == pytest.approx(y1 - y0)
    cells = grid_points((0.0, 1.0, 0.0, 1.0), 2)
    np.testing.assert_allclose(cells, [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]])


def test_there_is_no_grid_without_a_plane() -> None:
    assert Run(compile(classifier(data="iris"))).grid(10) is None


def test_a_regression_over_the_plane_is_a_surface() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y)
    points = np.random.default_rng(0).normal(size=(50, 2))
    run = Run(
        compile(
            s.diagram(data={"x": points, "y": points @ np.array([[2.0], [-1.0]])}, dtype="float64")
        )
    )
    grid = run.grid(8)
    assert grid is not None and grid.classes == 0 and grid.answer.dtype == np.float32
    expected = run.program.predict(x=grid_points(grid.bounds, 8))["ȳ"].reshape(8, 8)
    np.testing.assert_allclose(grid.answer, expected, rtol=1e-5)


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
