"""The embedding's numbers against scikit-learn's, and the samples' pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodes.sketch import Sketch
from runtime.figures.embedding import Embedding
from runtime.program import compile
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.views import figure
from runtime.views.embedding import as_pictures
from tests.runtime.conftest import classifier


def look(run: Run, block: str = "", choice: str = "") -> Any:
    run.watch()
    assert run.seen is not None
    return figure(run, run.seen, Ask("embedding", block, choice))


def digits() -> Run:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.tanh(s.conv2d(x, channels=4, kernel=3))
    s.cross_entropy(s.linear(s.flatten(z), units=10), y)
    return Run(compile(s.diagram(data="digits", dtype="float64", batch=64)))


def test_it_is_the_pca_of_the_validation_samples_at_any_variable() -> None:
    import torch
    from sklearn.decomposition import PCA

    run = digits()
    found = look(run, "tanh1")
    assert isinstance(found, Embedding) and found.variable == "tanh1.y" and found.size == 4 * 36
    rows = run.batches.rows("validation")
    np.testing.assert_array_equal(found.samples, rows)
    weight, bias = (run.program.parameters[f"conv2d1.{n}"].detach() for n in ("weight", "bias"))
    x = torch.as_tensor(run.data.fields["x"][rows])
    values = torch.nn.functional.conv2d(x, weight, bias).tanh().flatten(1).numpy()
    theirs = PCA(2, svd_solver="full").fit(values)
    expected = theirs.transform(values)
    signs = np.sign((expected * found.x).sum(0))
    np.testing.assert_allclose(found.x * signs, expected, atol=1e-5)
    np.testing.assert_allclose(found.shares, theirs.explained_variance_ratio_, rtol=1e-9)
    np.testing.assert_array_equal(found.y, run.data.fields["y"][rows])
    assert found.names == run.data.classes["y"]


def test_images_come_with_their_pictures() -> None:
    run = digits()
    found = look(run)
    assert found.variable == "x.y" and found.pictures.shape == (len(found.samples), 8, 8)
    one = run.data.fields["x"][found.samples[3], 0]
    whole = run.data.fields["x"][found.samples]
    grey = (one - whole.min()) / np.ptp(whole) * 255
    np.testing.assert_allclose(found.pictures[3], grey, atol=0.51)
    assert look(Run(compile(classifier()))).pictures is None


def test_large_pictures_are_thinned_and_coloured_ones_stay_coloured() -> None:
    images = np.random.default_rng(0).uniform(size=(2, 3, 96, 64))
    made = as_pictures(images)
    assert made is not None and made.shape == (2, 32, 22, 3) and made.dtype == np.uint8
    assert as_pictures(np.zeros((2, 5, 4, 4))) is None


@pytest.mark.parametrize("block", ["", "nowhere", "cross_entropy1"])
def test_without_such_a_variable_it_shows_the_data(block: str) -> None:
    found = look(Run(compile(classifier())), block)
    assert found.variable == "x.y"
    assert found.variables == ("x.y", "linear1.y", "tanh1.y", "linear2.y")


def test_without_a_validation_part_it_takes_training_samples() -> None:
    run = Run(compile(classifier(validation=0.0, test=0.0)))
    found = look(run, choice="tanh1.y")
    assert found.variable == "tanh1.y" and len(found.x) == 1000
    assert set(found.samples) <= set(run.batches.parts.training)
