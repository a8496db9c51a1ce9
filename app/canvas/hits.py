"""What lies under a point of the scene, found by geometry: circles, pins, shapes, wires."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator

from PySide6.QtCore import QPointF, QRectF, Qt

from app.canvas import paths
from app.canvas.geometry import CIRCLES
from app.canvas.items import BlockItem, WireItem
from app.canvas.scene import CanvasScene
from graph.diagram import Pin, Wire

BODY = 0.62  # part of a variable's radius within which it is moved; a wire is drawn from the rim
END = 30.0  # canvas units from its tip within which a wire is taken off its pin


def pin_reach(scale: float) -> float:
    """Canvas units from an input within which it is pointed at."""
    return min(9.0 / scale, 12.0)


def ring_reach(scale: float) -> float:
    """Canvas units outside a circle's rim within which it is pointed at."""
    return max(3.0, min(6.0 / scale, 10.0))


def wire_reach(scale: float) -> float:
    """Canvas units from a wire within which it is pointed at."""
    return 7.0 / scale


def blocks_near(scene: CanvasScene, point: QPointF, reach: float) -> Iterator[BlockItem]:
    """The blocks whose rectangle is within `reach` of a point, the topmost first."""
    rect = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    mode, order = Qt.ItemSelectionMode.IntersectsItemBoundingRect, Qt.SortOrder.DescendingOrder
    return (item for item in scene.items(rect, mode, order) if isinstance(item, BlockItem))


def block_at(scene: CanvasScene, point: QPointF) -> BlockItem | None:
    """The block whose shape is under a point, circles of outputs apart."""
    for item in blocks_near(scene, point, 1.0):
        local = point - item.pos()
        if item.face.form.holds(local.x(), local.y()):
            return item
    return None


def ring_at(scene: CanvasScene, point: QPointF, slack: float = 3.0) -> Pin | None:
    """The output from whose circle a wire would be drawn here; of a variable that is its rim."""
    for item in blocks_near(scene, point, slack):
        local = point - item.pos()
        own = item.face.form.glyph in CIRCLES
        for name, ring in item.face.form.rings.items():
            away = math.hypot(local.x() - ring.x, local.y() - ring.y)
            if away <= ring.radius + slack and not (own and away < ring.radius * BODY):
                return Pin(item.block, name)
    return None


def port_at(scene: CanvasScene, point: QPointF, reach: float) -> Pin | None:
    """The drawn input nearest to a point, within `reach`."""
    found = [
        (math.hypot(point.x() - item.x() - port.x, point.y() - item.y() - port.y), item, name)
        for item in blocks_near(scene, point, reach)
        for name, port in item.face.form.ports.items()
    ]
    away, item, name = min(found, key=lambda entry: entry[0], default=(math.inf, None, ""))
    return Pin(item.block, name) if item is not None and away <= reach else None


def wire_at(scene: CanvasScene, point: QPointF, reach: float) -> Wire | None:
    """The wire nearest to a point, within `reach`."""
    rect = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    found = [
        (paths.distance(item.way, point.x(), point.y()), item.wire)
        for item in scene.items(rect, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        if isinstance(item, WireItem)
    ]
    away, wire = min(found, key=lambda entry: entry[0], default=(math.inf, None))
    return wire if away <= reach else None


def owner_at(scene: CanvasScene, point: QPointF) -> str | None:
    """The block whose shape or circle is under a point."""
    pin = ring_at(scene, point)
    item = None if pin else block_at(scene, point)
    return pin.block if pin else item.block if item else None


def source_near(
    scene: CanvasScene, point: QPointF, reach: float, refused: Container[str]
) -> Pin | None:
    """The circle nearest to a point, within `reach` of its rim, of a block that is not refused."""
    found = [
        (math.hypot(point.x() - item.x() - ring.x, point.y() - item.y() - ring.y), name, item, ring)
        for item in blocks_near(scene, point, reach)
        for name, ring in item.face.form.rings.items()
        if item.block not in refused
    ]
    within = [entry for entry in found if entry[0] <= reach + entry[3].radius]
    best = min(within, key=lambda entry: entry[0], default=None)
    return Pin(best[2].block, best[1]) if best else None


def shape_box(item: BlockItem) -> QRectF:
    """The rectangle around a block's shape, in the scene."""
    made = item.face.form
    rect = QRectF(-made.width / 2, -made.height / 2, made.width, made.height)
    return rect.translated(item.pos())


def ring_box(item: BlockItem, name: str) -> QRectF:
    """The rectangle around the circle of one of a block's outputs, in the scene."""
    ring = item.face.form.rings[name]
    middle = QPointF(ring.x, ring.y)
    corner = QPointF(ring.radius, ring.radius)
    return QRectF(middle - corner, middle + corner).translated(item.pos())


def is_start(scene: CanvasScene, wire: Wire, point: QPointF) -> bool:
    """Whether a point is so near to where a wire begins, and nearer than to its tip, that dragging takes it off its circle."""
    way = scene.wires[wire].way
    away, ahead = (math.hypot(point.x() - x, point.y() - y) for x, y in (way[0], way[-1]))
    return away <= END and away < ahead


def is_end(scene: CanvasScene, wire: Wire, point: QPointF) -> bool:
    """Whether a point is so near to a wire's tip that dragging takes the wire off its pin."""
    tip = scene.wires[wire].way[-1]
    away = math.hypot(point.x() - tip[0], point.y() - tip[1])
    return away <= END and not is_start(scene, wire, point)
