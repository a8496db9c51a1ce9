"""What the drawing and the histograms over time are made of, against numpy on full arrays."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from graph.diagram import Pin
from nodes.sketch import Sketch
from runtime import messages as m
from runtime.engine import Engine
from runtime.figures.card import Card
from runtime.figures.columns import QUANTILES, Column
from runtime.figures.shares import Shares
from runtime.kept import MOST, Kept, some
from runtime.program import compile
from runtime.run import Run
from runtime.snapshot import Ask, Snapshot
from runtime.views import figure
from runtime.views.shares import dead_share


def net(**recipe: object) -> Run:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=40)), units=3), y)
    return Run(compile(s.diagram(data="spiral", seed=3, dtype="float64", **recipe)))


def pictures() -> Run:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.relu(s.conv2d(x, channels=6, kernel=3))
    s.cross_entropy(s.linear(s.relu(s.linear(s.flatten(z), units=12)), units=10), y)
    return Run(compile(s.diagram(data="digits", seed=2, dtype="float64")))


def asked(run: Run, view: str, block: str = "", choice: str = "") -> object:
    assert run.seen is not None
    return figure(run, run.seen, Ask(view, block, choice))


# --- updates and the way since the start ---------------------------------------------------------------------------


def weights(run: Run, block: str) -> np.ndarray:
    own = [p for n, p in run.program.parameters.items() if n.startswith(f"{block}.")]
    return np.concatenate([p.detach().numpy().ravel() for p in own])


def test_updates_and_their_ratio_are_what_the_weights_moved_by() -> None:
    run = net(rate=0.1)
    before = weights(run, "linear1").copy()
    run.watch(with_update=True)
    after = weights(run, "linear1")
    column = asked(run, "columns")
    assert isinstance(column, Column) and column.step == 1
    found = column.spreads["updates"]["linear1"]
    decades = np.log10(np.abs((after - before)[after != before]))
    np.testing.assert_allclose(found.quantiles, np.quantile(decades, QUANTILES), atol=1e-5)
    assert found.histogram.counts.sum() == len(decades)
    ratio = np.linalg.norm(after - before) / np.linalg.norm(after)
    assert column.ratios["linear1"] == pytest.approx(ratio, rel=1e-5)


def test_a_column_has_every_kind_as_numpy_counts_it() -> None:
    run = net()
    run.watch(with_update=True)
    column = asked(run, "columns")
    assert isinstance(column, Column) and run.seen is not None
    own = weights(run, "linear2")
    found = column.spreads["weights"]["linear2"]
    histogram = found.histogram
    expected, _ = np.histogram(
        own.astype(np.float32), len(histogram.counts), (histogram.low, histogram.high)
    )
    assert np.abs(histogram.counts.astype(int) - expected).sum() <= 2
    np.testing.assert_allclose(found.quantiles, np.quantile(own, QUANTILES), atol=1e-6)
    z = run.seen.variables[Pin("relu1", "y")].numpy().ravel()
    shown = column.spreads["activations"]["relu1.y"]
    np.testing.assert_allclose(shown.quantiles, np.quantile(z, QUANTILES), atol=1e-6)
    assert shown.histogram.zeros == pytest.approx((z == 0).mean())
    gradient = run.seen.variable_gradients[Pin("relu1", "y")]
    assert gradient is not None
    decades = np.log10(np.abs(gradient.numpy()[gradient.numpy() != 0]))
    shown = column.spreads["gradients"]["relu1.y"]
    np.testing.assert_allclose(shown.quantiles, np.quantile(decades, QUANTILES), atol=1e-5)


def test_at_rest_there_are_no_updates() -> None:
    run = net()
    run.watch(with_update=True)
    run.look()
    column = asked(run, "columns")
    assert isinstance(column, Column)
    assert not column.ratios and not column.spreads["updates"] and column.spreads["weights"]


def test_what_is_looked_at_is_bounded() -> None:
    assert len(some(torch.zeros(100, 77))) <= MOST
    assert len(some(torch.zeros(MOST))) == MOST


def test_the_way_of_the_weights_is_the_norm_of_their_difference() -> None:
    run = net(rate=0.2)
    start = weights(run, "linear1").copy()
    assert run.origin.ratios(run.program.parameters)["linear1"] == 0.0
    for _ in range(20):
        run.step()
    run.look()
    found = asked(run, "moved")
    expected = np.linalg.norm(weights(run, "linear1") - start) / np.linalg.norm(start)
    assert isinstance(found, Shares)
    assert found.blocks["linear1"] == pytest.approx(expected, rel=1e-5)


def test_weights_that_an_edit_replaces_begin_again_and_others_go_on() -> None:
    a, b = torch.ones(3), torch.full((2,), 2.0)
    kept = Kept({"one.weight": a, "two.weight": b})
    after = {"one.weight": a * 3, "two.weight": torch.ones(5)}
    kept.follow(after)
    assert kept.ratios(after) == {"one": pytest.approx(2.0), "two": 0.0}
    assert Kept({}).ratios({}) == {}
    zero = Kept({"b.bias": torch.zeros(2)})
    assert zero.ratios({"b.bias": torch.ones(2)}) == {"b": 1.0}


# --- dead units ----------------------------------------------------------------------------------------------------


def test_units_that_are_0_for_the_whole_batch_are_dead() -> None:
    run = net()
    bias = run.program.parameters["linear1.bias"]
    with torch.no_grad():
        bias[:15] = -100.0
    run.look()
    assert run.seen is not None
    found = asked(run, "dead")
    assert isinstance(found, Shares) and set(found.blocks) == {"relu1"}
    z = run.seen.variables[Pin("relu1", "y")].numpy()
    assert found.blocks["relu1"] == pytest.approx((z == 0).all(axis=0).mean())
    assert found.blocks["relu1"] >= 15 / 40


@pytest.mark.parametrize("batch", [1, 4, 64])
def test_beside_a_small_batch_other_samples_are_asked(batch: int) -> None:
    run = net(batch=batch)
    with torch.no_grad():
        run.program.parameters["linear1.bias"][:15] = -100.0
    run.look()
    found = asked(run, "dead")
    rows = run.batches.parts.training
    x = run.data.fields["x"][rows[np.linspace(0, len(rows) - 1, 64).astype(int)]]
    if batch == 64:
        assert run.seen is not None
        x = run.seen.variables[Pin("x", "y")].numpy()
    weight, bias = (
        run.program.parameters[f"linear1.{n}"].detach().numpy() for n in ("weight", "bias")
    )
    expected = (x @ weight.T + bias <= 0).all(axis=0).mean()
    assert found.blocks["relu1"] == pytest.approx(expected)
    assert 15 / 40 <= expected < 0.7, "of a single sample half of the rest would be silent"


def test_of_a_convolution_channels_are_units() -> None:
    run = pictures()
    with torch.no_grad():
        run.program.parameters["conv2d1.bias"][:3] = -100.0
        run.program.parameters["linear1.bias"][:3] = -100.0
    run.look()
    assert run.seen is not None
    found = asked(run, "dead")
    assert isinstance(found, Shares)
    z = run.seen.variables[Pin("relu1", "y")].numpy()
    assert found.blocks["relu1"] == pytest.approx((z == 0).all(axis=(0, 2, 3)).mean()) == 0.5
    assert found.blocks["relu2"] >= 0.25
    along = torch.zeros(2, 5, 4)
    along[0, 1, 2] = 1.0
    assert dead_share(along, last=True) == pytest.approx(3 / 4)
    assert dead_share(along, last=False) == pytest.approx(4 / 5)


# --- the card ------------------------------------------------------------------------------------------------------


def test_a_card_has_the_numbers_of_its_variable() -> None:
    run = pictures()
    run.watch()
    assert run.seen is not None
    pin = Pin("relu1", "y")
    found = asked(run, "card", "relu1", "y")
    assert isinstance(found, Card)
    z, gradient = run.seen.variables[pin].numpy(), run.seen.variable_gradients[pin]
    assert gradient is not None
    assert found.shape == z.shape and found.broken == 0.0
    numbers = (found.mean, found.deviation, found.low, found.high, found.zeros, found.gradient)
    expected = (z.mean(), z.std(), z.min(), z.max(), (z == 0).mean(), gradient.norm().item())
    assert numbers == pytest.approx(expected)
    assert found.histogram.counts.sum() == z.size
    assert found.channels == 6 and found.picture.shape == (6, 6, 6)
    np.testing.assert_allclose(found.picture / 127 * found.extent, z[0], atol=found.extent / 127)


def test_vectors_are_rows_of_cells_and_what_is_not_finite_is_counted_apart() -> None:
    run = net()
    run.watch()
    assert run.seen is not None
    found = asked(run, "card", "relu1", "y")
    assert isinstance(found, Card) and found.picture.shape == (1, 1, 40)
    run.seen.variables[Pin("relu1", "y")][0, 0] = float("nan")  # type: ignore[index]
    found = asked(run, "card", "relu1", "y")
    assert isinstance(found, Card) and found.broken > 0 and np.isfinite(found.mean)
    assert asked(run, "card", "nothing", "y") is None
    classes = asked(run, "card", "y", "y")
    assert isinstance(classes, Card) and classes.gradient is None


def test_the_engine_answers_at_rest_too() -> None:
    sent: list[object] = []
    engine = Engine(sent.append)
    engine.handle(m.SetDiagram(1, net().program.diagram, ""))
    asks = (Ask("card", "relu1", "y"), Ask("dead"), Ask("moved"), Ask("columns"))
    engine.handle(m.WantFrame(asks))
    shown = [s for s in sent if isinstance(s, Snapshot)]
    assert set(shown[-1].views) == set(asks)
    engine.handle(m.Step(1))
    engine.handle(m.WantFrame(asks))
    while engine.trainer.playing:
        engine.work()
    shown = [s for s in sent if isinstance(s, Snapshot)]
    columns = [s.views[Ask("columns")] for s in shown if Ask("columns") in s.views]
    assert any(c.step == 1 and c.ratios for c in columns)
