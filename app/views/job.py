"""Views of dear figures, which are computed in the background when asked: a button to start and to stop, and a bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.theme import Theme
from app.views.figure import FigureView
from runtime.messages import Compiled, Computed
from runtime.snapshot import Ask

BAR = 3.0  # pixels of the bar's height


class JobView(FigureView):
    """Base of such views.  `job` says what is computed, `show_found` takes it as far as it has come.

    Controls go into `controls`, a row above the picture, before the button; the picture is below `top`.
    """

    verb: ClassVar[str] = "Compute"  # what its button says

    begun = Signal(object)  # Ask
    ended = Signal(object)  # Ask

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._running: Ask | None = None
        self._computed: Ask | None = None  # the last that something has come of
        self.share = 0.0  # of the running job, or of the last one
        self.button = QPushButton(self.verb)
        self.button.setToolTip("Compute it in the background; training goes on meanwhile.")
        self.button.clicked.connect(self._pressed)
        self._head = QWidget(self)
        self.controls = QHBoxLayout()
        self.controls.setSpacing(4)
        row = QHBoxLayout(self._head)
        row.setContentsMargins(8, 2, 8, 2)
        row.addLayout(self.controls)
        row.addStretch(1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addStretch(1)

    @property
    def is_running(self) -> bool:
        """Whether something is being computed."""
        return self._running is not None

    @property
    def top(self) -> float:
        """Where the room for the picture begins."""
        return float(self._head.geometry().bottom()) + BAR + 2.0

    def take(self, figures: Mapping[Ask, Any]) -> None:
        """As every view; what was computed last stays too."""
        computed = {a: v for a, v in self.received.items() if a == self._computed}
        super().take(figures)
        self.received = computed | self.received

    def excuse(self) -> str:
        return self.nothing  # it waits for the person, not for the run

    def job(self) -> Ask:
        """What shall be computed."""
        raise NotImplementedError

    def show_found(self, found: object) -> None:
        """Takes a figure, as far as it has come."""
        raise NotImplementedError

    def start(self) -> None:
        """Has it computed, anew if it is being computed."""
        self._running, self.share = self.job(), 0.0
        self._told()
        self.begun.emit(self._running)

    def stop(self) -> None:
        """Keeps what is there."""
        if self._running is not None:
            asked, self._running = self._running, None
            self._told()
            self.ended.emit(asked)

    def interrupt(self) -> None:
        """Nothing computes any more: the engine is gone, or was never there."""
        self._running = None
        self._told()

    def show_job(self, message: Computed) -> None:
        """Takes word of a job, of this view's running one only."""
        if message.ask != self._running:
            return
        self.share = message.share
        if message.over:
            self._running = None
        if message.figure is not None:
            if self._computed is not None:
                self.received.pop(self._computed, None)
            self._computed = message.ask
            self.received[message.ask] = message.figure
            self.show_found(message.figure)
        self._told()

    def show_compiled(self, message: Compiled) -> None:
        """The diagram was edited: what was computed may not be true any more."""

    def _told(self) -> None:
        self.button.setText("Stop" if self.is_running else self.verb)
        told = f"computing, {self.share:.0%} done" if self.is_running else ""
        self.setAccessibleDescription(told)
        self.update()

    def _pressed(self) -> None:
        if self.is_running:
            self.stop()
        else:
            self.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():  # closed: what nobody looks at costs nothing
            self.stop()

    def bar(self) -> QRectF:
        """Where the bar of a running job lies."""
        return QRectF(8, self.top - BAR - 1, self.width() - 16, BAR)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.is_running:
            return
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        room = self.bar()
        painter.fillRect(room, QColor(self._theme.border))
        room.setWidth(room.width() * self.share)
        painter.fillRect(room, QColor(self._theme.gradient))
