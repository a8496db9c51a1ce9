"""The engine process: reads commands from a pipe, and works while there is something to do."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from multiprocessing.connection import Connection
from typing import Any

import torch

from runtime import messages as m
from runtime.devices import devices
from runtime.engine import Engine


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


def _read(pipe: Connection, commands: queue.SimpleQueue[Any]) -> None:
    try:
        while True:
            commands.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)  # the screen is gone; nothing here is worth keeping


def _turn(engine: Engine, commands: queue.SimpleQueue[Any]) -> None:
    with contextlib.suppress(queue.Empty):
        while True:
            engine.handle(commands.get(block=not engine.busy))
            if engine.busy:
                break
    with contextlib.suppress(queue.Empty):
        while engine.busy:
            engine.handle(commands.get_nowait())
    if engine.busy:
        engine.work()


def _warm_up() -> None:
    """The first optimizer costs seconds of imports; better now than when play is pressed."""
    torch.set_num_threads(1)
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.Adam([weight])
    weight.sum().backward()  # type: ignore[no-untyped-call]
    optimizer.step()
