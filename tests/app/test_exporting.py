"""Pictures out of the window and into it: export, clipboard, styles, and pictures that are dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.actions.picturing import Picturing
from app.exporting import Choice, ExportDialog
from app.settings import Preferences
from app.theme import PAPER
from app.window import MainWindow
from graph.diagram import Diagram, Pin
from graph.edits import SetSetting
from graph.files import load, save
from runtime.snapshot import Flow, Report, Snapshot
from tests.app.canvas_bench import spiral
from tests.app.driving import opened
from tests.app.fake_session import FakeSession


@pytest.fixture(scope="module")
def preferences(tmp_path_factory: pytest.TempPathFactory) -> Preferences:
    file = tmp_path_factory.mktemp("settings") / "settings.ini"
    return Preferences(QSettings(str(file), QSettings.Format.IniFormat))


@pytest.fixture(scope="module")
def only_window(qapp: Any, preferences: Preferences) -> Iterator[MainWindow]:
    with opened(preferences, size=(1300, 800)) as window:
        window.filing.ask_unsaved = lambda: "discard"  # type: ignore[method-assign]
        yield window


@pytest.fixture
def window(only_window: MainWindow, tmp_path: Path) -> MainWindow:
    """The same window for every test, on a file of its own as if nothing had happened before."""
    save(spiral(), tmp_path / "spiral.gradboard")
    only_window.set_theme("paper")
    only_window.set_style("nyu")
    only_window.notice.hide()
    only_window.filing.open_file(tmp_path / "spiral.gradboard")
    QApplication.processEvents()
    return only_window


def pictures(window: MainWindow) -> Picturing:
    found = window.findChild(Picturing)
    assert isinstance(found, Picturing)
    return found


def export(window: MainWindow, path: Path, **changes: Any) -> None:
    """Export picture through the menu, with other answers in the dialog than the first."""
    made = pictures(window)
    made.ask = lambda: replace(made.now(), **changes)  # type: ignore[method-assign]
    window.filing.ask_save_path = lambda *_: str(path)  # type: ignore[method-assign]
    window.menus.actions["export_picture"].trigger()


def train(window: MainWindow) -> None:
    """Shapes and gradients are known, as after a step."""
    diagram = window.document.diagram
    window.scene.show_report(Report(shapes={Pin("linear1", "y"): (-1, 100)}))
    flow = Flow(value=3.0, gradient=2.5e-3)
    variables = {Pin("linear1", "y"): flow}
    flows = dict.fromkeys(diagram.wires, flow)
    window.scene.show_frame(Snapshot(1, 9, 1.0, 0.2, flows=flows, variables=variables))


def drop(window: MainWindow, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy, where = Qt.DropAction.CopyAction, QPoint(600, 400)
    QApplication.sendEvent(window, QDragEnterEvent(where, copy, mime, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(where), copy, mime, left, none))


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_an_exported_picture_opens_again_when_it_is_dropped(
    window: MainWindow, tmp_path: Path, suffix: str
) -> None:
    window.document.do(SetSetting("linear1", "units", 7))
    picture = tmp_path / f"picture{suffix}"
    export(window, picture)
    assert picture.exists()
    window.filing.new()
    drop(window, picture)
    assert window.document.diagram.blocks["linear1"].settings["units"] == 7
    assert window.document.diagram.blocks.keys() == spiral().blocks.keys()
    assert window.document.path is None, "saving must not write over the picture"
    assert window.document.name.startswith("picture")


def test_a_dropped_picture_without_a_diagram_is_refused(window: MainWindow, tmp_path: Path) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.save(str(tmp_path / "photo.png"))
    before = window.document.diagram
    drop(window, tmp_path / "photo.png")
    assert window.notice.isVisible()
    text = window.notice.text.text()
    assert "photo.png" in text and "carries no diagram" in text
    assert window.document.diagram == before


def test_the_suffix_decides_and_an_unknown_one_is_told(window: MainWindow, tmp_path: Path) -> None:
    export(window, tmp_path / "a.tex", suffix=".png")
    assert (tmp_path / "a.tex").read_text().startswith("% A diagram")
    export(window, tmp_path / "a.gif")
    assert not (tmp_path / "a.gif").exists()
    assert window.notice.isVisible() and "a.gif" in window.notice.text.text()


def test_a_selection_is_exported_alone(window: MainWindow, tmp_path: Path) -> None:
    window.scene.select({"relu1", "linear2"})
    export(window, tmp_path / "some.svg")
    assert set(load(tmp_path / "some.svg").blocks) == {"relu1", "linear2"}
    export(window, tmp_path / "all.svg", selection=False)
    assert set(load(tmp_path / "all.svg").blocks) == set(spiral().blocks)


def test_shapes_and_gradients_come_along_when_wanted(window: MainWindow, tmp_path: Path) -> None:
    train(window)
    file = tmp_path / "a.svg"
    export(window, file)
    assert ">64×100</text>" in file.read_text() and ">2.5e-3</text>" in file.read_text()
    window.scene.pulses.motion = False
    export(window, file)
    still = set(file.read_text().splitlines())
    window.scene.pulses.motion = True
    export(window, file)
    moving = [line for line in file.read_text().splitlines() if line not in still]
    colors = [
        QColor(found) for line in moving for found in re.findall('fill="(#[0-9a-f]{6})"', line)
    ]
    assert any(c.green() > 1.2 * max(c.red(), c.blue()) for c in colors), "pulses of gradients"
    export(window, file, shapes=False, gradients=False)
    assert "64×100" not in file.read_text() and "2.5e-3" not in file.read_text()
    assert PAPER.gradient not in file.read_text()


def test_copy_as_picture_puts_png_and_svg_on_the_clipboard(
    window: MainWindow, tmp_path: Path
) -> None:
    window.view.setFocus()
    QTest.keyClick(
        window,
        Qt.Key.Key_C,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage() and data.hasFormat("image/svg+xml")
    (tmp_path / "clip.svg").write_bytes(bytes(data.data("image/svg+xml").data()))
    assert load(tmp_path / "clip.svg").blocks == window.document.diagram.blocks
    image = QGuiApplication.clipboard().image()
    assert image.width() > 800


def test_a_style_is_shown_kept_and_exported(
    window: MainWindow, preferences: Preferences, tmp_path: Path
) -> None:
    assert window.scene.ink.theme.computed_fill == PAPER.background
    actions = window.menus.menus["style"].actions()
    assert [a.isChecked() for a in actions] == [True, False]
    actions[1].trigger()
    filled = window.scene.ink.theme.computed_fill
    assert filled != PAPER.background
    assert preferences.text("style", "") == "filled"
    export(window, tmp_path / "a.svg")
    assert filled in (tmp_path / "a.svg").read_text()
    window.set_theme("board")
    assert window.scene.ink.theme.computed_fill not in (filled, window.theme.background)
    again = MainWindow(FakeSession(), preferences, "paper")
    assert again.style_name == "filled"
    again.deleteLater()


def test_the_dialog_offers_what_there_is_and_shows_it(window: MainWindow) -> None:
    made = pictures(window)
    bare = ExportDialog(made.now(), made.can_have(), made.carried, window)
    assert not bare.what.isEnabled() and not bare.gradients.isEnabled()
    train(window)
    window.scene.select({"relu1"})
    dialog = ExportDialog(made.now(), made.can_have(), made.carried, window)
    assert dialog.choice() == made.now()
    before = dialog.preview.pixmap().toImage()
    dialog.what.setCurrentIndex(0)
    dialog.themes.setCurrentIndex(1)
    dialog.gradients.setChecked(False)
    dialog.style_names.setCurrentIndex(1)
    dialog.format.setCurrentIndex(2)
    chosen = dialog.choice()
    assert (chosen.selection, chosen.theme, chosen.style) == (False, "board", "filled")
    assert (chosen.gradients, chosen.suffix) == (False, ".pdf")
    assert dialog.preview.pixmap().toImage() != before


def test_what_cannot_be_written_is_told(window: MainWindow, tmp_path: Path) -> None:
    export(window, tmp_path / "no" / "a.svg")
    assert window.notice.isVisible() and "no/a.svg" in window.notice.text.text()


def test_inside_a_part_the_inside_is_exported(window: MainWindow, tmp_path: Path) -> None:
    from app import gallery

    window.filing.open_file(gallery.path("residual-net"))
    use = next(b.id for b in window.document.diagram.blocks.values() if b.kind == "part")
    window.levels.enter(use)
    export(window, tmp_path / "inside.svg")
    found = load(tmp_path / "inside.svg")
    assert isinstance(found, Diagram) and found.blocks == window.levels.diagram.blocks


def test_the_first_choice_is_what_is_seen(window: MainWindow) -> None:
    first = pictures(window).now()
    assert isinstance(first, Choice)
    assert (first.theme, first.style, first.selection) == ("paper", "nyu", False)
