"""Where the keys go, and from block to block."""

from __future__ import annotations

from app.actions.commands import Commands, Table
from app.canvas.stepping import select_beside


class Focuses(Commands):
    """Of the menus what moves the focus, and the selection by one block."""

    def table(self) -> Table:
        window = self._window
        return {
            "select_left": lambda: self._step(-1.0, 0.0),
            "select_right": lambda: self._step(1.0, 0.0),
            "select_up": lambda: self._step(0.0, -1.0),
            "select_down": lambda: self._step(0.0, 1.0),
            "next_pane": lambda: window.focusing.go(1),
            "previous_pane": lambda: window.focusing.go(-1),
        }

    def _step(self, dx: float, dy: float) -> None:
        if not self._window.view.is_busy:
            select_beside(self._window.view, dx, dy)
