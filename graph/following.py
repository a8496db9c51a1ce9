"""Frames and comments go along when blocks are placed anew: around the same blocks, beside the same block, over nothing."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from itertools import count, takewhile

from graph.diagram import Diagram
from graph.edit import Edit
from graph.frame import Frame
from graph.framing import MARGIN, TITLE, MoveFrames, Place, ResizeFrame, corner, drawn, inside
from graph.rows import GRID

Box = tuple[float, float, float, float]  # left, top, right, bottom
Boxes = Mapping[str, Box]

NEAR = 120.0  # within which a comment goes along with a block though others stay
HEIGHT = 40.0  # of a comment of which it is not told
PAD = 10.0  # between a frame and what is drawn in it
AWAY = 600.0  # how far a comment goes to find a free place


def following(
    diagram: Diagram, moves: Mapping[str, Place], sizes: Boxes, heights: Mapping[str, float]
) -> tuple[Edit, ...]:
    """The edits by which frames and comments follow blocks that are placed anew.

    A frame all of whose blocks are placed stays as far around them as before.  A comment stays where it was beside the
    block that it was nearest to, or gives way to what it would hide; a frame without blocks goes like a comment.
    `sizes` gives left, top, right, bottom of every block around its position, `heights` how high comments are.
    """
    return _Following(diagram, moves, sizes, heights).edits()


class _Following:
    """The rectangles of everything, as they were and as they are to be."""

    def __init__(
        self,
        diagram: Diagram,
        moves: Mapping[str, Place],
        sizes: Boxes,
        heights: Mapping[str, float],
    ) -> None:
        self._diagram, self._moves = diagram, moves
        places = {name: block.position for name, block in diagram.blocks.items()}
        self._old = {name: _at(places[name], sizes.get(name)) for name in places}
        self._new = {name: _at(moves[name], sizes.get(name)) for name in moves}
        self._held = {frame.id: inside(diagram, frame) for frame in diagram.frames}
        self._things = {c.id: _card(c.place, heights.get(c.id, HEIGHT)) for c in diagram.comments}
        self._things |= {f.id: _around(f.rectangle) for f in diagram.frames}
        self._frames = dict[
            str, Box
        ]()  # those that follow, from small to large, at their new places
        self._cards = dict[str, Box]()  # comments and empty frames at their new places

    def edits(self) -> tuple[Edit, ...]:
        followers = sorted(filter(self._follows, self._diagram.frames), key=_area)
        left = self._loose({frame.id for frame in followers})
        for frame in followers:
            blocks, drawn_in = self._held[frame.id]
            cards = [name for name in left if name in drawn_in]
            left = [name for name in left if name not in drawn_in]
            self._place(cards, blocks, frame)
            self._frames[frame.id] = self._refitted(frame, blocks, cards)
        self._place(left, self._old.keys(), None)
        resized = (
            ResizeFrame(name, (box[0], box[1], box[2] - box[0], box[3] - box[1]))
            for name, box in self._frames.items()
        )
        places = self._corners()
        return (*resized, *([MoveFrames(places, {})] if places else []))

    def _follows(self, frame: Frame) -> bool:
        blocks = self._held[frame.id][0]
        return bool(blocks) and blocks <= self._moves.keys()

    def _loose(self, followers: Collection[str]) -> list[str]:
        """Comments and frames without blocks, those apart that lie in such a frame and go along with it."""
        empty = [f.id for f in self._diagram.frames if not self._held[f.id][0]]
        taken = {name for frame in empty for name in self._held[frame][1]}
        cards = (*empty, *(c.id for c in self._diagram.comments))
        return [name for name in cards if name not in taken and name not in followers]

    def _place(self, cards: Iterable[str], blocks: Collection[str], frame: Frame | None) -> None:
        """Puts cards beside the blocks that they stood beside; of a `frame` if they are in one."""
        boxes = {name: self._old[name] for name in blocks}
        is_all = self._moves.keys() >= boxes.keys()
        for name in cards if boxes else ():
            old = self._things[name]
            apart, _, anchor = min((*_apart(old, box), block) for block, box in boxes.items())
            if anchor in self._moves and (is_all or apart <= NEAR):
                dx = self._new[anchor][0] - boxes[anchor][0]
                dy = self._new[anchor][1] - boxes[anchor][1]
                at = shifted(old, dx, dy)
                self._cards[name] = _free(at, self._in_the_way(old, at, blocks, frame))

    def _in_the_way(
        self, old: Box, at: Box, blocks: Collection[str], frame: Frame | None
    ) -> list[Box]:
        """What lies around a place, apart from what the card covered already where it was."""
        near = (at[0] - AWAY, at[1] - AWAY, at[2] + AWAY, at[3] + AWAY)
        there = [(self._old[name], self._new.get(name, self._old[name])) for name in blocks]
        inner = self._held[frame.id][1] if frame is not None else self._frames.keys()
        there += [(self._things[n], box) for n, box in self._frames.items() if n in inner]
        there += [(self._things[name], box) for name, box in self._cards.items()]
        return [box for was, box in there if _overlap(box, near) and not _overlap(was, old)]

    def _refitted(self, frame: Frame, blocks: Collection[str], cards: Iterable[str]) -> Box:
        """The rectangle of a frame around its blocks at their new places, and around what is drawn in it."""
        was = self._things[frame.id]
        old = _reach(self._old[name] for name in blocks)
        new = _reach(self._new[name] for name in blocks)
        low = MARGIN / 2
        box = (
            new[0] - max(low, old[0] - was[0]),
            new[1] - max(low, old[1] - was[1]),
            new[2] + max(low, was[2] - old[2]),
            new[3] + max(low, was[3] - old[3]),
        )
        inner = {name: self._cards[name] for name in cards if name in self._cards}
        inner |= {n: b for n, b in self._frames.items() if n in self._held[frame.id][1]}
        for name, now in inner.items():
            before = self._things[name]
            title = TITLE if before[1] >= was[1] + TITLE else 0.0
            holds = _contains((box[0], box[1] + title, box[2], box[3]), now)
            if _contains(was, before) and not holds:
                box = _reach([box, _grown(now, PAD, title)])
        return box

    def _corners(self) -> dict[str, Place]:
        """Where the cards' corners are now, with all that lies in those which are frames."""
        found: dict[str, Place] = {}
        for name, box in self._cards.items():
            old = self._things[name]
            dx, dy = box[0] - old[0], box[1] - old[1]
            for one in (name, *(self._held[name][1] if name in self._held else ())):
                x, y = corner(drawn(self._diagram, one))
                if dx or dy:
                    found[one] = (x + dx, y + dy)
        return found


def _at(place: Place, size: Box | None) -> Box:
    left, top, right, bottom = size or (0.0, 0.0, 0.0, 0.0)
    return place[0] + left, place[1] + top, place[0] + right, place[1] + bottom


def _around(rectangle: Box) -> Box:
    x, y, width, height = rectangle
    return x, y, x + width, y + height


def _card(place: tuple[float, float, float], height: float) -> Box:
    x, y, width = place
    return x, y, x + width, y + height


def _area(frame: Frame) -> float:
    return frame.rectangle[2] * frame.rectangle[3]


def shifted(box: Box, dx: float, dy: float) -> Box:
    return box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy


def _reach(boxes: Iterable[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _grown(box: Box, by: float, above: float) -> Box:
    return box[0] - by, box[1] - by - above, box[2] + by, box[3] + by


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1]


def _contains(a: Box, b: Box) -> bool:
    return a[0] <= b[0] and a[1] <= b[1] and a[2] >= b[2] and a[3] >= b[3]


def _apart(a: Box, b: Box) -> tuple[float, float]:
    """How far two boxes are from each other, then their middles: less for what is nearer."""
    dx = max(a[0] - b[2], b[0] - a[2], 0.0)
    dy = max(a[1] - b[3], b[1] - a[3], 0.0)
    mx, my = (a[0] + a[2] - b[0] - b[2]) / 2, (a[1] + a[3] - b[1] - b[3]) / 2
    return math.hypot(dx, dy), math.hypot(mx, my)


def _free(box: Box, others: list[Box]) -> Box:
    """The nearest place straight up, down, left or right where it lies on none of the others; its own if there is none."""
    for step in takewhile(lambda step: step <= AWAY, count(0, GRID)):
        for dx, dy in ((0, -step), (0, step), (step, 0), (-step, 0)):
            at = shifted(box, dx, dy)
            if not any(_overlap(at, other) for other in others):
                return at
    return box
