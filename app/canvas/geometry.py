"""The forms of the notation in numbers: how large a shape is and where its inputs and circles are.  No Qt.

All places are relative to the block's position, the middle of its shape; y grows downwards.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from nodes.block import Glyph

WIDTH, HEIGHT = 84.0, 56.0  # of a function and of a cost
GAP, RADIUS = 24.0, 18.0  # between the round end and the circle of the output; that circle
OBSERVED, VARIABLE = 24.0, 22.0  # radius of an observed circle; of a latent or parameter circle
DELAY_WIDTH, DELAY_HEIGHT, DELAY_GAP = 48.0, 44.0, 16.0
SPACING = 20.0  # at least, between two inputs at the flat end
BEYOND = 30.0  # by how much a shape is higher than its outermost circles are apart
BETWEEN = 76.0  # between the circles of two outputs, with room for a shape and a number
NUMBER = 18.0  # room for a shape or a gradient beside a circle, for the value below a cost
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

    @property
    def text_x(self) -> float:
        """Where the middle of the label is: towards the flat end, where there is one."""
        if self.glyph in FLOWING:
            return -4.0 + (self.insets[0] - self.insets[1]) / 2
        return 3.0 if self.glyph is Glyph.DELAY else 0.0

    def edge(self, y: float) -> float:
        """How far from the middle the round end is at a height: half the width at the tip, less above and below it."""
        h = self.height / 2
        return self.width / 2 - h + math.sqrt(max(0.0, h * h - y * y))

    def port(self, name: str) -> Port:
        """The input of that name; a name that is not drawn ends at the middle of the flat end."""
        found = self.ports.get(name) or self.offered.get(name)
        return found or Port(-self.width / 2, 0.0, 1.0, 0.0)

    def ring(self, name: str) -> Ring:
        """The circle of that output; of a name it lacks, the first circle or the block's middle."""
        found = self.rings.get(name)
        return found or next(iter(self.rings.values()), Ring(0.0, 0.0, 0.0, 0.0, 0.0))

    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the shape with its circles."""
        left, right = -self.width / 2, self.width / 2
        top, bottom = -self.height / 2, self.height / 2
        for x, y, r, _, _ in self.rings.values():
            left, right = min(left, x - r), max(right, x + r)
            top, bottom = min(top, y - r), max(bottom, y + r)
        return left, top, right, bottom

    def taken(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of all that it takes up: the box, and the numbers above and below circles and costs."""
        left, top, right, bottom = self.box()
        for ring in self.rings.values():
            reach = ring.radius + NUMBER
            top, bottom = min(top, ring.y - reach), max(bottom, ring.y + reach)
        return left, top, right, bottom + (NUMBER if self.glyph is Glyph.COST else 0.0)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the shape itself, circles of outputs apart."""
        if self.glyph in CIRCLES:
            return x * x + y * y <= (self.width / 2) ** 2
        w, h = self.width / 2, self.height / 2
        if abs(x) > w or abs(y) > h:
            return False
        toward = x if self.glyph in FLOWING else -x if self.glyph is Glyph.DELAY else -w
        return toward <= w - h or (toward - w + h) ** 2 + y * y <= h * h


def form(
    glyph: Glyph,
    text_width: float,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    flanks: Sequence[str] = (),
    sides: Mapping[str, str] | None = None,
    offered: Sequence[str] = (),
    insets: tuple[float, float] = (0.0, 0.0),
) -> Form:
    """The form of a block with a label `text_width` wide, and names of pins inside that take `insets`.

    `inputs` are drawn at the flat end, `flanks` along a long side; those of `offered` are drawn only on demand.
    `sides` moves a pin: "left" or "right" of a cost, "top" or "bottom" flank of a function.
    """
    sides = sides or {}
    width, height = _size(glyph, text_width + sum(insets), len(inputs), len(outputs))
    ends = {}
    if glyph is Glyph.COST:
        ends = _cost_ports(width, height, inputs, sides)
    elif glyph in CIRCLES:
        ends = {name: Port(-width / 2, 0.0, 1.0, 0.0) for name in inputs}
    else:
        ends = _flat_ports(glyph, width, height, inputs)
        ends |= _flank_ports(width, height, flanks, sides)
    hidden = {name: port for name, port in ends.items() if name in offered}
    extra = [name for name in offered if name not in ends]
    for index, name in enumerate(extra):
        hidden[name] = Port(-width / 2, height / 2 - 6 - 12 * index, 1.0, 0.0)
    shown = {name: port for name, port in ends.items() if name not in offered}
    return Form(glyph, width, height, shown, hidden, _rings(glyph, width, outputs), insets)


def _size(glyph: Glyph, text_width: float, inputs: int, outputs: int) -> tuple[float, float]:
    if glyph in CIRCLES:
        return 2 * CIRCLES[glyph], 2 * CIRCLES[glyph]
    if glyph is Glyph.DELAY:
        return max(DELAY_WIDTH, text_width + 22), DELAY_HEIGHT
    height = max(HEIGHT, SPACING * inputs, _outputs_height(outputs))
    room = height / 2 + 12 if glyph in FLOWING else 24  # the round end, or a margin
    return max(WIDTH, float(round((text_width + room) / 4) * 4)), height


def _outputs_height(outputs: int) -> float:
    """A round end so high that the arrows to the outermost circles begin well on it."""
    return BETWEEN * (outputs - 1) + BEYOND if outputs > 1 else 0.0


def _cost_ports(
    width: float, height: float, inputs: Sequence[str], sides: Mapping[str, str]
) -> dict[str, Port]:
    """Of a cost: what it judges at the left, what it compares with at the right, unless a source is on the other side."""
    made: dict[str, Port] = {}
    standard = {name: "right" if index == 1 else "left" for index, name in enumerate(inputs)}
    for side, sign in (("left", -1.0), ("right", 1.0)):
        names = [name for name in inputs if sides.get(name, standard[name]) == side]
        for name, y in zip(names, _spread(len(names), height), strict=True):
            made[name] = Port(sign * width / 2, y, -sign, 0.0)
    return made


def _flat_ports(
    glyph: Glyph, width: float, height: float, inputs: Sequence[str]
) -> dict[str, Port]:
    sign = 1.0 if glyph is Glyph.DELAY else -1.0
    ys = _spread(len(inputs), height)
    return {name: Port(sign * width / 2, y, -sign, 0.0) for name, y in zip(inputs, ys, strict=True)}


def _flank_ports(
    width: float, height: float, flanks: Sequence[str], sides: Mapping[str, str]
) -> dict[str, Port]:
    """Along the straight part of the long sides, each name at its own place."""
    straight = width - height / 2
    made = {}
    for index, name in enumerate(flanks):
        sign = -1.0 if sides.get(name) == "top" else 1.0
        x = -width / 2 + straight * (index + 1) / (len(flanks) + 1)
        made[name] = Port(x, sign * height / 2, 0.0, -sign)
    return made


def _rings(glyph: Glyph, width: float, outputs: Sequence[str]) -> dict[str, Ring]:
    if glyph in CIRCLES:
        return {name: Ring(0.0, 0.0, CIRCLES[glyph], 0.0, 0.0) for name in outputs}
    gap, sign = (DELAY_GAP, -1.0) if glyph is Glyph.DELAY else (GAP, 1.0)
    x = sign * (width / 2 + gap + RADIUS)
    ys = [(i - (len(outputs) - 1) / 2) * BETWEEN for i in range(len(outputs))]
    return {name: Ring(x, y, RADIUS, sign, 0.0) for name, y in zip(outputs, ys, strict=True)}


def _spread(count: int, length: float) -> list[float]:
    """`count` places spread evenly over a length around 0."""
    return [((index + 0.5) / count - 0.5) * length for index in range(count)]
