"""What every set of commands has: the window it acts on, and its table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from app.window import MainWindow

Table = dict[str, Callable[..., object]]


class Commands(QObject):
    """Commands of one kind; `table` gives them by their name in the table of shortcuts."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def table(self) -> Table:
        """The command of each name; those of switches take whether it is on."""
        raise NotImplementedError

    def picked(self) -> tuple[str, ...]:
        """The selected blocks, in the order of the diagram."""
        window = self._window
        return tuple(n for n in window.levels.diagram.blocks if n in window.scene.selected)
