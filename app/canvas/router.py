"""The ways of all wires of a diagram: as plain as they can be, around blocks, apart from each other.  No Qt.

The ways depend on what stands where, never on how it came there: a diagram that is opened looks as it was left.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from app.canvas.boxes import Box, Places, around, grown, overlap
from app.canvas.detour import SAME, Departure, detour, straightened
from app.canvas.geometry import Port, Ring
from app.canvas.lanes import Corners, spread
from app.canvas.paths import HEAD, Pair, Plan, Points, drawn, plan
from graph.diagram import Wire

SOLID = 4.0  # how far from a shape a wire that goes around stays at least
STUBS = HEAD + 4.0, 8.0  # how far a wire goes straight on at its ends, if there is room
TRIES = 12  # how often a way is looked for that meets no other block
ASIDE = 40.0  # what it costs to leave a circle elsewhere than along the flow


class Link(NamedTuple):
    """A wire in numbers: the circle of the block at `at`, the port of the block at `to`, and the names of both blocks."""

    source: str
    ring: Ring
    at: Pair
    target: str
    port: Port
    to: Pair

    @property
    def fork(self) -> str:
        """What all wires of one circle have in common."""
        return f"{self.source} {self.ring.x} {self.ring.y}"


class _Way(NamedTuple):
    """What one wire does alone; what stands outside `region` has no say in it."""

    plan: Plan
    region: Box


class Router:
    """Blocks and wires as numbers, and the ways that follow from them."""

    def __init__(self) -> None:
        self._hulls: dict[str, Box] = {}
        self._solid: Places[str] = Places()
        self._links: dict[Wire, Link] = {}
        self._cornered: dict[Wire, tuple[str, Corners]] = {}  # as each would run alone
        self._regions: Places[Wire] = Places()
        self._moved: dict[Wire, Box] = {}  # regions that are not yet in their places
        self._stale: set[Wire] = set()
        self._shown: dict[Wire, Corners] = {}

    def place(self, block: str, hull: Box | None, taken: Box | None = None) -> None:
        """Puts a block's shape with its circles somewhere, and what it takes up with its texts; None removes it."""
        solid = grown(taken or hull, SOLID) if hull else None
        before = self._solid.get(block)
        if hull == self._hulls.get(block) and solid == before:
            return
        while self._moved:
            self._regions.put(*self._moved.popitem())
        for box in (before, solid):
            if box is not None:
                self._stale |= self._regions.near(box)
        self._solid.put(block, solid)
        if hull is not None:
            self._hulls[block] = hull
        else:
            del self._hulls[block]

    def link(self, wire: Wire, link: Link | None) -> None:
        """Gives a wire its ends; None removes it."""
        if link is not None:
            if link != self._links.get(wire):
                self._links[wire] = link
                self._stale.add(wire)
            return
        for kept in (self._links, self._cornered, self._shown, self._moved):
            kept.pop(wire, None)
        self._regions.put(wire, None)
        self._stale.discard(wire)

    def ways(self) -> dict[Wire, Points]:
        """The ways that are others than when this was last asked."""
        renewed = {}
        for wire in [wire for wire in self._links if wire in self._stale]:
            link = self._links[wire]
            found = self._way(link)
            self._moved[wire] = found.region
            if isinstance(found.plan, tuple):
                self._cornered[wire] = link.fork, found.plan
            else:
                self._cornered.pop(wire, None)
                self._shown.pop(wire, None)
                renewed[wire] = found.plan
        self._stale.clear()
        for wire, corners in spread(self._cornered, self._boxes_near).items():
            if corners != self._shown.get(wire):
                self._shown[wire] = corners
                renewed[wire] = drawn(corners)
        return renewed

    def way(self, link: Link) -> Points:
        """The way that a wire would have, other wires apart."""
        return drawn(self._way(link).plan)

    def _boxes_near(self, box: Box) -> list[Box]:
        return [self._solid[block] for block in self._solid.near(box)]

    # --- one wire ----------------------------------------------------------------------------------------------------

    def _way(self, link: Link) -> _Way:
        plain = plan(link.ring, link.at, link.port, link.to)
        pieces = _pieces(plain)
        region = grown(around(pieces), SOLID)
        met = self._met(pieces, link, region, touching=False)
        if not met:
            return _Way(plain, region)
        tip = link.to[0] + link.port.x, link.to[1] + link.port.y
        arriving = link.port.dx, link.port.dy
        arrival = self._stub(tip, (-arriving[0], -arriving[1]), link)
        rims = _rims(link)
        starts = [Departure(self._stub(rim, way, link), way, cost) for rim, way, cost in rims]
        free = [start for start in starts if self._is_free(start.point, link)]
        is_computed = bool(link.ring.dx or link.ring.dy)
        starts = starts[:1] if is_computed and starts[0] in free else free or starts
        own = {link.source, link.target} & self._hulls.keys()
        stubs = [(*point, *point) for point in (arrival, *(start.point for start in starts))]
        region = around([region, *stubs])
        buried = set().union(*(self._solid.near(stub) for stub in stubs)) - own
        met = (met | own) - buried
        for _ in range(TRIES):
            boxes = [self._box(block, link, True) for block in sorted(met)]
            found = detour(starts, arrival, arriving, boxes)
            if found is None:
                break
            region = around([region, grown(around(_pieces(found)), SOLID)])
            more = self._met(_pieces(found), link, region, touching=True) - met - buried
            if not more:
                return _Way(_joined(rims, starts, found, tip), region)
            met |= more
        return _Way(plain, region)

    def _met(self, pieces: Iterable[Box], link: Link, region: Box, touching: bool) -> set[str]:
        """The blocks through which pieces of a way run, or which they touch."""
        near = {block: self._box(block, link, touching) for block in self._solid.near(region)}
        return {
            block for block, box in near.items() if any(overlap(piece, box) for piece in pieces)
        }

    def _box(self, block: str, link: Link, touching: bool) -> Box:
        if block in (link.source, link.target):
            return grown(self._hulls[block], SOLID if touching else -SOLID)
        return grown(self._solid[block], 0.0 if touching else -1.5 * SOLID)

    def _stub(self, end: Pair, heading: Pair, link: Link) -> Pair:
        """A point straight out of a wire's end, nearer to it where another block is in the way."""
        for away in STUBS:
            point = end[0] + heading[0] * away, end[1] + heading[1] * away
            if self._is_free(point, link):
                break
        return point

    def _is_free(self, point: Pair, link: Link) -> bool:
        return not self._solid.near((*point, *point)) - {link.source, link.target}


def _pieces(planned: Plan) -> list[Box]:
    """The straight pieces of a way as boxes without width or height; those of a curve are so short that they nearly are."""
    points = planned if isinstance(planned, tuple) else planned.tolist()
    return [
        (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
        for a, b in pairwise(points)
    ]


def _rims(link: Link) -> list[tuple[Pair, Pair, float]]:
    """Where a wire may leave its circle and what that costs: at the side of the circle, at another of a variable."""
    ring = link.ring
    x, y = link.at[0] + ring.x, link.at[1] + ring.y
    if ring.dx or ring.dy:
        dx, dy = ring.dx, ring.dy
        sides = [((dx, dy), 0.0), ((-dy, dx), ASIDE), ((dy, -dx), ASIDE)]
    else:
        sides = [
            ((1.0, 0.0), 0.0),
            *((side, ASIDE) for side in ((0.0, -1.0), (0.0, 1.0), (-1.0, 0.0))),
        ]
    return [
        ((x + dx * ring.radius, y + dy * ring.radius), (dx, dy), cost) for (dx, dy), cost in sides
    ]


def _joined(
    rims: list[tuple[Pair, Pair, float]], starts: list[Departure], found: Corners, tip: Pair
) -> Corners:
    """The corners of a way from rim to tip."""
    begun = next(start for start in starts if math.dist(start.point, found[0]) < SAME)
    rim = next(rim for rim, heading, _ in rims if heading == begun.heading)
    return straightened([rim, *found, tip])
