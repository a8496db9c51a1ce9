"""What a person asks for who searches for a block from the canvas.  No Qt widgets."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF

from graph.diagram import Pin, Wire


@dataclass(frozen=True)
class Wanted:
    """A block at a point of the scene, None for wherever there is room: fed by `source`, feeding `target`, or put into
    `wire`; at most one of the three.
    """

    point: QPointF | None = None
    source: Pin | None = None
    target: Pin | None = None
    wire: Wire | None = None

    @property
    def takes(self) -> bool:
        """Whether a wire must be able to end at it."""
        return self.source is not None or self.wire is not None

    @property
    def gives(self) -> bool:
        """Whether a wire must be able to begin at it."""
        return self.target is not None or self.wire is not None

    @property
    def sentence(self) -> str:
        """What is asked for, in words."""
        if self.wire is not None:
            return f"A block between {self.wire.source} and {self.wire.target}"
        if self.source is not None:
            return f"A block that takes {self.source}"
        return f"A block that feeds {self.target}" if self.target is not None else "Add a block"
