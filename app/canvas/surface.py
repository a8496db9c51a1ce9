"""The surface on which a scene is seen: zoom and place, and three ways to paint it.

Near, the items paint themselves; from far away an overview stands for them; while training, a still picture of either is
shown with the pulses painted on top, so that a frame costs the same for any diagram.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent, QShowEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsView, QLabel, QWidget

from app.canvas.background import paint_grid
from app.canvas.legend import Legend
from app.canvas.minimap import ENOUGH, Minimap
from app.canvas.overview import Overview
from app.canvas.scene import CanvasScene
from app.theme import Theme
from graph.frame import MAX_COORDINATE

FARTHEST, NEAREST = 0.05, 8.0
FAR = 0.35  # scale below which the shapes of a large diagram are only rectangles
FAR_FOR_ALL = 0.12  # and those of any diagram
FEW = 150  # blocks that may be painted in full at any scale
MARGIN = 48.0  # device pixels around what is framed, at the most
AROUND = 120.0  # canvas units that are seen around a place
LARGEST_FRAMED = 1.6  # scale up to which framing enlarges
HINT = "Drag a block here, or press Tab to search for one"


class Surface(QGraphicsView):
    """Shows a CanvasScene; knows no gestures."""

    zoomed = Signal(float)  # the scale, 1 = 100 %

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.canvas = scene
        self._overview = Overview(scene)
        self._still: QPixmap | None = None
        self._tinted: QPixmap | None = None  # the same with tints
        self._still_at = QTransform()
        self._frame_when_shown = False
        self._minimap = Minimap(self, scene, self._overview, self.seen, self.centerOn)
        self._minimap_wanted = True
        self._legend, self._legend_wanted = Legend(self, scene), True
        self._hint = QLabel(HINT, self)
        self._set_up()
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        scene.touched.connect(self._on_touched)
        scene.ticked.connect(self.viewport().update)
        scene.ticked.connect(self._arrange_legend)
        scene.tinted.connect(self._on_tinted)
        self.set_theme(scene.ink.theme)

    def _set_up(self) -> None:
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

    @property
    def is_far(self) -> bool:
        """Whether the overview stands for the items: small shapes that are many, or too small to be seen."""
        limit = FAR if len(self.canvas.diagram.blocks) > FEW else FAR_FOR_ALL
        return self.zoom < limit

    def set_zoom(self, scale: float, at: QPointF | None = None) -> None:
        """Zooms so that the point of the scene under `at` (viewport pixels; its middle) stays where it is."""
        scale = min(max(scale, FARTHEST), NEAREST)
        at = at if at is not None else QRectF(self.viewport().rect()).center()
        point = self.scene_point(at)
        self.setTransform(QTransform.fromScale(scale, scale))
        moved = self.viewportTransform().map(point) - at
        self.scroll_by(moved)
        self.zoomed.emit(scale)
        self._minimap.update()

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

    def frame_all(self) -> None:
        """Shows the whole diagram."""
        self._frame_when_shown = not self.isVisible()
        self._frame(
            self.canvas.bounds() | self.canvas.mirror.bounds() | self.canvas.comparing.bounds()
        )

    def zoom_to(self, ids: Iterable[str]) -> None:
        """Shows these blocks; with no such block, nothing happens."""
        rect = self.canvas.bounds(ids)
        if not rect.isEmpty():
            self._frame(rect)

    def show_place(self, rect: QRectF) -> None:
        """Shows a rectangle of the scene; with an empty one, nothing happens."""
        if not rect.isEmpty():
            self._frame(rect.adjusted(-AROUND, -AROUND, AROUND, AROUND))

    def _frame(self, rect: QRectF) -> None:
        whole = QRectF(self.viewport().rect())
        margin = min(MARGIN, 0.04 * min(whole.width(), whole.height()))
        room = whole.adjusted(margin, margin, -margin, -margin)
        if rect.isEmpty():
            scale = 1.0
        else:
            scale = min(room.width() / rect.width(), room.height() / rect.height(), LARGEST_FRAMED)
        self.set_zoom(scale)
        self.centerOn(rect.center())

    # --- parts on top -------------------------------------------------------------------------------------------------

    @property
    def minimap(self) -> bool:
        """Whether the map in the corner is wanted."""
        return self._minimap_wanted

    @minimap.setter
    def minimap(self, wanted: bool) -> None:
        self._minimap_wanted = wanted
        self._arrange()

    @property
    def legend_wanted(self) -> bool:
        """Whether the legend of the pulses is wanted."""
        return self._legend_wanted

    @legend_wanted.setter
    def legend_wanted(self, wanted: bool) -> None:
        self._legend_wanted = wanted
        self._arrange_legend()

    def _arrange_legend(self) -> None:
        """In the corner below, left of the map, where something runs and there is room."""
        legend, edge = self._legend, 20
        roomy = self.width() > 2 * legend.width() and self.height() > 300
        shown = self._legend_wanted and legend.says_something and roomy
        legend.move(edge, self.height() - legend.height() - edge)
        if shown != legend.isVisibleTo(self):
            legend.setVisible(shown)

    def set_theme(self, theme: Theme) -> None:
        """Paints the canvas in other colours from now on."""
        self.canvas.set_theme(theme)
        self._hint.setStyleSheet(f"color: {theme.muted}; font-size: 15px;")
        self._arrange()
        self.viewport().update()

    def _arrange(self) -> None:
        """Puts the map into its corner and the hint into the middle; each shows only when it helps."""
        blocks = len(self.canvas.diagram.blocks)
        self._minimap.move(
            self.width() - self._minimap.width() - 20, self.height() - self._minimap.height() - 20
        )
        self._arrange_legend()
        roomy = self.width() > 420 and self.height() > 300
        self._minimap.setVisible(self._minimap_wanted and blocks >= ENOUGH and roomy)
        self._hint.adjustSize()
        self._hint.move(
            (self.width() - self._hint.width()) // 2, (self.height() - self._hint.height()) // 2
        )
        self._hint.setVisible(blocks == 0)
        wires = len(self.canvas.diagram.wires)
        self.setAccessibleDescription(f"{blocks} blocks, {wires} wires")

    def _on_tinted(self) -> None:
        self._tinted = None
        self.viewport().update()

    def _on_touched(self) -> None:
        self._still = self._tinted = None
        self._arrange()
        if self.is_far or self.canvas.pulses.snapshot is not None:
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._frame_when_shown:
            self.frame_all()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if self.canvas.pulses.are_running or self.is_far:
            self.viewport().update()
        self._minimap.update()

    # --- painting ---------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        running, far = self.canvas.pulses.are_running, self.is_far
        if not running and not far:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(event.rect())
        if running:
            painter.drawPixmap(0, 0, self._still_picture())
        else:
            self._paint_still(painter)
        painter.setTransform(self.viewportTransform())
        self.drawForeground(painter, self.seen())

    def _still_picture(self) -> QPixmap:
        """What stands, as a picture of the viewport; made anew only when it looks different or elsewhere."""
        ratio = self.viewport().devicePixelRatioF()
        size = self.viewport().size() * ratio
        here = self.viewportTransform()
        if self._still is None or self._still.size() != size or self._still_at != here:
            self._still = QPixmap(size)
            self._still.setDevicePixelRatio(ratio)
            self._still_at = here
            painter = QPainter(self._still)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_still(painter)
            painter.end()
            self._tinted = None
        if self._tinted is None:
            self._tinted = self._still.copy() if self.canvas.signs.tints() else self._still
            if self._tinted is not self._still:
                painter = QPainter(self._tinted)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setTransform(here, True)
                self.canvas.signs.paint_tints(painter, self.seen(), self.canvas.ink)
                painter.end()
        return self._tinted

    def _paint_still(self, painter: QPainter) -> None:
        painter.save()
        painter.setTransform(self.viewportTransform(), True)
        seen = self.seen()
        self.drawBackground(painter, seen)
        if self.is_far:
            self._overview.paint(painter, seen)
        else:
            self.canvas.paint_things(painter, seen)
        painter.restore()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        ink = self.canvas.ink
        painter.fillRect(rect, ink.background)
        paint_grid(painter, QRectF(rect), self.zoom, ink)
        self.canvas.frames.paint(painter, QRectF(rect), ink, self.zoom)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if not self.canvas.pulses.are_running:  # else the still picture has them
            self.canvas.signs.paint_tints(painter, QRectF(rect), self.canvas.ink)
        self.canvas.paint_over(painter, QRectF(rect), detail=not self.is_far)
