"""Edits of frames and comments, and what belongs to a frame: whatever stands inside it goes along with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from graph.diagram import Diagram
from graph.edit import Alone, Gesture
from graph.edits import MoveBlocks
from graph.frame import Comment, Frame, Note
from graph.problem import DiagramError

Box = tuple[float, float, float, float]  # x, y, width, height
Place = tuple[float, float]
MARGIN = 24.0  # between a new frame and what it holds
TITLE = 26.0  # the strip of the title, above
LEAST = 40.0  # of the sides of a frame that is resized by hand


def drawn(diagram: Diagram, name: str) -> Note:
    """The frame or comment of that id.  Raises DiagramError when there is none."""
    for thing in diagram.notes:
        if thing.id == name:
            return thing
    raise DiagramError(f"{name:.80}: there is no such frame or comment.")


def _frame(diagram: Diagram, name: str, instead: str) -> Frame:
    """The frame of that id.  Raises DiagramError, which says what a comment has `instead`."""
    thing = drawn(diagram, name)
    if not isinstance(thing, Frame):
        raise DiagramError(f"{name} is a comment: {instead}.")
    return thing


def _comment(diagram: Diagram, name: str, instead: str) -> Comment:
    """The comment of that id.  Raises DiagramError, which says what a frame has `instead`."""
    thing = drawn(diagram, name)
    if not isinstance(thing, Comment):
        raise DiagramError(f"{name} is a frame: {instead}.")
    return thing


def corner(thing: Note) -> Place:
    """The upper left corner."""
    x, y = (thing.rectangle if isinstance(thing, Frame) else thing.place)[:2]
    return x, y


def put(thing: Note, at: Place) -> Note:
    """The same with its upper left corner elsewhere."""
    x, y = float(at[0]), float(at[1])
    if isinstance(thing, Frame):
        return replace(thing, rectangle=(x, y, *thing.rectangle[2:]))
    return replace(thing, place=(x, y, thing.place[2]))


def free_frame_id(diagram: Diagram, stem: str = "frame", taken: Iterable[str] = ()) -> str:
    """The first of stem1, stem2, ... that no frame or comment has."""
    used = {thing.id for thing in diagram.notes} | {*taken}
    number = 1
    while f"{stem}{number}" in used:
        number += 1
    return f"{stem}{number}"


def inside(diagram: Diagram, frame: Frame) -> tuple[frozenset[str], frozenset[str]]:
    """The blocks whose middle lies in a frame; the frames that lie wholly in it and the comments that begin in it."""
    x, y, width, height = frame.rectangle

    def holds(px: float, py: float) -> bool:
        return x <= px <= x + width and y <= py <= y + height

    blocks = frozenset(n for n, b in diagram.blocks.items() if holds(*b.position))
    drawn_in = {c.id for c in diagram.comments if holds(*corner(c))}
    for other in diagram.frames:
        left, top, across, down = other.rectangle
        whole = holds(left, top) and holds(left + across, top + down)
        if other.id != frame.id and whole and other.rectangle != frame.rectangle:
            drawn_in.add(other.id)
    return blocks, frozenset(drawn_in)


def carried(diagram: Diagram, ids: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """What moves with these frames and comments: blocks, and frames and comments, themselves included."""
    names = frozenset(ids)
    blocks = frozenset[str]()
    for frame in diagram.frames:
        if frame.id in names:
            more, others = inside(diagram, frame)
            blocks, names = blocks | more, names | others
    return blocks, names


def held_by(diagram: Diagram, ids: Collection[str]) -> tuple[str, ...]:
    """The frames all of whose blocks are among these, with the comments in them; a frame without blocks is not."""
    found: dict[str, None] = {}
    for frame in diagram.frames:
        blocks, others = inside(diagram, frame)
        if blocks and blocks.issubset(ids):
            found.update(dict.fromkeys((frame.id, *sorted(others))))
    return tuple(found)


def around(boxes: Iterable[Box], margin: float = MARGIN) -> Box:
    """The rectangle of a frame around some rectangles, with room for its title."""
    boxes = [*boxes]
    left, top = min(b[0] for b in boxes) - margin, min(b[1] for b in boxes) - margin - TITLE
    right = max(b[0] + b[2] for b in boxes) + margin
    bottom = max(b[1] + b[3] for b in boxes) + margin
    return left, top, right - left, bottom - top


def _named(stem: str, ids: Collection[str]) -> str:
    return f"{stem} {next(iter(ids))}" if len(ids) == 1 else f"{stem} {len(ids)} frames"


def _replaced(diagram: Diagram, things: Iterable[Note]) -> Diagram:
    new = {thing.id: thing for thing in things}
    return diagram.with_drawn(
        frames=(new.get(f.id, f) for f in diagram.frames),  # type: ignore[misc]
        comments=(new.get(c.id, c) for c in diagram.comments),  # type: ignore[misc]
    )


@dataclass(frozen=True, slots=True)
class AddFrame(Alone):
    """Puts a frame behind the blocks."""

    frame: Frame

    @property
    def label(self) -> str:
        return f"Add {self.frame.id}"

    def apply(self, diagram: Diagram) -> Diagram:
        return diagram.with_drawn(frames=(*diagram.frames, self.frame))


@dataclass(frozen=True, slots=True)
class AddComment(Alone):
    """Writes a comment on the canvas."""

    comment: Comment

    @property
    def label(self) -> str:
        return f"Add {self.comment.id}"

    def apply(self, diagram: Diagram) -> Diagram:
        return diagram.with_drawn(comments=(*diagram.comments, self.comment))


@dataclass(frozen=True, slots=True)
class RemoveFrames(Alone):
    """Removes frames and comments; the blocks in them stay."""

    ids: tuple[str, ...]

    @property
    def label(self) -> str:
        return _named("Remove", self.ids)

    def apply(self, diagram: Diagram) -> Diagram:
        gone = {drawn(diagram, name).id for name in self.ids}
        return diagram.with_drawn(
            frames=(f for f in diagram.frames if f.id not in gone),
            comments=(c for c in diagram.comments if c.id not in gone),
        )


@dataclass(frozen=True, slots=True)
class MoveFrames(Gesture):
    """Puts upper left corners of frames and comments, and middles of blocks, at new places, in canvas units."""

    places: Mapping[str, Place]
    blocks: Mapping[str, Place]
    gesture: str = ""

    @property
    def label(self) -> str:
        return _named("Move", self.places)

    def target(self) -> object:
        return frozenset(self.places), frozenset(self.blocks)

    def apply(self, diagram: Diagram) -> Diagram:
        moved = [put(drawn(diagram, name), at) for name, at in self.places.items()]
        if self.blocks:
            diagram = MoveBlocks(self.blocks).apply(diagram)
        return _replaced(diagram, moved)


@dataclass(frozen=True, slots=True)
class ResizeFrame(Gesture):
    """Gives a frame another rectangle; what it holds stays where it is."""

    id: str
    rectangle: Box
    gesture: str = ""

    @property
    def label(self) -> str:
        return f"Resize {self.id}"

    def target(self) -> object:
        return self.id

    def apply(self, diagram: Diagram) -> Diagram:
        thing = _frame(diagram, self.id, "only its width can be changed")
        x, y, width, height = (float(v) for v in self.rectangle)
        return _replaced(diagram, [replace(thing, rectangle=(x, y, width, height))])


@dataclass(frozen=True, slots=True)
class WidenComment(Gesture):
    """Gives a comment another width; its height follows its text."""

    id: str
    width: float
    gesture: str = ""

    @property
    def label(self) -> str:
        return f"Resize {self.id}"

    def target(self) -> object:
        return self.id

    def apply(self, diagram: Diagram) -> Diagram:
        thing = _comment(diagram, self.id, "give it a rectangle")
        return _replaced(diagram, [replace(thing, place=(*thing.place[:2], float(self.width)))])


@dataclass(frozen=True, slots=True)
class SetTitle(Alone):
    """Gives a frame its title."""

    id: str
    title: str

    @property
    def label(self) -> str:
        return f"Name {self.id}"

    def apply(self, diagram: Diagram) -> Diagram:
        thing = _frame(diagram, self.id, "it has a text and no title")
        return _replaced(diagram, [replace(thing, title=self.title)])


@dataclass(frozen=True, slots=True)
class SetComment(Alone):
    """Writes another text in a comment."""

    id: str
    text: str

    @property
    def label(self) -> str:
        return f"Edit {self.id}"

    def apply(self, diagram: Diagram) -> Diagram:
        thing = _comment(diagram, self.id, "it has a title and no text")
        return _replaced(diagram, [replace(thing, text=self.text)])


@dataclass(frozen=True, slots=True)
class SetColor(Alone):
    """Gives frames and comments a colour, one of graph.frame.COLORS."""

    ids: tuple[str, ...]
    color: str

    @property
    def label(self) -> str:
        return _named("Colour", self.ids)

    def apply(self, diagram: Diagram) -> Diagram:
        things = [drawn(diagram, name) for name in self.ids]
        return _replaced(diagram, [replace(thing, color=self.color) for thing in things])
