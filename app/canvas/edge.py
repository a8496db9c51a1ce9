"""A gesture that reaches the edge of the canvas: what is seen moves on, so that it can go farther than the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Qt, QTimer

from app.canvas.surface import Surface

ZONE = 24.0  # pixels from the edge within which the canvas moves, the faster the nearer
STEP = 12.0  # pixels a turn at the edge itself, and beyond it
TURN = 16  # ms


class Edge(QObject):
    """Moves a view while the mouse of a gesture is at its edge, and has the gesture go on each time by `lead`.

    A gesture that began there has to leave the edge first, or the window.
    """

    def __init__(
        self, view: Surface, lead: Callable[[QPointF, Qt.KeyboardModifier], object]
    ) -> None:
        super().__init__(view)
        self._view, self._lead = view, lead
        self._at, self._held = QPointF(), Qt.KeyboardModifier.NoModifier
        self._left = False  # the mouse has been away from the edge
        self._timer = QTimer(self)
        self._timer.setInterval(TURN)
        self._timer.timeout.connect(self._turn)

    def follow(self, at: QPointF, held: Qt.KeyboardModifier) -> None:
        """The mouse of the gesture is at a pixel of the canvas, with these keys held."""
        self._at, self._held = at, held
        if self._push().isNull():
            self._left = True
            self._timer.stop()
        elif self._left or not self._view.viewport().rect().contains(at.toPoint()):
            self._timer.start()

    def stop(self) -> None:
        """The gesture is over."""
        self._left = False
        self._timer.stop()

    def _push(self) -> QPointF:
        """Which way, and how many pixels, a turn moves what is seen."""
        size = self._view.viewport().size()
        return QPointF(_beyond(self._at.x(), size.width()), _beyond(self._at.y(), size.height()))

    def _turn(self) -> None:
        self._view.scroll_by(self._push())
        self._lead(self._at, self._held)


def _beyond(at: float, size: int) -> float:
    before, after = ZONE - at, at - (size - ZONE)
    return STEP * (min(1.0, max(0.0, after) / ZONE) - min(1.0, max(0.0, before) / ZONE))
