"""The scale of the whole interface: Qt takes it once, before its first window, so another one begins with another start."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment

from app.settings import Preferences

if TYPE_CHECKING:
    from app.window import MainWindow

SCALES = ("100", "125", "150", "200")  # per cent of what the desktop asks for
REMEMBERED = "scale"  # under which the preferences keep it
VARIABLE, OURS = "QT_SCALE_FACTOR", "GRADBOARD_SCALE"  # what Qt reads; what we set it to


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


class Scaling(QObject):
    """Keeps the choice of another scale, and offers to begin anew with it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def choose(self, scale: str) -> None:
        """Remembers a scale; what is shown has it after the next start."""
        window = self._window
        window.preferences.keep(REMEMBERED, scale)
        if scale == os.environ.get(OURS, SCALES[0]):
            window.notice.dismiss()
            return
        sentence = f"The interface is shown at {scale} % when Gradboard starts again."
        window.notice.say(sentence, ("Start again now", self.restart))

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
