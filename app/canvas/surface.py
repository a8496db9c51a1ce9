"""The surface on which a diagram is seen, and three ways to paint it.

Near, the items paint themselves; from far away an overview stands for them; while training, a still picture of either is
shown with the pulses painted on top, so that a frame costs the same for any diagram.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.canvas.background import paint_grid
from app.canvas.corners import room_beside
from app.canvas.inks import edges
from app.canvas.legend import Legend
from app.canvas.minimap import ENOUGH, Minimap
from app.canvas.overview import Overview
from app.canvas.scene import CanvasScene
from app.canvas.still import Still
from app.canvas.zoom import LARGEST_FRAMED, ZoomView
from app.theme import Theme

FAR = 0.35  # scale below which the shapes of a large diagram are only rectangles
FAR_FOR_ALL = 0.12  # and those of any diagram
FEW = 150  # blocks that may be painted in full at any scale
HINT = "Drag a block here, or press Tab to search for one"


class Surface(ZoomView):
    """Shows a CanvasScene; knows no gestures."""

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.canvas = scene
        self._overview = Overview(scene)
        self._still = Still(self.viewport(), self._paint_still, self._tints)
        self._frame_when_shown = False
        self._minimap = Minimap(self, scene, self._overview, self.seen, self.centerOn)
        self._minimap_wanted = True
        self._legend, self._legend_wanted = Legend(self, scene), True
        self._hint = QLabel(HINT, self)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        scene.touched.connect(self._on_touched)
        scene.ticked.connect(self.viewport().update)
        scene.ticked.connect(self._arrange_legend)
        scene.tinted.connect(self._on_tinted)
        self.moved.connect(self._on_moved)
        self.moved.connect(self._minimap.update)
        self.set_theme(scene.ink.theme)

    # --- where it looks ---------------------------------------------------------------------------------------------

    @property
    def is_far(self) -> bool:
        """Whether the overview stands for the items: small shapes that are many, or too small to be seen."""
        limit = FAR if len(self.canvas.diagram.blocks) > FEW else FAR_FOR_ALL
        return self.zoom < limit

    def frame_all(self) -> None:
        """Shows the whole diagram, beside what lies over the corners below."""
        self._frame_when_shown = not self.isVisible()
        canvas = self.canvas
        rest = [canvas.mirror.bounds(), canvas.comparing.bounds()]
        rest += [canvas.frames.box(name) for name in canvas.frames.things]
        blocks = [item.boundingRect().translated(item.pos()) for item in canvas.blocks.values()]
        rects = [rect for rect in blocks + rest if not rect.isEmpty()]
        boxes = np.array([edges(rect) for rect in rects]).reshape(-1, 4)
        whole = QRectF()
        if rects:
            (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
            whole = QRectF(left, top, right - left, bottom - top)
        room = room_beside(self.framing(), self._corners(), boxes, whole, LARGEST_FRAMED)
        self.fit(whole, room)

    def _corners(self) -> list[QRectF]:
        """What lies over the view, in pixels; the legend too, which comes when it plays and the view stays as it is."""
        coming = self._legend_wanted and self._legend.has_flows and self._legend_has_room
        parts = ((self._minimap, self._minimap.isVisibleTo(self)), (self._legend, coming))
        return [QRectF(part.geometry()) for part, shown in parts if shown]

    def zoom_to(self, ids: Iterable[str]) -> None:
        """Shows these blocks as large as they fit; with no such block, nothing happens."""
        rect = self.canvas.bounds(ids)
        if not rect.isEmpty():
            self.fit(rect)

    def point_out(self, ids: Iterable[str]) -> None:
        """Moves by as little as shows these blocks, large enough to be read, and lights up around them."""
        ids = tuple(ids)
        rect = self.canvas.bounds(ids)
        if not rect.isEmpty():
            self.approach(rect)
            self.canvas.flash.show(ids)

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

    @property
    def _legend_has_room(self) -> bool:
        return self.width() > 2 * self._legend.width() and self.height() > 300

    def _arrange_legend(self) -> None:
        """In the corner below, left of the map, where something runs and there is room."""
        legend, edge = self._legend, 20
        shown = self._legend_wanted and legend.says_something and self._legend_has_room
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
        self._still.forget_tints()
        self.viewport().update()

    def _on_touched(self) -> None:
        self._still.forget()
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

    def _on_moved(self) -> None:
        if self.canvas.pulses.are_running or self.is_far:
            self.viewport().update()

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
            painter.drawPixmap(0, 0, self._still.picture(self.viewportTransform()))
        else:
            self._paint_still(painter)
        painter.setTransform(self.viewportTransform())
        self.drawForeground(painter, self.seen())

    def _tints(self) -> Callable[[QPainter], None] | None:
        return self._paint_tints if self.canvas.signs.tints() else None

    def _paint_tints(self, painter: QPainter) -> None:
        painter.setTransform(self.viewportTransform(), True)
        self.canvas.signs.paint_tints(painter, self.seen(), self.canvas.ink)

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
        canvas, ink, rect, detail = self.canvas, self.canvas.ink, QRectF(rect), not self.is_far
        if not canvas.pulses.are_running:  # else the still picture has them
            canvas.signs.paint_tints(painter, rect, ink)
        if not canvas.veil.is_drawn:
            canvas.mirror.paint(painter, ink, detail)
        canvas.pulses.paint(painter, rect, detail)
        if detail:
            canvas.signs.paint(painter, rect, ink)
        canvas.spotlight.paint(painter, ink)
        canvas.flash.paint(painter, ink)
        canvas.comparing.paint(painter, ink)
