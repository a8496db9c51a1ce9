"""The scale of the whole interface: fonts, icons, canvas, docks and dialogs at once, while everything goes on.

Qt takes the scale from the environment before its first window.  Its library has the function behind that, which PySide does
not know; where it cannot be found, another scale begins with another start.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QObject,
    QPoint,
    QProcess,
    QProcessEnvironment,
    QSize,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget

from app import docks
from app.settings import Preferences

if TYPE_CHECKING:
    from app.window import MainWindow

SCALES = ("100", "125", "150", "200")  # per cent of what the desktop asks for
REMEMBERED = "scale"  # under which the preferences keep it
VARIABLE, OURS = "QT_SCALE_FACTOR", "GRADBOARD_SCALE"  # what Qt reads; what we set it to
LIBRARY, FUNCTION = "libQt6Gui.so.6", "_ZN15QHighDpiScaling15setGlobalFactorEd"


def wanted(preferences: Preferences) -> str:
    """The scale that was chosen last."""
    found = preferences.text(REMEMBERED, SCALES[0])
    return found if found in SCALES else SCALES[0]


def prepare(preferences: Preferences) -> None:
    """Sets the scale of a window that is about to be opened; a person's own QT_SCALE_FACTOR goes before."""
    if VARIABLE not in os.environ:
        scale = wanted(preferences)
        os.environ[OURS] = scale
        if scale != SCALES[0]:
            os.environ[VARIABLE] = str(int(scale) / 100)


def setter() -> Callable[[float], None] | None:
    """Qt's function that sets the factor of everything; None where it cannot be found."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        loaded = ctypes.CDLL(LIBRARY, os.RTLD_NOLOAD | os.RTLD_NOW)
        found = getattr(loaded, FUNCTION)
    except (OSError, AttributeError):
        return None
    found.argtypes, found.restype = [ctypes.c_double], None

    def set_factor(factor: float) -> None:
        before = qInstallMessageHandler(_ignore)  # it warns of windows, though none is made now
        try:
            found(factor)
        finally:
            qInstallMessageHandler(before)

    return set_factor


def _ignore(*_: object) -> None:
    pass


@contextmanager
def _off_the_screen(ratio: float) -> Iterator[None]:
    """Takes all windows off the screen meanwhile; back on it they are as large as before, in pixels of the screen."""
    focus, active = QApplication.focusWidget(), QApplication.activeWindow()
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    places = [(w.pos(), w.size()) for w in shown]
    quits = QApplication.quitOnLastWindowClosed()
    QApplication.setQuitOnLastWindowClosed(False)
    for widget in shown:
        widget.hide()
    for window in QApplication.allWindows():
        window.destroy()
    try:
        yield
    finally:
        _put_back(shown, places, ratio)
        QApplication.setQuitOnLastWindowClosed(quits)
    if isinstance(active, QWidget):
        active.activateWindow()
    if focus is not None:
        focus.setFocus()


def _put_back(
    shown: Sequence[QWidget], places: Sequence[tuple[QPoint, QSize]], ratio: float
) -> None:
    for widget, (at, size) in zip(shown, places, strict=True):
        if not widget.isMaximized() and not widget.isFullScreen():
            widget.resize(size * ratio)
            widget.move(QPoint(round(at.x() * ratio), round(at.y() * ratio)))
        widget.show()


class Scaling(QObject):
    """Keeps the choice of another scale and shows everything in it, or offers to begin anew with it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._now = os.environ.get(OURS, SCALES[0])
        self._sides: dict[str, dict[str, int]] = {}  # how wide the docks were at each scale

    def choose(self, scale: str) -> None:
        """Remembers a scale, and shows everything in it."""
        window = self._window
        window.preferences.keep(REMEMBERED, scale)
        window.notice.dismiss()
        if scale == self._now:
            return
        if (set_factor := setter()) is not None:
            self._rescale(scale, set_factor)
            return
        sentence = (
            "Qt cannot change the scale of open windows here: "
            f"the interface is shown at {scale} % when Gradboard starts again."
        )
        window.notice.say(sentence, ("Start again now", self.restart))

    def _rescale(self, scale: str, set_factor: Callable[[float], None]) -> None:
        window, view, ratio = self._window, self._window.view, int(self._now) / int(scale)
        seen, sides = view.seen(), docks.sides(window)
        is_whole = seen.contains(view.canvas.bounds())
        self._sides[self._now] = sides
        window.safety.rescue.write()
        with _off_the_screen(ratio):
            set_factor(int(scale) / 100)
        self._now = scale
        docks.set_sides(window, self._sides.get(scale) or docks.narrowed(sides, ratio))
        window.set_theme(window.theme_name)  # icons are made for the new pixels
        view.canvas.show_arranged()
        QApplication.sendPostedEvents()  # everything has its place
        if is_whole:
            view.frame_all()
        else:
            view.centerOn(seen.center())
        window.status.say(f"The interface is shown at {scale} %")

    def restart(self) -> None:
        """Opens the same file in a new window and ends this one, unless there is unsaved work to stay for."""
        window = self._window
        if not window.filing.may_leave():
            return
        process = QProcess(window)
        process.setProgram(sys.executable)
        path = window.document.path
        process.setArguments(["-m", "app", *([str(path)] if path is not None else [])])
        process.setProcessEnvironment(fresh_environment())
        if process.startDetached()[0]:
            window.document.stack.setClean()  # it was asked about already
            window.close()
        else:
            window.notice.say(
                "Another window could not be started; start Gradboard again yourself."
            )


def fresh_environment() -> QProcessEnvironment:
    """The environment as it was before the scale was set."""
    made = QProcessEnvironment.systemEnvironment()
    if OURS in os.environ:
        made.remove(OURS)
        if os.environ[OURS] != SCALES[0]:
            made.remove(VARIABLE)
    return made
