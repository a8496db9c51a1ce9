"""Taking blocks out of the flow without breaking it: what fed a block feeds from then on what the block fed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.diagram import Diagram, Pin, Wire
from graph.edits import RemoveBlocks
from graph.problem import DiagramError


@dataclass(frozen=True, slots=True)
class RemoveAndJoin:
    """Removes blocks; the source of each one's first wire goes on to all that the block fed, in one step of undo."""

    ids: tuple[str, ...]

    @property
    def label(self) -> str:
        one = len(self.ids) == 1
        return f"Take out {self.ids[0]}" if one else f"Take out {len(self.ids)} blocks"

    def merges_with(self, previous: object) -> bool:
        """It is always a step of its own."""
        return False

    def apply(self, diagram: Diagram) -> Diagram:
        rest = RemoveBlocks(self.ids).apply(diagram)
        feeds = {name: _feed(diagram, name) for name in self.ids}
        joined = tuple(
            Wire(_through(feeds, wire.source), wire.target)
            for wire in diagram.wires
            if wire.target.block not in feeds
        )
        try:
            return rest.with_(wires=joined)
        except DiagramError:
            raise DiagramError(
                f"{', '.join(self.ids):.80}: taken out, a loop would be left without a delay."
            ) from None


def stands_between(diagram: Diagram, name: str) -> bool:
    """Whether a block is fed and feeds another, so that taking it out leaves something to join."""
    return bool(diagram.wires_into(name) and diagram.wires_from(name))


def _feed(diagram: Diagram, name: str) -> Pin:
    """The source of the first wire into a block.  Raises DiagramError when nothing enters it, or nothing leaves it."""
    entering = diagram.wires_into(name)
    if not entering:
        raise DiagramError(f"{name}: no wire enters it, so there is nothing to join; Delete it.")
    if not diagram.wires_from(name):
        raise DiagramError(f"{name}: no wire leaves it, so there is nothing to join; Delete it.")
    return entering[0].source


def _through(feeds: Mapping[str, Pin], source: Pin) -> Pin:
    """The first source on the way up that stays.  Raises DiagramError when the way up is a loop."""
    passed = set[str]()
    while source.block in feeds:
        if source.block in passed:
            raise DiagramError(f"{source.block}: nothing outside the loop feeds it.")
        passed.add(source.block)
        source = feeds[source.block]
    return source
