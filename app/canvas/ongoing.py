"""The gesture that goes on: begun by a button or by keys, led by the mouse, ended in one edit or none."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QToolTip

from app.canvas.edge import Edge
from app.canvas.gestures import Gesture, Modifiers
from app.canvas.surface import Surface
from app.canvas.wanted import Wanted

NoButton = Qt.MouseButton.NoButton


class Ongoing(QObject):
    """One gesture of a view at a time, or none.  None outlives the diagram that it began on.

    `search` gets the block that a gesture asks for in place of an edit.
    """

    def __init__(self, view: Surface, search: Callable[[Wanted, Gesture], object]) -> None:
        super().__init__(view)
        self._view, self._search = view, search
        self.gesture: Gesture | None = None
        self._button = NoButton  # that holds it; none for one of the keys
        self._edge = Edge(view, self._move)
        view.zoomed.connect(self._rescale)
        view.canvas.changing.connect(self.cancel)

    def begin(self, gesture: Gesture | None, button: Qt.MouseButton = NoButton) -> None:
        """A button was pressed, or a key."""
        self.gesture, self._button = gesture, button

    def lead(self, at: QPointF, held: Modifiers) -> None:
        """The mouse is at a pixel of the canvas, with these keys held."""
        self._move(at, held)
        if self.gesture is not None and self._button and self.gesture.scrolls:
            self._edge.follow(at, held)

    def _move(self, at: QPointF, held: Modifiers) -> None:
        if (gesture := self.gesture) is None:
            return
        before = gesture.reason
        gesture.move(self._view.scene_point(at), held)
        port = self._view.viewport()
        port.setCursor(gesture.cursor)
        if gesture.reason != before:
            QToolTip.showText(port.mapToGlobal(at).toPoint(), gesture.reason, self._view)
        port.update()

    def rest(self) -> None:
        """The view is moved by other means for a while."""
        self._edge.stop()

    def release(self, button: Qt.MouseButton) -> None:
        """A button was released: if it is the one that holds the gesture, that is done."""
        if self.gesture is not None and button == self._button:
            gesture = self.gesture
            self.end()
            edit = gesture.finish()
            if edit is not None and not self._view.canvas.perform(edit):
                gesture.cancel()
            if edit is None and (wanted := gesture.wanted()) is not None:
                self._search(wanted, gesture)

    def miss_release(self, held: Qt.MouseButton) -> None:
        """Only these buttons are held now: a dialog may have had the release of the other."""
        if self._button and not held & self._button:
            self.cancel()

    def cancel(self) -> None:
        """All is as it was before the gesture."""
        if self.gesture is not None:
            gesture = self.gesture
            self.end()
            gesture.cancel()

    def end(self) -> None:
        """It goes on no more, whatever becomes of it."""
        self.gesture, self._button = None, NoButton
        self._edge.stop()
        self._view.viewport().update()

    def paint(self, painter: QPainter) -> None:
        """What is drawn over the canvas meanwhile, in scene coordinates."""
        if self.gesture is not None:
            self.gesture.paint(painter)

    def _rescale(self, scale: float) -> None:
        """What is near for a gesture is near on the screen."""
        if self.gesture is not None:
            self.gesture.scale = scale
