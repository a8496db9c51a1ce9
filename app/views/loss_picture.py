"""The picture of a run's losses: axes, curves, branches that were left, marks of edits, and the step looked back at."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.theme import Theme, mixed
from app.views.axes import Scale, log_ticks, tick_text, ticks
from app.views.curve import smooth
from app.views.story import Story
from app.views.strokes import paint_line, paint_range

LEFT, RIGHT, TOP, BOTTOM = 44, 12, 26, 24
ROW = 18.0  # pixels of the row above the curves: what is measured, and the legend
SAMPLE, BETWEEN = 14.0, 12.0  # pixels of a line in the legend, and from one name to the next
SWITCH = 44.0  # pixels of the legend's row that the button needs
UNIT = 30.0  # pixels that the word below the axis needs
FEW, DOT = 30, 2.5  # points up to which each is seen, and half the width of one
SMOOTHED = 60  # the smoothed curve averages this part of all points
FADED = 0.6  # of the panel's colour in that of a branch that was left
MARK = 4.0  # half the width of a mark, in pixels


def axes(story: Story, log: bool, width: int, height: int) -> tuple[Scale, Scale]:
    """The axes for the present data in a picture of this size: steps across, loss up."""
    rows = story.rows()
    steps, losses = rows[:, 0], rows[:, 1]
    if log and (losses > 0).any():
        losses = losses[losses > 0]
        low, high = float(losses.min()) / 1.2, float(losses.max()) * 1.2
    else:
        log, low, high = False, min(0.0, float(losses.min())), _ceiling(losses)
        high = high if high > low else low + 1
    last = max(float(steps.max()), steps.min() + 1)
    across = Scale(float(steps.min()), last, LEFT, width - RIGHT)
    return across, Scale(low, high, height - BOTTOM, TOP, log)


@dataclass(frozen=True)
class LossPicture:
    """A story on its axes; `here` is the step that is looked back at."""

    story: Story
    theme: Theme
    across: Scale
    up: Scale
    width: int
    height: int
    here: int | None = None

    def paint(self, painter: QPainter) -> None:
        """Paints all of it."""
        self._paint_axes(painter)
        painter.setClipRect(QRectF(LEFT, 0, self.width - LEFT, self.height - BOTTOM + 1))
        self._paint_left(painter)
        self._paint_curves(painter)
        painter.setClipping(False)
        self._paint_marks(painter)
        self._paint_here(painter)
        self._paint_legend(painter)

    def _paint_axes(self, painter: QPainter) -> None:
        border, muted = QColor(self.theme.border), QColor(self.theme.muted)
        floor = self.height - BOTTOM
        for value in (
            log_ticks(self.up.low, self.up.high)
            if self.up.log
            else ticks(self.up.low, self.up.high)
        ):
            y = float(self.up.pixels(value))
            painter.setPen(QPen(border, 1))
            painter.drawLine(QPointF(LEFT, y), QPointF(self.width - RIGHT, y))
            painter.setPen(muted)
            where = QRectF(0, y - 8, LEFT - 6, 16)
            painter.drawText(
                where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick_text(value)
            )
        end = self.width - RIGHT - UNIT
        for value in ticks(self.across.low, self.across.high, max(3, self.width // 100)):
            x, text = float(self.across.pixels(value)), tick_text(value)
            if x + painter.fontMetrics().horizontalAdvance(text) / 2 < end:
                room = QRectF(x - 40, floor + 5, 80, 16)
                painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, text)
        painter.drawText(QRectF(end, floor + 5, UNIT, 16), Qt.AlignmentFlag.AlignRight, "step")
        painter.drawText(
            QRectF(0, 2, LEFT - 6, ROW),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            "loss",
        )
        painter.setPen(QPen(mixed(self.theme.border, self.theme.muted, 0.4), 1))
        painter.drawLine(QPointF(LEFT, floor), QPointF(self.width - RIGHT, floor))
        painter.drawLine(QPointF(LEFT, TOP - 6), QPointF(LEFT, floor))

    def _paint_curves(self, painter: QPainter) -> None:
        rows = self.story.training.rows
        window = max(1, len(rows) // SMOOTHED)
        if window > 1:
            pale = mixed(self.theme.text, self.theme.panel, 0.82)
            paint_range(
                painter, QPen(pale, 1), self.across.pixels(rows[:, 0]), self.up.pixels(rows[:, 1])
            )
        calm = smooth(rows[:, 1], window)
        pen = QPen(QColor(self.theme.text), 1.7)
        paint_line(painter, pen, self.across.pixels(rows[:, 0]), self.up.pixels(calm))
        rows = self.story.validation.rows
        pen = QPen(QColor(self.theme.classes[1]), 1.7, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 2.5])
        across, up = self.across.pixels(rows[:, 0]), self.up.pixels(rows[:, 1])
        paint_line(painter, pen, across, up)
        if len(rows) <= FEW:  # so few that the way from one to the next is no curve
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.classes[1]))
            for x, y in zip(across.tolist(), up.tolist(), strict=True):
                painter.drawEllipse(QPointF(x, y), DOT, DOT)
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_left(self, painter: QPainter) -> None:
        colors = (self.theme.text, self.theme.classes[1])
        for left in self.story.left:
            for rows, color in zip(left, colors, strict=True):
                pen = QPen(mixed(color, self.theme.panel, FADED), 1.5, Qt.PenStyle.CustomDashLine)
                pen.setDashPattern([1.5, 2])
                calm = smooth(rows[:, 1], max(1, len(rows) // SMOOTHED))
                paint_line(painter, pen, self.across.pixels(rows[:, 0]), self.up.pixels(calm))

    def _paint_marks(self, painter: QPainter) -> None:
        """A wedge at the floor for every edit."""
        floor = self.height - BOTTOM
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.function))
        for mark in self.story.marks:
            x = float(self.across.pixels(mark.step))
            feet = (QPointF(x - MARK, floor + 1), QPointF(x + MARK, floor + 1))
            painter.drawPolygon(QPolygonF([QPointF(x, floor - 2 * MARK), *feet]))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_here(self, painter: QPainter) -> None:
        if self.here is not None:
            x = float(self.across.pixels(self.here))
            painter.setPen(QPen(QColor(self.theme.selection), 1.5))
            painter.drawLine(QPointF(x, TOP - 6), QPointF(x, self.height))

    def _paint_legend(self, painter: QPainter) -> None:
        """In the row above the curves, where none of them comes."""
        names = [("training", self.theme.text, Qt.PenStyle.SolidLine)]
        if len(self.story.validation):
            names.append(("validation", self.theme.classes[1], Qt.PenStyle.DashLine))
        if self.story.left:
            faded = mixed(self.theme.text, self.theme.panel, FADED / 2).name()
            names.append(("left branch", faded, Qt.PenStyle.DotLine))
        x, y, end = LEFT + BETWEEN, 2 + ROW / 2, self.width - RIGHT - SWITCH
        for name, color, style in names:
            painter.setPen(QPen(QColor(color), 1.7, style))
            painter.drawLine(QPointF(x, y), QPointF(x + SAMPLE, y))
            painter.setPen(QColor(color))
            x += SAMPLE + 5
            metrics = painter.fontMetrics()
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(end - x))
            wide = metrics.horizontalAdvance(text) + 1
            painter.drawText(QRectF(x, 2, wide, ROW), Qt.AlignmentFlag.AlignVCenter, text)
            x += wide + BETWEEN


def _ceiling(losses: np.ndarray) -> float:
    """The top of a linear axis: a few first outliers do not flatten all that follows."""
    top = float(losses.max())
    calm = float(np.quantile(losses, 0.99)) if len(losses) > 50 else top
    top = top if top < 3 * calm else 1.5 * calm
    return top * 1.05 if top > 0 and math.isfinite(top) else 1.0
