"""The forms of the notation in numbers: how large a shape is and where its inputs and circles are.  No Qt.

All places are relative to the block's position, the middle of its shape; y grows downwards.  Every form is made lying, as it
is in a diagram that flows to the right; one that flows upwards stands: it is the same form, turned by `upwards`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from app.canvas.boxes import Box
from nodes.block import Glyph

WIDTH, HEIGHT = 84.0, 56.0  # of a function and of a cost
GAP, RADIUS = 24.0, 18.0  # between the round end and the circle of the output; that circle
OBSERVED, VARIABLE = 24.0, 22.0  # radius of an observed circle; of a latent or parameter circle
DELAY_WIDTH, DELAY_HEIGHT, DELAY_GAP = 48.0, 44.0, 16.0
SPACING = 20.0  # at least, between two inputs at the flat end
BEYOND = 30.0  # by how much a shape is higher than its outermost circles are apart
BETWEEN = 76.0  # between the circles of two outputs, with room for a shape and a number
BESIDE = 46.0  # room for them beside a circle that stands above its shape
NUMBER = 18.0  # room for a shape or a gradient beside a circle, for the value below a cost
ROUND = 30.0  # how deep a round end is at the most that looks upwards: labels make it wide
STANDING = 60.0  # length of a function that stands
NAME_ROW = 14.0  # room for a row of names of pins in it
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


def _standing(port: Port) -> Port:
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
        return found or (_standing(flat) if self.up else flat)

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


def form(
    glyph: Glyph,
    text_width: float,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    flanks: Sequence[str] = (),
    sides: Mapping[str, str] | None = None,
    offered: Sequence[str] = (),
    insets: tuple[float, float] = (0.0, 0.0),
    up: bool = False,
    room: tuple[float, float] | None = None,
) -> Form:
    """The form of a block with a label `text_width` wide, and names of pins inside that take `insets`.

    `inputs` are drawn at the flat end, `flanks` along a long side; those of `offered` are drawn only on demand.
    `sides` moves a pin: "left" or "right" of a cost, "top" or "bottom" flank of a function, as it lies.  `up` makes it stand.
    `room` is by how much it is longer and broader because it shows its inside.
    """
    if up:
        width, height = _standing_size(glyph, text_width, insets, len(inputs), len(outputs))
        insets = (NAME_ROW if insets[0] else 0.0, NAME_ROW if insets[1] else 0.0)
    else:
        width, height = _size(glyph, text_width + sum(insets), len(inputs), len(outputs))
    more = room or (0.0, 0.0)
    width, height = width + more[0], height + more[1]
    names = tuple(inputs), tuple(outputs), tuple(flanks), tuple(offered)
    turned = tuple(sides.items()) if sides else ()
    return _formed(glyph, width, height, *names, turned, insets, up, room is not None)


@lru_cache(maxsize=4096)  # most blocks of a drawing are alike
def _formed(
    glyph: Glyph,
    width: float,
    height: float,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    flanks: tuple[str, ...],
    offered: tuple[str, ...],
    sides: tuple[tuple[str, str], ...],
    insets: tuple[float, float],
    up: bool,
    expanded: bool,
) -> Form:
    ends = _ports(glyph, width, height, inputs, flanks, dict(sides))
    hidden = {name: port for name, port in ends.items() if name in offered}
    extra = [name for name in offered if name not in ends]
    for index, name in enumerate(extra):
        hidden[name] = Port(-width / 2, height / 2 - 6 - 12 * index, 1.0, 0.0)
    shown = {name: port for name, port in ends.items() if name not in offered}
    rings = _rings(glyph, width, outputs)
    if not up:
        return Form(glyph, width, height, shown, hidden, rings, insets, expanded=expanded)
    shown = {name: _standing(port) for name, port in shown.items()}
    hidden = {name: _standing(port) for name, port in hidden.items()}
    rings = {name: risen(ring) for name, ring in rings.items()}
    return Form(glyph, height, width, shown, hidden, rings, insets, up=True, expanded=expanded)


def _ports(
    glyph: Glyph,
    width: float,
    height: float,
    inputs: Sequence[str],
    flanks: Sequence[str],
    sides: Mapping[str, str],
) -> dict[str, Port]:
    if glyph is Glyph.COST:
        return _cost_ports(width, height, inputs, sides)
    if glyph in CIRCLES:
        return {name: Port(-width / 2, 0.0, 1.0, 0.0) for name in inputs}
    ends = _flat_ports(glyph, width, height, inputs)
    return ends | _flank_ports(width, height, flanks, sides)


def around_window(insets: tuple[float, float], up: bool) -> tuple[float, float, float, float]:
    """What an expanded use needs beside its inside: at the left, above with its title, at the right, below."""
    if up:
        return EDGE, ROUND / 2 + TITLE + insets[1], EDGE, EDGE + insets[0]
    return EDGE + insets[0], TITLE, ROUND + insets[1], EDGE


def _size(glyph: Glyph, text_width: float, inputs: int, outputs: int) -> tuple[float, float]:
    if glyph in CIRCLES:
        return 2 * CIRCLES[glyph], 2 * CIRCLES[glyph]
    if glyph is Glyph.DELAY:
        return max(DELAY_WIDTH, text_width + 22), DELAY_HEIGHT
    height = max(HEIGHT, SPACING * inputs, _outputs_height(outputs))
    room = height / 2 + 12 if glyph in FLOWING else 24  # the round end, or a margin
    return max(WIDTH, float(round((text_width + room) / 4) * 4)), height


def _standing_size(
    glyph: Glyph, text_width: float, insets: tuple[float, float], inputs: int, outputs: int
) -> tuple[float, float]:
    """Length and breadth of a shape that stands: its label and the names of its pins run across it."""
    if glyph in CIRCLES:
        return _size(glyph, text_width, inputs, outputs)
    if glyph is Glyph.DELAY:
        return DELAY_WIDTH, max(DELAY_HEIGHT, text_width + 16)
    apart = max(SPACING, insets[0] + 4)
    breadth = max(WIDTH, text_width + 28, apart * inputs, _outputs_height(outputs))
    rows = sum(NAME_ROW for inset in insets if inset)
    length = HEIGHT if glyph is Glyph.COST else STANDING + rows
    return length, float(round(breadth / 4) * 4)


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
