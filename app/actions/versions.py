"""The diagram laid over another version of itself."""

from __future__ import annotations

from app.actions.commands import Commands, Table


class Versions(Commands):
    """Of the menu File what compares."""

    def table(self) -> Table:
        window = self._window
        return {
            "compare": lambda: window.compares.with_file(),
            "compare_before": lambda: window.compares.with_before(),
        }
