"""The two kinds of things on the canvas: a block with its circles and pins, and a wire.  They only paint themselves."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas import paths
from app.canvas.faces import Face
from app.canvas.glyphs import Marks, extent, paint_block, paint_wire, wire_path
from app.canvas.inks import Inks
from app.canvas.miniature import Miniature
from graph.diagram import Wire

if TYPE_CHECKING:
    from app.canvas.paths import Points

Segment = tuple[tuple[float, ...], QLineF]  # its two ends, and as Qt paints it

SAMPLES = 49  # points along a wire at equal distances, for what runs along it
TOO_LONG = 4_000.0  # device pixels from which a wire is painted without smoothing


class BlockItem(QGraphicsItem):
    """One block; its pins are painted by it and found by geometry."""

    def __init__(self, block: str, face: Face, ink: Inks) -> None:
        super().__init__()
        self.block = block
        self.ink = ink
        self.marks = Marks()
        self.face = face
        self._inner = Miniature(face.inside) if face.inside else None
        self._extent = extent(face)
        self.setZValue(1.0 if face.errors else 0.0)  # what is wrong is read above all else

    def set_face(self, face: Face) -> None:
        """Shows something else from now on."""
        self.prepareGeometryChange()
        if face.inside != self.face.inside:
            self._inner = Miniature(face.inside) if face.inside else None
        self.face = face
        self._extent = extent(face)
        self.setZValue(1.0 if face.errors else 0.0)
        self.update()

    def set_marks(self, marks: Marks) -> bool:
        """Marks it as selected, near the mouse, fitting; returns whether that changed anything."""
        if marks == self.marks:
            return False
        self.marks = marks
        self.update()
        return True

    def boundingRect(self) -> QRectF:
        return self._extent

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem | None = None,
        widget: QWidget | None = None,
    ) -> None:
        paint_block(painter, self.face, self.ink, self.marks, self._inner)


class WireItem(QGraphicsItem):
    """One wire, from the rim of a circle to a pin, in scene coordinates."""

    def __init__(self, wire: Wire, way: Points, ink: Inks) -> None:
        super().__init__()
        self.setZValue(-1)
        self.wire = wire
        self.ink = ink
        self.selected = False
        self.way = way
        self._box = _box(way)
        self._path: QPainterPath | None = None
        self._evenly: Points | None = None
        self._far: list[Segment] | None = None

    def set_way(self, way: Points) -> None:
        """Runs along another way from now on."""
        self.prepareGeometryChange()
        self.way = way
        self._box = _box(way)
        self._path = self._evenly = self._far = None
        self.update()

    def set_selected(self, selected: bool) -> bool:
        """Marks it as selected; returns whether that changed anything."""
        if selected == self.selected:
            return False
        self.selected = selected
        self.update()
        return True

    @property
    def evenly(self) -> Points:
        """SAMPLES points along it at equal distances."""
        if self._evenly is None:
            self._evenly = paths.evenly(self.way, SAMPLES)
        return self._evenly

    def far(self, start: tuple[float, float]) -> list[Segment]:
        """A few straight lines along it from the middle of its block, for the view from far away; made once for each way."""
        if self._far is None:
            bends = self.way[::4].tolist() if len(self.way) > 2 else []
            corners = [start, *bends, self.way[-1].tolist()]
            self._far = [((*a, *b), QLineF(*a, *b)) for a, b in pairwise(corners)]
        return self._far

    def boundingRect(self) -> QRectF:
        return self._box

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem | None = None,
        widget: QWidget | None = None,
    ) -> None:
        if self._path is None:
            self._path = wire_path(paths.shaft(self.way))
        scale = painter.worldTransform().m11()
        smooth = max(self._box.width(), self._box.height()) * scale < TOO_LONG
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        paint_wire(
            painter, self._path, self.way, self.ink.chosen if self.selected else self.ink.plain
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _box(way: Points) -> QRectF:
    (left, top), (right, bottom) = way.min(axis=0).tolist(), way.max(axis=0).tolist()
    return QRectF(left - 8, top - 8, right - left + 16, bottom - top + 16)
