"""Looking back at the run, and going on from there."""

from __future__ import annotations

from app.actions.commands import Commands, Table


class Travelling(Commands):
    """What the menu Train says of the run's past."""

    def table(self) -> Table:
        window = self._window
        return {
            "look_earlier": lambda: window.travel.earlier(),
            "look_later": lambda: window.travel.later(),
            "look_now": lambda: window.travel.to_now(),
            "branch": lambda: window.travel.branch(),
        }
