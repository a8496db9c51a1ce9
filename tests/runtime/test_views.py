"""The live views' figures against numpy, scikit-learn and PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from graph.diagram import Pin
from nodes.sketch import Sketch
from runtime import messages as m
from runtime.engine import Engine
from runtime.figures.confusion import Confusion
from runtime.figures.pictures import Bank
from runtime.probe import Watched
from runtime.program import compile
from runtime.run import Run
from runtime.snapshot import Ask, Histograms, Snapshot
from runtime.views import figure
from runtime.views.histograms import magnitudes, spread
from tests.runtime.conftest import classifier


def seen(run: Run) -> Watched:
    run.watch()
    assert run.seen is not None
    return run.seen


def images() -> Run:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.tanh(s.conv2d(x, channels=5, kernel=3))
    s.cross_entropy(s.linear(s.flatten(z), units=10), y)
    return Run(compile(s.diagram(data="digits", seed=2)))


def test_histograms_count_what_numpy_counts() -> None:
    run = Run(compile(classifier(dtype="float64")))
    watched = seen(run)
    found = figure(run, watched, Ask("histograms"))
    assert isinstance(found, Histograms)
    gradient = watched.gradients["linear1.weight"]
    bias = watched.gradients["linear1.bias"]
    assert gradient is not None and bias is not None
    values = np.abs(torch.cat([gradient.flatten(), bias.flatten()]).numpy())
    ours = found.gradients["linear1"]
    expected, _ = np.histogram(
        np.log10(values[values > 0]), len(ours.counts), (ours.low, ours.high)
    )
    assert abs(ours.counts - expected).sum() <= 2  # float32 may move a value over a bin's edge
    z = watched.variables[Pin("tanh1", "y")].numpy()
    hidden = found.activations["tanh1"]
    assert hidden.low == pytest.approx(z.min(), rel=1e-6) and hidden.counts.sum() == z.size
    assert set(found.weights) == {"linear1", "linear2"}


def test_zeros_and_values_that_are_no_numbers_are_counted_apart() -> None:
    shown = magnitudes(np.array([0.0, 0.0, 1.0, np.nan]))
    assert shown.zeros == pytest.approx(2 / 3) and shown.counts.sum() == 1
    assert spread(np.array([np.inf])).counts.sum() == 0
    assert spread(np.full(5, 2.0)).counts.sum() == 5
    for low in (2.0, 0.02, 1e-20, -7e8, 0.0):  # values as near to each other as can be
        near = np.array([low, np.nextafter(np.float32(low), np.float32(1e9))], dtype=np.float32)
        assert spread(near).counts.sum() == spread(near.astype(np.float64)).counts.sum() == 2
        assert spread(near[:1]).counts.sum() == 1
        assert spread(np.array([low, np.nextafter(low, 1e9)])).counts.sum() == 2


def test_a_linear_layer_over_images_has_templates() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.flatten(x), units=10), y)
    run = Run(compile(s.diagram(data="digits")))
    found = figure(run, seen(run), Ask("filters", "linear1"))
    assert isinstance(found, Bank) and found.levels.shape == (10, 1, 8, 8)
    weight = run.program.parameters["linear1.weight"].detach().numpy().reshape(10, 1, 8, 8)
    np.testing.assert_allclose(found.levels / 127 * found.extent, weight, atol=found.extent / 127)


def test_confusion_equals_scikit_learns() -> None:
    from sklearn.metrics import confusion_matrix

    run = images()
    for _ in range(60):
        run.step()
    found = figure(run, seen(run), Ask("confusion"))
    assert isinstance(found, Confusion)
    rows = run.batches.rows("validation")
    x, y = run.data.fields["x"][rows], run.data.fields["y"][rows]
    answers = run.program.predict(x=x)["ȳ"].argmax(1).numpy()
    np.testing.assert_array_equal(found.counts, confusion_matrix(y, answers, labels=range(10)))
    (true, answered), samples = next(iter(found.examples.items()))
    assert all(run.data.fields["y"][n] == true for n in samples)
    assert found.counts[true, answered] >= len(samples)


def test_the_engine_makes_a_figure_only_for_an_open_view() -> None:
    said: list[object] = []
    engine = Engine(said.append)
    engine.handle(m.SetDiagram(1, classifier()))
    engine.handle(m.Play())
    ask = Ask("histograms")
    engine.handle(m.WantFrame(asks=(ask, Ask("no_such_view"))))
    engine.work()
    shot = said[-1]
    assert isinstance(shot, Snapshot) and isinstance(shot.views[ask], Histograms)
    assert shot.views[Ask("no_such_view")] is None
    engine.handle(m.Pause())
    engine.handle(m.WantFrame())
    assert said[-1].views == {}  # type: ignore[attr-defined]
