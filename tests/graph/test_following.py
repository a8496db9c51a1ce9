"""What tidying does to frames and comments: around the same blocks, beside the same block, and nothing hides anything."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from graph.clusters import tidied
from graph.diagram import UP, Block, Diagram
from graph.edits import MoveBlocks
from graph.following import following
from graph.frame import Comment, Frame, Note
from graph.framing import inside
from graph.turning import SetFlow
from tests.graph.samples import drawn, random_diagram

SIZE = (-42.0, -28.0, 102.0, 28.0)
HEIGHT = 46.0


def _sizes(diagram: Diagram) -> dict[str, tuple[float, float, float, float]]:
    return dict.fromkeys(diagram.blocks, SIZE)


def _heights(diagram: Diagram) -> dict[str, float]:
    return {c.id: HEIGHT for c in diagram.comments}


def _tidy(diagram: Diagram, ids: tuple[str, ...] | None = None) -> Diagram:
    return tidied(diagram, _sizes(diagram), ids, _heights(diagram)).apply(diagram)


def _box(diagram: Diagram, name: str) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a block, a frame or a comment."""
    if name in diagram.blocks:
        x, y = diagram.blocks[name].position
        return x + SIZE[0], y + SIZE[1], x + SIZE[2], y + SIZE[3]
    thing: Note = next(t for t in diagram.notes if t.id == name)
    if isinstance(thing, Frame):
        x, y, width, height = thing.rectangle
    else:
        (x, y, width), height = thing.place, HEIGHT
    return x, y, x + width, y + height


def _meet(diagram: Diagram, one: str, other: str) -> bool:
    a, b = _box(diagram, one), _box(diagram, other)
    return a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1]


def _inside(diagram: Diagram, frame: str, name: str) -> bool:
    a, b = _box(diagram, frame), _box(diagram, name)
    return a[0] <= b[0] and a[1] <= b[1] and a[2] >= b[2] and a[3] >= b[3]


def _held(diagram: Diagram) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    return {frame.id: inside(diagram, frame) for frame in diagram.frames}


def _net() -> Diagram:
    """Two chains that meet in a sum, out of order, so that tidying has something to do."""
    net = drawn("x.y > a.z", "a.y > b.z", "x.y > c.z", "c.y > d.z", "b.y > sum1.z1", "d.y > sum1.z2", a="relu", b="relu", c="relu", d="relu")  # fmt: skip
    put = {"x": (0, 0), "a": (900, 40), "b": (500, 90), "c": (300, 500), "d": (760, 430), "sum1": (60, 300)}  # fmt: skip
    return MoveBlocks(put).apply(net)


def test_a_comment_stays_beside_its_block() -> None:
    net = _net()
    above = Comment("above a", (870.0, -50.0, 110.0), "", "comment1")
    below = Comment("below d", (730.0, 470.0, 110.0), "", "comment2")
    after = _tidy(net.with_drawn((), (above, below)))
    assert _box(after, "a") != _box(net, "a") and _box(after, "d") != _box(net, "d")
    for name, block in (("comment1", "a"), ("comment2", "d")):
        start = net.with_drawn((), (above, below))
        was, now = _box(start, name), _box(after, name)
        old, new = _box(start, block), _box(after, block)
        assert (now[0] - new[0], now[1] - new[1]) == (was[0] - old[0], was[1] - old[1])


def test_a_comment_gives_way_to_what_it_would_hide() -> None:
    net = _net()
    wide = Comment("right of b, where nothing stood", (610.0, 60.0, 200.0), "", "comment1")
    after = _tidy(net.with_drawn((), (wide,)))
    assert not any(_meet(after, "comment1", name) for name in after.blocks)
    now, new = _box(after, "comment1"), _box(after, "b")
    assert max(now[0] - new[2], new[0] - now[2], now[1] - new[3], new[1] - now[3]) < 120


def test_a_comment_that_was_written_over_a_block_stays_over_it() -> None:
    on = Comment("on a", (890.0, 30.0, 60.0), "", "comment1")
    net = _net().with_drawn((), (on,))
    after = _tidy(net)
    assert _meet(net, "comment1", "a") and _meet(after, "comment1", "a")


def test_a_few_tidied_blocks_take_their_comments_and_no_others() -> None:
    near = Comment("c", (260.0, 420.0, 100.0), "", "comment1")
    far = Comment("far", (2000.0, 2000.0, 100.0), "", "comment2")
    other = Comment("x", (-30.0, -90.0, 60.0), "", "comment3")
    net = _net().with_drawn((), (near, far, other))
    after = _tidy(net, ("sum1", "c", "d"))
    notes = {c.id: c for c in after.comments}
    assert notes["comment2"] == far and notes["comment3"] == other
    dx = after.blocks["c"].position[0] - net.blocks["c"].position[0]
    assert dx and notes["comment1"].place[0] - near.place[0] == dx


def test_a_frame_with_its_comment_goes_around_its_blocks() -> None:
    frame = Frame("c and d", (240.0, 380.0, 700.0, 220.0), "blue", "frame1")
    note = Comment("inside", (600.0, 540.0, 160.0), "", "comment1")
    net = _net().with_drawn((frame,), (note,))
    after = _tidy(net)
    assert _held(after) == _held(net) == {"frame1": ({"c", "d"}, {"comment1"})}
    assert all(_inside(after, "frame1", name) for name in ("c", "d", "comment1"))
    assert not any(_meet(after, "frame1", name) for name in ("x", "a", "b", "sum1"))
    assert not any(_meet(after, "comment1", name) for name in after.blocks)


def test_frames_in_frames_stay_in_them() -> None:
    outer = Frame("all but x", (20.0, -60.0, 1100.0, 640.0), "", "outer")
    upper = Frame("a and b", (430.0, -20.0, 600.0, 160.0), "", "upper")
    lower = Frame("c and d", (240.0, 380.0, 700.0, 180.0), "", "lower")
    net = _net().with_drawn((outer, upper, lower))
    after = _tidy(net)
    assert _held(after) == _held(net)
    assert _inside(after, "outer", "upper") and _inside(after, "outer", "lower")
    assert not _meet(after, "upper", "lower")


def test_a_frame_without_blocks_goes_like_a_comment() -> None:
    empty = Frame("notes", (840.0, -260.0, 200.0, 180.0), "", "empty")
    note = Comment("in it", (860.0, -220.0, 100.0), "", "comment1")
    net = _net().with_drawn((empty,), (note,))
    after = _tidy(net)
    a, b = after.blocks["a"].position, net.blocks["a"].position
    was, now = _box(net, "empty"), _box(after, "empty")
    assert (now[0] - was[0], now[1] - was[1]) == (a[0] - b[0], a[1] - b[1])
    assert _box(after, "comment1")[0] - _box(net, "comment1")[0] == a[0] - b[0]
    assert _inside(after, "empty", "comment1")


def test_without_blocks_nothing_moves() -> None:
    lone = Diagram().with_drawn([Frame("", (0, 0, 90, 90))], [Comment("", (300, 0, 90))])
    assert _tidy(lone) == lone and following(lone, {}, {}, {}) == ()


def _strewn(random: Random, flow: str) -> Diagram:
    """A random net on a grid, two frames around some of it, comments beside some blocks."""
    diagram = random_diagram(random, blocks=14).with_(frames=(), comments=(), parts={})
    blocks = {
        n: Block(n, "relu" if b.kind == "part" else b.kind, b.settings)
        for n, b in diagram.blocks.items()
    }
    names = [*blocks]
    random.shuffle(names)
    spots = {n: (240.0 * (i % 4), 200.0 * (i // 4)) for i, n in enumerate(names)}
    frames = [Frame("f", (-80, -70, 430, 140), "", "f1"), Frame("g", (400, 130, 430, 330), "", "f2")]  # fmt: skip
    notes = [
        Comment("c", (spots[n][0] - 20, spots[n][1] + 40, 90), "", f"c{i}")
        for i, n in enumerate(names[::3])
    ]
    made = MoveBlocks(spots).apply(diagram.with_(blocks=blocks)).with_drawn(frames, notes)
    return SetFlow(flow).apply(made) if flow == UP else made


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("flow", ["right", UP])
def test_any_diagram_keeps_what_is_held_and_hides_nothing(seed: int, flow: str) -> None:
    before = _strewn(Random(seed), flow)
    after = _tidy(before)
    assert {n: held[0] for n, held in _held(after).items()} == {
        n: held[0] for n, held in _held(before).items()
    }
    comments = [c.id for c in after.comments]
    for name in comments:
        for block in after.blocks:
            assert not _meet(after, name, block) or _meet(before, name, block)
    for one, other in combinations([*comments, "f1", "f2"], 2):
        assert _meet(after, one, other) <= _meet(before, one, other), (one, other)
    again = _tidy(after)
    assert _held(again) == _held(after)
