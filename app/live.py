"""The conversation with the engine: what the window says to it, and what it hears back, once a tick of one timer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from app.asking import Asking
from app.delivery import Delivery
from graph.diagram import Diagram
from runtime import messages as m
from runtime.snapshot import Ask, Snapshot

TICK = 16  # ms between two looks into the pipe


class Engine(Protocol):
    """What is needed of runtime.session.Session."""

    def start(self) -> None: ...
    def send(self, command: m.Command) -> None: ...
    def receive(self) -> list[m.Message | Snapshot]: ...
    def restart(self) -> None: ...
    def close(self) -> None: ...


class Live(QObject):
    """Keeps the engine's diagram equal to the document's, and asks for as many frames as can be shown.

    Until the engine is ready nothing is sent: the last diagram, file and wish to play are kept and take effect then.
    """

    ready = Signal(object)  # messages.Ready
    compiled = Signal(object)  # messages.Compiled, of the newest diagram only
    mendable = Signal(object)  # messages.Mendable, of the newest diagram only
    shown = Signal(object)  # Snapshot, of the newest diagram only
    stopped = Signal(object)  # messages.Stopped
    branched = Signal(int)  # the step that the run goes on from
    failed = Signal(object)  # Problem
    done = Signal(str)
    checked = Signal(object)  # messages.Checked, of the newest diagram only
    computed = Signal(object)  # messages.Computed
    evaluated = Signal(object)  # messages.Evaluated
    written = Signal(object)  # messages.SourceText, of the newest diagram only
    died = Signal(str)
    played = Signal(bool)  # whether it trains, or will as soon as it can

    def __init__(self, session: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.asks: Callable[[], tuple[Ask, ...]] = tuple  # what the open views want
        self.asking = Asking()
        self._session = session
        self._delivery = Delivery()
        self._ready = self._playing = False
        self._interrupted = False  # it played until the diagram could not be trained
        self._branching = False  # it is to play from where the run branches
        self._order = 0  # of the last wish to train
        self._checking = 0  # the version of the diagram whose gradients are being checked
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self.tick)
        self._soon = QTimer(self)  # one SetDiagram for all the edits of one turn of the event loop
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._deliver)

    @property
    def is_ready(self) -> bool:
        """Whether the engine has answered."""
        return self._ready

    @property
    def is_playing(self) -> bool:
        """Whether it trains, or will as soon as it can."""
        return self._playing

    def start(self) -> None:
        """Starts the engine and the timer."""
        self._session.start()
        self._timer.start()

    def close(self) -> None:
        """Ends the engine."""
        self._timer.stop()
        self._soon.stop()
        self._session.close()

    def restart(self) -> None:
        """Starts another engine after the last one died; the diagram is given to it when it is ready."""
        self._lose()
        self._session.restart()
        self._timer.start()

    def _lose(self) -> None:
        """The engine is gone, and with it all that it was told."""
        self._ready = False
        self._delivery.begin_anew()
        self._forget_wishes()
        self.asking.waiting = False
        self._set_playing(False)

    def _forget_wishes(self) -> None:
        """Something else is wished now than a step of the past, or to go on from one."""
        self.asking.forget_step()
        self._branching = False

    # --- what is said --------------------------------------------------------------------------------------------

    def send(self, command: m.Command) -> bool:
        """Says this of the newest diagram; False when no engine is there, and nothing is said."""
        self._deliver()
        if self._ready:
            self._session.send(command)
        return self._ready

    def _deliver(self) -> None:
        if self._ready:
            for command in self._delivery.commands():
                self._session.send(command)

    def show(
        self, diagram: Diagram, folder: str = "", fresh: bool = False, weights: str = ""
    ) -> None:
        """The diagram is this now; `fresh` forgets the weights, `weights` names the file to read them beside."""
        self._delivery.take(diagram, folder, fresh, weights)
        if fresh:
            self._forget_wishes()
            self._set_playing(False)
        self._soon.start()

    def play(self) -> None:
        """Trains until told otherwise, from as soon as the engine is ready."""
        self._forget_wishes()
        self._set_playing(True)
        self._order += 1
        self.send(m.Play(self._order))

    def pause(self) -> None:
        """Stops after the current step."""
        self._set_playing(False)
        self.send(m.Pause())
        self.asking.changed = True

    def toggle(self) -> None:
        """Pauses when it plays, plays when it pauses."""
        if self._playing:
            self.pause()
        else:
            self.play()

    def step(self) -> None:
        """One step, then pause."""
        self._forget_wishes()
        self._set_playing(False)
        self._order += 1
        self.send(m.Step(1, self._order))
        self.asking.changed = True

    def reset(self) -> None:
        """New weights, step 0; the run before is judged once more for its record."""
        self._forget_wishes()
        self.send(m.Evaluate())
        self.send(m.Reset())
        self.asking.changed = True

    def look_at(self, step: int | None) -> None:
        """Pauses and shows the run as it was at a step, None: as it is; of many wishes the last, a frame at a time."""
        self._forget_wishes()
        self._set_playing(False)
        self.asking.seek(step)

    def branch(self, step: int) -> None:
        """Trains on from a recorded step; what came after it is forgotten."""
        self._forget_wishes()
        self._branching = self.send(m.Branch(step))

    def look_again(self) -> None:
        """Asks for a frame even though nothing runs: a view was opened."""
        self.asking.changed = True

    def check_gradients(self, blocks: tuple[str, ...]) -> bool:
        """Asks for a check of these blocks of the expanded diagram, of all when empty; False when no engine is there."""
        asked = self.send(m.CheckGradients(blocks))
        self._checking = self._delivery.version
        return asked

    # --- what is heard -------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Takes what has come and asks for the next frame when it is due."""
        for message in self._session.receive():
            self._take(message)
        if self._ready and self.asking.is_due(self._playing):
            for command in self.asking.commands(self.asks()):
                self._session.send(command)

    def _take(self, message: m.Message | Snapshot) -> None:
        match message:
            case Snapshot():
                self.asking.waiting = False
                if self._delivery.is_of(message.version):
                    self.shown.emit(message)
            case m.Ready():
                self._begin(message)
            case m.Compiled():
                if self._delivery.is_of(message.version):
                    self._compiled(message)
            case m.Stopped():
                self._stopped(message)
            case m.Branched():
                play = self._branching
                self.branched.emit(message.step)
                if play:
                    self.play()
            case m.Done():
                self.asking.changed = True
                self.done.emit(message.text)
            case m.Computed():
                self.asking.changed = self.asking.changed or message.over
                self.computed.emit(message)
            case m.Evaluated():
                self.evaluated.emit(message)
            case m.Failed():
                self.failed.emit(message.problem)
            case m.Died():
                self._lose()
                self.died.emit(message.text)
            case _:
                self._answered(message)

    def _answered(self, message: m.Mendable | m.Checked | m.SourceText) -> None:
        """What is said of a diagram, where it is the newest."""
        match message:
            case m.Mendable() if message.version == self._delivery.version:
                self.mendable.emit(message)
            case m.Checked() if self._delivery.is_newest(self._checking):
                self.checked.emit(message)
            case m.SourceText() if self._delivery.is_newest(message.version):
                self.written.emit(message)

    def _begin(self, message: m.Ready) -> None:
        self._ready = True
        self.ready.emit(message)
        self._deliver()
        if self._playing:
            self.send(m.Play(self._order))

    def _compiled(self, message: m.Compiled) -> None:
        self.asking.changed, self.asking.waiting = True, False  # before it could be shown no more
        self.compiled.emit(message)
        if not self._playing:
            return
        if message.report.trainable and self._interrupted:
            self.send(m.Play(self._order))
        self._interrupted = not message.report.trainable

    def _stopped(self, message: m.Stopped) -> None:
        if message.order == self._order:  # else it has been told to go on meanwhile
            self._set_playing(False)
        self.asking.changed = True
        self.stopped.emit(message)

    def _set_playing(self, playing: bool) -> None:
        self._interrupted = False
        if playing != self._playing:
            self._playing = playing
            self.played.emit(playing)
