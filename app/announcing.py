"""What a screen reader is told as it happens: selections, edits, remarks, problems, the course of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from shiboken6 import isValid

from app.panels.numbers import readable
from app.panels.words import counted, spoken
from graph.problem import Problem
from runtime.messages import Compiled
from runtime.snapshot import Snapshot

if TYPE_CHECKING:
    from app.window import MainWindow

Politeness = QAccessible.AnnouncementPoliteness


class Announcing(QObject):
    """Turns what happens into short sentences; `announced` carries each that went to the screen reader."""

    announced = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._step = window.document.stack.index()
        self._problems: frozenset[Problem] = frozenset()
        self._shot: Snapshot | None = None
        self._playing = False
        window.scene.picked.connect(self._picked)
        window.document.stack.indexChanged.connect(self._edited)
        window.status.messageChanged.connect(self._say)
        window.notice.said.connect(self._warn)
        window.live.compiled.connect(self._compiled)
        window.live.shown.connect(self._shown)
        window.live.played.connect(self._played)
        window.filing.opened.connect(self._opened)

    def _say(self, sentence: str, politeness: Politeness = Politeness.Polite) -> None:
        if sentence:
            event = QAccessibleAnnouncementEvent(self._window, sentence)
            event.setPoliteness(politeness)
            QAccessible.updateAccessibility(event)
            self.announced.emit(sentence)

    def _warn(self, sentence: str) -> None:
        self._say(sentence, Politeness.Assertive)

    def _picked(self, ids: tuple[str, ...]) -> None:
        levels, report = self._window.levels, self._window.reactions.report
        if len(ids) == 1:
            here = levels.report(report) if report is not None else None
            self._say(f"selected: {spoken(levels.diagram, ids[0], here)}")
        else:
            self._say(f"{counted(len(ids), 'block')} selected" if ids else "nothing selected")

    def _edited(self, index: int) -> None:
        stack, before = self._window.document.stack, self._step
        self._step = index
        if not isValid(stack):  # it empties itself when the window ends
            return
        if index > before:
            self._say(stack.text(index - 1))
        elif index < before:
            self._say(f"undone: {stack.text(index)}")

    def _opened(self) -> None:
        self._step, self._problems, self._shot = 0, frozenset(), None
        diagram = self._window.document.diagram
        name = self._window.document.name
        self._say(f"{name}: {counted(len(diagram.blocks), 'block')}")

    def _compiled(self, message: Compiled) -> None:
        """The problems that were not there before; more than one are counted."""
        found = frozenset(message.report.problems)
        fresh, gone = found - self._problems, self._problems - found
        self._problems = found
        if len(fresh) == 1:
            self._say(f"problem: {next(iter(fresh))}")
        elif fresh:
            self._say(f"{counted(len(fresh), 'new problem')}, {len(found)} in all")
        elif gone and not found:
            self._say("no problems")

    def _shown(self, snapshot: Snapshot) -> None:
        self._shot = snapshot

    def _played(self, playing: bool) -> None:
        before, self._playing = self._playing, playing
        if playing and not before:
            self._say("training")
        elif before and not playing:
            shot = self._shot
            reached = f" at step {shot.step:,}, loss {readable(shot.loss)}" if shot else ""
            self._say(f"training paused{reached}")
