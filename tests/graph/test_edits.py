"""Edits: each does what it says, refuses with a sentence, and undoes by keeping the diagram from before."""

from __future__ import annotations

import time
from random import Random

import pytest

from graph.diagram import Block, Diagram, Frozen
from graph.edit import Edit, Together
from graph.edits import (
    AddBlock,
    Connect,
    Disconnect,
    MoveBlocks,
    RemoveBlocks,
    SetLabel,
    SetRecipe,
    SetSetting,
    SetShares,
)
from graph.pasting import Paste
from graph.problem import DiagramError
from tests.graph.samples import chain, classifier, drawn, random_diagram, random_edit, wire


def test_add_block() -> None:
    after = AddBlock(Block("tanh1", "tanh", position=(5, 6))).apply(classifier())
    assert list(after.blocks)[-1] == "tanh1"
    assert after.blocks["tanh1"].position == (5, 6)
    assert AddBlock(Block("tanh1", "tanh")).label == "Add tanh1"


def test_remove_blocks_with_wires_and_sharing() -> None:
    before = SetShares("linear2", "linear1").apply(classifier())
    after = RemoveBlocks(("linear1", "l21")).apply(before)
    assert set(after.blocks) == {"x", "relu1", "linear2", "cross_entropy1", "y"}
    assert after.wires == tuple(
        w for w in before.wires if "linear1" not in (w.source.block, w.target.block)
    )
    assert after.blocks["linear2"].shares is None


def test_connect_replaces_the_wire_of_an_input_in_its_place() -> None:
    before = classifier()
    after = Connect(wire("x.y > relu1.z")).apply(before)
    assert after.wires[1] == wire("x.y > relu1.z")
    assert after.wires[:1] + after.wires[2:] == before.wires[:1] + before.wires[2:]


def test_connect_through_a_delay_may_close_a_loop() -> None:
    before = drawn("x.y > sum1.z1", "sum1.y > tanh1.z", "delay1.y > sum1.z2")
    after = Connect(wire("tanh1.y > delay1.z")).apply(before)
    assert wire("tanh1.y > delay1.z") in after.wires


def test_disconnect() -> None:
    before = classifier()
    after = Disconnect((before.wires[2], before.wires[0])).apply(before)
    assert after.wires == (before.wires[1], before.wires[3], before.wires[4])


def test_move_blocks_moves_only_them() -> None:
    before = classifier()
    after = MoveBlocks({"x": (1, 2), "y": (-3.5, 4)}).apply(before)
    assert after.blocks["x"].position == (1.0, 2.0)
    assert after.blocks["y"].position == (-3.5, 4.0)
    assert all(after.blocks[n] is before.blocks[n] for n in before.blocks if n not in "xy")
    assert after.wires is before.wires


def test_set_setting_and_back_to_the_default() -> None:
    after = SetSetting("linear1", "size", (3, 4)).apply(classifier())
    assert after.blocks["linear1"].settings == {"size": [3, 4]}
    assert SetSetting("linear1", "size", None).apply(after) == classifier()


def test_set_label() -> None:
    after = SetLabel("linear1", "ž").apply(classifier())
    assert after.blocks["linear1"].label == "ž"
    assert SetLabel("linear1", "").apply(after) == classifier()


def test_set_shares() -> None:
    after = SetShares("linear2", "linear1").apply(classifier())
    assert after.blocks["linear2"].shares == "linear1"
    assert SetShares("linear2", None).apply(after) == classifier()


def test_set_recipe() -> None:
    after = SetRecipe("data", {"kind": "spiral", "arms": 3}).apply(classifier())
    assert after.recipe == {"data": {"kind": "spiral", "arms": 3}}
    assert SetRecipe("data", None).apply(after) == classifier()


def test_paste_gives_new_ids_and_keeps_the_wires_among_the_copies() -> None:
    before = SetShares("linear2", "linear1").apply(classifier())
    edit = Paste(
        tuple(before.blocks[n] for n in ("linear1", "relu1", "linear2", "x")), before.wires
    )
    after = edit.apply(before)
    assert edit.ids_in(before) == {
        "linear1": "linear3",
        "relu1": "relu2",
        "linear2": "linear4",
        "x": "x1",
    }
    assert after.wires[len(before.wires) :] == (
        wire("x1.y > linear3.z"),
        wire("linear3.y > relu2.z"),
        wire("relu2.y > linear4.z"),
    )
    assert after.blocks["linear4"].shares == "linear3"
    assert after.blocks["linear4"].position == (40.0, 40.0)
    assert {n: after.blocks[n] for n in before.blocks} == before.blocks


def test_paste_keeps_the_ids_that_are_free() -> None:
    copied = tuple(Block(name, "relu") for name in ("relu2", "b", "relu7", "a3"))
    there = Diagram({name: Block(name, "relu") for name in ("relu2", "b", "relu1")})
    ids = {"relu2": "relu3", "b": "b1", "relu7": "relu7", "a3": "a3"}
    edit = Paste(copied, (wire("a3.y > relu2.z"),))
    assert edit.ids_in(there) == ids
    assert edit.apply(there).wires == (wire("a3.y > relu3.z"),)
    assert Paste(copied).apply(Diagram()).blocks.keys() == ids.keys()
    many = tuple(Block(f"relu{n}", "relu") for n in range(1, 5))
    assert [*Paste(many).ids_in(there).values()] == ["relu5", "relu6", "relu3", "relu4"]


def test_paste_of_a_borrower_alone_keeps_borrowing_where_it_can() -> None:
    borrower = Block("linear2", "linear", shares="linear1")
    assert Paste((borrower,)).apply(classifier()).blocks["linear3"].shares == "linear1"
    assert Paste((borrower,)).apply(Diagram()).blocks["linear2"].shares is None
    stranger = Diagram({"linear1": Block("linear1", "relu")})
    assert Paste((borrower,)).apply(stranger).blocks["linear2"].shares is None


def test_paste_of_the_longest_id() -> None:
    before = Diagram({"a" * 64: Block("a" * 64, "relu")})
    once = Paste(tuple(before.blocks.values())).apply(before)
    assert len(Paste(tuple(once.blocks.values())).apply(once).blocks) == 4


def test_together_is_all_or_nothing_and_labelled() -> None:
    both = Together("Both", (SetLabel("x", "a"), SetLabel("nobody", "b")))
    assert both.label == "Both"
    with pytest.raises(DiagramError, match=r"^nobody: there is no such block\.$"):
        both.apply(classifier())


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (
            AddBlock(Block("x", "relu")),
            "x: there is a block of this name already; choose another name.",
        ),
        (RemoveBlocks(("x", "nobody")), "nobody: there is no such block."),
        (Connect(wire("nobody.y > x.z")), "nobody: there is no such block."),
        (
            Connect(wire("relu1.y > linear1.z")),
            "linear1.z: the wire would close a loop; put a delay into it.",
        ),
        (
            Connect(wire("relu1.y > relu1.z")),
            "relu1.z: the wire would close a loop; put a delay into it.",
        ),
        (Disconnect((wire("x.y > relu1.z"),)), "relu1.z: there is no wire x.y -> relu1.z."),
        (MoveBlocks({"nobody": (0, 0)}), "nobody: there is no such block."),
        (
            MoveBlocks({"x": (float("nan"), 0)}),
            "block x: its position must be two numbers within ±1e+07.",
        ),
        (
            SetSetting("x", "a b", 1),
            "x.a b: this cannot be a name; use a letter, then letters, digits or _.",
        ),
        (
            SetSetting("x", "a", float("inf")),
            "x.a: a number must be finite and of a reasonable length.",
        ),
        (
            SetSetting("x", "a", {1, 2}),
            "x.a: a set cannot be kept in a file; use numbers, texts and lists.",
        ),
        (SetLabel("x", "a" * 201), "block x: a label has at most 200 characters, this one 201."),
        (SetLabel("x", "\ud800"), "x: '\\ud800' holds half a character (a lone surrogate)."),
        (SetShares("x", "x"), "block x would share its own weights with itself."),
        (SetShares("x", "nobody"), "block x shares the weights of 'nobody', which is not there."),
        (
            SetRecipe("rate", 2**64),
            "recipe.rate: a whole number must lie within ±9,223,372,036,854,775,807.",
        ),
    ],
)
def test_refused_with_one_sentence(edit: Edit, sentence: str) -> None:
    with pytest.raises(DiagramError) as caught:
        edit.apply(classifier())
    assert str(caught.value) == sentence


def test_weights_shared_in_a_circle_are_refused() -> None:
    lent = SetShares("linear2", "linear1").apply(classifier())
    with pytest.raises(DiagramError, match="share its own weights"):
        SetShares("linear1", "linear2").apply(lent)


def test_merging_needs_the_same_kind_target_and_gesture() -> None:
    move = MoveBlocks({"x": (1, 2)}, "drag1")
    assert MoveBlocks({"x": (3, 4)}, "drag1").merges_with(move)
    assert not MoveBlocks({"x": (3, 4)}, "drag2").merges_with(move)
    assert not MoveBlocks({"y": (3, 4)}, "drag1").merges_with(move)
    assert not MoveBlocks({"x": (3, 4)}).merges_with(MoveBlocks({"x": (1, 2)}))
    units = SetSetting("x", "units", 1, "drag1")
    assert SetSetting("x", "units", 2, "drag1").merges_with(units)
    assert not SetSetting("x", "bias", 2, "drag1").merges_with(units)
    assert not units.merges_with(move)
    assert SetRecipe("rate", 1.0, "g").merges_with(SetRecipe("rate", 2.0, "g"))
    assert not SetRecipe("rate", 1.0, "g").merges_with(SetRecipe("batch", 2, "g"))
    assert not SetLabel("x", "a").merges_with(SetLabel("x", "b"))
    assert Together("T", (units, move)).merges_with(Together("T", (units, move)))
    assert not Together("T", (units, move)).merges_with(Together("T", (move, units)))
    assert not Together("T", ()).merges_with(Together("T", ()))


@pytest.mark.parametrize("seed", range(30))
def test_any_work_is_undone_by_the_diagrams_from_before(seed: int) -> None:
    random = Random(seed)
    diagram = random_diagram(random)
    done: list[tuple[Diagram, str]] = [(diagram, repr(diagram))]
    for _ in range(60):
        edit = random_edit(random, diagram)
        assert edit.label
        try:
            diagram = edit.apply(diagram)
        except DiagramError as error:
            assert str(error).endswith(".") and "\n" not in str(error)
            continue
        fresh = Diagram(
            diagram.blocks,
            diagram.wires,
            diagram.parts,
            diagram.frames,
            diagram.recipe,
            diagram.extra,
            diagram.comments,
        )
        assert (diagram, diagram.inputs, diagram.wires_of) == (fresh, fresh.inputs, fresh.wires_of)
        assert _goes_along(diagram)
        done.append((diagram, repr(diagram)))
    assert all(repr(kept) == seen for kept, seen in done)  # no edit touched an earlier diagram


def _goes_along(diagram: Diagram) -> bool:
    at = {name: i for i, name in enumerate(diagram.order)}
    delays = {name for name, block in diagram.blocks.items() if block.kind == "delay"}
    forward = (w for w in diagram.wires if w.target.block not in delays)
    return set(at) == set(diagram.blocks) and all(
        at[w.source.block] < at[w.target.block] for w in forward
    )


def test_a_block_replaced_by_another_kind_is_checked_anew() -> None:
    loop = drawn("x.y > sum1.z1", "delay1.y > sum1.z2", "sum1.y > delay1.z")
    with pytest.raises(DiagramError, match="loop without a delay"):
        loop.with_blocks(Block("delay1", "relu"))


def test_edits_are_quick_in_ten_thousand_blocks() -> None:
    """A drag and a slider cost a small part of making the diagram; a new wire not more than a few times as much."""
    big = chain(10_000, skip=3)
    build = _seconds(lambda: Diagram(big.blocks, big.wires))
    assert _seconds(lambda: MoveBlocks({"b5": (1, 2)}).apply(big)) < build / 5
    assert _seconds(lambda: SetSetting("b5", "units", 4).apply(big)) < build / 5
    assert _seconds(lambda: SetRecipe("rate", 0.1).apply(big)) < build / 5
    assert _seconds(lambda: Connect(wire("b5.y > b9.q2")).apply(big)) < build * 4
    assert (
        _seconds(lambda: Paste(tuple(big.blocks.values())[:5000], big.wires).apply(big))
        < build * 10
    )
    assert big.blocks["b5"].settings == Frozen(units=3)


def _seconds(work: object) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()  # type: ignore[operator]
        times.append(time.perf_counter() - start)
    return min(times)
