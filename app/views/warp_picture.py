"""The picture of a space warp at one place of the way: grid, data, axes, and the texts that say what one sees."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.theme import Theme, mixed
from app.views.areas import value_color
from app.views.axes import Scale
from app.views.between import (
    PITCH,
    YAW,
    Look,
    between,
    look_between,
    looks,
    moved,
    turned,
)
from app.views.legend import paint_classes, paint_scale
from app.views.marks import paint_dots
from app.views.plane import paint_ticks
from runtime.figures.warp import Stage, Warp

FAR = 1e3  # times what is looked at: beyond it an axis of a plane does not end
SMALLER = 0.1  # in three dimensions, so that corners have room when it is turned
FAINT, STRONG = 0.6, 0.2  # how much of the field's colour is in the first and the last line
STEEPEST = math.pi / 2


class WarpPicture:
    """Stages, and a place between the first (0) and the last; three dimensions are seen from `yaw` and `pitch`."""

    def __init__(self, found: Warp) -> None:
        self.found = found
        self.looks: tuple[Look, ...] = looks(found.stages)
        self.place = 0.0
        self.yaw, self.pitch = YAW, PITCH

    def renew(self, found: Warp) -> None:
        """A newer frame of the same way."""
        self.found, self.looks = found, looks(found.stages, self.looks)

    @property
    def stages(self) -> Sequence[Stage]:
        """All stages."""
        return self.found.stages

    # --- where one is, and from where one looks ------------------------------------------------------------------

    def _between(self) -> tuple[int, int, float]:
        """The stage before, the one after, and how far it is from one to the other."""
        last = len(self.stages) - 1
        before = min(math.floor(self.place + 1e-9), last)
        return before, min(before + 1, last), max(0.0, self.place - before)

    @property
    def stage(self) -> Stage:
        """The stage that is reached, or to which it goes."""
        before, after, share = self._between()
        return self.stages[after if share else before]

    @property
    def depth(self) -> float:
        """How much of a third dimension there is to be seen: 0 none, 1 all of it."""
        before, after, share = self._between()
        one, other = (float(self.stages[n].depth) for n in (before, after))
        return one + (other - one) * moved(share)

    @property
    def look(self) -> Look:
        """What is looked at."""
        before, after, share = self._between()
        turn = self.stages[after].turn if share else None
        return look_between(self.looks[before], self.looks[after], share, turn)

    def turn(self, yaw: float, pitch: float) -> None:
        """Looks from farther round, and from farther above."""
        self.yaw += yaw
        self.pitch = min(max(self.pitch + pitch, -STEEPEST), STEEPEST)

    def turn_back(self) -> None:
        """Looks from where it looked at first."""
        self.yaw, self.pitch = YAW, PITCH

    def now(self) -> tuple[np.ndarray, np.ndarray]:
        """The points `[N, 3]` and the grid `[2, lines, nodes, 3]` where they are."""
        before, after, share = self._between()
        return between(self.stages[before], self.stages[after], moved(share))

    def to_pixels(self, values: np.ndarray, area: QRectF) -> np.ndarray:
        """Where `[..., 3]` coordinates are drawn: across, down, and towards the eye."""
        look, depth = self.look, self.depth
        seen = turned(values - look.middle, self.yaw * depth, self.pitch * depth)
        scale = min(area.width(), area.height()) / 2 / look.half / (1 + SMALLER * depth)
        centre = np.array([area.center().x(), area.center().y(), 0.0])
        found: np.ndarray = seen * scale * np.array([1.0, -1.0, 1.0]) + centre
        return found

    def places(self, area: QRectF) -> np.ndarray:
        """Where the points are drawn, `[N, 3]` pixels."""
        return self.to_pixels(self.now()[0], area)

    # --- what it says --------------------------------------------------------------------------------------------

    def caption(self) -> str:
        """Which block is at work, and what it does."""
        stage = self.stage
        if not stage.label:
            return f"{stage.name}: the input"
        return f"{stage.name} = {stage.label}{': ' if stage.deed else ''}{stage.deed}"

    def seen_by(self) -> str:
        """What the coordinates are."""
        stage = self.stage
        if stage.by_components:
            count = "two" if not stage.depth else "three"
            return f"{count} principal components ({stage.share:.0%}) of {stage.size:,} numbers"
        if not stage.last:
            return f"{stage.name} = U S V′ {self._source()} + b, one factor after the other"
        return "one number" if stage.size == 1 else f"its {stage.size} numbers"

    def _source(self) -> str:
        """What the variable that comes next is computed from."""
        before, after, share = self._between()
        reached = [s.name for s in self.stages[: after if share else before] if s.last]
        return reached[-1]

    def classes(self) -> int:
        """How many classes the targets have, 0 when they are values."""
        y = self.found.y
        if y is None or y.dtype.kind == "f":
            return 0
        return max(int(y.max()) + 1, len(self.found.names))

    # --- colours -------------------------------------------------------------------------------------------------

    def colors(self, theme: Theme) -> list[QColor]:
        """A colour for every point."""
        y = self.found.y
        if y is None:
            return [QColor(theme.classes[0])] * len(self.stages[0].points)
        if self.classes():
            strong = [QColor(color) for color in theme.classes]
            return [strong[int(v) % len(strong)] for v in y]
        low, high = float(y.min()), float(y.max())
        return [value_color(float(v - low) / ((high - low) or 1.0), theme) for v in y]

    # --- painting ------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        """Grid and points in their area; numbers at its edges while it is a plane."""
        painter.fillRect(area, QColor(theme.field))
        points, grid = self.now()
        painter.save()
        painter.setClipRect(area)
        self._paint_axes(painter, area, theme)
        self._paint_grid(painter, self.to_pixels(grid, area), theme)
        pixels = self.to_pixels(points, area)
        order = np.argsort(pixels[:, 2], kind="stable")
        colors = self.colors(theme)
        colors = [colors[n] for n in order]
        shapes = self.found.y[order] if self.found.y is not None and self.classes() else None
        paint_dots(painter, pixels[order, 0], pixels[order, 1], colors, theme, shapes)
        painter.restore()
        if not self.depth:
            paint_ticks(painter, *self.scales(area), area, theme, 4)

    def scales(self, area: QRectF) -> tuple[Scale, Scale]:
        """The axes of a plane across and up, at equal scale."""
        look, unit = self.look, min(area.width(), area.height())
        x, y = (float(v) for v in look.middle[:2])
        wide, tall = (look.half * side / unit for side in (area.width(), area.height()))
        return (
            Scale(x - wide, x + wide, area.left(), area.right()),
            Scale(y - tall, y + tall, area.bottom(), area.top()),
        )

    def _paint_axes(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        """Lines through the origin; in three dimensions they have ends, and numbers."""
        half, depth = self.look.half, self.depth
        painter.setPen(QPen(QColor(theme.border), 1.2))
        for axis in range(3 if depth else 2):
            ends = np.zeros((2, 3))
            ends[:, axis] = np.array([-half, half]) * (1 if depth else FAR)
            (x0, y0, _), (x1, y1, _) = self.to_pixels(ends, area).tolist()
            painter.drawLine(QPointF(x0, y0), QPointF(x1, y1))
            if depth >= 1.0:
                painter.save()
                painter.setPen(QColor(theme.muted))
                painter.drawText(QPointF(x1 + 3, y1 - 3), str(axis + 1))
                painter.restore()

    @staticmethod
    def _paint_grid(painter: QPainter, grid: np.ndarray, theme: Theme) -> None:
        for direction, lines in enumerate(grid[..., :2].tolist()):
            for number, line in enumerate(lines):
                color = line_color(direction, number / max(1, len(lines) - 1), theme)
                painter.setPen(QPen(color, 1.0))
                painter.drawPolyline([QPointF(x, y) for x, y in line])

    def paint_legend(self, painter: QPainter, room: QRectF, theme: Theme) -> None:
        """The classes or a scale of values, below them the two kinds of lines."""
        upper = QRectF(room.left(), room.top(), room.width(), room.height() - 40)
        if self.classes():
            paint_classes(painter, upper, self.classes(), self.found.names, theme)
        elif (y := self.found.y) is not None:
            paint_scale(painter, upper, float(y.min()), float(y.max()), theme, value_color)
        for direction, name in enumerate(self._line_names()):
            y_line = room.bottom() - 28 + 18 * direction
            painter.setPen(QPen(line_color(direction, 1.0, theme), 1.6))
            painter.drawLine(QPointF(room.left() + 2, y_line), QPointF(room.left() + 14, y_line))
            painter.setPen(QColor(theme.muted))
            where = QRectF(room.left() + 18, y_line - 8, room.width() - 18, 16)
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, f"along {name}")

    def _line_names(self) -> list[str]:
        """Along what the lines run: the input's numbers, or its first two principal components u₁ and u₂."""
        first = self.stages[0]
        own = {1: [first.name], 2: [f"{first.name}₁", f"{first.name}₂"]}
        return own.get(first.size, ["u₁", "u₂"])


def line_color(direction: int, share: float, theme: Theme) -> QColor:
    """The tone of lines along the first number (0) or the second (1), stronger from the first line to the last."""
    tone = theme.function if direction == 0 else theme.text
    return mixed(tone, theme.field, FAINT + (STRONG - FAINT) * share)
