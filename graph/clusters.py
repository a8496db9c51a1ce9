"""Tidy with frames: a frame keeps its blocks around itself, and no other block comes to lie in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from graph.diagram import Block, Diagram, Pin, Wire
from graph.edits import Edit, MoveBlocks, Together
from graph.frame import Frame
from graph.framing import MARGIN, TITLE, following, inside
from graph.layout import Boxes, Position, tidy

CLUSTER = "cluster"  # the kind of what stands for a frame while the others are placed


def tidied(diagram: Diagram, sizes: Boxes, ids: Iterable[str] | None = None) -> Edit:
    """The edit that tidies a diagram, or the blocks of `ids`, with the frames that go along."""
    chosen = set(diagram.blocks if ids is None else ids)
    moves = tidy(diagram, sizes, ids)
    if _intruders(_moved(diagram, moves, sizes), diagram, chosen):
        moves = _in_clusters(diagram, sizes, chosen)
    label = "Tidy" if ids is None else f"Tidy {len(chosen)} blocks"
    return Together(label, (MoveBlocks(moves), *following(diagram, moves, sizes)))


def _moved(diagram: Diagram, moves: Mapping[str, Position], sizes: Boxes) -> Diagram:
    for edit in (MoveBlocks(moves), *following(diagram, moves, sizes)):
        diagram = edit.apply(diagram)
    return diagram


def _intruders(after: Diagram, before: Diagram, chosen: set[str]) -> bool:
    """Whether a block has come to lie in a frame that did not hold it."""
    held = {frame.id: inside(before, frame)[0] for frame in before.frames}
    return any(
        (inside(after, frame)[0] - held[frame.id]) & chosen
        for frame in after.frames
        if held[frame.id]
    )


def _in_clusters(diagram: Diagram, sizes: Boxes, chosen: set[str]) -> dict[str, Position]:
    """Every outermost frame is tidied by itself; then it is placed as one block among the others."""
    home = _homes(diagram, chosen)
    local: dict[str, Position] = {}
    boxes = dict(sizes)
    for frame in dict.fromkeys(home.values()):
        names = [name for name, at in home.items() if at == frame]
        places, box = _around_middle(tidy(diagram, sizes, names), sizes)
        local |= places
        boxes[frame] = box
    whole = _contracted(diagram, chosen, home)
    placed = tidy(whole, boxes, None if chosen == diagram.blocks.keys() else whole.blocks)
    found = {name: at for name, at in placed.items() if name in chosen}
    for name, (x, y) in local.items():
        at = placed[home[name]]
        found[name] = at[0] + x, at[1] + y
    return found


def _homes(diagram: Diagram, chosen: set[str]) -> dict[str, str]:
    """For every block in a frame whose blocks are all to be placed: the largest such frame."""

    def area(frame: Frame) -> float:
        return frame.rectangle[2] * frame.rectangle[3]

    home: dict[str, str] = {}
    for frame in sorted(diagram.frames, key=area, reverse=True):
        names = inside(diagram, frame)[0]
        if names and names <= chosen and not names & home.keys():
            home |= dict.fromkeys((n for n in diagram.blocks if n in names), f"{frame.id}_frame")
    return home


def _around_middle(
    places: dict[str, Position], sizes: Boxes
) -> tuple[dict[str, Position], tuple[float, float, float, float]]:
    """The places around the middle of all, and the box of a frame around them."""
    middles = [(x, y) for x, y in places.values()]
    mx = 10 * round(sum(x for x, _ in middles) / len(middles) / 10)
    my = 10 * round(sum(y for _, y in middles) / len(middles) / 10)
    local = {name: (x - mx, y - my) for name, (x, y) in places.items()}
    ends = [
        (x + s[0], y + s[1], x + s[2], y + s[3])
        for name, (x, y) in local.items()
        for s in (sizes.get(name, (-42.0, -28.0, 102.0, 28.0)),)
    ]
    left, top = min(e[0] for e in ends) - MARGIN, min(e[1] for e in ends) - MARGIN - TITLE
    right, bottom = max(e[2] for e in ends) + MARGIN, max(e[3] for e in ends) + MARGIN
    return local, (left, top, right, bottom)


def _contracted(diagram: Diagram, chosen: set[str], home: Mapping[str, str]) -> Diagram:
    """The diagram with one block for every frame; wires that would lead back into one are left out."""
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
