"""Filters of the selected block and the feature maps at its output, as small grey pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from app.theme import Theme
from app.views.figure import FigureView
from runtime.snapshot import Ask, Pictures

GAP, HEAD = 4, 18


class PicturesView(FigureView):
    """Filters above, feature maps below; each picture is stretched from its lowest to its highest value."""

    title = "Filters and feature maps"
    help = "The weights w of the selected block as pictures, and its output for one sample; black is the lowest value."
    nothing = "Select a convolution, or a linear block over images, to see its filters."

    def __init__(self, theme: Theme, parent: Any = None) -> None:
        super().__init__(theme, parent)
        self._found: dict[str, Pictures] = {}

    def asks(self) -> tuple[Ask, ...]:
        return (
            tuple(Ask(view, self._selected) for view in ("filters", "maps"))
            if self._selected
            else ()
        )

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        for ask in self.asks():
            if isinstance(figures.get(ask), Pictures):
                self._found[ask.view] = figures[ask]
                self.update()

    def forget(self) -> None:
        self._found = {}
        self.update()

    def has_something(self) -> bool:
        return bool(self._found)

    def paint(self, painter: QPainter) -> None:
        share = self.height() / len(self._found)
        for n, (view, pictures) in enumerate(sorted(self._found.items())):
            top = n * share
            painter.setPen(QColor(self._theme.muted))
            low, high = float(pictures.low.min()), float(pictures.high.max())
            painter.drawText(
                12, int(top) + 13, f"{view} of {self._selected}: {low:.2g} to {high:.2g}"
            )
            self._paint_pictures(
                painter,
                pictures.images,
                QRectF(12, top + HEAD, self.width() - 24, share - HEAD - 6),
            )

    def _paint_pictures(self, painter: QPainter, images: np.ndarray, area: QRectF) -> None:
        side, columns = fit(
            len(images), area.width(), area.height(), images.shape[2] / images.shape[1]
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for n, image in enumerate(images):
            height, width = image.shape
            shown = QImage(image.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)
            row, column = divmod(n, columns)
            wide = side * width / height
            painter.drawImage(
                QRectF(
                    area.left() + column * (wide + GAP), area.top() + row * (side + GAP), wide, side
                ),
                shown,
            )


def fit(count: int, width: float, height: float, aspect: float) -> tuple[float, int]:
    """The height of a picture and the number of columns with which `count` pictures fill an area best."""
    best = (1.0, max(1, count))
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        side = min(
            (width - GAP * (columns - 1)) / columns / aspect, (height - GAP * (rows - 1)) / rows
        )
        best = max(best, (side, columns))
    return best
