"""Keeps the panel of the lecture's order at the shown level, and carries out what is set there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

if TYPE_CHECKING:
    from app.window import MainWindow


class Revealing(QObject):
    """Fills the panel only while it is seen."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.levels.changed.connect(lambda _change: self._show())
        window.levels.entered.connect(lambda _left: self._show())
        window.filing.opened.connect(self._show)
        window.reveal.edited.connect(window.reactions.do)
        window.reveal.picked.connect(window.scene.select)
        window.reveal.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._show(always=True)
        return False

    def _show(self, always: bool = False) -> None:
        if always or self._window.reveal.isVisible():
            self._window.reveal.show_diagram(self._window.levels.diagram)
