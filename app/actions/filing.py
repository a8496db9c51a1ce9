"""Files in and out, recent ones, the gallery."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from app import gallery
from app.actions.commands import Commands, Table
from app.menus import Row


class Files(Commands):
    """The menu File."""

    def table(self) -> Table:
        filing = self._window.filing
        return {
            "new": filing.new,
            "open": filing.open,
            "save": filing.save,
            "save_as": filing.save_as,
            "open_before": filing.open_before,
            "close": filing.new,
            "quit": self._window.close,
        }

    def recent(self) -> Iterable[Row]:
        """Rows of the recent files."""
        for path in self._window.preferences.recent:
            yield path.name, str(path), partial(self._window.filing.open_file, path)

    def gallery(self) -> Iterable[Row]:
        """Rows of the gallery by the sections of the lectures, with what to look for."""
        for section, names in gallery.sections().items():
            yield section or "Others"
            for name in names:
                open_it = partial(self._window.filing.open_file, gallery.path(name))
                yield name, gallery.note(name), open_it
