"""What an edit is: a small value with a label and a pure apply.

No edit knows its inverse: undo keeps the diagram from before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from graph.diagram import Diagram


class Edit(Protocol):
    """One step of work on a diagram."""

    @property
    def label(self) -> str:
        """What it does, for the undo menu: `Add relu1`."""
        ...

    def apply(self, diagram: Diagram) -> Diagram:
        """The diagram after this edit.  Raises DiagramError with one sentence when it cannot be done."""
        ...

    def merges_with(self, previous: Edit) -> bool:
        """Whether this edit and the one before it are one step of undo: parts of the same drag of the same thing."""
        ...


class Alone:
    """An edit that is always a step of undo of its own."""

    __slots__ = ()

    def merges_with(self, previous: Edit) -> bool:
        return False


class Gesture:
    """An edit that may be repeated many times while a mouse button is down."""

    __slots__ = ()
    gesture: str

    def target(self) -> object:
        raise NotImplementedError

    def merges_with(self, previous: Edit) -> bool:
        if not isinstance(previous, type(self)):
            return False
        same = self.gesture == previous.gesture and self.target() == previous.target()
        return bool(self.gesture) and same


@dataclass(frozen=True, slots=True)
class Together:
    """Several edits as one step of undo."""

    label: str
    edits: tuple[Edit, ...]

    def apply(self, diagram: Diagram) -> Diagram:
        for edit in self.edits:
            diagram = edit.apply(diagram)
        return diagram

    def merges_with(self, previous: Edit) -> bool:
        """Whether the same gesture goes on for every one of the edits."""
        if not isinstance(previous, Together) or len(previous.edits) != len(self.edits):
            return False
        pairs = zip(self.edits, previous.edits, strict=True)
        return bool(self.edits) and all(mine.merges_with(theirs) for mine, theirs in pairs)
