"""The one door: edits, undo, merging, what is saved, and a long history under the garbage collector."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from app.document import HISTORY, Document
from graph.change import Change
from graph.diagram import Block, Diagram, Pin, Wire
from graph.edits import AddBlock, Connect, MoveBlocks, SetLabel, SetRecipe
from graph.problem import DiagramError


@pytest.fixture
def document(qapp: Any) -> Document:
    return Document()


def _add(document: Document, *names: str) -> None:
    for name in names:
        document.do(AddBlock(Block(name, "relu")))


def test_do_undo_redo_go_through_every_diagram(document: Document) -> None:
    seen = [document.diagram]
    for edit in (
        AddBlock(Block("a", "relu")),
        AddBlock(Block("b", "relu")),
        Connect(Wire(Pin("a", "y"), Pin("b", "z"))),
        SetRecipe("rate", 0.5),
    ):
        document.do(edit)
        seen.append(document.diagram)
    for before in reversed(seen[:-1]):
        document.undo()
        assert document.diagram == before
    for after in seen[1:]:
        document.redo()
        assert document.diagram == after


def test_every_way_of_changing_tells_the_difference(document: Document) -> None:
    changes: list[Change] = []
    document.changed.connect(changes.append)
    _add(document, "a")
    document.undo()
    document.redo()
    document.load(Diagram({"b": Block("b", "tanh")}), None)
    assert [(c.added, c.removed) for c in changes] == [
        (("a",), ()),
        ((), ("a",)),
        (("a",), ()),
        (("b",), ("a",)),
    ]


def test_a_refused_edit_changes_nothing(document: Document) -> None:
    _add(document, "a")
    before, changes = document.diagram, []
    document.changed.connect(changes.append)
    with pytest.raises(DiagramError):
        document.do(AddBlock(Block("a", "relu")))
    assert document.diagram is before
    assert document.stack.count() == 1
    assert changes == []


def test_an_edit_that_changes_nothing_is_no_step_of_undo(document: Document) -> None:
    _add(document, "a")
    document.do(SetLabel("a", ""))
    assert document.stack.count() == 1


def test_one_gesture_is_one_step_back_to_where_it_began(document: Document) -> None:
    _add(document, "a")
    for x in range(1, 60):
        document.do(MoveBlocks({"a": (float(x), 0.0)}, "drag1"))
    document.do(MoveBlocks({"a": (0.0, 9.0)}, "drag2"))
    assert document.stack.count() == 3
    document.undo()
    assert document.diagram.blocks["a"].position == (59.0, 0.0)
    document.undo()
    assert document.diagram.blocks["a"].position == (0.0, 0.0)
    document.redo()
    assert document.diagram.blocks["a"].position == (59.0, 0.0)


def test_a_gesture_does_not_merge_into_what_was_saved(document: Document) -> None:
    document.do(SetRecipe("rate", 0.1, "steps1"))
    document.mark_saved("/somewhere/a.gradboard")
    document.do(SetRecipe("rate", 0.2, "steps1"))
    assert not document.is_clean
    document.undo()
    assert document.is_clean
    assert document.diagram.recipe["rate"] == 0.1


def test_clean_follows_save_and_undo(document: Document) -> None:
    titles: list[bool] = []
    document.titled.connect(lambda: titles.append(document.is_clean))
    assert document.is_clean
    _add(document, "a")
    assert not document.is_clean
    document.mark_saved("/somewhere/a.gradboard")
    assert document.is_clean
    document.undo()
    assert not document.is_clean
    document.redo()
    assert document.is_clean
    assert titles[0] is False and titles[-1] is True


def test_names_and_folder(document: Document) -> None:
    assert (document.name, document.folder) == ("untitled.gradboard", "")
    document.load(Diagram(), None, "spiral-mlp")
    assert (document.name, document.path) == ("spiral-mlp.gradboard", None)
    document.load(Diagram(), "/data/here/x.gradboard")
    assert (document.name, document.folder) == ("x.gradboard", "/data/here")


def test_load_forgets_the_history(document: Document) -> None:
    _add(document, "a", "b")
    document.load(Diagram(), None)
    document.undo()
    assert document.diagram == Diagram()
    assert document.is_clean


def test_the_history_is_bounded_and_survives_the_garbage_collector(document: Document) -> None:
    for number in range(HISTORY + 300):
        document.do(SetRecipe("seed", number + 1))
        document.do(SetRecipe("seed", number + 1, "same"))  # nothing new: no step
        if number % 200 == 0:
            gc.collect()
    assert document.stack.count() == HISTORY
    for _ in range(50):
        document.undo()
    document.do(SetRecipe("seed", 5))  # cuts off what could be redone
    gc.collect()
    while document.stack.canUndo():
        document.undo()
    gc.collect()
    assert document.diagram.recipe["seed"] == 300
    while document.stack.canRedo():
        document.redo()
    assert document.diagram.recipe["seed"] == 5


def test_the_menu_can_say_what_undo_would_do(document: Document) -> None:
    _add(document, "relu1")
    assert document.stack.undoText() == "Add relu1"
    document.undo()
    assert document.stack.redoText() == "Add relu1"


def test_a_document_in_a_cycle_can_be_collected(qapp: Any) -> None:
    for _ in range(20):
        document = Document()
        _add(document, "a", "b", "c")
        document.undo()
        document.changed.connect(lambda change, document=document: document.diagram)
        document.cycle = [document]  # type: ignore[attr-defined]
        del document
        gc.collect()
