"""Paints lines of texts and matrices one below the other: shaded cells with their numbers, products side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app.canvas.inks import sans, serif
from app.plain import plain
from app.theme import Theme
from app.views.page import Line, Matrix, Product, Text

CELL, TALL = 42.0, 18.0  # width and height of a cell
MARGIN, GAP, SIGN = 16.0, 10.0, 22.0
TITLE = 18.0  # height of a matrix's title
ROWS, COLUMNS = 12, 16  # of a matrix that is not unfolded
MORE = "…"


class Place(NamedTuple):
    """Where a line, or a matrix of a product, lies; `sign` stands before it."""

    rect: QRectF
    item: Text | Matrix
    sign: str = ""


class Sheet(QWidget):
    """As large as what stands on it; a click on … unfolds a matrix, one on a number of an opened row chooses it."""

    chosen = Signal(int)  # the number of a cell, counted along the rows of what was sent

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: tuple[Line, ...] = ()
        self._places: list[Place] = []
        self._unfolded: set[str] = set()
        self._room = 300.0
        self.setMouseTracking(True)

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        self.update()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Shows these lines from now on."""
        if tuple(line_title(a) for a in lines) != tuple(line_title(a) for a in self._lines):
            self._unfolded = set()
        self._lines = tuple(lines)
        self._lay_out()

    def set_room(self, width: float) -> None:
        """So wide is what is seen of it: texts break there, products that fit stand side by side."""
        if width != self._room:
            self._room = width
            self._lay_out()

    def sizeHint(self) -> QSize:
        rects = [place.rect for place in self._places]
        wide = max((rect.right() for rect in rects), default=0.0)
        tall = max((rect.bottom() for rect in rects), default=0.0)
        return QSize(round(wide + MARGIN), round(tall + MARGIN))

    # --- where things are ---------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._places = []
        y = 8.0
        for line in self._lines:
            y = self._lay_product(line, y) if isinstance(line, Product) else self._lay(line, y)
        self.resize(self.sizeHint().expandedTo(QSize(round(self._room), 10)))
        self.updateGeometry()
        self.update()

    def _lay(self, line: Text | Matrix, y: float, sign: str = "") -> float:
        if isinstance(line, Matrix):
            rect = QRectF(MARGIN + (SIGN if sign else 0.0), y, *self._size(line))
        else:
            width = self._room - 2 * MARGIN
            flags = int(Qt.TextFlag.TextWordWrap)
            metrics = QFontMetricsF(font(line.look))
            tall = metrics.boundingRect(QRectF(0, 0, width, 1000), flags, line.words).height()
            rect = QRectF(MARGIN, y, width, tall)
        self._places.append(Place(rect, line, sign))
        return rect.bottom() + (GAP if isinstance(line, Matrix) else 4.0)

    def _lay_product(self, product: Product, y: float) -> float:
        """left = row · jacobian, side by side where there is room; else the factors above what they make."""
        parts = (product.left, product.row, product.jacobian)
        sizes = [self._size(part) for part in parts]
        if MARGIN * 2 + SIGN * 2 + sum(width for width, _ in sizes) > self._room:
            y = self._lay(product.row, y)
            y = self._lay(product.jacobian, y, "·")
            return self._lay(product.left, y, "=")
        x, bottom = MARGIN, y
        for part, (width, tall), sign in zip(parts, sizes, ("", "=", "·"), strict=True):
            x += SIGN if sign else 0.0
            self._places.append(Place(QRectF(x, y, width, tall), part, sign))
            x, bottom = x + width, max(bottom, y + tall)
        return bottom + GAP

    def _extent(self, matrix: Matrix) -> tuple[int, int, bool, bool]:
        """Rows and columns that are painted, and whether some are left out of each."""
        rows, columns = matrix.numbers.shown.shape
        if matrix.title not in self._unfolded:
            rows, columns = min(rows, ROWS), min(columns, COLUMNS)
        return rows, columns, rows < matrix.numbers.rows, columns < matrix.numbers.columns

    def _size(self, matrix: Matrix) -> tuple[float, float]:
        rows, columns, more_rows, more_columns = self._extent(matrix)
        wide = columns * CELL + (TALL if more_columns else 0.0)
        title = QFontMetricsF(font("muted")).horizontalAdvance(matrix.title) + 4
        return max(wide, title), TITLE + (rows + more_rows) * TALL

    def cell(self, title: str, row: int, column: int) -> QRectF:
        """Where a cell of the matrix with this title lies; an empty rectangle when it is not painted."""
        for place in self._places:
            if isinstance(place.item, Matrix) and place.item.title == title:
                rows, columns, *_ = self._extent(place.item)
                if row < rows and column < columns:
                    return _cell(place.rect, row, column)
        return QRectF()

    # --- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        seen = QRectF(event.rect())
        for place in self._places:
            if not place.rect.adjusted(-SIGN, 0, 0, 0).intersects(seen):
                continue
            if isinstance(place.item, Matrix):
                self._paint_matrix(painter, place, place.item, seen)
            else:
                self._paint_text(painter, place.rect, place.item)

    def _paint_text(self, painter: QPainter, rect: QRectF, text: Text) -> None:
        colors = {"gradient": self._theme.gradient_text, "muted": self._theme.muted}
        painter.setFont(font(text.look))
        painter.setPen(QColor(colors.get(text.look, self._theme.text)))
        painter.drawText(rect, int(Qt.TextFlag.TextWordWrap), text.words)

    def _paint_matrix(self, painter: QPainter, place: Place, matrix: Matrix, seen: QRectF) -> None:
        rect = place.rect
        painter.setFont(font("muted"))
        painter.setPen(QColor(self._theme.gradient_text if matrix.green else self._theme.muted))
        painter.drawText(QPointF(rect.left(), rect.top() + 13), matrix.title)
        if place.sign:
            painter.setPen(QColor(self._theme.text))
            painter.setFont(font("formula"))
            sign = QRectF(rect.left() - SIGN, rect.top() + TITLE, SIGN, TALL)
            painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, place.sign)
        rows, columns, more_rows, more_columns = self._extent(matrix)
        shown = matrix.numbers.shown[:rows, :columns]
        finite = np.abs(shown[np.isfinite(shown)].astype(np.float64))
        most = float(finite.max()) if finite.size else 0.0
        painter.setFont(font("cell"))
        for row in range(rows):
            for column in range(columns):
                area = _cell(rect, row, column)
                if area.intersects(seen):
                    self._paint_cell(painter, area, float(shown[row, column]), most, matrix.green)
        self._paint_more(painter, rect, (rows, columns), (more_rows, more_columns))
        if matrix.unit and 0 <= matrix.chosen < matrix.numbers.shown.size:
            row, column = divmod(matrix.chosen, matrix.numbers.shown.shape[1])
            if row < rows and column < columns:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(self._theme.selection), 2.0))
                painter.drawRect(_cell(rect, row, column).adjusted(0, 0, -1, -1))

    def _paint_cell(
        self, painter: QPainter, area: QRectF, value: float, most: float, green: bool
    ) -> None:
        color = QColor(sign_color(self._theme, value, green))
        strength = abs(value) / most if most > 0 and np.isfinite(value) else 1.0
        color.setAlphaF(0.06 + 0.42 * min(1.0, strength) if value else 0.04)
        painter.fillRect(area.adjusted(0, 0, -1, -1), color)
        painter.setPen(QColor(self._theme.text if np.isfinite(value) else self._theme.problem))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, written(value))

    def _paint_more(
        self,
        painter: QPainter,
        rect: QRectF,
        extent: tuple[int, int],
        more: tuple[bool, bool],
    ) -> None:
        rows, columns = extent
        painter.setPen(QColor(self._theme.muted))
        if more[1]:
            painter.drawText(_right_of(rect, columns, rows), Qt.AlignmentFlag.AlignCenter, MORE)
        if more[0]:
            painter.drawText(_below(rect, columns, rows), Qt.AlignmentFlag.AlignCenter, MORE)

    # --- mouse --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position())
        if found is not None:
            matrix, row, column = found
            if row < 0:
                self._unfolded ^= {matrix.title}
                self._lay_out()
            elif matrix.unit:
                self.chosen.emit(row * matrix.numbers.shown.shape[1] + column)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position())
        clicks = found is not None and (found[0].unit or found[1] < 0)
        shape = Qt.CursorShape.PointingHandCursor if clicks else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), plain(self.told(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def told(self, at: QPointF) -> str:
        """What the number under a point is, to all its digits; "" elsewhere."""
        found = self._at(at)
        if found is None:
            return ""
        matrix, row, column = found
        numbers = matrix.numbers
        if row < 0:
            rows, columns = numbers.shown.shape
            return f"{rows} × {columns} of {numbers.rows:,} × {numbers.columns:,}: click to unfold"
        where = f"{row + 1}, {column + 1}" if numbers.rows > 1 else f"{column + 1}"
        return f"{matrix.title.split('   ')[0]} [{where}] = {float(numbers.shown[row, column]):.9g}"

    def _at(self, at: QPointF) -> tuple[Matrix, int, int] | None:
        """The matrix, row and column under a point; row −1 on a …."""
        for place in self._places:
            if isinstance(place.item, Matrix) and place.rect.contains(at):
                rows, columns, more_rows, more_columns = self._extent(place.item)
                row = int((at.y() - place.rect.top() - TITLE) // TALL)
                column = int((at.x() - place.rect.left()) // CELL)
                if 0 <= row < rows and 0 <= column < columns:
                    return place.item, row, column
                beyond = (more_rows and row == rows) or (more_columns and column >= columns)
                if beyond and row >= 0:
                    return place.item, -1, -1
        return None


def line_title(line: Line) -> str:
    """What tells a line from others."""
    if isinstance(line, Text):
        return line.words
    return line.title if isinstance(line, Matrix) else line.jacobian.title


def _cell(rect: QRectF, row: int, column: int) -> QRectF:
    return QRectF(rect.left() + column * CELL, rect.top() + TITLE + row * TALL, CELL, TALL)


def _right_of(rect: QRectF, columns: int, rows: int) -> QRectF:
    return QRectF(rect.left() + columns * CELL, rect.top() + TITLE, TALL, min(rows, 3) * TALL)


def _below(rect: QRectF, columns: int, rows: int) -> QRectF:
    return QRectF(rect.left(), rect.top() + TITLE + rows * TALL, min(columns, 3) * CELL, TALL)


def font(look: str) -> QFont:
    """The font of a line's look."""
    if look in ("formula", "gradient", "total"):
        return serif(13)
    made = sans({"title": 13, "cell": 10}.get(look, 11))
    made.setBold(look == "title")
    return made


def sign_color(theme: Theme, value: float, green: bool) -> str:
    """Blue above zero, orange below; of gradients green above."""
    if value < 0:
        return theme.classes[1]
    return theme.gradient if green else theme.classes[0]


def written(value: float) -> str:
    """A number in at most six characters, its sign seen: 0.123, −12.3, 4e-5, 1.2e7."""
    if not np.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "nan"
    size = abs(value)
    if size != 0 and not 1e-3 <= size < 9999.5:
        text = f"{size:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    elif size == int(size):
        text = f"{int(size)}"
    else:
        text = f"{size:.3f}" if size < 9.9995 else f"{size:.4g}"
    return f"−{text}" if value < 0 else text
