"""Pictures to pictures and to several answers: what the systems of the lectures must show."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

import gradboard as gb
from app.gallery.pages.pictures import fast_mri, u_net
from graph.diagram import Diagram
from runtime.program import compile
from runtime.train import Result
from tests.gallery.numbers import changed, held_out, trained
from tests.gallery.test_convolution import samples

# LeCun 2013: millions of multiply-adds, the net slid over the picture, and window by window every 12 pixels
WINDOWS = {96: (4.6, 4.6), 120: (8.3, 42.0), 240: (47.5, 788.0), 480: (232.0, 5083.0)}


def _macs(diagram: Diagram, size: int) -> int:
    shapes = {"x": (2, size, size), "y": ()}
    report = compile(diagram, shapes=shapes, device="meta").report
    assert report.problems == ()
    return sum(c.macs for c in report.counts.values())


def _weights(diagram: Diagram, **shapes: tuple[int, ...]) -> int:
    report = compile(diagram, shapes=shapes, device="meta").report
    assert report.problems == ()
    return sum(c.weights for c in report.counts.values())


def test_sliding_costs_what_the_slide_says() -> None:
    diagram = changed("sliding-window")
    one = _macs(diagram, 96)
    for size, (slid, by_window) in WINDOWS.items():
        # the slide cuts off what does not fit into its digits
        assert _macs(diagram, size) / 1e6 == pytest.approx(slid, abs=0.1 if size < 480 else 1)
        windows = ((size - 96) // 12 + 1) ** 2
        assert windows * one / 1e6 == pytest.approx(by_window, rel=0.02 if size == 96 else 2e-3)


def test_the_slid_net_answers_as_on_each_window() -> None:
    program = compile(changed("sliding-window", dtype="float64"))
    x = samples(1, 2, 120, 120)
    slid = _windows(program, x)
    assert slid.shape == (1, 5, 3, 3)
    for row in range(3):
        for column in range(3):
            crop = x[:, :, 12 * row : 12 * row + 96, 12 * column : 12 * column + 96]
            alone = _windows(program, crop)[:, :, 0, 0]
            torch.testing.assert_close(slid[:, :, row, column], alone, rtol=1e-10, atol=1e-12)


def _windows(program: gb.Program, x: Tensor) -> Tensor:
    twin, wires = program.watched
    given = {"x": x, "y": torch.zeros(1, dtype=torch.int64)}
    values = twin(*(given[n] for n in program.inputs))[3]
    return {p.block: v for p, v in zip(wires.variables, values, strict=True)}["windows"].detach()


# --- classes of pixels -------------------------------------------------------------------------------------------


def test_the_eye_sees_46_pixels_at_each_scale_and_has_one_set_of_weights() -> None:
    program = compile(changed("multi-scale-parsing", dtype="float64"))
    assert {re.split("[/.]", name)[0] for name in program.parameters} == {"eye1", "conv2d1"}
    twin, wires = program.watched
    seen = {eye: np.zeros(240, dtype=bool) for eye in ("eye1", "eye2", "eye3")}
    # many inputs, for a maximum hides all but one of its pixels from a gradient
    for _ in range(10):
        x = torch.randn(1, 1, 240, 240, dtype=torch.float64, requires_grad=True)
        given = {"x": x, "y": torch.zeros(1, 240, 240, dtype=torch.int64)}
        values = twin(*(given[n] for n in program.inputs))[3]
        known = {pin.block: v for pin, v in zip(wires.variables, values, strict=True)}
        for eye, columns in seen.items():
            maps = known[f"{eye}/conv2d3"]
            middle = maps.shape[-1] // 2
            output = maps[0, :, middle, middle].sum()
            (gradient,) = torch.autograd.grad(output, x, retain_graph=True)
            columns |= gradient[0, 0].abs().sum(0).numpy() > 0
    places = [np.flatnonzero(columns) for columns in seen.values()]
    # full, half and quarter size, in pixels of x
    assert [int(p[-1] - p[0] + 1) for p in places] == [46, 92, 184]


def _beats_the_background(result: Result, margin: float) -> bool:
    """Whether it takes so much off the pixels that are wrong when all are called background."""
    mask = result.run.data.fields["mask"][result.run.batches.parts.test]
    return 1 - held_out(result) < (1 - margin) * float((mask > 0).mean())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "margin"), [("multi-scale-parsing", 0.4), ("unet", 0.6), ("feature-pyramid", 0.3)]
)
def test_pixels_are_told_apart(name: str, margin: float) -> None:
    assert _beats_the_background(trained(name), margin)


def test_unet_soon_beats_the_background() -> None:
    assert _beats_the_background(trained("unet", epochs=6), 0.1)


# --- published counts --------------------------------------------------------------------------------------------


def test_a_u_net_of_full_size_has_the_published_weights() -> None:
    # Ronneberger 2015: 64 maps, four times halved, one channel, two classes; Keras' well-known 31,031,685 ends in
    # 3 × 3 to two maps and 1 × 1 to one instead of 1 × 1 to two
    ours = _weights(u_net(64, 4, 2), x=(1, 64, 64), y=(64, 64))
    assert ours - (64 * 2 + 2) + (9 * 64 * 2 + 2) + (2 + 1) == 31_031_685


@pytest.mark.parametrize(
    ("width", "millions"), [(32, 3.35), (64, 13.39), (128, 53.54), (256, 214.16)]
)
def test_fastmris_baselines_have_the_published_weights(width: int, millions: float) -> None:
    # Zbontar et al. 2018, table of baselines by their number of channels
    found = _weights(fast_mri(width, 4), x=(1, 64, 64), y=(1, 64, 64))
    assert found / 1e6 == pytest.approx(millions, abs=0.005)


def test_fastmri_takes_away_what_missing_lines_leave() -> None:
    result = trained("fastmri", epochs=7)
    data, rows = result.run.data, result.run.batches.parts.test
    before = ((data.fields["x"] - data.fields["y"]) ** 2)[rows].sum() / len(rows)
    assert result.metrics["test"]["loss"] < 0.75 * before


# --- several answers ---------------------------------------------------------------------------------------------


def test_costs_of_several_heads_add_up() -> None:
    result = gb.train(changed("two-headed", dtype="float64"), steps=2)
    part = result.run.batches.part("test", 20)
    given = {name: part[name] for name in ("x", "y", "box", "mask")}
    program = result.program
    program.module.eval()
    scores = program.predict(**given)
    by_size = {v.shape[1:]: v for v in scores.values()}
    sort = F.cross_entropy(by_size[torch.Size([3])], given["y"])
    box = ((by_size[torch.Size([4])] - given["box"]) ** 2).sum(1).mean()
    pixels = F.cross_entropy(by_size[torch.Size([4, 32, 32])], given["mask"])
    wanted = sort + 10 * box + pixels
    torch.testing.assert_close(program.loss(**given).detach(), wanted, rtol=1e-10, atol=1e-12)


@pytest.mark.slow
def test_one_trunk_tells_which_where_and_what() -> None:
    result = trained("two-headed")
    part = result.run.batches.part("test")
    scores = {tuple(v.shape[1:]): v for v in result.program.predict(x=part["x"]).values()}
    assert (scores[3,].argmax(1) == part["y"]).double().mean() > 0.9
    assert (scores[4,] - part["box"]).abs().mean() < 0.06
    assert (scores[4, 32, 32].argmax(1) == part["mask"]).double().mean() > 0.92


def test_levels_of_the_pyramid_share_their_head_and_each_has_a_cost() -> None:
    program = compile(changed("feature-pyramid"))
    assert {n.split("/")[0] for n in program.parameters if n.startswith("head")} == {"head1"}
    shapes = [
        s[2:]
        for p, s in program.report.shapes.items()
        if str(p).startswith("head") and "/" not in str(p)
    ]
    assert sorted(shapes) == [(4, 4), (8, 8), (16, 16)]
    assert len(program.costs) == 3


# --- a step of an equation ---------------------------------------------------------------------------------------


def test_a_learned_step_is_the_five_point_step_of_the_heat_equation() -> None:
    result = trained("pde-step")
    data, rows = result.run.data, result.run.batches.parts.test
    still = ((data.fields["x"] - data.fields["y"]) ** 2)[rows].sum() / len(rows)
    assert result.metrics["test"]["loss"] < 0.01 * still

    def step(z: Tensor) -> Tensor:
        return result.program.predictor()(z.reshape(1, 1, 16, 16)).detach().reshape(16, 16)[8, 8]

    bump = 0.3  # small, for tanh bends
    z = torch.zeros(16, 16)
    response = np.zeros((3, 3))
    for row in range(3):
        for column in range(3):
            z[7 + row, 7 + column] = bump
            up = step(z)
            z[7 + row, 7 + column] = -bump
            response[row, column] = float(up - step(z)) / (2 * bump)
            z[7 + row, 7 + column] = 0.0
    wanted = np.array([[0, 0.2, 0], [0.2, 0.2, 0.2], [0, 0.2, 0]])  # Z + 0.2 ΔZ
    np.testing.assert_allclose(response, wanted, atol=0.04)
