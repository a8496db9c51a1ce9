"""Tidy with frames: a frame keeps its blocks around itself, and no other block comes to lie in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import combinations

from graph.diagram import Block, Diagram, Pin, Wire
from graph.edit import Edit, Together
from graph.edits import MoveBlocks
from graph.following import following
from graph.frame import Frame
from graph.framing import inside
from graph.layout import Boxes, Position, tidy
from graph.rows import GRID

CLUSTER = "cluster"  # the kind of what stands for a frame while the others are placed
NO_HEIGHTS: Mapping[str, float] = {}


def tidied(
    diagram: Diagram,
    sizes: Boxes,
    ids: Iterable[str] | None = None,
    heights: Mapping[str, float] = NO_HEIGHTS,
) -> Edit:
    """The edit that tidies a diagram, or the blocks of `ids`, with the frames and comments that go along.

    `heights` tells how high comments are.
    """
    chosen = frozenset(diagram.blocks if ids is None else ids)
    tidying = _Tidying(diagram, sizes, heights)
    moves = tidying.places(chosen, None if ids is None else chosen, diagram.frames)
    label = "Tidy" if ids is None else f"Tidy {len(chosen)} blocks"
    return Together(label, tidying.edits(moves))


class _Tidying:
    """A diagram whose blocks are placed anew: as they are, or frame by frame where others would come to lie in one."""

    def __init__(self, diagram: Diagram, sizes: Boxes, heights: Mapping[str, float]) -> None:
        self._diagram, self._sizes, self._heights = diagram, sizes, heights
        self._held = {frame.id: inside(diagram, frame) for frame in diagram.frames}

    def edits(self, moves: Mapping[str, Position]) -> tuple[Edit, ...]:
        """The edits that put blocks at new places, frames and comments with them."""
        return MoveBlocks(moves), *following(self._diagram, moves, self._sizes, self._heights)

    def places(
        self, chosen: frozenset[str], ids: frozenset[str] | None, frames: Iterable[Frame]
    ) -> dict[str, Position]:
        """Positions of the chosen blocks, of those in one of the frames near each other; `ids` as `tidy` takes it."""
        moves = tidy(self._diagram, self._sizes, ids)
        return self._by_frames(chosen, ids, frames) if self._is_mixed(moves, frames) else moves

    def _is_mixed(self, moves: Mapping[str, Position], frames: Iterable[Frame]) -> bool:
        """Whether a block would come to lie in a frame that did not hold it, or one frame on another."""
        mine = [f for f in frames if self._held[f.id][0] and self._held[f.id][0] <= moves.keys()]
        after = self._diagram
        for edit in self.edits(moves) if mine else ():
            after = edit.apply(after)
        new = {frame.id: frame for frame in after.frames}
        if any((inside(after, new[f.id])[0] - self._held[f.id][0]) & moves.keys() for f in mine):
            return True
        return any(
            _meet(new[a.id], new[b.id]) and not _meet(a, b) for a, b in combinations(mine, 2)
        )

    def _by_frames(
        self, chosen: frozenset[str], ids: frozenset[str] | None, frames: Iterable[Frame]
    ) -> dict[str, Position]:
        """Every outermost frame is tidied by itself; then it is placed as one block among the others."""
        frames = [*frames]
        home = self._homes(chosen, frames)
        local: dict[str, Position] = {}
        boxes = dict(self._sizes)
        for frame in dict.fromkeys(home.values()):
            names = frozenset(name for name, at in home.items() if at == frame)
            inner = [f for f in frames if f.id != frame and f.id in self._held[frame][1]]
            places = self.places(names, names, inner)
            (mx, my), boxes[_standing_for(frame)] = self._middle(frame, places)
            local |= {name: (x - mx, y - my) for name, (x, y) in places.items()}
        whole = _contracted(self._diagram, chosen, home)
        placed = tidy(whole, boxes, None if ids is None else whole.blocks)
        found = {name: at for name, at in placed.items() if name in chosen}
        for name, (x, y) in local.items():
            at = placed[_standing_for(home[name])]
            found[name] = at[0] + x, at[1] + y
        return found

    def _homes(self, chosen: frozenset[str], frames: Iterable[Frame]) -> dict[str, str]:
        """For every block in a frame whose blocks are all to be placed: the largest such frame."""
        home: dict[str, str] = {}
        for frame in sorted(frames, key=_area, reverse=True):
            names = self._held[frame.id][0]
            if names and names <= chosen and not names & home.keys():
                home |= dict.fromkeys((n for n in self._diagram.blocks if n in names), frame.id)
        return home

    def _middle(
        self, name: str, places: Mapping[str, Position]
    ) -> tuple[Position, tuple[float, float, float, float]]:
        """The middle of a frame's blocks at new places, on the grid, and the frame's box around it."""
        after = self._diagram
        for edit in self.edits(places):
            after = edit.apply(after)
        x, y, width, height = next(f.rectangle for f in after.frames if f.id == name)
        mx = GRID * round(sum(x for x, _ in places.values()) / len(places) / GRID)
        my = GRID * round(sum(y for _, y in places.values()) / len(places) / GRID)
        return (mx, my), (x - mx, y - my, x + width - mx, y + height - my)


def _area(frame: Frame) -> float:
    return frame.rectangle[2] * frame.rectangle[3]


def _standing_for(frame: str) -> str:
    """The id of the block that stands for a frame."""
    return f"{frame}_frame"


def _meet(one: Frame, other: Frame) -> bool:
    (x, y, width, height), (left, top, across, down) = one.rectangle, other.rectangle
    return x < left + across and left < x + width and y < top + down and top < y + height


def _contracted(diagram: Diagram, chosen: Collection[str], home: Mapping[str, str]) -> Diagram:
    """The diagram with one block for every frame; wires that would lead back into one are left out."""
    home = {name: _standing_for(frame) for name, frame in home.items()}
    rank: dict[str, int] = {}
    for index, name in enumerate(diagram.order):
        rank.setdefault(home.get(name, name), index)
    blocks: dict[str, Block] = {}
    for name, block in diagram.blocks.items():
        if name in chosen:
            key = home.get(name, name)
            made = (
                replace(block, shares=None)
                if key == name
                else Block(key, CLUSTER, position=block.position)
            )
            blocks.setdefault(key, made)
    wires = []
    for index, wire in enumerate(diagram.wires):
        ends = [home.get(end.block, end.block) for end in wire]
        if ends[0] in blocks and ends[1] in blocks and rank[ends[0]] < rank[ends[1]]:
            is_cluster = ends[1] != wire.target.block
            pin = Pin(ends[1], f"z{index + 1}" if is_cluster else wire.target.name)
            wires.append(Wire(Pin(ends[0], wire.source.name), pin))
    return Diagram(blocks, tuple(wires), flow=diagram.flow)
