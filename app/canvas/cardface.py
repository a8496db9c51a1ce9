"""What the card of a variable says: name, shape, numbers, histogram, a picture of its value, what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.canvas.faces import scientific
from app.canvas.inks import sans, serif
from app.panels.numbers import readable
from app.theme import Theme
from app.views.shades import picture, signed
from runtime.figures.card import Card
from runtime.snapshot import Histogram

WIDTH, EDGE, LINE = 252, 12, 16
HEAD, BARS, AXIS = 40, 56, 16  # heights: of name and shape, of the histogram, of its numbers
PICTURE, CELLS = 96, 18  # heights: of pictures, of a row of cells
ROW_CELLS = 32  # components of a vector in one row of cells
SMALL, NAME = 11, 17


@dataclass(frozen=True)
class CardFace:
    """`told` is the address of the variable and its shape; `card` holds its numbers, None until they come."""

    name: str
    told: str
    card: Card | None
    sign: str

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Names and numbers, in the order in which they are read: down, then the next column."""
        card = self.card
        if card is None:
            return []
        gradient = scientific(card.gradient) if card.gradient is not None else "none"
        found = [
            ("mean", readable(card.mean, 3)),
            ("spread", readable(card.deviation, 3)),
            ("zeros", f"{card.zeros:.1%}".replace("%", " %")),
            ("min", readable(card.low, 3)),
            ("max", readable(card.high, 3)),
            ("‖∂C/∂‖", gradient),
        ]
        if card.broken:
            found.append(("not a number", f"{card.broken:.1%}".replace("%", " %")))
        return found

    @property
    def size(self) -> QSize:
        """How much room all of it takes, in pixels."""
        height = HEAD + EDGE
        if self.card is None:
            height += LINE
        else:
            height += LINE * -(-len(self.rows) // 2) + 6 + BARS + AXIS + self._picture_height()
        if self.sign:
            height += round(self._sign_box(0).height()) + 6
        return QSize(WIDTH, height)

    def _sign_box(self, top: float) -> QRectF:
        room = QRectF(EDGE, top, WIDTH - 2 * EDGE, 200)
        return QFontMetricsF(sans(SMALL)).boundingRect(
            room, int(Qt.TextFlag.TextWordWrap), self.sign
        )

    def _picture_height(self) -> int:
        if self.card is None or not len(self.card.picture):
            return 0
        if self.card.picture.ndim == 3 and self.card.picture.shape[1] == 1:
            rows = -(-self.card.picture.shape[2] // ROW_CELLS)
            return LINE + (CELLS if rows == 1 else min(7 * rows, PICTURE)) + 6
        return LINE + PICTURE + 6

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Paints it from the corner on."""
        painter.setPen(QPen(QColor(theme.border), 1.4))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(QRectF(QPointF(), self.size).adjusted(1, 1, -1, -1), 6, 6)
        self._paint_head(painter, theme)
        painter.setFont(sans(SMALL))
        top = float(HEAD)
        if self.card is None:
            painter.setPen(QColor(theme.muted))
            painter.drawText(QPointF(EDGE, top + 12), "The numbers come with the next step.")
            top += LINE
        else:
            top = self._paint_numbers(painter, theme, top)
            top = self._paint_histogram(painter, theme, self.card.histogram, top)
            top = self._paint_picture(painter, theme, self.card, top)
        if self.sign:
            painter.setPen(QColor(theme.problem))
            painter.drawText(self._sign_box(top + 4), int(Qt.TextFlag.TextWordWrap), self.sign)

    def _paint_head(self, painter: QPainter, theme: Theme) -> None:
        painter.setFont(serif(NAME))
        painter.setPen(QColor(theme.text))
        painter.drawText(QPointF(EDGE, 25), self.name)
        after = EDGE + QFontMetricsF(serif(NAME)).horizontalAdvance(self.name) + 8
        painter.setFont(sans(SMALL))
        painter.setPen(QColor(theme.muted))
        room = WIDTH - after - EDGE
        shown = painter.fontMetrics().elidedText(self.told, Qt.TextElideMode.ElideMiddle, int(room))
        painter.drawText(QPointF(after, 24), shown)

    def _paint_numbers(self, painter: QPainter, theme: Theme, top: float) -> float:
        rows = self.rows
        lines, wide = -(-len(rows) // 2), (WIDTH - 2 * EDGE - 16) / 2
        for number, (name, value) in enumerate(rows):
            column, line = divmod(number, lines)
            box = QRectF(EDGE + column * (wide + 16), top + line * LINE, wide, LINE)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.setPen(QColor(theme.muted))
            painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, name)
            color = theme.gradient_text if name == "‖∂C/∂‖" else theme.text
            painter.setPen(QColor(color))
            painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, value)
        return top + lines * LINE + 6

    def _paint_histogram(
        self, painter: QPainter, theme: Theme, histogram: Histogram, top: float
    ) -> float:
        area = QRectF(EDGE, top, WIDTH - 2 * EDGE, BARS)
        most, bins = int(histogram.counts.max(initial=0)) or 1, len(histogram.counts)
        wide = area.width() / bins
        for n, count in enumerate(histogram.counts.tolist()):
            if count:
                tall = max(1.0, count / most * (BARS - 2))
                bar = QRectF(area.left() + n * wide, area.bottom() - tall, max(wide - 1, 1), tall)
                painter.fillRect(bar, QColor(theme.function))
        painter.setPen(QColor(theme.border))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(QColor(theme.muted))
        box = QRectF(area.left(), area.bottom() + 1, area.width(), AXIS - 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, readable(histogram.low, 3))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, readable(histogram.high, 3))
        return top + BARS + AXIS

    def _paint_picture(self, painter: QPainter, theme: Theme, card: Card, top: float) -> float:
        if not len(card.picture):
            return top
        painter.setPen(QColor(theme.muted))
        shown = len(card.picture)
        more = f", {shown} of {card.channels} channels" if 1 < shown < card.channels else ""
        painter.drawText(QPointF(EDGE, top + 12), f"the first sample{more}")
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        room = QRectF(EDGE, top + LINE, WIDTH - 2 * EDGE, self._picture_height() - LINE - 6)
        if card.picture.ndim == 3 and card.picture.shape[1] == 1:
            self._paint_cells(painter, theme, card, room)
        else:
            for number, box in enumerate(_boxes(card.picture.shape, room)):
                painter.drawImage(box, picture(card.picture[number], theme))
                painter.setPen(QColor(theme.border))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box)
        return top + self._picture_height()

    def _paint_cells(self, painter: QPainter, theme: Theme, card: Card, room: QRectF) -> None:
        """The components of a vector, broken into rows like a text."""
        levels = card.picture[0, 0]
        across = min(len(levels), ROW_CELLS)
        rows = -(-len(levels) // across)
        wide, tall = room.width() / across, room.height() / rows
        colors = signed(theme)
        for number, value in enumerate(levels.tolist()):
            row, column = divmod(number, across)
            cell = QRectF(room.left() + column * wide, room.top() + row * tall, wide - 1, tall - 1)
            painter.fillRect(cell, QColor.fromRgb(int(colors[value + 127])))
        if card.channels and rows:
            painter.setPen(QColor(theme.border))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(room.left(), room.top(), across * wide - 1, rows * tall - 1))


def _boxes(shape: tuple[int, ...], room: QRectF) -> list[QRectF]:
    """Where pictures of one size lie, as large as they can be in a room, in rows."""
    count, height, width = shape[0], shape[1], shape[2]

    def scale(columns: int) -> float:
        rows = -(-count // columns)
        across = (room.width() - 3 * (columns - 1)) / (columns * width)
        return float(min(across, (room.height() - 3 * (rows - 1)) / (rows * height)))

    columns = max(range(1, count + 1), key=scale)
    wide, tall = width * scale(columns), height * scale(columns)
    return [
        QRectF(room.left() + c * (wide + 3), room.top() + r * (tall + 3), wide, tall)
        for r, c in (divmod(n, columns) for n in range(count))
    ]
