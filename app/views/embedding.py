"""Where the samples lie in the values of a variable, seen in the plane of their first two principal components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.panels.numbers import readable
from app.theme import Theme
from app.views.areas import value_color
from app.views.axes import Scale
from app.views.figure import FigureView
from app.views.legend import class_name, paint_classes, paint_scale
from app.views.marks import paint_dots
from app.views.plane import LEFT, NAME, paint_names, paint_ticks
from runtime.figures.embedding import Embedding
from runtime.snapshot import Ask

SIDE, GAP, TOP, BOTTOM = 116, 10, 28, 36
MARGIN = 0.06  # of the points' extent, at each side
NEAR = 8.0  # pixels within which a point is meant
PICTURE = 72  # pixels of a hovered sample's picture


class EmbeddingView(FigureView):
    """One dot a sample, coloured by its class or target; follows the selected block until a variable is chosen."""

    title = "Embedding"
    help = (
        "Each validation sample at the first two principal components of a variable z: "
        "(z − mean z)′ u₁ and u₂, with u the directions in which z varies most."
    )
    nothing = (
        "The embedding appears when the diagram runs on data; select a block to see its output."
    )
    tall = 180

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._found: Embedding | None = None
        self._names: dict[str, str] = {}
        self._hovered: int | None = None
        self.variable = QToolButton(self)
        self.variable.setProperty("role", "choice")
        self.variable.setToolTip("the variable whose values are shown")
        self.variable.setAccessibleName("variable of the embedding")
        self.variable.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.variable.setMenu(QMenu(self.variable))
        self.variable.menu().aboutToShow.connect(self._fill_menu)
        self.variable.move(8, 2)
        self.variable.hide()
        self.setMouseTracking(True)

    # --- what is asked and shown -----------------------------------------------------------------------------------

    def asks(self) -> tuple[Ask, ...]:
        return (Ask("embedding", "" if self.choice else self._selected, self.choice),)

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        for ask in self.asks():
            if ask in figures:
                found = figures[ask]
                self._found = aligned(found, self._found) if found is not None else None
                self._hovered = None if self._found is None else self._hovered
                self._name()
                self.update()

    @property
    def found(self) -> Embedding | None:
        """What is shown."""
        return self._found

    def select(self, block: str) -> None:
        """Another block: its own points follow; those of the last one stay until then."""
        self._selected = block

    def forget(self) -> None:
        self._found, self._hovered = None, None
        self._name()
        self.update()

    def has_something(self) -> bool:
        return self._found is not None

    def name_rows(self, names: Mapping[str, str]) -> None:
        self._names = dict(names)
        self._name()

    def name_of(self, pin: str) -> str:
        """What a variable is called on the canvas, its pin where it is not drawn there."""
        return self._names.get(pin, pin.removesuffix(".y"))

    def _name(self) -> None:
        self.variable.setVisible(self._found is not None)
        if self._found is not None:
            self.variable.setText(f"{self.name_of(self._found.variable)} ▾")
            self.variable.adjustSize()

    # --- what is chosen --------------------------------------------------------------------------------------------

    def choose(self, choice: str) -> None:
        self.choice = choice
        self.asked.emit()

    def _fill_menu(self) -> None:
        menu = self.variable.menu()
        menu.clear()
        menu.addAction("the selected block's").triggered.connect(lambda: self.choose(""))
        menu.addSeparator()
        for pin in self._found.variables if self._found is not None else ():
            action = menu.addAction(self.name_of(pin))
            action.triggered.connect(lambda _=False, pin=pin: self.choose(pin))

    # --- places ----------------------------------------------------------------------------------------------------

    def area(self) -> QRectF:
        """Where the points lie in the widget."""
        left = LEFT + NAME
        return QRectF(left, TOP, self.width() - left - SIDE - GAP, self.height() - TOP - BOTTOM)

    def scales(self) -> tuple[Scale, Scale]:
        """The axes across and up, at equal scale."""
        assert self._found is not None
        area, points = self.area(), self._found.x
        low, high = points.min(0).astype(float), points.max(0).astype(float)
        middle, extent = (low + high) / 2, np.maximum(high - low, 1e-9) * (1 + 2 * MARGIN)
        unit = max(extent[0] / max(1.0, area.width()), extent[1] / max(1.0, area.height()))
        wide, tall = unit * area.width() / 2, unit * area.height() / 2
        return (
            Scale(float(middle[0] - wide), float(middle[0] + wide), area.left(), area.right()),
            Scale(float(middle[1] - tall), float(middle[1] + tall), area.bottom(), area.top()),
        )

    def places(self) -> np.ndarray:
        """Where the samples are in the widget, `[N, 2]` pixels."""
        assert self._found is not None
        across, up = self.scales()
        return np.column_stack([across.pixels(self._found.x[:, 0]), up.pixels(self._found.x[:, 1])])

    def nearest(self, x: float, y: float) -> int | None:
        """Which of the samples is under a pixel, None when none is near."""
        if self._found is None:
            return None
        distances = np.hypot(*(self.places() - (x, y)).T)
        best = int(distances.argmin())
        return best if distances[best] <= NEAR else None

    # --- hovering --------------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hovered = self.nearest(event.position().x(), event.position().y())
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def leaveEvent(self, event: Any) -> None:
        self._hovered = None
        self.update()

    def told(self) -> str:
        """What is known of the hovered sample, "" without one."""
        if self._found is None or self._hovered is None:
            return ""
        sample, y = int(self._found.samples[self._hovered]), self._found.y
        if y is None:
            return f"sample {sample}"
        value = y[self._hovered]
        if self.classes():
            return f"sample {sample}: {class_name(int(value), self._found.names)}"
        return f"sample {sample}: {readable(float(value), 3)}"

    # --- painting --------------------------------------------------------------------------------------------------

    def classes(self) -> int:
        """How many classes the targets have, 0 when they are values."""
        if self._found is None or self._found.y is None or self._found.y.dtype.kind == "f":
            return 0
        return max(int(self._found.y.max()) + 1, len(self._found.names))

    def colors(self) -> list[QColor]:
        """A colour for every sample."""
        assert self._found is not None
        y, theme = self._found.y, self._theme
        if y is None:
            return [QColor(theme.classes[0])] * len(self._found.x)
        if self.classes():
            return [QColor(theme.classes[int(v) % len(theme.classes)]) for v in y]
        low, high = float(y.min()), float(y.max())
        shares = (y - low) / ((high - low) or 1.0)
        return [value_color(float(share), theme) for share in shares]

    def paint(self, painter: QPainter) -> None:
        assert self._found is not None
        area, theme = self.area(), self._theme
        painter.fillRect(area, QColor(theme.field))
        across, up = self.scales()
        paint_ticks(painter, across, up, area, theme, 5)
        first, second = (f"component {n} ({s:.0%})" for n, s in enumerate(self._found.shares, 1))
        paint_names(painter, first, second, area)
        self._paint_head(painter)
        places = self.places()
        shapes = self._found.y if self.classes() else None
        paint_dots(painter, places[:, 0], places[:, 1], self.colors(), theme, shapes)
        self._paint_legend(painter, area)
        if self._hovered is not None:
            self._paint_hovered(painter, QPointF(*places[self._hovered]))

    def _paint_head(self, painter: QPainter) -> None:
        assert self._found is not None
        left = self.variable.geometry().right() + 6
        text = f"{self._found.size:,} numbers, {len(self._found.x):,} samples"
        painter.drawText(
            QRectF(left, 2, self.width() - left - 4, self.variable.height()),
            Qt.AlignmentFlag.AlignVCenter,
            text,
        )

    def _paint_legend(self, painter: QPainter, area: QRectF) -> None:
        assert self._found is not None
        room = QRectF(area.right() + GAP, TOP, SIDE - 2, self.height() - TOP - 4)
        if self.classes():
            paint_classes(painter, room, self.classes(), self._found.names, self._theme)
        elif self._found.y is not None:
            low, high = float(self._found.y.min()), float(self._found.y.max())
            paint_scale(painter, room, low, high, self._theme, value_color)

    def _paint_hovered(self, painter: QPainter, place: QPointF) -> None:
        assert self._found is not None and self._hovered is not None
        theme = self._theme
        painter.setPen(QPen(QColor(theme.text), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(place, 5, 5)
        picture = image_of(self._found.pictures, self._hovered)
        width = max(painter.fontMetrics().horizontalAdvance(self.told()) + 12, PICTURE + 8)
        height = 20 + (PICTURE + 4 if picture is not None else 0)
        left = min(place.x() + 10, self.width() - width - 2.0)
        top = max(2.0, min(place.y() - height - 8, self.height() - height - 2.0))
        card = QRectF(left, top, width, height)
        painter.setPen(QPen(QColor(theme.border), 1.0))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(card, 4, 4)
        painter.setPen(QColor(theme.text))
        line = QRectF(left, top, width, 20)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self.told())
        if picture is not None:
            where = fitted(
                picture, QRectF(left + (width - PICTURE) / 2, top + 20, PICTURE, PICTURE)
            )
            painter.drawImage(where, picture)


def aligned(new: Embedding, last: Embedding | None) -> Embedding:
    """The new points with the signs of the last ones: a component's sign has no meaning, so it shall not flip."""
    from dataclasses import replace

    if (
        last is None
        or last.variable != new.variable
        or not np.array_equal(last.samples, new.samples)
    ):
        return new
    signs = np.where((last.x * new.x).sum(0) < 0, -1.0, 1.0).astype(new.x.dtype)
    return replace(new, x=new.x * signs)


def image_of(pictures: np.ndarray | None, number: int) -> QImage | None:
    """A sample's picture, grey or coloured."""
    if pictures is None:
        return None
    one = np.ascontiguousarray(pictures[number])
    height, width = one.shape[:2]
    grey = one.ndim == 2
    form = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    return QImage(one.tobytes(), width, height, width * (1 if grey else 3), form).copy()


def fitted(image: QImage, room: QRectF) -> QRectF:
    """The largest place in the middle of the room that has the image's shape."""
    scale = min(room.width() / image.width(), room.height() / image.height())
    wide, tall = image.width() * scale, image.height() * scale
    return QRectF(room.center().x() - wide / 2, room.center().y() - tall / 2, wide, tall)
