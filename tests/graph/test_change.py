"""Change: exact, and quick where little changed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from graph.change import Change
from graph.diagram import Block, Diagram, Frozen
from graph.edits import (
    AddBlock,
    Connect,
    MoveBlocks,
    RemoveBlocks,
    SetLabel,
    SetRecipe,
    SetSetting,
    SetShares,
)
from graph.frame import Frame
from graph.part_edits import InPart
from tests.graph.samples import attempt, classifier, random_diagram, random_edit, wire


def test_nothing_changed() -> None:
    assert Change.between(classifier(), classifier()) == Change()
    assert not Change().runs


def test_moves_and_labels_do_not_run() -> None:
    before = classifier()
    moved = Change.between(before, MoveBlocks({"x": (1, 2)}).apply(before))
    assert moved == Change(moved=("x",)) and not moved.runs
    named = Change.between(before, SetLabel("x", "a").apply(before))
    assert named == Change(altered=("x",), renamed=("x",)) and not named.runs
    framed = Change.between(before, before.with_(frames=(Frame("f", (0, 0, 1, 1)),)))
    assert framed == Change(frames=True) and not framed.runs


def test_what_runs() -> None:
    before = classifier()
    assert Change.between(before, SetSetting("x", "field", "b").apply(before)) == Change(
        altered=("x",)
    )
    assert Change.between(before, SetSetting("x", "field", "b").apply(before)).runs
    assert Change.between(before, SetShares("linear2", "linear1").apply(before)).runs
    assert Change.between(before, SetRecipe("rate", 0.1).apply(before)) == Change(recipe=True)
    assert Change.between(before, SetRecipe("rate", 0.1).apply(before)).runs
    assert Change.between(before, before.with_(parts={"p": Diagram()})).runs
    added = Change.between(before, AddBlock(Block("tanh1", "tanh")).apply(before))
    assert added == Change(added=("tanh1",)) and added.runs


def test_moved_and_altered_at_once_is_altered() -> None:
    before = classifier()
    after = MoveBlocks({"x": (1, 2)}).apply(SetSetting("x", "field", "b").apply(before))
    assert Change.between(before, after) == Change(altered=("x",))


def test_a_replaced_wire_is_unwired_and_wired() -> None:
    before = classifier()
    change = Change.between(before, Connect(wire("x.y > relu1.z")).apply(before))
    assert change == Change(wired=(wire("x.y > relu1.z"),), unwired=(wire("linear1.y > relu1.z"),))


def test_a_removal_takes_its_wires_along() -> None:
    before = classifier()
    change = Change.between(before, RemoveBlocks(("linear1",)).apply(before))
    assert change.removed == ("linear1",)
    assert set(change.unwired) == {wire("x.y > linear1.z"), wire("linear1.y > relu1.z")}


@pytest.mark.parametrize("seed", range(30))
def test_a_view_that_follows_the_changes_stays_exact(seed: int) -> None:
    """A second copy, redone only where Change says so, is equal to the diagram after any edits and their undo."""
    random = Random(seed)
    diagrams = [random_diagram(random)]
    for _ in range(20):
        diagrams.append(attempt(diagrams[-1], random_edit(random, diagrams[-1])))
    diagrams += [*reversed(diagrams), random_diagram(random), Diagram()]
    view = diagrams[0]
    for before, after in pairwise(diagrams):
        view = _redone(view, after, Change.between(before, after))
        assert view == after.with_(wires=view.wires) and set(view.wires) == set(after.wires)


def _redone(view: Diagram, after: Diagram, change: Change) -> Diagram:
    blocks = {name: block for name, block in view.blocks.items() if name not in change.removed}
    assert not set(change.added) & set(blocks) and not set(change.moved) & set(change.altered)
    assert set(change.renamed) <= set(change.altered)
    for name in change.added + change.altered:
        assert view.blocks.get(name) != after.blocks[name]
        blocks[name] = after.blocks[name]
    for name in change.moved:
        assert blocks[name].position != after.blocks[name].position
        blocks[name] = replace(blocks[name], position=after.blocks[name].position)
    assert set(change.unwired) <= set(view.wires) and not set(change.wired) & set(view.wires)
    wires = tuple(w for w in view.wires if w not in change.unwired) + change.wired
    recipe = after.recipe if change.recipe else view.recipe
    frames = after.frames if change.frames else view.frames
    parts = after.parts if change.parts else view.parts
    comments = after.comments if change.frames else view.comments
    return Diagram(Frozen(blocks), wires, parts, frames, recipe, after.extra, comments)


def test_what_is_moved_inside_a_part_does_not_run() -> None:
    part = Diagram({"a": Block("a", "relu")})
    before = classifier().with_(parts={"p": part})
    moved = Change.between(before, InPart("p", MoveBlocks({"a": (30, 40)})).apply(before))
    assert moved == Change(parts=True) and not moved.runs
    altered = Change.between(before, InPart("p", SetSetting("a", "slope", 1)).apply(before))
    assert altered == Change(parts=True, inner=True) and altered.runs
