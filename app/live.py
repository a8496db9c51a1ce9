"""The conversation with the engine: what the window says to it, and what it hears back, once a tick of one timer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from graph.diagram import Diagram

if TYPE_CHECKING:
    from runtime.messages import Command, Compiled, Message
    from runtime.snapshot import Ask, Snapshot

TICK = 16  # ms between two looks into the pipe
FRAME = 1 / 30  # s, at least, between two frames that are asked for
LOST = 2.0  # s after which an unanswered frame is asked for again


class Engine(Protocol):
    """What is needed of runtime.session.Session."""

    def start(self) -> None: ...
    def send(self, command: Command) -> None: ...
    def receive(self) -> list[Message | Snapshot]: ...
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
        self._session = session
        self._diagram = Diagram()
        self._folder = ""
        self._fresh = True
        self._weights = ""
        self._version = 0
        self._stale = True  # the engine's diagram is not ours
        self._ready = self._playing = False
        self._checking = 0  # the version of the diagram whose gradients are being checked
        self._asked_at = 0.0
        self._waiting = self._still = False
        self._interrupted = False  # it played until the diagram could not be trained
        self._sought: tuple[int | None, ...] = ()  # the step to look at with the next frame
        self.asks: Callable[[], tuple[Ask, ...]] = tuple  # what the open views want
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self.tick)
        self._soon = QTimer(self)  # one SetDiagram for all the edits of one turn of the event loop
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._flush)

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
        self._ready, self._stale, self._fresh = False, True, True
        self._set_playing(False)
        self._session.restart()
        self._timer.start()

    def show(
        self, diagram: Diagram, folder: str = "", fresh: bool = False, weights: str = ""
    ) -> None:
        """The diagram is this now; `fresh` forgets the weights, `weights` names the file to read them beside."""
        self._diagram, self._folder = diagram, folder
        self._fresh = self._fresh or fresh
        self._weights = weights or ("" if fresh else self._weights)
        self._stale = True
        if fresh:
            self._set_playing(False)
        self._soon.start()

    def play(self) -> None:
        """Trains until told otherwise, from as soon as the engine is ready."""
        from runtime.messages import Play

        self._sought = ()
        self._set_playing(True)
        self._send(Play())

    def pause(self) -> None:
        """Stops after the current step."""
        from runtime.messages import Pause

        self._set_playing(False)
        self._send(Pause())
        self._still = True

    def toggle(self) -> None:
        """Pauses when it plays, plays when it pauses."""
        if self._playing:
            self.pause()
        else:
            self.play()

    def step(self) -> None:
        """One step, then pause."""
        from runtime.messages import Step

        self._sought = ()
        self._set_playing(False)
        self._send(Step(1))
        self._still = True

    def reset(self) -> None:
        """New weights, step 0; the run before is judged once more for its record."""
        from runtime.messages import Evaluate, Reset

        self._send(Evaluate())
        self._send(Reset())
        self._still = True

    def save_weights(self, path: str) -> None:
        """Has the weights written beside the diagram at `path`."""
        from runtime.messages import SaveWeights

        self._send(SaveWeights(path))

    def check_gradients(self, blocks: tuple[str, ...]) -> bool:
        """Asks for a check of these blocks of the expanded diagram, of all when empty; False when no engine is there."""
        from runtime.messages import CheckGradients

        self._send(CheckGradients(blocks))
        self._checking = self._version
        return self._ready

    def check_overfit(self) -> bool:
        """Asks whether a few samples can be learned by heart; False when no engine is there."""
        from runtime.messages import CheckOverfit

        self._send(CheckOverfit())
        return self._ready

    def start_job(self, ask: Ask) -> bool:
        """Has a dear figure computed in the background; False when no engine is there."""
        from runtime.messages import StartJob

        self._send(StartJob(ask))
        return self._ready

    def stop_job(self, ask: Ask) -> None:
        """Leaves it as far as it has come."""
        from runtime.messages import StopJob

        self._send(StopJob(ask))

    def want_source(self) -> None:
        """Asks for the diagram's source; `written` brings it."""
        from runtime.messages import WantSource

        self._send(WantSource())

    def export(self, path: str) -> bool:
        """Has the predictor written as it is trained now; False when no engine is there."""
        from runtime.messages import Export

        self._send(Export(path))
        return self._ready

    def evaluate(self) -> None:
        """Has the run judged as it stands."""
        from runtime.messages import Evaluate

        self._send(Evaluate())

    def log_to(self, folder: str) -> None:
        """Has losses written for TensorBoard below a folder, "" to stop."""
        from runtime.messages import LogTo

        self._send(LogTo(folder))

    def look_at(self, step: int | None) -> None:
        """Pauses and shows the run as it was at a step, None: as it is; of many wishes the last, a frame at a time."""
        self._set_playing(False)
        self._sought, self._still = (step,), True

    @property
    def is_seeking(self) -> bool:
        """Whether the frame of the step that was wished last is still to come."""
        return bool(self._sought)

    def branch(self, step: int) -> None:
        """Trains on from a recorded step; what came after it is forgotten."""
        from runtime.messages import Branch

        self._sought = ()
        self._send(Branch(step))

    def look_again(self) -> None:
        """Asks for a frame even though nothing runs: a view was opened."""
        self._still = True

    def tick(self) -> None:
        """Takes what has come and asks for the next frame when it is due."""
        for message in self._session.receive():
            self._take(message)
        self._ask()

    def _take(self, message: Message | Snapshot) -> None:
        from runtime import messages
        from runtime.snapshot import Snapshot

        match message:
            case Snapshot():
                self._waiting = False
                if message.version == self._version:
                    self.shown.emit(message)
            case messages.Compiled():
                self._compiled(message)
            case messages.Mendable():
                if message.version == self._version:
                    self.mendable.emit(message)
            case messages.Ready():
                self._begin(message)
            case messages.Stopped():
                self._set_playing(False)
                self._still = True
                self.stopped.emit(message)
            case messages.Branched():
                self.branched.emit(message.step)
                self.play()
            case messages.Done():
                self._still = not self._playing
                self.done.emit(message.text)
            case messages.Checked():
                if self._checking == self._version and not self._stale:
                    self.checked.emit(message)
            case messages.Computed():
                self._still = self._still or message.over
                self.computed.emit(message)
            case messages.SourceText():
                if message.version == self._version and not self._stale:
                    self.written.emit(message)
            case messages.Evaluated():
                self.evaluated.emit(message)
            case messages.Failed():
                self.failed.emit(message.problem)
            case messages.Died():
                self._ready = self._waiting = False
                self._set_playing(False)
                self.died.emit(message.text)

    def _compiled(self, message: Compiled) -> None:
        from runtime.messages import Play

        if message.version != self._version:
            return
        self._still = True
        self.compiled.emit(message)
        if not self._playing:
            return
        if message.report.trainable and self._interrupted:
            self._send(Play())
        self._interrupted = not message.report.trainable

    def _begin(self, message: object) -> None:
        from runtime.messages import Play

        self._ready = True
        self.ready.emit(message)
        self._flush()
        if self._playing:
            self._send(Play())

    def _flush(self) -> None:
        from runtime.messages import LoadWeights, SetDiagram

        if not (self._ready and self._stale):
            return
        self._version += 1
        self._stale = False
        self._session.send(SetDiagram(self._version, self._diagram, self._folder, self._fresh))
        if self._weights:
            self._session.send(LoadWeights(self._weights))
        self._fresh, self._weights = False, ""

    def _send(self, command: Command) -> None:
        self._flush()
        if self._ready:
            self._session.send(command)

    def _ask(self) -> None:
        """One frame at a time: the next is asked for when the last has been shown."""
        from runtime.messages import LookAt, WantFrame

        now = time.monotonic()
        due = now - self._asked_at >= (LOST if self._waiting else FRAME)
        if not (self._ready and due and (self._playing or self._still)):
            return
        if self._sought:
            self._session.send(LookAt(*self._sought))
            self._sought = ()
        self._session.send(WantFrame(self.asks()))
        self._asked_at, self._waiting, self._still = now, True, False

    def _set_playing(self, playing: bool) -> None:
        self._interrupted = False
        if playing != self._playing:
            self._playing = playing
            self.played.emit(playing)
