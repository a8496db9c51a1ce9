"""Where an attention looks for one sample: a heat map of query by key for each head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.panels.numbers import readable
from app.views.pictures import fit
from app.views.sampled import EDGE, HEAD, SampledView
from app.views.shades import of_colors, shares
from runtime.figures.attention import AttentionMap
from runtime.snapshot import Ask

LABEL = 16  # pixels for a symbol
LEGIBLE, LEGIBLE_NUMBER = 9.0, 28.0  # pixels of a cell from which symbols, numbers are written


class AttentionView(SampledView):
    """A table for each head: a row for each query, a column for each key, the stronger the colour, the more of it is taken."""

    title = "Attention"
    help = "w = softmax(K q / √d): how much of each value (across) a query (down) takes, for one sample; rows add up to 1."
    nothing = (
        "Select an attention, or a softmax over the places of a sequence, to see where it looks."
    )
    tall = 180
    shows = AttentionMap
    _found: AttentionMap | None

    def asks(self) -> tuple[Ask, ...]:
        return (Ask("attention", self._selected, str(self.place)),)

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        super().show_figures(figures)
        self.show_buttons(self.has_something())

    def forget(self) -> None:
        super().forget()
        self.show_buttons(False)

    def square(self, head: int) -> QRectF:
        """Where the cells of a head lie."""
        assert self._found is not None
        heads, rows, columns = self._found.weights.shape
        area = QRectF(EDGE, HEAD + 2, self.width() - 2 * EDGE, self.height() - HEAD - 8)
        _, across = fit(heads, area.width(), area.height(), columns / rows)
        down = -(-heads // across)
        wide, high = area.width() / across, area.height() / down
        above = 2 * LABEL if heads > 1 else LABEL  # for the head's name and the keys
        side = min((wide - LABEL - 8) / columns, (high - above - 2) / rows, 60.0)
        row, column = divmod(head, across)
        left, top = area.left() + column * wide + LABEL, area.top() + row * high + above
        return QRectF(left, top, side * columns, side * rows)

    @property
    def _largest(self) -> float:
        """The largest weight, which has the full colour."""
        assert self._found is not None
        return float(self._found.weights.max(initial=0)) or 1.0

    def cell(self, head: int, query: int, key: int) -> QRectF:
        """Where one weight is painted."""
        assert self._found is not None
        table = self.square(head)
        side = table.height() / self._found.weights.shape[1]
        return QRectF(table.left() + key * side, table.top() + query * side, side, side)

    def paint(self, painter: QPainter) -> None:
        found = self._found
        assert found is not None
        for head in range(len(found.weights)):
            self._paint_head(painter, head)
        words = f"{found.block}, sample {found.sample}: query ↓ × key →, up to {readable(self._largest, 2)}"
        if found.weights.shape != found.total:
            words += f", the first of {' × '.join(map(str, found.total))}"
        self.say(painter, words, 0, self.place_buttons(0) - 8)

    def _paint_head(self, painter: QPainter, head: int) -> None:
        assert self._found is not None
        weights, table = self._found.weights[head].astype(float), self.square(head)
        levels = (weights / self._largest * 255).round().clip(0, 255).astype(int)
        painter.drawImage(table, of_colors(shares(self._theme)[levels]))
        painter.setPen(QPen(QColor(self._theme.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(table)
        painter.setPen(QColor(self._theme.muted))
        if len(self._found.weights) > 1:
            title = QRectF(table.left(), table.top() - 2 * LABEL, max(table.width(), 60), LABEL)
            painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, f"head {head + 1}")
        if table.height() / len(weights) >= LEGIBLE:
            self._paint_symbols(painter, table)
            self._paint_numbers(painter, head, weights)

    def _paint_symbols(self, painter: QPainter, table: QRectF) -> None:
        assert self._found is not None
        painter.setPen(QColor(self._theme.text))
        _, queries, keys = self._found.weights.shape
        side = table.height() / queries
        for n in range(queries if queries > 1 else 0):
            box = QRectF(table.left() - LABEL, table.top() + n * side, LABEL - 3, side)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, called(self._found.rows, n))
        for n in range(keys):
            box = QRectF(table.left() + n * side, table.top() - LABEL, side, LABEL)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, called(self._found.columns, n))

    def _paint_numbers(self, painter: QPainter, head: int, weights: np.ndarray) -> None:
        if self.cell(head, 0, 0).width() < LEGIBLE_NUMBER:
            return
        on_light, on_dark = QColor(self._theme.text), QColor(self._theme.background)
        for (query, key), weight in np.ndenumerate(weights):
            if weight >= 0.005:
                painter.setPen(on_dark if weight > 0.6 * self._largest else on_light)
                text = f"{weight:.2f}".removeprefix("0")
                painter.drawText(self.cell(head, query, key), Qt.AlignmentFlag.AlignCenter, text)

    def told(self, x: float, y: float) -> str:
        for head in range(len(self._found.weights) if self._found else 0):
            table = self.square(head)
            if self._found is None or not table.contains(x, y):
                continue
            _, queries, keys = self._found.weights.shape
            query = min(int((y - table.top()) / table.height() * queries), queries - 1)
            key = min(int((x - table.left()) / table.width() * keys), keys - 1)
            weight = readable(float(self._found.weights[head, query, key]), 3)
            ends = [
                f"place {n + 1} ({names[n]})" if n < len(names) else f"place {n + 1}"
                for names, n in ((self._found.rows, query), (self._found.columns, key))
            ]
            looks = f"{ends[0]} looks at {ends[1]}" if queries > 1 else f"it looks at {ends[1]}"
            return (f"head {head + 1}: " if len(self._found.weights) > 1 else "") + (
                f"{looks} with {weight}"
            )
        return ""


def called(names: tuple[str, ...], number: int) -> str:
    """A place's symbol, else its number from 1."""
    return names[number] if number < len(names) else str(number + 1)
