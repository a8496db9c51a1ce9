"""Parts: expanding, grouping and ungrouping, sharing, limits counted before anything is expanded."""

from __future__ import annotations

import pytest

from graph.diagram import INLET, OUTLET, PART, Block, Diagram, Frozen, Pin, Wire
from graph.edits import AddBlock, Connect, RemoveBlocks, SetSetting
from graph.grouping import Group, Ungroup
from graph.part_edits import AddPart, InPart, RemovePart, RenamePart, RenamePin, scope
from graph.parts import counts, flatten, pins_of
from graph.problem import DiagramError


def wire(text: str) -> Wire:
    source, target = (Pin(*end.split(".")) for end in text.split(" -> "))
    return Wire(source, target)


def block(name: str, kind: str = "relu", **settings: object) -> Block:
    return Block(name, kind, Frozen(settings))


def diagram(blocks: list[Block], *wires: str, parts: dict[str, Diagram] | None = None) -> Diagram:
    return Diagram({b.id: b for b in blocks}, tuple(map(wire, wires)), parts=parts or {})


def stage() -> Diagram:
    """z -> a -> b -> y."""
    blocks = [block("z", INLET), block("a", "linear"), block("b"), block("y", OUTLET)]
    return diagram(blocks, "z.y -> a.z", "a.y -> b.z", "b.y -> y.z")


def two_stages() -> Diagram:
    blocks = [
        block("x", "observed"),
        block("s1", PART, part="stage"),
        block("s2", PART, part="stage"),
        block("c", "tanh"),
    ]
    return diagram(blocks, "x.y -> s1.z", "s1.y -> s2.z", "s2.y -> c.z", parts={"stage": stage()})


def test_uses_expand_to_paths_and_their_wires_meet() -> None:
    flat = flatten(two_stages())
    assert set(flat.diagram.blocks) == {"x", "s1/a", "s1/b", "s2/a", "s2/b", "c"}
    assert {str(w) for w in flat.diagram.wires} == {
        "x.y -> s1/a.z",
        "s1/a.y -> s1/b.z",
        "s1/b.y -> s2/a.z",
        "s2/a.y -> s2/b.z",
        "s2/b.y -> c.z",
    }
    assert flat.sources[Pin("s2", "y")] == Pin("s2/b", "y")
    assert flat.wires["", wire("s1.y -> s2.z")] == (wire("s1/b.y -> s2/a.z"),)
    assert flat.wires["s2", wire("z.y -> a.z")] == (wire("s1/b.y -> s2/a.z"),)


def test_parts_within_parts() -> None:
    outer = diagram(
        [
            block("z", INLET),
            block("i", PART, part="stage"),
            block("j", PART, part="stage"),
            block("y", OUTLET),
        ],
        "z.y -> i.z",
        "z.y -> j.z",
        "i.y -> y.z",
    )
    made = diagram(
        [block("x", "observed"), block("o", PART, part="outer"), block("c")],
        "x.y -> o.z",
        "o.y -> c.z",
        parts={"stage": stage(), "outer": outer},
    )
    assert counts(made) == {"": 12, "stage": 4, "outer": 10}
    flat = flatten(made)
    assert flat.wires["", wire("x.y -> o.z")] == (wire("x.y -> o/i/a.z"), wire("x.y -> o/j/a.z"))
    assert wire("o/i/b.y -> c.z") in flat.diagram.wires


def test_open_pins_stay_open() -> None:
    made = two_stages()
    flat = flatten(made.with_(wires=made.wires[1:]))
    assert not flat.diagram.wires_into("s1/a")


def test_a_use_that_shares_weights_shares_every_block() -> None:
    made = two_stages()
    shared = made.with_(
        blocks={**made.blocks, "s2": Block("s2", PART, Frozen(part="stage"), shares="s1")}
    )
    flat = flatten(shared)
    assert flat.diagram.blocks["s2/a"].shares == "s1/a"
    assert flat.diagram.blocks["s1/a"].shares is None


def test_a_part_in_itself_is_refused() -> None:
    made = two_stages()
    with pytest.raises(DiagramError, match="contains itself: "):
        InPart("stage", AddBlock(block("again", PART, part="stage"))).apply(made)
    loop = made.with_(parts={"stage": diagram([block("q", PART, part="stage")])})
    with pytest.raises(DiagramError, match="stage contains itself"):
        flatten(loop)


def test_limits_are_counted_before_expanding() -> None:
    parts = {"p0": diagram([block(f"b{i}") for i in range(10)])}
    for n in range(1, 15):
        parts[f"p{n}"] = diagram([block(f"b{i}", PART, part=f"p{n - 1}") for i in range(10)])
    bomb = diagram([block("x", PART, part="p14")], parts=parts)
    with pytest.raises(DiagramError, match="expand to 1,000,000,000,000,000 blocks"):
        flatten(bomb)  # would not end in a life if it began to
    deep = {f"p{n}": diagram([block("b", PART, part=f"p{n + 1}")]) for n in range(40)}
    with pytest.raises(DiagramError, match="nested deeper than 16"):
        flatten(diagram([block("x", PART, part="p0")], parts=deep))


def test_a_lost_pin_is_a_problem_at_the_use() -> None:
    made = InPart("stage", RemoveBlocks(("z",))).apply(two_stages())
    assert {p.where for p in flatten(made).problems} == {"s1.z", "s2.z"}


def test_grouping_and_ungrouping_change_nothing_that_runs() -> None:
    chain = diagram(
        [
            block("x", "observed"),
            block("a", "linear"),
            block("b"),
            block("c", "linear"),
            block("d", "sum"),
        ],
        "x.y -> a.z",
        "a.y -> b.z",
        "b.y -> c.z",
        "b.y -> d.z1",
        "c.y -> d.z2",
        "x.y -> d.z3",
    )
    grouped = Group(("a", "b"), "front").apply(chain)
    (use,) = [b.id for b in grouped.blocks.values() if b.kind == PART]
    flat = flatten(grouped).diagram
    assert {str(w).replace(f"{use}/", "") for w in flat.wires} == {str(w) for w in chain.wires}
    back = Ungroup(use).apply(grouped)
    assert set(back.wires) == set(chain.wires) and set(back.blocks) == set(chain.blocks)
    assert "front" in back.parts
    assert "front" not in RemovePart("front").apply(back).parts


def test_a_group_at_the_end_of_the_flow_gets_a_pin() -> None:
    chain = diagram(
        [block("x", "observed"), block("a", "linear"), block("b")], "x.y -> a.z", "a.y -> b.z"
    )
    part = Group(("a", "b"), "tail").apply(chain).parts["tail"]
    assert [b.kind for b in part.blocks.values()].count(OUTLET) == 1
    assert wire("b.y -> y.z") in part.wires


def test_edits_inside_a_part_reach_all_its_uses() -> None:
    made = InPart("stage", SetSetting("a", "units", 7)).apply(two_stages())
    flat = flatten(made).diagram
    assert [flat.blocks[n].settings["units"] for n in ("s1/a", "s2/a")] == [7, 7]
    inside = scope(made, "stage")
    wider = InPart("stage", Connect(wire("z.y -> b.z"))).apply(made)
    assert inside.recipe == made.recipe and wire("z.y -> b.z") in wider.parts["stage"].wires


@pytest.mark.parametrize("name", ["stage", "", "a b", "x" * 99])
def test_a_group_needs_a_free_name(name: str) -> None:
    with pytest.raises(DiagramError, match="cannot be the name"):
        Group(("c",), name).apply(two_stages())


def test_a_used_part_cannot_be_removed_and_another_of_its_name_not_added() -> None:
    made = two_stages()
    with pytest.raises(DiagramError, match="2 blocks use the part stage"):
        RemovePart("stage").apply(made)
    with pytest.raises(DiagramError, match="another part called stage"):
        AddPart("stage", diagram([block("q")])).apply(made)
    assert AddPart("stage", stage()).apply(made) == made
    assert "more" in AddPart("more", stage()).apply(made).parts


def test_a_renamed_part_is_renamed_at_all_its_uses() -> None:
    outer = diagram([block("i", PART, part="stage")])
    made = two_stages().with_(parts={"stage": stage(), "outer": outer})
    renamed = RenamePart("stage", "layer").apply(made)
    assert list(renamed.parts) == ["layer", "outer"]
    assert {b.settings["part"] for b in renamed.blocks.values() if b.kind == PART} == {"layer"}
    assert renamed.parts["outer"].blocks["i"].settings["part"] == "layer"
    assert set(flatten(renamed).diagram.blocks) == set(flatten(made).diagram.blocks)
    for taken in ("outer", "two words", ""):
        with pytest.raises(DiagramError):
            RenamePart("stage", taken).apply(made)


def test_a_renamed_pin_keeps_its_wires_inside_and_at_all_uses() -> None:
    made = two_stages()
    renamed = RenamePin("stage", "z", "input").apply(RenamePin("stage", "y", "out").apply(made))
    assert pins_of(renamed.parts["stage"]) == (("input",), ("out",))
    assert set(flatten(renamed).diagram.wires) == set(flatten(made).diagram.wires)
    assert wire("s1.out -> s2.input") in renamed.wires and not flatten(renamed).problems
    with pytest.raises(DiagramError, match="a block called a in stage"):
        RenamePin("stage", "z", "a").apply(made)
    with pytest.raises(DiagramError, match="no pin called a"):
        RenamePin("stage", "a", "b").apply(made)
