"""The diagram beside another version of it."""

from __future__ import annotations

from app.actions.commands import Commands, Table


class Comparison(Commands):
    """What lays another diagram over this one."""

    def table(self) -> Table:
        window = self._window
        return {
            "compare": lambda: window.compares.with_file(),
            "compare_before": lambda: window.compares.with_before(),
        }
