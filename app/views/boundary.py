"""What the diagram answers all over its 2-D input: class areas or a surface, with the data on top."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.numbers import readable
from app.theme import Theme
from app.views.axes import Scale, tick_text, ticks
from runtime.snapshot import Grid, Points

DRAWN = 1_200  # points drawn at most
LEFT, TOP, BOTTOM, LEGEND = 30, 4, 20, 96
STROKE = 10  # pixels between two points of one stroke
PICTURE = 220  # pixels, at the least, that a picture needs
SENTENCE = 52  # pixels that a sentence needs
QWIDGETSIZE_MAX = 16_777_215  # Qt's own, which PySide does not export
NO_INPUT = "The boundary is drawn when the diagram runs and its input has two numbers a sample."
NO_ANSWER = "The boundary appears when the diagram can answer."


class BoundaryView(QWidget):
    """Paints the last Grid and the Points, at equal scale on both axes.

    A click on a class of the legend takes its colour as a brush; clicks and drags on the plane then paint points of
    that class, and another click on the legend, or Escape, puts the brush away.
    """

    painted = Signal(float, float, int, bool)  # x, y, class, whether a new stroke begins

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._grid: Grid | None = None
        self._points: Points | None = None
        self._image: QImage | None = None
        self._buffer: np.ndarray | None = None  # QImage does not own its pixels
        self._dots: QPixmap | None = None
        self._last = QPointF()
        self._brush: int | None = None
        self._make_room()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("decision boundary")
        self.setToolTip("Click a class of the legend, then paint points of it on the plane.")

    def sizeHint(self) -> QSize:
        return QSize(380, 270)

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        self._dots = None
        self._color()
        self.update()

    def show_points(self, points: Points | None) -> None:
        """The data, None when there is no 2-D input; forgets the grid of the data before."""
        if points is None or self._points is None or not _same(points, self._points):
            self._grid, self._image, self._dots = None, None, None
        self._points = points
        self._make_room()
        self.setAccessibleDescription(self.sentence())
        self.update()

    @property
    def points(self) -> Points | None:
        """The data that are shown."""
        return self._points

    @property
    def brush(self) -> int | None:
        """The class that is being painted, None while nothing is."""
        return self._brush

    def take_brush(self, number: int | None) -> None:
        """Paints points of this class from now on; None, or the same class again, stops."""
        self._brush = None if number == self._brush else number
        painting = self._brush is not None
        self.setCursor(Qt.CursorShape.CrossCursor if painting else Qt.CursorShape.ArrowCursor)
        self.update()

    def legend_row(self, number: int) -> QRectF:
        """Where a class stands in the legend."""
        left = self.area().right() + 14
        return QRectF(left - 4, TOP + 1 + 18 * number, self.width() - left, 18)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (
            self._grid is None
            or not self._grid.classes
            or event.button() != Qt.MouseButton.LeftButton
        ):
            return
        for number in range(min(self._grid.classes, 12)):
            if self.legend_row(number).contains(event.position()):
                self.take_brush(number)
                return
        self._paint_at(event.position(), begins=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._grid is not None:
            step = event.position() - self._last
            if abs(step.x()) + abs(step.y()) >= STROKE:
                self._paint_at(event.position(), begins=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._brush is not None:
            self.take_brush(None)
        else:
            super().keyPressEvent(event)

    def _paint_at(self, place: QPointF, begins: bool) -> None:
        area = self.area()
        if self._brush is None or not area.contains(place):
            return
        self._last = place
        across, up = self._axes(area)
        x, y = across.value(place.x()), up.value(place.y())
        self.painted.emit(round(x, 4), round(y, 4), self._brush, begins)

    def _make_room(self) -> None:
        """A sentence needs less room than a picture: the other views get the rest."""
        self.setMinimumHeight(PICTURE if self._points is not None else SENTENCE)
        self.setMaximumHeight(QWIDGETSIZE_MAX if self._points is not None else SENTENCE)

    def show_grid(self, grid: Grid | None) -> None:
        """The newest answers; None keeps the last."""
        if grid is None:
            return
        if (
            self._grid is None
            or grid.bounds != self._grid.bounds
            or grid.classes != self._grid.classes
        ):
            self._dots = None
        self._grid = grid
        self._color()
        self.update()

    def sentence(self) -> str:
        """Why there is nothing to see, "" when there is."""
        if self._points is None:
            return NO_INPUT
        return "" if self._image is not None else NO_ANSWER

    def class_name(self, number: int) -> str:
        """What the legend calls a class: its name in the data, else its number."""
        names = self._points.names if self._points is not None else ()
        return names[number] if number < len(names) else f"class {number}"

    # --- colours -------------------------------------------------------------------------------------------------

    def _color(self) -> None:
        if self._grid is None:
            return
        colors = class_colors if self._grid.classes else surface_colors
        self._buffer = colors(self._grid, self._theme)
        height, width = self._buffer.shape
        self._image = QImage(
            self._buffer.data, width, height, 4 * width, QImage.Format.Format_RGB32
        )

    # --- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        if self._points is None or self._image is None or self._grid is None:
            painter.setPen(QColor(self._theme.muted))
            inside = self.rect().adjusted(12, 8, -12, -8)
            painter.drawText(
                inside, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.sentence()
            )
            return
        area = self.area()
        painter.drawImage(area, self._image)
        if self._dots is None or self._dots.deviceIndependentSize().toSize() != self.size():
            self._dots = self._draw_dots(area)
        painter.drawPixmap(0, 0, self._dots)
        self._paint_axes(painter, area)
        self._paint_legend(painter, area)

    def area(self) -> QRectF:
        """Where the grid lies in the widget, at equal scale on both axes."""
        assert self._grid is not None
        x0, x1, y0, y1 = self._grid.bounds
        aspect = (x1 - x0) / ((y1 - y0) or 1.0)
        width, height = self.width() - LEFT - LEGEND, self.height() - TOP - BOTTOM
        scale = min(width / aspect, height)
        return QRectF(LEFT, TOP, scale * aspect, scale)

    def _axes(self, area: QRectF) -> tuple[Scale, Scale]:
        assert self._grid is not None
        x0, x1, y0, y1 = self._grid.bounds
        return Scale(x0, x1, area.left(), area.right()), Scale(y0, y1, area.bottom(), area.top())

    def _draw_dots(self, area: QRectF) -> QPixmap:
        assert self._points is not None and self._grid is not None
        ratio = self.devicePixelRatioF()
        dots = QPixmap(self.size() * ratio)
        dots.setDevicePixelRatio(ratio)
        dots.fill(Qt.GlobalColor.transparent)
        painter = QPainter(dots)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area)
        painter.setPen(QPen(QColor(self._theme.field), 0.8))
        every = slice(None, None, max(1, -(-len(self._points.x) // DRAWN)))
        across, up = self._axes(area)
        xs, ys = across.pixels(self._points.x[every, 0]), up.pixels(self._points.x[every, 1])
        radius = 2.6 if len(xs) < 500 else 2.0
        for x, y, color in zip(xs.tolist(), ys.tolist(), self._dot_colors(every), strict=True):
            painter.setBrush(color)
            painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.end()
        return dots

    def _dot_colors(self, every: slice) -> list[QColor]:
        assert self._points is not None and self._grid is not None
        y = np.asarray(self._points.y).reshape(len(self._points.y), -1)[every, 0]
        if self._grid.classes:
            strong = [QColor(c) for c in self._theme.classes]
            return [strong[int(v) % len(strong)] for v in y]
        shares = (y / _extent(self._grid) * 0.5 + 0.5).clip(0, 1)
        return [_diverging_color(float(s), self._theme, strong=True) for s in shares]

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        across, up = self._axes(area)
        painter.setPen(QColor(self._theme.muted))
        for value in ticks(across.low, across.high, 3):
            x = float(across.pixels(value))
            where = QRectF(x - 30, area.bottom() + 4, 60, 14)
            painter.drawText(where, Qt.AlignmentFlag.AlignHCenter, tick_text(value))
        for value in ticks(up.low, up.high, 3):
            where = QRectF(0, float(up.pixels(value)) - 7, LEFT - 5, 14)
            painter.drawText(
                where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick_text(value)
            )

    def _paint_legend(self, painter: QPainter, area: QRectF) -> None:
        assert self._grid is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = area.right() + 14
        if self._grid.classes:
            for number in range(min(self._grid.classes, 12)):
                y = TOP + 10 + 18 * number
                if number == self._brush:
                    painter.fillRect(self.legend_row(number), QColor(self._theme.button))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._theme.classes[number % len(self._theme.classes)]))
                painter.drawEllipse(QPointF(left + 4, y), 4, 4)
                painter.setPen(QColor(self._theme.muted))
                room = QRectF(left + 14, y - 9, self.width() - left - 18, 18)
                name = painter.fontMetrics().elidedText(
                    self.class_name(number), Qt.TextElideMode.ElideRight, int(room.width())
                )
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
            return
        extent = _extent(self._grid)
        height = min(area.height(), 120.0)
        for row in range(int(height)):
            painter.fillRect(
                QRectF(left, TOP + row, 10, 1.5), _diverging_color(1 - row / height, self._theme)
            )
        painter.setPen(QColor(self._theme.muted))
        for share, value in ((0.0, extent), (0.5, 0.0), (1.0, -extent)):
            where = QRectF(left + 16, TOP + share * height - 8, LEGEND, 16)
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, readable(value, 3))


def class_colors(grid: Grid, theme: Theme) -> np.ndarray:
    """`[rows, columns]` of 0xffRRGGBB, the top row first: the area colour of each class, paler where it is less sure."""
    table = _class_table(grid.classes, theme)
    answer = np.minimum(np.flipud(grid.answer), grid.classes - 1)
    sure = np.flipud(grid.confidence) if grid.confidence is not None else np.full_like(answer, 255)
    return np.ascontiguousarray(table[answer, sure])


def _class_table(classes: int, theme: Theme) -> np.ndarray:
    """`[classes, 256]` of 0xffRRGGBB.  Sureness runs from 1/classes, a draw, to 1."""
    areas = np.array([_rgb(theme.areas[n % len(theme.areas)]) for n in range(classes)])
    floor = 1.0 / max(classes, 2)
    sure = ((np.arange(256) / 255.0 - floor) / (1.0 - floor)).clip(0, 1) ** 0.6
    share = (0.15 + 0.85 * sure)[None, :, None]
    return _pack(areas[:, None, :] * share + np.array(_rgb(theme.field)) * (1 - share))


def surface_colors(grid: Grid, theme: Theme) -> np.ndarray:
    """`[rows, columns]` of 0xffRRGGBB, the top row first: one hue below zero, another above, the field's colour at zero."""
    shares = (np.flipud(grid.answer).astype(float) / _extent(grid) * 0.5 + 0.5).clip(0, 1)
    table = _diverging_table(theme)
    levels = np.nan_to_num(shares * (len(table) - 1), nan=(len(table) - 1) / 2)
    return np.ascontiguousarray(table[levels.astype(int)])


def _diverging_table(theme: Theme) -> np.ndarray:
    low, middle, high = (
        np.array(_rgb(c)) for c in (theme.classes[1], theme.field, theme.classes[0])
    )
    share = np.linspace(0, 1, 257)[:, None]
    below = low + (middle - low) * (0.15 + 0.85 * (2 * share).clip(0, 1))
    above = middle + (high - middle) * 0.85 * (2 * share - 1).clip(0, 1)
    return _pack(np.where(share < 0.5, below, above))


def _diverging_color(share: float, theme: Theme, strong: bool = False) -> QColor:
    if strong:
        return QColor(theme.classes[0] if share >= 0.5 else theme.classes[1])
    return QColor.fromRgb(int(_diverging_table(theme)[round(share * 256)]))


def _extent(grid: Grid) -> float:
    finite = grid.answer[np.isfinite(grid.answer)]
    return float(np.abs(finite).max()) if finite.size and np.abs(finite).max() > 0 else 1.0


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _pack(rgb: np.ndarray) -> np.ndarray:
    parts = np.rint(rgb).astype(np.uint32)
    packed: np.ndarray = 0xFF000000 | parts[..., 0] << 16 | parts[..., 1] << 8 | parts[..., 2]
    return packed.astype(np.uint32)


def _same(a: Points, b: Points) -> bool:
    return (
        a.x.shape == b.x.shape and bool(np.array_equal(a.x, b.x)) and bool(np.array_equal(a.y, b.y))
    )
