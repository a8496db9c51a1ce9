"""Diagrams written in Python."""

import json

import numpy as np
import pytest
import torch

from graph.diagram import Diagram, Frozen, Pin, Wire
from graph.problem import DiagramError
from graph.settings import SettingError
from nodes.sketch import Sketch
from runtime.program import compile


def spiral() -> Sketch:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=100)), units=3), y)
    return s


def test_the_spiral_of_the_lecture() -> None:
    d = spiral().diagram(data="spiral", optimizer="adam", rate=1e-2, batch=64, seed=0)
    assert [(b.id, b.kind) for b in d.blocks.values()] == [
        ("x", "observed"),
        ("y", "observed"),
        ("linear1", "linear"),
        ("relu1", "relu"),
        ("linear2", "linear"),
        ("cross_entropy1", "cross_entropy"),
    ]
    assert set(map(str, d.wires)) == {
        "x.y -> linear1.z",
        "linear1.y -> relu1.z",
        "relu1.y -> linear2.z",
        "linear2.y -> cross_entropy1.prediction",
        "y.y -> cross_entropy1.target",
    }
    assert d.blocks["linear1"].settings == {"units": 100}
    assert d.blocks["y"].settings == {"field": "y"}
    assert d.recipe == {
        "data": {"kind": "spiral"},
        "optimizer": {"kind": "adam"},
        "rate": 1e-2,
        "batch": 64,
        "seed": 0,
    }


def test_the_layout_follows_the_flow() -> None:
    d = spiral().diagram()
    across = [
        d.blocks[n].position[0] for n in ("x", "linear1", "relu1", "linear2", "cross_entropy1")
    ]
    assert across == sorted(set(across))
    assert len({b.position for b in d.blocks.values()}) == len(d.blocks)


def test_costs_return_nothing_and_blocks_their_output() -> None:
    s = Sketch()
    x = s.observed("x")
    assert x == Pin("x", "y")
    assert s.linear(x) == Pin("linear1", "y")
    assert s.squared_error(x) is None


def test_settings_equal_to_the_defaults_stay_out_of_the_diagram() -> None:
    s = Sketch()
    s.linear(s.observed("x"), units=10, bias=True)
    s.reshape(size=(3, -1))
    assert s.diagram().blocks["linear1"].settings == {}
    assert s.diagram().blocks["reshape1"].settings == {"size": [3, -1]}


def test_names_of_variables() -> None:
    s = Sketch()
    s.observed("sepal length")
    s.latent("z", size=(4,))
    s.parameter("v")
    s.latent()
    blocks = s.diagram().blocks
    assert blocks["observed1"].settings == {"field": "sepal length"}
    assert (blocks["z"].label, blocks["z"].settings) == ("", {"size": [4]})
    assert blocks["v"].label == "v"
    assert "latent1" in blocks


def test_ids_labels_and_shared_weights() -> None:
    s = Sketch()
    x = s.observed("x")
    a = s.linear(x, id="encoder", label="h")
    s.linear(a, shares=a)
    s.linear(a, shares="encoder")
    blocks = s.diagram().blocks
    assert blocks["encoder"].label == "h"
    assert [blocks[n].shares for n in ("linear1", "linear2")] == ["encoder", "encoder"]


def test_many_inputs_and_flanks() -> None:
    s = Sketch()
    x, u = s.observed("x"), s.parameter("u", size=(3, 2))
    s.sum(x, x, x)
    s.linear(x, units=3, weight=u)
    s.squared_error(target=x)
    assert set(s.diagram().wires) == {
        *(Wire(x, Pin("sum1", f"z{n}")) for n in (1, 2, 3)),
        Wire(x, Pin("linear1", "z")),
        Wire(u, Pin("linear1", "weight")),
        Wire(x, Pin("squared_error1", "target")),
    }


def test_a_diagram_may_be_taken_before_the_end() -> None:
    s = Sketch()
    x = s.observed("x")
    early = s.diagram()
    s.linear(x)
    assert list(early.blocks) == ["x"]
    assert list(s.diagram().blocks) == ["x", "linear1"]
    assert Sketch().diagram() == Diagram()


def test_a_misspelled_kind_lists_its_neighbours() -> None:
    with pytest.raises(AttributeError, match=r"'crossentropy'; did you mean .*cross_entropy"):
        Sketch().crossentropy()
    assert not hasattr(Sketch(), "__deepcopy__")
    assert "max_pool2d" in dir(Sketch())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"units": 0}, "units must lie between 1 and"),
        ({"units": "many"}, "units must be a whole number"),
        ({"unit": 3}, "there is no setting 'unit' here"),
    ],
)
def test_bad_settings_are_refused_at_once(settings: dict[str, object], message: str) -> None:
    s = Sketch()
    with pytest.raises(SettingError, match=message):
        s.linear(s.observed("x"), **settings)
    assert list(s.diagram().blocks) == ["x"]


def test_bad_pins_are_refused_at_once() -> None:
    s = Sketch()
    x = s.observed("x")
    with pytest.raises(TypeError, match="relu has 1 inputs, 2 pins were given"):
        s.relu(x, x)
    with pytest.raises(TypeError, match="takes what other blocks returned, not None"):
        s.relu(s.squared_error(x, x))
    with pytest.raises(TypeError, match="no free pin 'z'"):
        s.linear(x, z=x)
    with pytest.raises(TypeError, match="no free pin 'q'"):
        s.linear(x, q=x)
    with pytest.raises(TypeError, match="belongs to another sketch"):
        Sketch().relu(x)
    with pytest.raises(DiagramError, match="a block of this name already"):
        s.observed("x")


def test_recipes_are_plain() -> None:
    x = np.array([[0.0, 1.0], [1.0, 0.0]], dtype=np.float32)
    s = Sketch()
    s.observed("x")
    recipe = s.diagram(
        data={"x": x, "y": torch.tensor([0, 1]), "name": ("a", "b")},
        optimizer={"kind": "sgd", "momentum": np.float64(0.9)},
        rate=np.float32(0.5),
        clip=None,
    ).recipe
    assert recipe == Frozen(
        data={"kind": "arrays", "x": [[0.0, 1.0], [1.0, 0.0]], "y": [0, 1], "name": ["a", "b"]},
        optimizer={"kind": "sgd", "momentum": 0.9},
        rate=0.5,
    )
    assert json.loads(json.dumps(recipe)) == recipe
    given = {"kind": "spiral", "arms": 5}
    assert s.diagram(data=given).recipe["data"] == given
    with pytest.raises(TypeError, match="the recipe's rate cannot be saved"):
        s.diagram(rate=object())


def test_parts_are_defined_once_and_used_often() -> None:
    stage = Sketch()
    stage.outlet(stage.relu(stage.linear(stage.inlet(), units=4)))
    s = Sketch()
    s.define("stage", stage)
    s.cross_entropy(s.use("stage", s.use("stage", s.observed("x"))), s.observed("y"))
    made = s.diagram(data="spiral")
    assert set(made.parts) == {"stage"} and {"stage1", "stage2"} <= set(made.blocks)
    program = compile(made)
    assert program.report.problems == ()
    assert program.report.counts["stage2/linear1"].weights == 20


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(DiagramError, match="no such part"):
        Sketch().use("nothing")
