"""The space warp: the grid over the input and the data on it, as every block on the way to the answer leaves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.lines import write_line
from app.theme import Theme
from app.views.between import keys_of
from app.views.figure import FigureView
from app.views.motion import Motion
from app.views.player import Player
from app.views.warp_picture import WarpPicture
from runtime.figures.warp import Warp
from runtime.snapshot import Ask

TOP, LEFT, BOTTOM, GAP = 40, 34, 62, 10  # pixels around the picture
SIDE, LEGEND = 86, 330  # pixels of the legend, and of the view from which there is room for it
LIVE, STILL = 81, 161  # nodes of a grid line while it trains, and while it does not
STRIP = 36  # pixels of the player
PER_PIXEL = 0.01  # radians that a drag turns


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
        self._held: QPointF | None = None
        self.motion = Motion(self)
        self.motion.moved.connect(self._moved)
        self.player = Player(self.motion, theme, self)
        self.player.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

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
        self._keys = keys
        self.picture = WarpPicture(found) if found is not None else None
        self.motion.begin(max(0, len(keys) - 1), self._chosen())
        self.player.show_stages(found.stages if found is not None else ())
        self._follow()

    def select(self, block: str) -> None:
        """Every block lies on the same way."""

    def forget(self) -> None:
        self._show(None)

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
        self.player.set_theme(theme)
        super().set_theme(theme)

    def set_motion(self, wanted: bool) -> None:
        self.motion.set_calm(not wanted)

    # --- what is chosen --------------------------------------------------------------------------------------------

    def choose(self, choice: str) -> None:
        self.choice = choice
        if choice in self._keys:
            self.motion.rest_at(self._keys.index(choice))

    def _chosen(self) -> int:
        """The chosen stage, else the last variable before the answer."""
        if self.choice in self._keys:
            return self._keys.index(self.choice)
        if self.picture is None:
            return 0
        reached = [n for n, stage in enumerate(self.picture.stages) if stage.last]
        return reached[-2] if len(reached) > 2 else reached[-1]

    def _moved(self) -> None:
        """Where one goes is what one chose."""
        if self._keys:
            self.choice = self._keys[round(self.motion.place)]
        self._follow()

    def _follow(self) -> None:
        if self.picture is not None:
            self.picture.place = self.motion.place
        self.update()

    # --- keys and mouse --------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.motion.step(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.motion.rest_at(0 if key == Qt.Key.Key_Home else self.motion.last)
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.motion.toggle()
        else:
            super().keyPressEvent(event)

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

    # --- places ----------------------------------------------------------------------------------------------------

    def hideEvent(self, event: QHideEvent) -> None:
        self.motion.halt()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.player.setGeometry(0, self.height() - STRIP, self.width(), STRIP)

    def area(self) -> QRectF:
        """Where the picture lies in the widget."""
        side = SIDE + GAP if self.width() >= LEGEND else GAP
        height = self.height() - TOP - BOTTOM
        return QRectF(LEFT, TOP, max(40.0, self.width() - LEFT - side), max(40.0, height))

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
