"""The small map in the corner: all blocks, and the part that the view shows; press in it to go there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from app.canvas.overview import Overview
from app.canvas.scene import CanvasScene

SIZE = QSize(150, 100)
INSET = 12.0
ENOUGH = 3  # from so many blocks on a map helps


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
        self.setToolTip("Press to go there (M hides the map)")
        scene.touched.connect(self.forget)

    def forget(self) -> None:
        """What the map shows has changed."""
        self._still = None
        self.update()

    def _all(self) -> QRectF:
        boxes = self._overview.boxes
        if not len(boxes):
            return QRectF(-200, -150, 400, 300)
        (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        return QRectF(left, top, right - left, bottom - top)

    def _scale(self) -> float:
        width, height = self.width() - 2 * INSET, self.height() - 2 * INSET
        return float(
            min(width / max(self._rect.width(), 1.0), height / max(self._rect.height(), 1.0))
        )

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
        if self._still is None:
            self._rect = self._all()
            self._still = self._draw_blocks()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        painter.setClipRect(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        self._enter(painter)
        pen = QPen(self._scene.ink.selection, 1.2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        fill = QColor(self._scene.ink.selection)
        fill.setAlpha(16)
        painter.setBrush(fill)
        painter.drawRect(self._seen())

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
