"""The loss as it falls: training (smoothed, with the raw values pale behind it) and validation (dashed).

Branches that were left are faded, edits made on the way are marks, and the step that is looked back at is a line.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from app.lines import small_painter
from app.panels.numbers import readable
from app.theme import Theme
from app.views.axes import Scale
from app.views.loss_picture import BOTTOM, LEFT, RIGHT, ROW, TOP, LossPicture, axes
from app.views.story import Story
from app.views.table import Table
from runtime.curve import Curve

NOTHING, COMING = "Press play to see the loss fall.", "The first steps are being made."
PACE = 100  # ms between two paintings while rows come in
NEAR = 5.0  # pixels between the mouse and a mark that it tells of


class LossView(QWidget):
    """Paints both curves; a click on the button turns the loss axis logarithmic, hovering shows values."""

    help: ClassVar[str] = (
        "L(w) = mean over the batch of Σ λ C(y, ȳ) at every step, smoothed, the raw values pale behind it; "
        "dashed: the same over held-out samples."
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.story = Story()
        self._here: int | None = None
        self._hover: float | None = None
        self._playing = False
        self._soon = QTimer(
            self
        )  # a curve of thousands of points need not be painted at every frame
        self._soon.setSingleShot(True)
        self._soon.setInterval(PACE)
        self._soon.timeout.connect(self.update)
        self.setMouseTracking(True)
        self.setMinimumHeight(106)
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

    def set_playing(self, playing: bool) -> None:
        """Whether it trains, which is said before the first loss comes."""
        self._playing = playing
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

    def table(self) -> Table:
        """The rows of both curves, by step."""
        known = {"training": self.training.rows, "validation": self.validation.rows}
        found = [
            (name, int(step), loss) for name, rows in known.items() for step, loss in rows.tolist()
        ]
        return ("curve", "step", "loss"), found

    def _turn(self, log: bool) -> None:
        self.log.setText("linear" if log else "log")
        self._place_log()
        self.update()

    # --- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = small_painter(self)
        if self.is_empty:
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignCenter, COMING if self._playing else NOTHING
            )
            return
        across, up = self.scales()
        size = (self.width(), self.height())
        LossPicture(self.story, self._theme, across, up, *size, self._here).paint(painter)
        self._paint_hover(painter, across)

    @property
    def is_empty(self) -> bool:
        """Whether there is no curve yet."""
        return not len(self.story.rows())

    def steps_scale(self) -> Scale | None:
        """The axis of steps, None while there is no curve."""
        return None if self.is_empty else self.scales()[0]

    def scales(self) -> tuple[Scale, Scale]:
        """The axes for the present data: steps across, loss up."""
        return axes(self.story, self.log.isChecked(), self.width(), self.height())

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
        self._place_log()

    def _place_log(self) -> None:
        """At the end of the legend's row."""
        size, middle = self.log.sizeHint(), 2 + round(ROW / 2)
        height = min(size.height(), 2 * middle)  # the curves begin below
        left = self.width() - RIGHT - size.width()
        self.log.setGeometry(left, middle - height // 2, size.width(), height)

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
