"""One line of words in paint, cut where it does not fit."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


def write_line(
    painter: QPainter,
    place: QRectF,
    text: str,
    align: Qt.AlignmentFlag = LEFT,
    cut: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> float:
    """In the painter's font and pen, with … for what is cut away; how wide it became, in pixels."""
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, cut, int(place.width()))
    painter.drawText(place, align, shown)
    return float(metrics.horizontalAdvance(shown))
