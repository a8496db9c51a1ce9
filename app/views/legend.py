"""Legends at the right of a view: a dot and a name for each class, or a scale of colours for a surface."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.panels.numbers import readable
from app.theme import Theme
from app.views.areas import diverging_color
from app.views.marks import paint_mark

ROW, CLOSEST = 18.0, 13.0  # pixels from one row to the next
MOST = 12  # classes


def class_name(number: int, names: tuple[str, ...]) -> str:
    """What a class is called: its name in the data, else its number."""
    return names[number] if number < len(names) else f"class {number}"


def row_of(room: QRectF, number: int, classes: int) -> QRectF:
    """Where a class stands in the room for the legend; closer together where there is little of it."""
    step = min(ROW, max(CLOSEST, room.height() / max(1, min(classes, MOST))))
    return QRectF(room.left(), room.top() + step * number, room.width(), step)


def rows_in(room: QRectF, classes: int) -> int:
    """How many classes have a place."""
    step = row_of(room, 0, classes).height()
    return max(0, min(classes, MOST, int((room.height() + 1) // step)))


def paint_classes(
    painter: QPainter,
    room: QRectF,
    classes: int,
    names: tuple[str, ...],
    theme: Theme,
    chosen: int | None = None,
) -> None:
    """A row for each class; the chosen one stands out."""
    for number in range(rows_in(room, classes)):
        row = row_of(room, number, classes)
        if number == chosen:
            painter.fillRect(row, QColor(theme.button))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.classes[number % len(theme.classes)]))
        paint_mark(painter, number, row.left() + 8, row.center().y(), 4)
        painter.setPen(QColor(theme.muted))
        inside = row.adjusted(18, 0, -2, 0)
        text = painter.fontMetrics().elidedText(
            class_name(number, names), Qt.TextElideMode.ElideRight, int(inside.width())
        )
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, text)


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
