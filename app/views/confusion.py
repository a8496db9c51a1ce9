"""Which class is taken for which: the confusion matrix of the validation part, and samples behind its cells."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen

from app.theme import Theme
from app.views.examples import Gallery
from app.views.sampled import ToldView
from runtime.figures.confusion import Confusion
from runtime.snapshot import Ask

LEFT, TOP = 64, 40  # pixels for the classes' names, at the most
NARROW = 34
LINE, SHORT = 11.0, 22.0  # pixels of a name's height, and of as much of it as must be seen
LEGIBLE = 16.0  # pixels of a cell from which its count is written
BESIDE = 0.42  # of the width, or of the height, that the samples have
MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ConfusionView(ToldView):
    """Rows are true classes, columns answers; a cell's colour is its share of the row.

    A click, or the arrow keys, choose a cell, whose samples are shown beside; Escape goes back to those that are most
    confidently wrong.
    """

    title = "Confusion"
    help = (
        "Row: true class, column: answer argmax ȳ, on the validation part; the diagonal is right. "
        "Click a cell for its samples."
    )
    nothing = "The confusion matrix appears when the diagram chooses among classes."
    tall = 190
    shows = Confusion
    _found: Confusion | None

    def __init__(self, theme: Theme, parent: Any = None) -> None:
        super().__init__(theme, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def chosen(self) -> tuple[int, int] | None:
        """True class and answer of the chosen cell."""
        parts = self.choice.split(",")
        return (int(parts[0]), int(parts[1])) if len(parts) == 2 else None

    def choose(self, choice: str) -> None:
        parts = choice.split(",")
        fits = len(parts) == 2 and all(p.isdecimal() and len(p) < 6 for p in parts)
        self.choice = choice if fits else ""
        self.asked.emit()
        self.update()

    def asks(self) -> tuple[Ask, ...]:
        return (Ask("confusion", choice=self.choice),)

    def select(self, block: str) -> None:
        """Every block has the same matrix."""

    # --- where ------------------------------------------------------------------------------------------------

    @property
    def _left(self) -> int:
        """Pixels that the classes' names need."""
        count = len(self._found.counts) if self._found else 0
        wide = (self.fontMetrics().horizontalAdvance(self.name(n)) for n in range(count))
        return min(LEFT, max(NARROW, 14 + max(wide, default=0)))

    def _below(self) -> bool:
        """Whether the samples stand below the matrix, not at its right: where that leaves it larger."""
        beside = min(self.width() * (1 - BESIDE) - self._left, self.height() - TOP)
        below = min(self.width() - self._left, self.height() * (1 - BESIDE) - TOP)
        return below > beside

    def cell(self, true: int, answered: int) -> QRectF:
        """Where a cell lies in the widget."""
        assert self._found is not None
        count, below = len(self._found.counts), self._below()
        room = self._found.shown is not None
        width = self.width() * (1 - BESIDE if room and not below else 1) - self._left - 12
        height = self.height() * (1 - BESIDE if room and below else 1) - TOP - 8
        side = max(1.0, min(width / count, height / count))
        return QRectF(self._left + answered * side, TOP + true * side, side, side)

    def gallery(self) -> Gallery | None:
        """The samples beside the matrix, laid out; None where there are none to be had."""
        found = self._found
        if found is None or found.shown is None:
            return None
        last = self.cell(len(found.counts) - 1, len(found.counts) - 1)
        if self._below():
            area = QRectF(12, last.bottom() + 6, self.width() - 20, self.height() - last.bottom())
        else:
            area = QRectF(last.right() + 14, 2, self.width() - last.right() - 20, self.height() - 6)
        empty = "none" if found.cell else "none: every answer is right"
        return Gallery(found.shown, area, self._heading(found), self.name, empty)

    def _heading(self, found: Confusion) -> str:
        if found.cell is None:
            return "most confidently wrong"
        true, answered = found.cell
        return f"{self.name(true)} answered {self.name(answered)}: {found.counts[true, answered]:,}"

    def _cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        if self._found is None:
            return None
        first, count = self.cell(0, 0), len(self._found.counts)
        true, answered = (y - first.top()) // first.height(), (x - first.left()) // first.width()
        inside = 0 <= true < count and 0 <= answered < count
        return (int(true), int(answered)) if inside else None

    # --- painting ---------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        assert self._found is not None
        counts = self._found.counts
        shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
        for true, answered in np.ndindex(*counts.shape):
            self._paint_cell(painter, true, answered, float(shares[true, answered]))
        self._paint_names(painter)
        if self.chosen is not None and max(self.chosen) < len(counts):
            painter.setPen(QPen(QColor(self._theme.selection), 2))
            painter.drawRect(self.cell(*self.chosen))
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRectF(self._left, 2, 80, 16), Qt.AlignmentFlag.AlignLeft, "answer")
        painter.drawText(
            QRectF(4, TOP - 18, self._left - 8, 16), Qt.AlignmentFlag.AlignLeft, "true"
        )
        gallery = self.gallery()
        if gallery is not None:
            gallery.paint(painter, self._theme)

    def _paint_cell(self, painter: QPainter, true: int, answered: int, share: float) -> None:
        assert self._found is not None
        area = self.cell(true, answered).adjusted(0.5, 0.5, -0.5, -0.5)
        color = QColor(self._theme.gradient if true == answered else self._theme.problem)
        color.setAlphaF(0.06 + 0.74 * share)
        painter.fillRect(area, color)
        count = self._found.counts[true, answered]
        if count and area.height() >= LEGIBLE:
            painter.setPen(QColor(self._theme.text))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(count))

    def name(self, number: int) -> str:
        """What a class is called."""
        names = self._found.names if self._found else ()
        return names[number] if number < len(names) else str(number)

    def named(self) -> tuple[range, range]:
        """The classes whose names stand beside the rows, and above the columns: as many as have room."""
        assert self._found is not None
        side, count, metrics = self.cell(0, 0).width(), len(self._found.counts), self.fontMetrics()
        wide = max((metrics.horizontalAdvance(self.name(n)) for n in range(count)), default=0)
        down, across = math.ceil(LINE / side), math.ceil((min(wide, SHORT) + 3) / side)
        return range(0, count, down), range(0, count, across)

    def _paint_names(self, painter: QPainter) -> None:
        painter.setPen(QColor(self._theme.muted))
        metrics, cut = painter.fontMetrics(), Qt.TextElideMode.ElideRight
        rows, columns = self.named()
        for number in rows:
            box = QRectF(0, 0, self._left - 6, LINE)
            box.moveCenter(QPointF(box.center().x(), self.cell(number, 0).center().y()))
            text = metrics.elidedText(self.name(number), cut, self._left - 12)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        room = self.cell(0, 0).width() * columns.step
        texts = [metrics.elidedText(self.name(n), cut, int(room)) for n in columns]
        if len({*texts}) < len(texts):  # names that differ at their ends
            left = Qt.TextElideMode.ElideLeft
            texts = [metrics.elidedText(self.name(n), left, int(room)) for n in columns]
        for number, text in zip(columns, texts, strict=True):
            middle = self.cell(0, number).center().x()
            box = QRectF(middle - room / 2, TOP - 18, room, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # --- mouse and keys ---------------------------------------------------------------------------------------

    def told(self, x: float, y: float) -> str:
        """What the cell or the sample under a point says, "" outside."""
        cell, gallery = self._cell_at(x, y), self.gallery()
        if cell is None or self._found is None:
            return gallery.told(x, y) if gallery is not None else ""
        samples = ", ".join(map(str, self._found.examples.get(cell, ())))
        where = f" (samples {samples})" if samples else ""
        true, answered = map(self.name, cell)
        return f"{int(self._found.counts[cell])} of class {true} answered {answered}{where}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position().x(), event.position().y())
        if event.button() != Qt.MouseButton.LeftButton or cell is None:
            super().mousePressEvent(event)
            return
        self.choose("" if cell == self.chosen else f"{cell[0]},{cell[1]}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = MOVES.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self.choice:
            self.choose("")
        elif move is not None and self._found is not None:
            last = len(self._found.counts) - 1
            true, answered = self.chosen or (-move[0], -move[1])  # the first key goes to the corner
            at = (min(max(true + move[0], 0), last), min(max(answered + move[1], 0), last))
            self.choose(f"{at[0]},{at[1]}")
        else:
            super().keyPressEvent(event)
