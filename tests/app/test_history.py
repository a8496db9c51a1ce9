"""The history: its panel with real events, and equal bytes after undo and redo of random edits of every kind."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import graph.edits as e
import graph.framing as f
import graph.grouping as g
import graph.joining as j
import graph.part_edits as p
from app.document import Document
from app.panels.history import SAVED, START, UNDONE
from graph import edit, pasting
from graph.change import Change
from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from graph.files import to_text
from graph.frame import Comment, Frame
from graph.problem import DiagramError
from tests.app.driving import Ctrl, Hand, Left, Plain, Shift, opened

Key = Qt.Key
KINDS = ("linear", "relu", "tanh", "add", "squared_error", "observed", "delay")


class Chance:
    """Random edits of a diagram; many are refused, which is part of the test."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.number = 0

    def fresh(self, stem: str) -> str:
        self.number += 1
        return f"{stem}{self.number + 1000}"

    def block(self, d: Diagram) -> str:
        return self.dice.choice(list(d.blocks))

    def some(self, things: Any) -> tuple[Any, ...]:
        every = list(things)
        return tuple(self.dice.sample(every, min(len(every), self.dice.randint(1, 3))))

    def at(self) -> tuple[float, float]:
        return float(self.dice.randint(-50, 50) * 20), float(self.dice.randint(-50, 50) * 20)

    def box(self) -> tuple[float, float, float, float]:
        return (*self.at(), float(self.dice.randint(5, 30) * 20), 200.0)

    def wire(self, d: Diagram) -> Wire:
        return Wire(Pin(self.block(d), "y"), Pin(self.block(d), self.dice.choice("zxab")))

    def note(self, d: Diagram, things: Any) -> str:
        return self.dice.choice([thing.id for thing in things])

    def part(self, d: Diagram) -> str:
        return self.dice.choice(list(d.parts))

    def use(self, d: Diagram) -> str:
        return self.dice.choice([b.id for b in d.blocks.values() if b.kind == "part"])

    def pin_of(self, d: Diagram) -> tuple[str, str]:
        part = self.part(d)
        inside = d.parts[part].blocks.values()
        return part, self.dice.choice([b.id for b in inside if b.kind in ("inlet", "outlet")])

    def new(self) -> Block:
        kind = self.dice.choice(KINDS)
        return Block(self.fresh(kind.replace("_", "")), kind, position=self.at())

    def gesture(self) -> str:
        return self.dice.choice(("", "drag1"))


MAKERS: dict[type, Callable[[Chance, Diagram], Any]] = {
    e.AddBlock: lambda c, d: e.AddBlock(c.new()),
    e.RemoveBlocks: lambda c, d: e.RemoveBlocks(c.some(d.blocks)[:1]),
    e.Connect: lambda c, d: e.Connect(c.wire(d)),
    e.Disconnect: lambda c, d: e.Disconnect(c.some(d.wires)),
    e.MoveBlocks: lambda c, d: e.MoveBlocks({n: c.at() for n in c.some(d.blocks)}, c.gesture()),
    e.SetSetting: lambda c, d: e.SetSetting(c.block(d), "units", c.dice.randint(1, 9), c.gesture()),
    e.SetLabel: lambda c, d: e.SetLabel(c.block(d), c.fresh("ž_")),
    e.SetShares: lambda c, d: e.SetShares(c.block(d), c.dice.choice([None, c.block(d)])),
    e.SetMuted: lambda c, d: e.SetMuted(c.some(d.blocks), c.dice.random() < 0.5),
    e.SetRecipe: lambda c, d: e.SetRecipe("rate", c.dice.random(), c.gesture()),
    pasting.Paste: lambda c, d: pasting.Paste(
        tuple(d.blocks[n] for n in c.some(d.blocks)), d.wires
    ),
    edit.Together: lambda c, d: edit.Together(
        "Both", (e.AddBlock(c.new()), e.SetRecipe("batch", 7))
    ),
    p.InPart: lambda c, d: p.InPart(c.part(d), e.AddBlock(c.new())),
    p.AddPart: lambda c, d: p.AddPart(c.fresh("part"), Diagram({"relu1": Block("relu1", "relu")})),
    p.RemovePart: lambda c, d: p.RemovePart(c.part(d)),
    p.RenamePart: lambda c, d: p.RenamePart(c.part(d), c.fresh("part")),
    p.RenamePin: lambda c, d: p.RenamePin(*c.pin_of(d), c.fresh("pin")),
    g.Group: lambda c, d: g.Group(c.some(d.blocks), c.fresh("part")),
    g.Ungroup: lambda c, d: g.Ungroup(c.use(d)),
    f.AddFrame: lambda c, d: f.AddFrame(Frame("a", c.box(), id=f.free_frame_id(d))),
    f.AddComment: lambda c, d: f.AddComment(Comment("b", (*c.at(), 200.0), id=c.fresh("comment"))),
    f.RemoveFrames: lambda c, d: f.RemoveFrames((c.note(d, d.notes),)),
    f.MoveFrames: lambda c, d: f.MoveFrames({c.note(d, d.notes): c.at()}, {}, c.gesture()),
    f.ResizeFrame: lambda c, d: f.ResizeFrame(c.note(d, d.frames), c.box(), c.gesture()),
    f.WidenComment: lambda c, d: f.WidenComment(
        c.note(d, d.comments), float(c.dice.randint(100, 300)), c.gesture()
    ),
    f.SetTitle: lambda c, d: f.SetTitle(c.note(d, d.frames), c.fresh("title")),
    f.SetComment: lambda c, d: f.SetComment(c.note(d, d.comments), c.fresh("text")),
    f.SetColor: lambda c, d: f.SetColor((c.note(d, d.notes),), "blue"),
    j.RemoveAndJoin: lambda c, d: j.RemoveAndJoin((c.block(d),)),
}


def test_the_table_has_every_kind_of_edit() -> None:
    there = {
        kind
        for module in (edit, e, f, g, j, p, pasting)
        for kind in vars(module).values()
        if inspect.isclass(kind) and kind.__module__ == module.__name__
        if hasattr(kind, "apply") and not getattr(kind, "_is_protocol", False)
    }
    assert there == set(MAKERS)


START_WITH = Diagram(
    {"x": Block("x", "observed"), "linear1": Block("linear1", "linear", Frozen(units=3))},
    (Wire(Pin("x", "y"), Pin("linear1", "z")),),
)


def _wild(document: Document, chance: Chance, edits: int) -> tuple[list[str], set[type]]:
    """Does random edits; the text after every step that the history has, and the kinds that were done."""
    document.load(START_WITH, None)
    texts, done = [to_text(document.diagram)], set[type]()
    for _ in range(edits):
        kind = chance.dice.choice(list(MAKERS))
        try:
            document.do(MAKERS[kind](chance, document.diagram))
        except (DiagramError, IndexError):  # refused, or there is nothing to choose from
            continue
        done.add(kind)
        del texts[document.stack.count() :]  # it merged with the step before
        if len(texts) < document.stack.count() + 1:
            texts.append(to_text(document.diagram))
    return texts, done


@pytest.mark.parametrize("seed", range(6))
def test_undo_all_and_redo_all_give_the_same_bytes(qapp: Any, seed: int) -> None:
    document, chance = Document(), Chance(seed)
    texts, _done = _wild(document, chance, 150)
    count = document.stack.count()
    assert count > 40 and len(texts) == count + 1
    for step in reversed(range(count)):
        document.undo()
        assert to_text(document.diagram) == texts[step]
    for step in range(count):
        document.redo()
        assert to_text(document.diagram) == texts[step + 1]
    for _ in range(20):
        step = chance.dice.randint(0, count)
        document.go(step)
        assert to_text(document.diagram) == texts[step]


def test_random_edits_reach_every_kind(qapp: Any) -> None:
    document, done = Document(), set[type]()
    for seed in range(12):
        done |= _wild(document, Chance(seed), 120)[1]
    assert done == set(MAKERS)


def test_going_far_tells_one_change(qapp: Any) -> None:
    document = Document()
    for name in ("a", "b", "c"):
        document.do(e.AddBlock(Block(name, "relu")))
    changes: list[Change] = []
    document.changed.connect(changes.append)
    document.go(0)
    assert [c.removed for c in changes] == [("a", "b", "c")] and not document.diagram.blocks
    document.go(0)
    assert len(changes) == 1
    document.go(2)
    assert set(document.diagram.blocks) == {"a", "b"} and changes[1].added == ("a", "b")


# --- the panel -----------------------------------------------------------------------------------------------------


@pytest.fixture
def hand(qapp: Any) -> Iterator[Hand]:
    with opened() as window:
        window.docks["history"].show()
        window.docks["history"].raise_()
        window.view.setFocus()
        QApplication.processEvents()
        yield Hand(window)


def _rows(hand: Hand) -> list[str]:
    rows = hand.window.history
    return [
        rows.item(k).data(Qt.ItemDataRole.AccessibleTextRole).replace("the present", "*")
        for k in range(rows.count())
    ]


def _click(hand: Hand, row: int) -> None:
    rows = hand.window.history
    place = rows.visualItemRect(rows.item(row)).center()
    QTest.mouseClick(rows.viewport(), Left, Plain, place)
    QApplication.processEvents()


def test_steps_are_listed_as_they_are_made_and_a_click_goes_there(hand: Hand) -> None:
    assert _rows(hand) == [f"{START}, *, {SAVED}"]
    hand.drop("relu", hand.at(0, 0))
    hand.drop("tanh", hand.at(200, 0))
    steps = ["Add relu1", "Add tanh1"]
    assert _rows(hand) == [f"{START}, {SAVED}", steps[0], f"{steps[1]}, *"]
    _click(hand, 1)
    assert set(hand.window.document.diagram.blocks) == {"relu1"} == set(hand.window.scene.blocks)
    assert _rows(hand) == [f"{START}, {SAVED}", f"{steps[0]}, *", f"{steps[1]}, {UNDONE}"]
    _click(hand, 0)
    assert not hand.window.scene.blocks and hand.window.document.is_clean
    _click(hand, 2)
    assert set(hand.window.scene.blocks) == {"relu1", "tanh1"}


def test_a_drag_is_one_row_and_a_new_edit_takes_the_undone_ones_away(hand: Hand) -> None:
    hand.drop("relu", hand.at(0, 0))
    hand.drag(hand.block("relu1"), hand.block("relu1") + hand.at(60, 40) - hand.at(0, 0))
    for _ in range(3):
        hand.press(Key.Key_Right)
    assert len(_rows(hand)) == 4, "the drag is one step, the arrows another"
    hand.press(Key.Key_Z, Ctrl)
    hand.press(Key.Key_Z, Ctrl)
    assert [UNDONE in row for row in _rows(hand)] == [False, False, True, True]
    hand.drop("tanh", hand.at(200, 0))
    assert len(_rows(hand)) == 3 and not any(UNDONE in row for row in _rows(hand))


def test_keys_walk_through_the_history(hand: Hand) -> None:
    for x in (0, 200, 400):
        hand.drop("relu", hand.at(x - 200, 0))
    rows = hand.window.history
    rows.setFocus()
    QTest.keyClick(rows, Key.Key_Home)
    QTest.keyClick(rows, Key.Key_Down)
    assert len(hand.window.scene.blocks) == 3, "walking alone changes nothing"
    QTest.keyClick(rows, Key.Key_Return)
    assert set(hand.window.scene.blocks) == {"relu1"} and rows.hasFocus()
    QTest.keyClick(rows, Key.Key_Z, Ctrl | Shift)
    assert set(hand.window.scene.blocks) == {"relu1", "relu2"} and rows.currentRow() == 2
