"""The scale of the interface: remembered, taken at the next start, and nothing cut off in the room that 200 % leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app import scaling
from app.settings import Blank, Preferences
from app.window import MainWindow
from tests.app.fake_session import FakeSession


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (scaling.VARIABLE, scaling.OURS):
        monkeypatch.setenv(name, "")  # so that it is put back whatever the test does
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.fixture
def window(qapp: Any, environment: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    window = MainWindow(FakeSession(), Preferences(Blank()), "paper")
    window.resize(700, 450)  # what 1400×900 is at 200 %
    window.show()
    window.fill()
    QApplication.processEvents()
    yield window
    window.filing.ask_unsaved = lambda: "discard"  # type: ignore[method-assign]
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_choice_is_kept_and_said_until_it_holds(window: MainWindow) -> None:
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
