"""The canvas in a lecture hall: nothing but the diagram, large, with a pointer, a blackout, and the step that is shown."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QCursor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from app.canvas import hits
from app.canvas.inks import LABEL, sans
from app.canvas.scene import CanvasScene
from app.canvas.surface import Surface
from app.theme import Theme

READ = 24.0 / 1280.0  # the height of a label, in widths of the screen: it is read from the last row
LARGEST = 3.0  # the scale at the most
ROOM = 0.07  # of the screen's height, kept free around the diagram
CONTEXT = 0.15  # of the width: where it comes from is seen with a step, more than where it may go
GLIDE, FADE = 420, 260  # ms
TRAIL = 0.45  # s that the pointer's light stays
DOT = 9.0  # the pointer's radius
LASER = "#ff2020"
HINT_TIME = 3000  # ms
ABOVE = 92  # pixels from the lower edge to the keys: the legend and the steps are below
MOST_DOTS = 40  # steps; more are told as a number

HINT = (
    "Space, →, PgDn  next      ←, PgUp  back      Home, End      Enter  into a part, U  out\n"
    "P  pointer      B  black      T  train      F  whole diagram      H  these keys      Esc  end"
)


class Lectern(Surface):
    """Keys are carried out by `keys`; a double click says `opened(block)`, closing says `closed`."""

    opened = Signal(str)
    closed = Signal()

    def __init__(self, scene: CanvasScene, parent: QWidget) -> None:
        super().__init__(scene, parent)
        self.setWindowFlag(Qt.WindowType.Window)
        self.setWindowTitle("Lecture")
        self.setAccessibleName("Lecture")
        self.keys: Mapping[Qt.Key, Callable[[], object]] = {}
        self.motion = True
        self.minimap = False
        self._shown = QRectF()  # what was to be seen last
        self._again: Callable[[], None] | None = None  # looks there once more, on another screen
        self._dragged: QPointF | None = None
        self._glide = QVariantAnimation(self)
        self._glide.setDuration(GLIDE)
        self._glide.valueChanged.connect(self._glided)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.board = Board(self, scene.ink.theme)  # the viewport would scroll it

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        super().set_theme(theme)
        if hasattr(self, "board"):
            self.board.theme = theme

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:  # type: ignore[override]
        """As on a slide: no grid."""
        ink = self.canvas.ink
        painter.fillRect(rect, ink.background)
        self.canvas.frames.paint(painter, QRectF(rect), ink, self.zoom)

    # --- where it looks ---------------------------------------------------------------------------------------------

    @property
    def is_far(self) -> bool:
        """Never: what is hidden would be seen in the overview."""
        return False

    @property
    def legible(self) -> float:
        """The scale at which labels are large enough."""
        return READ * self.viewport().width() / LABEL

    def show_whole(self, rect: QRectF) -> None:
        """Shows all of a rectangle, however small its texts get then."""
        self._again, room = partial(self.show_whole, rect), self._room()
        scale = min(room.width() / rect.width(), room.height() / rect.height(), LARGEST)
        self._look(rect.center(), scale)

    def show_step(self, whole: QRectF, step: QRectF) -> None:
        """Shows as much of the diagram as is legible, and the step in it."""
        self._again, room = partial(self.show_step, whole, step), self._room()
        if whole.isEmpty():
            return
        fitting = min(room.width() / whole.width(), room.height() / whole.height(), LARGEST)
        scale = max(fitting, self.legible)
        self._look(_middle(whole, step, room.width() / scale, room.height() / scale), scale)

    def _room(self) -> QRectF:
        margin = ROOM * self.viewport().height()
        return QRectF(self.viewport().rect()).adjusted(margin, margin, -margin, -margin)

    def _look(self, middle: QPointF, scale: float) -> None:
        across, down = self.viewport().width() / scale, self.viewport().height() / scale
        goal = QRectF(middle.x() - across / 2, middle.y() - down / 2, across, down)
        self._glide.stop()
        if self.motion and not self._shown.isEmpty() and self.isVisible():
            self._glide.setStartValue(self._shown)
            self._glide.setEndValue(goal)
            self._glide.start()
        else:
            self._glided(goal)

    def _glided(self, seen: QRectF) -> None:
        self._shown = seen
        self.set_zoom(self.viewport().width() / max(seen.width(), 1.0))
        self.centerOn(seen.center())
        self.viewport().update()

    # --- mouse and keys ---------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        run = self.keys.get(Qt.Key(event.key()))
        if run is not None:
            run()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._dragged = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.board.point(event.position())
        if self._dragged is not None and not self.board.pointing:
            self._glide.stop()
            self._again = None
            self.scroll_by(self._dragged - event.position())
            self._dragged, self._shown = event.position(), self.seen()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        item = hits.block_at(self.canvas, self.scene_point(event.position()))
        if item is not None:
            self.opened.emit(item.block)

    def zoom_by(self, factor: float, at: QPointF) -> None:
        self._glide.stop()
        self._again = None
        super().zoom_by(factor, at)
        self._shown = self.seen()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            return True
        return super().viewportEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        return True  # there is nothing else

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "board"):
            self.board.setGeometry(self.viewport().rect())
        if self._again is not None:
            motion, self.motion = self.motion, False
            self._again()
            self.motion = motion

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()


class Board(QWidget):
    """What lies on top of the canvas: the pointer and its trail, the steps at the bottom edge, the keys, the blackout."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._view = parent
        self.theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.step, self.count = 0, 0
        self.pointing = self.black = self.hint = False
        self.trailing = True
        self._at: QPointF | None = None
        self._trail: deque[tuple[float, QPointF]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(16)
        self._timer.timeout.connect(self._fade)
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.timeout.connect(lambda: self.show_hint(False))

    def show_steps(self, step: int, count: int) -> None:
        """Which step is shown, from 0, and how many there are."""
        self.step, self.count = step, count
        self.update()

    def show_hint(self, wanted: bool) -> None:
        """The keys, for a while."""
        self.hint = wanted
        if wanted:
            self._forget.start(HINT_TIME)
        self.update()

    def toggle_pointer(self) -> None:
        """A red dot in place of the mouse, or the mouse again."""
        self.pointing = not self.pointing
        self._trail.clear()
        if self.pointing:
            self._at = QPointF(self.mapFromGlobal(QCursor.pos()))
            self._view.setCursor(Qt.CursorShape.BlankCursor)
        else:
            self._view.unsetCursor()
        self.update()

    def toggle_black(self) -> None:
        """Nothing is seen, or all again."""
        self.black = not self.black
        self.update()

    def point(self, at: QPointF) -> None:
        """The mouse is here."""
        self._at = at
        if self.pointing:
            if self.trailing:
                self._trail.append((time.monotonic(), at))
                self._timer.start()
            self.update()

    def _fade(self) -> None:
        now = time.monotonic()
        while self._trail and now - self._trail[0][0] > TRAIL:
            self._trail.popleft()
        if not self._trail:
            self._timer.stop()
        self.update()

    # --- painting ---------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.black:
            painter.fillRect(self.rect(), QColor("#000000"))
            return
        self._paint_steps(painter)
        if self.hint:
            self._paint_hint(painter)
        if self.pointing and self._at is not None:
            self._paint_pointer(painter)

    def _paint_steps(self, painter: QPainter) -> None:
        if not self.count:
            return
        painter.setFont(sans(round(self.width() * 0.011) + 2))
        if self.count > MOST_DOTS:
            painter.setPen(QColor(self.theme.muted))
            place = QRectF(self.rect()).adjusted(0, 0, 0, -10)
            where = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
            painter.drawText(place, where, f"{self.step + 1} / {self.count}")
            return
        gap = min(18.0, self.width() * 0.6 / self.count)
        left = self.width() / 2 - gap * (self.count - 1) / 2
        for number in range(self.count):
            seen = number <= self.step
            painter.setPen(QPen(QColor(self.theme.muted), 1.2))
            painter.setBrush(QColor(self.theme.muted) if seen else Qt.BrushStyle.NoBrush)
            radius = 4.5 if number == self.step else 3.0
            painter.drawEllipse(QPointF(left + gap * number, self.height() - 18), radius, radius)

    def _paint_hint(self, painter: QPainter) -> None:
        painter.setFont(sans(max(13, round(self.width() * 0.0125))))
        flags = Qt.AlignmentFlag.AlignCenter
        box = painter.boundingRect(QRectF(self.rect()), flags, HINT).adjusted(-24, -14, 24, 14)
        box.moveBottom(self.height() - ABOVE)
        ground = QColor(self.theme.panel)
        ground.setAlpha(240)
        painter.setPen(QPen(QColor(self.theme.border), 1.0))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 10, 10)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(box, flags, HINT)

    def _paint_pointer(self, painter: QPainter) -> None:
        now, color = time.monotonic(), QColor(LASER)
        painter.setPen(Qt.PenStyle.NoPen)
        for then, at in self._trail:
            rest = max(0.0, 1.0 - (now - then) / TRAIL)
            color.setAlphaF(0.35 * rest)
            painter.setBrush(color)
            painter.drawEllipse(at, DOT * rest, DOT * rest)
        assert self._at is not None
        for alpha, radius in ((0.25, 1.8 * DOT), (1.0, DOT)):
            color.setAlphaF(alpha)
            painter.setBrush(color)
            painter.drawEllipse(self._at, radius, radius)


def _middle(whole: QRectF, step: QRectF, across: float, down: float) -> QPointF:
    """What to look at: the middle of the diagram, or of the step where not all can be seen, without a look beyond its edges."""
    middle = whole.center()
    at = step.center() - QPointF(CONTEXT * across, 0.0) if not step.isEmpty() else middle
    x = (
        middle.x()
        if whole.width() <= across
        else _within(at.x(), whole.left(), whole.right(), across)
    )
    y = middle.y() if whole.height() <= down else _within(at.y(), whole.top(), whole.bottom(), down)
    return QPointF(x, y)


def _within(at: float, low: float, high: float, size: float) -> float:
    return min(max(at, low + size / 2), high - size / 2)
