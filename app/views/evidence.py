"""The curves that stand as evidence in the list of findings."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from app.theme import Theme
from app.views.axes import tick_text
from runtime.figures.findings import Trace

CURVES = 74  # pixels of the height of the curves
LINE, SAMPLE = (
    16.0,
    22.0,
)  # pixels of a line of their names, and of a curve's sample before its name
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


class Curves(QWidget):
    """The curves of a finding over the same steps: the first as it is, in the cost's colour, then how it could be.

    Their names stand above, in as many lines as they need.
    """

    def __init__(self, traces: tuple[Trace, ...], theme: Theme) -> None:
        super().__init__()
        self._traces, self._theme = traces, theme
        self.small = QFont(self.font())
        self.small.setPixelSize(11)
        self._metrics = QFontMetricsF(self.small)
        self.setFixedHeight(CURVES + round(LINE))
        self.setAccessibleName(", ".join(trace.name for trace in traces))

    def sizeHint(self) -> QSize:
        return QSize(220, CURVES + round(LINE))

    def color(self, number: int) -> QColor:
        """The colour of a curve."""
        return QColor((self._theme.cost, self._theme.gradient, self._theme.function)[number % 3])

    def names(self) -> list[QRectF]:
        """Where the curves are named, one beside the other as far as there is room."""
        places, x, y = list[QRectF](), 0.0, 0.0
        for trace in self._traces:
            wide = min(SAMPLE + self._metrics.horizontalAdvance(trace.name) + 2, self.width())
            if x and x + wide > self.width():
                x, y = 0.0, y + LINE
            places.append(QRectF(x, y, wide, LINE))
            x += wide + SAMPLE / 2
        return places

    def ends(self) -> tuple[float, float]:
        """The lowest and the highest number that are shown; the largest twentieth may lie above."""
        values = np.concatenate([trace.values for trace in self._traces])
        values = values[np.isfinite(values)]
        if not len(values):
            return math.nan, math.nan
        low, high = float(values.min()), float(np.quantile(values, 0.95))
        return low, high if high > low else float(values.max())

    def area(self) -> QRectF:
        """Where the curves lie: below their names, right of the numbers."""
        texts = end_texts(*self.ends())
        left = max(self._metrics.horizontalAdvance(text) for text in texts) + 7
        top = self.names()[-1].bottom() + 6
        return QRectF(left, top, self.width() - left - 2, self.height() - top - 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setFixedHeight(CURVES + round(self.names()[-1].bottom()))

    def paintEvent(self, event: QPaintEvent) -> None:
        low, high = self.ends()
        if math.isnan(low):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.small)
        area = self.area()
        painter.setPen(QPen(QColor(self._theme.border), 1))
        painter.drawRect(area)
        self._paint_ends(painter, area, end_texts(low, high))
        for number, trace in enumerate(self._traces):
            self._paint_curve(painter, area, number, self._falls(trace, low, high))
            self._paint_name(painter, number, trace.name)

    def _falls(self, trace: Trace, low: float, high: float) -> np.ndarray:
        """How far below the top each number lies, 1 at the bottom; what is flat lies in the middle."""
        if len(end_texts(low, high)) == 1:
            return np.where(np.isfinite(trace.values), 0.5, np.nan)
        return np.clip((high - trace.values) / (high - low), -1.0, 2.0)

    def _paint_curve(self, painter: QPainter, area: QRectF, number: int, down: np.ndarray) -> None:
        longest = max(len(trace.values) for trace in self._traces)
        across = np.arange(len(down)) / max(1, longest - 1)
        places = [
            QPointF(area.left() + x * area.width(), area.top() + y * area.height())
            for x, y in zip(across.tolist(), down.tolist(), strict=True)
            if np.isfinite(y)
        ]
        painter.setClipRect(area)
        painter.setPen(QPen(self.color(number), 1.5, STYLES[number % 3]))
        painter.drawPolyline(QPolygonF(places))
        painter.setClipping(False)

    def _paint_ends(self, painter: QPainter, area: QRectF, texts: tuple[str, ...]) -> None:
        """The highest at the top and the lowest at the bottom; a single one in the middle."""
        painter.setPen(QColor(self._theme.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        heights = (area.top() + 4, area.bottom() - 4) if len(texts) > 1 else (area.center().y(),)
        for text, y in zip(texts, heights, strict=True):
            painter.drawText(QRectF(0, y - 7, area.left() - 5, 14), right, text)

    def _paint_name(self, painter: QPainter, number: int, name: str) -> None:
        place = self.names()[number]
        middle = place.center().y()
        painter.setPen(QPen(self.color(number), 1.5, STYLES[number % 3]))
        painter.drawLine(QPointF(place.left(), middle), QPointF(place.left() + 16, middle))
        painter.setPen(QColor(self._theme.text))
        room = place.adjusted(SAMPLE, 0, 0, 0)
        shown = self._metrics.elidedText(name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


def end_texts(low: float, high: float) -> tuple[str, ...]:
    """The numbers at the top and at the bottom with as few digits as tell them apart; one for what is flat."""
    for digits in range(2, 6):
        top, bottom = (tick_text(float(f"{end:.{digits}g}")) for end in (high, low))
        if top != bottom:
            return top, bottom
    return (tick_text(float(f"{low:.3g}")),)
