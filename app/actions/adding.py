"""New blocks by keys: the search at the cursor, and the palette's own."""

from __future__ import annotations

from app.actions.commands import Commands, Table


class Adds(Commands):
    """Of the menu Edit what brings new blocks from the library."""

    def table(self) -> Table:
        return {"add": self.search, "library": self.library}

    def search(self) -> None:
        """Searches for a block at the mouse."""
        self._window.view.new_blocks.search_at(self._window.view.pointer)

    def library(self) -> None:
        """Shows the palette and goes to its search."""
        palette = self._window.library
        self._window.docks["palette"].show()
        self._window.docks["palette"].raise_()
        palette.search.setFocus()
        palette.search.selectAll()
