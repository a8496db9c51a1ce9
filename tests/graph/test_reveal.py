"""The order of a lecture: along the flow by default, as set otherwise, kept in the file, and never losing a block."""

from __future__ import annotations

from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from graph.files import from_text, to_text
from graph.frame import Comment, Frame
from graph.grouping import Group
from graph.part_edits import InPart
from graph.reveal import KEY, SetReveal, along_flow, joined, moved, notes_with, parted, steps


def net() -> Diagram:
    names = ("y", "x", "linear1", "relu1", "cost", "decay")
    blocks = {n: Block(n, "relu", position=(100.0 * k, 0.0)) for k, n in enumerate(names)}
    wires = (
        Wire(Pin("x", "y"), Pin("linear1", "z")),
        Wire(Pin("linear1", "y"), Pin("relu1", "z")),
        Wire(Pin("relu1", "y"), Pin("cost", "prediction")),
        Wire(Pin("y", "y"), Pin("cost", "target")),
    )
    return Diagram(blocks, wires, comments=(Comment("look", (0.0, 90.0, 100.0)),))


LAST = {"cost", "decay"}


def test_it_goes_along_the_flow_costs_last_then_comments() -> None:
    order = along_flow(net(), LAST)
    assert order == ("x", "linear1", "relu1", "y", "cost", "decay", "#comment1")
    assert steps(net(), LAST) == tuple((name,) for name in order)


def test_an_order_is_kept_in_the_file() -> None:
    order = (("cost",), ("x", "y"), ("#comment1",), ("relu1",), ("linear1",), ("decay",))
    after = SetReveal(order).apply(net())
    assert steps(after, LAST) == order
    again = from_text(to_text(after))
    assert steps(again, LAST) == order and again == after
    assert SetReveal(()).apply(again) == net()
    assert after.blocks == net().blocks and after.wires == net().wires


def test_what_the_order_does_not_name_comes_after_what_precedes_it() -> None:
    after = SetReveal((("y",), ("x",), ("cost",))).apply(net())
    assert steps(after, LAST) == (
        ("y",), ("x",), ("linear1",), ("relu1",), ("cost",), ("decay",), ("#comment1",),
    )  # fmt: skip
    alone = SetReveal((("relu1",),)).apply(net())
    assert steps(alone, LAST)[0] == ("x",)


def test_what_others_wrote_there_does_no_harm() -> None:
    everything = sorted(along_flow(net(), LAST))
    for value in (7, "x", {"a": 1}, [3, None, ["x", 5, "nobody", "x"], "relu1", []], [[["x"]]]):
        found = steps(net().with_(extra=Frozen({KEY: value})), LAST)
        assert sorted(name for step in found for name in step) == everything


def test_a_part_has_an_order_of_its_own() -> None:
    grouped = Group(("linear1", "relu1"), "stage").apply(net())
    after = InPart("stage", SetReveal((("relu1",), ("linear1",)))).apply(grouped)
    kept = from_text(to_text(after))
    assert [s for s in steps(kept.parts["stage"]) if s[0] in ("linear1", "relu1")] == [
        ("relu1",), ("linear1",),
    ]  # fmt: skip
    assert KEY not in kept.extra


def test_frames_come_with_their_first_block_and_comments_alone() -> None:
    framed = net().with_drawn(
        (
            Frame("first", (150.0, -50.0, 200.0, 100.0), id="frame1"),
            Frame("empty", (0.0, 400.0, 50.0, 50.0), id="frame2"),
        )
    )
    assert notes_with(framed, {"x"}) == {"frame2"}
    assert notes_with(framed, {"x", "linear1"}) == {"frame1", "frame2"}
    assert notes_with(framed, {"#comment1"}) == {"frame2", "comment1"}


def test_steps_move_join_and_part() -> None:
    order = tuple((name,) for name in "abcde")
    assert "".join(s[0] for s in moved(order, [2], -1)) == "acbde"
    assert "".join(s[0] for s in moved(order, [1, 2], 1)) == "adbce"
    assert moved(order, [0, 1], -1) == order, "what stands at the top already stays"
    assert moved(order, [3, 4], 1) == order
    together = joined(order, [1, 3])
    assert together == (("a",), ("b", "d"), ("c",), ("e",))
    assert parted(together, [1]) == (("a",), ("b",), ("d",), ("c",), ("e",))
