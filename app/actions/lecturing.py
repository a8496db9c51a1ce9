"""Lecture mode, and the order in which it reveals a diagram."""

from __future__ import annotations

from app.actions.commands import Commands, Table


class Lectures(Commands):
    """Of the menu View what is for a lecture hall."""

    def table(self) -> Table:
        window = self._window
        return {"lecture": lambda: window.lecture.begin(), "reveal_order": self.order}

    def order(self) -> None:
        """Shows the panel of the order."""
        dock = self._window.docks["reveal"]
        dock.show()
        dock.raise_()
