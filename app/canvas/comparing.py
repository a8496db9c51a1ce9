"""Another version of the diagram laid over it: what came is ringed green +, what went is a ghost −, what is altered amber ~,
what moved has an arrow from where it stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.canvas.glyphs import wire_path
from app.canvas.inks import Inks, write
from app.canvas.outlines import around
from app.canvas.paths import Points, evenly, shaft
from app.theme import Theme
from graph.change import Change
from graph.diagram import PART, Diagram
from graph.differences import (
    ADDED,
    ALTERED,
    REMOVED,
    Comparison,
    Difference,
    changed_parts,
    compare,
)
from graph.edit import Edit
from graph.parts import part_of
from graph.problem import DiagramError
from graph.renaming import aligned

if TYPE_CHECKING:
    from app.canvas.items import BlockItem
    from app.canvas.scene import CanvasScene

FADED = 0.3  # the opacity of what is the same
GHOST = 0.55  # and of what is gone
RING = 16.0  # by how much a ring is larger than the shape
WIDTH = 3.0
SIGN, BADGE = 17, 10.0  # the size of a sign, and the radius of the disc on which it stands
ARROW = 12.0  # the head of the arrow to where something moved
AMBER = 4  # of a theme's classes
SIGNS = {ADDED: "+", REMOVED: "−", ALTERED: "~"}


class Comparing:
    """Shows the differences from another diagram while there is one; neither saved nor undone."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._other: Diagram | None = None
        self._before: Diagram | None = None  # the same with the ids that its blocks have now
        self._moved: tuple[str, ...] = ()
        self._ghosts: CanvasScene | None = None
        self._found: dict[tuple[str, str], Difference] = {}
        self._fades = False
        scene.arranged.connect(self._follow)

    def show(self, before: Diagram | None) -> None:
        """Compares with this from now on; None ends it."""
        from app.canvas.scene import CanvasScene

        self._other, self._before, self._ghosts = before, None, None
        if before is not None:
            self._ghosts = CanvasScene(_refuse, self._scene.ink.theme)
        self._follow()
        self._scene.show_arranged()

    def bounds(self) -> QRectF:
        """The rectangle around what is gone, in the scene; empty when nothing is."""
        if self._ghosts is None:
            return QRectF()
        gone = {name for (what, name), d in self._found.items() if d.sign == REMOVED}
        gone.update(self._moved)
        rect = self._ghosts.bounds(gone & self._ghosts.blocks.keys())
        return rect | self._ghosts.frames.bounds(gone & self._ghosts.frames.things.keys())

    def place(self, what: str, name: str) -> QRectF:
        """Where a block, wire, frame or comment is, or was; empty when it is nowhere."""
        for scene in filter(None, (self._scene, self._ghosts)):
            if what == "block" and name in scene.blocks:
                return scene.bounds((name,))
            if what in ("frame", "comment") and name in scene.frames.things:
                return scene.frames.box(name)
            for wire, item in scene.wires.items() if what == "wire" else ():
                if str(wire) == name:
                    return item.boundingRect()
        return QRectF()

    def tip(self, point: QPointF) -> str:
        """What differs in the block under a point, "" for nothing."""
        for (what, name), difference in self._found.items():
            item = self._item(name) if what == "block" else None
            if item is not None and item.boundingRect().translated(item.pos()).contains(point):
                return str(difference)
        return ""

    def _item(self, name: str) -> BlockItem | None:
        ghost = self._ghosts.blocks.get(name) if self._ghosts is not None else None
        return self._scene.blocks.get(name, ghost)

    def _follow(self) -> None:
        """Finds the differences anew and fades what is the same."""
        scene, other = self._scene, self._other
        if other is None and not self._fades:
            return
        self._fades = other is not None
        found = self._compared(other) if other is not None else Comparison()
        self._found = {(d.what, d.name): d for d in found.differences}
        if other is not None:
            self._tell_uses(other)
        self._moved = found.moved
        for name, block in scene.blocks.items():
            same = self._fades and ("block", name) not in self._found and name not in found.moved
            block.setOpacity(FADED if same else 1.0)
        for wire, line in scene.wires.items():
            same = self._fades and ("wire", str(wire)) not in self._found
            line.setOpacity(FADED if same else 1.0)

    def _compared(self, other: Diagram) -> Comparison:
        """What differs; the ghosts have the ids of now."""
        diagram = self._scene.diagram
        before = aligned(other, diagram)[0]
        if before != self._before and self._ghosts is not None:
            self._before = before
            self._ghosts.show(before)
        return compare(_alone(other), _alone(diagram))

    def _tell_uses(self, other: Diagram) -> None:
        """A use of a part that has changed inside is marked too."""
        diagram = self._scene.diagram
        changed = changed_parts(other, diagram)
        for name, block in diagram.blocks.items():
            if block.kind == PART and part_of(block) in changed:
                words = f"{part_of(block)} has changed inside"
                self._found.setdefault(("block", name), Difference(ALTERED, "block", name, words))

    # --- painting ---------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, ink: Inks) -> None:
        """Paints ghosts, rings and signs."""
        if self._before is None or self._ghosts is None:
            return
        change = Change.between(self._before, self._scene.diagram)
        for wire in change.unwired:
            if wire in self._ghosts.wires:
                self._paint_wire(painter, self._ghosts.wires[wire].way, REMOVED, ink)
        for wire in change.wired:
            if wire in self._scene.wires:
                self._paint_wire(painter, self._scene.wires[wire].way, ADDED, ink)
        self._paint_ghosts(painter, change.removed)
        for name in self._moved:
            self._paint_move(painter, name, ink)
        for (what, name), difference in self._found.items():
            if what == "block" and (item := self._item(name)) is not None:
                self._paint_ring(painter, item, difference.sign, ink)
            elif what in ("frame", "comment"):
                self._paint_box(painter, self.place(what, name), difference.sign, ink)

    def _paint_ghosts(self, painter: QPainter, gone: tuple[str, ...]) -> None:
        assert self._ghosts is not None
        whole = painter.opacity()
        for name in gone:
            item = self._ghosts.blocks[name]
            painter.save()
            painter.setOpacity(whole * GHOST)
            painter.translate(item.pos())
            item.paint(painter)
            painter.restore()
        painter.setOpacity(whole)

    def _paint_move(self, painter: QPainter, name: str, ink: Inks) -> None:
        """Where something stood, and a way from there."""
        assert self._ghosts is not None
        old, new = self._ghosts, self._scene
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(ink.theme.muted), 1.5, Qt.PenStyle.DashLine))
        if name in old.blocks and name in new.blocks:
            painter.drawPath(
                around(old.blocks[name].face.form, 0.0).translated(old.blocks[name].pos())
            )
            _paint_arrow(painter, _shape(old.blocks[name]), _shape(new.blocks[name]), ink)
        elif name in old.frames.things and name in new.frames.things:
            start, end = old.frames.box(name), new.frames.box(name)
            painter.drawRoundedRect(start, 8, 8)
            _paint_arrow(painter, start, end, ink)

    def _paint_ring(self, painter: QPainter, item: BlockItem, sign: str, ink: Inks) -> None:
        made = item.face.form
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(sign, ink))
        painter.drawPath(around(made, RING).translated(item.pos()))
        corner = item.pos() + QPointF(-made.width / 2 - RING / 2, -made.height / 2 - RING / 2)
        _paint_sign(painter, corner, sign, ink)

    def _paint_box(self, painter: QPainter, box: QRectF, sign: str, ink: Inks) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(sign, ink))
        painter.drawRoundedRect(box.adjusted(-5, -5, 5, 5), 8, 8)
        _paint_sign(painter, box.topLeft(), sign, ink)

    def _paint_wire(self, painter: QPainter, way: Points, sign: str, ink: Inks) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(sign, ink))
        painter.drawPath(wire_path(shaft(way)))
        _paint_sign(painter, QPointF(*evenly(way, 3)[1].tolist()), sign, ink)


def color_of(sign: str, theme: Theme) -> QColor:
    """The colour of a sign."""
    colors = {ADDED: theme.gradient_text, REMOVED: theme.problem, ALTERED: theme.classes[AMBER]}
    return QColor(colors[sign])


def _pen(sign: str, ink: Inks) -> QPen:
    style = Qt.PenStyle.DashLine if sign == REMOVED else Qt.PenStyle.SolidLine
    return QPen(color_of(sign, ink.theme), WIDTH, style)


def _paint_sign(painter: QPainter, at: QPointF, sign: str, ink: Inks) -> None:
    painter.setPen(QPen(color_of(sign, ink.theme), 2.0))
    painter.setBrush(ink.paper)
    painter.drawEllipse(at, BADGE, BADGE)
    painter.setPen(color_of(sign, ink.theme))
    write(painter, SIGNS[sign], at.x(), at.y(), size=SIGN)


def _shape(item: BlockItem) -> QRectF:
    made = item.face.form
    box = QRectF(-made.width / 2, -made.height / 2, made.width, made.height)
    return box.translated(item.pos())


def _paint_arrow(painter: QPainter, start: QRectF, end: QRectF, ink: Inks) -> None:
    """A thin way from the edge of one box to that of another; none where they are too near for it."""
    way = QLineF(start.center(), end.center())
    leaves, comes = _share_in(start, way), 1.0 - _share_in(end, way)
    line = QLineF(way.pointAt(leaves), way.pointAt(comes))
    if comes <= leaves or line.length() < 2 * ARROW:
        return
    painter.setPen(QPen(QColor(ink.theme.muted), 1.5))
    painter.drawLine(line)
    along = (line.p2() - line.p1()) / line.length()
    across = QPointF(-along.y(), along.x()) * ARROW * 0.4
    back = line.p2() - along * ARROW
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ink.theme.muted))
    painter.drawPolygon([line.p2(), back + across, back - across])


def _share_in(box: QRectF, way: QLineF) -> float:
    """How much of a way from or to the middle of a box lies in it: 0 to 1, or more."""
    sides = (box.width() / 2, abs(way.dx())), (box.height() / 2, abs(way.dy()))
    return min((half / length for half, length in sides if length), default=1.0)


def _alone(diagram: Diagram) -> Diagram:
    """One level without recipe and parts, which are not drawn on it."""
    return (
        diagram.with_(parts={}, recipe={}, extra={}) if diagram.parts or diagram.recipe else diagram
    )


def _refuse(edit: Edit) -> None:
    raise DiagramError("The version before cannot be edited.")
