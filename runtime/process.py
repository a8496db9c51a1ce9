"""The engine process: reads commands from a pipe, and works while there is something to do."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

import torch

from runtime import messages as m
from runtime.devices import devices
from runtime.engine import Engine

PATIENCE = 10.0  # seconds that the engine has to end what it does once the screen is gone


def main(pipe: Connection) -> None:
    """Runs an engine at the far end of `pipe` until Quit or until the screen is gone."""
    commands: queue.SimpleQueue[Any] = queue.SimpleQueue()
    # read by a thread: the screen never waits for a step to end, and a look at the queue costs nothing
    threading.Thread(target=_read, args=(pipe, commands), daemon=True).start()
    _warm_up()
    with contextlib.suppress(BrokenPipeError, ConnectionError, KeyboardInterrupt):
        engine = Engine(pipe.send)
        pipe.send(m.Ready(("auto", *devices()), str(torch.__version__)))
        while not engine.done:
            _turn(engine, commands)
    os._exit(0)  # everything is written; torch would take a second to be put away


def _read(pipe: Connection, commands: queue.SimpleQueue[Any]) -> None:
    try:
        while True:
            commands.put(pipe.recv())
    except (EOFError, OSError):
        commands.put(m.Quit())  # the screen is gone; what it has said before still counts
        time.sleep(PATIENCE)
        os._exit(0)


def _turn(engine: Engine, commands: queue.SimpleQueue[Any]) -> None:
    """Carries out what has been said, or waits for it when there is nothing else to do; then works for a while."""
    with contextlib.suppress(queue.Empty):
        while not engine.done:
            engine.handle(commands.get(block=not engine.busy))
    if engine.busy and not engine.done:
        engine.work()


def _warm_up() -> None:
    """The first optimizer costs seconds of imports; better now than when play is pressed."""
    torch.set_num_threads(1)
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.Adam([weight])
    weight.sum().backward()  # type: ignore[no-untyped-call]
    optimizer.step()
