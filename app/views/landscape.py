"""Paints a loss surface: colours, contour lines, minima, the path over it, and what the colours mean."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

from app.panels.numbers import readable
from app.theme import Theme
from app.views.axes import Scale, tick_text, ticks
from app.views.relief import Shade, contour, levels, relief_colors, shade_of
from runtime.figures.surface import WEIGHTS, Surface

MARK, DOT = 4.0, 4.5  # half the size of a minimum's cross, of the present's dot
HALO = 3.2  # pixels of the pale line under the path
NOTE = 44.0  # of what is said about the path
SCALE = 92.0  # pixels of the legend's height, at the most


class Landscape:
    """Keeps what takes long to make of a surface: its picture and its contour lines."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._surface: Surface | None = None
        self._whole = False
        self._shade = Shade(0.0, 1.0)
        self._lines = np.zeros((0, 2, 2))  # in nodes
        self._image = QImage()
        self._seen = True  # whether the end of the path lies on the plane

    def show(self, surface: Surface, whole: bool) -> None:
        """Another surface; contour lines only when it is `whole`."""
        self._surface, self._whole = surface, whole
        self._shade = shade_of(surface.loss)
        self._lines = np.concatenate(
            [contour(surface.loss, level) for level in levels(self._shade)]
            if whole
            else [np.zeros((0, 2, 2))]
        )
        self._color()

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self._color()

    def _color(self) -> None:
        if self._surface is not None:
            pixels = relief_colors(self._surface.loss, self._shade, self._theme)
            height, width = pixels.shape
            image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32)
            self._image = image.copy()  # owns its pixels

    # --- the plane -------------------------------------------------------------------------------------------------

    def paint(
        self, painter: QPainter, area: QRectF, across: Scale, up: Scale, axes: tuple[str, str]
    ) -> None:
        """Colours, lines, minima and axes."""
        assert self._surface is not None
        step = area.width() / (self._image.width() - 1)
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._whole)
        half = step / 2  # nodes are the middles of the picture's points
        painter.drawImage(area.adjusted(-half, -half, half, half), self._image)
        self._paint_lines(painter, area, step)
        painter.restore()
        self._paint_axes(painter, area, across, up, axes)
        self._paint_minima(painter, area, across, up)

    def _paint_lines(self, painter: QPainter, area: QRectF, step: float) -> None:
        color = QColor(self._theme.text)
        color.setAlphaF(0.3)
        painter.setPen(QPen(color, 0.8))
        places = self._lines * step
        places[..., 0] += area.left()
        places[..., 1] = area.bottom() - places[..., 1]
        painter.drawLines([QLineF(*piece) for piece in places.reshape(-1, 4).tolist()])

    def _paint_axes(
        self, painter: QPainter, area: QRectF, across: Scale, up: Scale, axes: tuple[str, str]
    ) -> None:
        painter.setPen(QColor(self._theme.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in ticks(across.low, across.high, 4):
            x = float(across.pixels(value))
            room = QRectF(x - 30, area.bottom() + 3, 60, 14)
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, tick_text(value))
        for value in ticks(up.low, up.high, 4):
            room = QRectF(0, float(up.pixels(value)) - 7, area.left() - 5, 14)
            painter.drawText(room, right, tick_text(value))
        painter.setPen(QColor(self._theme.text))
        middle = Qt.AlignmentFlag.AlignCenter
        painter.drawText(QRectF(area.left(), area.bottom() + 16, area.width(), 16), middle, axes[0])
        painter.save()
        painter.translate(8, area.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-area.height() / 2, -8, area.height(), 16), middle, axes[1])
        painter.restore()

    def _paint_minima(self, painter: QPainter, area: QRectF, across: Scale, up: Scale) -> None:
        assert self._surface is not None
        for x, y, loss in self._surface.minima:
            place = QPointF(float(across.pixels(x)), float(up.pixels(y)))
            text = readable(loss, 3)
            wide = painter.fontMetrics().horizontalAdvance(text)
            beside = place.x() + 8 + wide < area.right()
            height = min(max(place.y(), area.top() + 8), area.bottom() - 8)  # not over the axes
            corner = QPointF(place.x() + 8 if beside else place.x() - 8 - wide, height + 4)
            paint_cross(painter, place, self._theme)
            label = QRectF(corner.x() - 3, corner.y() - 11, wide + 6, 15)
            back = QColor(self._theme.field)
            back.setAlphaF(0.75)
            painter.fillRect(label, back)
            painter.drawText(corner, text)

    def paint_path(self, painter: QPainter, points: np.ndarray, across: Scale, up: Scale) -> None:
        """The way down: a ring where it began, a dot where the run is now."""
        if not len(points):
            return
        painter.save()
        box = QRectF(QPointF(across.start, up.end), QPointF(across.end, up.start))
        painter.setClipRect(box.adjusted(-DOT, -DOT, DOT, DOT))
        pixels = np.stack([across.pixels(points[:, 0]), up.pixels(points[:, 1])], axis=1)
        places = [QPointF(x, y) for x, y in pixels[np.isfinite(pixels).all(axis=1)].tolist()]
        self._seen = not places or box.adjusted(-1, -1, 1, 1).contains(places[-1])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((self._theme.field, HALO), (self._theme.cost, 1.6)):
            painter.setPen(QPen(QColor(color), width, j=Qt.PenJoinStyle.RoundJoin))
            painter.drawPolyline(QPolygonF(places))
        if places:
            paint_start(painter, places[0], self._theme)
            paint_now(painter, places[-1], self._theme)
        painter.restore()

    # --- what it means ----------------------------------------------------------------------------------------------

    def paint_legend(self, painter: QPainter, room: QRectF) -> None:
        """The losses of the colours, the marks, and how much of the path the plane holds."""
        assert self._surface is not None
        held = sum(self._surface.shares) if self._surface.kind != WEIGHTS else 0.0
        height = min(SCALE, room.height() - 62 - (NOTE if held else 0.0))
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(
            QPointF(room.left(), room.top() + 9), "loss (log)" if self._shade.log else "loss"
        )
        top = room.top() + 16
        if height > 24:
            self._paint_scale(painter, QRectF(room.left(), top, 10, height))
        top += max(height, 0) + 16 if height > 24 else 0
        now = "now" if self._seen else "now: outside"
        marks = (("start", paint_start), (now, paint_now), (self.lowest(), paint_cross))
        for text, mark in marks:
            mark(painter, QPointF(room.left() + 5, top), self._theme)
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QPointF(room.left() + 16, top + 4), text)
            top += 15
        if held:
            self._tell_share(painter, QRectF(room.left(), top - 4, room.width() + 8, NOTE), held)

    def lowest(self) -> str:
        """What the crosses are: one at the rim alone is no minimum, for the valley goes on outside."""
        assert self._surface is not None
        x0, x1, y0, y1 = self._surface.bounds
        rim = [x in (x0, x1) or y in (y0, y1) for x, y, _ in self._surface.minima]
        return "lowest here" if rim and all(rim) else "minimum"

    def _tell_share(self, painter: QPainter, room: QRectF, held: float) -> None:
        share = f"{held:.0%}" if held >= 0.01 else "less than 1%"
        flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(room, flags, f"{share} of the path lies in this plane")

    def _paint_scale(self, painter: QPainter, room: QRectF) -> None:
        shares = np.linspace(1, 0, int(room.height()))
        values = np.array([self._shade.value(float(s)) for s in shares])
        colors = relief_colors(values[::-1, None], self._shade, self._theme)[:, 0]
        for row, color in enumerate(colors.tolist()):
            painter.fillRect(
                QRectF(room.left(), room.top() + row, room.width(), 1.5), QColor.fromRgb(color)
            )
        painter.setPen(QColor(self._theme.muted))
        for share in (1.0, 0.75, 0.5, 0.25, 0.0) if room.height() > 60 else (1.0, 0.5, 0.0):
            where = QRectF(room.right() + 6, room.top() + (1 - share) * room.height() - 8, 70, 16)
            painter.drawText(
                where, Qt.AlignmentFlag.AlignVCenter, readable(self._shade.value(share), 3)
            )


def paint_start(painter: QPainter, place: QPointF, theme: Theme) -> None:
    """A ring."""
    painter.setPen(QPen(QColor(theme.cost), 1.6))
    painter.setBrush(QBrush(QColor(theme.field)))
    painter.drawEllipse(place, DOT - 1, DOT - 1)


def paint_now(painter: QPainter, place: QPointF, theme: Theme) -> None:
    """A dot with a pale rim."""
    painter.setPen(QPen(QColor(theme.field), 1.2))
    painter.setBrush(QBrush(QColor(theme.cost)))
    painter.drawEllipse(place, DOT, DOT)


def paint_cross(painter: QPainter, place: QPointF, theme: Theme) -> None:
    """An upright cross with a pale rim."""
    for color, width in ((theme.field, 3.0), (theme.text, 1.4)):
        painter.setPen(QPen(QColor(color), width))
        painter.drawLine(place - QPointF(MARK, 0), place + QPointF(MARK, 0))
        painter.drawLine(place - QPointF(0, MARK), place + QPointF(0, MARK))
