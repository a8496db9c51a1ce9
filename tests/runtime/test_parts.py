"""A diagram with parts computes what the same diagram without parts computes."""

from __future__ import annotations

import torch

from graph.diagram import Pin, Wire
from graph.edits import Disconnect, SetSetting
from graph.grouping import Group
from graph.part_edits import InPart
from graph.parts import flatten
from nodes.sketch import Sketch
from runtime.levels import Level, report_at
from runtime.program import compile
from runtime.run import Run
from tests.runtime.conftest import classifier

X = torch.linspace(-1, 1, 12, dtype=torch.float64).reshape(6, 2)
Y = torch.arange(6) % 3


def grouped() -> object:
    return Group(("linear1", "tanh1"), "hidden").apply(classifier(dtype="float64"))


def test_grouping_keeps_the_loss_when_the_weights_are_the_same() -> None:
    plain = compile(classifier(dtype="float64"))
    parted = compile(grouped())  # type: ignore[arg-type]
    assert not parted.report.problems
    parted.load(
        {
            f"hidden1/{n}" if n.startswith("linear1") else n: p.detach()
            for n, p in plain.parameters.items()
        }
    )
    torch.testing.assert_close(parted.loss(x=X, y=Y), plain.loss(x=X, y=Y), rtol=1e-14, atol=0)
    assert set(parted.module.state_dict()) == {
        "hidden1/linear1.weight",
        "hidden1/linear1.bias",
        "linear2.weight",
        "linear2.bias",
    }


def test_the_report_counts_parts_and_looks_right_from_inside_and_outside() -> None:
    report = compile(grouped()).report  # type: ignore[arg-type]
    assert report.total.weights == 2 * 20 + 20 + 20 * 3 + 3
    outside, inside = report_at(report, ""), report_at(report, "hidden1")
    assert outside.counts["hidden1"].weights == 60 and "hidden1/linear1" not in outside.counts
    assert outside.shapes[Pin("hidden1", "y")] == (-1, 20)
    assert inside.shapes[Pin("linear1", "y")] == (-1, 20) and inside.shapes[Pin("z", "y")] == (
        -1,
        2,
    )


def test_problems_inside_a_part_are_told_at_its_use_and_inside() -> None:
    broken = InPart("hidden", SetSetting("linear1", "units", 0)).apply(grouped())  # type: ignore[arg-type]
    report = compile(broken).report
    assert [p.where for p in report_at(report, "").problems] == ["hidden1"]
    assert [p.where for p in report_at(report, "hidden1").problems] == ["linear1.units"]


def test_flows_are_seen_at_every_level() -> None:
    diagram = grouped()
    run = Run(compile(diagram))  # type: ignore[arg-type]
    shot, flat = run.watch(), flatten(diagram)  # type: ignore[arg-type]
    outside, inside = (Level(flat, path).snapshot(shot) for path in ("", "hidden1"))
    into = Wire(Pin("x", "y"), Pin("hidden1", "z"))
    assert outside.flows[into] == shot.flows[Wire(Pin("x", "y"), Pin("hidden1/linear1", "z"))]
    assert inside.flows[Wire(Pin("linear1", "y"), Pin("tanh1", "z"))].gradient > 0
    assert outside.weight_gradients["hidden1"] == shot.weight_gradients["hidden1/linear1"]
    assert outside.variables[Pin("hidden1", "y")] == shot.variables[Pin("hidden1/tanh1", "y")]


def test_an_input_of_a_part_without_a_wire_is_told_once_and_at_the_use() -> None:
    inner, outer, s = Sketch(), Sketch(), Sketch()
    z = inner.inlet("z")
    inner.outlet(inner.sum(inner.linear(z, units=2), z))
    outer.define("inner", inner)
    outer.outlet(outer.use("inner", outer.inlet("z")))
    s.define("outer", outer)
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.use("outer", x), y)
    whole = s.diagram(data="spiral")
    (fed,) = (w for w in whole.wires if w.source.block == "x")
    report = compile(Disconnect((fed,)).apply(whole)).report
    opened = [p for p in report.problems if p.kind == "open"]
    assert [(p.where, p.message) for p in opened] == [("outer1.z", "the input z has no wire.")]
