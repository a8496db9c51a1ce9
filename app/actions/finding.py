"""Find a block or a comment, at any level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions.commands import Commands, Table
from app.finding import Finding

if TYPE_CHECKING:
    from app.window import MainWindow


class Finds(Commands):
    """Of the menu Edit what finds."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.bar = Finding(window)

    def table(self) -> Table:
        return {
            "find": self.bar.open,
            "find_next": lambda: self.bar.go(1),
            "find_before": lambda: self.bar.go(-1),
        }
