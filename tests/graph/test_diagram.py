"""Diagram: a value that refuses to be wrong."""

from __future__ import annotations

import pickle
from random import Random

import pytest

from graph.diagram import MAX_WIRES, Block, Diagram, Frozen, Pin, Wire, is_name
from graph.problem import DiagramError, Problem
from tests.graph.samples import chain, classifier, drawn, random_diagram, wire


def test_addresses_print_as_they_are_written() -> None:
    assert str(wire("x.y > linear1.z")) == "x.y -> linear1.z"


@pytest.mark.parametrize("name", ["a", "Z9_", "linear1", "a" * 64])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "1", "_a", "a b", "a.b", "ä", "a" * 65, "a\n", None, 3, 'x=print("!")']
)
def test_no_names(name: object) -> None:
    assert not is_name(name)


@pytest.mark.parametrize(
    ("blocks", "wires", "sentence"),
    [
        ("ab", ["a.y > c.z"], "the wire a.y -> c.z ends at 'c', which is not there."),
        ("abc", ["a.y > c.z", "b.y > c.z"], "the input c.z already has a wire."),
        ("ab", ["a.y > b.z z"], "'z z' cannot be the name of a pin."),
        ("a", ["a.y > a.z"], "the wires make a loop without a delay: a -> a."),
        ("ab", ["a.y > b.z", "b.y > a.z"], "the wires make a loop without a delay: "),
    ],
)
def test_wires_that_cannot_be(blocks: str, wires: list[str], sentence: str) -> None:
    with pytest.raises(DiagramError) as caught:
        Diagram({name: Block(name, "relu") for name in blocks}, tuple(map(wire, wires)))
    assert str(caught.value).startswith(sentence)


def test_limits() -> None:
    with pytest.raises(DiagramError, match="at most 20,000 blocks, this one 20,001"):
        Diagram({f"b{i}": Block(f"b{i}", "relu") for i in range(20_001)})
    many = tuple(Wire(Pin("a", "y"), Pin("b", f"z{i}")) for i in range(MAX_WIRES + 1))
    with pytest.raises(DiagramError, match="at most 100,000 wires"):
        Diagram({"a": Block("a", "relu"), "b": Block("b", "relu")}, many)


def test_filed_under_another_name() -> None:
    with pytest.raises(DiagramError, match="block a is filed under the name b"):
        Diagram({"b": Block("a", "relu")})


def test_order_goes_along_the_flow_and_enters_a_delay_last() -> None:
    diagram = drawn("x.y > sum1.z1", "sum1.y > tanh1.z", "tanh1.y > delay1.z", "delay1.y > sum1.z2")
    order = diagram.order
    assert order.index("delay1") < order.index("sum1") < order.index("tanh1")


@pytest.mark.parametrize("seed", range(20))
def test_reaches_says_whether_a_wire_would_close_a_loop(seed: int) -> None:
    diagram = random_diagram(Random(seed))
    for start in diagram.blocks:
        for goal in diagram.blocks:
            closing = Wire(Pin(goal, "y"), Pin(start, "fresh"))
            try:
                diagram.with_(wires=(*diagram.wires, closing))
                closes = False
            except DiagramError:
                closes = True
            may_be = diagram.blocks[start].kind == "delay"
            assert closes == (diagram.reaches(start, goal) and not may_be)


def test_wires_of_a_block() -> None:
    diagram = classifier()
    assert diagram.wires_into("relu1") == (wire("linear1.y > relu1.z"),)
    assert diagram.wires_from("relu1") == (wire("relu1.y > linear2.z"),)
    assert diagram.inputs[Pin("relu1", "z")] == Pin("linear1", "y")
    assert diagram.wires_of["l21"] == ()


def test_free_id() -> None:
    assert classifier().free_id("linear") == "linear3"
    assert classifier().free_id("linear", taken=("linear3",)) == "linear4"


def test_quick_copies_are_checked_where_it_matters() -> None:
    diagram = chain(5)
    quick = diagram.with_blocks(Block("b1", "linear", label="new"))
    assert quick == Diagram(
        {**diagram.blocks, "b1": Block("b1", "linear", label="new")}, diagram.wires
    )
    with pytest.raises(DiagramError, match="which is not there"):
        diagram.with_blocks(Block("b1", "linear", shares="nobody"))
    ring = {f"b{i}": Block(f"b{i}", "linear", shares=f"b{(i + 1) % 5}") for i in range(5)}
    with pytest.raises(DiagramError, match="share its own weights"):
        Diagram(ring)
    with pytest.raises(DiagramError, match="share its own weights"):
        diagram.with_blocks(*ring.values())
    row = {**ring, "b4": Block("b4", "linear")}
    assert Diagram(row).blocks["b0"].shares == "b1"


def test_a_diagram_cannot_be_changed() -> None:
    diagram = classifier()
    for change in (
        lambda: diagram.blocks.update(a=1),  # type: ignore[attr-defined]
        lambda: diagram.recipe.pop("a"),
        lambda: diagram.blocks["x"].settings.__setitem__("a", 1),
    ):
        with pytest.raises(TypeError, match="a diagram is a value"):
            change()
    with pytest.raises(AttributeError):
        diagram.wires = ()  # type: ignore[misc]


@pytest.mark.parametrize("seed", range(10))
def test_a_diagram_crosses_a_pipe(seed: int) -> None:
    diagram = random_diagram(Random(seed))
    again = pickle.loads(pickle.dumps(diagram))
    assert again == diagram and again.order == diagram.order
    assert isinstance(again.recipe, Frozen) and "order" not in diagram.__getstate__()


def test_a_problem_knows_its_block() -> None:
    assert Problem("linear1.z", "has no wire.", "Connect it.").block == "linear1"
    assert (
        str(Problem("linear1.z", "has no wire.", "Connect it."))
        == "linear1.z: has no wire. Connect it."
    )
    assert Problem("recipe.rate", "is negative.").block == ""
    assert str(Problem("", "nothing to train.")) == "nothing to train."
