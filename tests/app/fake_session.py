"""A session without a process: what is sent is kept, what shall be received is put into a list."""

from __future__ import annotations

from typing import Any


class FakeSession:
    """Stands for runtime.session.Session; `sent` and `inbox` are plain lists."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.inbox: list[Any] = []
        self.ready = False
        self.alive = False
        self.starts = 0

    def start(self) -> None:
        self.alive = True
        self.starts += 1

    def send(self, command: Any) -> None:
        self.sent.append(command)

    def receive(self) -> list[Any]:
        found, self.inbox = self.inbox, []
        return found

    def restart(self) -> None:
        self.sent.clear()
        self.start()

    def close(self) -> None:
        self.alive = False

    def sent_of(self, kind: type) -> list[Any]:
        """The commands of one class, in order."""
        return [command for command in self.sent if isinstance(command, kind)]
