"""Looks at the loss while it trains, and offers once a run to find out why when it does not fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from app.views.findings import FindingsView
from runtime.messages import Compiled
from runtime.recipe import Recipe
from runtime.snapshot import Snapshot

if TYPE_CHECKING:
    from app.window import MainWindow

STEPS, EPOCHS = 200, 3.0  # before which nothing is said
PLANNED = 0.1  # of the recipe's epochs, before which nothing is said
FIRST = 50  # losses that the run begins with
FALLEN, RISEN = 0.02, 1.0  # of the first loss: less than that is no fall; so much more is a rise
LOW = 0.1  # of the last losses may lie below the very first one after a rise


class Doubting(QObject):
    """The medians of the first and of the last losses are compared: a loss that is 2 % lower at least has fallen."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._first: list[float] = []
        self._last: list[float] = []
        self._told = False
        view = window.figures.views["findings"]
        assert isinstance(view, FindingsView)
        self._view = view
        view.visited.connect(lambda block: window.reactions.visit((block,)))
        view.mended.connect(window.mending.mend)
        window.live.shown.connect(self._shown)
        window.live.compiled.connect(self._compiled)
        window.live.branched.connect(lambda _step: self._begin())
        window.filing.opened.connect(self._begin)

    def look(self) -> None:
        """Opens the findings and begins to look for them."""
        dock = self._window.docks["findings"]
        dock.show()
        dock.raise_()
        self._view.start()

    def _begin(self) -> None:
        self._first, self._last, self._told = [], [], False

    def _compiled(self, message: Compiled) -> None:
        if message.restarted:
            self._begin()

    def _shown(self, snapshot: Snapshot) -> None:
        losses = snapshot.curve[:, 1]
        losses = losses[np.isfinite(losses)].tolist()
        room = FIRST - len(self._first)
        self._first += losses[:room]
        self._last = [*self._last, *losses[room:]][-4 * FIRST :]
        if self._told or not snapshot.playing or len(self._last) < 2 * FIRST:
            return
        sentence = doubt(self._first, self._last)
        if sentence and self._is_time(snapshot):
            self._told = True
            self._window.notice.say(sentence, ("Find out why", self.look))

    def _is_time(self, snapshot: Snapshot) -> bool:
        try:
            planned = Recipe.read(self._window.document.diagram.recipe).epochs
        except ValueError:
            return False
        return snapshot.step >= STEPS and snapshot.epoch >= max(EPOCHS, PLANNED * planned)


def doubt(first: list[float], last: list[float]) -> str:
    """A sentence when the last losses are no lower than the first, "" when they have fallen."""
    begun, before, now = first[0], float(np.median(first)), float(np.median(last))
    # a rate that is too large does its harm within a few steps, so the very first loss counts too
    if now > begun + RISEN * max(abs(begun), 1e-6) and np.quantile(last, LOW) > begun:
        return f"The training loss rises: {begun:.3g} at first, {now:.3g} now."
    if now > before - FALLEN * abs(before) and abs(before) > 1e-6:
        return f"The training loss does not fall: {before:.3g} at first, {now:.3g} now."
    return ""
