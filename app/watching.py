"""What the drawing asks the engine for besides the flows: dead units, moved weights, and the card that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from graph.diagram import Pin
from runtime.figures.card import Card
from runtime.figures.shares import Shares
from runtime.snapshot import Ask, Snapshot

if TYPE_CHECKING:
    from app.window import MainWindow

DEAD, MOVED = Ask("dead"), Ask("moved")


class Watching(QObject):
    """Adds what the drawing wants to what the open views want, and gives it to the canvas for the shown level."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._views = window.live.asks
        window.live.asks = self.asks
        window.live.shown.connect(self._shown)
        window.view.card.looked.connect(lambda _pin: window.live.look_again())
        window.levels.entered.connect(lambda _left: window.live.look_again())

    def asks(self) -> tuple[Ask, ...]:
        """What the open views and the drawing want; what is switched off costs nothing."""
        signs = self._window.scene.signs
        found = [DEAD] * signs.dead_wanted + [MOVED] * signs.tint_wanted
        card = self._card()
        return (*self._views(), *found, *((card,) if card is not None else ()))

    def _card(self) -> Ask | None:
        pin = self._window.view.card.pin
        if pin is None:
            return None
        origin: Pin = self._window.levels.origin(pin)
        return Ask("card", origin.block, origin.name)

    def _shown(self, snapshot: Snapshot) -> None:
        window, views = self._window, snapshot.views
        dead, moved = views.get(DEAD), views.get(MOVED)
        if isinstance(dead, Shares):
            here = window.levels.gathered(dict(dead.blocks))
            window.scene.signs.show_dead(here)
            window.inspector.show_dead(here)
        elif not window.scene.signs.dead_wanted:
            window.inspector.show_dead({})
        if isinstance(moved, Shares):
            window.scene.signs.show_moved(window.levels.gathered(dict(moved.blocks)))
        ask = self._card()
        card = views.get(ask) if ask is not None else None
        if isinstance(card, Card):
            window.view.card.show_figure(card)
