"""Which way a diagram flows, to the right or upwards, and the edit that turns it.

A place of a diagram that flows to the right lies at (y, -x) once it flows upwards: what was ahead is above, what was below
is at the right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from graph.diagram import UP, Block, Diagram, Frozen
from graph.edit import Alone
from graph.frame import Comment, Frame

WIDER = 1.5  # by how much rows are farther apart when they stand side by side: shapes are wider than high

Place = tuple[float, float]


def upwards(place: Place) -> Place:
    """A place of a flow to the right in a flow upwards."""
    return place[1], 0.0 - place[0]


def rightwards(place: Place) -> Place:
    """The reverse."""
    return 0.0 - place[1], place[0]


def turned(diagram: Diagram, flow: str) -> Diagram:
    """The diagram with its parts, flowing to the "right" or "up"; blocks, frames and comments stand accordingly."""
    if flow == diagram.flow:
        return diagram
    parts = {name: _level(part, flow) for name, part in diagram.parts.items()}
    return _level(diagram, flow).with_(parts=Frozen(parts), flow=flow)


def _level(diagram: Diagram, flow: str) -> Diagram:
    def block(old: Block) -> Block:
        return replace(old, position=_place(old.position, flow))

    def frame(old: Frame) -> Frame:
        x, y, width, height = old.rectangle
        (ax, ay), (bx, by) = _place((x, y), flow), _place((x + width, y + height), flow)
        box = (min(ax, bx), min(ay, by), abs(bx - ax), abs(by - ay))
        return replace(old, rectangle=box)

    def comment(old: Comment) -> Comment:
        x, y = _place(old.place[:2], flow)
        return replace(old, place=(x, y, old.place[2]))

    return diagram.with_(
        blocks=Frozen({name: block(old) for name, old in diagram.blocks.items()}),
        frames=tuple(frame(old) for old in diagram.frames),
        comments=tuple(comment(old) for old in diagram.comments),
    )


def _place(place: Place, flow: str) -> Place:
    if flow == UP:
        x, y = upwards(place)
        return x * WIDER, y
    return rightwards((place[0] / WIDER, place[1]))


@dataclass(frozen=True, slots=True)
class SetFlow(Alone):
    """Turns the diagram with all its parts, so that it flows to the "right" or "up"."""

    flow: str

    @property
    def label(self) -> str:
        return "Flow upwards" if self.flow == UP else "Flow to the right"

    def apply(self, diagram: Diagram) -> Diagram:
        return turned(diagram, self.flow)
