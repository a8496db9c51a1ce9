"""The line under the loss curve: every moment of the run that can be looked at, and the one that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from app.lines import small_painter
from app.theme import Theme, mixed
from app.views.axes import Scale, tick_text

if TYPE_CHECKING:
    from runtime.snapshot import Recorded

HEIGHT, KNOB = 24, 5.5
CLOSEST = 4  # pixels between two ticks, at least
HELP = "Drag to look back at the run, or press the arrow keys; the right end is now."
TOO_LARGE = "too large: its past is not recorded"


class Moments(QAbstractSlider):
    """A slider whose values are the recorded moments, the last one now; they stand below their steps of the curve.

    `wished` carries the step that a person wants to look at, None for the present.
    """

    wished = Signal(object)

    def __init__(
        self, theme: Theme, scale: Callable[[], Scale | None], parent: QWidget | None = None
    ) -> None:
        """`scale` gives the axis of steps of the curve above, None while there is none."""
        super().__init__(parent)
        self._theme, self._scale = theme, scale
        self.stops: tuple[int, ...] = (0,)
        self._kept = "whole"
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setPageStep(10)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("moments of the run")
        self.setToolTip(HELP)
        self.setRange(0, 0)
        self.valueChanged.connect(self._moved)

    def sizeHint(self) -> QSize:
        return QSize(380, HEIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        self.update()

    @property
    def step(self) -> int | None:
        """The step that it stands at, None for the present."""
        return None if self.value() >= len(self.stops) - 1 else self.stops[self.value()]

    def show_moments(self, recorded: Recorded, step: int | None, follow: bool = True) -> None:
        """These moments there are, and this one is looked at; unless it is to `follow`, it stays where it stands."""
        here = step if follow and not self.isSliderDown() else self.step
        self.stops = (*(s for s in recorded.steps if s < recorded.now), recorded.now)
        self._kept = recorded.kept
        self.blockSignals(True)
        self.setRange(0, len(self.stops) - 1)
        self.setValue(self.maximum() if here is None else self._nearest(here))
        self.blockSignals(False)
        self.update()

    def move_by(self, moments: int) -> None:
        """So many moments later, earlier when negative."""
        self.setValue(self.value() + moments)

    def _nearest(self, step: float) -> int:
        return min(range(len(self.stops)), key=lambda n: abs(self.stops[n] - step))

    def _moved(self) -> None:
        self.setAccessibleDescription(f"step {self.stops[self.value()]:,}")
        self.wished.emit(self.step)

    # --- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = small_painter(self)
        painter.setPen(QColor(self._theme.muted))
        scale = self._scale()
        if scale is None:
            return
        if self._kept == "nothing":
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, TOO_LARGE)
        elif len(self.stops) > 1:
            self._paint_line(painter, scale)

    def _paint_line(self, painter: QPainter, scale: Scale) -> None:
        theme, y = self._theme, HEIGHT / 2
        looking = self.step is not None
        color = QColor(theme.selection if looking else theme.muted)
        xs = [float(scale.pixels(step)) for step in self.stops]
        here = xs[self.value()]
        pale = mixed(theme.muted, theme.panel, 0.6)
        painter.setPen(QPen(pale, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(xs[0], y), QPointF(xs[-1], y))
        last = float(-CLOSEST)
        for x in xs:
            if x - last >= CLOSEST:
                painter.drawLine(QPointF(x, y - 2.5), QPointF(x, y + 2.5))
                last = x
        painter.setPen(QPen(color, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(xs[0], y), QPointF(here, y))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.selection), 1.5))
            painter.drawEllipse(QPointF(here, y), KNOB + 2.5, KNOB + 2.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QPointF(here, y), KNOB, KNOB)
        painter.setPen(color)
        text = tick_text(self.stops[self.value()]) if looking else "now"
        box = QRectF(0, 0, scale.start - 10, HEIGHT)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    # --- events --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._take(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._take(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def _take(self, event: QMouseEvent) -> None:
        scale = self._scale()
        if scale is not None:
            self.setValue(self._nearest(scale.value(event.position().x())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.step is not None:
            self.setValue(self.maximum())
            return
        super().keyPressEvent(event)
