"""Slow motion: every number of one sample against autograd, finite differences and numpy, in float64."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from nodes.sketch import Sketch
from runtime import messages as m
from runtime.engine import Engine
from runtime.figures.slow import CORNER, LONG, WHOLE, SlowMotion, numbers
from runtime.program import compile
from runtime.run import Run
from runtime.snapshot import Ask, Snapshot
from runtime.views import figure
from runtime.views.slow import jacobians
from tests.gallery.numbers import opened
from tests.runtime.conftest import classifier
from tests.runtime.test_checks import wrong_tanh


def motion(run: Run, sample: int = 1) -> SlowMotion:
    run.watch()
    assert run.seen is not None
    found = figure(run, run.seen, Ask("slow", choice=str(sample)))
    assert isinstance(found, SlowMotion)
    return found


def convolutional(**recipe: Any) -> Run:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.max_pool2d(s.tanh(s.conv2d(x, channels=2, kernel=5)), kernel=2)
    s.nll_loss(s.log_softmax(s.linear(s.flatten(z), units=10)), y)
    return Run(compile(s.diagram(data="digits", dtype="float64", **recipe)))


def whole_chain(found: SlowMotion) -> int:
    """Checks [1×d_f] = [1×d_g][d_g×d_f] wherever all of it was sent; how often it could be."""
    checked = 0
    for passage in found.passages:
        for entry in passage.entries:
            sides = (entry.gradient, passage.out.gradient, entry.jacobian)
            if any(side is None or not side.is_whole for side in sides):
                continue
            by_f, by_g, jacobian = (side.shown for side in sides if side is not None)
            assert jacobian.shape == (by_g.size, by_f.size)
            np.testing.assert_allclose(by_f.ravel(), by_g.ravel() @ jacobian, atol=1e-13)
            checked += 1
    return checked


# --- the chain -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("block-net", 6),
        ("jacobian-chain", 7),
        ("one-one-one", 5),
        ("gate", 9),
        ("hypernetwork", 8),
        ("shared-weights", 8),
        ("xor", 4),
    ],
)
def test_a_gradient_is_the_next_one_times_the_jacobian_in_every_block(
    name: str, least: int
) -> None:
    assert whole_chain(motion(opened(name, dtype="float64"), 3)) >= least


def test_the_chain_of_a_convolutional_net_with_softmax() -> None:
    run = convolutional()
    found = motion(run, 7)
    assert whole_chain(found) >= 3
    by_name = {p.block: p for p in found.passages}
    entry = by_name["log_softmax1"].entries[0]
    s = torch.as_tensor(entry.value.shown[0])
    expected = torch.func.jacrev(lambda v: F.log_softmax(v, 0))(s)
    assert entry.jacobian is not None
    np.testing.assert_allclose(entry.jacobian.shown, expected, atol=1e-14)


def test_numbers_of_softmax_and_cross_entropy_are_those_of_the_formulas() -> None:
    run = opened("block-net", dtype="float64")
    found = motion(run, 4)
    row = run.batches.parts.training[3]
    x, y = run.data.fields["x"][row], int(run.data.fields["y"][row])
    own = {n: p.detach().numpy() for n, p in run.program.parameters.items()}
    z = x
    for n, passage in enumerate(found.passages[:-1]):
        layer = f"linear{n // 2 + 1}"
        z = own[f"{layer}.weight"] @ z + own[f"{layer}.bias"] if n % 2 == 0 else np.tanh(z)
        np.testing.assert_allclose(passage.out.value.shown[0], z, rtol=1e-12)
    answer = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    assert found.loss == pytest.approx(-math.log(answer[y]), rel=1e-12)
    gradient = found.passages[-2].out.gradient
    assert gradient is not None
    np.testing.assert_allclose(gradient.shown[0], answer - np.eye(2)[y], atol=1e-14)


@pytest.mark.parametrize("make", [convolutional, lambda: opened("block-net", dtype="float64")])
def test_gradients_of_the_weights_are_the_slopes_of_the_loss(make: Any) -> None:
    run = make()
    found = motion(run, 2)
    fields = run.batches.at(run.batches.parts.training[1:2])
    run.program.module.eval()
    weights = {w.name: w for p in found.passages for w in p.weights}
    for name, parameter in run.program.parameters.items():
        gradient = weights[name].gradient
        assert gradient is not None
        flat = parameter.detach().view(-1)
        at = int(flat.numel() * 0.6) if gradient.is_whole else 0
        before, h = flat[at].item(), 1e-6
        losses = []
        for side in (before + h, before - h):
            flat[at] = side
            losses.append(run.program.module(*run.inputs_of(fields))[0].item())
        flat[at] = before
        slope = (losses[0] - losses[1]) / (2 * h)
        assert gradient.shown.ravel()[at] == pytest.approx(slope, rel=1e-5, abs=1e-9)


# --- the update ----------------------------------------------------------------------------------------------------


def test_the_update_of_plain_descent_is_the_one_that_the_run_then_makes() -> None:
    run = opened("jacobian-chain", dtype="float64", shuffle=False, batch=1)
    found = figure(run, None, Ask("slow", choice="1"))  # type: ignore[arg-type]
    assert found.plain and found.batch == 1
    run.step()  # on the first sample
    for passage in found.passages:
        for weight in passage.weights:
            after = run.program.parameters[weight.name].detach().numpy()
            np.testing.assert_allclose(
                weight.updated.shown.ravel(), after.ravel(), rtol=1e-13, atol=1e-16
            )
            assert weight.gradient is not None
            moved = weight.value.shown - found.rate * weight.gradient.shown
            np.testing.assert_array_equal(weight.updated.shown, moved)


@pytest.mark.parametrize(
    ("recipe", "plain"),
    [
        ({"optimizer": "sgd"}, True),
        ({"optimizer": "adam"}, False),
        ({"optimizer": {"kind": "sgd", "momentum": 0.9}}, False),
        ({"optimizer": "sgd", "clip": 1.0}, False),
    ],
)
def test_it_says_whether_the_optimizer_descends_plainly(
    recipe: dict[str, Any], plain: bool
) -> None:
    assert motion(Run(compile(classifier(**recipe)))).plain is plain


def test_weights_that_are_frozen_stay() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.tanh(s.linear(x, units=4, freeze=True)), units=3), y)
    found = motion(Run(compile(s.diagram(data="spiral", optimizer="sgd"))))
    first, last = found.passages[0].weights[0], found.passages[2].weights[0]
    assert first.gradient is None and last.gradient is not None
    np.testing.assert_array_equal(first.updated.shown, first.value.shown)


# --- what is left alone, what is left out --------------------------------------------------------------------------


def test_looking_changes_nothing_of_the_run() -> None:
    recipe = {"optimizer": "adam", "dtype": "float64"}
    losses = []
    for looks in (False, True):
        s = Sketch()
        x, y = s.observed("x"), s.observed("y")
        z = s.dropout(s.relu(s.batch_norm(s.linear(x, units=8))), p=0.3)
        s.cross_entropy(s.linear(z, units=3), y)
        run = Run(compile(s.diagram(data="spiral", **recipe)))
        found = []
        for n in range(12):
            found.append(run.step())
            if looks:
                figure(run, None, Ask("slow", choice=str(n)))  # type: ignore[arg-type]
        losses.append(found)
    assert losses[0] == losses[1]


def test_a_sample_that_is_not_there_is_the_nearest_that_is() -> None:
    run = Run(compile(classifier()))
    assert [motion(run, n).sample for n in (0, 1, 10**9)] == [1, 1, run.batches.samples]
    assert figure(run, None, Ask("slow", choice="no number")).sample == 1  # type: ignore[arg-type]


def test_a_jacobian_that_is_too_large_is_not_made_and_says_its_size() -> None:
    for rows, columns in ((600, 10), (300, 400)):
        made, why = jacobians(torch.nn.Linear(columns, rows), [torch.zeros(1, columns)])
        assert made == [None] and f"{rows} × {columns} numbers" in why
    assert jacobians(torch.nn.Linear(100, 3), [torch.zeros(1, 100)])[1] == ""


def test_all_rows_of_a_jacobian_come_back_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    op = torch.nn.Sequential(torch.nn.Linear(30, 40), torch.nn.ReLU()).double()
    z = torch.randn(1, 30, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    expected = torch.func.jacrev(lambda v: op(v)[0])(z)[:, 0]
    passes = []
    whole = torch.autograd.grad
    monkeypatch.setattr(torch.autograd, "grad", lambda *a, **k: passes.append(1) or whole(*a, **k))
    found = jacobians(op, [z])[0][0]
    assert found is not None and len(passes) == 1
    np.testing.assert_allclose(found, expected.detach(), atol=1e-14)


def test_what_knows_no_batches_comes_back_row_by_row() -> None:
    z = torch.tensor([[0.3, -1.0, 2.0]], dtype=torch.float64)
    found = jacobians(lambda v: torch.cat([wrong_tanh(v), v * v], 1), [z])[0][0]
    expected = np.vstack([np.diag(1 - torch.tanh(z[0])), np.diag(2 * z[0])])
    assert found is not None
    np.testing.assert_allclose(found, expected, atol=1e-14)


def test_class_numbers_have_no_jacobian() -> None:
    target = motion(opened("block-net")).passages[-1].entries[1]
    assert target.jacobian is None and "whole numbers" in target.why


def test_what_no_gradient_comes_back_through_has_no_jacobian() -> None:
    z = torch.tensor([[1.0, -2.0]])
    assert jacobians(torch.round, [z])[0][0] is not None  # zero, but a derivative
    assert jacobians(lambda v: v.argmax(1), [z]) == ([None], "")


def test_large_values_are_cut_and_small_ones_are_whole() -> None:
    small = numbers(np.arange(6.0).reshape(1, 2, 3))
    assert small.is_whole and (small.rows, small.columns) == (2, 3) and small.shape == (1, 2, 3)
    row = numbers(np.zeros(WHOLE + 1))
    assert row.shown.shape == (1, LONG) and row.size == WHOLE + 1
    big = np.arange(200.0 * 60).reshape(200, 60)
    cut = numbers(big)
    np.testing.assert_array_equal(cut.shown, big[:CORNER, :CORNER])
    assert (cut.rows, cut.columns) == (200, 60) and not cut.is_whole
    assert numbers(np.array(3.0)).shown.tolist() == [[3.0]]
    big[0, 0] = 7.0  # they stay as they were taken
    assert cut.shown[0, 0] == 0.0 and not np.shares_memory(
        numbers(row_of := np.ones(3)).shown, row_of
    )


@pytest.mark.parametrize("playing", [False, True])
def test_the_engine_sends_it_while_it_trains_and_while_it_stands(playing: bool) -> None:
    said: list[object] = []
    engine = Engine(said.append)
    engine.handle(m.SetDiagram(1, classifier()))
    if playing:
        engine.handle(m.Play())
    ask = Ask("slow", choice="2")
    engine.handle(m.WantFrame(asks=(ask,)))
    if playing:
        engine.work()
    shot = said[-1]
    assert isinstance(shot, Snapshot) and isinstance(shot.views[ask], SlowMotion)
    assert (shot.views[ask].step > 0) is playing
