"""Adding blocks by search: what is offered at the cursor, and what becomes of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt

from app.canvas.wanted import Wanted
from app.panels.entries import Entry
from app.panels.search import Search

if TYPE_CHECKING:
    from app.window import MainWindow

USED = 8  # kinds that are remembered
REMEMBERED = "blocks used"  # under which the preferences keep them


class Adding(QObject):
    """Opens the search when the canvas asks for it, and remembers which kinds were used last, however they were added."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._wanted = Wanted()
        view = window.view
        self.search = Search(lambda: window.theme, view)
        self.search.chosen.connect(self._chose)
        self.search.closed.connect(self._closed)
        view.new_blocks.searched.connect(self.ask)
        view.new_blocks.added.connect(self._remember)
        window.scene.changing.connect(self.search.leave)  # what was asked for may be gone

    @property
    def used(self) -> tuple[str, ...]:
        """The kinds added last, the latest first."""
        return tuple(self._window.preferences.text(REMEMBERED, "").split())

    def ask(self, wanted: Wanted) -> None:
        """Opens the search where the block is wanted."""
        self._wanted = wanted
        self.search.ask(self._place(wanted), wanted.sentence, self._offered(wanted), self.used)

    def _place(self, wanted: Wanted) -> QPoint:
        view = self._window.view
        if wanted.point is None:
            return QPoint(view.width() // 2 - self.search.width() // 2, view.height() // 4)
        return view.viewportTransform().map(wanted.point).toPoint()

    def _offered(self, wanted: Wanted) -> list[Entry]:
        """What can be added here, and of that what the wire fits."""
        return [
            entry
            for entry in self._window.library.entries()
            if entry.is_enabled
            and (entry.takes or not wanted.takes)
            and (entry.gives or not wanted.gives)
        ]

    def _chose(self, kind: str) -> None:
        self._window.view.new_blocks.add(kind, self._wanted)

    def _closed(self) -> None:
        self._window.view.new_blocks.answered()
        self._window.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remember(self, kind: str) -> None:
        kinds = [kind, *(other for other in self.used if other != kind)][:USED]
        self._window.preferences.keep(REMEMBERED, " ".join(kinds))
