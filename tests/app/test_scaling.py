"""The scale of the interface: at once while everything goes on, remembered, and nothing cut off in the room that 200 % leaves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app import scaling
from app.settings import Blank, Preferences
from app.window import MainWindow
from tests.app.driving import opened
from tests.app.xscreen import XScreen


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (scaling.VARIABLE, scaling.OURS):
        monkeypatch.setenv(name, "")  # so that it is put back whatever the test does
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.fixture
def window(qapp: Any, environment: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    with opened(size=(700, 450)) as window:  # what 1400×900 is at 200 %
        yield window


def test_where_qt_cannot_the_choice_is_kept_and_said_until_it_holds(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scaling, "setter", lambda: None)
    scales = {action.text(): action for action in window.menus.menus["scale"].actions()}
    assert list(scales) == ["100 %", "125 %", "150 %", "200 %"] and scales["100 %"].isChecked()
    scales["150 %"].trigger()
    assert scaling.wanted(window.preferences) == "150"
    assert window.notice.isVisible() and "150 %" in window.notice.text.text()
    scales["100 %"].trigger()
    assert not window.notice.isVisible()


def test_the_next_start_has_it_unless_the_person_says_otherwise(
    environment: pytest.MonkeyPatch,
) -> None:
    preferences = Preferences(Blank())
    preferences.keep(scaling.REMEMBERED, "125")
    scaling.prepare(preferences)
    assert os.environ[scaling.VARIABLE] == "1.25"
    assert not scaling.fresh_environment().contains(scaling.VARIABLE), "the next one asks anew"
    environment.delenv(scaling.OURS)
    environment.setenv(scaling.VARIABLE, "3")
    scaling.prepare(preferences)
    assert os.environ[scaling.VARIABLE] == "3"
    assert scaling.fresh_environment().value(scaling.VARIABLE) == "3"


def test_rubbish_is_100_per_cent(environment: pytest.MonkeyPatch) -> None:
    preferences = Preferences(Blank())
    preferences.keep(scaling.REMEMBERED, "a lot")
    scaling.prepare(preferences)
    assert scaling.VARIABLE not in os.environ


_PROGRAM = """
from app import scaling
from app.settings import Blank, Preferences
preferences = Preferences(Blank())
preferences.keep(scaling.REMEMBERED, "200")
scaling.prepare(preferences)
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication([])
label = QLabel("W z + b")
label.resize(80, 20)
print(label.devicePixelRatioF(), label.grab().width())
"""


def test_at_200_per_cent_every_pixel_is_four() -> None:
    given = {k: v for k, v in os.environ.items() if k not in (scaling.VARIABLE, scaling.OURS)}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={**given, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["2.0", "160"]


_AT_ONCE = """
import json, sys
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from app import scaling
from app.settings import Blank, Preferences
from app.window import MainWindow
from graph.edits import SetSetting
from tests.app.canvas_bench import spiral
from tests.app.fake_session import FakeSession

application = QApplication([])
window = MainWindow(FakeSession(), Preferences(Blank()), "paper")
window.resize(1300, 860)
window.show()
window.fill()
window.document.load(spiral(), None)
window.filing.opened.emit()
window.document.do(SetSetting("linear1", "units", 7))
window.live.play()
window.view.setFocus()
scales = {action.text(): action for action in window.menus.menus["scale"].actions()}
wide = window.library.width()
told = []
for scale in sys.argv[1:]:
    scales[scale + " %"].trigger()
    QTest.qWait(300)
    shown = window.grab()
    told.append({
        "ratio": window.devicePixelRatioF(),
        "size": [window.width(), window.height()],
        "pixels": [shown.width(), shown.height()],
        "visible": window.isVisible() and window.view.isVisible(),
        "whole": window.view.seen().contains(window.scene.bounds()),
        "canvas": window.view.width(),
        "playing": window.live.is_playing,
        "kept": scaling.wanted(window.preferences),
    })
if window.isActiveWindow():
    QTest.keyClick(window.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
else:  # Xvfb has nobody who gives keys to a window
    window.menus.actions["undo"].trigger()
units = window.document.diagram.blocks["linear1"].settings["units"]
told.append({"undone": units != 7, "palette": window.library.width() == wide})
print(json.dumps(told))
sys.stdout.flush()
"""


def _rescaled(environment: dict[str, str]) -> list[dict[str, Any]]:
    """What a program of its own tells after 150, 200 and 100 %; it must not complain of anything."""
    left_out = (scaling.VARIABLE, scaling.OURS, "WAYLAND_DISPLAY")
    given = {k: v for k, v in os.environ.items() if k not in left_out}
    done = subprocess.run(
        [sys.executable, "-c", _AT_ONCE, "150", "200", "100"],
        env={**given, **environment},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    complaints = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    assert complaints == []
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _holds(told: list[dict[str, Any]]) -> None:
    *scaled, end = told
    for scale, one in zip((150, 200, 100), scaled, strict=True):
        factor = scale / 100
        assert one["ratio"] == factor and one["kept"] == str(scale)
        for side, pixels, before in zip(one["size"], one["pixels"], (1300, 860), strict=True):
            assert abs(pixels - before) <= 2 and abs(side - before / factor) <= 1
        assert one["visible"] and one["playing"] and one["whole"] and one["canvas"] >= 120
    assert end == {"undone": True, "palette": True}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="takes a new start elsewhere")
def test_another_scale_is_there_at_once_and_everything_goes_on() -> None:
    _holds(_rescaled({"QT_QPA_PLATFORM": "offscreen"}))


@pytest.mark.screen
@pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"
)
def test_another_scale_is_there_at_once_on_a_real_screen(tmp_path: Path) -> None:
    with XScreen(tmp_path, 1600, 1000) as screen:
        _holds(_rescaled({"QT_QPA_PLATFORM": "xcb", "DISPLAY": screen.display}))


def _inside(widget: QWidget, window: QWidget) -> bool:
    corner = widget.mapTo(window, QPoint(0, 0))
    end = corner + QPoint(widget.width(), widget.height())
    return min(corner.x(), corner.y()) >= 0 and end.x() <= window.width()


def test_nothing_is_cut_off_in_the_room_that_200_per_cent_leaves(window: MainWindow) -> None:
    assert (window.width(), window.height()) == (700, 450)
    assert window.minimumSizeHint().height() <= 450 and window.minimumSizeHint().width() <= 700
    bar = window.bar
    shown = [w for w in bar.children() if isinstance(w, QWidget) and w.isVisible()]
    assert len(shown) > 12
    for widget in shown:
        assert bar.rect().contains(widget.geometry()), widget.accessibleName()
        if isinstance(widget, QLabel):
            assert widget.sizeHint().width() <= widget.width(), widget.text()
    for one in shown:
        for other in shown:
            apart = not one.geometry().intersects(other.geometry())
            assert one is other or apart, (one.accessibleName(), other.accessibleName())
    for pane in (window.status, window.library, window.view, window.inspector):
        assert not pane.isVisible() or _inside(pane, window)
    assert window.status.mapTo(window, QPoint(0, window.status.height())).y() <= 450
    assert window.view.width() >= 150


def test_wide_windows_have_one_line(window: MainWindow) -> None:
    folded = window.bar.height()
    window.resize(1400, 900)
    QApplication.processEvents()
    assert window.bar.height() < folded
    assert window.bar.play.y() == window.bar.reset.y()
    assert abs(window.bar.seed.y() - window.bar.readouts["epoch"].y()) < 10
