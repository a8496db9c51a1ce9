"""Runs beside each other: the panel, sweeps, and what is written for TensorBoard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from app.actions.commands import Commands, Table
from runtime.extras import lacks_tensorboard
from runtime.messages import LogTo

if TYPE_CHECKING:
    from app.window import MainWindow


class ManyRuns(Commands):
    """Of the menu Train what concerns more than the present run."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._folder = ""
        window.live.ready.connect(lambda _message: self._log())

    def table(self) -> Table:
        return {
            "runs": lambda: self._window.runs.open(),
            "sweep": lambda: self._window.runs.sweep(),
            "tensorboard": self.tensorboard,
        }

    def ask_folder(self) -> str:
        """Below which folder to write, "" for none; tests put their own answer in its place."""
        title = "Write for TensorBoard below"
        return QFileDialog.getExistingDirectory(self._window, title, self._window.document.folder)

    def tensorboard(self, wanted: bool) -> None:
        """Writes losses for TensorBoard from now on, or no more."""
        folder = ""
        if wanted and (missing := lacks_tensorboard()):
            self._window.notice.say(missing)
        elif wanted:
            folder = self.ask_folder()
        if wanted and not folder:
            self._window.menus.actions["tensorboard"].setChecked(False)
            return
        self._folder = folder
        self._window.live.send(LogTo(folder))
        if folder:
            self._window.status.say(f"look at it with: tensorboard --logdir {folder}")

    def _log(self) -> None:
        """A new engine goes on writing."""
        if self._folder:
            self._window.live.send(LogTo(self._folder))
