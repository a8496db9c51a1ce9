"""Taking blocks out joins their neighbours, or is refused with a sentence."""

from __future__ import annotations

import pytest

from graph.diagram import Block, Diagram
from graph.joining import RemoveAndJoin, stands_between
from graph.problem import DiagramError
from tests.graph.samples import wire


def _diagram(kinds: dict[str, str], *wires: str) -> Diagram:
    blocks = {name: Block(name, kind) for name, kind in kinds.items()}
    return Diagram(blocks, tuple(wire(text) for text in wires))


CHAIN = _diagram(
    {
        "x": "observed",
        "a": "linear",
        "b": "relu",
        "c": "linear",
        "d": "relu",
        "s": "sum",
    },
    "x.y > a.z",
    "a.y > b.z",
    "b.y > c.z",
    "b.y > d.z",
    "c.y > s.z1",
    "d.y > s.z2",
)


def test_its_source_goes_on_to_all_its_targets_in_their_places() -> None:
    after = RemoveAndJoin(("b",)).apply(CHAIN)
    wanted = ("x.y > a.z", "a.y > c.z", "a.y > d.z", "c.y > s.z1", "d.y > s.z2")
    assert after.wires == tuple(wire(text) for text in wanted)
    assert "b" not in after.blocks


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_several_in_a_row_are_joined_across_in_any_order(ids: tuple[str, ...]) -> None:
    after = RemoveAndJoin(ids).apply(CHAIN)
    assert wire("x.y > c.z") in after.wires and wire("x.y > d.z") in after.wires
    assert len(after.wires) == 4


def test_of_several_inputs_the_first_is_joined() -> None:
    made = _diagram(
        {"x": "observed", "k": "observed", "s": "sum", "r": "relu"},
        "x.y > s.z1",
        "k.y > s.z2",
        "s.y > r.z",
    )
    assert RemoveAndJoin(("s",)).apply(made).wires == (wire("x.y > r.z"),)


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        (("x",), "x: no wire enters it"),
        (("s",), "s: no wire leaves it"),
        (("nobody",), "there is no such block"),
    ],
)
def test_what_cannot_be_joined_is_refused(ids: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(DiagramError, match=sentence):
        RemoveAndJoin(ids).apply(CHAIN)


def test_a_delay_that_a_loop_needs_is_refused() -> None:
    loop = _diagram({"s": "sum", "f": "relu", "d": "delay"}, "s.y > f.z", "f.y > d.z", "d.y > s.z1")
    with pytest.raises(DiagramError, match="a loop would be left without a delay"):
        RemoveAndJoin(("d",)).apply(loop)
    with pytest.raises(DiagramError, match="nothing outside the loop feeds it"):
        RemoveAndJoin(("s", "f", "d")).apply(
            loop.with_(
                blocks={**loop.blocks, "g": Block("g", "relu")},
                wires=(*loop.wires, wire("f.y > g.z")),
            )
        )


def test_its_label_names_it() -> None:
    assert RemoveAndJoin(("b",)).label == "Take out b"
    assert RemoveAndJoin(("a", "b")).label == "Take out 2 blocks"


@pytest.mark.parametrize("name", CHAIN.blocks)
def test_only_what_stands_between_others_can_be_taken_out(name: str) -> None:
    if stands_between(CHAIN, name):
        assert name not in RemoveAndJoin((name,)).apply(CHAIN).blocks
    else:
        with pytest.raises(DiagramError, match="nothing to join"):
            RemoveAndJoin((name,)).apply(CHAIN)
