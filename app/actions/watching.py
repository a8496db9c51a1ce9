"""Which views are open, and what is looked for in a run."""

from __future__ import annotations

from app import docks
from app.actions.commands import Commands, Table


class Watching(Commands):
    """The views one after the other, and why it does not learn."""

    def table(self) -> Table:
        return {
            "next_view": lambda: docks.turn(self._window, 1),
            "previous_view": lambda: docks.turn(self._window, -1),
            "why": lambda: self._window.doubting.look(),
        }
