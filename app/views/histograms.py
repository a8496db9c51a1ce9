"""Histograms over time: how weights, activations, gradients and updates of every block are spread, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF

from app.canvas.inks import sans
from app.lines import write_line
from app.panels.numbers import readable
from app.theme import Theme
from app.views.columns import Columns
from app.views.sampled import EDGE, HEAD, ToldView
from app.views.shades import of_colors, pack, rgb
from runtime.figures.columns import IN_DECADES, KINDS, Column
from runtime.snapshot import Ask

ASK = Ask("columns")
RATIO = "ratio"
CHOICES = (*KINDS, RATIO)
HEADINGS = {  # and what is told of each
    "weights": "values of w, with their median and quartiles",
    "activations": "values of z, with their median and quartiles",
    "gradients": "sizes of ∂C/∂w and ∂C/∂z, in decades",
    "updates": "sizes of one step's Δw, in decades",
    RATIO: "‖Δw‖ / ‖w‖ of one step; about 1e-3 (dashed) is usual",
}
NAMES, NUMBERS, FOOT = 84, 46, 18  # pixels left and right of a row, below all
LEAST, TALLEST = 30, 120  # pixels of a row
GUIDE = -3.0  # log10 of a usual ratio
RATIOS = (-6.0, 0.0)  # decades that the curve shows


class Row(NamedTuple):
    """One strip: what it is called, which kind it shows, of which block or variable."""

    name: str
    kind: str
    key: str


class HistogramsView(ToldView):
    """Without a selection a row for every block of the kind that is chosen above; else every kind of the selected block.

    Its choice is the kind.  It keeps at most MOST columns, thinned as they get more, from when its dock was opened.
    """

    title = "Histograms"
    help = (
        "Across: training steps. Up: values of w and z, log₁₀|∂C/∂·|, log₁₀|Δw|, or the ratio ‖Δw‖ / ‖w‖. "
        "Shade: how many have that value. "
        "What came while this view was open is kept until the run begins again; while it is closed, nothing is added."
    )
    nothing = "The histograms grow here while the diagram trains."
    gathers = True
    tall = 150

    def __init__(self, theme: Theme, parent: Any = None) -> None:
        super().__init__(theme, parent)
        self.timeline = Columns()
        self._names: dict[str, str] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def kind(self) -> str:
        """The kind that the rows of all blocks show."""
        return self.choice or CHOICES[0]

    def choose(self, choice: str) -> None:
        if choice in CHOICES:
            self.choice = choice
            self.update()

    def select(self, block: str) -> None:
        self._selected = block
        self.update()

    def name_rows(self, names: Mapping[str, str]) -> None:
        self._names = dict(names)
        self.update()

    def asks(self) -> tuple[Ask, ...]:
        return (ASK,)

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        column = figures.get(ASK)
        if isinstance(column, Column) and self.timeline.add(column):
            self.update()

    def branch(self, step: int) -> None:
        self.timeline.cut(step)
        self.update()

    def forget(self) -> None:
        self.timeline = Columns()
        self.update()

    def has_something(self) -> bool:
        return len(self.timeline) > 0

    # --- rows and places --------------------------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        """What is shown: all kinds of one block, or of all blocks as many as there is room for, evenly chosen."""
        if of_one := self._of_selected():
            return of_one
        found = self._of_all()
        room = max(1, int(self.height() - self._top() - FOOT) // LEAST)
        return found[:: max(1, -(-len(found) // room))]

    def _of_selected(self) -> list[Row]:
        if not self._selected:
            return []
        keys = (self._selected, f"{self._selected}.y")
        found = [
            Row(kind, kind, key)
            for kind in KINDS
            for key in keys
            if key in self.timeline.keys(kind)
        ]
        if self._selected in self.timeline.keys("updates"):
            found.append(Row(RATIO, RATIO, self._selected))
        return found

    def _of_all(self) -> list[Row]:
        keys = self.timeline.keys("updates" if self.kind == RATIO else self.kind)
        named = [key for key in self._names if key in keys]
        order = named if len(named) > 1 else keys  # of parts the weights are inside
        return [Row(self._names.get(key, key.removesuffix(".y")), self.kind, key) for key in order]

    def _top(self) -> float:
        return 2.0 * HEAD + 4

    def strip(self, number: int, count: int) -> QRectF:
        """Where the heat map of a row lies."""
        room = self.height() - self._top() - FOOT
        tall = min(room / max(count, 1), TALLEST)
        wide = self.width() - NAMES - NUMBERS
        return QRectF(NAMES, self._top() + number * tall, wide, tall - 6)

    def tab(self, number: int) -> QRectF:
        """Where the name of a kind stands above."""
        metrics = QFontMetricsF(sans())
        wide = [metrics.horizontalAdvance(kind) for kind in CHOICES]
        gap = min(16.0, (self.width() - 2 * EDGE - sum(wide)) / (len(wide) - 1))
        return QRectF(EDGE + sum(wide[:number]) + gap * number, 0, wide[number], HEAD)

    # --- mouse and keys -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for number, kind in enumerate(CHOICES):
            if self.tab(number).adjusted(-4, 0, 4, 4).contains(event.position()):
                self.choose(kind)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self.choose(CHOICES[(CHOICES.index(self.kind) + by) % len(CHOICES)])

    def told(self, x: float, y: float) -> str:
        rows = self.rows()
        for number, row in enumerate(rows):
            strip = self.strip(number, len(rows))
            if strip.top() <= y <= strip.bottom():
                return self._numbers_at(row, strip, x)
        return ""

    def _numbers_at(self, row: Row, strip: QRectF, x: float) -> str:
        steps = self.timeline.steps
        column = int(np.abs(self._across(strip) - x).argmin())
        step = f"{row.name} ({row.kind}), step {steps[column]:,}"
        if row.kind == RATIO:
            return (
                f"{step}: ‖Δw‖ / ‖w‖ = {readable(float(self.timeline.ratios(row.key)[column]), 3)}"
            )
        found = self.timeline.quantiles(row.kind, row.key)[column]
        low, first, middle, third, high = (_value(row.kind, q) for q in found.tolist())
        return (
            f"{step}: median {middle}, half of all {first} to {third}, nine of ten {low} to {high}"
        )

    def _across(self, strip: QRectF) -> np.ndarray:
        """The place of each column: by its step."""
        steps = self.timeline.steps.astype(float)
        span = max(steps[-1] - steps[0], 1.0)
        return strip.left() + (steps - steps[0]) / span * strip.width()

    # --- painting -----------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        rows = self.rows()
        self._paint_tabs(painter, bool(self._of_selected()))
        if not rows:
            said = "Updates are seen when it trains." if self.kind in ("updates", RATIO) else "–"
            self.refuse(painter, said)
            return
        for number, row in enumerate(rows):
            strip = self.strip(number, len(rows))
            self._paint_name(painter, row, strip)
            painter.fillRect(strip, QColor(self._theme.field))
            if row.kind == RATIO:
                self._paint_ratio(painter, row, strip)
            else:
                self._paint_heat(painter, row, strip)
            painter.setPen(QColor(self._theme.border))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(strip)
        self._paint_steps(painter, self.strip(len(rows) - 1, len(rows)))

    def _paint_tabs(self, painter: QPainter, of_one: bool) -> None:
        if of_one:
            called = self._names.get(self._selected, self._selected)
            self.say(
                painter, f"all of {called}; select nothing to see every block", 0, self.width()
            )
            self.say(painter, "gradients and updates: their sizes, in decades", HEAD, self.width())
            return
        for number, kind in enumerate(CHOICES):
            box, chosen = self.tab(number), kind == self.kind
            painter.setPen(QColor(self._theme.text if chosen else self._theme.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, kind)
            if chosen:
                painter.fillRect(
                    QRectF(box.left(), box.bottom() - 1, box.width(), 2),
                    QColor(self._theme.selection),
                )
        self.say(painter, HEADINGS[self.kind], HEAD, self.width())

    def _paint_name(self, painter: QPainter, row: Row, strip: QRectF) -> None:
        box = QRectF(EDGE, strip.top(), NAMES - EDGE - 6, strip.height())
        painter.setPen(QColor(self._theme.text))
        write_line(painter, box, row.name, cut=Qt.TextElideMode.ElideMiddle)

    def _paint_heat(self, painter: QPainter, row: Row, strip: QRectF) -> None:
        low, high = self.timeline.bounds(row.kind, row.key)
        cells = self.timeline.cells(row.kind, row.key, low, high)
        place = self._across(strip)
        count = min(max(int(strip.width()), 1), 4 * max(len(place), 1))
        wanted = strip.left() + (np.arange(count) + 0.5) * strip.width() / count
        nearest = np.abs(place[None] - wanted[:, None]).argmin(axis=1)
        levels = (cells[:, nearest] ** 0.6 * 255).astype(int)
        hue = self._hue(row.kind)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(strip, of_colors(_table(self._theme.field, hue)[levels]))
        quantiles = self.timeline.quantiles(row.kind, row.key)
        for index, width in ((1, 0.8), (3, 0.8), (2, 1.6)):
            color = QColor(self._theme.text)
            color.setAlpha(255 if index == 2 else 110)
            self._paint_line(painter, quantiles[:, index], (low, high), strip, QPen(color, width))
        painter.setPen(QColor(self._theme.muted))
        self._write_ends(painter, strip, _value(row.kind, low), _value(row.kind, high))

    def _hue(self, kind: str) -> str:
        return {"weights": self._theme.classes[0], "activations": self._theme.function}.get(
            kind, self._theme.gradient if kind == "gradients" else self._theme.classes[4]
        )

    def _paint_ratio(self, painter: QPainter, row: Row, strip: QRectF) -> None:
        guide = QPen(QColor(self._theme.muted), 1.0, Qt.PenStyle.DashLine)
        line = np.full(len(self.timeline), GUIDE)
        self._paint_line(painter, line, RATIOS, strip, guide)
        values = self.timeline.ratios(row.key)
        decades = np.log10(np.where(values > 0, values, np.nan))
        pen = QPen(QColor(self._theme.classes[1]), 1.8)
        self._paint_line(painter, decades, RATIOS, strip, pen)
        painter.setPen(QColor(self._theme.muted))
        self._write_ends(painter, strip, "1e-6", "1")

    def _paint_line(
        self,
        painter: QPainter,
        values: np.ndarray,
        bounds: tuple[float, float],
        strip: QRectF,
        pen: QPen,
    ) -> None:
        """A curve through what is a number, cut at the strip."""
        low, high = bounds
        known = np.isfinite(values)
        x = self._across(strip)[known]
        part = np.clip((values[known] - low) / (high - low), 0.0, 1.0)
        y = strip.bottom() - part * strip.height()
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(x) == 1:
            painter.drawLine(QPointF(strip.left(), y[0]), QPointF(strip.right(), y[0]))
        else:
            points = zip(x.tolist(), y.tolist(), strict=True)
            painter.drawPolyline(QPolygonF([QPointF(*point) for point in points]))

    def _write_ends(self, painter: QPainter, strip: QRectF, low: str, high: str) -> None:
        left, wide, tall = strip.right() + 4, NUMBERS - 6, 12
        if strip.height() < 2 * tall - 2:
            return  # no room for both
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, strip.top() - 1, wide, tall), flags, high)
        painter.drawText(QRectF(left, strip.bottom() - tall + 1, wide, tall), flags, low)

    def _paint_steps(self, painter: QPainter, last: QRectF) -> None:
        steps = self.timeline.steps
        painter.setPen(QColor(self._theme.muted))
        box = QRectF(last.left(), last.bottom() + 2, last.width(), FOOT - 2)
        top = Qt.AlignmentFlag.AlignTop
        painter.drawText(box, top | Qt.AlignmentFlag.AlignLeft, f"step {steps[0]:,}")
        if steps[-1] != steps[0]:
            painter.drawText(box, top | Qt.AlignmentFlag.AlignRight, f"{steps[-1]:,}")


def _value(kind: str, value: float) -> str:
    """A value as a person reads it; of a kind in decades the size itself."""
    if not np.isfinite(value):
        return "–"
    if kind in IN_DECADES:
        return f"{10.0**value:.0e}".replace("e-0", "e-").replace("e+0", "e")
    return readable(value, 2)


@lru_cache(maxsize=16)
def _table(ground: str, hue: str) -> np.ndarray:
    """`[256]` of 0xffRRGGBB, from the ground to a hue."""
    low, high = rgb(ground), rgb(hue)
    return pack(low + (high - low) * np.linspace(0, 1, 256)[:, None])
