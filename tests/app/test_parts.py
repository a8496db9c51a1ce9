"""Parts in the window, by keys and mouse: grouped, opened in place, edited everywhere, undone from any level, published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton

from app.canvas import naming, noting
from app.canvas.note import NoteEditor
from app.canvas.rename import Rename
from app.panels.palette import BROKEN
from app.shelf import Shelf
from graph.diagram import PART, Diagram, Pin, Wire
from graph.edits import MoveBlocks
from graph.files import load, save
from graph.grouping import Group
from graph.parts import flatten
from nodes.parts import expanded
from nodes.sketch import Sketch
from runtime import messages as m
from runtime.snapshot import Counts, Flow, Report, Snapshot
from tests.app.driving import Ctrl, Hand, Plain, Shift, opened, tell, until
from tests.app.fake_session import FakeSession

Key = Qt.Key
Alt = Qt.KeyboardModifier.AltModifier


def _chain() -> Diagram:
    """x -> linear1 -> relu1 -> linear2 -> cost <- y."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=8)), units=3), y)
    return s.diagram(data="spiral")


def _nested() -> Diagram:
    """x -> stage1 -> stage2 -> cost; a stage holds two layers, a layer linear1 and tanh1."""
    layer, stage, s = Sketch(), Sketch(), Sketch()
    layer.outlet(layer.tanh(layer.linear(layer.inlet("z"), units=2)))
    stage.define("layer", layer)
    stage.outlet(stage.use("layer", stage.use("layer", stage.inlet("z"))))
    s.define("stage", stage)
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.use("stage", s.use("stage", x)), y)
    return s.diagram(data="spiral")


@pytest.fixture
def hand(qapp: Any, tmp_path: Path) -> Iterator[Hand]:
    with opened(size=(1300, 800), shelf=Shelf(tmp_path / "parts")) as window:
        yield Hand(window)


def _show(hand: Hand, diagram: Diagram) -> None:
    hand.window.document.load(diagram, None)
    hand.window.filing.opened.emit()
    hand.window.view.setFocus()
    QApplication.processEvents()


def _name(hand: Hand, text: str, key: Key = Key.Key_Return) -> None:
    """Types into the small editor on the canvas."""
    editor = next(e for e in hand.port.findChildren(QLineEdit) if e.isVisible())
    QTest.keyClick(editor, Key.Key_A, Ctrl)
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, key)
    QApplication.processEvents()


def _double_click(hand: Hand, name: str) -> None:
    at = hand.at(*hand.window.scene.diagram.blocks[name].position)
    QTest.mouseDClick(hand.port, Qt.MouseButton.LeftButton, Plain, at)
    QApplication.processEvents()


def _texts(hand: Hand) -> list[str]:
    return hand.window.breadcrumb.texts() if hand.window.breadcrumb.isVisible() else []


def _crumbs(hand: Hand) -> list[QToolButton]:
    """The steps that can be clicked, from the outside in."""
    return hand.window.breadcrumb.findChildren(QToolButton)


def _start(hand: Hand) -> int:
    """A ready engine; the version of the diagram that it has."""
    session = hand.window.session
    assert isinstance(session, FakeSession)
    session.inbox.append(m.Ready(("auto", "cpu"), "2"))
    hand.window.live.tick()
    QApplication.processEvents()
    return int(session.sent_of(m.SetDiagram)[-1].version)


# --- grouping ------------------------------------------------------------------------------------------------------


def test_blocks_are_grouped_under_a_name_and_ungrouped(hand: Hand) -> None:
    _show(hand, _chain())
    window, before = hand.window, hand.window.document.diagram
    window.scene.select({"linear1", "relu1"})
    hand.press(Key.Key_G, Ctrl)
    _name(hand, "hidden")
    diagram = window.document.diagram
    assert set(diagram.blocks) == {"x", "y", "hidden1", "linear2", "cross_entropy1"}
    assert set(diagram.parts["hidden"].blocks) == {"z", "linear1", "relu1", "y"}
    assert window.scene.selected == {"hidden1"}
    assert window.scene.blocks["hidden1"].face.text == "hidden"
    assert window.document.stack.undoText() == "Group 2 blocks as hidden"
    hand.press(Key.Key_G, Ctrl | Shift)
    assert set(window.document.diagram.wires) == set(before.wires)
    assert window.scene.selected == {"linear1", "relu1"}
    hand.press(Key.Key_Z, Ctrl)
    hand.press(Key.Key_Z, Ctrl)
    assert window.document.diagram == before


def test_escape_takes_the_grouping_back_and_a_taken_name_is_said(hand: Hand) -> None:
    _show(hand, Group(("linear1", "relu1"), "hidden").apply(_chain()))
    window, before = hand.window, hand.window.document.diagram
    window.scene.select({"linear2"})
    for name, key in (("other", Key.Key_Escape), ("hidden", Key.Key_Return)):
        hand.press(Key.Key_G, Ctrl)
        _name(hand, name, key)
        assert window.document.diagram is before
    assert "hidden" in window.status.currentMessage() and "taken" in window.status.currentMessage()


def test_the_name_that_is_offered_is_free(hand: Hand) -> None:
    _show(hand, Group(("relu1",), "part1").apply(_chain()))
    hand.window.scene.select({"linear2"})
    hand.press(Key.Key_G, Ctrl)
    QTest.keyClick(hand.port.findChild(QLineEdit), Key.Key_Return)
    assert list(hand.window.document.diagram.parts) == ["part1", "part2"]


def test_a_part_is_renamed_on_the_canvas_and_in_the_inspector(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    window.scene.select({"stage1"})
    hand.press(Key.Key_F2)
    _name(hand, "block")
    assert "block" in window.document.diagram.parts
    assert window.scene.blocks["stage2"].face.text == "block"
    field = window.inspector.block.part.name
    assert field.isVisible() and field.text() == "block"
    QTest.keyClick(field, Key.Key_A, Ctrl)
    QTest.keyClicks(field, "layer")
    QTest.keyClick(field, Key.Key_Return)
    assert "block" in window.document.diagram.parts  # layer is taken
    assert "layer already" in window.status.currentMessage() and field.text() == "block"
    QTest.keyClick(field, Key.Key_A, Ctrl)
    QTest.keyClicks(field, "stack")
    QTest.keyClick(field, Key.Key_Return)
    assert set(window.document.diagram.parts) == {"stack", "layer"}


# --- in and out ------------------------------------------------------------------------------------------------------


def test_a_double_click_opens_and_every_way_climbs_back(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    assert _texts(hand) == []
    _double_click(hand, "stage1")
    assert _texts(hand) == ["diagram", "stage1"]
    assert set(window.scene.blocks) == {"z", "layer1", "layer2", "y"}
    window.scene.select({"layer2"})
    hand.press(Key.Key_Return)
    assert _texts(hand) == ["diagram", "stage1", "layer2"] and "linear1" in window.scene.blocks
    assert window.breadcrumb.note.text() == "part layer, 2 uses: an edit here changes all of them"
    hand.press(Key.Key_Up, Alt)
    assert window.levels.path == "stage1" and window.scene.selected == {"layer2"}
    hand.press(Key.Key_Escape)
    assert window.levels.path == "stage1" and not window.scene.selected
    hand.press(Key.Key_Escape)
    assert window.levels.path == "" and window.scene.selected == {"stage1"} and _texts(hand) == []
    hand.press(Key.Key_Down, Alt)
    _double_click(hand, "layer1")
    button = _crumbs(hand)[0]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.levels.path == "" and window.scene.selected == {"stage1"}


def test_what_is_written_is_kept_on_the_level_where_it_was_written(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    window.levels.go("stage1")
    noting.write(window.view, QPointF(0, 200))
    (editor,) = hand.port.findChildren(NoteEditor)
    editor.setPlainText("two layers")
    QTest.keyClick(editor, Key.Key_Up, Alt)
    assert window.levels.path == "" and not editor.isVisible()
    (comment,) = window.document.diagram.parts["stage"].comments
    assert comment.text == "two layers" and not window.document.diagram.comments
    naming.name_block(window.view, "x")
    (line,) = (e for e in hand.port.findChildren(Rename) if e.isVisible())
    line.setText("image")
    QTest.keyClick(line, Key.Key_Down, Alt)
    assert window.levels.path == "stage1" and not line.isVisible()
    assert window.document.diagram.blocks["x"].label == "image"


def test_backspace_at_the_bar_climbs_and_deletes_nothing(hand: Hand) -> None:
    _show(hand, _nested())
    window, before = hand.window, hand.window.document.diagram
    window.levels.go("stage1/layer1")
    window.scene.select({"linear1"})
    _crumbs(hand)[1].setFocus()
    QTest.keyClick(_crumbs(hand)[1], Key.Key_Backspace)
    assert window.levels.path == "stage1" and window.document.diagram is before


def test_place_and_scale_are_found_again(hand: Hand) -> None:
    _show(hand, _nested())
    view, levels = hand.window.view, hand.window.levels
    view.set_zoom(0.8)
    middle = view.seen().center()
    levels.go("stage2")
    view.set_zoom(0.5)
    levels.go("")
    assert view.zoom == pytest.approx(0.8)
    assert (view.seen().center() - middle).manhattanLength() < 3
    levels.go("stage2")
    assert view.zoom == pytest.approx(0.5)


def test_another_document_is_seen_from_outside(hand: Hand) -> None:
    _show(hand, _nested())
    hand.window.levels.go("stage1/layer1")
    _show(hand, _nested())
    assert hand.window.levels.path == "" and set(hand.window.scene.blocks) >= {"stage1", "x"}
    hand.window.levels.go("stage1")
    _show(hand, _chain())
    assert hand.window.levels.path == "" and "linear1" in hand.window.scene.blocks


# --- edits at every level --------------------------------------------------------------------------------------------


def test_an_edit_inside_reaches_all_uses_and_is_undone_from_outside(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    window.levels.go("stage2/layer1")
    window.scene.select({"linear1"})
    form = window.inspector.block.form
    assert form is not None
    hand.type_into(form.fields["units"], "7")  # type: ignore[arg-type]
    flat = flatten(window.document.diagram).diagram.blocks
    assert [b.settings["units"] for b in flat.values() if b.kind == "linear"] == [7, 7, 7, 7]
    assert window.document.stack.undoText() == "Set units of linear1 in layer"
    window.levels.go("")
    hand.press(Key.Key_Z, Ctrl)
    assert window.levels.path == "stage2/layer1"  # where it was made
    assert window.document.diagram.parts["layer"].blocks["linear1"].settings["units"] == 2
    window.levels.go("")
    hand.press(Key.Key_Z, Ctrl | Shift)
    assert window.levels.path == "stage2/layer1"
    assert window.document.diagram.parts["layer"].blocks["linear1"].settings["units"] == 7


def test_an_edit_outside_is_undone_from_inside_and_shown(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    window.scene.select({"stage2"})
    hand.press(Key.Key_Delete)
    window.levels.go("stage1/layer1")
    hand.press(Key.Key_Z, Ctrl)
    assert window.levels.path == "" and "stage2" in window.scene.blocks


def test_what_vanishes_around_the_shown_level_is_left(hand: Hand) -> None:
    _show(hand, _chain())
    window = hand.window
    window.scene.select({"linear1", "relu1"})
    hand.press(Key.Key_G, Ctrl)
    _name(hand, "hidden")
    window.levels.go("hidden1")
    window.document.undo()
    assert window.levels.path == "" and "relu1" in window.scene.blocks and _texts(hand) == []
    assert window.scene.diagram is window.document.diagram


def test_blocks_are_dropped_wired_moved_and_removed_inside(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    window.levels.go("stage1/layer1")
    hand.drop("relu", hand.at(0, 250))
    hand.connect(Wire(Pin("linear1", "y"), Pin("relu1", "z")))
    part = window.document.diagram.parts["layer"]
    assert part.blocks["relu1"].kind == "relu"
    assert part.inputs[Pin("relu1", "z")] == Pin("linear1", "y")
    assert not part.parts and not part.recipe
    before = part.blocks["relu1"].position
    hand.drag(hand.at(*before), hand.at(before[0], before[1] + 60))
    assert window.document.diagram.parts["layer"].blocks["relu1"].position != before
    hand.press(Key.Key_Delete)
    assert "relu1" not in window.document.diagram.parts["layer"].blocks
    assert set(window.scene.blocks) == set(window.document.diagram.parts["layer"].blocks)


def test_moving_inside_a_part_does_not_compile_again(hand: Hand) -> None:
    _show(hand, _nested())
    _start(hand)
    sent = len(hand.window.session.sent_of(m.SetDiagram))  # type: ignore[union-attr]
    hand.window.levels.go("stage1")
    hand.window.scene.perform(MoveBlocks({"layer1": (0, 333)}))
    QApplication.processEvents()
    assert len(hand.window.session.sent_of(m.SetDiagram)) == sent  # type: ignore[union-attr]
    hand.window.scene.select({"layer1"})
    hand.press(Key.Key_Delete)
    assert len(hand.window.session.sent_of(m.SetDiagram)) == sent + 1  # type: ignore[union-attr]


def test_a_part_cannot_be_put_into_itself(hand: Hand) -> None:
    _show(hand, _nested())
    window, before = hand.window, hand.window.document.diagram
    window.levels.go("stage1/layer1")
    hand.drop("part:stage", hand.at(0, 200))
    assert window.document.diagram is before
    assert "contains itself" in window.status.currentMessage()


def test_a_copied_use_brings_its_part_into_another_diagram(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    window.scene.select({"stage1"})
    hand.press(Key.Key_C, Ctrl)
    assert set(json.loads(QGuiApplication.clipboard().text())["parts"]) == {"stage", "layer"}
    _show(hand, _chain())
    hand.press(Key.Key_V, Ctrl)
    diagram = window.document.diagram
    assert set(diagram.parts) == {"stage", "layer"} and diagram.blocks["stage1"].kind == PART
    hand.press(Key.Key_Z, Ctrl)
    assert not window.document.diagram.parts


# --- pins ------------------------------------------------------------------------------------------------------------


def test_pins_are_offered_inside_only_and_appear_at_every_use(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    assert not {"inlet", "outlet"} & set(window.library.kinds())
    window.view.new_blocks.add("inlet")
    assert "open a part" in window.status.currentMessage()
    window.levels.go("stage1")
    assert window.library.kinds()[:2] == ("inlet", "outlet")
    hand.drop("inlet", hand.at(-100, 200))
    hand.drop("outlet", hand.at(300, 200))
    assert [window.scene.part, *window.scene.selected] == ["stage", "y1"]
    hand.connect(Wire(Pin("layer1", "y"), Pin("y1", "z")))
    window.levels.go("")
    form = window.scene.blocks["stage2"].face.form
    assert set(form.ports) == {"z", "z1"} and set(form.rings) == {"y", "y1"}
    assert window.scene.blocks["stage2"].face.named == ("z", "z1", "y", "y1")
    assert window.scene.blocks["stage2"].face.form == window.scene.blocks["stage1"].face.form


def test_a_pin_is_renamed_where_it_stands_and_keeps_its_wires(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    window.levels.go("stage1")
    _double_click(hand, "z")
    _name(hand, "picture")
    diagram = window.document.diagram
    assert Wire(Pin("x", "y"), Pin("stage1", "picture")) in diagram.wires
    assert Wire(Pin("stage1", "y"), Pin("stage2", "picture")) in diagram.wires
    assert window.scene.blocks["picture"].face.rings == {"y": "picture"}
    window.scene.select({"y"})
    field = window.inspector.block.name
    QTest.keyClick(field, Key.Key_A, Ctrl)
    QTest.keyClicks(field, "out")
    QTest.keyClick(field, Key.Key_Return)
    assert Wire(Pin("stage1", "out"), Pin("stage2", "picture")) in window.document.diagram.wires


def test_nothing_leaves_an_outlet_and_wires_enter_it(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    window.levels.go("stage1/layer1")
    outlet, before = window.scene.blocks["y"], window.document.diagram
    assert not outlet.face.form.rings and set(outlet.face.form.ports) == {"z"}
    assert outlet.face.text == "y"
    hand.connect(Wire(Pin("linear1", "y"), Pin("y", "z")))
    part = window.document.diagram.parts["layer"]
    assert part.inputs[Pin("y", "z")] == Pin("linear1", "y")
    assert window.document.diagram != before


# --- reports and frames ------------------------------------------------------------------------------------------------


def _report() -> Report:
    counts = {f"stage{s}/layer{n}/linear1": Counts(6, 4) for s in (1, 2) for n in (1, 2)}
    parts = {f"stage{s}": Counts(12, 8) for s in (1, 2)}
    parts |= {f"stage{s}/layer{n}": Counts(6, 4) for s in (1, 2) for n in (1, 2)}
    shapes = {Pin("stage1", "y"): (-1, 2), Pin("stage1/layer2/linear1", "y"): (-1, 2)}
    return Report(shapes=shapes, counts=counts, parts=parts, trainable=True)


def _snapshot(version: int, diagram: Diagram) -> Snapshot:
    flat = flatten(diagram).diagram
    flows = {wire: Flow(1.0, 10.0**-k) for k, wire in enumerate(flat.wires)}
    variables = {wire.source: Flow(2.0, 0.5) for wire in flat.wires}
    return Snapshot(version, 3, 0.1, 0.7, flows=flows, variables=variables, playing=True)


def test_reports_and_frames_are_those_of_the_shown_level(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    version = _start(hand)
    tell(hand.window, m.Compiled(version, _report()))
    tell(hand.window, _snapshot(version, window.document.diagram))
    shown = window.scene.pulses.snapshot
    assert shown is not None and set(shown.flows) == set(window.document.diagram.wires)
    assert window.scene.report.counts["stage1"] == Counts(12, 8)
    assert window.scene.blocks["stage1"].face.shapes == {"y": "64×2"}
    window.levels.go("stage1/layer2")
    shown = window.scene.pulses.snapshot
    assert shown is not None and Wire(Pin("linear1", "y"), Pin("tanh1", "z")) in shown.flows
    assert window.scene.report.counts == {"linear1": Counts(6, 4)}
    tell(hand.window, _snapshot(version, window.document.diagram))
    shown = window.scene.pulses.snapshot
    assert shown is not None and set(shown.flows) == set(window.scene.diagram.wires)
    window.scene.select({"linear1"})
    assert "6 weights" in window.inspector.block.counts.text()


def test_a_diagram_is_expanded_once_for_all_frames(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    import app.levels as module

    calls: list[Diagram] = []

    def counting(diagram: Diagram) -> Any:
        calls.append(diagram)
        return expanded(diagram)

    monkeypatch.setattr(module, "expanded", counting)
    _show(hand, _nested())
    version = _start(hand)
    tell(hand.window, m.Compiled(version, _report()))
    for path in ("", "stage1", "stage1/layer2"):
        hand.window.levels.go(path)
        for _ in range(5):
            tell(hand.window, _snapshot(version, hand.window.document.diagram))
    hand.window.scene.perform(MoveBlocks({"linear1": (0, 50)}))
    tell(hand.window, _snapshot(version, hand.window.document.diagram))
    assert len(calls) == 1


def test_the_next_problem_is_shown_inside_its_part(hand: Hand) -> None:
    from graph.problem import Problem

    _show(hand, _nested())
    version = _start(hand)
    wrong = Problem("stage2/layer1/linear1.units", "units must be larger.")
    tell(hand.window, m.Compiled(version, Report(problems=(wrong,))))
    assert hand.window.scene.blocks["stage2"].face.errors
    assert not hand.window.scene.blocks["stage1"].face.errors
    hand.press(Key.Key_F8)
    assert hand.window.levels.path == "stage2/layer1"
    assert hand.window.scene.selected == {"linear1"}


def test_figures_are_asked_of_the_blocks_that_the_shown_level_means(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    window.docks["pictures"].show()
    window.docks["pictures"].raise_()
    QApplication.processEvents()
    asked = [{ask.block for ask in window.figures.views["pictures"].asks()}]
    for path, name in (("", "stage1"), ("stage2", "layer1"), ("stage2/layer1", "linear1")):
        window.levels.go(path)
        window.scene.select({name})
        asked.append({ask.block for ask in window.figures.views["pictures"].asks()})
    assert asked == [
        {""},  # whatever suits
        {"stage1/layer2/tanh1"},
        {"stage2/layer1/tanh1"},
        {"stage2/layer1/linear1"},
    ]
    window.docks["gradients"].show()
    window.docks["gradients"].raise_()
    QApplication.processEvents()
    window.levels.go("stage2/layer2")
    rows = window.figures.views["gradients"]._names  # type: ignore[attr-defined]
    assert rows["stage2/layer2/linear1"] == "w₀" and rows["stage2/layer2/linear1.y"] == "s₁"


# --- panels ------------------------------------------------------------------------------------------------------------


def test_the_inspector_of_a_use_tells_and_shares(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    version = _start(hand)
    tell(hand.window, m.Compiled(version, _report()))
    hand.pick("stage1")
    page = window.inspector.block
    assert page.title.text() == "stage1 · part stage"
    assert page.part.uses.text() == "used 2 times: an edit inside changes all of them"
    assert page.part.pins.text() == "z → y [64, 2]"
    assert page.counts.text() == "12 weights · 8 MACs"
    assert [page.weights.itemText(k) for k in range(page.weights.count())] == [
        "its own",
        "stage2",
    ]
    page.weights.setFocus()
    QTest.keyClicks(page.weights, "st")
    page.weights.activated.emit(page.weights.currentIndex())
    assert window.document.diagram.blocks["stage1"].shares == "stage2"
    assert window.scene.blocks["stage1"].face.copied
    hand.click(page.part.buttons["open"])
    assert window.levels.path == "stage1"
    assert window.inspector.whole.title.text() == "Inside a part"
    assert not window.inspector.whole.recipe.isVisible()


def test_the_outline_nests_and_its_rows_lead_inside(hand: Hand) -> None:
    _show(hand, _nested())
    window, outline = hand.window, hand.window.outline
    window.docks["outline"].show()
    window.docks["outline"].raise_()
    QApplication.processEvents()
    top = {outline.topLevelItem(k).text(0).split()[0]: k for k in range(5)}  # type: ignore[union-attr]
    row = outline.topLevelItem(top["stage1"])
    assert row is not None and row.text(1) == "part stage" and row.childCount() == 0
    outline.setCurrentItem(row)
    QTest.keyClick(outline, Key.Key_Right)
    assert row.isExpanded()
    names = [row.child(k).text(0).split()[0] for k in range(row.childCount())]
    assert names == ["z", "layer1", "layer2", "y"]
    row.child(2).setExpanded(True)
    outline.scrollToItem(row.child(2).child(1))
    where = outline.visualItemRect(row.child(2).child(1)).center()
    QTest.mouseClick(outline.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert window.levels.path == "stage1/layer2" and window.scene.selected == {"linear1"}
    window.levels.go("stage2/layer1")
    window.scene.select({"tanh1"})
    (shown,) = outline.selectedItems()
    assert shown.text(0).startswith("tanh1") and shown.parent().text(0).startswith("layer1")


# --- the palette and published parts ------------------------------------------------------------------------------------


def test_the_palette_offers_the_parts_of_the_diagram(hand: Hand) -> None:
    _show(hand, _nested())
    window = hand.window
    assert window.library.kinds()[:2] == ("part:layer", "part:stage")
    hand.drop("part:layer", hand.at(0, 200))
    assert window.document.diagram.blocks["layer1"].settings["part"] == "layer"
    _show(hand, _chain())
    assert not any(kind.startswith("part:") for kind in window.library.kinds())


def test_delete_on_its_row_takes_an_unused_part_away(hand: Hand) -> None:
    _show(hand, _nested())
    window, rows = hand.window, hand.window.library.list

    def press_delete() -> None:
        rows.setCurrentItem(hand.row("part:stage"))
        rows.setFocus()
        QTest.keyClick(rows, Key.Key_Delete)

    window.scene.select({"stage2"})
    press_delete()
    assert "2 blocks use the part stage" in window.status.currentMessage()
    assert "stage2" in window.document.diagram.blocks  # what is selected is not deleted
    window.scene.select({"stage1", "stage2"})
    window.view.setFocus()
    hand.press(Key.Key_Delete)
    press_delete()
    assert list(window.document.diagram.parts) == ["layer"]
    hand.press(Key.Key_Z, Ctrl)
    assert "part:stage" in window.library.kinds()


def test_a_published_part_is_used_in_another_diagram(hand: Hand, tmp_path: Path) -> None:
    _show(hand, _nested())
    window = hand.window
    window.scene.select({"stage1"})
    hand.click(window.inspector.block.part.buttons["publish"])
    assert set(load(tmp_path / "parts" / "stage.gradboard").parts) == {"layer"}
    until(lambda: "file:stage" in window.library.kinds(), "My parts are listed", 5)
    _show(hand, _chain())
    hand.drop("file:stage", hand.at(0, 200))
    diagram = window.document.diagram
    assert set(diagram.parts) == {"stage", "layer"} and diagram.blocks["stage1"].kind == PART
    assert window.document.stack.undoText() == "Add stage1"
    hand.press(Key.Key_Z, Ctrl)
    assert not window.document.diagram.parts


@pytest.mark.parametrize("answer", [True, False])
def test_another_part_of_that_name_is_replaced_only_when_asked(
    hand: Hand, tmp_path: Path, answer: bool
) -> None:
    asked: list[Path] = []
    window = hand.window
    window.visits.may_replace = lambda path: bool(asked.append(path)) or answer  # type: ignore[func-returns-value,method-assign]
    _show(hand, _nested())
    window.levels.go("stage1")
    hand.click(window.inspector.whole.part.buttons["publish"])
    file = tmp_path / "parts" / "stage.gradboard"
    before = file.read_bytes()
    hand.click(window.inspector.whole.part.buttons["publish"])
    assert not asked  # the same part again
    window.scene.select({"layer2"})
    hand.press(Key.Key_Delete)
    window.visits.publish()
    assert asked == [file] and (file.read_bytes() != before) is answer


def test_a_broken_file_is_greyed_and_says_why(hand: Hand, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "bad.gradboard").write_text("{")
    (folder / "two words.gradboard").write_text("{}")
    save(_chain(), folder / "nopins.gradboard")
    library = hand.window.library
    hand.window.offer.look()
    rows = library.list
    until(lambda: rows.item(0).text() == "My parts", "My parts are listed", 5)
    found = {rows.item(k).data(BROKEN): rows.item(k) for k in range(1, 4)}
    assert set(found) == {"file:bad", "file:nopins", "file:two words"}
    assert str(folder / "bad.gradboard") in found["file:bad"].toolTip()
    assert "no inlet and no outlet" in found["file:nopins"].toolTip()
    assert "cannot be the name" in found["file:two words"].toolTip()
    assert not any(kind.startswith("file:") for kind in library.kinds())
    place = rows.visualItemRect(found["file:bad"]).center()
    QTest.mouseDClick(rows.viewport(), Qt.MouseButton.LeftButton, Plain, QPoint(place))
    assert not hand.window.document.diagram.blocks
