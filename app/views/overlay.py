"""The curves of several runs in one plot, each with a colour and dashes of its own; seeds of one setting as mean and band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from app.lines import small_painter
from app.theme import Theme
from app.views.axes import Scale, log_ticks, tick_text, ticks
from app.views.curve import smooth
from runtime.runs import RunRecord, by_seed, mean_and_spread, value_text

LEFT, RIGHT, TOP, BOTTOM = 46, 12, 30, 24
DASHES: tuple[tuple[float, ...], ...] = ((), (6, 3), (2, 2), (8, 3, 2, 3), (3, 5))
WIDTH = 1.7
SMOOTHED = 60  # the mean of this part of all points is drawn
MOST = 12  # curves with a line in the legend
NOTHING = "Select runs in the table to see their curves."


@dataclass(frozen=True)
class Line:
    """One curve: what it is called, the runs it stands for, its points and, of several seeds, the spread."""

    text: str
    numbers: tuple[int, ...]
    steps: np.ndarray
    loss: np.ndarray
    spread: np.ndarray | None = None


class Overlay(QWidget):
    """Training or validation loss over steps, linear or logarithmic; both are chosen by the buttons above it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._records: tuple[RunRecord, ...] = ()
        self.lines: tuple[Line, ...] = ()
        self.part = self._button("validation", "validation loss instead of training loss")
        self.log = self._button("log", "logarithmic axis of the loss")
        self.setMinimumSize(180, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("loss curves of the selected runs")

    def _button(self, text: str, help: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setProperty("role", "link")
        button.setToolTip(help)
        button.setAccessibleName(help)
        button.toggled.connect(lambda _on: self._turn())
        return button

    def sizeHint(self) -> QSize:
        return QSize(320, 200)

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        self.update()

    def show_runs(self, records: Sequence[RunRecord]) -> None:
        """These runs' curves."""
        self._records = tuple(records)
        self.lines = self._made()
        self.update()

    def _turn(self) -> None:
        self.part.setText("training" if self.part.isChecked() else "validation")
        self.log.setText("linear" if self.log.isChecked() else "log")
        self._place_buttons()
        self.show_runs(self._records)

    # --- what is drawn -------------------------------------------------------------------------------------------

    def _made(self) -> tuple[Line, ...]:
        found = []
        for group in by_seed(self._records):
            rows = [self._rows(record) for record in group]
            numbers = tuple(record.number for record in group)
            if not any(map(len, rows)):
                continue
            if len(group) > 1:
                text = f"{_told(group[0], seed=False)} · {len(group)} seeds, mean ± std"
                found.append(Line(text, numbers, *mean_and_spread(rows)))
            else:
                steps, loss = rows[0].T
                found.append(Line(_told(group[0], seed=True), numbers, steps, loss))
        return tuple(found)

    def _rows(self, record: RunRecord) -> np.ndarray:
        if self.part.isChecked():
            return record.validation
        rows = record.curve
        return np.stack([rows[:, 0], smooth(rows[:, 1], max(1, len(rows) // SMOOTHED))], axis=1)

    def pen(self, number: int) -> QPen:
        """How the curve at this place is drawn: no two of the first fifty look alike."""
        colors = self._theme.classes
        pen = QPen(QColor(colors[number % len(colors)]), WIDTH)
        dashes = DASHES[number % len(DASHES)]
        if dashes:
            pen.setDashPattern(list(dashes))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen

    def marks(self) -> dict[int, QPixmap]:
        """A piece of its curve for every run, by number."""
        found: dict[int, QPixmap] = {}
        ratio = self.devicePixelRatioF()
        for place, line in enumerate(self.lines):
            sample = QPixmap(round(22 * ratio), round(12 * ratio))
            sample.setDevicePixelRatio(ratio)
            sample.fill(Qt.GlobalColor.transparent)
            painter = QPainter(sample)
            painter.setPen(self.pen(place))
            painter.drawLine(QPointF(0, 6), QPointF(22, 6))
            painter.end()
            found |= dict.fromkeys(line.numbers, sample)
        return found

    def scales(self) -> tuple[Scale, Scale]:
        """The axes: steps across, loss up; a few outliers do not flatten the rest."""
        steps = np.concatenate([line.steps for line in self.lines])
        every = np.concatenate(
            [_high(line) for line in self.lines] + [_low(line) for line in self.lines]
        )
        every = every[np.isfinite(every)]
        log = self.log.isChecked() and bool((every > 0).any())
        if log:
            every = every[every > 0]
            low, high = float(every.min()) / 1.2, float(every.max()) * 1.2
        else:
            low, top = min(0.0, float(every.min())), float(every.max())
            calm = float(np.quantile(every, 0.98))
            high = 1.05 * (top if top < 3 * calm else 1.5 * calm) or 1.0
        end = max(float(steps.max()), float(steps.min()) + 1)
        across = Scale(float(steps.min()), end, LEFT, self.width() - RIGHT)
        return across, Scale(low, high, self.height() - BOTTOM, TOP, log)

    # --- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = small_painter(self)
        lines = [line for line in self.lines if len(line.steps)]
        painter.setPen(QColor(self._theme.muted))
        if not lines:
            empty = self._records and self.part.isChecked()
            text = "These runs have no validation loss." if empty else NOTHING
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
            return
        what = "validation loss" if self.part.isChecked() else "training loss"
        if LEFT + painter.fontMetrics().horizontalAdvance(what) < self.part.x():
            painter.drawText(QRectF(LEFT, 4, 200, 18), Qt.AlignmentFlag.AlignVCenter, what)
        across, up = self.scales()
        self._paint_axes(painter, across, up)
        painter.save()
        painter.setClipRect(
            QRectF(LEFT, TOP - 4, self.width() - LEFT, self.height() - TOP - BOTTOM + 5)
        )
        for place, line in enumerate(self.lines):
            self._paint_line(painter, self.pen(place), line, across, up)
        painter.restore()
        self._paint_legend(painter)

    def _paint_axes(self, painter: QPainter, across: Scale, up: Scale) -> None:
        floor = self.height() - BOTTOM
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in log_ticks(up.low, up.high) if up.log else ticks(up.low, up.high):
            y = float(up.pixels(value))
            painter.setPen(QPen(QColor(self._theme.border), 1))
            painter.drawLine(QPointF(LEFT, y), QPointF(self.width() - RIGHT, y))
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), flags, tick_text(value))
        for value in ticks(across.low, across.high, max(3, self.width() // 110)):
            x = float(across.pixels(value))
            room = QRectF(x - 40, floor + 5, 80, 16)
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, tick_text(value))

    def _paint_line(
        self, painter: QPainter, pen: QPen, line: Line, across: Scale, up: Scale
    ) -> None:
        x = across.pixels(line.steps)
        if line.spread is not None:
            shade = QColor(pen.color())
            shade.setAlpha(46)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shade)
            top, bottom = up.pixels(_high(line)), up.pixels(_low(line))
            ring = np.concatenate([np.stack([x, top], 1), np.stack([x, bottom], 1)[::-1]])
            painter.drawPolygon(_polygon(ring))
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = np.stack([x, up.pixels(line.loss)], 1)
        if len(points) == 1:
            painter.drawEllipse(QPointF(*points[0]), 2.5, 2.5)
        painter.drawPolyline(_polygon(points))

    def _paint_legend(self, painter: QPainter) -> None:
        metrics = painter.fontMetrics()
        room = max(60, (self.width() - LEFT - RIGHT) * 6 // 10)
        texts = [
            metrics.elidedText(line.text, Qt.TextElideMode.ElideRight, room)
            for line in self.lines[:MOST]
        ]
        fits = max(1, (self.height() - TOP - BOTTOM - 8) // 16)
        texts = texts[:fits]
        width = max(map(metrics.horizontalAdvance, texts)) + 36
        left = self.width() - RIGHT - width
        back = QColor(self._theme.panel)
        back.setAlpha(200)
        painter.fillRect(QRectF(left - 4, TOP - 2, width + 4, 16 * len(texts) + 4), back)
        for place, text in enumerate(texts):
            y = TOP + 8 + 16 * place
            painter.setPen(self.pen(place))
            painter.drawLine(QPointF(left, y), QPointF(left + 26, y))
            painter.setPen(QColor(self._theme.text))
            where = QRectF(left + 32, y - 8, width, 16)
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, text)

    # --- events --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: object) -> None:
        self._place_buttons()

    def _place_buttons(self) -> None:
        right = self.width() - RIGHT
        for button in (self.log, self.part):
            size = button.sizeHint()
            right -= size.width() + 4
            button.setGeometry(right, 2, size.width(), size.height())


def _high(line: Line) -> np.ndarray:
    return line.loss if line.spread is None else line.loss + line.spread


def _low(line: Line) -> np.ndarray:
    """The band's lower edge; a loss that is positive everywhere is not shown below its least value."""
    if line.spread is None:
        return line.loss
    low = line.loss - line.spread
    return np.maximum(low, line.loss.min() / 10) if line.loss.min() > 0 else low


def _polygon(points: np.ndarray) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def _told(record: RunRecord, seed: bool) -> str:
    varied = [
        f"{name} {value_text(value)}"
        for name, value in record.varied.items()
        if seed or name != "seed"
    ]
    if not seed:
        return " · ".join(varied) or "the same settings"
    return " · ".join([record.title, *varied])
