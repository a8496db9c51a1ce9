"""Time travel: the line of moments, the strip above the canvas and the loss curve follow what of the run is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from graph.change import Change
from runtime.messages import Compiled
from runtime.snapshot import Recorded, Snapshot

if TYPE_CHECKING:
    from app.window import MainWindow


class Travel(QObject):
    """Looks back, returns, and branches; and marks edits of the diagram at the step at which they were made.

    While an earlier step is shown, play trains on from the present; only a branch goes on from what is shown.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.recorded = Recorded()
        self.step: int | None = None  # that is looked back at
        self._edits = window.document.stack.index()
        self._noted = QTimer(self)  # the history knows an edit's name only after it was made
        self._noted.setSingleShot(True)
        self._noted.setInterval(0)
        self._noted.timeout.connect(self._mark)
        live = window.live
        live.shown.connect(self._shown)
        live.compiled.connect(self._compiled)
        live.branched.connect(self._branched)
        live.died.connect(lambda _text: self.forget())
        window.filing.opened.connect(self.forget)
        window.moments.wished.connect(live.look_at)
        window.looking_back.returned.connect(self.to_now)
        window.looking_back.branched.connect(self.branch)
        window.document.changed.connect(self._changed)

    # --- what a person wishes --------------------------------------------------------------------------------

    def earlier(self) -> None:
        """One recorded moment back."""
        self._move(-1)

    def later(self) -> None:
        """One recorded moment on, at last the present."""
        self._move(1)

    def _move(self, moments: int) -> None:
        if len(self._window.moments.stops) < 2:
            self._window.status.say("Nothing of the run is recorded yet: press play first.")
            return
        self._window.moments.move_by(moments)

    def to_now(self) -> None:
        """The present again."""
        self._window.live.look_at(None)

    def branch(self) -> None:
        """Trains on from the step that is looked back at."""
        if self.step is None:
            self._window.status.say(
                "Look back first: drag the line under the loss curve, then continue from there."
            )
            return
        self._window.live.branch(self.step)

    # --- what is -----------------------------------------------------------------------------------------------

    def _shown(self, snapshot: Snapshot) -> None:
        self.recorded = snapshot.recorded
        self.step = snapshot.step if snapshot.past else None
        self._show()

    def _show(self) -> None:
        window = self._window
        window.moments.show_moments(self.recorded, self.step, not window.live.asking.seeking)
        window.looking_back.show_step(self.step, self.recorded)
        window.loss.show_here(self.step)

    def _compiled(self, message: Compiled) -> None:
        if message.restarted:
            self.forget()

    def _branched(self, step: int) -> None:
        self._window.loss.branch(step)
        self.recorded, self.step = Recorded((), step, self.recorded.kept), None
        self._show()

    def forget(self) -> None:
        """Another run."""
        self.recorded, self.step = Recorded(), None
        self._show()

    # --- marks -------------------------------------------------------------------------------------------------

    def _changed(self, change: Change) -> None:
        if change.runs:
            self._noted.start()

    def _mark(self) -> None:
        stack, before = self._window.document.stack, self._edits
        self._edits = index = stack.index()
        if not self.recorded.now:
            return
        label = stack.text(index - 1) if index >= before else f"Undo {stack.text(index)}"
        self._window.loss.mark(self.recorded.now, label or "Edit", again=index == before)
