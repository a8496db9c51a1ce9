"""What lies over a view whose figures are of an earlier diagram, because the one that is there gives none."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget

EARLIER = (
    "The figures are of an earlier diagram. They are shown again when this one can be trained."
)


class Cover(QLabel):
    """As large as the view; nothing of it is seen, hovered or clicked meanwhile."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(EARLIER, view)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "cover")
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setContentsMargins(16, 8, 16, 8)
        self.setGeometry(view.rect())
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return super().eventFilter(watched, event)


def cover(view: QWidget, wanted: bool) -> None:
    """Lays a cover over a view, or takes it away."""
    there = view.findChild(Cover)
    if wanted and there is None:
        there = Cover(view)
    if there is not None:
        there.setVisible(wanted)
        there.raise_()
