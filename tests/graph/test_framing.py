"""Frames and comments: what goes along, what each edit does, what it refuses, and that undo and redo give equal bytes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from graph.change import Change
from graph.diagram import Block, Diagram
from graph.edit import Edit
from graph.edits import RemoveBlocks, SetMuted
from graph.files import from_text, to_text
from graph.following import following
from graph.frame import MAX_COMMENTS, MAX_TEXT, Comment, Frame
from graph.framing import (
    AddComment,
    AddFrame,
    MoveFrames,
    RemoveFrames,
    ResizeFrame,
    SetColor,
    SetComment,
    SetTitle,
    WidenComment,
    around,
    carried,
    free_frame_id,
    held_by,
)
from graph.grouping import Group, Ungroup
from graph.pasting import Paste
from graph.problem import DiagramError
from tests.graph.samples import random_diagram, random_edit


def _blocks(**places: tuple[float, float]) -> Diagram:
    return Diagram({n: Block(n, "relu", position=at) for n, at in places.items()})


@pytest.fixture
def framed() -> Diagram:
    """a and b in a frame with a comment, c outside; a small frame inside the large one."""
    return _blocks(a=(50, 50), b=(150, 50), c=(400, 50)).with_drawn(
        [Frame("both", (0, 0, 200, 100), "blue"), Frame("one", (20, 20, 60, 60), "", "small")],
        [Comment("in $w$", (100, 80, 90)), Comment("out", (300, 300, 90), "", "far")],
    )


def test_what_stands_inside_a_frame_goes_along(framed: Diagram) -> None:
    assert carried(framed, ["frame1"]) == ({"a", "b"}, {"frame1", "small", "comment1"})
    assert carried(framed, ["small"]) == ({"a"}, {"small"})
    assert carried(framed, ["far"]) == (frozenset(), {"far"})
    assert held_by(framed, {"a", "b"}) == ("frame1", "comment1", "small")
    assert held_by(framed, {"a"}) == ("small",) and held_by(framed, {"c"}) == ()


def test_a_frame_goes_around_what_it_is_made_for() -> None:
    assert around([(0, 0, 10, 10), (50, -20, 10, 10)], margin=5) == (-5, -51, 70, 66)


def test_each_edit_does_one_thing_and_refuses_in_one_sentence(framed: Diagram) -> None:
    def after(edit: Edit) -> Diagram:
        return edit.apply(framed)

    assert after(SetTitle("small", "unit")).frames[1].title == "unit"
    assert after(SetComment("far", "near")).comments[1].text == "near"
    coloured = after(SetColor(("frame1", "far"), "red"))
    assert (coloured.frames[0].color, coloured.comments[1].color) == ("red", "red")
    assert after(ResizeFrame("frame1", (1, 2, 3, 4))).frames[0].rectangle == (1, 2, 3, 4)
    assert after(WidenComment("far", 120)).comments[1].place == (300, 300, 120)
    moved = after(MoveFrames({"frame1": (10, 20), "far": (0, 0)}, {"a": (60, 70)}))
    assert moved.frames[0].rectangle == (10, 20, 200, 100)
    assert moved.comments[1].place == (0, 0, 90) and moved.blocks["a"].position == (60, 70)
    gone = after(RemoveFrames(("frame1", "far")))
    assert ([f.id for f in gone.frames], [c.id for c in gone.comments]) == (["small"], ["comment1"])
    assert gone.blocks == framed.blocks  # the blocks stay
    assert free_frame_id(framed) == "frame2" and free_frame_id(framed, "comment") == "comment2"
    for wrong, sentence in (
        (AddFrame(Frame("", (0, 0, 1, 1), "", "small")), "two frames or comments are called small"),
        (AddComment(Comment("", (0, 0, 90), "", "a b")), "cannot be the id"),
        (RemoveFrames(("nobody",)), "nobody: there is no such frame"),
        (SetTitle("far", "t"), "is a comment"),
        (SetComment("small", "t"), "is a frame"),
        (ResizeFrame("far", (0, 0, 1, 1)), "is a comment"),
        (WidenComment("small", 90), "is a frame"),
        (ResizeFrame("small", (0, 0, -1, 1)), "cannot be negative"),
        (MoveFrames({"small": (float("nan"), 0)}, {}), "its place must be 4 numbers"),
        (WidenComment("far", 1e9), "its place"),
        (WidenComment("far", 3_000), "its width must lie between 60 and 2000"),
        (SetTitle("small", "t" * 201), "at most 200 characters"),
        (SetComment("far", "t" * (MAX_TEXT + 1)), "at most 2,000 characters"),
        (SetComment("far", "\ud800"), "half a character"),
    ):
        with pytest.raises(DiagramError, match=sentence) as caught:
            wrong.apply(framed)
        assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_there_are_at_most_a_thousand_comments() -> None:
    many = [Comment("", (0, 0, 90), "", f"c{i}") for i in range(MAX_COMMENTS)]
    full = Diagram(comments=tuple(many))
    with pytest.raises(DiagramError, match="at most 1,000 comments"):
        AddComment(Comment("one more", (0, 0, 90))).apply(full)


def test_drags_of_one_gesture_merge_others_do_not() -> None:
    def move(ids: str, gesture: str) -> MoveFrames:
        return MoveFrames({i: (0, 0) for i in ids}, {}, gesture)

    assert move("a", "g").merges_with(move("a", "g"))
    assert not move("a", "g").merges_with(move("ab", "g"))
    assert not move("a", "").merges_with(move("a", ""))
    box = (0.0, 0.0, 9.0, 9.0)
    assert ResizeFrame("a", box, "g").merges_with(ResizeFrame("a", box, "g"))
    assert not SetTitle("a", "t").merges_with(SetTitle("a", "t"))


def test_a_change_of_frames_is_told_and_does_not_run(framed: Diagram) -> None:
    for edit in (SetTitle("small", "t"), SetComment("far", "t"), RemoveFrames(("far",))):
        change = Change.between(framed, edit.apply(framed))
        assert change == Change(frames=True) and not change.runs
    muted = Change.between(framed, SetMuted(("a",), True).apply(framed))
    assert muted.altered == ("a",) and muted.runs


def test_copies_get_ids_of_their_own(framed: Diagram) -> None:
    paste = Paste((), frames=framed.frames, comments=framed.comments)
    after = paste.apply(framed)
    assert [f.id for f in after.frames] == ["frame1", "small", "frame2", "small1"]
    assert [c.id for c in after.comments] == ["comment1", "far", "comment2", "far1"]
    assert after.frames[2].rectangle == (40, 40, 200, 100)
    assert after.comments[2].place == (140, 120, 90) and after.comments[2].text == "in $w$"


def test_a_part_takes_the_frames_of_its_blocks_and_gives_them_back(framed: Diagram) -> None:
    grouped = Group(("a", "b"), "pair").apply(framed)
    assert [f.id for f in grouped.frames] == [] and [c.id for c in grouped.comments] == ["far"]
    part = grouped.parts["pair"]
    assert part.frames[0].rectangle == (-100, -50, 200, 100)
    assert part.comments[0].place == (0, 30, 90)
    back = Ungroup("pair1").apply(grouped)
    assert {f.id: f.rectangle for f in back.frames} == {f.id: f.rectangle for f in framed.frames}
    assert {c.id: c.place for c in back.comments} == {c.id: c.place for c in framed.comments}
    assert {n: b.position for n, b in back.blocks.items()} == {
        n: b.position for n, b in framed.blocks.items()
    }


def test_frames_follow_blocks_that_are_placed_anew(framed: Diagram) -> None:
    sizes = {n: (-10.0, -10.0, 10.0, 10.0) for n in framed.blocks}
    moves = {"a": (1000.0, 0.0), "b": (1300.0, 40.0)}
    after = framed
    for edit in following(framed, moves, sizes, {}):
        after = edit.apply(after)
    # a reached from 40 and b to 160 in 0..200, so 40 stay free on either side
    assert after.frames[0].rectangle == (950, -50, 400, 140)
    assert after.frames[1].rectangle == (970, -30, 60, 60)
    assert after.comments[0].place == (
        1250,
        70,
        90,
    )  # 100 right of b's middle and 30 below it, less 150
    assert after.comments[1] == framed.comments[1]
    assert following(framed, {"c": (0, 0)}, sizes, {}) == ()


@pytest.mark.parametrize("seed", range(10))
def test_undo_and_redo_give_equal_bytes(seed: int) -> None:
    random = Random(seed)
    start = random_diagram(random)
    done: list[tuple[Edit, Diagram, str]] = []
    diagram = start
    for _ in range(40):
        edit = random_edit(random, diagram)
        try:
            after = edit.apply(diagram)
        except DiagramError:
            continue
        done.append((edit, diagram, to_text(diagram)))
        diagram = after
    last = to_text(diagram)
    for _, before, text in reversed(done):
        assert to_text(before) == text
    for edit, before, _ in done:
        diagram = edit.apply(before)
    assert to_text(diagram) == last and from_text(last) == diagram


def test_blocks_that_go_leave_their_frame(framed: Diagram) -> None:
    assert RemoveBlocks(("a", "b")).apply(framed).frames == framed.frames


@pytest.mark.parametrize(
    "made",
    [
        lambda: Frame("", (0, 0, float("inf"), 1)),
        lambda: Frame("", (0, 0, 1)),  # type: ignore[arg-type]
        lambda: Comment("", ("a", 0, 90)),  # type: ignore[arg-type]
        lambda: Diagram(frames=(Frame("", (0, 0, 1, 1)), Frame("", (0, 0, 1, 1)))),
    ],
)
def test_values_refuse_to_be_wrong(made: Callable[[], Any]) -> None:
    with pytest.raises(DiagramError):
        made()
