"""Why does it not learn?  What the finders tell, each with its evidence, its curves, and perhaps an edit that mends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.panels.words import counted
from app.theme import Theme
from app.views.axes import tick_text
from app.views.job import JobView
from graph.edits import SetRecipe
from runtime.figures.findings import Finding, Findings, Trace
from runtime.messages import Compiled
from runtime.snapshot import Ask

CURVES = 74  # pixels of the evidence's curves
LINES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


class FindingsView(JobView):
    """A list, made anew as findings come.  `visited(block)` is said by “Show it”, `mended(edit)` by a finding's button."""

    title = "Findings"
    help = (
        "Why it does not learn: each cause is tried on copies of the run, as η/10 against η in w ← w − η ∂C/∂w, "
        "and told only with its evidence. Training goes on undisturbed."
    )
    nothing = "Press Look to find out why a run does not learn."
    verb = "Look"

    visited = Signal(str)
    mended = Signal(object)  # Edit of the whole diagram

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.found: Findings | None = None
        self.said = QLabel()
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setProperty("role", "muted")
        self.controls.addWidget(self.said)
        self.rows = QScrollArea()
        self.rows.setWidgetResizable(True)
        self.rows.setFrameShape(QFrame.Shape.NoFrame)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.takeAt(1)
        column.addSpacing(8)
        column.addWidget(self.rows, 1)
        self.rows.hide()

    def job(self) -> Ask:
        return Ask("findings")

    def start(self) -> None:
        self._show(None)
        super().start()

    def asks(self) -> tuple[Ask, ...]:
        return ()

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        """Nothing comes with the frames."""

    def show_found(self, found: object) -> None:
        if isinstance(found, Findings):
            self._show(found)

    def select(self, block: str) -> None:
        """The whole run is looked at."""

    def forget(self) -> None:
        self._show(None)

    def show_compiled(self, message: Compiled) -> None:
        """What was found stays until it is looked again: an edit of the list itself would take it away."""

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._show(self.found, anew=True)

    def has_something(self) -> bool:
        return self.found is not None

    def paint(self, painter: QPainter) -> None:
        """The list is made of widgets."""

    # --- the list ------------------------------------------------------------------------------------------------

    def _show(self, found: Findings | None, anew: bool = False) -> None:
        before, self.found = self.found, found
        self.rows.setVisible(found is not None)
        if found is None:
            self.said.setText("")
            self.update()
            return
        self.said.setText(f"{counted(len(found.checked), 'cause')} looked at, step {found.step:,}")
        if anew or before is None or _told(before) != _told(found):
            self.rows.setWidget(self._list(found))

    def _list(self, found: Findings) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(18, 2, 12, 10)
        column.setSpacing(14)
        for finding in found.found:
            column.addWidget(self._row(finding))
        if not found.found:
            column.addWidget(_text("Nothing is found so far."))
        if found.checked:
            column.addWidget(_text(f"Looked at: {'; '.join(found.checked)}.", "small"))
        if found.left_out:
            column.addWidget(_text(f"Left out: {'; '.join(found.left_out)}.", "small"))
        column.addStretch(1)
        return inside

    def _row(self, finding: Finding) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        title = _text(finding.text)
        font = QFont(title.font())
        font.setBold(True)
        title.setFont(font)
        column.addWidget(title)
        column.addWidget(_text(finding.evidence, "muted"))
        if finding.traces:
            column.addWidget(Curves(finding.traces, self._theme))
        column.addWidget(_text(finding.advice))
        line = QHBoxLayout()
        line.setSpacing(6)
        edit = finding.edit
        if edit is not None:
            mend = QPushButton(button_text(edit))
            mend.setToolTip("Do this; undo takes it back.")
            mend.clicked.connect(lambda _checked=False: self.mended.emit(edit))
            line.addWidget(mend)
        if finding.where and not finding.where.startswith("recipe."):
            show = QPushButton("Show it")
            show.setToolTip(f"Go to {finding.where}.")
            show.clicked.connect(lambda _checked=False: self.visited.emit(finding.where))
            line.addWidget(show)
        if line.count():
            line.addStretch(1)
            column.addLayout(line)
        made.setAccessibleName(finding.text)
        return made


def _told(found: Findings) -> tuple[object, ...]:
    return (*(finding.text for finding in found.found), found.checked, found.left_out)


def button_text(edit: Any) -> str:
    """What an edit does, short enough for a button."""
    if isinstance(edit, SetRecipe):
        if edit.value is True:
            return f"Switch {edit.name} on"
        return (
            f"Set {edit.name} back" if edit.value is None else f"Set {edit.name} to {edit.value:g}"
        )
    return str(edit.label)


def _text(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setProperty("role", role)
    return label


class Curves(QWidget):
    """The curves of a finding over the same steps: the first as it is, in the cost's colour, then how it could be."""

    def __init__(self, traces: tuple[Trace, ...], theme: Theme) -> None:
        super().__init__()
        self._traces, self._theme = traces, theme
        self.setFixedHeight(CURVES)
        self.setAccessibleName(", ".join(trace.name for trace in traces))

    def sizeHint(self) -> QSize:
        return QSize(220, CURVES)

    def color(self, number: int) -> QColor:
        """The colour of a curve."""
        return QColor((self._theme.cost, self._theme.gradient, self._theme.function)[number % 3])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        values = np.concatenate([trace.values for trace in self._traces])
        values = values[np.isfinite(values)]
        if not len(values):
            return
        low, high = float(values.min()), float(np.quantile(values, 0.95))
        high = high if high > low else low + 1.0
        longest = max(len(trace.values) for trace in self._traces)
        area = QRectF(40, 4, self.width() - 150, CURVES - 10)
        painter.setPen(QPen(QColor(self._theme.border), 1))
        painter.drawRect(area)
        self._paint_ends(painter, area, low, high)
        for number, trace in enumerate(self._traces):
            painter.setClipRect(area)
            painter.setPen(QPen(self.color(number), 1.5, LINES[number % 3]))
            down = np.clip((high - trace.values) / (high - low), -1.0, 2.0)
            across = np.arange(len(down)) / max(1, longest - 1)
            places = [
                QPointF(area.left() + x * area.width(), area.top() + y * area.height())
                for x, y in zip(across.tolist(), down.tolist(), strict=True)
                if np.isfinite(y)
            ]
            painter.drawPolyline(QPolygonF(places))
            painter.setClipping(False)
            self._paint_name(painter, area, number, trace.name)

    def _paint_ends(self, painter: QPainter, area: QRectF, low: float, high: float) -> None:
        painter.setPen(QColor(self._theme.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            QRectF(0, area.top() - 3, area.left() - 5, 14), right, tick_text(float(f"{high:.2g}"))
        )
        painter.drawText(
            QRectF(0, area.bottom() - 11, area.left() - 5, 14),
            right,
            tick_text(float(f"{low:.2g}")),
        )

    def _paint_name(self, painter: QPainter, area: QRectF, number: int, name: str) -> None:
        top = area.top() + 8 + 16 * number
        left = area.right() + 8
        painter.setPen(QPen(self.color(number), 1.5, LINES[number % 3]))
        painter.drawLine(QPointF(left, top), QPointF(left + 16, top))
        painter.setPen(QColor(self._theme.text))
        room = self.width() - left - 22
        shown = QFontMetricsF(painter.font()).elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left + 22, top - 8, room, 16), Qt.AlignmentFlag.AlignVCenter, shown)
