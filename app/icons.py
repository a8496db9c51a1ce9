"""The icons of the training bar and of the window, drawn here because fonts lack them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

SIZE = 24  # logical pixels; drawn at twice that for fine screens


def icon(name: str, color: str) -> QIcon:
    """The icon of that name ("play", "pause", "step", "back", "first", "last", ...) in a colour."""
    pixmap = QPixmap(2 * SIZE, 2 * SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.setDevicePixelRatio(2)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _DRAWN[name](painter, QColor(color))
    painter.end()
    return QIcon(pixmap)


def _fill(painter: QPainter, color: QColor, *shapes: QPainterPath) -> None:
    for shape in shapes:
        painter.fillPath(shape, color)


def _bar(x: float, y: float, width: float, height: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(x, y, width, height), 1, 1)
    return path


def _triangle(left: float, right: float, top: float = 5, bottom: float = 19) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(
        QPolygonF([QPointF(left, top), QPointF(right, (top + bottom) / 2), QPointF(left, bottom)])
    )
    path.closeSubpath()
    return path


def _play(painter: QPainter, color: QColor) -> None:
    _fill(painter, color, _triangle(7.5, 19.5, 4.5, 19.5))


def _pause(painter: QPainter, color: QColor) -> None:
    _fill(painter, color, _bar(6, 4.5, 4.4, 15), _bar(13.6, 4.5, 4.4, 15))


def _step(painter: QPainter, color: QColor) -> None:
    _fill(painter, color, _triangle(5, 15.5), _bar(16, 5, 3, 14))


def _back(painter: QPainter, color: QColor) -> None:
    _fill(painter, color, _bar(5, 5, 3, 14), _triangle(19, 8.5))


def _first(painter: QPainter, color: QColor) -> None:
    _fill(painter, color, _bar(3, 5, 3, 14), _triangle(13.5, 6.5), _triangle(21, 13.5))


def _last(painter: QPainter, color: QColor) -> None:
    _fill(painter, color, _triangle(3, 10.5), _triangle(10.5, 17.5), _bar(18, 5, 3, 14))


def _reset(painter: QPainter, color: QColor) -> None:
    painter.setPen(QPen(color, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.drawArc(QRectF(5, 5, 14, 14), 30 * 16, 290 * 16)
    head = QPolygonF([QPointF(20.5, 3.5), QPointF(20.5, 10.5), QPointF(13.5, 10.5)])
    path = QPainterPath()
    path.addPolygon(head)
    path.closeSubpath()
    _fill(painter, color, path)


def _close(painter: QPainter, color: QColor) -> None:
    painter.setPen(QPen(color, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(7, 7), QPointF(17, 17))
    painter.drawLine(QPointF(17, 7), QPointF(7, 17))


def _wrong(painter: QPainter, color: QColor) -> None:
    _fill(painter, color, _triangle_up())
    painter.setPen(QPen(Qt.GlobalColor.white, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(12, 10), QPointF(12, 14.5))
    painter.drawPoint(QPointF(12, 18))


def _triangle_up() -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(12, 2.5), QPointF(22.5, 21.5), QPointF(1.5, 21.5)]))
    path.closeSubpath()
    return path


def _unfinished(painter: QPainter, color: QColor) -> None:
    painter.setPen(QPen(color, 2.2, Qt.PenStyle.DotLine))
    painter.drawEllipse(QPointF(12, 12), 8.5, 8.5)


def _gradboard(painter: QPainter, color: QColor) -> None:
    painter.setPen(QPen(color, 2.2))
    shape = QPainterPath(QPointF(3, 6))
    shape.lineTo(9, 6)
    shape.arcTo(QRectF(3, 6, 12, 12), 90, -180)
    shape.lineTo(3, 18)
    shape.closeSubpath()
    painter.drawPath(shape)
    painter.drawEllipse(QPointF(18.5, 12), 3.2, 3.2)


def _nothing(painter: QPainter, color: QColor) -> None:
    """Takes the room of an icon."""


_DRAWN = {
    "nothing": _nothing,
    "play": _play,
    "pause": _pause,
    "step": _step,
    "back": _back,
    "first": _first,
    "last": _last,
    "reset": _reset,
    "close": _close,
    "wrong": _wrong,
    "unfinished": _unfinished,
    "gradboard": _gradboard,
}
