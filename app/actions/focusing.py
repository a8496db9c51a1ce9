"""Where the keys go, and from block to block."""

from __future__ import annotations

from app.actions.commands import Commands, Table


class Focuses(Commands):
    """Of the menus what moves the focus, and the selection by one block."""

    def table(self) -> Table:
        window = self._window
        return {
            "select_left": lambda: window.view.select_beside(-1.0, 0.0),
            "select_right": lambda: window.view.select_beside(1.0, 0.0),
            "select_up": lambda: window.view.select_beside(0.0, -1.0),
            "select_down": lambda: window.view.select_beside(0.0, 1.0),
            "next_pane": lambda: window.focusing.go(1),
            "previous_pane": lambda: window.focusing.go(-1),
        }
