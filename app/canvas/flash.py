"""A ring that lights up for a moment around blocks that were gone to, so that the eye finds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen

from app.canvas.inks import Inks
from app.canvas.outlines import around

if TYPE_CHECKING:
    from app.canvas.scene import CanvasScene

TIME = 700  # ms
AROUND, WIDTH, GLOW = 20.0, 5.0, 70  # canvas units, canvas units, of 255


class Flash(QObject):
    """Shows where blocks are; nothing of the diagram is changed or marked."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__(scene)
        self._scene = scene
        self.blocks: frozenset[str] = frozenset()
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.setInterval(TIME)
        self._over.timeout.connect(lambda: self._light(()))

    def show(self, blocks: Iterable[str]) -> None:
        """Lights up around these blocks of the shown level."""
        self._light(blocks)
        self._over.start()

    def _light(self, blocks: Iterable[str]) -> None:
        self.blocks = frozenset(blocks)
        self._scene.ticked.emit()

    def paint(self, painter: QPainter, ink: Inks) -> None:
        """Paints the rings."""
        color = QColor(ink.selection)
        glow = QColor(color)
        glow.setAlpha(GLOW)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for item in filter(None, map(self._scene.blocks.get, self.blocks)):
            ring = around(item.face.form, AROUND).translated(item.pos())
            for pen in (QPen(glow, 3 * WIDTH), QPen(color, WIDTH)):
                painter.setPen(pen)
                painter.drawPath(ring)
