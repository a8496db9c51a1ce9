"""From the command line to the closed window: opens a file, plays, takes a picture when asked."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app import pauses, safety, scaling
from app.icons import icon
from app.settings import Blank, Preferences
from app.shelf import Shelf, users_folder
from app.window import MainWindow

WAKE = 200  # ms; Python sees Ctrl-C only when it runs


@dataclass
class Opening:
    """One run of the window; `run` returns the exit code."""

    path: str | None
    play: bool
    shot: str | None
    after: float
    theme: str
    size: tuple[int, int] | None

    def run(self) -> int:
        """Stays until the window is closed, or its picture is taken."""
        # a picture must not depend on the person who takes it
        preferences = Preferences(Blank()) if self.shot is not None else Preferences()
        scaling.prepare(preferences)
        application = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(application, QApplication)
        application.setApplicationName("Gradboard")
        application.setDesktopFileName("gradboard")
        self._code = 0
        shelf = Shelf(users_folder()) if self.shot is None else None
        rescue = safety.users_folder() if self.shot is None else None
        self._window = MainWindow(None, preferences, self.theme, shelf, rescue)
        self._window.filled.connect(self._begin)
        if self.size is not None:
            self._window.resize(*self.size)
        elif self.shot is None:
            self._window.fit()
        self._window.show()
        signal.signal(signal.SIGINT, lambda *_: application.exit(130))
        wake = QTimer()
        wake.timeout.connect(lambda: None)
        wake.start(WAKE)
        code = application.exec()
        self._window.live.close()
        return self._code or code

    def _begin(self) -> None:
        pauses.spare()
        self._window.setWindowIcon(icon("gradboard", self._window.theme.function))
        if self.path is not None:
            self._window.filing.open_file(self.path)
        if self.play:
            self._window.live.play()
        if self.shot is not None:
            self._wait()

    def _wait(self) -> None:
        """Takes the picture a while after the window is there, or after the training can begin."""
        self._due = QTimer(self._window, singleShot=True, interval=round(1000 * self.after))
        self._due.timeout.connect(self._take)
        live = self._window.live
        if live.is_ready or not self.play:
            self._due.start()
            return
        live.ready.connect(lambda _: self._due.start())
        live.died.connect(lambda _: self._due.start())

    def _take(self) -> None:
        assert self.shot is not None
        if not self._window.grab().save(self.shot):
            print(
                f"gradboard: {self.shot}: the picture could not be written; check folder and ending.",
                file=sys.stderr,
            )
            self._code = 1
        QApplication.exit(self._code)
