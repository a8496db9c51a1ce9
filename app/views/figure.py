"""A view that shows figures made by the engine: what it asks for, and what it says while there are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.lines import small_painter
from app.theme import Theme
from app.views.table import Table, joined, table_of
from runtime.snapshot import Ask

QWIDGETSIZE_MAX = 16_777_215  # Qt's own, which PySide does not export


class FigureView(QWidget):
    """Base of the views whose numbers the engine computes only while they are open.

    `asks` names what is wanted for the selected block; `show_figures` gets the answers that are due.
    """

    asked = Signal()  # what was chosen in the view changes what it asks for
    titled = Signal(str)  # what its dock is called with what it shows now

    title: ClassVar[str] = ""
    help: ClassVar[str] = ""  # one sentence, with the formula behind the view
    nothing: ClassVar[str] = ""  # said when there is nothing to show
    coming: ClassVar[str] = "It is being computed."
    tall: ClassVar[int] = 120  # pixels of its height, at the least, with which it can be read
    shows: ClassVar[type] = type(None)  # what answers the ask of a view that has only one
    gathers: ClassVar[bool] = False  # shows a run step by step: looking back at a step adds none

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._selected = ""
        self._found: Any = None  # what is shown
        self.received: dict[Ask, Any] = {}  # the newest answers
        self.playing = False  # whether it trains: then there is little time for a figure
        self.choice = (
            ""  # what is chosen in the view, kept in the diagram's file; each view knows its own
        )
        self._room_for = QWIDGETSIZE_MAX
        self.need(self.tall)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.title)
        self.setToolTip(self.help)

    def sizeHint(self) -> QSize:
        return QSize(380, 220)

    def need(self, tall: int) -> None:
        """Asks for so many pixels of height at the least, as far as the window has them for one view."""
        self._asked_tall = tall
        least = min(tall, self._room_for)
        if least == self.minimumHeight():
            return
        self.setMaximumHeight(max(least, self.maximumHeight()))
        self.setMinimumHeight(least)
        self._take_room()

    def _take_room(self) -> None:
        """At once: until the layouts have their turn, which is late while there is much to do, it would lie over others."""
        around = self.parentWidget() if self.isVisible() else None
        while around is not None and (layout := around.layout()) is not None:
            layout.activate()
            around = around.parentWidget()

    def lower_to(self, most: int) -> None:
        """The window has no more height than this for one view."""
        if most != self._room_for:
            self._room_for = most
            self.need(self._asked_tall)

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        self.update()

    def select(self, block: str) -> None:
        """The block that the person looks at, "" for none."""
        if block != self._selected:
            self._selected, self.received = block, {}
            self.forget()

    def name_rows(self, names: Mapping[str, str]) -> None:
        """Block id or pin -> what it is called on the shown level, in the order of the flow."""

    def choose(self, choice: str) -> None:
        """Takes a choice as `choice` held it; one that the view does not know changes nothing."""

    def set_motion(self, wanted: bool) -> None:
        """Whether things may move by themselves."""

    def asks(self) -> tuple[Ask, ...]:
        """What the engine shall compute."""
        raise NotImplementedError

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        """The newest answers; those that are not due are missing."""
        found = figures.get(self.asks()[0])
        if found is not None and isinstance(found, self.shows):
            self._found = found
            self.update()

    def take(self, figures: Mapping[Ask, Any]) -> None:
        """Shows what has come of what it asks for, and keeps it for `table`."""
        wanted = self.asks()
        self.received = {
            ask: figures.get(ask, self.received.get(ask))
            for ask in wanted
            if ask in figures or ask in self.received
        }
        self.show_figures(figures)

    def table(self) -> Table:
        """The numbers behind the view, as a header and rows; without rows when there is nothing to show."""
        known = {a.view: table_of(v) for a, v in self.received.items() if v is not None}
        return joined(known) if known else ((), [])

    def branch(self, step: int) -> None:
        """The run goes on from this earlier step; only what is gathered has to follow."""

    def drop(self) -> None:
        """Another run: neither shows nor keeps anything of the one before."""
        self.received = {}
        self.forget()

    def forget(self) -> None:
        """Another diagram or block: what is shown is not true any more."""
        self._found = None
        self.update()

    def has_something(self) -> bool:
        """Whether there is something to paint."""
        return self._found is not None

    def excuse(self) -> str:
        """What it says instead of a picture: that one is coming, or what a diagram needs to have one."""
        return self.coming if self.playing and not self.received else self.nothing

    def paint(self, painter: QPainter) -> None:
        """Paints what there is."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = small_painter(self)
        if self.has_something():
            self.paint(painter)
            return
        painter.setPen(QColor(self._theme.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(12, 8, -12, -8), flags, self.excuse())
