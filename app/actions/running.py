"""The run, its weights, and the checks."""

from __future__ import annotations

from app.actions.commands import Commands, Table


class Running(Commands):
    """The menu Train, and what is checked."""

    def table(self) -> Table:
        window, live = self._window, self._window.live
        return {
            "play": live.toggle,
            "step": live.step,
            "reset": live.reset,
            "save_weights": window.filing.save_weights,
            "check": lambda: window.checking.check(),
            "overfit": lambda: window.checking.check_overfit(),
            "next_problem": lambda: window.mending.next(),
            "mend": lambda: window.mending.mend_shown(),
        }
