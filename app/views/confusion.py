"""Which class is taken for which: the confusion matrix of the validation part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter
from PySide6.QtWidgets import QToolTip

from app.theme import Theme
from app.views.figure import FigureView
from runtime.snapshot import Ask, Confusion

ASK = Ask("confusion")
LEFT, TOP = 64, 40
LEGIBLE = 16.0  # pixels of a cell from which its count is written


class ConfusionView(FigureView):
    """Rows are true classes, columns answers; a cell's colour is its share of the row."""

    title = "Confusion"
    help = (
        "Row: true class, column: answer argmax ȳ, on the validation part; the diagonal is right."
    )
    nothing = "The confusion matrix appears when the diagram chooses among classes."

    def __init__(self, theme: Theme, parent: Any = None) -> None:
        super().__init__(theme, parent)
        self._found: Confusion | None = None

    def asks(self) -> tuple[Ask, ...]:
        return (ASK,)

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        if isinstance(figures.get(ASK), Confusion):
            self._found = figures[ASK]
            self.update()

    def select(self, block: str) -> None:
        """Every block has the same matrix."""

    def forget(self) -> None:
        self._found = None
        self.update()

    def has_something(self) -> bool:
        return self._found is not None

    def cell(self, true: int, answered: int) -> QRectF:
        """Where a cell lies in the widget."""
        assert self._found is not None
        count = len(self._found.counts)
        side = min((self.width() - LEFT - 12) / count, (self.height() - TOP - 8) / count)
        return QRectF(LEFT + answered * side, TOP + true * side, side, side)

    def paint(self, painter: QPainter) -> None:
        assert self._found is not None
        counts = self._found.counts
        shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
        right, wrong = QColor(self._theme.gradient), QColor(self._theme.problem)
        for true in range(len(counts)):
            for answered in range(len(counts)):
                area = self.cell(true, answered).adjusted(0.5, 0.5, -0.5, -0.5)
                color = QColor(right if true == answered else wrong)
                color.setAlphaF(0.06 + 0.74 * float(shares[true, answered]))
                painter.fillRect(area, color)
                if counts[true, answered] and area.height() >= LEGIBLE:
                    painter.setPen(QColor(self._theme.text))
                    painter.drawText(
                        area, Qt.AlignmentFlag.AlignCenter, str(counts[true, answered])
                    )
            self._paint_names(painter, true)
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(
            QRectF(LEFT, 2, self.width() - LEFT, 16), Qt.AlignmentFlag.AlignLeft, "answer"
        )
        painter.drawText(QRectF(4, TOP - 18, LEFT - 8, 16), Qt.AlignmentFlag.AlignLeft, "true")

    def name(self, number: int) -> str:
        """What a class is called."""
        names = self._found.names if self._found else ()
        return names[number] if number < len(names) else str(number)

    def _paint_names(self, painter: QPainter, number: int) -> None:
        painter.setPen(QColor(self._theme.muted))
        row, column = self.cell(number, 0), self.cell(0, number)
        text = painter.fontMetrics().elidedText(
            self.name(number), Qt.TextElideMode.ElideRight, LEFT - 12
        )
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, row.top(), LEFT - 6, row.height()), flags, text)
        short = painter.fontMetrics().elidedText(
            self.name(number), Qt.TextElideMode.ElideRight, int(column.width())
        )
        painter.drawText(
            QRectF(column.left(), TOP - 18, column.width(), 16), Qt.AlignmentFlag.AlignCenter, short
        )

    def told(self, x: float, y: float) -> str:
        """What the cell under a point says, "" outside."""
        for true in range(len(self._found.counts) if self._found else 0):
            for answered in range(len(self._found.counts) if self._found else 0):
                if self._found is not None and self.cell(true, answered).contains(x, y):
                    count = int(self._found.counts[true, answered])
                    samples = ", ".join(map(str, self._found.examples.get((true, answered), ())))
                    where = f" (samples {samples})" if samples else ""
                    return (
                        f"{count} of class {self.name(true)} answered {self.name(answered)}{where}"
                    )
        return ""

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            told = self.told(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), told or self.help, self)
            return True
        return super().event(event)
