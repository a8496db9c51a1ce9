"""The loss as it falls: training (smoothed, with the raw values pale behind it) and validation (dashed)."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from app.panels.numbers import readable
from app.theme import Theme, mixed
from app.views.axes import Scale, log_ticks, tick_text, ticks
from app.views.curve import Curve, smooth

LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 24
PACE = 100  # ms between two paintings while rows come in
SMOOTHED = 60  # the smoothed curve averages this part of all points


class LossView(QWidget):
    """Paints both curves; a click on the button turns the loss axis logarithmic, hovering shows values."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.training, self.validation = Curve(), Curve()
        self._hover: float | None = None
        self._soon = QTimer(
            self
        )  # a curve of thousands of points need not be painted at every frame
        self._soon.setSingleShot(True)
        self._soon.setInterval(PACE)
        self._soon.timeout.connect(self.update)
        self.setMouseTracking(True)
        self.setMinimumHeight(130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("loss curve")
        self.log = QToolButton(self)
        self.log.setText("log")
        self.log.setCheckable(True)
        self.log.setProperty("role", "link")
        self.log.setToolTip("logarithmic axis of the loss")
        self.log.setAccessibleName("logarithmic loss axis")
        self.log.toggled.connect(self._turn)
        self.log.hide()

    def sizeHint(self) -> QSize:
        return QSize(380, 200)

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        self.update()

    def clear(self) -> None:
        """Forgets both curves: the run begins again."""
        self.training.clear()
        self.validation.clear()
        self.log.hide()
        self.update()

    def show_rows(self, training: np.ndarray, validation: np.ndarray) -> None:
        """Takes new (step, loss) rows of both curves, `[n, 2]`."""
        if len(training) or len(validation):
            self.training.extend(training)
            self.validation.extend(validation)
            self.log.show()
            if not self._soon.isActive():
                self._soon.start()

    def value_at(self, step: float) -> tuple[float, float | None, float | None] | None:
        """(step, training, validation) of the points nearest to `step`, None without points."""
        if not len(self.training):
            return None
        here = self.training.rows[_nearest(self.training.rows[:, 0], step)]
        other = None
        if len(self.validation):
            other = float(self.validation.rows[_nearest(self.validation.rows[:, 0], step), 1])
        return float(here[0]), float(here[1]), other

    def _turn(self, log: bool) -> None:
        self.log.setText("linear" if log else "log")
        self.update()

    # --- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        if not len(self.training) and not len(self.validation):
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignCenter, "Press play to see the loss fall."
            )
            return
        across, up = self.scales()
        self._paint_axes(painter, across, up)
        painter.setClipRect(QRectF(LEFT, 0, self.width() - LEFT, self.height() - BOTTOM + 1))
        self._paint_curves(painter, across, up)
        painter.setClipping(False)
        self._paint_legend(painter)
        self._paint_hover(painter, across)

    def scales(self) -> tuple[Scale, Scale]:
        """The axes for the present data: steps across, loss up."""
        both = np.concatenate([self.training.rows, self.validation.rows])
        steps, losses = both[:, 0], both[:, 1]
        log = self.log.isChecked() and bool((losses > 0).any())
        if log:
            losses = losses[losses > 0]
            low, high = float(losses.min()) / 1.2, float(losses.max()) * 1.2
        else:
            low, high = min(0.0, float(losses.min())), _ceiling(losses)
            high = high if high > low else low + 1
        across = Scale(
            float(steps.min()), max(float(steps.max()), steps.min() + 1), LEFT, self.width() - RIGHT
        )
        return across, Scale(low, high, self.height() - BOTTOM, TOP, log)

    def _paint_axes(self, painter: QPainter, across: Scale, up: Scale) -> None:
        border, muted = QColor(self._theme.border), QColor(self._theme.muted)
        floor = self.height() - BOTTOM
        for value in log_ticks(up.low, up.high) if up.log else ticks(up.low, up.high):
            y = float(up.pixels(value))
            painter.setPen(QPen(border, 1))
            painter.drawLine(QPointF(LEFT, y), QPointF(self.width() - RIGHT, y))
            painter.setPen(muted)
            where = QRectF(0, y - 8, LEFT - 6, 16)
            painter.drawText(
                where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick_text(value)
            )
        for value in ticks(across.low, across.high, max(3, self.width() // 100)):
            x = float(across.pixels(value))
            painter.drawText(
                QRectF(x - 40, floor + 5, 80, 16), Qt.AlignmentFlag.AlignHCenter, tick_text(value)
            )
        painter.setPen(QPen(mixed(self._theme.border, self._theme.muted, 0.4), 1))
        painter.drawLine(QPointF(LEFT, floor), QPointF(self.width() - RIGHT, floor))
        painter.drawLine(QPointF(LEFT, TOP - 6), QPointF(LEFT, floor))

    def _paint_curves(self, painter: QPainter, across: Scale, up: Scale) -> None:
        rows = self.training.rows
        window = max(1, len(rows) // SMOOTHED)
        if window > 1:
            pale = mixed(self._theme.text, self._theme.panel, 0.82)
            _range(painter, QPen(pale, 1), across.pixels(rows[:, 0]), up.pixels(rows[:, 1]))
        calm = smooth(rows[:, 1], window)
        _stroke(
            painter, QPen(QColor(self._theme.text), 1.7), across.pixels(rows[:, 0]), up.pixels(calm)
        )
        rows = self.validation.rows
        pen = QPen(QColor(self._theme.classes[1]), 1.7, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 2.5])
        _stroke(painter, pen, across.pixels(rows[:, 0]), up.pixels(rows[:, 1]))

    def _paint_legend(self, painter: QPainter) -> None:
        names = [("training", self._theme.text, Qt.PenStyle.SolidLine)]
        if len(self.validation):
            names.append(("validation", self._theme.classes[1], Qt.PenStyle.DashLine))
        for row, (name, color, style) in enumerate(names):
            y = TOP + 10 + 18 * row
            x = self.width() - RIGHT - 92
            painter.setPen(QPen(QColor(color), 1.7, style))
            painter.drawLine(QPointF(x, y), QPointF(x + 16, y))
            painter.setPen(QColor(color))
            painter.drawText(QRectF(x + 22, y - 9, 80, 18), Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_hover(self, painter: QPainter, across: Scale) -> None:
        found = None if self._hover is None else self.value_at(across.value(self._hover))
        if found is None:
            return
        step, loss, other = found
        x = float(across.pixels(step))
        painter.setPen(QPen(QColor(self._theme.muted), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, TOP), QPointF(x, self.height() - BOTTOM))
        text = f"step {step:,.0f} · {readable(loss)}"
        text += f" · validation {readable(other)}" if other is not None else ""
        width = painter.fontMetrics().horizontalAdvance(text) + 14
        left = min(max(x + 8, LEFT + 2), self.width() - width - 2)
        box = QRectF(left, self.height() - BOTTOM - 26, width, 20)
        painter.setPen(QPen(QColor(self._theme.border), 1))
        painter.setBrush(QColor(self._theme.field))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # --- events --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: object) -> None:
        size = self.log.sizeHint()
        self.log.setGeometry(
            self.width() - RIGHT - 92, TOP + 38, max(size.width(), 44), size.height()
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position().x()
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hover = None
        self.update()


def _nearest(steps: np.ndarray, step: float) -> int:
    right = min(int(np.searchsorted(steps, step)), len(steps) - 1)
    left = max(right - 1, 0)
    return left if step - steps[left] < steps[right] - step else right


def _ceiling(losses: np.ndarray) -> float:
    """The top of a linear axis: a few first outliers do not flatten all that follows."""
    top = float(losses.max())
    calm = float(np.quantile(losses, 0.99)) if len(losses) > 50 else top
    top = top if top < 3 * calm else 1.5 * calm
    return top * 1.05 if top > 0 and math.isfinite(top) else 1.0


def _columns(x: np.ndarray) -> np.ndarray:
    """Where in `x`, which rises, each pixel column begins."""
    columns = np.floor(x).astype(np.int64)
    return np.concatenate([[0], np.flatnonzero(np.diff(columns)) + 1])


def _range(painter: QPainter, pen: QPen, x: np.ndarray, y: np.ndarray) -> None:
    """From the lowest to the highest point of every pixel column: as much as can be seen of a noisy curve."""
    starts = _columns(x)
    tops, bottoms = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    lines = zip(x[starts].tolist(), tops.tolist(), bottoms.tolist(), strict=True)
    painter.drawLines([QLineF(a, top, a, bottom + 1) for a, top, bottom in lines])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _stroke(painter: QPainter, pen: QPen, x: np.ndarray, y: np.ndarray) -> None:
    """A line through the points, through their mean where several share a pixel column."""
    if len(x) == 0:
        return
    painter.setPen(pen)
    if len(x) == 1:
        painter.drawEllipse(QPointF(float(x[0]), float(y[0])), 1.5, 1.5)
        return
    starts = _columns(x)
    sizes = np.diff([*starts, len(x)])
    across, up = np.add.reduceat(x, starts) / sizes, np.add.reduceat(y, starts) / sizes
    across[-1], up[-1] = x[-1], y[-1]  # the newest value, not a mean
    points = zip(across.tolist(), up.tolist(), strict=True)
    painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in points]))
