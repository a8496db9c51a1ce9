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
from app.canvas.items import BlockItem
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
    held = _Held(scene, diagram, block, made, place)
    return _on_wire(held, kind) or _on_circle(held, kind) or _on_pin(held)


@dataclass(frozen=True)
class _Held:
    """A block in the hand, its form, and where it would be let go."""

    scene: CanvasScene
    diagram: Diagram
    block: str
    made: Form
    place: Place

    def others(self, near: QPointF, reach: float) -> Iterator[BlockItem]:
        """The other blocks within reach of a point."""
        return (i for i in hits.blocks_near(self.scene, near, reach) if i.block != self.block)

    def rings(self, near: QPointF, reach: float) -> Iterator[tuple[Pin, QPointF, Ring]]:
        """Their circles: pin, middle, circle."""
        for item in self.others(near, reach):
            for name, ring in item.face.form.rings.items():
                yield Pin(item.block, name), item.pos() + QPointF(ring.x, ring.y), ring

    def at(self, x: float, y: float) -> QPointF:
        """A point of the form, where the block would stand."""
        return QPointF(self.place[0] + x, self.place[1] + y)

    def landing(self, wire: Wire, middle: QPointF, port: Port) -> Landing:
        """It gets the wire and stands about there, aside where another block stands."""
        return Landing(self.block, self._free(middle, port), (wire,))

    def _free(self, wanted: QPointF, port: Port) -> Place:
        """The wanted place, or the nearest beside it, across the flow, where no other block stands."""
        across = QPointF(-port.dy, port.dx)
        steps = (sign * k * ROW for k in count() for sign in ((1, -1) if k else (1,)))
        places = [wanted + across * step for step in islice(steps, ROWS)]
        found = next((p for p in places if self._is_free(p)), wanted)
        return found.x(), found.y()

    def _is_free(self, at: QPointF) -> bool:
        mine = _box(self.made).translated(at)
        reach = max(mine.width(), mine.height()) / 2 + CLEAR
        return not any(
            mine.intersects(_box(item.face.form).translated(item.pos()))
            for item in self.others(mine.center(), reach)
        )


def _on_circle(held: _Held, kind: type[BlockType]) -> Landing | None:
    """An open pin of the block touches another's circle, or its shape lies on one."""
    for name, port in held.made.ports.items():
        target = Pin(held.block, name)
        if target in held.diagram.inputs:
            continue
        touched = _circles(held, held.at(port.x, port.y))
        if name == first_input(kind):
            touched = chain(touched, _covered(held))
        for source, at, ring in touched:
            if not refusal(held.diagram, source, target, upstream(held.diagram, source.block)):
                away = QPointF(port.dx, port.dy) * (ring.radius + CLEAR)
                middle = at + away - QPointF(port.x, port.y)
                return held.landing(Wire(source, target), middle, port)
    return None


def _circles(held: _Held, tip: QPointF) -> Iterator[tuple[Pin, QPointF, Ring]]:
    """The circles of others that a point touches."""
    for pin, at, ring in held.rings(tip, TOUCH):
        if _away(at, tip) <= ring.radius + TOUCH:
            yield pin, at, ring


def _covered(held: _Held) -> Iterator[tuple[Pin, QPointF, Ring]]:
    """The circles of others whose middles lie under the block's shape."""
    middle = held.at(0.0, 0.0)
    for pin, at, ring in held.rings(middle, max(held.made.width, held.made.height) / 2):
        if held.made.holds(at.x() - middle.x(), at.y() - middle.y()):
            yield pin, at, ring


def _on_pin(held: _Held) -> Landing | None:
    """A circle of the block touches another's open pin."""
    seen: frozenset[str] | None = None
    for name, ring in held.made.rings.items():
        source, reach = Pin(held.block, name), ring.radius + TOUCH
        for target, tip, port in _open_pins(held, held.at(ring.x, ring.y), reach):
            seen = seen if seen is not None else upstream(held.diagram, held.block)
            if not refusal(held.diagram, source, target, seen):
                away = QPointF(port.dx, port.dy) * (ring.radius + CLEAR)
                middle = tip - away - QPointF(ring.x, ring.y)
                return held.landing(Wire(source, target), middle, port)
    return None


def _open_pins(held: _Held, middle: QPointF, reach: float) -> Iterator[tuple[Pin, QPointF, Port]]:
    """The inputs of others without a wire that are within reach of a point: pin, place, port."""
    for item in held.others(middle, reach):
        for name, port in item.face.form.ports.items():
            pin, tip = Pin(item.block, name), item.pos() + QPointF(port.x, port.y)
            if pin not in held.scene.diagram.inputs and _away(tip, middle) <= reach:
                yield pin, tip, port


def _on_wire(held: _Held, kind: type[BlockType]) -> Landing | None:
    """The block, which has no wire yet, lies on one."""
    if held.diagram.wires_of[held.block] or not first_input(kind) or not kind.outputs:
        return None
    wire = hits.wire_at(held.scene, held.at(0.0, 0.0), ON_WIRE)
    if wire is None:
        return None
    return into(held.scene, wire, held.block, held.made, held.place, kind)


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
