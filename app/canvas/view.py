"""The canvas as a person uses it: the surface answers to mouse, keys, wheel and drops, and leads one gesture at a time."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app.canvas import clicking, hits, naming, noting, press, stepping
from app.canvas.card import CardView
from app.canvas.geometry import CIRCLES
from app.canvas.glyphs import Marks
from app.canvas.keywire import KeyWire, why_not
from app.canvas.new_blocks import MIME, NewBlocks
from app.canvas.ongoing import Ongoing
from app.canvas.scene import CanvasScene
from app.canvas.surface import Surface
from app.canvas.tips import tip_at
from app.plain import plain
from nodes.block import Glyph

COMING_BACK = (  # why the focus goes for a moment only
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
)


class Pan(NamedTuple):
    """The canvas moves along with the mouse: the button that is held, and where the mouse was last."""

    button: Qt.MouseButton
    at: QPointF


class CanvasView(Surface):
    """A CanvasScene to work on."""

    entered = Signal(str)  # Enter on a block: its settings are wanted, or what is inside it
    left = Signal()  # Escape with nothing to let go of: back to the level around

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.new_blocks = NewBlocks(self)
        self.card = CardView(self)
        self._ongoing = Ongoing(self, self.new_blocks.search)
        self._pan: Pan | None = None  # which may go on amid a gesture
        self._space = False
        self._ringed = False  # the focus came by keys
        self._mouse: QPointF | None = None  # where it is over the canvas, on the screen
        self.held: QPointF | None = None  # where a menu that is open was asked for, in the scene
        self._soon = QTimer(self)  # what lies under the mouse may have changed without it
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._hover_again)
        scene.arranged.connect(self._soon.start)
        self.moved.connect(self._soon.start)
        self.setAcceptDrops(True)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Diagram")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)

    @property
    def is_busy(self) -> bool:
        """Whether a gesture goes on."""
        return self._ongoing.gesture is not None

    @property
    def pointer(self) -> QPointF | None:
        """Where the mouse is in the scene, or where the open menu was asked for; None when it is not over the canvas."""
        if self._mouse is None or self.held is not None:
            return self.held
        return self.scene_point(self.viewport().mapFromGlobal(self._mouse))

    # --- mouse ------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._ringed = False  # it may have had the focus already
        if self._key_wire is not None:
            self._ongoing.cancel()
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space):
            self.card.close_card()
            self._ongoing.rest()
            self._pan = Pan(event.button(), event.position())
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif not self.is_busy and self._pan is None:
            self.card.close_card()
            button, point = event.button(), self.scene_point(event.position())
            gesture = press.begin(self.canvas, point, self.zoom, event.modifiers(), button)
            self._ongoing.begin(gesture, button)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.globalPosition()
        self._ongoing.miss_release(event.buttons())
        if self._pan is not None and not event.buttons() & self._pan.button:
            self._pan = None  # its release was missed, too
        if self._pan is not None:
            self.scroll_by(self._pan.at - event.position())
            self._pan = self._pan._replace(at=event.position())
        elif self.is_busy:
            self._ongoing.lead(event.position(), event.modifiers())
        else:
            self._hover(self.scene_point(event.position()))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan is not None and event.button() == self._pan.button:
            self._pan = None
        else:
            self._ongoing.release(event.button())
        if self._pan is None and (gesture := self._ongoing.gesture) is not None:
            self.viewport().setCursor(gesture.cursor)
        elif self._pan is None:
            self._hover(self.scene_point(event.position()))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._space or self.is_busy:
            self.mousePressEvent(event)
            return
        point = self.scene_point(event.position())
        pin, item = hits.ring_at(self.canvas, point), hits.block_at(self.canvas, point)
        if pin is not None:
            naming.name_block(self, pin.block)
        elif item is not None and item.face.form.glyph in (Glyph.COST, *CIRCLES):
            naming.name_block(self, item.block)
        elif item is not None:
            self.canvas.opened.emit(item.block)
        elif grip := press.grip_at(self.canvas, point, self.zoom):
            noting.edit(self, grip.id)
        else:
            self.new_blocks.search_at(point)
        event.accept()

    def _leave(self) -> None:
        """The mouse is over the canvas no more, be it over the map in its corner."""
        self._mouse = None
        if not self.is_busy:
            self.canvas.mark({})
        self.card.point_at(None)

    def _hover(self, point: QPointF) -> None:
        """Shows what a press would take hold of."""
        pin = press.pin_at(self.canvas, point, self.zoom)
        cursor = Qt.CursorShape.OpenHandCursor
        if not self._space:
            cursor = press.cursor_at(self.canvas, point, self.zoom, pin)
        self.viewport().setCursor(cursor)
        self.canvas.mark({pin.block: Marks(near=pin.name)} if pin is not None else {})
        self.card.point_at(pin)

    def _hover_again(self) -> None:
        if not self.is_busy and self._pan is None and self.pointer is not None:
            self._hover(self.pointer)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._leave()
        if isinstance(event, QHelpEvent):
            self._tell(event)
            return True
        return super().viewportEvent(event)

    def _tell(self, event: QHelpEvent) -> None:
        """The card of the circle under the mouse, once something has run; else a tool tip."""
        point = self.scene_point(QPointF(event.pos()))
        pin = hits.ring_at(self.canvas, point)
        snapshot = self.canvas.pulses.snapshot
        if pin is not None and snapshot is not None and pin in snapshot.variables:
            QToolTip.hideText()
            self.card.open(pin)
        else:
            text = plain(self.canvas.comparing.tip(point)) or tip_at(self.canvas, point, self.zoom)
            QToolTip.showText(event.globalPos(), text, self)

    # --- keys -------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self._key_wire is not None and self._wire_by_key(self._key_wire, event):
            return
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and len(self.canvas.selected) == 1:
            block = next(iter(self.canvas.selected))
            self.canvas.opened.emit(block)
            self.entered.emit(block)
        elif event.keyCombination() in clicking.KEYS and not self.is_busy:
            clicking.ask_by_keys(self, self.pointer)
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif key in stepping.ARROWS and (self.canvas.selected or self.canvas.frames.selected):
            self.canvas.perform(stepping.nudge(self.canvas, *stepping.ARROWS[Qt.Key(key)]))
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.viewport().unsetCursor()
        super().keyReleaseEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        if self._key_wire is not None:
            self._key_wire.press(Qt.Key.Key_Tab if next else Qt.Key.Key_Backtab)
            self.viewport().update()
            return True
        if next and self.new_blocks.can_search:
            self.new_blocks.search_at(self.pointer)
            return True
        return super().focusNextPrevChild(next)

    def connect_by_keys(self) -> None:
        """Begins a wire from the selected block that is led by keys; while one is led, goes on to the next output."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)  # it may have been asked for in the outline
        if self._key_wire is not None:
            self._key_wire.press(Qt.Key.Key_W)
        elif not self.is_busy and (reason := why_not(self.canvas)):
            self.canvas.said.emit(reason)
        elif not self.is_busy:
            self._ongoing.begin(KeyWire(self.canvas))
        self.viewport().update()

    @property
    def _key_wire(self) -> KeyWire | None:
        gesture = self._ongoing.gesture
        return gesture if isinstance(gesture, KeyWire) else None

    def _wire_by_key(self, gesture: KeyWire, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ongoing.end()
            self.canvas.perform(gesture.finish())
            self.canvas.select({gesture.target.block})
        elif not gesture.press(event.key(), bool(event.modifiers())):
            return False
        self.viewport().update()
        return True

    def _escape(self) -> None:
        if self.is_busy:
            self._ongoing.cancel()
        elif self.card.pin is not None:
            self.card.close_card()
        elif self.canvas.selected or self.canvas.selected_wires or self.canvas.frames.selected:
            self.canvas.select(())
        else:
            self.left.emit()

    # --- drops ------------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            self.new_blocks.drag_over(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.new_blocks.drag_away()

    def dropEvent(self, event: QDropEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            self.new_blocks.drop(event)
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- focus and painting -----------------------------------------------------------------------------------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ringed = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ringed = self._space = False
        if event.reason() not in COMING_BACK:
            self._ongoing.cancel()
        self.viewport().update()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:  # type: ignore[override]
        super().drawForeground(painter, rect)
        self._ongoing.paint(painter)
        self.new_blocks.paint(painter)
        if self._ringed:
            painter.resetTransform()
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.canvas.ink.selection, 2.0))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
