"""A row of a list of blocks in paint: its back when it is chosen or under the mouse, and its glyph."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle

from app.canvas.icons import paint_icon
from app.canvas.inks import inks
from app.theme import Theme, mixed
from nodes.block import Glyph

GLYPH = QSize(50, 28)
INDENT, TITLE = 12.0, 74.0  # where glyphs begin in a row, and the words beside them
CHOSEN, HOVERED = 0.17, 0.07  # shares of the selection's colour
ROUND = 7.0


def paint_back(
    painter: QPainter, place: QRectF, state: QStyle.StateFlag, ground: str, theme: Theme
) -> None:
    """What tells a row that is chosen or under the mouse from the others; `ground` is the list's own colour."""
    chosen = bool(state & QStyle.StateFlag.State_Selected)
    if chosen or state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(ground, theme.selection, CHOSEN if chosen else HOVERED))
        painter.drawRoundedRect(place, ROUND, ROUND)


def paint_glyph(painter: QPainter, row: QRectF, glyph: Glyph, mark: str, theme: Theme) -> None:
    """A block's glyph with its mark, at the left of a row."""
    painter.save()
    painter.translate(row.left() + INDENT + GLYPH.width() / 2, row.center().y())
    paint_icon(painter, glyph, mark, inks(theme), GLYPH.width(), GLYPH.height())
    painter.restore()
