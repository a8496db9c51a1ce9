"""The screen's handle on the engine process: start, send, receive, restart.  Imports no torch and never blocks."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from multiprocessing.connection import Connection
from typing import Any

from runtime import messages as m
from runtime.ended import ended
from runtime.snapshot import Snapshot

SOON = 1.0  # seconds that an engine has to end by itself
WRITTEN = 60.0  # where it has been told to write a file first


def _run(pipe: Connection) -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for the screen, which then ends this process
    from runtime.process import main

    main(pipe)


class Session:
    """One engine process, spawned by start().

    Commands sent before the engine is ready are kept; of several diagrams only the last one is.  receive() is to be
    called by one timer; when the process is gone it gives one Died, and restart() makes a new one.  close() lets it
    write what it has been told to.
    """

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Connection | None = None
        self._waiting: list[m.Command] = []
        self._unwritten = 0  # files that it was told to write and has not spoken of yet
        self.ready = False

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.is_alive()

    @property
    def pid(self) -> int | None:
        """The engine's process id."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Spawns the engine; it sends Ready when torch is loaded."""
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_run, args=(theirs,), daemon=True, name="gradboard engine"
        )
        self._process.start()
        theirs.close()
        self.ready = False

    def send(self, command: m.Command) -> None:
        """Gives the engine a command, now or as soon as it is ready."""
        if self.ready and self._pipe is not None:
            with contextlib.suppress(OSError):  # a dead engine is told by receive()
                self._pipe.send(command)
            self._unwritten += isinstance(command, m.SaveWeights | m.Export)
            return
        if isinstance(command, m.SetDiagram):
            fresh = command.fresh or any(
                isinstance(c, m.SetDiagram) and c.fresh for c in self._waiting
            )
            command = m.SetDiagram(command.version, command.diagram, command.folder, fresh)
            self._waiting = [c for c in self._waiting if not isinstance(c, m.SetDiagram)]
            self._waiting.insert(0, command)
        else:
            self._waiting.append(command)

    def receive(self) -> list[m.Message | Snapshot]:
        """What the engine has sent since the last call."""
        found: list[m.Message | Snapshot] = []
        if self._pipe is None:
            return found
        try:
            while self._pipe.poll():
                found.append(self._take(self._pipe))
        except (EOFError, OSError):
            found.append(self._died())
        return found

    def _take(self, pipe: Connection) -> m.Message | Snapshot:
        message: m.Message | Snapshot = pipe.recv()
        if isinstance(message, m.Ready):
            self._flush()
        if isinstance(message, m.Done):
            self._unwritten = max(0, self._unwritten - 1)
        return message

    def _flush(self) -> None:
        self.ready = True
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self.send(command)

    def _died(self) -> m.Died:
        self._process.join(1)
        code = self._process.exitcode
        self._drop()
        return m.Died(f"the engine {ended(code)}")

    def _drop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        self._pipe, self.ready, self._waiting, self._unwritten = None, False, [], 0

    def restart(self) -> None:
        """A new engine in place of this one; the diagram has to be sent again."""
        self.close()
        self.start()

    def close(self) -> None:
        """Ends the process, by force when it does not end by itself soon, or has not begun."""
        patience = SOON if self.ready else 0.0
        if self._pipe is not None and self.ready:
            self._quit(self._pipe)
        self._drop()
        if self._process is not None:
            self._process.join(patience)
            if self._process.is_alive():
                self._process.kill()
                self._process.join(5)
            self._process = None

    def _quit(self, pipe: Connection) -> None:
        """Listens until the engine is gone: it cannot end while it waits to be heard."""
        began = time.monotonic()
        with contextlib.suppress(EOFError, OSError):
            pipe.send(m.Quit())
            while time.monotonic() < began + (WRITTEN if self._unwritten else SOON):
                if pipe.poll(0.02):
                    self._take(pipe)
