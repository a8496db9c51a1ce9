"""The matrix of a convolution from flattened input to flattened output: the same weights along its diagonals."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.panels.numbers import readable
from app.theme import mixed
from app.views.sampled import EDGE, HEAD, ToldView
from app.views.shades import FULL, paint_scale, picture
from runtime.figures.matrix import Matrix
from runtime.snapshot import Ask

LINED = 8.0  # pixels of a number from which there are lines between all of them
NUMBERED = 20.0  # and from which it is written


class MatrixView(ToldView):
    """Rows are outputs, columns inputs; a number is coloured by its value, so the same weight has the same colour."""

    title = "Matrix of a convolution"
    help = (
        "The matrix W of s = W z, from the flattened input (across) to the flattened output (down): "
        "a Toeplitz matrix, sparse, each weight once in every row of its channel."
    )
    nothing = "Select a convolution, or a linear block, to see its matrix."
    shows = Matrix
    _found: Matrix | None

    def asks(self) -> tuple[Ask, ...]:
        return (Ask("matrix", self._selected),)

    def area(self) -> QRectF:
        """Where the matrix lies: all of it, its numbers square."""
        assert self._found is not None
        rows, columns = self._found.values.shape
        width, height = self.width() - 2 * EDGE, self.height() - HEAD - 12
        side = min(width / columns, height / rows)
        return QRectF(EDGE, HEAD + 4, side * columns, side * rows)

    def paint(self, painter: QPainter) -> None:
        found = self._found
        assert found is not None
        if found.refusal:
            self.refuse(painter, found.refusal)
            return
        area, extent = self.area(), float(np.abs(found.values).max(initial=0.0)) or 1.0
        levels = (found.values / extent * FULL).round().astype(np.int8)
        painter.drawImage(area, picture(levels, self._theme))
        self._paint_lines(painter, area)
        self._paint_numbers(painter, area, levels)
        scale = paint_scale(painter, self.width() - EDGE, 2, extent, self._theme)
        room, words = scale.left() - 8, self.words()
        if painter.fontMetrics().horizontalAdvance(words) > room - EDGE:
            words = self.words(brief=True)
        self.say(painter, words, 0, room)

    def words(self, brief: bool = False) -> str:
        """Block, size, and how many numbers are not 0; only their share when `brief`."""
        found = self._found
        assert found is not None
        rows, columns = found.values.shape
        size = f"{rows} × {columns}"
        if (rows, columns) != found.total:
            size += f" of {found.total[0]:,} × {found.total[1]:,}"
        filled = np.count_nonzero(found.values)
        share = f"{filled / found.values.size:.0%}"
        told = f"{share} not 0" if brief else f"{filled:,} not 0 ({share})"
        return f"{found.block}: {size}, {told}"

    def _paint_lines(self, painter: QPainter, area: QRectF) -> None:
        """Thin ones between numbers that are large enough, stronger ones between channels, a frame."""
        assert self._found is not None
        rows, columns = self._found.values.shape
        between = mixed(self._theme.muted, self._theme.field, 0.55).name()
        steps = [(self._found.tiles, between)] if max(self._found.tiles) > 1 else []
        if area.height() / rows >= LINED:
            steps.insert(0, ((1, 1), self._theme.border))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for (down, across), color in steps:
            painter.setPen(QPen(QColor(color), 1))
            for row in range(down, rows, down):
                y = area.top() + row / rows * area.height()
                painter.drawLine(QLineF(area.left(), y, area.right(), y))
            for column in range(across, columns, across):
                x = area.left() + column / columns * area.width()
                painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
        painter.setPen(QPen(QColor(self._theme.muted), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)

    def _paint_numbers(self, painter: QPainter, area: QRectF, levels: np.ndarray) -> None:
        assert self._found is not None
        side = area.height() / len(self._found.values)
        if side < NUMBERED:
            return
        for (row, column), value in np.ndenumerate(self._found.values):
            if value:
                strong = abs(int(levels[row, column])) > 0.6 * FULL
                painter.setPen(QColor(self._theme.field if strong else self._theme.text))
                box = QRectF(area.left() + column * side, area.top() + row * side, side, side)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{value:.1f}")

    def told(self, x: float, y: float) -> str:
        if self._found is None or self._found.refusal or not self.area().contains(x, y):
            return ""
        area, (rows, columns) = self.area(), self._found.values.shape
        row = min(int((y - area.top()) / area.height() * rows), rows - 1)
        column = min(int((x - area.left()) / area.width() * columns), columns - 1)
        value = readable(float(self._found.values[row, column]), 4)
        return f"output {row}, input {column}: {value}"
