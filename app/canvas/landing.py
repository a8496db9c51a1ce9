"""What a block is wired to when it is let go: to the circle or the pin that it touches, or into the wire that it lies on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count, islice

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from app.canvas import hits, paths
from app.canvas.fitting import refusal, upstream
from app.canvas.geometry import Form, Port, Ring
from app.canvas.glyphs import Marks, paint_wire, wire_path
from app.canvas.paths import Points
from app.canvas.scene import CanvasScene
from app.canvas.turning import laid_place, laid_port, laid_way, risen_place, route
from graph.diagram import Diagram, Pin, Wire
from nodes.block import BlockType
from nodes.parts import type_in

TOUCH = 6.0  # canvas units from a circle's rim within which a pin touches it
CLEAR = 36.0  # length of the wire that joins two blocks that touched
ON_WIRE = 16.0  # canvas units from a wire within which the middle of a block lies on it
ROW = 100.0  # between the places that are tried beside one that is taken
ROWS = 9

Place = tuple[float, float]


@dataclass(frozen=True)
class Landing:
    """Where a block comes to stand, the wires that it gets, and the wire that goes away for them."""

    block: str
    place: Place
    wires: tuple[Wire, ...]
    split: Wire | None = None

    @property
    def label(self) -> str:
        """What it does, for the undo menu."""
        return f"Insert {self.block}" if self.split else f"Connect {self.block}"


def landing(
    scene: CanvasScene, diagram: Diagram, block: str, made: Form, place: Place
) -> Landing | None:
    """What happens to a block of this form that is let go at a place; None when nothing but that.

    `diagram` is the one shown, with the block in it.  A wire is only proposed where it may be drawn.
    """
    kind = type_in(diagram, diagram.blocks[block])
    if kind is None:
        return None
    return (
        _on_wire(scene, diagram, block, made, place, kind)
        or _on_circle(scene, diagram, block, made, place, kind)
        or _on_pin(scene, diagram, block, made, place)
    )


def _on_circle(
    scene: CanvasScene,
    diagram: Diagram,
    block: str,
    made: Form,
    place: Place,
    kind: type[BlockType],
) -> Landing | None:
    """An open pin of the block touches another's circle, or its shape lies on one."""
    for name, port in made.ports.items():
        target = Pin(block, name)
        tip = QPointF(place[0] + port.x, place[1] + port.y)
        if target in diagram.inputs:
            continue
        touched = _circles(scene, tip, block)
        if name == first_input(kind):
            touched = chain(touched, _covered(scene, made, place, block))
        for source, at, ring in touched:
            if not refusal(diagram, source, target, upstream(diagram, source.block)):
                away = ring.radius + CLEAR
                middle = at + QPointF(port.dx, port.dy) * away - QPointF(port.x, port.y)
                free = _free(scene, block, made, middle, port)
                return Landing(block, free, (Wire(source, target),))
    return None


def _circles(scene: CanvasScene, tip: QPointF, block: str) -> Iterator[tuple[Pin, QPointF, Ring]]:
    """The circles of others that a point touches: pin, middle, circle."""
    for item in hits.blocks_near(scene, tip, TOUCH):
        for name, ring in item.face.form.rings.items():
            at = item.pos() + QPointF(ring.x, ring.y)
            if item.block != block and _away(at, tip) <= ring.radius + TOUCH:
                yield Pin(item.block, name), at, ring


def _covered(
    scene: CanvasScene, made: Form, place: Place, block: str
) -> Iterator[tuple[Pin, QPointF, Ring]]:
    """The circles of others whose middles lie under a block's shape: pin, middle, circle."""
    middle = QPointF(*place)
    for item in hits.blocks_near(scene, middle, max(made.width, made.height) / 2):
        for name, ring in item.face.form.rings.items():
            at = item.pos() + QPointF(ring.x, ring.y)
            local = at - middle
            if item.block != block and made.holds(local.x(), local.y()):
                yield Pin(item.block, name), at, ring


def _on_pin(
    scene: CanvasScene, diagram: Diagram, block: str, made: Form, place: Place
) -> Landing | None:
    """A circle of the block touches another's open pin."""
    seen: frozenset[str] | None = None
    for name, ring in made.rings.items():
        middle = QPointF(place[0] + ring.x, place[1] + ring.y)
        for target, tip, port in _open_pins(scene, middle, ring.radius + TOUCH, block):
            seen = seen if seen is not None else upstream(diagram, block)
            if not refusal(diagram, Pin(block, name), target, seen):
                away = ring.radius + CLEAR
                to = tip - QPointF(port.dx, port.dy) * away - QPointF(ring.x, ring.y)
                wires = (Wire(Pin(block, name), target),)
                return Landing(block, _free(scene, block, made, to, port), wires)
    return None


def _open_pins(
    scene: CanvasScene, middle: QPointF, reach: float, block: str
) -> Iterator[tuple[Pin, QPointF, Port]]:
    """The inputs of others without a wire that are within reach of a point: pin, place, port."""
    for item in hits.blocks_near(scene, middle, reach):
        for name, port in item.face.form.ports.items():
            pin, tip = Pin(item.block, name), item.pos() + QPointF(port.x, port.y)
            is_open = item.block != block and pin not in scene.diagram.inputs
            if is_open and _away(tip, middle) <= reach:
                yield pin, tip, port


def _on_wire(
    scene: CanvasScene,
    diagram: Diagram,
    block: str,
    made: Form,
    place: Place,
    kind: type[BlockType],
) -> Landing | None:
    """The block, which has no wire yet, lies on one."""
    if diagram.wires_of[block] or not first_input(kind) or not kind.outputs:
        return None
    wire = hits.wire_at(scene, QPointF(*place), ON_WIRE)
    return into(scene, wire, block, made, place, kind) if wire is not None else None


def into(
    scene: CanvasScene,
    wire: Wire,
    block: str,
    made: Form,
    place: Place,
    kind: type[BlockType],
) -> Landing:
    """A block put into a wire, its input level with the wire where that is about level."""
    target = Pin(block, first_input(kind))
    wires = (Wire(wire.source, target), Wire(Pin(block, kind.outputs[0]), wire.target))
    up = scene.is_rising
    x, y = laid_place(place, up)
    level = _height(laid_way(scene.wires[wire].way, up), x)
    if level is not None:
        y = level - laid_port(made.port(target.name), up).y
    return Landing(block, risen_place((x, y), up), wires, wire)


def first_input(kind: type[BlockType]) -> str:
    """The input that a wire enters when nobody says which: the first that must have one; "" when there is none."""
    pins = kind.pins()
    return next((p for p in pins if p not in kind.optional), next(iter(pins), ""))


def _height(way: Points, x: float) -> float | None:
    """How high a wire is at x; None where it is steep, or not at all."""
    for (ax, ay), (bx, by) in zip(way[:-1].tolist(), way[1:].tolist(), strict=True):
        if min(ax, bx) <= x <= max(ax, bx) and abs(by - ay) <= abs(bx - ax) > 0:
            return float(ay + (by - ay) * (x - ax) / (bx - ax))
    return None


def _free(scene: CanvasScene, block: str, made: Form, wanted: QPointF, port: Port) -> Place:
    """The wanted place, or the nearest beside it, across the flow, where no other block stands."""
    across = QPointF(-port.dy, port.dx)
    steps = (sign * k * ROW for k in count() for sign in ((1, -1) if k else (1,)))
    places = [wanted + across * step for step in islice(steps, ROWS)]
    found = next((p for p in places if _is_free(scene, block, made, p)), wanted)
    return found.x(), found.y()


def _is_free(scene: CanvasScene, block: str, made: Form, at: QPointF) -> bool:
    mine = _box(made).translated(at)
    reach = max(mine.width(), mine.height()) / 2 + CLEAR
    near = hits.blocks_near(scene, mine.center(), reach)
    return not any(
        mine.intersects(_box(item.face.form).translated(item.pos()))
        for item in near
        if item.block != block
    )


def _box(made: Form) -> QRectF:
    left, top, right, bottom = made.box()
    return QRectF(left, top, right - left, bottom - top)


def _away(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())


# --- what is shown of it -------------------------------------------------------------------------------------------------


def mark(scene: CanvasScene, found: Landing | None) -> None:
    """Marks the circles and pins of others that a landing would wire; None marks nothing."""
    ends = [end for wire in found.wires for end in wire] if found else []
    others = {end.block: Marks(near=end.name) for end in ends if found and end.block != found.block}
    scene.mark(others)


def paint(painter: QPainter, scene: CanvasScene, found: Landing, made: Form) -> None:
    """Shows what a landing would do: the wire that it splits, or the wire that it draws."""
    if found.split is not None:
        if (item := scene.wires.get(found.split)) is not None:
            paint_wire(painter, wire_path(paths.shaft(item.way)), item.way, scene.ink.chosen)
        return
    for wire in found.wires:
        source, at = _end(scene, found, made, wire.source.block)
        target, to = _end(scene, found, made, wire.target.block)
        ring, port = source.ring(wire.source.name), target.port(wire.target.name)
        way = route(ring, at, port, to, scene.is_rising)
        paint_wire(painter, wire_path(paths.shaft(way)), way, scene.ink.chosen)


def _end(scene: CanvasScene, found: Landing, made: Form, block: str) -> tuple[Form, Place]:
    if block == found.block:
        return made, found.place
    item = scene.blocks[block]
    return item.face.form, (item.x(), item.y())
