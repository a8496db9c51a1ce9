"""The brush with which points of a class are painted onto the plane of the boundary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

if TYPE_CHECKING:
    from app.views.boundary import BoundaryView

STROKE = 10  # pixels between two points of one stroke


class Brush:
    """`number` is the class that is being painted, None while nothing is."""

    def __init__(self, view: BoundaryView) -> None:
        self._view = view
        self._last = QPointF()
        self.number: int | None = None

    def take(self, number: int | None) -> None:
        """Paints points of this class from now on; None, or the same class again, stops."""
        self.number = None if number == self.number else number
        painting = self.number is not None
        shape = Qt.CursorShape.CrossCursor if painting else Qt.CursorShape.ArrowCursor
        self._view.setCursor(shape)
        self._view.update()

    def press(self, place: QPointF) -> None:
        """A stroke begins here."""
        self._paint_at(place, begins=True)

    def move(self, place: QPointF) -> None:
        """The stroke goes on to here."""
        step = place - self._last
        if abs(step.x()) + abs(step.y()) >= STROKE:
            self._paint_at(place, begins=False)

    def _paint_at(self, place: QPointF, begins: bool) -> None:
        area = self._view.area()
        if self.number is None or not area.contains(place):
            return
        self._last = place
        across, up = self._view.picture.scales(area)
        x, y = across.value(place.x()), up.value(place.y())
        self._view.painted.emit(round(x, 4), round(y, 4), self.number, begins)
