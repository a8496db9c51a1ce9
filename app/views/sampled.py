"""Views that tell what is under the mouse, and views of one sample through which a person can leaf."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QToolButton, QToolTip

from app.lines import write_line
from app.plain import plain
from app.theme import Theme
from app.views.figure import FigureView

EDGE, HEAD = 12, 18  # pixels beside everything; of a line of words
BUTTON = 22


class ToldView(FigureView):
    """A view whose tooltip tells the numbers under the mouse."""

    def told(self, x: float, y: float) -> str:
        """What is at a point of the widget, "" where nothing is."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            told = self.told(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), plain(told or self.help), self)
            return True
        return super().event(event)

    def say(self, painter: QPainter, text: str, top: float, width: float) -> None:
        """A quiet line of words at the left."""
        painter.setPen(QColor(self._theme.muted))
        box = QRectF(EDGE, top, width - EDGE, HEAD)
        write_line(painter, box, text)

    def refuse(self, painter: QPainter, text: str) -> None:
        """A sentence in the middle."""
        painter.setPen(QColor(self._theme.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(EDGE, 8, -EDGE, -8), flags, text)


class SampledView(ToldView):
    """A view of one held-out sample: two buttons, or the keys left and right, go to the one before and the next.

    Its choice is the sample's place among them, "" for the first.
    """

    def __init__(self, theme: Theme, parent: Any = None) -> None:
        super().__init__(theme, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.before = self._button("‹", "the sample before", -1)
        self.after = self._button("›", "the next sample", 1)
        self.show_buttons(False)

    def _button(self, text: str, help: str, by: int) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setProperty("role", "link")
        button.setToolTip(help)
        button.setAccessibleName(help)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.resize(BUTTON, HEAD)
        button.clicked.connect(lambda: self.leaf(by))
        return button

    @property
    def place(self) -> int:
        """Which of the held-out samples is shown, from 0."""
        return int(self.choice) if self.choice.isdecimal() else 0

    def choose(self, choice: str) -> None:
        self.choice = choice if choice.isdecimal() and len(choice) < 9 else ""
        self._leafed()

    def leaf(self, by: int) -> None:
        """Goes on by so many samples, not before the first."""
        self.choice = str(max(0, self.place + by))
        self._leafed()

    def _leafed(self) -> None:
        self.before.setEnabled(self.place > 0)
        self.asked.emit()

    def show_buttons(self, shown: bool) -> None:
        """The buttons are there when a sample is."""
        self.before.setVisible(shown)
        self.after.setVisible(shown)
        self.before.setEnabled(self.place > 0)

    def place_buttons(self, top: float) -> float:
        """Puts the buttons at the right of a line; returns where they begin."""
        left = self.width() - EDGE - 2 * BUTTON
        self.before.move(left, int(top))
        self.after.move(left + BUTTON, int(top))
        return float(left)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place_buttons(self.buttons_top())

    def buttons_top(self) -> float:
        """The top of the line in which the buttons stand."""
        return 0.0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self.leaf(by)
