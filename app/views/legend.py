"""Legends at the right of a view: a dot and a name for each class, or a scale of colours for a surface."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.lines import write_line
from app.panels.numbers import readable
from app.theme import Theme
from app.views.areas import diverging_color
from app.views.marks import paint_mark

ROW, CLOSEST = 18.0, 13.0  # pixels from one row to the next
NARROW = 36.0  # pixels of a column, at the least
MOST = 12  # classes


def class_name(number: int, names: tuple[str, ...]) -> str:
    """What a class is called: its name in the data, else its number."""
    return names[number] if number < len(names) else f"class {number}"


def row_of(room: QRectF, number: int, classes: int) -> QRectF:
    """Where a class stands in the room for the legend; where it is low, closer together and in several columns."""
    rows, columns = _table(room, classes)
    step = min(ROW, max(CLOSEST, room.height() / rows))
    wide = room.width() / columns
    column, row = divmod(number, rows)
    return QRectF(room.left() + wide * column, room.top() + step * row, wide, step)


def _table(room: QRectF, classes: int) -> tuple[int, int]:
    """How many rows and columns there are."""
    wanted = max(1, min(classes, MOST))
    fitting = max(1, int((room.height() + 1) // CLOSEST))
    columns = min(math.ceil(wanted / fitting), max(1, int(room.width() // NARROW)))
    return min(math.ceil(wanted / columns), fitting), columns


def rows_in(room: QRectF, classes: int) -> int:
    """How many classes have a place; the last place is left to the word about the others, where there are others."""
    if room.height() < CLOSEST - 1:
        return 0
    rows, columns = _table(room, classes)
    places = min(rows * columns, MOST)
    return classes if classes <= places else places - 1


def paint_classes(
    painter: QPainter,
    room: QRectF,
    classes: int,
    names: tuple[str, ...],
    theme: Theme,
    chosen: int | None = None,
) -> None:
    """A row for each class; the chosen one stands out."""
    shown, columns = rows_in(room, classes), _table(room, classes)[1]
    if 0 < shown < classes:
        painter.setPen(QColor(theme.muted))
        room_left = row_of(room, shown, classes).adjusted(4, 0, 0, 0)
        painter.drawText(room_left, Qt.AlignmentFlag.AlignVCenter, f"+ {classes - shown}")
    for number in range(shown):
        row = row_of(room, number, classes)
        if number == chosen:
            painter.fillRect(row, QColor(theme.button))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.classes[number % len(theme.classes)]))
        paint_mark(painter, number, row.left() + 8, row.center().y(), 4)
        painter.setPen(QColor(theme.muted))
        inside = row.adjusted(18, 0, -2, 0)
        name = class_name(number, names) if columns == 1 or number < len(names) else str(number)
        write_line(painter, inside, name)


def paint_scale(
    painter: QPainter,
    room: QRectF,
    low: float,
    high: float,
    theme: Theme,
    color_of: Callable[[float, Theme], QColor] = diverging_color,
) -> None:
    """The colours from `low` to `high`, with three numbers."""
    height = max(20.0, min(room.height() - 10, 120.0))
    left, top = room.left() + 4, room.top() + 6
    for row in range(int(height)):
        color = color_of(1 - row / height, theme)
        painter.fillRect(QRectF(left, top + row, 10, 1.5), color)
    painter.setPen(QColor(theme.muted))
    for share, value in ((0.0, high), (0.5, (low + high) / 2), (1.0, low)):
        where = QRectF(left + 16, top + share * height - 8, room.width() - 20, 16)
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, readable(value, 3))
