"""How the form of a block follows from its label and its pins: the proportions of the lectures.  No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from app.canvas.geometry import CIRCLES, FLOWING, Form, Port, Ring, risen, standing
from nodes.block import Glyph

WIDTH, HEIGHT = 84.0, 56.0  # of a function and of a cost
GAP, RADIUS = 24.0, 18.0  # between the round end and the circle of the output; that circle
DELAY_WIDTH, DELAY_HEIGHT, DELAY_GAP = 48.0, 44.0, 16.0
SPACING = 20.0  # at least, between two inputs at the flat end
BEYOND = 30.0  # by how much a shape is higher than its outermost circles are apart
BETWEEN = 76.0  # between the circles of two outputs, with room for a shape and a number
STANDING = 60.0  # length of a function that stands
NAME_ROW = 14.0  # room for a row of names of pins in it


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
    shown = {name: standing(port) for name, port in shown.items()}
    hidden = {name: standing(port) for name, port in hidden.items()}
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
