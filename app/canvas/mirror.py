"""The lecture's gradient graph: the diagram's mirror image in green, below it, seeded with 1 at the cost and run backwards.

It is made as of a diagram that flows to the right; beside one that flows upwards it is turned at last, but for its texts.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from app.canvas import paths
from app.canvas.faces import scientific
from app.canvas.geometry import CIRCLES, Form, Ring, laid, rightwards, upwards
from app.canvas.glyphs import ASIDE
from app.canvas.inks import NAME, SMALL, Inks, text_width, write
from app.canvas.numbers import READABLE
from app.canvas.outlines import body
from app.theme import mixed
from graph.diagram import Pin, Wire
from nodes.block import Cost, Glyph
from nodes.names import FLANK, Names, names
from nodes.parts import type_in
from runtime.snapshot import Snapshot

if TYPE_CHECKING:
    from app.canvas.items import BlockItem, WireItem
    from app.canvas.scene import CanvasScene

AWAY = 22.0  # from the lowest of the diagram to the mirror
STEM = 24.0  # of the arrow down to ∂C/∂w
BELOW = 16.0  # from a twin's circle to its name
NUMBER = 15.0  # from a name to its number
SEED = "1"
ROOM = 130.0  # from one row of twins to the next, with ∂C/∂w and its number in between
MOST = 2.2  # by how much rows are drawn apart for that, at the most
ONE_ROW = 20.0  # blocks nearer than that to a row stand in it


class Label(NamedTuple):
    """A text at (x, y), `align` as in inks.write; `key` names whose gradient it is: a pin, a block's weights, or nothing."""

    x: float
    y: float
    text: str
    size: int
    key: Pin | str
    align: float = 0.5


class Mirror:
    """Painted over the canvas while it is wanted; neither saved nor undone."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._wanted = False
        self._stale = True
        self._lines, self._heads, self._shapes = (QPainterPath() for _ in range(3))
        self.labels: list[Label] = []
        self._axis, self._apart = 0.0, 1.0
        self._read: Snapshot | None = None  # whose numbers stand there
        self._read_at = 0.0
        scene.arranged.connect(self._outdate)

    def _outdate(self) -> None:
        self._stale = True

    @property
    def wanted(self) -> bool:
        """Whether it is shown."""
        return self._wanted

    @wanted.setter
    def wanted(self, wanted: bool) -> None:
        self._wanted = wanted
        self._scene.ticked.emit()

    def bounds(self) -> QRectF:
        """The rectangle around it with its texts, in the scene; empty while it is not shown."""
        if not self._wanted:
            return QRectF()
        self._build()
        rect = self._lines.boundingRect() | self._shapes.boundingRect()
        for label in self.labels:
            width = text_width(label.text, label.size, italic=True)
            rect |= QRectF(label.x - width * label.align, label.y - 9, width, 18 + NUMBER)
        return rect

    def twin(self, block: str) -> QPointF:
        """Where the twin of a block stands."""
        return self._shown(self._twin(block))

    def _twin(self, block: str) -> QPointF:
        x, y = self._lying(*self._scene.blocks[block].pos().toTuple())
        return QPointF(x, self._below(y))

    def _lying(self, x: float, y: float) -> tuple[float, float]:
        """A point of the scene in the diagram as it would flow to the right."""
        return rightwards(x, y) if self._scene.is_rising else (x, y)

    def _shown(self, at: QPointF) -> QPointF:
        return QPointF(*upwards(at.x(), at.y())) if self._scene.is_rising else at

    def _below(self, y: float) -> float:
        """Where a height of the diagram lies in the mirror."""
        return self._axis + (self._axis - y) * self._apart

    # --- how it is made -----------------------------------------------------------------------------------------

    def _build(self) -> None:
        if not self._stale:
            return
        self._stale = False
        self._lines, self._heads, self._shapes = (QPainterPath() for _ in range(3))
        self.labels = []
        bounds, rising = self._scene.bounds(), self._scene.is_rising
        self._axis = (bounds.right() if rising else bounds.bottom()) + AWAY
        places = [self._lying(item.x(), item.y()) for item in self._scene.blocks.values()]
        self._apart = _apart([y for _, y in places])
        named = names(self._scene.diagram)
        wires = {w: item for w, item in self._scene.wires.items() if not self._is_target(w.target)}
        reached = self._reached(wires)
        for wire, item in wires.items():
            if wire.target.block in reached:
                self._add_wire(item)
        for name in reached:
            self._add_twin(self._scene.blocks[name], named)
        if rising:
            turn = QTransform().rotate(-90.0)
            self._lines, self._heads = turn.map(self._lines), turn.map(self._heads)
            self._shapes = turn.map(self._shapes)

    def _is_target(self, pin: Pin) -> bool:
        """Whether a wire brings what a cost compares with: nothing is learned there."""
        diagram = self._scene.diagram
        kind = type_in(diagram, diagram.blocks[pin.block])
        return kind is not None and issubclass(kind, Cost) and pin.name == "target"

    def _reached(self, wires: Mapping[Wire, WireItem]) -> list[str]:
        """The blocks on which a cost with a wire depends, that cost included."""
        sources: dict[str, list[str]] = {}
        for item in wires.values():
            sources.setdefault(item.wire.target.block, []).append(item.wire.source.block)
        blocks = self._scene.blocks
        waiting = [n for n in blocks if blocks[n].face.form.glyph is Glyph.COST and n in sources]
        found: dict[str, None] = {}
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = None
                waiting += sources.get(name, ())
        return list(found)

    def _add_wire(self, item: WireItem) -> None:
        """The same way mirrored and backwards, from inside the twin that it leaves."""
        lying = [self._lying(x, y) for x, y in item.way.tolist()]
        way = np.array([(x, self._below(y)) for x, y in lying])[::-1]
        end = self._twin(item.wire.target.block)
        half = self._breadth(self._scene.blocks[item.wire.target.block].face.form) / 2
        at_flank = abs(way[0][1] - end.y()) >= half - 1
        inside = (way[0][0], end.y()) if at_flank else (end.x(), way[0][1])
        self._draw(np.vstack([inside, way]))

    def _draw(self, way: paths.Points) -> None:
        line = paths.shaft(way)
        self._lines.moveTo(*line[0])
        for x, y in line[1:].tolist():
            self._lines.lineTo(x, y)
        self._heads.addPolygon(QPolygonF([QPointF(*corner) for corner in paths.head(way)]))
        self._heads.closeSubpath()

    def _add_twin(self, item: BlockItem, named: Names) -> None:
        made, middle = item.face.form, self._twin(item.block)
        flipped = QTransform.fromScale(-1, 1).map(self._outline(made))
        self._shapes.addPath(flipped.translated(middle))
        for pin, ring in made.rings.items():
            self._add_ring(Pin(item.block, pin), made, ring, middle, named)
        text = self._inside(item, named)
        size = SMALL + 2
        while size > 7 and text_width(text, size, italic=True) > made.width - 14:
            size -= 1
        seed = made.glyph is Glyph.COST
        if text:
            at = self._shown(middle)
            self.labels.append(Label(at.x(), at.y(), text, NAME if seed else size, ""))
        if self._has_weights(item.block):
            self._add_weights(item, middle, named)

    def _outline(self, made: Form) -> QPainterPath:
        """A shape as it lies, grown with the rows."""
        breadth = self._breadth(made)
        if not made.up:
            return body(made.glyph, made.width, breadth, shallow=made.expanded)
        return QTransform().rotate(90.0).map(body(made.glyph, breadth, made.height, up=True))

    def _breadth(self, made: Form) -> float:
        """A shape with many pins grows with the rows, for its pins are drawn apart as they are."""
        return made.breadth * (self._apart if len(made.rings) > 1 or len(made.ports) > 2 else 1.0)

    def _add_ring(self, pin: Pin, made: Form, ring: Ring, middle: QPointF, named: Names) -> None:
        ring = laid(ring) if made.up else ring
        x, y = middle.x() + ring.x, middle.y() - ring.y * self._apart
        if made.glyph not in CIRCLES:
            self._shapes.addEllipse(QPointF(x, y), ring.radius, ring.radius)
            side = math.copysign(1.0, ring.dx)
            start, end = (x - side * ring.radius, y), (middle.x() + side * made.length / 2, y)
            self._draw(np.array([start, end]))
        text = f"∂C/∂{named.variables.get(pin, pin.name)}"
        self._name(QPointF(x, y), ring.radius, BELOW, text, pin)

    def _name(self, at: QPointF, away: float, below: float, text: str, key: Pin | str) -> None:
        """Names what lies at a place that reaches so far: below it, beside it where the diagram flows upwards."""
        here, size = self._shown(at), SMALL + 1
        if self._scene.is_rising:
            self.labels.append(Label(here.x() + away + ASIDE, here.y() - 7.0, text, size, key, 0.0))
        else:
            self.labels.append(Label(here.x(), here.y() + away + below, text, size, key))

    def _add_weights(self, item: BlockItem, middle: QPointF, named: Names) -> None:
        bottom = middle.y() + self._breadth(item.face.form) / 2
        self._draw(np.array([(middle.x(), bottom), (middle.x(), bottom + STEM)]))
        given = Pin(item.block, FLANK) in self._scene.diagram.inputs  # then only b is its own
        text = f"∂C/∂{named.weights.get(item.block, 'b' if given else 'w')}"
        self._name(QPointF(middle.x(), bottom), STEM, BELOW - 4, text, item.block)

    def _has_weights(self, block: str) -> bool:
        counts = self._scene.report.counts.get(block)
        glyph = self._scene.blocks[block].face.form.glyph
        return bool(counts and counts.weights) and glyph not in CIRCLES

    def _inside(self, item: BlockItem, named: Names) -> str:
        """The derivative that the twin multiplies by; the seed at a cost, nothing in a circle."""
        glyph = item.face.form.glyph
        if glyph is Glyph.COST:
            return SEED
        if glyph in CIRCLES:
            return ""
        into = [w.source for w in self._scene.diagram.wires_into(item.block)]
        outputs = [named.variables.get(Pin(item.block, pin), pin) for pin in item.face.form.rings]
        g = outputs[0] if len(outputs) == 1 else "·"
        f = named.variables.get(into[0], into[0].name) if len(into) == 1 else "·"
        return f"∂{g}/∂{f}"

    # --- painting -----------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, ink: Inks, detail: bool) -> None:
        """Paints it, its texts only with `detail`."""
        if not self._wanted:
            return
        self._build()
        pen = QPen(ink.gradient, 2.2)
        pen.setCosmetic(not detail)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._lines)
        painter.setBrush(QBrush(mixed(ink.theme.gradient, ink.theme.background, 0.88)))
        painter.drawPath(self._shapes)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(QColor(ink.gradient)))
        painter.drawPath(self._heads)
        if not detail:
            return
        painter.setPen(ink.gradient_text)
        for label, number in self.written():
            x, y, align = label.x, label.y, label.align
            write(painter, label.text, x, y, italic=True, size=label.size, align=align)
            if number:
                write(painter, number, x, y + NUMBER, align=align)

    def written(self) -> Iterator[tuple[Label, str]]:
        """Every text with the norm of its gradient at the last watched step, "" where none is known."""
        self._build()
        snapshot = self._readable()
        for label in self.labels:
            norm = _norm(snapshot, label.key) if snapshot is not None else None
            yield label, "" if norm is None else scientific(norm)

    def _readable(self) -> Snapshot | None:
        """The last watched step; while it trains, numbers stand long enough to be read."""
        newest, now = self._scene.pulses.snapshot, time.monotonic()
        restless = newest is not None and newest.playing and self._read is not None
        if newest is not self._read and (not restless or now - self._read_at >= READABLE):
            self._read, self._read_at = newest, now
        return self._read


def _norm(snapshot: Snapshot, key: Pin | str) -> float | None:
    if isinstance(key, Pin):
        flow = snapshot.variables.get(key)
        return flow.gradient if flow else None
    return snapshot.weight_gradients.get(key)


def _apart(heights: list[float]) -> float:
    """By how much rows are drawn apart so that what is written between two of them has room."""
    gaps = [b - a for a, b in pairwise(sorted(heights)) if b - a > ONE_ROW]
    return min(max(1.0, ROOM / min(gaps)), MOST) if gaps else 1.0
