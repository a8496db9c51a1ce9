"""How large the gradients are, block by block: a histogram of their decades for each, from the input to the cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.lines import write_line
from app.theme import Theme
from app.views.figure import FigureView
from runtime.snapshot import Ask, Histogram, Histograms

ASK = Ask("histograms")
LEFT, RIGHT, BOTTOM, ROW = 92, 24, 22, 26
LOW, HIGH = -8.0, 1.0  # decades that are shown


class GradientsView(FigureView):
    """A row for every variable and every block with weights, in the order of the flow."""

    title = "Gradients by block (log)"
    help = "How many elements of ∂C/∂z and ∂C/∂w have which decade, log₁₀|∂C/∂·|; rows run along the flow."
    nothing = "The gradients appear when the diagram trains."
    shows = Histograms
    _found: Histograms | None

    def __init__(self, theme: Theme, parent: Any = None) -> None:
        super().__init__(theme, parent)
        self._names: dict[str, str] = {}

    def name_rows(self, names: Mapping[str, str]) -> None:
        """Block id or pin -> what the row is called, in the order of the rows."""
        self._names = dict(names)
        self.update()

    def asks(self) -> tuple[Ask, ...]:
        return (ASK,)

    def has_something(self) -> bool:
        return self._found is not None and bool(self.rows())

    def rows(self) -> list[tuple[str, Histogram]]:
        """Name and histogram of each row, as many as there is room for, evenly chosen."""
        if self._found is None:
            return []
        gradients = self._found.gradients
        keys = [k for k in self._names if k in gradients] or list(gradients)
        room = max(1, (self.height() - BOTTOM) // (ROW // 2))
        step = max(1, -(-len(keys) // room))
        return [(self._names.get(k, k), gradients[k]) for k in keys[::step]]

    def paint(self, painter: QPainter) -> None:
        rows = self.rows()
        height = min(float(ROW + 12), (self.height() - BOTTOM) / len(rows))
        width = self.width() - LEFT - RIGHT
        for n, (name, histogram) in enumerate(rows):
            top = n * height
            painter.setPen(QColor(self._theme.text))
            box = QRectF(8, top, LEFT - 16, height)
            write_line(painter, box, name)
            self._paint_bars(painter, histogram, QRectF(LEFT, top, width, height - 3))
        self._paint_axis(painter, width)

    def _paint_bars(self, painter: QPainter, histogram: Histogram, area: QRectF) -> None:
        bins = len(histogram.counts)
        edges = np.linspace(histogram.low, histogram.high, bins + 1)
        most = int(histogram.counts.max()) or 1
        painter.setPen(QColor(self._theme.border))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        color = QColor(self._theme.gradient)
        for n, count in enumerate(histogram.counts):
            if not count or edges[n + 1] <= LOW or edges[n] >= HIGH:
                continue
            left, right = (
                area.left() + (e - LOW) / (HIGH - LOW) * area.width()
                for e in (edges[n], edges[n + 1])
            )
            tall = max(1.0, float(count) / most * (area.height() - 2))
            painter.fillRect(
                QRectF(left, area.bottom() - tall, max(1.0, right - left - 1), tall), color
            )

    def _paint_axis(self, painter: QPainter, width: float) -> None:
        painter.setPen(QColor(self._theme.muted))
        named = QRectF(8, self.height() - BOTTOM + 4, LEFT - 40, BOTTOM - 4)
        painter.drawText(named, Qt.AlignmentFlag.AlignTop, "|∂C/∂·|")
        for decade in range(int(LOW), int(HIGH) + 1, 3):
            x = LEFT + (decade - LOW) / (HIGH - LOW) * width
            box = QRectF(x - 24, self.height() - BOTTOM + 4, 48, BOTTOM - 4)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, f"1e{decade}"
            )
