"""How high a list is that can be read: as its rows, within reason."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea

LEAST, MOST = 180, 340  # pixels
ROW = 22  # of one that is not laid out yet


def readable(view: QAbstractItemView, rows: int) -> QSize:
    """The size to ask for with so many rows of the height of the first."""
    row = max(view.sizeHintForRow(0), ROW)
    width = QAbstractScrollArea.sizeHint(view).width()
    return QSize(width, min(max(LEAST, rows * row), MOST))
