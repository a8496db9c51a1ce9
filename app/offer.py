"""Looks through the published parts in a thread and offers them in the palette."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from app.shelf import Shelf

LOOK = 20  # ms between two looks whether the thread is done


class Offer(QObject):
    """Reads every file of a shelf, which takes time, and says `found`: by name what is wrong with it, "" for nothing."""

    found = Signal(object)

    def __init__(self, shelf: Shelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._answer: list[Mapping[str, str]] = []
        self._again = False
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK)
        self._timer.timeout.connect(self._poll)

    def look(self) -> None:
        """Reads the shelf, now or when the present reading is over."""
        if self._thread is not None:
            self._again = True
        elif self._shelf.names():
            self._thread = threading.Thread(target=self._read, daemon=True)
            self._thread.start()
            self._timer.start()
        else:
            self.found.emit({})

    def _read(self) -> None:
        self._answer.append(self._shelf.check())

    def _poll(self) -> None:
        if self._thread is None or self._thread.is_alive():
            return
        self._thread = None
        self._timer.stop()
        if self._answer:
            self.found.emit(self._answer.pop())
        if self._again:
            self._again = False
            self.look()
