"""The small map in the corner: all blocks, and the part that the view shows; press in it to go there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from app.canvas.overview import Overview
from app.canvas.scene import CanvasScene

SIZE = QSize(150, 100)
INSET = 14.0
EDGE = 4.0  # between the map's edge and the rectangle of what is seen
LATER = 150  # ms after a change until the map is drawn anew
ENOUGH = 3  # from so many blocks on a map helps
MANY = 400  # from so many blocks on the map stays the same wherever the view looks


class Minimap(QWidget):
    """Lies over a view; `seen` gives the part of the scene that the view shows, `go` moves it there."""

    def __init__(
        self,
        parent: QWidget,
        scene: CanvasScene,
        overview: Overview,
        seen: Callable[[], QRectF],
        go: Callable[[QPointF], None],
    ) -> None:
        super().__init__(parent)
        self._scene = scene
        self._overview = overview
        self._seen = seen
        self._go = go
        self._still: QPixmap | None = None
        self._rect = QRectF()
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Map of the diagram")
        self.setToolTip("Press to go there (Shift+M hides the map)")
        self._soon = QTimer(self)  # a drag changes much; the map may follow a little later
        self._soon.setSingleShot(True)
        self._soon.setInterval(LATER)
        self._soon.timeout.connect(self._forget)
        scene.arranged.connect(self._soon.start)

    def _forget(self) -> None:
        self._still = None
        self.update()

    def _wanted(self) -> QRectF:
        """What the map shows: all blocks, and of what the view sees beyond them as much again at most."""
        boxes = self._overview.boxes
        if not len(boxes):
            return self._seen()
        (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        whole = QRectF(left, top, right - left, bottom - top) | self._scene.frames.bounds()
        if len(boxes) > MANY:
            return whole
        beyond = max(whole.width(), whole.height()) / 2
        return whole | (self._seen() & whole.adjusted(-beyond, -beyond, beyond, beyond))

    def _scale(self) -> float:
        width, height = self.width() - 2 * INSET, self.height() - 2 * INSET
        return float(
            min(width / max(self._rect.width(), 1.0), height / max(self._rect.height(), 1.0))
        )

    def _shown(self) -> QRectF:
        """All that the map has room for, in the scene: what the view sees beyond it is bounded by the map's edge."""
        inside = QSizeF(self.size()) / self._scale()
        shown = QRectF(QPointF(), inside)
        shown.moveCenter(self._rect.center())
        edge = EDGE / self._scale()
        return shown.adjusted(edge, edge, -edge, -edge)

    def _draw_blocks(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        theme = self._scene.ink.theme
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        panel = QColor(theme.panel)
        panel.setAlpha(235)
        painter.setPen(QPen(QColor(theme.border), 1.4))
        painter.setBrush(panel)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        self._enter(painter)
        self._scene.frames.paint(painter, self._rect, self._scene.ink, self._scale())
        self._overview.paint(painter, self._rect)
        painter.end()
        return pixmap

    def _enter(self, painter: QPainter) -> None:
        """From here on the painter works in scene units."""
        scale = self._scale()
        painter.translate(self.width() / 2, self.height() / 2)
        painter.scale(scale, scale)
        painter.translate(-self._rect.center())

    def paintEvent(self, event: QPaintEvent) -> None:
        wanted = self._wanted()
        if self._still is None or wanted != self._rect:
            self._rect = wanted
            self._still = self._draw_blocks()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        painter.setClipRect(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        self._enter(painter)
        pen = QPen(self._scene.ink.selection, 1.2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._seen() & self._shown())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._travel(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._travel(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # not the canvas's

    def _travel(self, event: QMouseEvent) -> None:
        middle = QPointF(self.width() / 2, self.height() / 2)
        self._go(self._rect.center() + (event.position() - middle) / self._scale())
        event.accept()
