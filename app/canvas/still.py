"""What stands on the canvas, kept as a picture while something runs over it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

Paint = Callable[[QPainter], None]


class Still:
    """A picture of a viewport, and the same with tints; each is made anew only when it looks different or elsewhere.

    `paint` paints what stands; `tints` gives what paints the tints on it, None when there are none.
    """

    def __init__(self, viewport: QWidget, paint: Paint, tints: Callable[[], Paint | None]) -> None:
        self._viewport, self._paint, self._tints = viewport, paint, tints
        self._plain: QPixmap | None = None
        self._tinted: QPixmap | None = None
        self._at = QTransform()

    def forget(self) -> None:
        """What stands looks different now."""
        self._plain = self._tinted = None

    def forget_tints(self) -> None:
        """The tints are others now."""
        self._tinted = None

    def picture(self, at: QTransform) -> QPixmap:
        """What the viewport shows where it looks with this transform."""
        ratio = self._viewport.devicePixelRatioF()
        size = self._viewport.size() * ratio
        if self._plain is None or self._plain.size() != size or self._at != at:
            self._plain = QPixmap(size)
            self._plain.setDevicePixelRatio(ratio)
            self._at, self._tinted = at, None
            _paint_on(self._plain, self._paint)
        if self._tinted is None:
            self._tinted = self._plain
            if (tint := self._tints()) is not None:
                self._tinted = self._plain.copy()
                _paint_on(self._tinted, tint)
        return self._tinted


def _paint_on(pixmap: QPixmap, paint: Paint) -> None:
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter)
    painter.end()
