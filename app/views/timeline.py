"""The way through a space warp as a line with a tick for each stage, along which one drags."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.lines import small_painter
from app.theme import Theme
from runtime.figures.warp import Stage

EDGE = 12.0  # pixels at each end
LINE = 13.0  # pixels from the top
CLOSE = 5.0  # pixels within which a tick catches the handle


class Timeline(QWidget):
    """A place from 0 to the last stage; ticks of variables are long and have their name where there is room for it."""

    dragged = Signal(float)  # to a place

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._stages: Sequence[Stage] = ()
        self._place = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(36)
        self.setAccessibleName("stages from the input to the answer")
        self.setToolTip("drag along the blocks; Left and Right step, Space plays")

    def sizeHint(self) -> QSize:
        return QSize(160, 36)

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        self.update()

    def show_stages(self, stages: Sequence[Stage]) -> None:
        """The stages of the way."""
        self._stages = stages
        self.update()

    def show_place(self, place: float) -> None:
        """Where on the way one is."""
        self._place = place
        self.update()

    def x_of(self, place: float) -> float:
        """The pixel of a place."""
        return EDGE + (self.width() - 2 * EDGE) * place / max(1, len(self._stages) - 1)

    def _place_at(self, x: float) -> float:
        """The place at a pixel; at a stage's tick, when it is close to one."""
        share = (x - EDGE) / max(1.0, self.width() - 2 * EDGE)
        place = min(max(share, 0.0), 1.0) * max(0, len(self._stages) - 1)
        near = abs(self.x_of(round(place)) - x) <= CLOSE
        return float(round(place)) if near else place

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._stages:
            self.dragged.emit(self._place_at(event.position().x()))
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._stages:
            self.dragged.emit(self._place_at(event.position().x()))

    # --- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._stages:
            return
        painter = small_painter(self)
        here, end = self.x_of(self._place), self.x_of(len(self._stages) - 1)
        painter.setPen(QPen(QColor(self._theme.border), 2))
        painter.drawLine(QPointF(EDGE, LINE), QPointF(end, LINE))
        painter.setPen(QPen(QColor(self._theme.function), 2))
        painter.drawLine(QPointF(EDGE, LINE), QPointF(here, LINE))
        self._paint_ticks(painter)
        painter.setPen(QPen(QColor(self._theme.panel), 1.5))
        painter.setBrush(QColor(self._theme.function))
        painter.drawEllipse(QPointF(here, LINE), 6, 6)

    def _paint_ticks(self, painter: QPainter) -> None:
        free = -100.0  # up to where names stand already
        for number, stage in enumerate(self._stages):
            x, tall = self.x_of(number), 5.0 if stage.last else 2.5
            painter.setPen(QPen(QColor(self._theme.muted), 1.2))
            painter.drawLine(QPointF(x, LINE - tall), QPointF(x, LINE + tall))
            wide = painter.fontMetrics().horizontalAdvance(stage.name) + 4.0
            left = min(max(x - wide / 2, 0.0), self.width() - wide)
            if stage.last and left >= free:
                where = QRectF(left, LINE + 7, wide, 15)
                painter.drawText(where, Qt.AlignmentFlag.AlignCenter, stage.name)
                free = left + wide
