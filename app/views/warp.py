"""The space warp: the grid over the input and the data on it, as every block on the way to the answer leaves them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QSlider, QToolButton, QWidget

from app.icons import icon
from app.lines import write_line
from app.theme import Theme
from app.views.between import keys_of
from app.views.figure import FigureView
from app.views.timeline import Timeline
from app.views.warp_picture import WarpPicture
from runtime.figures.warp import Warp
from runtime.snapshot import Ask

TOP, LEFT, BOTTOM, GAP = 40, 34, 62, 10  # pixels around the picture
SIDE, LEGEND = 86, 330  # pixels of the legend, and of the view from which there is room for it
LIVE, STILL = 81, 161  # nodes of a grid line while it trains, and while it does not
PACES = (0.25, 0.5, 1.0, 2.0, 4.0)  # stages a second
PACE = 2  # of these, at first
REST = 1.2  # seconds at the end before it begins anew
TICK = 30  # milliseconds from one picture to the next
PER_PIXEL = 0.01  # radians that a drag turns
PLAYS = "go on by itself, or pause (Space)"
RESTS = "View > Reduced motion is on: step by Left and Right"


class WarpView(FigureView):
    """At a stage it is live while the diagram trains; between two of them it shows the block's work as a motion."""

    title = "Space warp"
    help = (
        "Where z = f(x) takes the input's plane, block by block. A linear block s = U S V′ z + b rotates by V′, "
        "stretches by S, rotates by U and shifts by b; more than 3 numbers are seen by principal components."
    )
    nothing = (
        "The input's plane is drawn here as the blocks bend it, when the diagram runs on three samples or more, "
        "has one input of real numbers, and is not too large."
    )
    tall = 230

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.picture: WarpPicture | None = None
        self._keys: tuple[str, ...] = ()  # of the stages, as the choice holds one
        self._goal: float | None = None  # a stage to which it glides
        self._rest = 0.0  # seconds that it has been at the end
        self._held: QPointF | None = None
        self._calm = False
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._tick)
        self._clock = QElapsedTimer()
        self.play = QToolButton(self)
        self.timeline = Timeline(theme, self)
        self.pace = QSlider(Qt.Orientation.Horizontal, self)
        self._set_up()

    def _set_up(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.play.setProperty("role", "press")
        self.play.setFixedSize(28, 26)
        self.play.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys are the view's
        self.play.clicked.connect(self.toggle)
        self.timeline.dragged.connect(self._dragged)
        self.pace.setRange(0, len(PACES) - 1)
        self.pace.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pace.setAccessibleName("pace")
        self.pace.valueChanged.connect(self._paced)
        self.pace.setValue(PACE)
        self._show_controls()

    def sizeHint(self) -> QSize:
        return QSize(380, 330)

    # --- what is asked and shown -----------------------------------------------------------------------------------

    def asks(self) -> tuple[Ask, ...]:
        return (Ask("warp", size=LIVE if self.playing else STILL),)

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        for ask, found in figures.items():
            if ask.view == "warp":
                self._show(found if isinstance(found, Warp) else None)

    def _show(self, found: Warp | None) -> None:
        keys = keys_of(found.stages) if found is not None else ()
        if found is not None and self.picture is not None and keys == self._keys:
            self.picture.renew(found)
            self.update()
            return
        self._halt()
        self._keys = keys
        self.picture = WarpPicture(found) if found is not None else None
        self.timeline.show_stages(found.stages if found is not None else ())
        if found is not None:
            self._put(self._chosen())
        self._show_controls()

    def select(self, block: str) -> None:
        """Every block lies on the same way."""

    def forget(self) -> None:
        self._show(None)
        self.update()

    def has_something(self) -> bool:
        return self.picture is not None

    def table(self) -> tuple[Sequence[str], list[Sequence[Any]]]:
        """Where every point lies in every stage, and its class or value."""
        head = ("stage", "point", "1", "2", "3", "target")
        if self.picture is None:
            return head, []
        found, rows = self.picture.found, list[Sequence[Any]]()
        for key, stage in zip(self._keys, found.stages, strict=True):
            for number, place in enumerate(stage.points.tolist()):
                target = "" if found.y is None else found.y[number].item()
                rows.append((key, number + 1, *place, *[""] * (3 - len(place)), target))
        return head, rows

    def set_theme(self, theme: Theme) -> None:
        self.timeline.set_theme(theme)
        super().set_theme(theme)
        self._show_controls()

    def set_motion(self, wanted: bool) -> None:
        self._calm = not wanted
        if self._calm:
            self._halt()
            self._put(round(self.place))
        self._show_controls()

    # --- what is chosen --------------------------------------------------------------------------------------------

    def choose(self, choice: str) -> None:
        self.choice = choice
        if choice in self._keys:
            self._halt()
            self._put(self._keys.index(choice))

    def _chosen(self) -> int:
        """The chosen stage, else the last variable before the answer."""
        if self.choice in self._keys:
            return self._keys.index(self.choice)
        assert self.picture is not None
        reached = [n for n, stage in enumerate(self.picture.stages) if stage.last]
        return reached[-2] if len(reached) > 2 else reached[-1]

    # --- the way ---------------------------------------------------------------------------------------------------

    @property
    def place(self) -> float:
        """Where on the way one is: a stage's number, or between two."""
        return self.picture.place if self.picture is not None else 0.0

    @property
    def last(self) -> int:
        """The number of the last stage."""
        return max(0, len(self._keys) - 1)

    def go(self, place: float) -> None:
        """To a place on the way, which is then the chosen one."""
        self._put(place)
        if self._keys:
            self.choice = self._keys[round(self.place)]

    def _put(self, place: float) -> None:
        if self.picture is not None:
            self.picture.place = min(max(float(place), 0.0), float(self.last))
        self.timeline.show_place(self.place)
        self.update()

    def _dragged(self, place: float) -> None:
        self._halt()
        self.go(round(place) if self._calm else place)

    def _step(self, by: int) -> None:
        """To the next stage or the one before, by a motion unless there shall be none."""
        start = self.place if self._goal is None else self._goal
        goal = math.floor(start + 1e-6) + 1 if by > 0 else math.ceil(start - 1e-6) - 1
        goal = min(max(goal, 0), self.last)
        self._halt()
        if self._calm:
            self.go(goal)
        elif goal != self.place:
            self._goal = float(goal)
            self._run()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._halt()
            self.go(0 if key == Qt.Key.Key_Home else self.last)
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.toggle()
        else:
            super().keyPressEvent(event)

    # --- by itself -------------------------------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself, round and round."""
        return self._timer.isActive() and self._goal is None

    def toggle(self) -> None:
        """Plays from here, from the beginning when at the end, or pauses."""
        playing = self.is_playing
        self._halt()
        if self._calm or playing or not self.last:
            return
        if self.place >= self.last:
            self.go(0)
        self._run()

    def _run(self) -> None:
        self._rest = 0.0
        self._clock.start()
        self._timer.start()
        self._show_controls()

    def _halt(self) -> None:
        self._timer.stop()
        self._goal = None
        self._show_controls()

    def _tick(self) -> None:
        self.advance(min(self._clock.restart() / 1000, 0.1))

    def advance(self, seconds: float) -> None:
        """Goes on by so much time: to its goal, or on and on."""
        by = seconds * PACES[self.pace.value()]
        if self._goal is not None:
            self._glide(self._goal, by)
        elif self.place < self.last:
            self.go(self.place + by)
        else:
            self._rest += seconds
            if self._rest >= REST:
                self._rest = 0.0
                self.go(0)

    def _glide(self, goal: float, by: float) -> None:
        way = goal - self.place
        if abs(way) > by:
            self._put(self.place + math.copysign(by, way))
        else:
            self._halt()
            self.go(goal)

    def hideEvent(self, event: QHideEvent) -> None:
        self._halt()
        super().hideEvent(event)

    def _paced(self, number: int) -> None:
        self.pace.setToolTip(f"pace: {PACES[number]:g} steps a second")

    # --- places ----------------------------------------------------------------------------------------------------

    def _show_controls(self) -> None:
        for widget in (self.play, self.timeline, self.pace):
            widget.setVisible(self.has_something())
        self.pace.setEnabled(not self._calm)
        self.play.setEnabled(not self._calm)
        self.play.setToolTip(RESTS if self._calm else PLAYS)
        self.play.setAccessibleName(PLAYS)
        shown = "pause" if self.is_playing else "play"
        self.play.setIcon(icon(shown, self._theme.muted if self._calm else self._theme.text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        top = self.height() - 36
        self.play.move(8, top)
        self.pace.setGeometry(self.width() - 66, top, 58, 26)
        self.timeline.setGeometry(40, top + 2, max(40, self.width() - 110), 34)

    def area(self) -> QRectF:
        """Where the picture lies in the widget."""
        side = SIDE + GAP if self.width() >= LEGEND else GAP
        height = self.height() - TOP - BOTTOM
        return QRectF(LEFT, TOP, max(40.0, self.width() - LEFT - side), max(40.0, height))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.area().contains(event.position()):
            self._held = event.position()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None and self.picture is not None:
            way = (event.position() - self._held) * PER_PIXEL
            self._held = event.position()
            if self.picture.depth:
                self.picture.turn(way.x(), way.y())
                self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.picture is not None:
            self.picture.turn_back()
            self.update()

    # --- painting --------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        assert self.picture is not None
        area = self.area()
        self.picture.paint(painter, area, self._theme)
        lines = (
            (self.picture.caption(), self._theme.text),
            (self.picture.seen_by(), self._theme.muted),
        )
        for row, (text, color) in enumerate(lines):
            painter.setPen(QColor(color))
            where = QRectF(14, 2 + 17 * row, self.width() - 20, 17)
            write_line(painter, where, text)
        if self.width() >= LEGEND:
            room = QRectF(area.right() + GAP, TOP, SIDE - 2, area.height())
            self.picture.paint_legend(painter, room, self._theme)
