"""The loss as it falls: training (smoothed, with the raw values pale behind it) and validation (dashed).

Branches that were left are faded, edits made on the way are marks, and the step that is looked back at is a line.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from app.panels.numbers import readable
from app.theme import Theme, mixed
from app.views.axes import Scale, log_ticks, tick_text, ticks
from app.views.curve import Curve, smooth
from app.views.story import Story
from app.views.strokes import paint_line, paint_range

LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 24
PACE = 100  # ms between two paintings while rows come in
SMOOTHED = 60  # the smoothed curve averages this part of all points
FADED = 0.6  # of the panel's colour in that of a branch that was left
MARK, NEAR = 4.0, 5.0  # half the width of a mark, and how near the mouse must be to it, in pixels


class LossView(QWidget):
    """Paints both curves; a click on the button turns the loss axis logarithmic, hovering shows values."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.story = Story()
        self._here: int | None = None
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

    @property
    def training(self) -> Curve:
        """The curve of the training loss up to the present."""
        return self.story.training

    @property
    def validation(self) -> Curve:
        """That of the validation loss."""
        return self.story.validation

    def clear(self) -> None:
        """Forgets everything: the run begins again."""
        self.story.clear()
        self._here = None
        self.log.hide()
        self.update()

    def mark(self, step: int, label: str, again: bool = False) -> None:
        """An edit was made at this step, or the last one went on (`again`)."""
        self.story.mark(step, label, again)
        self.update()

    def branch(self, step: int) -> None:
        """The run goes on from this step; what came after stays as a faded curve."""
        self.story.branch(step)
        self._here = None
        self.update()

    def show_here(self, step: int | None) -> None:
        """This step is looked back at, None: the present."""
        if step != self._here:
            self._here = step
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
        if self.is_empty:
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignCenter, "Press play to see the loss fall."
            )
            return
        across, up = self.scales()
        self._paint_axes(painter, across, up)
        painter.setClipRect(QRectF(LEFT, 0, self.width() - LEFT, self.height() - BOTTOM + 1))
        self._paint_left(painter, across, up)
        self._paint_curves(painter, across, up)
        painter.setClipping(False)
        self._paint_marks(painter, across)
        self._paint_here(painter, across)
        self._paint_legend(painter)
        self._paint_hover(painter, across)

    @property
    def is_empty(self) -> bool:
        """Whether there is no curve yet."""
        return not len(self.training) and not len(self.validation)

    def steps_scale(self) -> Scale | None:
        """The axis of steps, None while there is no curve."""
        return None if self.is_empty else self.scales()[0]

    def scales(self) -> tuple[Scale, Scale]:
        """The axes for the present data: steps across, loss up."""
        rows = self.story.rows()
        steps, losses = rows[:, 0], rows[:, 1]
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
            paint_range(painter, QPen(pale, 1), across.pixels(rows[:, 0]), up.pixels(rows[:, 1]))
        calm = smooth(rows[:, 1], window)
        pen = QPen(QColor(self._theme.text), 1.7)
        paint_line(painter, pen, across.pixels(rows[:, 0]), up.pixels(calm))
        rows = self.validation.rows
        pen = QPen(QColor(self._theme.classes[1]), 1.7, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 2.5])
        paint_line(painter, pen, across.pixels(rows[:, 0]), up.pixels(rows[:, 1]))

    def _paint_left(self, painter: QPainter, across: Scale, up: Scale) -> None:
        colors = (self._theme.text, self._theme.classes[1])
        for left in self.story.left:
            for rows, color in zip(left, colors, strict=True):
                pen = QPen(mixed(color, self._theme.panel, FADED), 1.5, Qt.PenStyle.CustomDashLine)
                pen.setDashPattern([1.5, 2])
                calm = smooth(rows[:, 1], max(1, len(rows) // SMOOTHED))
                paint_line(painter, pen, across.pixels(rows[:, 0]), up.pixels(calm))

    def _paint_marks(self, painter: QPainter, across: Scale) -> None:
        """A wedge at the floor for every edit."""
        floor = self.height() - BOTTOM
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.function))
        for mark in self.story.marks:
            x = float(across.pixels(mark.step))
            feet = (QPointF(x - MARK, floor + 1), QPointF(x + MARK, floor + 1))
            painter.drawPolygon(QPolygonF([QPointF(x, floor - 2 * MARK), *feet]))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_here(self, painter: QPainter, across: Scale) -> None:
        if self._here is not None:
            x = float(across.pixels(self._here))
            painter.setPen(QPen(QColor(self._theme.selection), 1.5))
            painter.drawLine(QPointF(x, TOP - 6), QPointF(x, self.height()))

    def _paint_legend(self, painter: QPainter) -> None:
        names = [("training", self._theme.text, Qt.PenStyle.SolidLine)]
        if len(self.validation):
            names.append(("validation", self._theme.classes[1], Qt.PenStyle.DashLine))
        if self.story.left:
            faded = mixed(self._theme.text, self._theme.panel, FADED / 2).name()
            names.append(("left branch", faded, Qt.PenStyle.DotLine))
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
        reach = NEAR * (across.high - across.low) / (across.end - across.start)
        done = self.story.marks_near(across.value(self._hover or 0.0), reach)
        text = " · ".join([text, *dict.fromkeys(mark.label for mark in done)])
        room = self.width() - LEFT - 20
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
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
            self.width() - RIGHT - 92, TOP + 56, max(size.width(), 44), size.height()
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
