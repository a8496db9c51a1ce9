"""The hand's order in a tidy drawing, frames that keep their blocks, and diagrams that are turned."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from graph.clusters import tidied
from graph.diagram import UP, Block, Diagram
from graph.edits import MoveBlocks
from graph.files import from_text, to_text
from graph.frame import Frame
from graph.framing import inside
from graph.hand import as_by_hand, crossings
from graph.layout import tidy
from graph.part_edits import AddPart, scope
from graph.problem import DiagramError, FileError
from graph.turning import SetFlow, turned
from tests.graph.samples import classifier, drawn, random_diagram

BRANCHES = drawn(
    "x.y > a.z", "a.y > sum1.z1", "x.y > b.z", "b.y > sum1.z2", a="relu", b="tanh"
)  # fmt: skip


@pytest.mark.parametrize("above, below", [("a", "b"), ("b", "a")])
def test_parallel_branches_stay_as_they_were_put(above: str, below: str) -> None:
    by_hand = MoveBlocks({above: (200, -90), below: (200, 110), "sum1": (400, 0)}).apply(BRANCHES)
    places = tidy(by_hand)
    assert places[above][1] < places[below][1]


@pytest.mark.parametrize("first, second", [("x1", "x2"), ("x2", "x1")])
def test_pieces_stay_in_the_order_in_which_they_stand(first: str, second: str) -> None:
    two = drawn("x1.y > linear1.z", "x2.y > linear2.z")
    heights = {first: 0.0, second: 300.0}
    moves = {n: (0.0, y) for n, y in heights.items()}
    moves |= {f"linear{n[1]}": (100.0, y) for n, y in heights.items()}
    places = tidy(MoveBlocks(moves).apply(two))
    assert places[first][1] < places[second][1]


@pytest.mark.parametrize("seed", range(30))
def test_the_hand_never_costs_a_crossing(seed: int) -> None:
    random = Random(seed)
    columns = [[0, 1, 2], [3, 4, 5, 6], [7, 8]]
    links = [(a, b) for left, right in ((0, 1), (1, 2)) for a in columns[left] for b in columns[right] if random.random() < 0.5]  # fmt: skip
    heights = [float(random.randint(-5, 5)) for _ in range(9)]
    made = as_by_hand(columns, links, heights)
    assert [sorted(c) for c in made] == columns
    assert crossings(made, links) <= crossings(columns, links)
    place = {n: (c, i) for c, nodes in enumerate(made) for i, n in enumerate(nodes)}
    ends = [(place[a], place[b]) for a, b in links]
    crossed = sum(
        p[0] == q[0] and (p[1] - q[1]) * (r[1] - s[1]) < 0
        for k, (p, r) in enumerate(ends)
        for q, s in ends[k + 1 :]
    )
    assert crossings(made, links) == crossed


def _held(diagram: Diagram) -> dict[str, frozenset[str]]:
    return {frame.id: inside(diagram, frame)[0] for frame in diagram.frames}


def test_no_other_block_comes_to_lie_in_a_frame() -> None:
    net = drawn(
        "x.y > a.z", "a.y > b.z", "b.y > c.z", "x.y > d.z", "d.y > e.z", "e.y > sum1.z1",
        "c.y > sum1.z2", a="relu", b="relu", c="relu", d="relu", e="relu",
    )  # fmt: skip
    put = {"x": (0, 0), "a": (200, 0), "e": (200, 80), "b": (900, 0), "c": (1100, 400), "d": (900, 300), "sum1": (1400, 0)}  # fmt: skip
    net = MoveBlocks(put).apply(net).with_drawn([Frame("odd", (100, -60, 240, 200))])
    assert _held(net) == {"frame1": {"a", "e"}}
    after = tidied(net, {}).apply(net)
    assert _held(after) == {"frame1": {"a", "e"}}


@pytest.mark.parametrize("seed", range(25))
def test_frames_keep_their_blocks_in_any_diagram(seed: int) -> None:
    random = Random(seed)
    diagram = random_diagram(random, blocks=12)
    names = [*diagram.blocks]
    spots = {n: (200.0 * (i % 4), 160.0 * (i // 4)) for i, n in enumerate(names)}
    diagram = MoveBlocks(spots).apply(diagram)
    diagram = diagram.with_drawn([Frame("f", (-80, -70, 390, 140))])
    sizes = {n: (-42.0, -28.0, 102.0, 28.0) for n in names}
    edit = tidied(diagram, sizes)
    after = edit.apply(diagram)
    assert _held(after) == _held(diagram)
    assert edit.apply(diagram) == after and set(after.blocks) == set(names)


def _plain(diagram: Diagram) -> dict[str, Block]:
    """The blocks without uses of parts."""
    return {
        n: replace(b, kind="relu") if b.kind == "part" else b for n, b in diagram.blocks.items()
    }


@pytest.mark.parametrize("seed", range(20))
def test_turned_there_and_back_and_read_again(seed: int) -> None:
    random = Random(seed)
    diagram = random_diagram(random, blocks=15).with_(frames=(), comments=())
    diagram = diagram.with_(parts={}, blocks=_plain(diagram))
    places = {n: (10.0 * random.randint(-90, 90), 10.0 * random.randint(-90, 90)) for n in diagram.blocks}  # fmt: skip
    diagram = MoveBlocks(places).apply(diagram)
    up = SetFlow(UP).apply(diagram)
    assert up.flow == UP and from_text(to_text(up)) == up
    assert turned(up, "right") == diagram
    for wire in diagram.wires:
        a, b = (diagram.blocks[end.block].position for end in wire)
        c, d = (up.blocks[end.block].position for end in wire)
        assert (b[0] > a[0]) == (d[1] < c[1]) and (b[1] > a[1]) == (d[0] > c[0])


def test_tidy_upwards_is_tidy_to_the_right_turned() -> None:
    net = classifier()
    lying = tidy(net)
    standing = tidy(net.with_(flow=UP))
    assert standing == {name: (y, -x) for name, (x, y) in lying.items()}


def test_a_flow_that_is_none_is_refused() -> None:
    with pytest.raises(DiagramError, match="flows right or up"):
        Diagram(flow="down")
    text = to_text(Diagram(flow=UP)).replace('"up"', '"down"')
    with pytest.raises(FileError, match="flows right or up"):
        from_text(text)


def test_a_part_from_elsewhere_is_turned_to_the_flow_of_the_whole() -> None:
    part = Diagram({"z": Block("z", "inlet"), "y": Block("y", "outlet", position=(100, 0))})
    whole = AddPart("p", part).apply(Diagram(flow=UP))
    assert whole.parts["p"].blocks["y"].position == (0, -100)
    assert scope(whole, "p").flow == UP and from_text(to_text(whole)) == whole
    assert replace(whole.parts["p"], flow=UP) == turned(part, UP)
