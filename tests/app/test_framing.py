"""Frames, comments and muting with real events: draw, drag, resize, write, colour, copy, delete, tidy; undo and redo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.canvas.formula import SIZE, Atom, lay_out, words
from app.canvas.frames import Grip, tint
from app.canvas.note import NoteEditor
from app.canvas.picture import Picture, Shown
from app.theme import BOARD, PAPER, Theme
from graph.diagram import Diagram
from graph.edits import MoveBlocks, SetMuted
from graph.files import from_text, to_text
from graph.frame import Comment, Frame
from graph.framing import MoveFrames, RemoveFrames, ResizeFrame, WidenComment, inside
from tests.app.canvas_bench import Alt, Bench, Left, Plain, Shift, closing, spiral
from tests.app.driving import Ctrl, Hand, like, opened, pixels

__all__ = ["closing"]
Key = Qt.Key


def _framed() -> Diagram:
    """The spiral's net: a frame around linear1 and relu1, another around linear2, and two comments."""
    return spiral().with_drawn(
        [Frame("hidden", (60, -80, 330, 140), "blue"), Frame("", (430, -50, 130, 100), "", "out")],
        [
            Comment("so $\\lambda$", (100, 10, 90), "", "inner"),
            Comment("far\naway", (100, 200, 150), "green"),
        ],
    )


@pytest.fixture
def bench(qapp: Any) -> Bench:
    return Bench(_framed())


@pytest.fixture
def hand(qapp: Any) -> Iterator[Hand]:
    with opened(size=(1500, 900)) as window:
        window.document.load(_framed(), None)
        window.view.set_zoom(1.0)
        window.view.centerOn(350, 60)
        QApplication.processEvents()
        yield Hand(window)


def _frame(diagram: Diagram, name: str) -> Frame:
    return next(f for f in diagram.frames if f.id == name)


def _comment(diagram: Diagram, name: str) -> Comment:
    return next(c for c in diagram.comments if c.id == name)


# --- the mouse -----------------------------------------------------------------------------------------------------


def test_what_can_be_taken_hold_of(bench: Bench) -> None:
    frames = bench.scene.frames
    assert frames.at(QPointF(200, -68), 1.0) == Grip("frame1")
    assert frames.at(QPointF(200, -20), 1.0) is None  # inside, the canvas goes on
    assert frames.at(QPointF(60, -81), 1.0) == Grip("frame1", "lt")
    assert frames.at(QPointF(391, 20), 1.0) == Grip("frame1", "r")
    assert frames.at(QPointF(390, 61), 1.0) == Grip("frame1", "rb")
    assert frames.at(QPointF(150, 210), 1.0) == Grip("comment1")
    assert frames.at(QPointF(249, 215), 1.0) == Grip("comment1", "r")
    assert frames.at(QPointF(600, -300), 1.0) is None


def test_a_frame_is_dragged_by_its_title_with_what_stands_inside(bench: Bench) -> None:
    before = to_text(bench.diagram)
    bench.drag(bench.at(200, -68), bench.at(253, -139))
    assert isinstance(bench.edits[-1], MoveFrames) and len(bench.edits) == 1
    after = bench.diagram
    assert _frame(after, "frame1").rectangle == (110, -150, 330, 140)
    assert after.blocks["linear1"].position == (170, -70)
    assert after.blocks["relu1"].position == (350, -70)
    assert _comment(after, "inner").place == (150, -60, 90)
    for name in ("x", "linear2", "y"):
        assert after.blocks[name].position == spiral().blocks[name].position
    assert bench.scene.frames.selected == {"frame1"} and not bench.scene.selected
    assert bench.scene.blocks["relu1"].pos() == QPointF(350, -70)
    assert to_text(_framed()) == before


def test_alt_leaves_the_grid_and_escape_takes_a_drag_back(bench: Bench) -> None:
    bench.press(bench.at(200, -68))
    bench.move(bench.at(230, -40))
    assert bench.scene.frames.box("frame1").topLeft() != QPointF(60, -80)
    bench.key(Key.Key_Escape)
    assert bench.scene.frames.box("frame1").topLeft() == QPointF(60, -80)
    assert bench.scene.blocks["relu1"].pos() == QPointF(300, 0)
    bench.release(bench.at(230, -40))
    assert not bench.edits
    bench.press(bench.at(200, -68), held=Alt)
    bench.hover(bench.at(213, -68), held=Alt, buttons=Left)
    bench.release(bench.at(213, -68), held=Alt)
    assert _frame(bench.diagram, "frame1").rectangle[0] == 73


def test_edges_and_corners_resize_and_what_is_inside_stays(bench: Bench) -> None:
    bench.drag(bench.at(390, 60), bench.at(421, 99))
    assert bench.edits[-1] == ResizeFrame("frame1", (60, -80, 360, 180))
    bench.drag(bench.at(60, -10), bench.at(900, -10))  # not narrower than can be taken hold of
    assert _frame(bench.diagram, "frame1").rectangle == (380, -80, 40, 180)
    assert bench.diagram.blocks == spiral().blocks
    bench.drag(bench.at(250, 215), bench.at(320, 260))
    assert bench.edits[-1] == WidenComment("comment1", 220)
    bench.drag(bench.at(320, 215), bench.at(50, 215))
    assert _comment(bench.diagram, "comment1").place[2] == 60


def test_blocks_and_frames_are_selected_and_moved_together(bench: Bench) -> None:
    bench.click(bench.at(480, 0))
    bench.click(bench.at(150, 210), Shift)
    assert bench.scene.selected == {"linear2"} and bench.scene.frames.selected == {"comment1"}
    bench.drag(bench.at(480, 0), bench.at(500, 40))
    assert bench.diagram.blocks["linear2"].position == (500, 40)
    assert _comment(bench.diagram, "comment1").place == (120, 240, 150)
    bench.key(Key.Key_Right)
    bench.key(Key.Key_Right)
    assert bench.diagram.blocks["linear2"].position == (520, 40)
    assert _comment(bench.diagram, "comment1").place == (140, 240, 150)
    assert bench.edits[-1].merges_with(bench.edits[-2])
    bench.click(bench.at(700, -300))
    assert not bench.scene.frames.selected


def test_a_band_still_starts_inside_a_frame(bench: Bench) -> None:
    bench.drag(bench.at(72, -45), bench.at(385, 55))
    assert bench.scene.selected == {"linear1", "relu1"} and not bench.edits


def test_a_band_around_a_frame_selects_it_with_all_it_holds(bench: Bench) -> None:
    scene = bench.scene
    bench.drag(bench.at(40, -110), bench.at(410, 80))
    assert scene.selected == {"linear1", "relu1"} and not bench.edits
    assert scene.frames.selected == {"frame1", "inner"}
    bench.drag(bench.at(420, -70), bench.at(500, 80))  # half of another
    assert scene.selected == {"linear2"} and not scene.frames.selected
    bench.drag(bench.at(90, 190), bench.at(130, 260))  # a comment is touched as a block is
    assert not scene.selected and scene.frames.selected == {"comment1"}


def test_shift_adds_to_blocks_frames_and_wires(bench: Bench) -> None:
    scene = bench.scene
    line = next(w for w in bench.diagram.wires if w.target.block == "linear2")
    scene.select({"x"}, {line}, {"comment1"})
    bench.press(bench.at(40, -110), held=Shift)
    bench.hover(bench.at(410, 80), held=Shift, buttons=Left)
    assert scene.selected == {"x", "linear1", "relu1"}
    assert scene.frames.selected == {"comment1", "frame1", "inner"}
    assert scene.selected_wires == {line}
    bench.key(Key.Key_Escape)
    bench.release(bench.at(410, 80), held=Shift)
    assert scene.selected == {"x"} and scene.frames.selected == {"comment1"}
    assert scene.selected_wires == {line}
    bench.click(bench.at(480, 0), Shift)
    assert scene.selected == {"x", "linear2"} and scene.frames.selected == {"comment1"}
    bench.click(bench.at(480, 0), Shift)
    assert scene.selected == {"x"} and scene.frames.selected == {"comment1"}
    assert scene.selected_wires == {line}


def test_what_a_band_took_moves_once_and_goes_whole(bench: Bench) -> None:
    before = to_text(bench.diagram)
    bench.drag(bench.at(40, -110), bench.at(410, 80))
    bench.drag(bench.at(120, 0), bench.at(150, 60))  # by a block in it
    after = bench.diagram
    assert isinstance(bench.edits[-1], MoveFrames) and len(bench.edits) == 1
    assert _frame(after, "frame1").rectangle == (90, -20, 330, 140)
    assert after.blocks["linear1"].position == (150, 60)
    assert after.blocks["relu1"].position == (330, 60)
    assert _comment(after, "inner").place == (130, 70, 90)
    bench.drag(bench.at(200, -8), bench.at(170, -68))  # and back by its title
    assert to_text(bench.diagram) == before
    bench.key(Key.Key_Delete)
    assert not {"linear1", "relu1"} & bench.diagram.blocks.keys() and len(bench.edits) == 3
    assert [thing.id for thing in bench.diagram.notes] == ["out", "comment1"]


def test_delete_removes_the_frame_and_leaves_the_blocks(bench: Bench) -> None:
    bench.click(bench.at(200, -68))
    bench.key(Key.Key_Delete)
    assert bench.edits == [RemoveFrames(("frame1",))] and len(bench.diagram.blocks) == 7
    bench.scene.select_all()
    bench.key(Key.Key_Delete)
    assert bench.diagram == Diagram() and len(bench.edits) == 2


def test_the_cursor_tells_what_would_happen(bench: Bench) -> None:
    shapes = Qt.CursorShape
    for place, shape in (
        ((200, -68), shapes.OpenHandCursor),
        ((391, 20), shapes.SizeHorCursor),
        ((200, 60), shapes.SizeVerCursor),
        ((390, 60), shapes.SizeFDiagCursor),
        ((200, -45), shapes.ArrowCursor),
    ):
        bench.hover(bench.at(*place))
        assert bench.view.viewport().cursor().shape() == shape, place


# --- writing -------------------------------------------------------------------------------------------------------


def _double_click(bench: Bench, x: float, y: float) -> None:
    QTest.mouseDClick(bench.view.viewport(), Left, Plain, bench.at(x, y))
    QApplication.processEvents()


def test_a_title_is_written_in_place(bench: Bench) -> None:
    _double_click(bench, 300, -68)
    line = bench.view.viewport().findChild(QLineEdit)
    assert line is not None and line.text() == "hidden"
    QTest.keyClicks(line, "stage one")
    QTest.keyClick(line, Key.Key_Return)
    assert _frame(bench.diagram, "frame1").title == "stage one"
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    _double_click(bench, 300, -68)
    line = bench.view.viewport().findChild(QLineEdit)
    assert line is not None
    QTest.keyClicks(line, "never")
    QTest.keyClick(line, Key.Key_Escape)
    assert len(bench.edits) == 1


def _editor(bench: Bench) -> NoteEditor:
    found = [e for e in bench.view.viewport().findChildren(NoteEditor) if e.isVisible()]
    assert len(found) == 1
    return found[0]


def test_a_comment_is_written_in_place(bench: Bench) -> None:
    _double_click(bench, 150, 215)
    editor = _editor(bench)
    assert editor.toPlainText() == "far\naway"
    QTest.keyClicks(editor, "one")
    QTest.keyClick(editor, Key.Key_Return)
    QTest.keyClicks(editor, "$w_1$")
    QTest.keyClick(editor, Key.Key_Return, Ctrl)
    assert _comment(bench.diagram, "comment1").text == "one\n$w_1$" and len(bench.edits) == 1
    _double_click(bench, 150, 215)
    QTest.keyClicks(_editor(bench), "never")
    QTest.keyClick(_editor(bench), Key.Key_Escape)
    assert len(bench.edits) == 1
    _double_click(bench, 150, 215)
    QTest.keyClicks(_editor(bench), "by a click elsewhere")
    bench.click(bench.at(700, -300))
    assert _comment(bench.diagram, "comment1").text == "by a click elsewhere"
    _double_click(bench, 150, 215)
    QTest.keyClick(_editor(bench), Key.Key_Delete)  # all of it is selected
    QTest.keyClick(_editor(bench), Key.Key_Return, Ctrl)
    assert bench.edits[-1] == RemoveFrames(("comment1",))


def test_text_is_text_and_a_million_characters_are_cut(bench: Bench) -> None:
    _double_click(bench, 150, 215)
    QGuiApplication.clipboard().setText("<b>x</b>" + "y" * 1_000_000)
    _editor(bench).paste()
    QTest.keyClick(_editor(bench), Key.Key_Return, Ctrl)
    text = _comment(bench.diagram, "comment1").text
    assert text.startswith("<b>x</b>yyy") and len(text) == 2_000
    bench.shot()


# --- formulas ------------------------------------------------------------------------------------------------------


def _shown(text: str) -> list[tuple[str, int]]:
    return [(atom.text, atom.level) for line in words(text) for word in line for atom in word]


@pytest.mark.parametrize(
    ("text", "atoms"),
    [
        ("a $w_1$", [("a", 0), ("w", 0), ("1", -1)]),
        ("$\\sum_i w_{ij}^2$", [("∑", 0), ("i", -1), ("w", 0), ("ij", -1), ("2", 1)]),
        ("$\\partial C/\\partial w$", [("∂C/∂w", 0)]),
        ("$\\lambda\\|w\\|^{-2}$", [("λ‖w‖", 0), ("−2", 1)]),
        ("$\\bar{y}$ $\\hat y$", [("y\u0304", 0), ("y\u0302", 0)]),
        ("$e^{\\beta_k}$", [("e", 0), ("βk", 1)]),
        ("costs 5$", [("costs", 0), ("5$", 0)]),
        ("$\\unknown{x}$", [("\\unknownx", 0)]),
        ("<i>no</i> \\lambda a_1", [("<i>no</i>", 0), ("\\lambda", 0), ("a_1", 0)]),
    ],
)
def test_what_a_formula_shows(text: str, atoms: list[tuple[str, int]]) -> None:
    assert _shown(text) == atoms


def test_formulas_are_italic_and_indices_small() -> None:
    plain, letter, index = (atom for line in words("a $w_1$") for word in line for atom in word)
    assert (plain.italic, letter.italic, index.italic) == (False, True, True)
    assert letter.size == SIZE > index.size


def _wide(atom: Atom) -> float:
    return 10.0 * len(atom.text)


def test_lines_are_broken_between_words_and_in_too_long_ones() -> None:
    runs, height = lay_out("one two three\n\n" + "x" * 25, 100.0, _wide)
    rows: dict[float, list[str]] = {}
    for run in runs:
        rows.setdefault(run.y, []).append(run.atom.text)
    assert list(rows.values()) == [["one", "two"], ["three"], ["x" * 10], ["x" * 10], ["x" * 5]]
    assert height == 6 * 20.0
    assert all(run.x + _wide(run.atom) <= 100.0 for run in runs)


def test_any_text_is_laid_out() -> None:
    random = np.random.default_rng(0)
    signs = list("$_^{}\\ ab\n") + ["\\bar", "\\sum", "ü", "\u20d7"]
    for _ in range(3_000):
        text = "".join(random.choice(signs, random.integers(0, 25)))
        runs, height = lay_out(text, 60.0, _wide)
        assert height >= 20.0 and all(run.atom.text for run in runs)


# --- how it looks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda t: t.name)
def test_frames_lie_behind_and_have_their_colour(qapp: Any, theme: Theme) -> None:
    bench = Bench(_framed(), theme)
    plain = QColor(theme.background)
    blue, grey = bench.color(80, 50), bench.color(440, 40)
    assert blue != plain and grey != plain and blue != grey
    strip = bench.color(385, -62)
    assert abs(strip.lightness() - plain.lightness()) > abs(blue.lightness() - plain.lightness())
    assert bench.color(95, 0).name() == theme.background  # a block is painted over it
    card = bench.color(200, 205)
    assert card.name() == tint("green", theme).card.name()
    assert _contrast(theme.text, card.name()) > 4.5
    assert _contrast(theme.text, strip.name()) > 4.5


def _contrast(one: str, other: str) -> float:
    """The ratio of the Web Content Accessibility Guidelines."""

    def luminance(color: str) -> float:
        parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_muted_block_is_pale_and_struck_out(bench: Bench) -> None:
    rim = bench.color(250, -28).name(), bench.color(262, -28).name()
    bench.do(SetMuted(("relu1",), True))
    pale = bench.color(262, -28)
    assert pale.lightness() > 150 and pale.name() not in rim
    assert like(_array(bench), PAPER.muted).any() and bench.scene.blocks["relu1"].face.muted
    bench.do(SetMuted(("relu1", "x"), False))
    assert bench.color(262, -28).name() == rim[1]
    bench.do(SetMuted(("x",), True))  # in a file; a variable has a value of its own
    assert not bench.scene.blocks["x"].face.muted


def _array(bench: Bench) -> Any:
    return pixels(bench.view.viewport())


def test_frames_are_in_pictures_whole_and_of_a_selection(qapp: Any) -> None:
    whole = Picture(Shown(_framed(), PAPER)).rect
    assert whole.contains(100, 200) and whole.bottom() > 240
    part = Picture(Shown(_framed(), PAPER, ids=frozenset({"linear1", "relu1"}))).rect
    assert part.contains(60, -80) and part.contains(390, 60) and not part.contains(520, 50)
    text = Picture(Shown(_framed(), PAPER)).file(".svg").decode()
    assert "hidden" in text and "λ" in text


def test_frame_all_shows_them_and_the_map_has_them(bench: Bench) -> None:
    bench.do(ResizeFrame("out", (430, -50, 130, 2_000)))
    bench.view.frame_all()
    assert bench.view.seen().contains(bench.scene.frames.box("out"))
    assert bench.view._minimap._wanted().contains(bench.scene.frames.box("out"))


# --- in the window -------------------------------------------------------------------------------------------------


def test_ctrl_j_frames_the_selection_and_asks_for_a_title(hand: Hand) -> None:
    window = hand.window
    window.scene.select({"x", "linear1"})
    hand.press(Key.Key_J, Ctrl)
    line = hand.port.findChild(QLineEdit)
    assert line is not None and line.hasFocus()
    QTest.keyClicks(line, "input")
    QTest.keyClick(line, Key.Key_Return)
    made = window.document.diagram.frames[-1]
    assert made.title == "input" and window.scene.frames.selected == {made.id}
    x, y, width, height = made.rectangle
    for name in ("x", "linear1"):
        at = window.scene.bounds((name,))
        assert (
            x < at.left() and at.right() < x + width and y < at.top() and at.bottom() < y + height
        )
    window.document.undo()
    window.document.undo()
    assert window.document.diagram == _framed()


def test_a_comment_comes_to_the_mouse(hand: Hand) -> None:
    QTest.mouseMove(hand.port, hand.at(500, 250))
    QApplication.processEvents()
    hand.press(Key.Key_Slash, Ctrl)
    (editor,) = (e for e in hand.port.findChildren(NoteEditor) if e.isVisible())
    QTest.keyClicks(editor, "$\\nabla C$")
    QTest.keyClick(editor, Key.Key_Return, Ctrl)
    made = hand.window.document.diagram.comments[-1]
    assert made == Comment("$\\nabla C$", (500, 250, 240), "", "comment2")
    hand.press(Key.Key_Slash, Ctrl)
    (editor,) = (e for e in hand.port.findChildren(NoteEditor) if e.isVisible())
    QTest.keyClick(editor, Key.Key_Return, Ctrl)
    assert len(hand.window.document.diagram.comments) == 3  # nothing was written


def test_the_inspector_titles_colours_and_edits(hand: Hand) -> None:
    window = hand.window
    page = window.inspector.note
    assert not page.isVisible()
    QTest.mouseClick(hand.port, Left, Plain, hand.at(300, -68))
    assert page.isVisible() and page.title.text() == "Frame · 2 blocks"
    QTest.keyClick(page.line, Key.Key_A, Ctrl)
    QTest.keyClicks(page.line, "first")
    QTest.keyClick(page.line, Key.Key_Return)
    hand.click(page.colors["orange"])
    frame = _frame(window.document.diagram, "frame1")
    assert (frame.title, frame.color) == ("first", "orange")
    assert page.colors["orange"].isChecked() and not page.colors["blue"].isChecked()
    hand.click(page.colors["grey"])
    assert _frame(window.document.diagram, "frame1").color == ""
    QTest.mouseClick(hand.port, Left, Plain, hand.at(150, 210))
    assert page.text.isVisible() and page.text.toPlainText() == "far\naway"
    page.text.setFocus()
    page.text.selectAll()
    QTest.keyClicks(page.text, "near")
    QTest.keyClick(page.text, Key.Key_Return, Ctrl)
    assert _comment(window.document.diagram, "comment1").text == "near"
    hand.pick("relu1")
    assert not page.isVisible() and window.inspector.block.isVisible()


def test_f2_writes_in_what_is_selected(hand: Hand) -> None:
    hand.window.scene.select((), frames={"frame1"})
    hand.press(Key.Key_F2)
    assert hand.port.findChild(QLineEdit) is not None


def test_frames_are_copied_with_their_blocks(hand: Hand) -> None:
    window = hand.window
    window.scene.select({"linear1", "relu1"})
    hand.press(Key.Key_D, Ctrl)
    after = window.document.diagram
    assert [f.id for f in after.frames] == ["frame1", "out", "frame2"]
    assert [c.text for c in after.comments] == ["so $\\lambda$", "far\naway", "so $\\lambda$"]
    assert _frame(after, "frame2").rectangle == (100, -40, 330, 140)
    assert window.scene.frames.selected == {"frame2", "inner1"}
    window.scene.select((), frames={"comment1"})
    hand.press(Key.Key_X, Ctrl)
    assert "comment1" not in {c.id for c in window.document.diagram.comments}
    hand.press(Key.Key_V, Ctrl)
    assert window.document.diagram.comments[-1].text == "far\naway"
    assert from_text(QGuiApplication.clipboard().text()).comments[0].text == "far\naway"


def test_tidy_takes_frames_along_in_one_step(hand: Hand) -> None:
    window = hand.window
    before = to_text(window.document.diagram)
    hand.press(Key.Key_L, Ctrl)
    QTest.qWait(700)  # it may be animated
    after = window.document.diagram
    frame = _frame(after, "frame1").rectangle
    for name in ("linear1", "relu1"):
        x, y = after.blocks[name].position
        assert frame[0] < x < frame[0] + frame[2] and frame[1] < y < frame[1] + frame[3]
    window.document.undo()
    assert to_text(window.document.diagram) == before


def test_what_a_band_took_is_copied_and_pasted_whole(hand: Hand) -> None:
    window = hand.window
    hand.drag(hand.at(40, -110), hand.at(410, 80))
    hand.press(Key.Key_C, Ctrl)
    QTest.mouseMove(hand.port, hand.at(300, 351))
    QTest.mouseMove(hand.port, hand.at(300, 350))
    QApplication.processEvents()
    hand.press(Key.Key_V, Ctrl)
    after = window.document.diagram
    assert len(after.blocks) == 9 and [f.title for f in after.frames] == ["hidden", "", "hidden"]
    new = after.frames[-1]
    x, y, width, height = new.rectangle
    held = {n for n, b in after.blocks.items() if x < b.position[0] < x + width and y < b.position[1] < y + height}  # fmt: skip
    assert held == window.scene.selected and len(held) == 2
    assert window.scene.frames.selected == {new.id, after.comments[-1].id}
    assert after.comments[-1].text == "so $\\lambda$"
    window.document.undo()
    assert window.document.diagram == _framed()


def test_the_inspector_shows_blocks_and_the_frame_around_them(hand: Hand) -> None:
    window = hand.window
    hand.drag(hand.at(40, -110), hand.at(410, 80))
    inspector = window.inspector
    assert inspector.many.isVisible() and inspector.many.text() == "2 blocks selected"
    assert inspector.note.isVisible() and not inspector.whole.isVisible()
    hand.click(inspector.note.colors["green"])
    assert _frame(window.document.diagram, "frame1").color == "green"
    assert _comment(window.document.diagram, "inner").color == "green"


def test_tidy_of_a_selected_frame_is_of_what_it_holds(hand: Hand) -> None:
    window = hand.window
    window.document.do(MoveBlocks({"relu1": (120.0, 20.0), "linear1": (330.0, -20.0)}))
    before = window.document.diagram
    QTest.mouseClick(hand.port, Left, Plain, hand.at(200, -68))
    hand.press(Key.Key_L, Ctrl)
    window.scene.gliding.rest()
    after = window.document.diagram
    moved = {n for n, b in after.blocks.items() if b.position != before.blocks[n].position}
    assert moved == {"linear1", "relu1"}
    assert after.blocks["linear1"].position[0] < after.blocks["relu1"].position[0]
    held = inside(after, _frame(after, "frame1"))
    assert held == ({"linear1", "relu1"}, {"inner"})


def test_frames_and_comments_glide_with_their_blocks(hand: Hand) -> None:
    window, scene = hand.window, hand.window.scene
    window.document.do(MoveBlocks({"relu1": (120.0, 20.0), "linear1": (330.0, -20.0)}))
    before = scene.frames.box("frame1")
    hand.press(Key.Key_L, Ctrl)
    end = QRectF(*_frame(window.document.diagram, "frame1").rectangle)
    assert end != before
    if scene.gliding.is_running:
        assert scene.frames.box("frame1") != end
    scene.gliding.rest()
    assert scene.frames.box("frame1") == end
    scene.pulses.motion = False
    window.document.undo()
    hand.press(Key.Key_L, Ctrl)
    assert not scene.gliding.is_running and scene.frames.box("frame1") == end


def test_m_mutes_and_unmutes_in_one_step(hand: Hand) -> None:
    window = hand.window
    window.scene.select({"x", "linear1", "relu1"})
    hand.press(Key.Key_M)
    blocks = window.document.diagram.blocks
    assert [n for n, b in blocks.items() if b.muted] == ["linear1", "relu1"]
    window.scene.select({"relu1"})
    assert window.inspector.block.title.text().endswith("· muted")
    hand.press(Key.Key_M)
    assert not window.document.diagram.blocks["relu1"].muted
    window.scene.select({"linear1", "relu1"})
    hand.press(Key.Key_M)  # one of them is not muted yet: now both are
    assert all(window.document.diagram.blocks[n].muted for n in ("linear1", "relu1"))
    for _ in range(3):
        window.document.undo()
    assert window.document.diagram == _framed()
    window.scene.select({"x"})
    hand.press(Key.Key_M)
    assert window.document.diagram == _framed()
    assert "cannot be left out" in window.status.currentMessage()


def test_shift_m_shows_and_hides_the_map(hand: Hand) -> None:
    was = hand.window.view.minimap
    hand.press(Key.Key_M, Shift)
    assert hand.window.view.minimap is not was


def test_undo_and_redo_of_gestures_give_the_same_bytes(hand: Hand) -> None:
    document = hand.window.document
    texts = [to_text(document.diagram)]
    hand.drag(hand.at(200, -68), hand.at(240, -100))
    texts.append(to_text(document.diagram))
    hand.drag(hand.at(430, 28), hand.at(460, 60))
    texts.append(to_text(document.diagram))
    hand.press(Key.Key_Delete)
    texts.append(to_text(document.diagram))
    assert len(set(texts)) == 4
    for text in reversed(texts[:-1]):
        document.undo()
        assert to_text(document.diagram) == text
    for text in texts[1:]:
        document.redo()
        assert to_text(document.diagram) == text
