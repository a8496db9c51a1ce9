"""For each channel of a block its filter, and the patches of the inputs that excite it most."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.panels.numbers import readable
from app.theme import Theme
from app.views.pictures import GAP
from app.views.sampled import EDGE, HEAD, ToldView
from app.views.shades import picture
from runtime.figures.pictures import Patches
from runtime.snapshot import Ask

VALUE = 38  # pixels for the largest activation
FEW, LEGIBLE = (
    4,
    16.0,
)  # patches a channel at the least; pixels of a patch from which there are more
LEAST, LARGEST = 14.0, 60.0  # pixels of a patch
MOST = 4  # channels side by side
BESIDE = 1.3  # patches' widths that a filter takes
CLOSE = 2  # pixels between patches


class PatchesView(ToldView):
    """A row for each channel: filter, patches from the strongest on, and the largest activation."""

    title = "Top patches"
    help = (
        "For each channel of the selected block the patches of training images where its output z is largest, "
        "the best of each image; the number is max z."
    )
    nothing = "Select a block that gives maps [B, C, height, width] to see what excites its units."
    tall = 160
    shows = Patches
    _found: Patches | None

    def __init__(self, theme: Theme, parent: Any = None) -> None:
        super().__init__(theme, parent)
        self._boxes: dict[tuple[int, int], QRectF] = {}

    def asks(self) -> tuple[Ask, ...]:
        return (Ask("patches", self._selected),)

    def box(self, channel: int, number: int) -> QRectF:
        """Where a patch was painted last."""
        return self._boxes[channel, number]

    def paint(self, painter: QPainter) -> None:
        found, self._boxes = self._found, {}
        assert found is not None
        if found.refusal:
            self.refuse(painter, found.refusal)
            return
        channels, kept = found.pictures.shape[:2]
        area = QRectF(EDGE, HEAD + 2, self.width() - 2 * EDGE, self.height() - HEAD - 8)
        side, across, kept = self._sizes(area, channels, kept)
        row = side + GAP
        shown = min(channels, across * max(1, int((area.height() + GAP) // row)))
        for channel in range(shown):
            down, right = divmod(channel, across)
            corner = (area.left() + right * area.width() / across, area.top() + down * row)
            self._paint_row(painter, channel, *corner, side, kept)
        words = f"{shown} of {found.channels} channels of {found.block}"
        counted = f", {found.looked:,} images, {found.pictures.shape[3]} × {found.pictures.shape[2]} pixels each"
        self.say(painter, words + counted, 0, self.width() - EDGE)

    def _sizes(self, area: QRectF, channels: int, kept: int) -> tuple[float, int, int]:
        """The height of a patch, how many channels stand side by side, and how many patches each has."""
        while True:
            most = min(channels, MOST)
            legible = [n for n in range(1, most + 1) if self._widest(area, kept, n) >= LEAST]
            side, across = max((self._side(area, channels, kept, n), n) for n in legible or [1])
            if side >= LEGIBLE or kept <= FEW:
                return min(max(side, LEAST), self._widest(area, kept, across)), across, kept
            kept -= 1

    def _widest(self, area: QRectF, kept: int, across: int) -> float:
        """The height of a patch for which there is room in the width."""
        wide = area.width() / across - VALUE - CLOSE * (kept + 2)
        return wide / ((kept + BESIDE) * self._aspect)

    def _side(self, area: QRectF, channels: int, kept: int, across: int) -> float:
        """The height of a patch with which all channels have room, `across` of them side by side."""
        high = (area.height() + GAP) / -(-channels // across) - GAP
        return min(self._widest(area, kept, across), high, LARGEST)

    @property
    def _aspect(self) -> float:
        assert self._found is not None
        height, width = self._found.pictures.shape[2:4]
        return float(width / height)

    def _paint_row(
        self, painter: QPainter, channel: int, left: float, top: float, side: float, kept: int
    ) -> None:
        found, wide = self._found, side * self._aspect
        assert found is not None
        if found.filters is not None and channel < len(found.filters.levels):
            box = QRectF(left, top, wide, side)
            painter.drawImage(box, picture(found.filters.levels[channel, 0], self._theme))
            painter.setPen(QPen(QColor(self._theme.function), 1))
            painter.drawRect(box)
        left += BESIDE * wide + CLOSE
        for number in range(kept):
            box = QRectF(left, top, wide, side)
            self._paint_patch(painter, channel, number, box)
            left += wide + CLOSE
        painter.setPen(QColor(self._theme.muted))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            QRectF(left + 2, top, VALUE, side), flags, readable(float(found.values[channel, 0]), 3)
        )

    def _paint_patch(self, painter: QPainter, channel: int, number: int, box: QRectF) -> None:
        """The part of a patch that lies inside its image; the rest stays empty."""
        assert self._found is not None
        self._boxes[channel, number] = box
        painter.fillRect(box, QColor(self._theme.button))
        shown = self._found.pictures[channel, number]
        rows, columns = self.inside(channel, number)
        part = shown[rows, columns]
        if not part.size:
            return
        h, w = shown.shape[:2]
        where = QRectF(
            box.left() + columns.start / w * box.width(),
            box.top() + rows.start / h * box.height(),
            part.shape[1] / w * box.width(),
            part.shape[0] / h * box.height(),
        )
        painter.drawImage(where, picture(np.ascontiguousarray(part), self._theme))

    def inside(self, channel: int, number: int) -> tuple[slice, slice]:
        """Which rows and columns of a patch lie inside its image."""
        assert self._found is not None
        corner, size = self._found.corners[channel, number], self._found.pictures.shape[2:4]
        return tuple(  # type: ignore[return-value]
            slice(max(0, -int(at)), max(0, min(n, whole - int(at))))
            for at, n, whole in zip(corner, size, self._found.image, strict=True)
        )

    def told(self, x: float, y: float) -> str:
        found = self._found
        for (channel, number), box in self._boxes.items():
            if found is not None and box.contains(x, y):
                value = readable(float(found.values[channel, number]), 4)
                row, column = found.corners[channel, number]
                sample = found.samples[channel, number]
                return f"channel {channel}: {value} on sample {sample}, from row {row}, column {column} on"
        return ""
