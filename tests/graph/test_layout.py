"""Tidy placement: along the flow, straight where it can be, nothing on top of anything, always the same."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from graph.diagram import Block, Diagram, Pin, Wire
from graph.edits import MoveBlocks
from graph.files import to_text
from graph.layout import tidy
from tests.graph.samples import chain, classifier, drawn, random_diagram

CIRCLE = 60.0  # from the round end of a function to the far side of its output


def _box(diagram: Diagram, name: str, at: tuple[float, float]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a shape; of a function with its output's circle where a wire leaves it."""
    variable = diagram.blocks[name].kind in ("observed", "latent", "parameter")
    width, height = (48.0, 48.0) if variable else (84.0, 56.0)
    tail = CIRCLE if diagram.wires_from(name) and not variable else 0.0
    (x, y) = at
    return x - width / 2, y - height / 2, x + width / 2 + tail, y + height / 2


def _overlaps(diagram: Diagram, places: dict[str, tuple[float, float]]) -> list[tuple[str, str]]:
    boxes = sorted((_box(diagram, name, at), name) for name, at in places.items())
    found = []
    for i, ((_, top, right, bottom), name) in enumerate(boxes):
        for (left2, top2, _, bottom2), other in boxes[i + 1 :]:
            if left2 >= right:
                break
            if top < bottom2 and top2 < bottom:
                found.append((name, other))
    return found


def test_a_classifier_is_drawn_as_in_the_lecture() -> None:
    """One straight line at equal distances, the target behind the cost, the regulariser below."""
    assert tidy(classifier()) == {
        "x": (0, 0),
        "linear1": (110, 0),
        "relu1": (290, 0),
        "linear2": (470, 0),
        "cross_entropy1": (650, 0),
        "y": (760, 0),
        "l21": (470, 110),
    }


@pytest.mark.parametrize("length", [2, 3, 10, 100])
def test_a_chain_is_straight_at_equal_distances(length: int) -> None:
    places = tidy(chain(length))
    assert [places[f"b{i}"] for i in range(length)] == [(180.0 * i, 0.0) for i in range(length)]


def test_two_branches_are_two_straight_lines() -> None:
    places = tidy(
        drawn(
            "x.y > linear1.z", "linear1.y > relu1.z", "relu1.y > sum1.z1",
            "x.y > linear2.z", "linear2.y > relu2.z", "relu2.y > sum1.z2",
        )
    )  # fmt: skip
    assert places["linear1"][1] == places["relu1"][1] != places["linear2"][1] == places["relu2"][1]
    assert places["linear1"][0] == places["linear2"][0] and places["relu1"][0] == places["relu2"][0]


def test_a_skipping_wire_runs_straight_and_what_it_skips_stands_aside() -> None:
    places = tidy(
        drawn(
            "x.y > linear1.z", "linear1.y > relu1.z", "relu1.y > linear2.z",
            "linear2.y > sum1.z2", "linear1.y > sum1.z1", "sum1.y > cross_entropy1.z",
            "y.y > cross_entropy1.target",
        )
    )  # fmt: skip
    assert {places[n][1] for n in ("x", "linear1", "sum1", "cross_entropy1", "y")} == {0.0}
    assert {places[n][1] for n in ("relu1", "linear2")} in ({100.0}, {-100.0})


def test_targets_stand_behind_their_costs_only_where_that_is_clear() -> None:
    def right_of(diagram: Diagram, one: str, other: str) -> bool:
        places = tidy(diagram)
        return places[one][0] > places[other][0]

    assert right_of(drawn("x.y > error.y", "y.y > error.target"), "y", "error")
    assert right_of(drawn("error.y > relu1.z", "x.y > error.y", "y.y > error.target"), "error", "y")
    two = drawn(
        "x.y > linear1.z",
        "linear1.y > e1.y",
        "linear1.y > e2.y",
        "y.y > e1.target",
        "y.y > e2.target",
    )
    assert right_of(two, "y", "e1") and right_of(two, "y", "e2")
    autoencoder = drawn("x.y > linear1.z", "linear1.y > error.y", "x.y > error.target")
    assert right_of(autoencoder, "error", "x")
    unfinished_sum = drawn("x.y > linear1.z", "linear1.y > sum1.z1", "y.y > sum1.z2")
    assert right_of(unfinished_sum, "sum1", "y")
    latent = drawn("x.y > linear1.z", "linear1.y > e.y", "h.y > e.z", h="latent")
    assert right_of(latent, "e", "h")


def test_a_loop_through_a_delay() -> None:
    diagram = drawn(
        "x.y > linear1.z", "linear1.y > sum1.z1", "sum1.y > tanh1.z", "tanh1.y > delay1.z",
        "delay1.y > linear2.z", "linear2.y > sum1.z2", "delay2.y > delay2.z",
        "x.y > delay3.z", "delay3.y > relu1.z",
    )  # fmt: skip
    places = tidy(diagram)
    assert places["delay1"][0] < places["linear2"][0] < places["sum1"][0] < places["tanh1"][0]
    assert (
        places["x"][0] < places["delay3"][0] < places["relu1"][0]
    )  # in no loop, so along the flow
    assert not _overlaps(diagram, places)


def test_nothing_and_one() -> None:
    assert tidy(Diagram()) == {}
    assert tidy(Diagram({"a": Block("a", "relu", position=(7, 7))})) == {"a": (0.0, 0.0)}
    assert tidy(classifier(), ids=()) == {}


def test_pieces_stand_below_each_other() -> None:
    diagram = drawn(
        "x1.y > linear1.z", "x2.y > linear2.z", "linear2.y > relu2.z", "x3.y > linear3.z"
    )
    places = tidy(diagram)
    heights = [places[n][1] for n in ("x1", "x2", "x3")]
    assert heights == sorted(set(heights)) and not _overlaps(diagram, places)
    assert {places[n][0] for n in ("x1", "x2", "x3")} == {0.0}


def test_blocks_without_wires_fill_rows() -> None:
    diagram = Diagram({f"b{i}": Block(f"b{i}", "relu") for i in range(100)})
    places = tidy(diagram)
    assert len({y for _, y in places.values()}) == 10 and not _overlaps(diagram, places)


def test_a_choice_of_blocks_keeps_its_corner() -> None:
    diagram = MoveBlocks({"relu1": (1003, 512), "linear2": (1200, 498)}).apply(classifier())
    assert tidy(diagram, ids=["linear2", "relu1"]) == {"relu1": (1000, 500), "linear2": (1180, 500)}


def test_sizes_make_room() -> None:
    diagram = drawn(
        "x.y > linear1.z", "linear1.y > sum1.z1", "linear1.y > relu1.z", "relu1.y > sum1.z2"
    )
    usual, large = tidy(diagram), tidy(diagram, sizes={"relu1": (-200.0, -150.0, 260.0, 100.0)})
    assert abs(large["relu1"][1] - large["linear1"][1]) >= 28 + 150 > abs(usual["relu1"][1])
    assert large["sum1"][0] - large["relu1"][0] >= 260 + 42
    assert large["relu1"][0] - large["linear1"][0] >= 102 + 200


@pytest.mark.parametrize("seed", range(60))
def test_anything_is_placed_on_the_grid_along_the_flow_without_overlap(seed: int) -> None:
    random = Random(seed)
    diagram = random_diagram(random, blocks=random.choice((3, 10, 40)))
    places = tidy(diagram)
    assert set(places) == set(diagram.blocks)
    assert all(v % 10 == 0 for at in places.values() for v in at)
    assert not _overlaps(diagram, places)
    for wire in diagram.wires:
        source, target = places[wire.source.block], places[wire.target.block]
        into_loop = diagram.blocks[wire.target.block].kind == "delay"
        target_behind = diagram.blocks[wire.source.block].kind == "observed"
        assert source[0] < target[0] or into_loop or target_behind, wire


def _residual(blocks: int) -> Diagram:
    """A deep residual net: every third block adds what skipped the two before it."""
    texts = ["x.y > linear0.z"]
    for i in range(0, blocks - 3, 3):
        last = f"linear{i}" if i == 0 else f"sum{i}"
        texts += [f"{last}.y > relu{i}.z", f"relu{i}.y > conv{i}.z", f"conv{i}.y > sum{i + 3}.z1"]
        texts += [f"{last}.y > sum{i + 3}.z2"]
    return drawn(*texts)


def _seconds(diagram: Diagram) -> float:
    start = time.perf_counter()
    tidy(diagram)
    return time.perf_counter() - start


def test_ten_times_the_blocks_take_not_a_hundred_times_as_long() -> None:
    small, large = _residual(100), _residual(1000)
    tidy(small)  # imports
    took = [(_seconds(small), _seconds(large)) for _ in range(3)]
    assert min(b for _, b in took) < 40 * min(a for a, _ in took)


def test_a_thousand_blocks_are_placed() -> None:
    diagram = _residual(1000)
    places = tidy(diagram)
    assert len(places) > 990 and not _overlaps(diagram, places)
    assert {y for name, (_, y) in places.items() if name[0] in "xs"} == {0.0}


def test_a_fan_of_ten_thousand_long_wires_is_placed() -> None:
    """One block feeds all of a long chain: drawn whole, its wires would pass millions of columns."""
    row = chain(2_000)
    fan = tuple(Wire(Pin("b0", "y"), Pin(f"b{i}", "all")) for i in range(2, 2_000))
    places = tidy(Diagram(row.blocks, row.wires + fan))
    assert all(places[f"b{i}"][0] < places[f"b{j}"][0] for i, j in pairwise(range(2_000)))


def test_a_large_tangle_is_placed() -> None:
    random = Random(3)
    ends = {tuple(sorted(random.sample(range(400), 2))) for _ in range(1500)}
    wires = tuple(Wire(Pin(f"b{a}", "y"), Pin(f"b{b}", f"z{a + 1}")) for a, b in sorted(ends))
    diagram = Diagram({f"b{i}": Block(f"b{i}", "sum") for i in range(400)}, wires)
    places = tidy(diagram)
    assert not _overlaps(diagram, places)
    assert all(places[w.source.block][0] < places[w.target.block][0] for w in wires)


def test_the_same_in_every_process(tmp_path: Path) -> None:
    path = tmp_path / "a.gradboard"
    path.write_text(to_text(random_diagram(Random(1), blocks=40)), "utf-8")
    program = "import sys; from graph.files import load; from graph.layout import tidy; print(tidy(load(sys.argv[1])))"
    answers = {
        subprocess.run(
            [sys.executable, "-c", program, str(path)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True, check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip
    assert len(answers) == 1
