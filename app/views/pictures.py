"""Filters of a block and its feature maps for one sample, as small pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from app.panels.numbers import readable
from app.theme import Theme
from app.views.sampled import EDGE, HEAD, SampledView
from app.views.shades import FULL, paint_scale, picture
from runtime.figures.pictures import Bank
from runtime.snapshot import Ask

GAP = 4
LEAST = 7.0  # pixels of a picture, below which fewer are shown
FILTERS_SHARE = 0.45  # of the height, where there are maps too


@dataclass(frozen=True)
class Shown:
    """One painted picture: where, what it is called, its levels, and the value of the largest level."""

    area: QRectF
    name: str
    levels: np.ndarray
    extent: float


class PicturesView(SampledView):
    """Filters above; below, a held-out sample and beside it its feature maps.  A group has one measure of colour."""

    title = "Filters and feature maps"
    help = (
        "The weights w of the selected block, for each output and input, and its output for one sample, s = Σ w ∗ z; "
        "one hue below 0, another above."
    )
    nothing = (
        "Filters are drawn here of the first convolution, or of the one that is selected, and its maps for one sample.\n"
        "This diagram has none, or the selected block has no pictures."
    )

    tall = 190

    def __init__(self, theme: Theme, parent: Any = None) -> None:
        super().__init__(theme, parent)
        self._found: dict[str, Bank] = {}
        self._shown: list[Shown] = []

    def asks(self) -> tuple[Ask, ...]:
        return Ask("filters", self._selected), Ask("maps", self._selected, str(self.place))

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        for ask in self.asks():
            if isinstance(figures.get(ask), Bank):
                self._found[ask.view] = figures[ask]
                self.update()
        self.show_buttons("maps" in self._found)
        self.place_buttons(self.buttons_top())

    def forget(self) -> None:
        self._found = {}
        self.show_buttons(False)
        self.update()

    def has_something(self) -> bool:
        return bool(self._found)

    def buttons_top(self) -> float:
        return self.height() * FILTERS_SHARE if "filters" in self._found else 0.0

    def paint(self, painter: QPainter) -> None:
        self._shown = []
        if "filters" in self._found:
            bottom = self.buttons_top() if "maps" in self._found else float(self.height())
            self._paint_filters(painter, self._found["filters"], bottom)
        if "maps" in self._found:
            self._paint_maps(painter, self._found["maps"], self.buttons_top())

    def _paint_filters(self, painter: QPainter, bank: Bank, bottom: float) -> None:
        scale = paint_scale(painter, self.width() - EDGE, 2, bank.extent, self._theme)
        area = QRectF(EDGE, HEAD + 4, self.width() - 2 * EDGE, bottom - HEAD - 10)
        shown = self._paint_bank(painter, bank, area, "filter")
        self.say(painter, f"filters of {bank.block}: {shown}", 0, scale.left() - 8)

    def _paint_maps(self, painter: QPainter, bank: Bank, top: float) -> None:
        right = self.place_buttons(top)
        scale = paint_scale(painter, right - 4, top + 2, bank.extent, self._theme)
        area = QRectF(
            EDGE, top + HEAD + 4, self.width() - 2 * EDGE, self.height() - top - HEAD - 10
        )
        area = self._paint_given(painter, bank, area)
        shown = self._paint_bank(painter, bank, area, "map")
        words, room = f"sample {bank.sample}, maps of {bank.block}: {shown}", scale.left() - 8
        if painter.fontMetrics().horizontalAdvance(words) > room - EDGE:
            words = f"sample {bank.sample}: {shown}"
        self.say(painter, words, top, room)

    def _paint_given(self, painter: QPainter, bank: Bank, area: QRectF) -> QRectF:
        """The sample itself, at the left; returns the room that is left."""
        if bank.given is None:
            return area
        height, width = bank.given.shape[:2]
        side = min(area.height(), area.width() / 3 * height / width, area.width() / 3)
        box = QRectF(area.left(), area.top(), side * width / height, side)
        painter.drawImage(box, picture(bank.given, self._theme))
        painter.setPen(QPen(QColor(self._theme.muted), 1))
        painter.drawRect(box)
        return area.adjusted(box.width() + 3 * GAP, 0, 0, 0)

    def _paint_bank(self, painter: QPainter, bank: Bank, area: QRectF, name: str) -> str:
        """All pictures that have room; how many they are, in words."""
        rows, columns, height, width = bank.levels.shape[:4]
        placed = arranged(rows, columns, area, width / height)
        painter.setPen(QPen(QColor(self._theme.border), 1))
        for (row, column), box in placed.items():
            levels = bank.levels[row, column]
            painter.drawImage(box, picture(levels, self._theme))
            painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))
            called = f"{name} {row}" if bank.total[1] == 1 else f"{name} {row}, {column}"
            self._shown.append(Shown(box, called, levels, bank.extent))
        return words(bank, placed)

    def told(self, x: float, y: float) -> str:
        for shown in self._shown:
            if shown.area.contains(x, y):
                height, width = shown.levels.shape[:2]
                row = min(int((y - shown.area.top()) / shown.area.height() * height), height - 1)
                column = min(int((x - shown.area.left()) / shown.area.width() * width), width - 1)
                level = shown.levels[row, column].astype(float)
                zero = 128 if shown.levels.dtype == np.uint8 else 0
                numbers = np.atleast_1d((level - zero) / FULL * shown.extent)
                told = ", ".join(readable(float(v), 3) for v in numbers)
                return f"{shown.name}, row {row}, column {column}: {told}"
        return ""


def words(bank: Bank, placed: Mapping[tuple[int, int], QRectF]) -> str:
    """`24`, `12 of 64`, `16 × 24 of 64 × 24`: how many pictures are shown of those there are."""
    rows = 1 + max(row for row, _ in placed)
    columns = 1 + max(column for _, column in placed)
    here, all_ = (
        (f"{r:,} × {c:,}" if bank.total[1] > 1 else f"{r:,}")
        for r, c in ((rows, columns), bank.total)
    )
    return all_ if here == all_ else f"{here} of {all_}"


def arranged(rows: int, columns: int, area: QRectF, aspect: float) -> dict[tuple[int, int], QRectF]:
    """Where each picture lies: a table, or as fills the area best when there is one column; no more than are legible."""
    if columns == 1:
        count = rows
        side, across = fit(count, area.width(), area.height(), aspect)
        while side < LEAST and count > 1:
            count -= 1
            side, across = fit(count, area.width(), area.height(), aspect)
        places = {(n, 0): divmod(n, across) for n in range(count)}
    else:
        upright = _table(rows, columns, area, aspect)
        lying = _table(columns, rows, area, aspect)
        turned = lying[0] > upright[0]
        side, down, right = lying if turned else upright
        cells = [(r, c) for r in range(down) for c in range(right)]
        places = {((c, r) if turned else (r, c)): (r, c) for r, c in cells}
    wide = side * aspect
    return {
        key: QRectF(
            area.left() + column * (wide + GAP), area.top() + row * (side + GAP), wide, side
        )
        for key, (row, column) in places.items()
    }


def _table(rows: int, columns: int, area: QRectF, aspect: float) -> tuple[float, int, int]:
    """The height of a picture in a table, and of how many rows and columns there is room."""
    rows = min(rows, max(1, int(area.height() // (LEAST + GAP))))
    columns = min(columns, max(1, int(area.width() // (LEAST * aspect + GAP))))
    side = min(area.height() / rows - GAP, (area.width() / columns - GAP) / aspect)
    return side, rows, columns


def fit(count: int, width: float, height: float, aspect: float) -> tuple[float, int]:
    """The height of a picture and the number of columns with which `count` pictures fill an area best."""
    best = (1.0, max(1, count))
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        side = min(
            (width - GAP * (columns - 1)) / columns / aspect, (height - GAP * (rows - 1)) / rows
        )
        best = max(best, (side, columns))
    return best
