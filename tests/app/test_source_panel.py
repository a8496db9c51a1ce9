"""The source panel: up to date while it is seen, the selection's lines marked, a click on a line goes to the block."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import gallery
from app.panels.python import READABLE, contrast, inks
from app.panels.source import MARK
from app.theme import BOARD, PAPER, Theme, mixed
from app.window import MainWindow
from graph.edits import SetSetting
from graph.files import load
from runtime import messages as m
from runtime.engine import Engine
from runtime.program import compile
from runtime.snapshot import Report
from runtime.source import written
from tests.app.driving import like, opened, pixels, tell
from tests.app.fake_session import FakeSession


@pytest.fixture
def window(qapp: Any) -> Iterator[MainWindow]:
    with opened(size=(1300, 800)) as window:
        _open(window, "spiral-mlp")
        yield window


def _session(window: MainWindow) -> FakeSession:
    assert isinstance(window.session, FakeSession)
    return window.session


def _open(window: MainWindow, name: str) -> None:
    window.filing.take_unsaved(load(gallery.path(name)), None, name)
    tell(window, m.Ready(("cpu",), "2"))
    _compiled(window)


def _version(window: MainWindow) -> int:
    return int(_session(window).sent_of(m.SetDiagram)[-1].version)


def _compiled(window: MainWindow) -> None:
    tell(window, m.Compiled(_version(window), Report()))


def _show(window: MainWindow) -> None:
    """Opens the panel and answers as the engine does."""
    window.docks["source"].show()
    window.docks["source"].raise_()
    QApplication.processEvents()
    _answer(window)


def _answer(window: MainWindow) -> None:
    found = written(compile(window.document.diagram, device="meta"))
    tell(window, m.SourceText(_version(window), found.text, found.lines))


def _wanted(window: MainWindow) -> int:
    return len(_session(window).sent_of(m.WantSource))


def _marked_lines(window: MainWindow) -> list[str]:
    text = window.source.text.toPlainText().splitlines()
    return [text[number - 1].strip() for number in window.source.marked]


def test_it_asks_only_while_it_is_seen_and_after_every_edit(window: MainWindow) -> None:
    assert _wanted(window) == 0
    _show(window)
    assert _wanted(window) == 1 and window.source.text.isVisible()
    assert "class Diagram(nn.Module)" in window.source.text.toPlainText()
    window.levels.do(SetSetting("linear1", "units", 7))
    QApplication.processEvents()
    _compiled(window)
    assert _wanted(window) == 2
    _answer(window)
    assert "out_features=7" in window.source.text.toPlainText()
    window.docks["source"].hide()
    _compiled(window)
    assert _wanted(window) == 2


def test_the_lines_of_the_selected_block_are_marked_and_seen(window: MainWindow) -> None:
    _show(window)
    window.scene.select(("relu1",))
    QApplication.processEvents()
    assert _marked_lines(window) == ["z1 = torch.relu(s1)  # relu1 [B, 100]"]
    text = window.source.text
    rect = text.cursorRect(
        QTextCursor(text.document().findBlockByNumber(window.source.marked[0] - 1))
    )
    assert text.viewport().rect().intersects(rect)
    background = mixed(window.theme.selection, window.theme.field, MARK)
    assert like(pixels(text.viewport()), background.name(), 2).sum() > 500
    window.scene.select(("linear1", "linear2"))
    assert [line.partition("=")[0].strip() for line in _marked_lines(window)] == [
        "self.linear1", "self.linear2", "s1", "y_bar",
    ]  # fmt: skip


def test_a_click_on_a_line_selects_its_block(window: MainWindow) -> None:
    _show(window)
    text = window.source.text
    for block, number in (("relu1", -1), ("linear2", 0), ("x", 0)):
        line = text.document().findBlockByNumber(_numbers(window, block)[number] - 1)
        text.setTextCursor(QTextCursor(line))
        text.centerCursor()
        place = text.cursorRect(QTextCursor(line)).center() + QPoint(30, 0)
        QTest.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QApplication.processEvents()
        assert window.scene.selected == {block}


def _numbers(window: MainWindow, block: str) -> tuple[int, ...]:
    found = written(compile(window.document.diagram, device="meta"))
    return found.lines[block]


def test_blocks_of_a_part_are_those_of_its_use(window: MainWindow) -> None:
    _open(window, "unet")
    _show(window)
    use = next(n for n, b in window.levels.diagram.blocks.items() if b.kind == "part")
    window.scene.select((use,))
    inside = _marked_lines(window)
    assert len(inside) > 4 and all(f"{use}/" in line for line in inside)
    window.sourcing.visit(window.source.block_at(window.source.marked[-1]))
    assert window.scene.selected == {use}
    window.levels.enter(use)
    path = window.source.block_at(next(n for n in window.source._lines[f"{use}/conv2d1"]))
    window.sourcing.visit(path)
    assert window.scene.selected == {"conv2d1"} and window.levels.path == use
    assert all(f"{use}/conv2d1" in line for line in _marked_lines(window))


def test_a_reason_stands_where_there_is_no_source(window: MainWindow) -> None:
    _show(window)
    tell(window, m.SourceText(_version(window), reason="there is nothing to export: draw more."))
    assert window.source.reason.text() == "There is nothing to export: draw more."
    assert window.source.reason.isVisible() and not window.source.text.isVisible()
    assert not window.source.copy_button.isEnabled()
    _answer(window)
    assert window.source.text.isVisible() and not window.source.reason.isVisible()


def test_copy_and_export(window: MainWindow, tmp_path: Path) -> None:
    _show(window)
    QTest.mouseClick(window.source.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == window.source.text.toPlainText()
    target = str(tmp_path / "model.pt2")
    window.filing.ask_save_path = lambda *_: target  # type: ignore[method-assign]
    QTest.mouseClick(window.source.export_button, Qt.MouseButton.LeftButton)
    assert _session(window).sent_of(m.Export) == [m.Export(target)]


def test_the_engine_tells_the_source_and_writes_every_kind(tmp_path: Path) -> None:
    sent: list[Any] = []
    engine = Engine(sent.append)
    engine.handle(m.SetDiagram(3, load(gallery.path("spiral-mlp"))))
    sent.clear()
    engine.handle(m.WantSource())
    (told,) = sent
    assert told.version == 3 and not told.reason
    assert "self.linear1" in told.text.splitlines()[told.lines["linear1"][0] - 1]
    for name in ("model.py", "weights.safetensors"):
        engine.handle(m.Export(str(tmp_path / name)))
        assert isinstance(sent[-1], m.Done) and (tmp_path / name).stat().st_size > 100
    assert (tmp_path / "model.py").read_text(encoding="utf-8") == told.text
    engine.handle(m.Export(str(tmp_path / "model.doc")))
    assert "ends in one of .py" in str(sent[-1].problem)


def test_the_engine_says_why_there_is_no_source() -> None:
    from graph.diagram import Diagram

    sent: list[Any] = []
    engine = Engine(sent.append)
    engine.handle(m.SetDiagram(1, Diagram()))
    engine.handle(m.WantSource())
    assert "nothing to export" in sent[-1].reason and not sent[-1].text


@pytest.mark.parametrize("theme", [PAPER, BOARD])
def test_every_colour_can_be_read_and_told_apart(theme: Theme) -> None:
    found = inks(theme)
    for name, color in found.items():
        assert contrast(color, QColor(theme.field)) >= READABLE, name
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21.0)
    for one, other in itertools.combinations(found.values(), 2):
        assert one != other


def test_words_texts_and_comments_have_their_colours(window: MainWindow) -> None:
    _show(window)
    document = window.source.text.document()
    colors = inks(window.theme)

    def color_of(line: str, word: str) -> str:
        block = next(b for b in _blocks(document) if line in b.text())
        at = block.text().index(word)
        spans = block.layout().formats()
        return next(
            s.format.foreground().color().name()
            for s in spans
            if s.start <= at < s.start + s.length
        )

    assert color_of("class Diagram", "class") == colors["keyword"].name()
    assert color_of("class Diagram", "Diagram") == colors["made"].name()
    assert color_of("# relu1", "# relu1") == colors["comment"].name()
    assert color_of("out_features=100", "100") == colors["number"].name()
    assert color_of("model = Diagram()", "model") == colors["text"].name()


def _blocks(document: Any) -> Iterator[Any]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()
