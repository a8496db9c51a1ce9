"""The form of a block in numbers: its shape's size, and where its inputs and circles are.  No Qt.

All places are relative to the block's position, the middle of its shape; y grows downwards.  A form lies, as in a diagram
that flows to the right, or stands, in one that flows upwards: then it is turned by `upwards`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from app.canvas.boxes import Box
from nodes.block import Glyph

OBSERVED, VARIABLE = 24.0, 22.0  # radius of an observed circle; of a latent or parameter circle
BESIDE = 46.0  # room for them beside a circle that stands above its shape
NUMBER = 18.0  # room for a shape or a gradient beside a circle, for the value below a cost
ROUND = 30.0  # how deep a round end is at the most that looks upwards: labels make it wide
TITLE, EDGE = 32.0, 16.0  # of an expanded use: above its inside, and around it
COPY = 6.0  # by how much the copy behind a block that shares weights is shifted

FLOWING = (Glyph.FUNCTION, Glyph.PART, Glyph.UNKNOWN)
CIRCLES = {Glyph.OBSERVED: OBSERVED, Glyph.LATENT: VARIABLE, Glyph.PARAMETER: VARIABLE}


class Port(NamedTuple):
    """Where a wire ends: the tip of its arrow, and the unit direction in which it arrives."""

    x: float
    y: float
    dx: float
    dy: float


class Ring(NamedTuple):
    """The circle of an output: its middle, radius, and the direction in which it lies from the shape.

    A variable's own circle has the direction (0, 0): wires leave it on any side.
    """

    x: float
    y: float
    radius: float
    dx: float
    dy: float


def upwards(x: float, y: float) -> tuple[float, float]:
    """A place or direction of what lies, once it stands: ahead is above, below is at the right."""
    return y, -x


def rightwards(x: float, y: float) -> tuple[float, float]:
    """The reverse."""
    return -y, x


def depth(breadth: float, shallow: bool) -> float:
    """How deep the round end of so broad a shape is; of one that stands, or shows its inside, it is shallow."""
    return min(breadth / 2, ROUND) if shallow else breadth / 2


def risen(ring: Ring) -> Ring:
    """A circle of a shape that lies, once it stands."""
    return Ring(*upwards(ring.x, ring.y), ring.radius, *upwards(ring.dx, ring.dy))


def laid(ring: Ring) -> Ring:
    """The reverse."""
    return Ring(*rightwards(ring.x, ring.y), ring.radius, *rightwards(ring.dx, ring.dy))


def standing(port: Port) -> Port:
    """An input of a shape that lies, once it stands."""
    return Port(*upwards(port.x, port.y), *upwards(port.dx, port.dy))


def lying(port: Port) -> Port:
    """An input of a shape that stands, as it would lie."""
    return Port(*rightwards(port.x, port.y), *rightwards(port.dx, port.dy))


@dataclass(frozen=True, slots=True)
class Form:
    """The measures of one block.

    `ports` has every input that is drawn, `offered` those that show only while a wire is dragged.  `insets` is the room
    that names of pins take inside the shape, at the flat end and at the round one.
    """

    glyph: Glyph
    width: float
    height: float
    ports: Mapping[str, Port] = field(default_factory=dict)
    offered: Mapping[str, Port] = field(default_factory=dict)
    rings: Mapping[str, Ring] = field(default_factory=dict)
    insets: tuple[float, float] = (0.0, 0.0)
    up: bool = False  # it stands
    expanded: bool = False  # it shows its inside
    _box: Box = field(init=False, repr=False, compare=False)
    _taken: Box = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_box", self._around())
        object.__setattr__(self, "_taken", self._with_texts())

    @property
    def is_shallow(self) -> bool:
        """Whether its round end is."""
        return self.up or self.expanded

    @property
    def window(self) -> Box:
        """Left, top, right and bottom of the place where an expanded use shows its inside."""
        left, top, right, bottom = around_window(self.insets, self.up)
        across, down = self.width / 2, self.height / 2
        return left - across, top - down, across - right, down - bottom

    @property
    def length(self) -> float:
        """How long the shape is along the flow."""
        return self.height if self.up else self.width

    @property
    def breadth(self) -> float:
        """How wide it is across."""
        return self.width if self.up else self.height

    @property
    def text_at(self) -> tuple[float, float]:
        """Where the middle of the label is: towards the flat end, where there is one."""
        if self.expanded:
            return 0.0, self.window[1] + 4.0 - TITLE / 2
        along = 3.0 if self.glyph is Glyph.DELAY else 0.0
        if self.glyph in FLOWING:
            along = -4.0 + (self.insets[0] - self.insets[1]) / 2
        return upwards(along, 0.0) if self.up else (along, 0.0)

    def edge(self, across: float) -> float:
        """How far ahead of the middle the round end is: half the length at its tip, less beside it."""
        half, cap = self.breadth / 2, depth(self.breadth, self.is_shallow)
        return self.length / 2 - cap + cap * math.sqrt(max(0.0, 1.0 - (across / half) ** 2))

    def port(self, name: str) -> Port:
        """The input of that name; a name that is not drawn ends at the middle of the flat end."""
        flat = Port(-self.length / 2, 0.0, 1.0, 0.0)
        found = self.ports.get(name) or self.offered.get(name)
        return found or (standing(flat) if self.up else flat)

    def ring(self, name: str) -> Ring:
        """The circle of that output; of a name it lacks, the first circle or the block's middle."""
        found = self.rings.get(name)
        return found or next(iter(self.rings.values()), Ring(0.0, 0.0, 0.0, 0.0, 0.0))

    def box(self) -> Box:
        """Left, top, right, bottom of the shape with its circles."""
        return self._box

    def taken(self) -> Box:
        """Left, top, right, bottom of all that it takes up: the box, and the numbers above and below circles and costs."""
        return self._taken

    def _around(self) -> Box:
        left, right = -self.width / 2, self.width / 2
        top, bottom = -self.height / 2, self.height / 2
        for x, y, r, _, _ in self.rings.values():
            left, right = min(left, x - r), max(right, x + r)
            top, bottom = min(top, y - r), max(bottom, y + r)
        return left, top, right, bottom

    def _with_texts(self) -> Box:
        left, top, right, bottom = self._box
        if self.up:
            texts = [ring.x + ring.radius + BESIDE for ring in self.rings.values()]
            return left, top, max(right, *texts) if texts else right, bottom
        for ring in self.rings.values():
            reach = ring.radius + NUMBER
            top, bottom = min(top, ring.y - reach), max(bottom, ring.y + reach)
        return left, top, right, bottom + (NUMBER if self.glyph is Glyph.COST else 0.0)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the shape itself, circles of outputs apart."""
        if self.glyph in CIRCLES:
            return x * x + y * y <= (self.width / 2) ** 2
        if abs(x) > self.width / 2 or abs(y) > self.height / 2:
            return False
        along, across = rightwards(x, y) if self.up else (x, y)
        if self.glyph in FLOWING or self.glyph is Glyph.DELAY:
            return (along if self.glyph in FLOWING else -along) <= self.edge(across)
        return True


def around_window(insets: tuple[float, float], up: bool) -> tuple[float, float, float, float]:
    """What an expanded use needs beside its inside: at the left, above with its title, at the right, below."""
    if up:
        return EDGE, ROUND / 2 + TITLE + insets[1], EDGE, EDGE + insets[0]
    return EDGE + insets[0], TITLE, ROUND + insets[1], EDGE
