"""Showing the inside of a part at its use: the edits that make a use larger and smaller, and the room that it takes.

What stands ahead of the use along the flow makes way by as much as the shape grows, what stands beside its row by half of
it on either side.  Every place moves by the same rule, so that nothing comes to lie on anything, and collapsing takes it
back exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from graph.diagram import PART, UP, Block, Diagram
from graph.edit import Alone
from graph.edits import _named, _the
from graph.frame import Comment, Frame
from graph.problem import DiagramError
from graph.turning import Place, rightwards, upwards

DIGITS = 6  # of places that are moved: there and back is then the same number
Moves = Callable[[Place], Place]


@dataclass(frozen=True, slots=True)
class Growth:
    """By how much a shape is larger along the flow and across it, and half its breadth without that."""

    along: float
    across: float
    half: float


@dataclass(frozen=True)
class Expand(Alone):
    """Draws uses of parts with their insides, and makes room for that; with `others_stay` the room is there already."""

    growths: Mapping[str, Growth]
    others_stay: bool = False

    @property
    def label(self) -> str:
        return _named("Expand", self.growths)

    def apply(self, diagram: Diagram) -> Diagram:
        """The diagram with these uses larger.  Raises DiagramError for a block that is no use of a part, or is expanded."""
        for name, growth in self.growths.items():
            use = _use(diagram, name)
            if use.expanded is not None:
                raise DiagramError(f"{name}: its inside is shown already.")
            room = (growth.along, growth.across)
            diagram = _sized(diagram, use, growth, True, self.others_stay)
            diagram = diagram.with_blocks(replace(diagram.blocks[name], expanded=room))
        return diagram


@dataclass(frozen=True)
class Collapse(Alone):
    """Draws uses of parts as plain shapes again, and takes the room back; `halves` holds half the breadth of each.

    With `others_stay` the room is left free.
    """

    halves: Mapping[str, float]
    others_stay: bool = False

    @property
    def label(self) -> str:
        return _named("Collapse", self.halves)

    def apply(self, diagram: Diagram) -> Diagram:
        """The diagram with these uses small.  Raises DiagramError for a block whose inside is not shown."""
        for name, half in reversed([*self.halves.items()]):
            use = _use(diagram, name)
            if use.expanded is None:
                raise DiagramError(f"{name}: its inside is not shown.")
            growth = Growth(*use.expanded, half)
            diagram = _sized(diagram, use, growth, False, self.others_stay)
            diagram = diagram.with_blocks(replace(diagram.blocks[name], expanded=None))
        return diagram


def _use(diagram: Diagram, name: str) -> Block:
    block = _the(diagram, name)
    if block.kind != PART:
        raise DiagramError(f"{name} is not the use of a part: it has no inside.")
    return block


def _sized(diagram: Diagram, use: Block, growth: Growth, grows: bool, others_stay: bool) -> Diagram:
    """The diagram with a use standing where it is larger or smaller, and the others where that puts them."""
    if not others_stay:
        return _spaced(diagram, use, growth, grows)
    longer = growth.along if grows else -growth.along
    place = _by_its_flat_end(use.position, longer, diagram.flow == UP)
    return diagram.with_blocks(replace(use, position=place))


def _spaced(diagram: Diagram, use: Block, growth: Growth, grows: bool) -> Diagram:
    """The diagram with every place moved as a use becomes larger or smaller; its flat end stays where it is."""
    is_up = diagram.flow == UP
    moves = _moves(use.position, growth, grows, is_up)
    places = {name: moves(block.position) for name, block in diagram.blocks.items()}
    places[use.id] = _by_its_flat_end(use.position, growth.along if grows else -growth.along, is_up)
    made = diagram.with_blocks(
        *(
            replace(diagram.blocks[name], position=place)
            for name, place in places.items()
            if place != diagram.blocks[name].position
        )
    )
    if not diagram.notes:
        return made
    return made.with_drawn(
        (_frame(frame, moves) for frame in diagram.frames),
        (_comment(comment, moves) for comment in diagram.comments),
    )


def _by_its_flat_end(middle: Place, longer: float, is_up: bool) -> Place:
    """The middle of a shape that becomes longer while its flat end stays where it is."""
    return _moved(middle, lambda _: (longer / 2, 0.0), is_up)


def _moves(middle: Place, growth: Growth, grows: bool, is_up: bool) -> Moves:
    x, y = rightwards(middle) if is_up else middle
    edge = x if grows else x - growth.along / 2  # what is beyond makes way

    def by(at: Place) -> Place:
        ahead = _shift(at[0] - edge, growth.along, grows)
        aside = _shift(abs(at[1] - y) - growth.half, growth.across / 2, grows)
        return ahead, aside if at[1] > y else -aside

    return lambda at: _moved(at, by, is_up)


def _shift(beyond: float, room: float, grows: bool) -> float:
    """How far what lies so far beyond an edge goes away from it, or towards it when the room is taken back."""
    if grows:
        return room if beyond > 0 else 0.0
    return -min(room, max(beyond, 0.0))


def _moved(at: Place, by: Moves, is_up: bool) -> Place:
    """A place moved by what a rule for diagrams that flow to the right says."""
    x, y = upwards(by(rightwards(at))) if is_up else by(at)
    return _sum(at[0], x), _sum(at[1], y)


def _sum(value: float, by: float) -> float:
    return round(value + by, DIGITS) + 0.0 if by else value


def _frame(frame: Frame, moves: Moves) -> Frame:
    x, y, width, height = frame.rectangle
    (left, top), (right, bottom) = moves((x, y)), moves((x + width, y + height))
    wider, higher = right - left - width, bottom - top - height
    rectangle = left, top, _sum(width, round(wider, DIGITS)), _sum(height, round(higher, DIGITS))
    return replace(frame, rectangle=rectangle)


def _comment(comment: Comment, moves: Moves) -> Comment:
    return replace(comment, place=(*moves(comment.place[:2]), comment.place[2]))
