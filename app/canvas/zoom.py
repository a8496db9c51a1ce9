"""A graphics view that zooms at the mouse, scrolls by pixels, and shows any rectangle of its scene."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QNativeGestureEvent, QPainter, QTransform, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from app.canvas.corners import scale_in
from graph.frame import MAX_COORDINATE

FARTHEST, NEAREST = 0.05, 8.0
DOUBLING = 480.0  # eighths of a degree of the wheel that double the scale
MARGIN = 48.0  # device pixels around what is framed, at the most
AROUND = 120.0  # canvas units that are seen around a place
LARGEST_FRAMED = 1.6  # scale up to which framing enlarges
READABLE = 0.6  # scale from which what is written on a block can be read


class ZoomView(QGraphicsView):
    """Where one looks at a scene, and how large it is seen; knows nothing of what is on it."""

    zoomed = Signal(float)  # the scale, 1 = 100 %
    moved = Signal()  # it looks elsewhere, or at another scale

    def __init__(self, scene: QGraphicsScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlags(
            QGraphicsView.OptimizationFlag.DontSavePainterState
            | QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing
        )
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        far = 1.2 * MAX_COORDINATE
        self.setSceneRect(QRectF(-far, -far, 2 * far, 2 * far))
        self.centerOn(0, 0)

    # --- where it looks ---------------------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """Device-independent pixels for each canvas unit."""
        return self.transform().m11()

    def set_zoom(self, scale: float, at: QPointF | None = None) -> None:
        """Zooms so that the point of the scene under `at` (viewport pixels; its middle) stays where it is."""
        scale = min(max(scale, FARTHEST), NEAREST)
        at = at if at is not None else QRectF(self.viewport().rect()).center()
        point = self.scene_point(at)
        self.setTransform(QTransform.fromScale(scale, scale))
        moved = self.viewportTransform().map(point) - at
        self.scroll_by(moved)
        self.zoomed.emit(scale)
        self.moved.emit()

    def zoom_by(self, factor: float, at: QPointF) -> None:
        """The wheel turns, or fingers part, over a point of the viewport."""
        self.set_zoom(self.zoom * factor, at)

    def scroll_by(self, delta: QPointF) -> None:
        """Moves what is seen by so many pixels."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + round(delta.x()))
        down.setValue(down.value() + round(delta.y()))

    def scene_point(self, at: QPointF) -> QPointF:
        """The point of the scene under a point of the viewport, to fractions of a pixel."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(at)

    def seen(self) -> QRectF:
        """The part of the scene that is seen."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.mapRect(QRectF(self.viewport().rect()))

    def bring(self, rect: QRectF) -> None:
        """Moves what is seen by as little as shows a rectangle of the scene; larger ones than that stay as they are."""
        seen = self.viewport().rect().toRectF()
        room = seen.adjusted(MARGIN / 2, MARGIN / 2, -MARGIN / 2, -MARGIN / 2)
        there = self.viewportTransform().mapRect(rect)
        if there.width() > room.width() or there.height() > room.height():
            return
        across = max(there.right() - room.right(), 0.0) + min(there.left() - room.left(), 0.0)
        down = max(there.bottom() - room.bottom(), 0.0) + min(there.top() - room.top(), 0.0)
        self.scroll_by(QPointF(across, down))

    def approach(self, rect: QRectF) -> None:
        """Changes what is seen by as little as shows all of a rectangle of the scene at a readable size."""
        scale = max(self.zoom, READABLE)
        if scale == self.zoom and self.seen().contains(rect):
            return
        seen = self.viewport().rect()
        wide, high = scale * rect.width() + MARGIN, scale * rect.height() + MARGIN
        if wide > seen.width() or high > seen.height():
            self.fit(rect)
            return
        if scale > self.zoom:
            self.set_zoom(scale, self.viewportTransform().map(rect.center()))
        self.bring(rect)

    def framing(self) -> QRectF:
        """The pixels in which things are framed: the viewport without its margin."""
        whole = QRectF(self.viewport().rect())
        margin = min(MARGIN, 0.04 * min(whole.width(), whole.height()))
        return whole.adjusted(margin, margin, -margin, -margin)

    def fit(self, rect: QRectF, room: QRectF | None = None) -> None:
        """Shows all of a rectangle of the scene, in a part of the viewport; of an empty one its place, at 100 %."""
        room = room or self.framing()
        self.set_zoom(1.0 if rect.isEmpty() else scale_in(room, rect, LARGEST_FRAMED))
        self.centerOn(rect.center())
        self.scroll_by(QRectF(self.viewport().rect()).center() - room.center())

    def show_place(self, rect: QRectF) -> None:
        """Shows a rectangle of the scene with what is around; with an empty one, nothing happens."""
        if not rect.isEmpty():
            self.fit(rect.adjusted(-AROUND, -AROUND, AROUND, AROUND))

    # --- what Qt tells ----------------------------------------------------------------------------------------------

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.moved.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        self.zoom_by(2.0 ** (turned / DOUBLING), event.position())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and (
            event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom_by(1.0 + event.value(), event.position())
            return True
        return super().viewportEvent(event)
