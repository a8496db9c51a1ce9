"""The inside of a part as an expanded use of it shows it: small, and only to be read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPicture

from app.canvas import faces, paths
from app.canvas.faces import Face, Inside
from app.canvas.folding import folding
from app.canvas.frames import Frames
from app.canvas.geometry import around_window
from app.canvas.glyphs import Marks, extent, paint_block, paint_wire, wire_path
from app.canvas.inks import Inks, label_width
from app.canvas.paths import Points
from app.canvas.recorder import Recorder
from app.canvas.router import Link, Router
from app.canvas.turning import laid_box, laid_link, risen
from graph.diagram import UP, Diagram
from graph.expanding import Growth
from graph.part_edits import scope
from nodes.names import Names, names
from runtime.snapshot import Report

LONG, BROAD = 520.0, 320.0  # of what is inside, in canvas units
LONGEST, BROADEST = 1200.0, 700.0  # where its labels could not be read else
LEGIBLE, LARGEST = 0.5, 0.75  # scales
STEP = 4.0  # of the growth of a shape
AROUND = 6.0  # canvas units, inside, that lines and pins reach beyond shapes
EMPTY = QRectF(-60, -30, 120, 60)
NOTHING = Report()


class Miniature:
    """Frames, comments, shapes with labels, and wires, as they stand in a part; uses of parts in it are plain shapes."""

    def __init__(self, inside: Inside) -> None:
        level = _folded(scope(Diagram(parts=inside.parts, flow=inside.flow), inside.part))
        named = names(level)
        self._frames = Frames()
        self._frames.show(level)
        self._blocks = [
            (QPointF(*block.position), _face(level, name, named))
            for name, block in level.blocks.items()
        ]
        self._wires = [(wire_path(paths.shaft(way)), way) for way in self._ways(level)]
        self.rect = self._reach()
        self._pictures: dict[str, QPicture] = {}

    def _ways(self, level: Diagram) -> Iterator[Points]:
        router, up = Router(), level.flow == UP
        forms = {}
        for name, (at, face) in zip(level.blocks, self._blocks, strict=True):
            forms[name] = face.form
            hull, taken = (
                (box[0] + at.x(), box[1] + at.y(), box[2] + at.x(), box[3] + at.y())
                for box in (face.form.box(), face.form.taken())
            )
            router.place(name, laid_box(hull, up), laid_box(taken, up))
        for wire in level.wires:
            (source, out), (target, pin) = wire
            ring, port = forms[source].ring(out), forms[target].port(pin)
            start, end = level.blocks[source].position, level.blocks[target].position
            router.link(wire, laid_link(Link(source, ring, start, target, port, end), up))
        return (risen(way, up) for way in router.ways().values())

    def _reach(self) -> QRectF:
        rect = self._frames.bounds()
        for at, face in self._blocks:
            left, top, right, bottom = face.form.box()
            box = QRectF(left, top, right - left, bottom - top)
            rect |= (extent(face) if face.caption else box).translated(at)
        for path, _ in self._wires:
            rect |= path.boundingRect()
        return rect.adjusted(-AROUND, -AROUND, AROUND, AROUND) if not rect.isEmpty() else EMPTY

    def paint(
        self, painter: QPainter, window: tuple[float, float, float, float], ink: Inks
    ) -> None:
        """Paints it into a rectangle given by left, top, right, bottom, as large as it fits there."""
        place = QRectF(QPointF(*window[:2]), QPointF(*window[2:]))
        rect, opacity = self.rect, painter.opacity()
        scale = min(place.width() / rect.width(), place.height() / rect.height(), LARGEST)
        if scale <= 0:
            return
        painter.save()
        painter.translate(place.center())
        painter.scale(scale, scale)
        painter.translate(-rect.center())
        if isinstance(painter, Recorder) or opacity < 1.0:  # a recorded picture is opaque
            self._paint(painter, ink)
        else:
            painter.drawPicture(0, 0, self._picture(ink))
        painter.restore()
        painter.setOpacity(opacity)

    def _picture(self, ink: Inks) -> QPicture:
        name = ink.theme.name
        if name not in self._pictures:
            self._pictures[name] = QPicture()
            painter = QPainter(self._pictures[name])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(painter, ink)
            painter.end()
        return self._pictures[name]

    def _paint(self, painter: QPainter, ink: Inks) -> None:
        self._frames.paint(painter, self.rect, ink)
        for path, way in self._wires:
            paint_wire(painter, path, way, ink.plain)
        for at, face in self._blocks:
            painter.translate(at)
            paint_block(painter, face, ink, Marks())
            painter.translate(-at)


def growth(face: Face, inside: Inside) -> Growth:
    """By how much a shape that does not show its inside has to grow for that."""
    made, rect = face.form, Miniature(inside).rect
    scale = _scale(rect.height(), rect.width()) if made.up else _scale(rect.width(), rect.height())
    left, top, right, bottom = around_window(made.insets, made.up)
    wide, high = left + rect.width() * scale + right, top + rect.height() * scale + bottom
    along, across = (high, wide) if made.up else (wide, high)
    return Growth(_steps(along - made.length), _steps(across - made.breadth), made.breadth / 2)


def _scale(length: float, breadth: float) -> float:
    """So small that it is no larger than wanted, but not so small that nobody can read it."""
    wanted = min(LONG / length, BROAD / breadth, LARGEST)
    return max(wanted, min(LEGIBLE, LONGEST / length, BROADEST / breadth))


def _steps(more: float) -> float:
    return max(0.0, STEP * math.ceil(more / STEP))


def _folded(level: Diagram) -> Diagram:
    """A diagram none of whose uses of parts shows its inside, standing as it did before they did."""
    named = names(level)
    plain = level.with_blocks(*(replace(b, expanded=None) for b in level.blocks.values()))
    halves = {
        name: _face(plain, name, named).form.breadth / 2
        for name, block in level.blocks.items()
        if faces.inside_of(level, block) and block.expanded is not None
    }
    return folding(level, halves).apply(level)


def _face(level: Diagram, name: str, named: Names) -> Face:
    return faces.face(level, level.blocks[name], named, NOTHING, (), label_width)
