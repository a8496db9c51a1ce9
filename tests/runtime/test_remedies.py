"""Remedies: each mends its problem when the diagram is compiled again, and what is not certain is not offered."""

from __future__ import annotations

import numpy as np
import pytest

from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from graph.edit import Edit
from graph.edits import Connect, Disconnect, RemoveBlocks, SetRecipe, SetSetting
from graph.problem import Problem
from nodes.sketch import Sketch
from runtime.data import Data, load
from runtime.program import compile
from runtime.remedies import remedies


def _found(diagram: Diagram, data: Data | None = None) -> dict[Problem, Edit]:
    if data is None:
        data = load(diagram.recipe["data"], 0)
    return remedies(diagram, compile(diagram, data=data), data)


def _images() -> Diagram:
    """A small convolution net for the digits whose images are never made into vectors."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.relu(s.conv2d(x, channels=4, kernel=3))
    s.cross_entropy(s.linear(s.relu(s.linear(z, units=20)), units=10), y)
    return s.diagram(data="digits")


def _spiral(units: int = 3) -> Diagram:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=8)), units=units), y)
    return s.diagram(data="spiral")


def _mended(diagram: Diagram) -> tuple[str, Diagram]:
    """The label of the only remedy, and the diagram after it, which has no problems left."""
    ((_, edit),) = _found(diagram).items()
    after = edit.apply(diagram)
    assert not compile(after).report.problems
    assert compile(after).report.trainable
    return edit.label, after


def test_a_diagram_without_problems_needs_none() -> None:
    assert not _found(_spiral())


def test_images_before_a_cost_of_classes_are_flattened_once() -> None:
    label, after = _mended(_images())
    assert label.startswith("Insert flatten")
    (made,) = (b for b in after.blocks.values() if b.kind == "flatten")
    (into,) = after.wires_into(made.id)
    (out,) = after.wires_from(made.id)
    assert after.blocks[out.target.block].kind == "linear"
    places = [b.position for b in after.blocks.values()]
    assert len(set(places)) == len(places)
    assert into.source.block != made.id


def test_too_few_classes_become_as_many_as_the_data_have() -> None:
    _, after = _mended(_spiral(units=2))
    assert after.blocks["linear2"].settings["units"] == 3


def test_a_target_without_a_wire_gets_the_y_that_stands_by() -> None:
    whole = _spiral()
    (line,) = whole.wires_from("y")
    _, after = _mended(Disconnect((line,)).apply(whole))
    assert line in after.wires


def test_a_target_without_a_wire_gets_a_new_y() -> None:
    whole = _spiral()
    label, after = _mended(RemoveBlocks(("y",)).apply(whole))
    assert label == "Add y and wire it to cross_entropy1"
    assert after.blocks["y"].kind == "observed" and after.wires_from("y")


def test_a_setting_out_of_bounds_goes_back_to_its_default() -> None:
    whole = SetSetting("linear1", "units", -3).apply(_spiral())
    label, after = _mended(whole)
    assert "units" in label and "units" not in after.blocks["linear1"].settings


def test_a_wrong_entry_of_the_recipe_goes_back_to_its_default() -> None:
    whole = SetRecipe("rate", "fast").apply(_spiral())
    _, after = _mended(whole)
    assert "rate" not in after.recipe


def test_a_wire_to_an_input_that_the_kind_has_not_is_removed() -> None:
    whole = _spiral()
    loose = Wire(Pin("x", "y"), Pin("relu1", "nothing"))
    _, after = _mended(Connect(loose).apply(whole))
    assert loose not in after.wires


def test_inside_a_part_the_part_is_mended() -> None:
    inner = Sketch()
    z = inner.inlet("z")
    inner.outlet(inner.linear(inner.relu(inner.linear(z, units=8)), units=3))
    s = Sketch()
    s.define("net", inner)
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.use("net", x), y)
    whole = SetSetting("linear1", "units", -1)
    diagram = s.diagram(data="spiral")
    part = whole.apply(diagram.parts["net"])
    broken = diagram.with_(parts=Frozen({"net": part}))
    found = _found(broken)
    labels = [edit.label for edit in found.values()]
    assert any("units" in label and "in net" in label for label in labels)
    edit = next(e for e in found.values() if "in net" in e.label)
    assert "units" not in edit.apply(broken).parts["net"].blocks["linear1"].settings


@pytest.mark.parametrize("kind", ["nothing_known", "relu"])
def test_what_is_not_certain_is_not_offered(kind: str) -> None:
    whole = _spiral()
    alone = whole.with_(blocks={**whole.blocks, "block9": Block("block9", kind)})
    assert not _found(alone)


def test_nothing_is_offered_that_stops_another_block() -> None:
    """Two costs on one net that want other numbers of outputs: neither can be had without breaking the other."""
    s = Sketch()
    x, y, t = s.observed("x"), s.observed("y"), s.observed("t")
    out = s.linear(x, units=3)
    s.cross_entropy(out, y)
    s.squared_error(out, t)
    rng = np.random.default_rng(0)
    data = Data(
        "two targets",
        {
            "x": rng.normal(size=(30, 2)),
            "y": rng.integers(0, 3, 30),
            "t": rng.normal(size=(30, 2)),
        },
        classes={"y": ("a", "b", "c")},
    )
    diagram = s.diagram(data="spiral")
    assert compile(diagram, data=data).report.problems
    assert not _found(diagram, data)
