"""Paints answers over a plane: areas or a surface, the data on it, and two axes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from app.theme import Theme
from app.views.areas import class_colors, point_colors, surface_colors
from app.views.axes import Scale, tick_text, ticks
from app.views.marks import paint_dots
from runtime.figures.answers import Answers, Points

DRAWN = 1_200  # points drawn at most
LEFT, TOP, BOTTOM, NAME = 30, 4, 20, 15


class PlanePicture:
    """The picture of one Answers; the areas change with every frame, the points only when they move."""

    def __init__(self) -> None:
        self.shown: Answers | None = None
        self._image: QImage | None = None
        self._buffer: np.ndarray | None = None  # QImage does not own its pixels
        self._dots: QPixmap | None = None
        self._dots_key: object = None

    def show(self, answers: Answers, theme: Theme, shaded: bool) -> None:
        """The newest answers."""
        before, self.shown = self.shown, answers
        if (
            before is None
            or before.grid.bounds != answers.grid.bounds
            or before.grid.classes != answers.grid.classes
            or not same_points(before.points, answers.points)
        ):
            self._dots = None
        self.color(theme, shaded)

    def color(self, theme: Theme, shaded: bool) -> None:
        """Other colours, or another shading."""
        if self.shown is None:
            return
        grid = self.shown.grid
        self._buffer = (
            class_colors(grid, theme, shaded) if grid.classes else surface_colors(grid, theme)
        )
        height, width = self._buffer.shape
        form = QImage.Format.Format_RGB32
        self._image = QImage(self._buffer.data, width, height, 4 * width, form)

    def area(self, room: QRectF) -> QRectF:
        """Where the grid lies in the room for picture and axes; at equal scale where both axes have one unit."""
        assert self.shown is not None
        x0, x1, y0, y1 = self.shown.grid.bounds
        aspect = (x1 - x0) / ((y1 - y0) or 1.0) if self.shown.square else 1.0
        width, height = room.width() - LEFT - NAME, room.height() - TOP - BOTTOM - NAME
        scale = max(1.0, min(width / aspect, height))
        return QRectF(room.left() + LEFT + NAME, room.top() + TOP, scale * aspect, scale)

    def scales(self, area: QRectF) -> tuple[Scale, Scale]:
        """The axes across and up."""
        assert self.shown is not None
        x0, x1, y0, y1 = self.shown.grid.bounds
        return Scale(x0, x1, area.left(), area.right()), Scale(y0, y1, area.bottom(), area.top())

    def paint(
        self, painter: QPainter, room: QRectF, size: QSize, ratio: float, theme: Theme
    ) -> None:
        """Paints it all; `size` and `ratio` are those of the widget."""
        if self.shown is None or self._image is None:
            return
        area = self.area(room)
        painter.drawImage(area, self._image)
        key = (area, theme.name, ratio)
        if self._dots is None or self._dots_key != key:
            self._dots, self._dots_key = self._draw_dots(area, size, ratio, theme), key
        painter.drawPixmap(0, 0, self._dots)
        self._paint_axes(painter, area, theme)

    def _draw_dots(self, area: QRectF, size: QSize, ratio: float, theme: Theme) -> QPixmap:
        assert self.shown is not None
        dots = QPixmap(size * ratio)
        dots.setDevicePixelRatio(ratio)
        dots.fill(Qt.GlobalColor.transparent)
        painter = QPainter(dots)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area)
        points = self.shown.points
        every = slice(None, None, max(1, -(-len(points.x) // DRAWN)))
        across, up = self.scales(area)
        xs, ys = across.pixels(points.x[every, 0]), up.pixels(points.x[every, 1])
        colors = point_colors(points.y[every], self.shown.grid, theme)
        classes = points.y[every] if self.shown.grid.classes else None
        paint_dots(painter, xs, ys, colors, theme, classes)
        painter.end()
        return dots

    def _paint_axes(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        assert self.shown is not None
        across, up = self.scales(area)
        paint_ticks(painter, across, up, area, theme)
        paint_names(painter, *self.shown.axes, area)


def paint_ticks(
    painter: QPainter, across: Scale, up: Scale, area: QRectF, theme: Theme, about: int = 3
) -> None:
    """A few numbers below and at the left of an area."""
    painter.setPen(QColor(theme.muted))
    for value in ticks(across.low, across.high, about):
        x = float(across.pixels(value))
        where = QRectF(x - 30, area.bottom() + 4, 60, 14)
        painter.drawText(where, Qt.AlignmentFlag.AlignHCenter, tick_text(value))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for value in ticks(up.low, up.high, about):
        where = QRectF(area.left() - 60, float(up.pixels(value)) - 7, 55, 14)
        painter.drawText(where, right, tick_text(value))


def paint_names(painter: QPainter, across: str, up: str, area: QRectF) -> None:
    """What the axes are called, below and, turned, at the left."""
    middle = Qt.AlignmentFlag.AlignCenter
    painter.drawText(
        QRectF(area.left() - 20, area.bottom() + 18, area.width() + 40, 15), middle, across
    )
    painter.save()
    painter.translate(area.left() - LEFT - NAME + 7, area.center().y())
    painter.rotate(-90)
    painter.drawText(QRectF(-area.height() / 2 - 10, -7, area.height() + 20, 15), middle, up)
    painter.restore()


def same_points(a: Points, b: Points) -> bool:
    """Whether two sets of points are drawn the same."""
    same = a.x.shape == b.x.shape and bool(np.array_equal(a.x, b.x))
    return same and bool(np.array_equal(a.y, b.y))
