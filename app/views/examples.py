"""Samples with what they are and what was answered, as small pictures or in numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.lines import write_line
from app.theme import Theme
from app.views.shades import picture
from runtime.figures.confusion import Examples

HEAD, CAPTION, GAP = 18, 14, 6
LEAST, LARGEST = 34.0, 64.0  # pixels of a picture


@dataclass(frozen=True)
class Gallery:
    """Examples laid out in an area; `name` tells what a class is called."""

    examples: Examples
    area: QRectF
    heading: str
    name: Callable[[int], str]
    empty: str = "none"  # said where there are no samples

    def boxes(self) -> list[QRectF]:
        """Where each sample stands that has room: its picture, or its line of numbers."""
        count = len(self.examples.samples)
        top, width = self.area.top() + HEAD, self.area.width()
        if self.examples.pictures is None:
            lines = max(0, int((self.area.height() - HEAD) // HEAD))
            return [
                QRectF(self.area.left(), top + n * HEAD, width, HEAD)
                for n in range(min(count, lines))
            ]
        side = min(LARGEST, max(LEAST, self.area.height() - HEAD - CAPTION - GAP, 1), width)
        across = max(1, int((width + GAP) // (side + GAP)))
        if count > across:  # smaller ones, so that more are seen
            side = min(side, max(LEAST, (width - 2 * GAP) / 3, 1))
            across = max(1, int((width + GAP) // (side + GAP)))
        down = max(1, int((self.area.height() - HEAD + GAP) // (side + CAPTION + GAP)))
        return [
            QRectF(
                self.area.left() + n % across * (side + GAP),
                top + n // across * (side + CAPTION + GAP),
                side,
                side,
            )
            for n in range(min(count, across * down))
        ]

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Heading, samples, and under each its true class, the answer and how sure it was."""
        painter.setPen(QColor(theme.muted))
        head = QRectF(self.area.left(), self.area.top(), self.area.width(), HEAD)
        write_line(painter, head, self.heading)
        if not len(self.examples.samples):
            flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(self.area.adjusted(0, HEAD + 2, 0, 0), flags, self.empty)
        for number, box in enumerate(self.boxes()):
            if self.examples.pictures is None:
                self._paint_line(painter, number, box, theme)
            else:
                self._paint_picture(painter, number, box, theme)

    def _paint_picture(self, painter: QPainter, number: int, box: QRectF, theme: Theme) -> None:
        assert self.examples.pictures is not None
        shown = self.examples.pictures[number]
        height, width = shown.shape[:2]
        side = box.width() / max(height, width)
        place = QRectF(0, 0, side * width, side * height)
        place.moveCenter(box.center())
        painter.drawImage(place, picture(shown, theme))
        right = self.examples.true[number] == self.examples.answered[number]
        painter.setPen(QPen(QColor(theme.gradient if right else theme.problem), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)
        painter.setPen(QColor(theme.text))
        below = QRectF(box.left() - GAP / 2, box.bottom() + 1, box.width() + GAP, CAPTION)
        text = self._short(number)
        if painter.fontMetrics().horizontalAdvance(text) > below.width():
            text = self._answer(number)
        write_line(painter, below, text, Qt.AlignmentFlag.AlignCenter)

    def _short(self, number: int) -> str:
        return f"{self._answer(number)} {self._told(number)[2]}"

    def _answer(self, number: int) -> str:
        true, answered, _ = self._told(number)
        return f"{true}→{answered}" if true != answered else true

    def _told(self, number: int) -> tuple[str, str, str]:
        examples = self.examples
        true, answered = int(examples.true[number]), int(examples.answered[number])
        return self.name(true), self.name(answered), f"{100 * examples.confidence[number]:.0f} %"

    def _paint_line(self, painter: QPainter, number: int, box: QRectF, theme: Theme) -> None:
        painter.setPen(QColor(theme.text))
        values = self.examples.texts[number] if number < len(self.examples.texts) else ""
        write_line(painter, box, f"{self._short(number)}   ({values})")

    def told(self, x: float, y: float) -> str:
        """What the sample under a point is, "" beside them."""
        for number, box in enumerate(self.boxes()):
            if box.contains(x, y):
                true, answered, sure = self._told(number)
                values = self.examples.texts[number] if self.examples.pictures is None else ""
                told = f"sample {self.examples.samples[number]}: {true}, answered {answered} with {sure}"
                return f"{told}; {values}" if values else told
        return ""
