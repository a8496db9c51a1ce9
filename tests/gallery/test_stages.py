"""Stages and depth: what the systems of the lectures must show."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

import gradboard as gb
from app.gallery.pages.stages import deep
from graph.diagram import Pin
from runtime.program import compile
from runtime.train import Result
from tests.gallery.numbers import changed, held_out, trained
from tests.gallery.test_convolution import samples, values_of


def _gaussian(kernel: int, sigma: float) -> Tensor:
    at = torch.arange(kernel, dtype=torch.float64) - kernel // 2
    line = torch.exp(-(at**2) / (2 * sigma**2))
    window = line[:, None] * line[None, :]
    return (window / window.sum())[None, None]


def _neighbourhood(z: Tensor) -> Tensor:
    """Weighted mean of what lies around each pixel, where there are pixels."""
    window = _gaussian(5, 2.0)
    inside = F.conv2d(torch.ones_like(z), window, padding=2)
    return F.conv2d(z, window, padding=2) / inside


def test_contrast_is_normalized_before_the_filters() -> None:
    program = compile(changed("contrast-stage", dtype="float64"))
    x = samples(2, 1, 8, 8)
    found = values_of(program, x=x)
    v = x - _neighbourhood(x)
    torch.testing.assert_close(found["subtractive_norm1"], v, rtol=1e-9, atol=1e-9)
    deviation = _neighbourhood(v**2).sqrt()
    wanted = v / torch.maximum(deviation, deviation.mean((1, 2, 3), keepdim=True))
    torch.testing.assert_close(found["divisive_norm1"], wanted, rtol=1e-9, atol=1e-9)
    again = values_of(program, x=10 * x + 3)["divisive_norm1"]  # the contrast is taken away
    torch.testing.assert_close(again, found["divisive_norm1"], rtol=1e-9, atol=1e-9)


def test_six_ways_of_pooling() -> None:
    program = compile(changed("pooling", dtype="float64"))
    found = {n: v.detach().numpy() for n, v in values_of(program, x=samples(3, 1, 8, 8)).items()}
    windows = found["relu1"].reshape(3, 8, 2, 4, 2, 4)
    axes = (3, 5)
    wanted = {
        "average": windows.mean(axes),
        "max": windows.max(axes),
        "l1": windows.sum(axes),
        "l2": np.sqrt((windows**2).sum(axes)),
        "l4": (windows**4).sum(axes) ** 0.25,
        "log_prob": np.log(np.exp(5 * windows).sum(axes)) / 5,
    }
    for name, values in wanted.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-10, atol=1e-12, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["contrast-stage", "pooling", "multi-stage"])
def test_stages_read_digits(name: str) -> None:
    assert held_out(trained(name)) >= 0.94


def test_batch_norm_takes_the_batchs_own_numbers_in_training_and_the_running_ones_after() -> None:
    result = gb.train(changed("batch-norm", dtype="float64"), steps=5)
    program, state = result.program, result.program.module.state_dict()
    twin, wires = program.watched
    x, y = samples(32, 1, 8, 8) + 2.0, torch.zeros(32, dtype=torch.int64)
    for training in (True, False):
        running = [state[f"batch_norm1.running_{k}"].clone() for k in ("mean", "var")]
        twin.train(training)
        values = twin(*({"x": x, "y": y}[n] for n in program.inputs))[3]
        known = dict(zip(wires.variables, values, strict=True))
        s = known[Pin("conv2d1", "y")].detach()
        own = [s.mean((0, 2, 3)), s.var((0, 2, 3), unbiased=False)]
        mean, variance = ((m[:, None, None]) for m in (own if training else running))
        gamma, beta = (state[f"batch_norm1.{k}"][:, None, None] for k in ("weight", "bias"))
        wanted = gamma * (s - mean) / (variance + 1e-5).sqrt() + beta
        found = known[Pin("batch_norm1", "y")].detach()
        torch.testing.assert_close(found, wanted, rtol=1e-9, atol=1e-9)
        moved = not torch.equal(state["batch_norm1.running_mean"], running[0])
        assert moved == training


def test_features_of_both_stages_reach_the_classifier() -> None:
    program = compile(changed("multi-stage", dtype="float64"))
    known = values_of(program, x=samples(2, 1, 8, 8))
    low, high = known["max_pool2d1"], known["max_pool2d2"]
    wanted = torch.cat([high.flatten(1), F.avg_pool2d(low, 2).flatten(1)], 1)
    torch.testing.assert_close(known["concat1"], wanted)
    (straight,) = torch.autograd.grad(known["avg_pool2d1"].sum(), low, retain_graph=True)
    (through,) = torch.autograd.grad(high.sum(), low)
    assert straight.abs().sum() > 0 and through.abs().sum() > 0


def _fitted(result: Result) -> float:
    return result.metrics["training"]["loss"]


def test_a_deep_plain_net_fails_where_a_shallow_one_and_a_residual_one_learn() -> None:
    plain, residual = (_fitted(trained(f"{kind}-net", epochs=8)) for kind in ("plain", "residual"))
    shallow = _fitted(gb.train(deep(1, 2, with_identity=False), epochs=8))
    assert plain > 3 * shallow and plain > 3 * residual


@pytest.mark.slow
def test_depth_harms_a_plain_net_and_not_a_residual_one() -> None:
    plain, residual = (_fitted(trained(f"{kind}-net")) for kind in ("plain", "residual"))
    shallow = {kind: _fitted(gb.train(deep(1, 2, with_identity=kind))) for kind in (False, True)}
    assert plain > 10 * shallow[False] and plain > 10 * residual
    assert residual < 2 * shallow[True]
