"""Small words in paint: a painter that writes them, and a line that is cut where it does not fit."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight

SMALL = 11  # pixels of a font


def small_painter(widget: QWidget) -> QPainter:
    """Paints on a widget with soft edges, and writes small in the widget's font."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = widget.font()
    font.setPixelSize(SMALL)
    painter.setFont(font)
    return painter


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
