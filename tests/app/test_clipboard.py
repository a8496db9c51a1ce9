"""Pasting what is not text: pictures that carry a diagram, files that were copied, and everything that is to be refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from app.canvas.picture import Picture, Shown
from app.theme import PAPER
from app.window import MainWindow
from graph.diagram import Block, Diagram
from graph.edit import Together
from graph.files import load, save, to_text
from graph.frame import Comment, Frame
from graph.framing import AddComment, AddFrame
from graph.grouping import Group
from graph.pictures import png_with
from tests.app.canvas_bench import block, diagram, spiral
from tests.app.driving import Ctrl, Hand, Shift, opened
from tests.app.xscreen import XScreen, wait

START = diagram((block("tanh1", "tanh", 0, 0),))


@pytest.fixture(scope="module")
def only_window(qapp: Any) -> Iterator[MainWindow]:
    with opened(size=(1300, 850)) as window:
        yield window


def _open(window: MainWindow, start: Diagram) -> Hand:
    hand = Hand(window)
    QApplication.sendEvent(hand.port, QEvent(QEvent.Type.Leave))
    window.document.load(start, None)
    window.scene.select(())
    window.status.clearMessage()
    window.view.set_zoom(1.0)
    window.view.centerOn(0, 0)
    _turn_to(hand)
    return hand


def _turn_to(hand: Hand) -> None:
    hand.window.activateWindow()
    hand.window.view.setFocus()
    QApplication.processEvents()


@pytest.fixture
def hand(only_window: MainWindow) -> Hand:
    return _open(only_window, START)


def put(**held: bytes) -> None:
    """What another program leaves in the clipboard: bytes by kind, as `image_png`."""
    data = QMimeData()
    for kind, content in held.items():
        data.setData(kind.replace("_", "/", 1).replace("svg", "svg+xml"), QByteArray(content))
    QGuiApplication.clipboard().setMimeData(data)


def test_names_that_are_free_are_kept_and_the_rest_get_a_number(hand: Hand) -> None:
    hand.window.document.load(spiral(), None)
    names = list(spiral().blocks)
    hand.press(Qt.Key.Key_A, Ctrl)
    hand.press(Qt.Key.Key_X, Ctrl)
    hand.press(Qt.Key.Key_V, Ctrl)
    pasted = hand.window.document.diagram
    assert list(pasted.blocks) == names and set(pasted.wires) == set(spiral().wires)
    hand.window.document.load(START, None)
    hand.press(Qt.Key.Key_V, Ctrl)
    assert list(hand.window.document.diagram.blocks) == ["tanh1", *names]
    hand.press(Qt.Key.Key_V, Ctrl)
    again = list(hand.window.document.diagram.blocks)
    assert len(set(again)) == 1 + 2 * len(names) and again[: 1 + len(names)] == ["tanh1", *names]


def _framed() -> Diagram:
    frame = Frame("hidden", (0.0, -90.0, 400.0, 180.0), "blue", "frame1")
    comment = Comment("$\\lambda$", (10.0, 60.0, 120.0), "", "comment1")
    grouped = Group(("linear1", "relu1"), "layer").apply(spiral())
    return Together("Draw", (AddFrame(frame), AddComment(comment))).apply(grouped)


def _picture(of: Diagram) -> Picture:
    return Picture(Shown(of, PAPER, carried=of))


def _screenshot() -> QImage:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("orange"))
    return image


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _form(blocks: Mapping[str, Block], of: Diagram) -> tuple[object, ...]:
    """Kinds, settings, places from the first on, and wires, whatever the names are."""
    order, (x, y) = list(blocks), next(iter(blocks.values())).position
    made = [(b.kind, b.settings, b.position[0] - x, b.position[1] - y) for b in blocks.values()]
    wires = [
        (order.index(w.source.block), w.source.name, order.index(w.target.block), w.target.name)
        for w in of.wires
    ]
    return made, wires


def _bears(hand: Hand, copied: Diagram) -> None:
    """What was copied is here, selected, beside what was there; one undo takes it away."""
    document, scene = hand.window.document, hand.window.scene
    after = document.diagram
    new = {n: b for n, b in after.blocks.items() if n not in START.blocks}
    assert scene.selected == new.keys() and after.parts == copied.parts
    assert _form(new, after) == _form(copied.blocks, copied)
    assert [(f.title, f.color) for f in after.frames] == [(f.title, f.color) for f in copied.frames]
    assert [c.text for c in after.comments] == [c.text for c in copied.comments]
    assert after.recipe == START.recipe
    hand.press(Qt.Key.Key_Z, Ctrl)
    assert to_text(document.diagram) == to_text(START)
    assert not document.stack.canUndo()


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_a_picture_is_pasted_as_its_blocks(hand: Hand, form: str) -> None:
    content = _picture(_framed()).file(f".{form}")
    put(**{{"pdf": "application_pdf"}.get(form, f"image_{form}"): content})
    hand.press(Qt.Key.Key_V, Ctrl)
    _bears(hand, _framed())


def test_it_comes_to_the_mouse(hand: Hand) -> None:
    lone = diagram((block("relu1", "relu", 900, 900),))
    put(image_png=_picture(lone).png())
    at = hand.at(150, 110)
    QApplication.sendEvent(hand.port, QEvent(QEvent.Type.Enter))
    hand.drag(at, at)
    hand.press(Qt.Key.Key_V, Ctrl)
    x, y = hand.window.document.diagram.blocks["relu1"].position
    assert (x, y) == (150.0, 110.0)


def test_copy_as_picture_in_one_window_and_paste_in_another(hand: Hand) -> None:
    with opened(size=(1300, 850)) as window:
        other = _open(window, _framed())
        other.press(Qt.Key.Key_C, Ctrl | Shift)
        _turn_to(hand)
        hand.press(Qt.Key.Key_V, Ctrl)
        _bears(hand, _framed())
        _turn_to(other)
        window.scene.select({"linear2", "cross_entropy1"})
        other.press(Qt.Key.Key_C, Ctrl | Shift)
        _turn_to(hand)
        hand.press(Qt.Key.Key_V, Ctrl)
        after = hand.window.document.diagram
        assert [b.kind for b in after.blocks.values()] == ["tanh", "linear", "cross_entropy"]
        (joined,) = after.wires
        assert (
            joined.target.name == "prediction"
            and after.blocks[joined.source.block].kind == "linear"
        )


def test_a_picture_of_the_selection_has_the_selected_notes(hand: Hand) -> None:
    apart = Comment("far away", (900.0, 700.0, 120.0), "green", "comment2")
    whole = _framed().with_drawn(_framed().frames, (*_framed().comments, apart))
    _open(hand.window, whole)
    hand.window.scene.select({"linear2"}, frames={"comment2"})
    hand.press(Qt.Key.Key_C, Ctrl | Shift)
    svg = bytes(QGuiApplication.clipboard().mimeData().data("image/svg+xml").data()).decode()
    assert ">away<" in svg and ">hidden<" not in svg
    hand.press(Qt.Key.Key_V, Ctrl)
    after = hand.window.document.diagram
    assert len(after.blocks) == len(whole.blocks) + 1
    assert [c.text for c in after.comments][2:] == ["far away"]
    hand.window.scene.select((), frames={"comment2"})  # a comment alone is a selection too
    hand.press(Qt.Key.Key_C, Ctrl | Shift)
    svg = bytes(QGuiApplication.clipboard().mimeData().data("image/svg+xml").data()).decode()
    assert ">away<" in svg and ">x<" not in svg


def test_a_picture_into_a_part_lands_in_the_part(hand: Hand) -> None:
    _open(hand.window, _framed())
    (use,) = (n for n, b in _framed().blocks.items() if b.kind == "part")
    hand.window.levels.enter(use)
    put(image_png=_picture(START).png())
    hand.press(Qt.Key.Key_V, Ctrl)
    assert "tanh1" in hand.window.levels.diagram.blocks
    assert "tanh1" in hand.window.document.diagram.parts["layer"].blocks
    hand.window.levels.climb()


def test_the_text_of_an_svg_file_and_a_copied_file_are_taken(hand: Hand, tmp_path: Path) -> None:
    QGuiApplication.clipboard().setText(_picture(_framed()).svg().decode())
    hand.press(Qt.Key.Key_V, Ctrl)
    _bears(hand, _framed())
    drawn, written = tmp_path / "picture.png", tmp_path / "text.gradboard"
    drawn.write_bytes(_picture(_framed()).png())
    save(_framed(), written)
    for file in (drawn, written):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file))])
        QGuiApplication.clipboard().setMimeData(data)
        hand.press(Qt.Key.Key_V, Ctrl)
        _bears(hand, _framed())


def test_text_beside_a_picture_of_something_else_is_taken(hand: Hand) -> None:
    data = QMimeData()
    data.setImageData(_screenshot())
    data.setText(to_text(_framed()))
    QGuiApplication.clipboard().setMimeData(data)
    hand.press(Qt.Key.Key_V, Ctrl)
    _bears(hand, _framed())


def _damaged() -> bytes:
    content = bytearray(png_with(_png(_screenshot()), to_text(START)))
    content[content.index(b"gradboard") + 30] ^= 255
    return bytes(content)


REFUSED = {
    "screenshot": ({"image_png": _png}, "carries no diagram"),
    "svg": ({"image_svg": lambda _: b"<svg xmlns='http://www.w3.org/2000/svg'/>"}, "no diagram"),
    "rubbish": ({"image_png": lambda _: os.urandom(5_000)}, "no diagram"),
    "damaged": ({"image_png": lambda _: _damaged()}, "damaged"),
    "cut off": ({"image_png": lambda _: _damaged()[:70]}, "diagram"),
    "not a diagram": ({"image_png": lambda shot: png_with(_png(shot), '{"a": 1}')}, "version"),
    "bomb": ({"image_png": lambda shot: png_with(_png(shot), " " * 40_000_000)}, "larger than"),
    "no block": ({"image_png": lambda shot: png_with(_png(shot), to_text(Diagram()))}, "no block"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_picture_without_a_diagram_is_refused_in_one_sentence(hand: Hand, name: str) -> None:
    held, why = REFUSED[name]
    put(**{kind: make(_screenshot()) for kind, make in held.items()})
    for keys in (Ctrl, Ctrl | Shift):
        hand.window.status.clearMessage()
        hand.press(Qt.Key.Key_V, keys)
        said = hand.window.status.currentMessage()
        assert "clipboard" in said and why in said and said.endswith(".") and "\n" not in said
        assert hand.window.document.diagram == START
        assert not hand.window.document.stack.canUndo()


def test_a_plain_image_and_an_empty_clipboard_are_told_apart(hand: Hand) -> None:
    QGuiApplication.clipboard().setImage(_screenshot())
    hand.press(Qt.Key.Key_V, Ctrl)
    assert "picture carries no diagram" in hand.window.status.currentMessage()
    QGuiApplication.clipboard().clear()
    hand.press(Qt.Key.Key_V, Ctrl)
    assert hand.window.status.currentMessage() == "The clipboard is empty."
    assert hand.window.document.diagram == START


# --- two programs on one screen ------------------------------------------------------------------------------------


def _start(screen: XScreen, folder: Path, file: Path) -> subprocess.Popen[bytes]:
    home = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")}
    kept = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.Popen(
        [sys.executable, "-m", "app", str(file), "--theme", "paper"],
        cwd=Path(__file__).parents[2],
        env={**kept, **home, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"},
    )


@pytest.mark.screen
@pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"
)
def test_a_picture_goes_from_one_program_to_another(tmp_path: Path) -> None:
    memory, home = tmp_path / "screen", tmp_path / "home"
    memory.mkdir()
    home.mkdir(mode=0o700)
    source, target = tmp_path / "source.gradboard", tmp_path / "target.gradboard"
    save(_framed(), source)
    save(START, target)
    with XScreen(memory, 1400, 900) as screen:
        programs = [_start(screen, home, file) for file in (source, target)]
        try:
            screen.focus("target.gradboard")
            screen.focus("source.gradboard")
            wait(lambda: _pasted(screen, target), "the blocks in the other file")
            assert load(target).parts == _framed().parts
            assert {c.text for c in load(target).comments} == {"$\\lambda$"}
        finally:
            for program in programs:
                program.kill()
                program.wait(10)


def _pasted(screen: XScreen, target: Path) -> bool:
    """Copies in one window, pastes and saves in the other, until the first is filled and listens."""
    screen.focus("source.gradboard")
    screen.key("ctrl+shift+c")
    screen.focus("target.gradboard")
    screen.key("ctrl+v", "ctrl+s")
    return len(load(target).blocks) > len(START.blocks)
