"""Shows on the canvas which block slow motion is at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.views.slow import NAME, SlowView
from app.views.steps import BACKWARD, UPDATE

if TYPE_CHECKING:
    from app.window import MainWindow


class Spotting(QObject):
    """Points the canvas's light at the block in turn, on whatever level is shown."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._block = self._phase = ""
        view = window.figures.views[NAME]
        assert isinstance(view, SlowView)
        view.pointed.connect(self._pointed)
        window.levels.entered.connect(lambda _left: self._shine())

    def _pointed(self, block: str, phase: str) -> None:
        self._block, self._phase = block, phase
        self._shine()

    def _shine(self) -> None:
        """A block of a deeper level is shown at the use that holds it."""
        levels = self._window.levels
        here = next(iter(levels.gathered({self._block: 1.0})), "") if self._block else ""
        backward = self._phase in (BACKWARD, UPDATE)
        self._window.scene.spotlight.point(here, backward, with_wires=self._phase != UPDATE)
