"""Differences in words: every kind of change is told with its place, and what is equal is not."""

from __future__ import annotations

from dataclasses import replace

from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from graph.differences import changed_parts, compare
from graph.edits import (
    AddBlock,
    Connect,
    Disconnect,
    MoveBlocks,
    RemoveBlocks,
    SetLabel,
    SetMuted,
    SetRecipe,
    SetSetting,
    SetShares,
)
from graph.files import from_text, to_text
from graph.frame import Comment, Frame
from graph.grouping import Group
from graph.part_edits import InPart


def net() -> Diagram:
    blocks = [
        Block("x", "observed"),
        Block("linear1", "linear", Frozen({"units": 100}), (100.0, 0.0)),
        Block("relu1", "relu", position=(200.0, 0.0)),
        Block("linear2", "linear", position=(300.0, 0.0)),
    ]
    wires = [
        Wire(Pin("x", "y"), Pin("linear1", "z")),
        Wire(Pin("linear1", "y"), Pin("relu1", "z")),
        Wire(Pin("relu1", "y"), Pin("linear2", "z")),
    ]
    return Diagram({b.id: b for b in blocks}, tuple(wires), recipe=Frozen({"rate": 0.01}))


def told(before: Diagram, after: Diagram) -> list[str]:
    return compare(before, after).lines()


def test_equal_diagrams_are_the_same() -> None:
    found = compare(net(), net())
    assert found.same and not found.lines()


def test_settings_are_told_old_and_new() -> None:
    after = SetSetting("linear1", "units", 50).apply(net())
    assert told(net(), after) == ["~ block linear1: units 100 → 50"]
    assert told(after, net()) == ["~ block linear1: units 50 → 100"]
    bare = SetSetting("linear1", "units", None).apply(net())
    assert told(net(), bare) == ["~ block linear1: units 100 → the default"]


def test_names_weights_and_muting_are_told() -> None:
    after = SetLabel("relu1", "h").apply(SetShares("linear2", "linear1").apply(net()))
    after = SetMuted(("relu1",), True).apply(after)
    assert told(net(), after) == [
        "~ block relu1: name as generated → h; muted",
        "~ block linear2: weights of its own → of linear1",
    ]


def test_added_and_removed_blocks_come_with_their_wires() -> None:
    added = AddBlock(Block("tanh1", "tanh")).apply(net())
    wire = Wire(Pin("linear2", "y"), Pin("tanh1", "z"))
    assert told(net(), Connect(wire).apply(added)) == [
        "+ block tanh1: tanh",
        "+ wire linear2.y -> tanh1.z",
    ]
    assert told(net(), RemoveBlocks(("linear2",)).apply(net())) == [
        "- block linear2: linear",
        "- wire relu1.y -> linear2.z",
    ]
    assert told(net(), Disconnect((net().wires[0],)).apply(net())) == ["- wire x.y -> linear1.z"]


def test_what_only_moved_is_named() -> None:
    found = compare(net(), MoveBlocks({"x": (5.0, 5.0), "relu1": (1.0, 2.0)}).apply(net()))
    assert not found.same and not found.differences and found.moved == ("x", "relu1")
    assert found.lines() == ["  2 things moved: x, relu1"]
    one = MoveBlocks({"x": (5.0, 5.0)}).apply(SetSetting("x", "size", [2]).apply(net()))
    assert told(net(), one) == ["~ block x: size the default → [2]", "  1 thing moved: x"]


def test_the_recipe_is_told_by_its_entries() -> None:
    after = SetRecipe("rate", 0.1).apply(SetRecipe("seed", 3).apply(net()))
    assert told(net(), after) == ["~ recipe rate: 0.01 → 0.1", "+ recipe seed: 3"]
    first = SetRecipe("data", {"name": "spiral", "arms": 3}).apply(net())
    second = SetRecipe("data", {"name": "spiral", "arms": 5}).apply(net())
    assert told(first, second) == ["~ recipe data: arms 3 → 5"]


def test_the_way_of_the_flow_is_told() -> None:
    assert told(net(), net().with_(flow="up")) == ["~ entry flow: right → up"]


def test_frames_and_comments_are_told() -> None:
    before = net().with_drawn((Frame("stem", (0.0, 0.0, 50.0, 50.0)),), ())
    retitled = replace(before.frames[0], title="encoder", color="blue")
    after = before.with_drawn((retitled,), (Comment("look\nhere", (0.0, 0.0, 100.0)),))
    assert told(before, after) == [
        "~ frame frame1: stem → encoder; colour grey → blue",
        '+ comment comment1: "look here"',
    ]


def test_parts_are_told_with_their_names() -> None:
    grouped = Group(("linear1", "relu1"), "stage").apply(net())
    assert "+ part stage" in " ".join(told(net(), grouped))
    changed = InPart("stage", SetSetting("linear1", "units", 9)).apply(grouped)
    assert told(grouped, changed) == ["~ block linear1 in stage: units 100 → 9"]
    difference = compare(grouped, changed).differences[0]
    assert (difference.part, difference.name, difference.sign) == ("stage", "linear1", "~")


def test_texts_of_files_cannot_command_a_terminal() -> None:
    after = SetLabel("relu1", "\x1b[2J\nboo" + "m" * 90).apply(net())
    (line,) = told(net(), after)
    assert line.isprintable() and len(line) < 120


def _with_id(diagram: Diagram, old: str, new: str) -> Diagram:
    """As a person renames a block in the file."""
    return from_text(to_text(diagram).replace(f'"{old}"', f'"{new}"').replace(f"{old}.", f"{new}."))


def test_a_block_under_another_id_is_renamed_and_not_new() -> None:
    after = _with_id(net(), "linear1", "first")
    assert "first" in after.blocks and "linear1" not in after.blocks
    assert told(net(), after) == ["~ block first: id linear1 → first"]
    assert told(net(), MoveBlocks({"first": (7.0, 7.0)}).apply(after)) == [
        "~ block first: id linear1 → first",
        "  1 thing moved: first",
    ]
    more = SetSetting("first", "units", 5).apply(after)
    assert told(net(), more) == ["~ block first: id linear1 → first; units 100 → 5"]
    two = _with_id(after, "relu1", "bend")
    assert told(net(), two) == [
        "~ block first: id linear1 → first",
        "~ block bend: id relu1 → bend",
    ]


def test_one_block_in_place_of_another_is_not_renamed() -> None:
    x, y = net().blocks["relu1"].position
    bare = RemoveBlocks(("relu1",)).apply(net())
    after = AddBlock(Block("tanh1", "tanh", position=(x, y))).apply(bare)
    signs = [(d.sign, d.name) for d in compare(net(), after).differences if d.what == "block"]
    assert signs == [("+", "tanh1"), ("-", "relu1")]


def test_who_borrows_weights_of_a_renamed_block_is_the_same() -> None:
    before = SetShares("linear2", "linear1").apply(net())
    after = _with_id(before, "linear1", "first")
    assert after.blocks["linear2"].shares == "first"
    assert told(before, after) == ["~ block first: id linear1 → first"]


def test_a_part_that_changed_is_told_with_those_that_use_it() -> None:
    inner = Group(("linear1", "relu1"), "layer").apply(net())
    (use,) = (name for name, b in inner.blocks.items() if b.kind == "part")
    nested = Group((use, "linear2"), "stage").apply(inner)
    assert changed_parts(nested, nested) == frozenset()
    after = InPart("layer", SetSetting("linear1", "units", 9)).apply(nested)
    assert changed_parts(nested, after) == {"layer", "stage"}
    moved = InPart("layer", MoveBlocks({"linear1": (1.0, 2.0)})).apply(nested)
    assert changed_parts(nested, moved) == frozenset()
    assert told(nested, moved) == ["  1 thing moved: linear1 in layer"]
