"""The diagram from far away, where shapes are only rectangles: all of them with a few painter calls."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from app.canvas.inks import Inks, edges
from app.canvas.scene import CanvasScene
from nodes.block import Glyph

_ROLES = tuple(Glyph)


class Overview:
    """Rectangles and lines of a scene in arrays; gathered anew when the scene says it was touched."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._stale = True
        self._boxes = np.zeros((0, 4))
        self._roles = np.zeros(0, np.int64)
        self._marked = np.zeros((0, 2), bool)
        self._rects: list[QRectF] = []
        self._lines: list[QLineF] = []
        self._ends = np.zeros((0, 4))
        scene.arranged.connect(self._forget)

    def _forget(self) -> None:
        self._stale = True

    def _gather(self) -> None:
        items = self._scene.blocks.values()
        boxes, roles, marked = [], [], []
        for item in items:
            face, x, y = item.face, item.x(), item.y()
            w, h = face.form.width / 2, face.form.height / 2
            boxes.append((x - w, y - h, x + w, y + h))
            roles.append(_ROLES.index(face.form.glyph))
            wrong = item.marks.verdict is not None and not item.marks.verdict.ok
            marked.append((item.marks.selected, wrong or bool(face.troubles and face.errors)))
        found = self._scene.blocks
        segments = []
        for wire in self._scene.wires.values():
            source = found[wire.wire.source.block]
            segments += wire.far((source.x(), source.y()))
        self._lines = [line for _, line in segments]
        self._ends = np.array([ends for ends, _ in segments], float).reshape(-1, 4)
        self._boxes = np.array(boxes, float).reshape(-1, 4)
        self._rects = [QRectF(a, b, c - a, d - b) for a, b, c, d in boxes]
        self._roles = np.array(roles, np.int64)
        self._marked = np.array(marked, bool).reshape(-1, 2)
        self._stale = False

    @property
    def boxes(self) -> npt.NDArray[np.float64]:
        """Left, top, right, bottom of every block, `[n, 4]`, in scene units."""
        if self._stale:
            self._gather()
        return self._boxes

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Paints what is in a part of the scene, without smoothing."""
        boxes, ink = self.boxes, self._scene.ink
        left, top, right, bottom = edges(rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(ink.thin_wire)
        ends = self._ends
        seen = (np.minimum(ends[:, 0], ends[:, 2]) <= right) & (ends[:, [0, 2]].max(1) >= left)
        seen &= (np.minimum(ends[:, 1], ends[:, 3]) <= bottom) & (ends[:, [1, 3]].max(1) >= top)
        painter.drawLines([self._lines[k] for k in np.flatnonzero(seen).tolist()])
        inside = (boxes[:, 0] <= right) & (boxes[:, 2] >= left)
        inside &= (boxes[:, 1] <= bottom) & (boxes[:, 3] >= top)
        for index, glyph in enumerate(_ROLES):
            self._paint_role(painter, inside & (self._roles == index), glyph, ink)
        self._paint_marks(painter, inside, ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _paint_role(
        self, painter: QPainter, which: npt.NDArray[np.bool_], glyph: Glyph, ink: Inks
    ) -> None:
        rects = [self._rects[k] for k in np.flatnonzero(which).tolist()]
        if rects:
            painter.setPen(Qt.PenStyle.NoPen)
            rim = ink.rims[glyph].color()
            painter.setBrush(QBrush(rim if glyph is not Glyph.OBSERVED else ink.muted))
            painter.drawRects(rects)

    def _paint_marks(self, painter: QPainter, inside: npt.NDArray[np.bool_], ink: Inks) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for column, color in ((0, ink.selection), (1, ink.problem)):
            pen = QPen(color, 2.0)
            pen.setCosmetic(True)
            painter.setPen(pen)
            boxes = self._boxes[inside & self._marked[:, column]].tolist()
            painter.drawRects(
                [QRectF(a - 12, b - 12, c - a + 24, d - b + 24) for a, b, c, d in boxes]
            )
