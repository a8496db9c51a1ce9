"""The newest diagram on its way to the engine, which may not be ready for it yet."""

from __future__ import annotations

from graph.diagram import Diagram
from runtime import messages as m


class Delivery:
    """`version` counts the diagrams that were sent; `due` tells that the engine has not got the newest."""

    def __init__(self) -> None:
        self.version = 0
        self.due = True
        self._diagram, self._folder = Diagram(), ""
        self._fresh, self._weights = True, ""

    def take(self, diagram: Diagram, folder: str, fresh: bool, weights: str) -> None:
        """The diagram is this now; of several that were not sent, one being `fresh` is enough."""
        self._diagram, self._folder = diagram, folder
        self._fresh = self._fresh or fresh
        self._weights = weights or ("" if fresh else self._weights)
        self.due = True

    def begin_anew(self) -> None:
        """Another engine has nothing of what was sent."""
        self.due = self._fresh = True

    def commands(self) -> tuple[m.Command, ...]:
        """What brings the engine the newest diagram; it has it then."""
        if not self.due:
            return ()
        self.version += 1
        given = m.SetDiagram(self.version, self._diagram, self._folder, self._fresh)
        weights = (m.LoadWeights(self._weights),) if self._weights else ()
        self.due = self._fresh = False
        self._weights = ""
        return (given, *weights)

    def is_of(self, version: int) -> bool:
        """Whether a frame of this version is one of the diagram that is there, as it was sent last."""
        return version == self.version and not (self.due and self._fresh)

    def is_newest(self, version: int) -> bool:
        """Whether an answer to this version is one to the newest diagram."""
        return version == self.version and not self.due
