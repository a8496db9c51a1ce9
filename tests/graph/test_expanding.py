"""Uses of parts that show their insides: room is made and taken back exactly, nothing comes to lie on anything, files keep it."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from graph.change import Change
from graph.diagram import MAX_ROOM, PART, UP, Block, Diagram, Frozen
from graph.differences import compare
from graph.edit import Edit
from graph.expanding import Collapse, Expand, Growth
from graph.files import from_text, load, save, to_text
from graph.frame import Comment, Frame
from graph.part_edits import InPart
from graph.problem import DiagramError, FileError
from graph.turning import turned
from tests.graph.samples import wire

GOLDEN = Path(__file__).parent / "golden" / "version1-expanded.gradboard"
GROWTH = Growth(400.0, 120.0, 28.0)
HALF = (42.0, 28.0)  # of a shape, along and across
Box = tuple[float, float, float, float]


def _use(name: str, x: float, y: float) -> Block:
    return Block(name, PART, Frozen(part="p"), (x, y))


def _row() -> Diagram:
    """x -> use -> relu in a row, another block above, one below and ahead, a frame around the use, a comment beside."""
    blocks = (
        Block("x", "observed", position=(-100, 0)),
        _use("use", 0, 0),
        Block("relu", "relu", position=(130, 10)),
        Block("above", "relu", position=(0, -100)),
        Block("below", "relu", position=(130, 90.5)),
    )
    return Diagram(
        {b.id: b for b in blocks},
        (wire("x.y > use.z"), wire("use.y > relu.z")),
        {"p": Diagram()},
        (Frame("f", (-60, -50, 140, 100)),),
        comments=(Comment("c", (100, 60, 90)),),
    )


def test_what_is_ahead_and_beside_makes_room() -> None:
    after = Expand({"use": GROWTH}).apply(_row())
    places = {name: block.position for name, block in after.blocks.items()}
    assert places == {
        "x": (-100, 0),
        "use": (200, 0),  # its flat end is where it was
        "relu": (530, 10),  # in its row
        "above": (0, -160),
        "below": (530, 150.5),
    }
    assert after.blocks["use"].expanded == (400, 120) and after.blocks["x"].expanded is None
    assert after.frames[0].rectangle == (-60, -110, 540, 220)
    assert after.comments[0].place == (500, 120, 90)


def test_upwards_it_is_the_same_turned() -> None:
    after = Expand({"use": GROWTH}).apply(turned(_row(), UP))
    places = {name: block.position for name, block in after.blocks.items()}
    assert places["use"] == (0, -200) and places["x"] == (0, 100)
    assert places["relu"] == (15, -530) and places["above"] == (-210, 0)
    assert places["below"] == (195.75, -530)


@pytest.mark.parametrize("flow", ["right", "up"])
@pytest.mark.parametrize("seed", range(40))
def test_there_and_back_gives_the_same_bytes(seed: int, flow: str) -> None:
    before, growths = _scattered(Random(seed), flow)
    after = Expand(growths).apply(before)
    assert from_text(to_text(after)) == after
    back = Collapse({name: growth.half for name, growth in growths.items()}).apply(after)
    assert to_text(back) == to_text(before) and back == before


@pytest.mark.parametrize("flow", ["right", "up"])
@pytest.mark.parametrize("seed", range(20))
def test_nothing_comes_to_lie_on_anything(seed: int, flow: str) -> None:
    before, growths = _scattered(Random(seed), flow, apart=True)
    assert not _overlaps(before)
    after = Expand(growths).apply(before)
    assert not _overlaps(after)
    one = next(iter(growths))
    assert not _overlaps(Collapse({one: growths[one].half}).apply(after))


def _scattered(random: Random, flow: str, apart: bool = False) -> tuple[Diagram, dict[str, Growth]]:
    """Uses of a part and other blocks anywhere, or in the cells of a grid."""
    cells = [(x * 200.0, y * 200.0) for x in range(5) for y in range(5)]
    random.shuffle(cells)

    def place(index: int) -> tuple[float, float]:
        x, y = random.uniform(-50, 50), random.uniform(-50, 50)
        cell = cells[index] if apart else (10 * x, 10 * y)
        return round(cell[0] + x, 3), round(cell[1] + y, 3)

    uses = [_use(f"use{i}", *place(i)) for i in range(4)]
    blocks = [*uses, *(Block(f"b{i}", "relu", position=place(i)) for i in range(4, 16))]
    frame = Frame("f", (round(random.uniform(-300, 0), 2), -80, 300.5, 200))
    made = Diagram(
        {b.id: b for b in blocks},
        parts={"p": Diagram()},
        frames=(frame,),
        comments=(Comment("c", (12.5, 33.25, 90)),),
        flow=flow,
    )
    names = [use.id for use in uses]
    random.shuffle(names)
    return made, {
        n: Growth(random.randrange(200) * 4, random.randrange(90) * 4, 28.0) for n in names
    }


def _overlaps(diagram: Diagram) -> list[tuple[str, str]]:
    boxes: dict[str, Box] = {}
    for name, block in diagram.blocks.items():
        along, across = block.expanded or (0.0, 0.0)
        half = HALF[0] + along / 2, HALF[1] + across / 2
        wide, high = half if diagram.flow != UP else reversed(half)
        x, y = block.position
        boxes[name] = (x - wide, y - high, x + wide, y + high)
    return [
        (a, b)
        for (a, one), (b, other) in combinations(boxes.items(), 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]


def test_it_is_no_change_of_what_runs_and_is_told() -> None:
    after = Expand({"use": GROWTH}).apply(_row())
    change = Change.between(_row(), after)
    assert change.altered == change.renamed == ("use",) and not change.runs
    assert set(change.moved) == {"relu", "above", "below"}
    told = [(d.name, d.words) for d in compare(_row(), after).differences if d.what == "block"]
    assert told == [("use", "expanded")]


def test_inside_a_part_too() -> None:
    whole = Diagram(parts={"q": _row().with_(parts={}), "p": Diagram()})
    after = InPart("q", Expand({"use": GROWTH})).apply(whole)
    assert after.parts["q"].blocks["use"].expanded == (400, 120)
    assert InPart("q", Collapse({"use": 28.0})).apply(after) == whole


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (Expand({"relu": GROWTH}), "relu is not the use of a part: it has no inside."),
        (Expand({"none": GROWTH}), "none: there is no such block."),
        (Collapse({"use": 28.0}), "use: its inside is not shown."),
        (
            Expand({"use": Growth(MAX_ROOM * 2, 0, 28)}),
            "block use: expanded: there must be two numbers from 0 to 10,000.",
        ),
    ],
)
def test_what_cannot_be_done_is_said(edit: Edit, sentence: str) -> None:
    with pytest.raises(DiagramError) as caught:
        edit.apply(_row())
    assert str(caught.value) == sentence


def test_labels_name_what_was_done() -> None:
    assert Expand({"use": GROWTH}).label == "Expand use"
    assert Collapse({"use": 1.0, "b": 1.0}).label == "Collapse 2 blocks"


def test_golden_file_with_an_expanded_use(tmp_path: Path) -> None:
    diagram = load(GOLDEN)
    save(diagram, tmp_path / "again.gradboard")
    assert (tmp_path / "again.gradboard").read_bytes() == GOLDEN.read_bytes()
    assert diagram.blocks["stage1"].expanded == (300, 48.5)
    assert diagram.blocks["stage2"].expanded is None


@pytest.mark.parametrize(
    ("room", "sentence"),
    [
        ("true", "expanded: there must be a list [...], not True."),
        ("[1]", "expanded: there must be 2 numbers within ±10,000,000."),
        ("[-1, 0]", "expanded: there must be two numbers from 0 to 10,000."),
        ("[0, 10001]", "expanded: there must be two numbers from 0 to 10,000."),
    ],
)
def test_a_wrong_room_is_refused(room: str, sentence: str) -> None:
    text = GOLDEN.read_text("utf-8").replace("[300, 48.5]", room)
    with pytest.raises(FileError) as caught:
        from_text(text, "f.gradboard")
    assert str(caught.value) == f"f.gradboard: block stage1: {sentence}"
