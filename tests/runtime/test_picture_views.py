"""Figures that are pictures, against PyTorch and brute force: filters, maps, patches, attention, matrices, examples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from graph.diagram import Pin
from nodes.sketch import Sketch
from runtime.figures.attention import AttentionMap
from runtime.figures.confusion import Confusion
from runtime.figures.matrix import Matrix
from runtime.figures.pictures import FULL, Bank, Patches
from runtime.probe import Watched
from runtime.program import compile
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.views import figure
from runtime.views.patches import KEPT, LOOKED
from runtime.views.window import NoWindow, window_of
from tests.gallery.numbers import opened

SHAPES = {"kind": "shapes", "points": 60}


def looked(run: Run, view: str, block: str = "", choice: str = "") -> Any:
    run.watch()
    assert isinstance(run.seen, Watched)
    return figure(run, run.seen, Ask(view, block, choice))


def weight_of(run: Run, block: str) -> np.ndarray:
    found: np.ndarray = run.program.parameters[f"{block}.weight"].detach().numpy()
    return found


def values_at(bank: Bank) -> np.ndarray:
    found: np.ndarray = bank.levels.astype(float) / FULL * bank.extent
    return found


def digits(**recipe: Any) -> Run:
    """Two convolutions with tanh, average and max pooling between them, stride and dilation."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.avg_pool2d(s.tanh(s.conv2d(x, channels=5, kernel=3, padding=1)), kernel=2)
    z = s.relu(s.batch_norm(s.conv2d(z, channels=4, kernel=2, dilation=2, padding=1)))
    s.cross_entropy(s.linear(s.flatten(s.max_pool2d(z, kernel=2)), units=10), y)
    return Run(compile(s.diagram(data="digits", seed=2, **recipe)))


# --- filters and maps ----------------------------------------------------------------------------------------------


def test_filters_stand_by_output_and_input() -> None:
    run = digits()
    first, second = looked(run, "filters", "conv2d1"), looked(run, "filters", "conv2d2")
    for found, name in ((first, "conv2d1"), (second, "conv2d2")):
        assert isinstance(found, Bank) and found.block == name
        weight = weight_of(run, name)
        assert found.levels.shape == weight.shape and found.total == weight.shape[:2]
    weight = weight_of(run, "conv2d2")
    np.testing.assert_allclose(values_at(second), weight, atol=np.abs(weight).max() / FULL)
    assert looked(run, "filters").block == "conv2d1"  # the first, when none is selected
    assert looked(run, "filters", "relu1") is None and looked(run, "filters", "nowhere") is None


def test_filters_over_colours_are_coloured_and_over_volumes_lie_in_slices() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.global_max_pool(s.conv2d(x, channels=4, kernel=3)), units=3), y)
    run = Run(compile(s.diagram(data={**SHAPES, "channels": 3})))
    found, weight = looked(run, "filters", "conv2d1"), weight_of(run, "conv2d1")
    assert found.levels.shape == (4, 1, 3, 3, 3) and found.levels.dtype == np.uint8
    back = (found.levels[:, 0].astype(float) - 128) / FULL * found.extent
    np.testing.assert_allclose(back, np.moveaxis(weight, 1, -1), atol=found.extent / FULL)
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.global_max_pool(s.conv3d(x, channels=4, kernel=3)), units=3), y)
    run = Run(compile(s.diagram(data={"kind": "volumes", "points": 30})))
    found, weight = looked(run, "filters"), weight_of(run, "conv3d1")
    assert found.levels.dtype == np.int8 and found.levels.shape == (4, 3, 3, 3)
    np.testing.assert_allclose(values_at(found)[2, 1], weight[2, 0, 1], atol=found.extent / FULL)


def test_shared_filters_are_those_of_their_owner() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    first = s.conv2d(x, channels=3, kernel=3)
    again = s.conv2d(x, channels=3, kernel=3, shares=first)
    s.cross_entropy(s.linear(s.flatten(s.sum(first, again)), units=10), y)
    run = Run(compile(s.diagram(data="digits")))
    again_shown = looked(run, "filters", "conv2d2")
    assert run.seen is not None
    shown = figure(run, run.seen, Ask("filters", "conv2d1"))
    np.testing.assert_array_equal(again_shown.levels, shown.levels)


def test_maps_are_those_of_the_chosen_held_out_sample_after_training() -> None:
    run = digits()
    rows = run.batches.rows("validation")
    found = looked(run, "maps", "relu1", "3")
    assert isinstance(found, Bank) and found.sample == rows[3]
    module = run.program.predictor().eval()
    seen: list[torch.Tensor] = []
    handle = run.program.stages["batch_norm1"].op.register_forward_hook(
        lambda _m, _i, out: seen.append(out)
    )
    with torch.no_grad():
        module(torch.as_tensor(run.data.fields["x"][rows[3] : rows[3] + 1]).float())
    handle.remove()
    module.train()
    value = seen[0][0].relu().numpy()
    np.testing.assert_allclose(values_at(found)[:, 0], value, atol=found.extent / FULL + 1e-6)
    assert found.given is not None
    image = run.data.fields["x"][rows[3], 0]
    expected = (image - image.min()) / (image.max() - image.min()) * 255
    np.testing.assert_allclose(found.given, expected, atol=0.51)
    assert looked(run, "maps", "relu1", str(3 + len(rows))).sample == rows[3]  # from the beginning
    assert looked(run, "maps", "linear1") is None


def test_looking_changes_nothing() -> None:
    seen, plain = digits(), digits()
    for step in range(4):
        assert seen.step() == plain.step(), step
        for view in ("filters", "maps", "patches", "confusion", "matrix"):
            assert seen.seen is None or figure(seen, seen.seen, Ask(view)) is not None
        seen.watch(), plain.watch()


# --- what a unit sees ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "places"),
    [
        ("conv2d1", ((0, 0), (3, 5), (7, 7))),
        ("avg_pool2d1", ((0, 0), (1, 2))),
        ("conv2d2", ((1, 1), (1, 2))),  # at the border, a dilated filter's first tap is outside
        ("relu1", ((1, 1), (2, 1))),
        ("max_pool2d1", ((0, 0), (1, 1))),
    ],
)
def test_the_window_is_where_the_gradient_is_not_zero(
    block: str, places: tuple[tuple[int, int], ...]
) -> None:
    run = digits(dtype="float64")
    pin = Pin(block, "y")
    window = window_of(run.program, pin)
    for row, column in places:
        support = np.zeros((8, 8), bool)
        for seed in range(30):  # a unit at rest, or one that lost a maximum, passes no gradient on
            x = torch.rand(2, 1, 8, 8, dtype=torch.float64, generator=_seeded(seed)) * 16
            x.requires_grad_()
            twin, where = run.program.watched
            twin.eval()
            y = torch.zeros(2, dtype=torch.int64)
            values = twin(*({"x": x, "y": y}[n] for n in run.program.inputs))[3]
            unit = values[where.variables.index(pin)][0, :, row, column].sum()
            support |= torch.autograd.grad(unit, x)[0][0, 0].numpy() != 0
            twin.train()
        spans = []
        for n, place in enumerate((row, column)):
            start = place * window.step[n] + window.start[n]
            spans.append((max(0, start), min(8, start + window.size[n])))
        rows, columns = np.nonzero(support)
        assert [(rows.min(), rows.max() + 1), (columns.min(), columns.max() + 1)] == spans


def _seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_what_sees_everything_has_no_window() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.conv2d(s.layer_norm(x), channels=3, kernel=3)
    s.cross_entropy(s.linear(s.flatten(z), units=10), y)
    run = Run(compile(s.diagram(data="digits")))
    with pytest.raises(NoWindow, match="layer_norm1"):
        window_of(run.program, Pin("conv2d1", "y"))
    found = looked(run, "patches")
    assert isinstance(found, Patches) and "layer_norm1" in found.refusal
    assert looked(run, "patches", "linear1") is None


@pytest.mark.parametrize("block", ["conv2d1", "avg_pool2d1"])
def test_top_patches_are_found_by_brute_force_too(block: str) -> None:
    run = digits()
    for _ in range(20):
        run.step()
    found = looked(run, "patches", block)
    assert isinstance(found, Patches) and not found.refusal
    rows = run.batches.rows("training", LOOKED)
    images = run.data.fields["x"][rows]
    twin, where = run.program.watched
    twin.eval()
    fields = run.batches.at(rows)
    with torch.no_grad():
        values = twin(*run.inputs_of(fields))[3][where.variables.index(Pin(block, "y"))].numpy()
    twin.train()
    best = values.max(axis=(2, 3))
    window = window_of(run.program, Pin(block, "y"))
    for channel in range(found.channels):
        expected = np.sort(best[:, channel])[::-1][:KEPT]
        np.testing.assert_allclose(found.values[channel], expected, rtol=1e-5)
        for k, sample in enumerate(found.samples[channel]):
            n = int(np.flatnonzero(rows == sample)[0])
            place = np.unravel_index(values[n, channel].argmax(), values.shape[2:])
            corner = [
                int(p) * s + b for p, s, b in zip(place, window.step, window.start, strict=True)
            ]
            assert list(found.corners[channel, k]) == corner
            _check_patch(found.pictures[channel, k], images[n, 0], corner)
    assert found.filters is not None and found.filters.levels.shape[:2] == (found.channels, 1)


def _check_patch(patch: np.ndarray, image: np.ndarray, corner: list[int]) -> None:
    """Every pixel inside the image is the image's, in 255 steps of its range 0 … 16 (or 0 … 1)."""
    top = 255 / (16.0 if image.max() > 1 else 1.0)
    for row, column in np.ndindex(patch.shape):
        r, c = corner[0] + row, corner[1] + column
        inside = 0 <= r < image.shape[0] and 0 <= c < image.shape[1]
        assert abs(float(patch[row, column]) - (image[r, c] * top if inside else 0.0)) <= 0.51


# --- attention -----------------------------------------------------------------------------------------------------


def sequences(form: str) -> Run:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.learned_position(s.embedding(x, count=6, units=8), spread=1.0)
    if form == "heads":
        out = s.multi_head_attention(z, z, z, heads=2)
    elif form == "one":
        out = s.scaled_dot_product_attention(z, z, z, causal=True)
    else:
        w = s.softmax(s.scale(s.matmul(z, z, transpose_b=True), factor=8**-0.5), axis=2)
        out = s.matmul(w, z)
    s.cross_entropy(s.permute(s.linear(out, units=6)), y)
    data = {"kind": "sequences", "task": "reverse", "length": 7, "symbols": 5, "points": 50}
    return Run(compile(s.diagram(data=data, dtype="float64")))


@pytest.mark.parametrize("form", ["heads", "one", "blocks"])
def test_attention_is_that_of_pytorch(form: str) -> None:
    run = sequences(form)
    found = looked(run, "attention", choice="2")
    assert isinstance(found, AttentionMap)
    sample = int(run.batches.rows("validation")[2])
    assert found.sample == sample
    symbols = run.data.fields["x"][sample]
    names = run.data.classes["x"]
    assert found.rows == found.columns == tuple(names[n] for n in symbols)
    p = {name: value.detach() for name, value in run.program.parameters.items()}
    z = F.embedding(torch.as_tensor(symbols[None]), p["embedding1.weight"])
    z = z + p["learned_position1.weight"]
    if form == "heads":
        theirs = nn.MultiheadAttention(8, 2, batch_first=True, dtype=torch.float64)
        prefix = "multi_head_attention1."
        parts = ("query", "key", "value")
        with torch.no_grad():
            theirs.in_proj_weight.copy_(torch.cat([p[f"{prefix}{n}_weight"] for n in parts]))
            theirs.in_proj_bias.copy_(torch.cat([p[f"{prefix}{n}_bias"] for n in parts]))
        expected = theirs(z, z, z, average_attn_weights=False)[1][0]
    else:
        mask = torch.ones(7, 7, dtype=torch.bool).tril() if form == "one" else None
        eye = torch.eye(7, dtype=torch.float64)[None]  # the values 1, 0, 0, ... give the weights
        expected = F.scaled_dot_product_attention(z, z, eye, attn_mask=mask)
    np.testing.assert_allclose(found.weights, expected.detach().numpy(), atol=1e-3)
    assert found.weights.shape == found.total


# --- matrices ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"channels": 4, "kernel": 3},
        {"channels": 6, "kernel": 2, "stride": 2, "padding": 1, "groups": 3},
        {"channels": 3, "kernel": 3, "dilation": 2, "groups": 0},
    ],
)
@pytest.mark.parametrize("dimensions", [1, 2])
def test_the_matrix_times_the_input_is_the_convolution(
    settings: dict[str, int], dimensions: int
) -> None:
    shape = (2, 3, 9) if dimensions == 1 else (2, 3, 5, 6)
    x = np.random.default_rng(0).normal(size=shape)
    s = Sketch()
    signal = s.observed("x")
    made = getattr(s, f"conv{dimensions}d")(signal, **settings)
    s.squared_error(s.linear(s.flatten(made), units=1), s.observed("y"))
    data = {"x": x.tolist(), "y": [[0.0], [1.0]]}
    recipe = {"validation": 0.0, "test": 0.0, "dtype": "float64"}
    run = Run(compile(s.diagram(data=data, **recipe)))
    name = f"conv{dimensions}d1"
    found = looked(run, "matrix")
    assert isinstance(found, Matrix) and found.block == name and not found.refusal
    op = run.program.stages[name].op
    given = torch.as_tensor(x)
    shape_ = [1, -1] + [1] * dimensions
    with torch.no_grad():
        expected = (op(given) - op.bias.reshape(shape_)).flatten(1).numpy()
    assert found.total == found.values.shape
    np.testing.assert_allclose(x.reshape(2, -1) @ found.values.T, expected, atol=1e-6)


def test_a_single_row_that_a_wire_brings_is_a_matrix_too() -> None:
    run = opened("parameter-transform")
    u = run.program.parameters["u.value"].detach().numpy().copy()
    found = looked(run, "matrix", "linear1")
    assert found.total == (1, u.size)
    np.testing.assert_allclose(found.values[0], np.exp(u), rtol=1e-6)


def test_a_large_matrix_is_cut_at_channels_or_refused() -> None:
    run = digits()
    found = looked(run, "matrix", "conv2d1")
    assert found.total == (5 * 64, 64) and found.values.shape == (2 * 64, 64)
    x = torch.rand(1, 1, 8, 8)
    expected = F.conv2d(x, run.program.parameters["conv2d1.weight"][:2], padding=1)
    np.testing.assert_allclose(
        found.values @ x.flatten().numpy(), expected.detach().flatten(), atol=1e-5
    )
    np.testing.assert_array_equal(
        looked(run, "matrix", "linear1").values, weight_of(run, "linear1")
    )
    s = Sketch()
    x_, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.global_max_pool(s.conv2d(x_, channels=4)), units=3), y)
    refused = looked(Run(compile(s.diagram(data=SHAPES))), "matrix")
    assert "too many" in refused.refusal and "conv2d1" in refused.refusal


# --- examples ------------------------------------------------------------------------------------------------------


def test_the_most_confidently_wrong_come_first_and_a_cell_has_its_own() -> None:
    run = digits()
    for _ in range(40):
        run.step()
    found = looked(run, "confusion")
    assert isinstance(found, Confusion) and found.shown is not None and found.cell is None
    rows = run.batches.rows("validation")
    x, y = run.data.fields["x"][rows], run.data.fields["y"][rows]
    sure = torch.as_tensor(run.program.predict(x=x)["ȳ"]).softmax(1).numpy()
    wrong = [n for n in np.argsort(-sure.max(1), kind="stable") if sure[n].argmax() != y[n]]
    shown = found.shown
    assert len(wrong) > 2
    np.testing.assert_array_equal(shown.samples, rows[wrong[: len(shown.samples)]])
    np.testing.assert_array_equal(shown.true, run.data.fields["y"][shown.samples])
    np.testing.assert_allclose(
        shown.confidence, sure.max(1)[wrong[: len(shown.samples)]], rtol=1e-5
    )
    assert shown.pictures is not None and shown.pictures.shape[1:] == (8, 8)
    cell = (int(shown.true[0]), int(shown.answered[0]))
    chosen = looked(run, "confusion", choice=f"{cell[0]},{cell[1]}")
    assert chosen.cell == cell and set(chosen.shown.true) == {cell[0]}
    assert set(chosen.shown.answered) == {cell[1]} and len(chosen.shown.samples)
    assert looked(run, "confusion", choice="7,99").cell is None


def test_samples_that_are_no_pictures_are_told_in_numbers(spiral: Any) -> None:
    run = Run(compile(spiral))
    shown = looked(run, "confusion").shown
    assert shown.pictures is None and len(shown.texts) == len(shown.samples) > 0
    first = run.data.fields["x"][shown.samples[0]]
    assert shown.texts[0] == f"{first[0]:.3g}, {first[1]:.3g}"
