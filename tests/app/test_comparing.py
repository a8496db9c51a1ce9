"""Comparing with another version: signs and colours on the canvas, words in the list, and an end that leaves no trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import gallery
from app.canvas.comparing import color_of
from app.canvas.picture import Picture, Shown
from app.canvas.scene import CanvasScene
from app.cli import main
from app.theme import BOARD, PAPER, Theme
from app.window import MainWindow
from graph.diagram import Block, Diagram, Pin, Wire
from graph.differences import ADDED, ALTERED, REMOVED
from graph.edits import AddBlock, Connect, MoveBlocks, RemoveBlocks, SetSetting
from graph.files import from_text, load, save, to_text
from graph.grouping import Group
from graph.part_edits import InPart
from tests.app.driving import like, opened, pixels

THEMES = pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)


def spiral() -> Diagram:
    return load(gallery.path("spiral-mlp"))


def before() -> Diagram:
    """spiral-mlp without its relu, with other units, and a tanh above."""
    x, y = spiral().blocks["relu1"].position
    made = SetSetting("linear1", "units", 50).apply(RemoveBlocks(("relu1",)).apply(spiral()))
    made = AddBlock(Block("tanh1", "tanh", position=(x, y - 130))).apply(made)
    made = Connect(Wire(Pin("linear1", "y"), Pin("tanh1", "z"))).apply(made)
    return MoveBlocks({"y": (600.0, 200.0)}).apply(made)


@pytest.fixture
def window(qapp: Any, tmp_path: Path) -> Iterator[MainWindow]:
    with opened(size=(1300, 800)) as window:
        save(before(), tmp_path / "before.gradboard")
        path = tmp_path / "net.gradboard"
        save(spiral(), path)
        window.filing.open_file(path)
        window.compares.ask_path = lambda: str(tmp_path / "before.gradboard")  # type: ignore[method-assign]
        QApplication.processEvents()
        yield window


def _rows(window: MainWindow) -> list[str]:
    rows = window.differences.list
    return [rows.item(row).text() for row in range(rows.count())]


def test_the_list_says_what_differs(window: MainWindow) -> None:
    window.menus.actions["compare"].trigger()
    QApplication.processEvents()
    assert window.differences.isVisible()
    assert _rows(window) == [
        "block relu1: relu",
        "block tanh1: tanh",
        "block linear1: units 50 → 100",
        "wire linear1.y -> tanh1.z",
        "wire linear1.y -> relu1.z",
        "wire relu1.y -> linear2.z",
    ]
    assert window.differences.head.text() == (
        "Since before.gradboard: 3 added, 2 removed, 1 altered, 1 moved."
    )


def test_rings_have_the_colours_of_their_signs_and_the_rest_is_faded(window: MainWindow) -> None:
    window.menus.actions["compare"].trigger()
    QApplication.processEvents()
    shown = pixels(window.view.viewport())
    for sign in (ADDED, REMOVED, ALTERED):
        assert like(shown, color_of(sign, window.theme).name()).sum() > 60, sign
    blocks = window.scene.blocks
    assert blocks["linear2"].opacity() < 0.5 and blocks["relu1"].opacity() == 1.0
    assert not like(shown, window.theme.cost).any(), "the cost is the same, and so faded"
    assert "tanh1" not in blocks, "a ghost is no block"


def test_tips_say_old_and_new(window: MainWindow) -> None:
    window.menus.actions["compare"].trigger()
    comparing = window.scene.comparing
    assert comparing.tip(window.scene.blocks["linear1"].pos()) == (
        "~ block linear1: units 50 → 100"
    )
    ghost = comparing.place("block", "tanh1").center()
    assert comparing.tip(ghost) == "- block tanh1: tanh"
    assert comparing.tip(window.scene.blocks["linear2"].pos()) == ""


def test_a_click_on_a_row_goes_there(window: MainWindow) -> None:
    window.menus.actions["compare"].trigger()
    QApplication.processEvents()
    rows = window.differences.list
    for row, name in ((0, "relu1"), (2, "linear1")):
        place = rows.visualItemRect(rows.item(row)).center()
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert window.scene.selected == {name}
        assert window.view.seen().contains(window.scene.blocks[name].pos())
    rows.setCurrentRow(1)
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert window.view.seen().contains(window.scene.comparing.place("block", "tanh1"))


def test_edits_are_followed_and_escape_ends(window: MainWindow) -> None:
    window.menus.actions["compare"].trigger()
    QApplication.processEvents()
    window.levels.do(SetSetting("linear1", "units", 50))
    assert "block linear1: units 50 → 100" not in _rows(window) and len(_rows(window)) == 5
    assert window.scene.blocks["linear1"].opacity() < 0.5
    window.view.setFocus()
    QTest.keyClick(window.view, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert not window.compares.is_on and not window.differences.isVisible()
    assert all(item.opacity() == 1.0 for item in window.scene.blocks.values())
    assert all(item.opacity() == 1.0 for item in window.scene.wires.values())
    shown = pixels(window.view.viewport())
    assert not like(shown, color_of(ALTERED, window.theme).name()).any()


def test_the_version_before_and_the_file(window: MainWindow) -> None:
    window.menus.actions["compare_before"].trigger()
    assert not window.compares.is_on, "there is none yet, and it is said"
    assert "no version before" in window.notice.text.text()
    window.levels.do(SetSetting("linear1", "units", 7))
    window.menus.actions["compare_before"].trigger()
    assert _rows(window) == ["block linear1: units 100 → 7"]
    window.compares.end()
    assert window.filing.save()
    window.menus.actions["compare_before"].trigger()
    assert _rows(window) == ["block linear1: units 100 → 7"]


def test_parts_are_compared_inside(window: MainWindow, tmp_path: Path) -> None:
    grouped = Group(("linear1", "relu1"), "stage").apply(spiral())
    save(grouped, tmp_path / "before.gradboard")
    after = InPart("stage", SetSetting("linear1", "units", 9)).apply(grouped)
    save(after, tmp_path / "parts.gradboard")
    window.filing.open_file(tmp_path / "parts.gradboard")
    window.menus.actions["compare"].trigger()
    QApplication.processEvents()
    assert _rows(window) == ["block linear1 in stage: units 100 → 9"]
    rows = window.differences.list
    rows.setCurrentRow(0)
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert window.levels.part == "stage" and window.scene.selected == {"linear1"}
    assert window.scene.blocks["linear1"].opacity() == 1.0
    assert window.scene.blocks["relu1"].opacity() < 0.5


def test_another_file_ends_the_comparison(window: MainWindow, tmp_path: Path) -> None:
    window.menus.actions["compare"].trigger()
    window.filing.open_file(tmp_path / "before.gradboard")
    assert not window.compares.is_on and not window.differences.isVisible()
    (tmp_path / "bad.gradboard").write_text("{")
    window.compares.begin(tmp_path / "bad.gradboard")
    assert not window.compares.is_on and "bad.gradboard" in window.notice.text.text()


# --- without a window -----------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    for name, diagram in (("a", before()), ("b", spiral())):
        save(diagram, tmp_path / f"{name}.gradboard")
    return str(tmp_path / "a.gradboard"), str(tmp_path / "b.gradboard")


def test_diff_ends_with_0_or_1(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *files]) == 1
    told = capsys.readouterr().out.splitlines()
    assert "~ block linear1: units 50 → 100" in told and told[-1] == "  1 thing moved: y"
    assert main(["diff", files[0], files[0]]) == 0
    assert capsys.readouterr().out == "The diagrams are the same.\n"
    assert main(["diff", files[0], "nowhere.gradboard"]) == 2
    assert "nowhere.gradboard" in capsys.readouterr().err
    assert main(["diff", *files, "--to", "x.doc"]) == 2


def test_diff_as_json(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *files, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["same"] is False and found["moved"] == ["y"]
    assert {
        "sign": "~", "what": "block", "name": "linear1", "words": "units 50 → 100", "part": "",
    } in found["differences"]  # fmt: skip


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_diff_draws(qapp: Any, files: tuple[str, str], tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"diff{suffix}"
    assert main(["diff", *files, "--to", str(target)]) == 1
    assert target.stat().st_size > 2000
    if suffix == ".png":
        image = QImage(str(target))
        colors = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2)
                  for y in range(0, image.height(), 2)}  # fmt: skip
        assert {color_of(sign, PAPER).name() for sign in (ADDED, REMOVED, ALTERED)} <= colors
    elif suffix == ".svg":
        text = target.read_text(encoding="utf-8")
        assert color_of(REMOVED, PAPER).name() in text and "−" in text


@THEMES
def test_what_moved_has_an_outline_where_it_stood_and_an_arrow(qapp: Any, theme: Theme) -> None:
    old = spiral()
    x, y = old.blocks["relu1"].position
    new = MoveBlocks({"relu1": (x, y - 220)}).apply(old)
    picture = Picture(Shown(new, theme, before=old))
    assert picture.rect.contains(x, y) and picture.rect.contains(x, y - 220)
    image = picture.image(4.0)

    def shown(at_x: float, at_y: float, reach: int = 12) -> bool:
        """Whether the muted colour of moves is at a place."""
        place = 4.0 * (QPointF(at_x, at_y) - picture.rect.topLeft())
        near = [
            image.pixelColor(round(place.x()) + dx, round(place.y()) + dy)
            for dx in range(-reach, reach + 1)
            for dy in range(-reach, reach + 1)
        ]
        wanted = QColor(theme.muted)
        return any(
            abs(c.lightness() - wanted.lightness()) < 12 and c.saturation() < 90 for c in near
        )

    form = _scene(new).blocks["relu1"].face.form
    assert shown(x - form.width / 2, y, 24), "the flat end of the outline, which is dashed"
    assert shown(x, y - 110), "the way"
    assert not shown(x + 30, y - 110)
    blocks = _compared(new, old).blocks
    assert blocks["relu1"].opacity() == 1.0 and blocks["linear1"].opacity() < 0.5


@THEMES
def test_uses_of_a_part_that_changed_inside_are_ringed(qapp: Any, theme: Theme) -> None:
    old = Group(("linear1", "relu1"), "layer").apply(spiral())
    (use,) = (name for name, b in old.blocks.items() if b.kind == "part")
    new = InPart("layer", SetSetting("linear1", "units", 9)).apply(old)
    scene = _compared(new, old)
    assert scene.comparing.tip(scene.blocks[use].pos()) == (
        f"~ block {use}: layer has changed inside"
    )
    assert scene.blocks[use].opacity() == 1.0
    image = Picture(Shown(new, theme, before=old)).image(1.0)
    amber = color_of(ALTERED, theme).name()
    colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}  # fmt: skip
    assert amber in colors


def test_a_block_under_another_id_is_altered_and_no_ghost(qapp: Any) -> None:
    text = to_text(spiral()).replace('"linear1"', '"first"').replace("linear1.", "first.")
    scene = _compared(from_text(text), spiral())
    tip = scene.comparing.tip(scene.blocks["first"].pos())
    assert tip == "~ block first: id linear1 → first"
    drawn = Picture(Shown(from_text(text), PAPER, before=spiral())).svg().decode()
    assert color_of(ADDED, PAPER).name() not in drawn
    assert color_of(REMOVED, PAPER).name() not in drawn
    assert color_of(ALTERED, PAPER).name() in drawn


def _scene(diagram: Diagram) -> CanvasScene:
    scene = CanvasScene(lambda _: None, PAPER)
    scene.show(diagram)
    return scene


def _compared(after: Diagram, other: Diagram) -> CanvasScene:
    scene = _scene(after)
    scene.comparing.show(other)
    return scene
