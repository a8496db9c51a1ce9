"""Compile, compared with the same nets written by hand in PyTorch, in float64."""

from __future__ import annotations

import contextlib
import io
import resource

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from graph.edits import Connect, Disconnect, SetSetting
from graph.problem import DiagramError
from nodes.sketch import Sketch
from runtime.program import compile
from runtime.snapshot import BATCH
from tests.runtime.conftest import classifier


def by_hand() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 3)).double()


NAMES = {
    "linear1.weight": "0.weight",
    "linear1.bias": "0.bias",
    "linear2.weight": "2.weight",
    "linear2.bias": "2.bias",
}


def batch(count: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    return torch.randn(count, 2, generator=generator, dtype=torch.float64), torch.arange(count) % 3


def test_loss_energies_and_predictions_equal_those_of_pytorch() -> None:
    net, (x, y) = by_hand(), batch()
    program = compile(classifier(dtype="float64"))
    program.module.load_state_dict(
        {ours: net.state_dict()[theirs] for ours, theirs in NAMES.items()}
    )
    torch.testing.assert_close(
        program.loss(x=x, y=y), F.cross_entropy(net(x), y), rtol=1e-14, atol=0
    )
    torch.testing.assert_close(
        program.energies(x=x, y=y)["cross_entropy1"], F.cross_entropy(net(x), y, reduction="none")
    )
    torch.testing.assert_close(program.predict(x=x), {"ȳ": net(x).detach()})
    torch.testing.assert_close(program.predictor()(x), net(x))


def test_gradients_equal_those_of_pytorch() -> None:
    net, (x, y) = by_hand(), batch()
    program = compile(classifier(dtype="float64"))
    program.load({ours: net.state_dict()[theirs] for ours, theirs in NAMES.items()})
    program.loss(x=x, y=y).backward()
    F.cross_entropy(net(x), y).backward()
    theirs = dict(net.named_parameters())
    for ours, other in NAMES.items():
        torch.testing.assert_close(
            program.parameters[ours].grad, theirs[other].grad, rtol=1e-12, atol=1e-15
        )


def test_report_has_shapes_and_counts(spiral: Diagram) -> None:
    report = compile(spiral).report
    assert report.shapes[Pin("linear1", "y")] == (BATCH, 20)
    assert report.shapes[Pin("y", "y")] == (BATCH,)
    assert report.counts["linear1"].weights == 2 * 20 + 20
    assert report.counts["linear2"].macs == 60
    assert report.trainable and not report.problems


def test_weighted_costs_add_up_and_their_use_counts() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    out = s.linear(x, units=1)
    s.squared_error(out, y, weight=2.0)
    s.squared_error(out, y, weight=100.0, use="inference")
    s.l2(weight=0.5, id="decay")
    given = {"x": np.random.default_rng(0).normal(size=(6, 2)), "y": np.arange(6.0).reshape(6, 1)}
    program = compile(s.diagram(data=given, dtype="float64"))
    x_, y_ = torch.as_tensor(given["x"]), torch.as_tensor(given["y"])
    w = program.parameters["linear1.weight"]
    error = ((F.linear(x_, w, program.parameters["linear1.bias"]) - y_) ** 2).sum(1)
    torch.testing.assert_close(program.loss(**given), 2 * error.mean() + 0.5 * (w**2).sum())


def test_a_regulariser_waits_for_its_epoch() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(x, units=3), y)
    s.l1(weight=1.0, start=2)
    program = compile(s.diagram(data="spiral"))
    x_, y_ = batch()
    plain = F.cross_entropy(program.predict(x=x_)["ȳ"], y_)
    norm = program.parameters["linear1.weight"].abs().sum()
    for epoch, expected in ((0, plain), (1, plain), (2, plain + norm)):
        program.set_epoch(epoch)
        torch.testing.assert_close(program.loss(x=x_, y=y_), expected)
    assert all(not name.startswith("gate") for name in program.module.state_dict())


def test_every_problem_is_found_at_once_with_its_place() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.conv2d(x, channels=3)
    s.cross_entropy(s.linear(x, units=3), y)
    s.observed("height")
    diagram = s.diagram(data="spiral")
    diagram = SetSetting("linear1", "units", 0).apply(diagram)
    diagram = diagram.with_(
        blocks={
            **diagram.blocks,
            "odd": Block("odd", "never_seen"),
            "relu1": Block("relu1", "relu"),
        }
    )
    places = {p.where: p for p in compile(diagram).report.problems}
    assert {"conv2d1", "height.field", "linear1.units", "odd"} <= set(places)
    assert any(p.kind == "open" and p.block == "relu1" for p in places.values())
    assert "x, y" in places["height.field"].message
    assert all(p.message.endswith(".") and p.hint for p in places.values())


def test_what_can_run_runs_when_a_part_is_unfinished(spiral: Diagram) -> None:
    wire = next(w for w in spiral.wires if w.target == Pin("tanh1", "z"))
    program = compile(Disconnect((wire,)).apply(spiral))
    assert Pin("linear1", "y") in program.report.shapes
    assert Pin("linear2", "y") not in program.report.shapes
    assert not program.report.trainable


def test_weights_outlive_edits_where_name_and_shape_fit(spiral: Diagram) -> None:
    first = compile(spiral)
    with torch.no_grad():
        for p in first.parameters.values():
            p.fill_(0.25)
    wider = compile(SetSetting("linear2", "units", 5).apply(spiral), keep=first)
    assert wider.parameters["linear1.weight"] is first.parameters["linear1.weight"]
    assert wider.parameters["linear2.weight"].shape == (5, 20)
    wire = next(w for w in spiral.wires if w.target == Pin("tanh1", "z"))
    cut = compile(Disconnect((wire,)).apply(spiral), keep=first)
    again = compile(Connect(wire).apply(Disconnect((wire,)).apply(spiral)), keep=cut)
    assert bool((again.parameters["linear2.weight"] == 0.25).all())


def test_first_weights_depend_on_seed_and_name_alone(spiral: Diagram) -> None:
    one, same, other = compile(spiral), compile(spiral), compile(classifier(seed=2))
    assert torch.equal(one.parameters["linear1.weight"], same.parameters["linear1.weight"])
    assert not torch.equal(one.parameters["linear1.weight"], other.parameters["linear1.weight"])


def test_a_file_that_names_an_fx_target_runs_nothing() -> None:
    evil = 'x=print("!")'
    blocks = {
        "x": Block("x", "observed", Frozen(field=evil), label=evil),
        "l": Block("l", "linear", Frozen(units=2), label=evil),
        "u": Block("u", "linear", Frozen({evil: 3}), label=evil),
        "r": Block("r", "relu", label=evil, extra=Frozen({"x-note": evil})),
    }
    wires = (Wire(Pin("x", "y"), Pin("l", "z")), Wire(Pin("l", "y"), Pin("r", "z")))
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        program = compile(
            Diagram(blocks, wires, recipe=Frozen({"note": evil, "data": {"kind": evil}})),
            shapes={"x": (2,)},
        )
        program.predict(x=torch.zeros(2, 2))
    assert said.getvalue() == ""
    assert "print" not in program.module.code


def test_shared_weights_are_one_tensor_whose_gradients_add() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    one = s.linear(x, units=2)
    two = s.linear(one, units=2, shares="linear1")
    s.cross_entropy(two, y)
    given = {"x": np.ones((4, 2)), "y": np.zeros(4, dtype=int)}
    program = compile(s.diagram(data=given, dtype="float64"))
    assert list(program.parameters) == ["linear1.weight", "linear1.bias"]
    x_, y_ = torch.ones(4, 2, dtype=torch.float64), torch.zeros(4, dtype=torch.int64)
    w, b = (p.detach().clone().requires_grad_() for p in program.parameters.values())
    F.cross_entropy(F.linear(F.linear(x_, w, b), w, b), y_).backward()
    program.loss(x=x_, y=y_).backward()
    torch.testing.assert_close(program.parameters["linear1.weight"].grad, w.grad)


def test_a_wire_at_the_flank_replaces_the_parameter() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    u = s.parameter(size=[3, 2], id="u")
    s.cross_entropy(s.linear(x, weight=s.tanh(u), units=3), y)
    program = compile(s.diagram(data="spiral", dtype="float64"))
    assert not program.report.problems
    assert set(program.parameters) == {"u.value", "linear1.bias"}
    assert set(program.module.state_dict()) == {"u.value", "linear1.bias"}
    x_, y_ = batch()
    u_ = program.parameters["u.value"].detach().clone().requires_grad_()
    F.cross_entropy(F.linear(x_, torch.tanh(u_), program.parameters["linear1.bias"]), y_).backward()
    program.loss(x=x_, y=y_).backward()
    torch.testing.assert_close(program.parameters["u.value"].grad, u_.grad)


def test_a_wrong_size_at_the_flank_is_one_sentence() -> None:
    s = Sketch()
    u = s.parameter(size=[3, 7], id="u")
    s.linear(s.observed("x"), weight=u, units=3)
    problem = next(
        p for p in compile(s.diagram(data="spiral")).report.problems if p.where == "linear1"
    )
    assert "weight must be 3 × 2, the wire brings 3 × 7" in problem.message


def test_more_classes_than_outputs_are_a_problem_before_training() -> None:
    diagram = SetSetting("linear2", "units", 2).apply(classifier())
    (problem,) = compile(diagram).report.problems
    assert problem.where == "cross_entropy1" and "which needs 3 outputs" in problem.message


def test_meta_counts_without_allocating() -> None:
    s = Sketch()
    s.linear(s.flatten(s.observed("x")), units=400_000, bias=False)
    report = compile(s.diagram(), shapes={"x": (1, 200, 200)}, device="meta").report
    assert report.counts["linear1"].weights == 16_000_000_000 == report.counts["linear1"].macs


def test_a_model_that_does_not_fit_in_memory_is_refused_by_name() -> None:
    s = Sketch()
    s.linear(s.flatten(s.observed("x")), units=4_000_000)
    problem = next(
        p
        for p in compile(s.diagram(), shapes={"x": (1, 200, 200)}).report.problems
        if p.kind == "error"
    )
    assert problem.where == "linear1" and "GB" in problem.message and problem.hint


@pytest.mark.parametrize(
    "bad",
    [{"x": torch.zeros(2, 2)}, {"x": torch.zeros(2, 2), "y": torch.zeros(2, dtype=int), "q": [1]}],
)
def test_missing_and_unknown_inputs_are_named(spiral: Diagram, bad: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(DiagramError, match=r"^(y|q): "):
        compile(spiral).loss(**bad)


@pytest.mark.parametrize(
    ("kind", "inputs", "settings", "shape"),
    [
        ("conv2d", 1, {"padding": 10_000, "channels": 64}, (3, 4, 4)),
        ("adaptive_max_pool", 1, {"size": 10_000}, (1, 4, 4)),
        ("upsample", 1, {"factor": 1_000}, (1, 100, 100)),
        ("random_projection", 1, {"units": 10_000_000}, (100_000,)),
        ("bilinear", 2, {"units": 1}, (100_000,)),
        ("scaled_dot_product_attention", 3, {}, (100_000, 1)),
        ("multi_head_attention", 3, {"heads": 4}, (30_000, 4)),
    ],
)
def test_what_grows_beyond_the_memory_is_refused_before_any_of_it_is_there(
    kind: str, inputs: int, settings: dict[str, int], shape: tuple[int, ...]
) -> None:
    s = Sketch()
    x = s.observed("x")
    getattr(s, kind)(*[x] * inputs, **settings)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (problem,) = compile(s.diagram(), shapes={"x": shape}).report.problems
    assert problem.where == f"{kind}1" and "GB are free" in problem.message
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # kB


def test_a_program_that_is_no_more_leaves_no_source_behind() -> None:
    """fx keeps the text of every graph; a day of edits makes thousands."""
    import gc
    import linecache

    from torch.fx import graph_module

    def kept() -> int:
        gc.collect()
        cache = graph_module._loader.eval_cache  # type: ignore[attr-defined]
        return len(cache) + sum(name.startswith("<eval_with_key>") for name in linecache.cache)

    program = compile(classifier())
    before = kept()
    for units in (21, 22, 23, 24, 25):
        program = compile(SetSetting("linear1", "units", units).apply(classifier()), keep=program)
        program.predict(x=torch.zeros(2, 2))
    assert kept() <= before + 2, "the one that is left has one graph more"


def test_without_a_weight_before_a_cost_that_runs_there_is_nothing_to_train() -> None:
    s = Sketch()
    z, x = s.latent(), s.observed("x")
    s.squared_error(s.linear(z, units=10), x)  # ten numbers against two: it does not run
    s.l1(z)
    report = compile(s.diagram(data="spiral")).report
    assert [p.where for p in report.problems] == ["squared_error1"] and not report.trainable
    t = Sketch()
    x = t.observed("x")
    t.squared_error(t.relu(t.linear(x, units=2)), x)
    assert compile(t.diagram(data="spiral")).report.trainable
