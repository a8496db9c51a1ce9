"""The canvas as a person uses it: mouse, keys, wheel, drops, tool tips and names on top of the surface."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMetaMethod, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app.canvas import hits, noting
from app.canvas.card import CardView
from app.canvas.coming import Coming
from app.canvas.framing import CURSORS, DragFrames
from app.canvas.geometry import CIRCLES
from app.canvas.gestures import GRID, Gesture
from app.canvas.glyphs import Marks
from app.canvas.keywire import KeyWire, why_not
from app.canvas.note import NoteEditor
from app.canvas.placing import Shelf, free_place
from app.canvas.press import begin
from app.canvas.rename import Rename
from app.canvas.scene import CanvasScene
from app.canvas.stepping import beside
from app.canvas.surface import Surface
from app.canvas.tips import tip_at
from app.canvas.wanted import Wanted
from app.plain import plain
from graph.diagram import Pin, Wire
from graph.edits import MoveBlocks
from graph.grouping import RenamePart
from graph.parts import part_of
from graph.problem import DiagramError
from nodes.block import Glyph

MIME = "application/x-gradboard-kind"
VARIABLE_HINT = "Enter names it; empty gives the generated name back"
PART_HINT = "Enter names the part: a letter, then letters, digits or _"
DOUBLING = 480.0  # eighths of a degree of the wheel that double the scale
BESIDE = 180.0  # canvas units from a selected block to one that is added without a place
COMMANDS = (
    *(Qt.Key.Key_Delete, Qt.Key.Key_Backspace),
    *(Qt.Key.Key_A, Qt.Key.Key_F, Qt.Key.Key_W),
)
ARROWS = {
    Qt.Key.Key_Left: (-GRID, 0.0),
    Qt.Key.Key_Right: (GRID, 0.0),
    Qt.Key.Key_Up: (0.0, -GRID),
    Qt.Key.Key_Down: (0.0, GRID),
}


class CanvasView(Surface):
    """A CanvasScene to work on."""

    searched = Signal(object)  # Wanted: a block is to be searched for
    entered = Signal(str)  # Enter on a block: its settings are wanted, or what is inside it
    added = Signal(str)  # the kind of a block that was added
    left = Signal()  # Escape with nothing to let go of: back to the level around

    in_window = False  # whether there are menus that answer to the keys of commands
    shelf: Shelf | None = None  # where published parts come from

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._gesture: Gesture | None = None
        self._panned_from: QPointF | None = None
        self._held = Qt.MouseButton.NoButton  # the button of the gesture
        self._space = False
        self._ringed = False  # the focus came by keys
        self._rename: Rename | None = None
        self.editor: NoteEditor | None = None  # of the comment that was written last
        self._pointer: QPointF | None = None  # where the mouse is over the canvas, in the scene
        self._coming: Coming | None = None  # what is dragged in from the palette
        self._asking: Gesture | None = None  # the wire that a search is about
        self.card = CardView(self, scene)
        scene.picked.connect(lambda _ids: self.card.close_card())
        self.zoomed.connect(lambda _scale: self.card.close_card())
        scene.lost.connect(self._give_up)
        self.setAcceptDrops(True)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Diagram")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    # --- mouse ------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if isinstance(self._gesture, KeyWire):
            self._escape()
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space):
            self.card.close_card()
            self._panned_from = event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._gesture is None:
            self.card.close_card()
            point = self.scene_point(event.position())
            self._gesture = begin(self.canvas, point, self.zoom, event.modifiers(), event.button())
            self._held = event.button()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = self.scene_point(event.position())
        if self._panned_from is not None:
            self.scroll_by(self._panned_from - event.position())
            self._panned_from = event.position()
        elif self._gesture is not None:
            before = self._gesture.reason
            self._gesture.move(self.scene_point(event.position()), event.modifiers())
            self.viewport().setCursor(self._gesture.cursor)
            if self._gesture.reason != before:
                QToolTip.showText(event.globalPosition().toPoint(), self._gesture.reason, self)
            self.viewport().update()
        else:
            self._hover(self.scene_point(event.position()))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._panned_from is not None and event.button() != Qt.MouseButton.RightButton:
            self._panned_from = None
        elif self._gesture is not None and event.button() == self._held:
            gesture, self._gesture = self._gesture, None
            edit = gesture.finish()
            if edit is not None and not self.canvas.perform(edit):
                gesture.cancel()
            if edit is None and (wanted := gesture.wanted()) is not None:
                self.search(wanted, gesture)
            self.viewport().update()
        self._hover(self.scene_point(event.position()))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point = self.scene_point(event.position())
        pin, item = hits.ring_at(self.canvas, point), hits.block_at(self.canvas, point)
        if pin is not None:
            self.rename(pin.block)
        elif item is not None and item.face.form.glyph in (Glyph.COST, *CIRCLES):
            self.rename(item.block)
        elif item is not None:
            self.canvas.opened.emit(item.block)
        elif self._wire_at(point) is None and (grip := self.canvas.frames.at(point, self.zoom)):
            noting.edit(self, grip.id)
        else:
            self.search(Wanted(point, wire=self._wire_at(point)))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        if self._gesture is None:
            self.canvas.mark({})
        if not self.card.kept:
            self.card.close_card()
        super().leaveEvent(event)

    def _hover(self, point: QPointF) -> None:
        """Shows what a press would take hold of."""
        reach = min(9.0 / self.zoom, 12.0)
        pin: Pin | None = hits.ring_at(self.canvas, point) or hits.port_at(
            self.canvas, point, reach
        )
        cursor = Qt.CursorShape.ArrowCursor
        if self._space:
            cursor = Qt.CursorShape.OpenHandCursor
        elif pin is not None:
            cursor = Qt.CursorShape.CrossCursor
        elif hits.block_at(self.canvas, point) is not None:
            cursor = Qt.CursorShape.OpenHandCursor
        elif self._wire_at(point) is None and (grip := self.canvas.frames.at(point, self.zoom)):
            cursor = CURSORS.get(grip.edges, Qt.CursorShape.OpenHandCursor)
        self.viewport().setCursor(cursor)
        self.canvas.mark({pin.block: Marks(near=pin.name)} if pin is not None else {})
        if not self.card.kept and pin != self.card.pin:
            self.card.close_card()

    def _tell(self, event: QHelpEvent) -> None:
        """The card of the circle under the mouse, once something has run; else a tool tip."""
        point = self.scene_point(QPointF(event.pos()))
        pin = hits.ring_at(self.canvas, point)
        snapshot = self.canvas.pulses.snapshot
        if pin is not None and snapshot is not None and pin in snapshot.variables:
            QToolTip.hideText()
            self._open_card(pin)
        else:
            text = plain(self.canvas.comparing.tip(point)) or tip_at(self.canvas, point, self.zoom)
            QToolTip.showText(event.globalPos(), text, self)

    def _open_card(self, pin: Pin, kept: bool = False) -> None:
        item = self.canvas.blocks[pin.block]
        ring = item.face.form.rings[pin.name]
        around = _around(ring.x, ring.y, ring.radius, ring.radius).translated(item.pos())
        self.card.open(pin, self.viewportTransform().mapRect(around), kept)

    def toggle_card(self) -> None:
        """Opens the card of the selected block's first output, or closes it; says what is missing."""
        if self.card.pin is not None:
            self.card.close_card()
            return
        chosen = [self.canvas.blocks[name] for name in self.canvas.selected]
        pins = [Pin(item.block, name) for item in chosen for name in item.face.form.rings]
        if len(chosen) != 1 or not pins:
            self.canvas.said.emit("Select one block with an output to see its value.")
        else:
            self._open_card(pins[0], kept=True)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        self.set_zoom(self.zoom * 2.0 ** (turned / DOUBLING), event.position())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._pointer = None
        if isinstance(event, QHelpEvent):
            self._tell(event)
            return True
        if isinstance(event, QNativeGestureEvent) and (
            event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.set_zoom(self.zoom * (1.0 + event.value()), event.position())
            return True
        return super().viewportEvent(event)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:  # type: ignore[override]
        super().drawForeground(painter, rect)
        for shown in (self._gesture, self._asking, self._coming):
            if shown is not None:
                shown.paint(painter)
        if self._ringed:
            painter.resetTransform()
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.canvas.ink.selection, 2.0))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ringed = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ringed = False
        self.viewport().update()

    # --- keys -------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if isinstance(self._gesture, KeyWire) and self._wire_by_key(self._gesture, event):
            return
        if key in COMMANDS and self.in_window:
            super().keyPressEvent(event)  # the menus have, or had, this key
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
            (self.canvas.join_selected if alt else self.canvas.delete_selected)()
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and len(self.canvas.selected) == 1:
            block = next(iter(self.canvas.selected))
            self.canvas.opened.emit(block)
            self.entered.emit(block)
        elif key == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.canvas.select_all()
        elif key == Qt.Key.Key_F and not event.modifiers():
            self.frame_all()
        elif key == Qt.Key.Key_Space:
            self._space = True
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif key == Qt.Key.Key_W and not event.modifiers():
            self.connect_by_keys()
        elif key in ARROWS and (self.canvas.selected or self.canvas.frames.selected):
            self._nudge(*ARROWS[Qt.Key(key)])
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.viewport().unsetCursor()
        super().keyReleaseEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        if isinstance(self._gesture, KeyWire):
            self._gesture.press(Qt.Key.Key_Tab if next else Qt.Key.Key_Backtab)
            self.viewport().update()
            return True
        if next and self.isSignalConnected(QMetaMethod.fromSignal(self.searched)):
            self.search_here()
            return True
        return super().focusNextPrevChild(next)

    def select_beside(self, dx: float, dy: float) -> None:
        """Selects the next block in a direction, and brings it into sight."""
        if self._gesture is None and (block := beside(self.canvas, dx, dy)):
            self.canvas.select({block})
            if not self.seen().contains(self.canvas.bounds((block,))):
                self.centerOn(self.canvas.blocks[block].pos())

    def connect_by_keys(self) -> None:
        """Begins a wire from the selected block that is led by keys; while one is led, goes on to the next output."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)  # it may have been asked for in the outline
        if isinstance(self._gesture, KeyWire):
            self._gesture.press(Qt.Key.Key_W)
        elif self._gesture is None and (reason := why_not(self.canvas)):
            self.canvas.said.emit(reason)
        elif self._gesture is None:
            self._gesture, self._held = KeyWire(self.canvas), Qt.MouseButton.NoButton
        self.viewport().update()

    def _wire_by_key(self, gesture: KeyWire, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._gesture = None
            self.canvas.perform(gesture.finish())
            self.canvas.select({gesture.target.block})
        elif not gesture.press(event.key(), bool(event.modifiers())):
            return False
        self.viewport().update()
        return True

    def _give_up(self) -> None:
        """Ends the gesture in which one is: what it holds may be gone, as when an edit is undone meanwhile."""
        if self._gesture is not None:
            self._gesture.cancel()
            self._gesture = None
            self.viewport().update()

    def _escape(self) -> None:
        if self._gesture is not None:
            self._give_up()
        elif self.card.pin is not None:
            self.card.close_card()
        elif self.canvas.selected or self.canvas.selected_wires or self.canvas.frames.selected:
            self.canvas.select(())
        else:
            self.left.emit()

    def _nudge(self, dx: float, dy: float) -> None:
        blocks = self.canvas.diagram.blocks
        if self.canvas.frames.selected:
            self.canvas.perform(DragFrames.by(self.canvas, dx, dy, gesture="arrows"))
            return
        moves = {
            name: (blocks[name].position[0] + dx, blocks[name].position[1] + dy)
            for name in self.canvas.selected
        }
        self.canvas.perform(MoveBlocks(moves, gesture="arrows"))

    # --- new blocks and names -----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            self._hold(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._let_go()

    def _hold(self, event: QDropEvent) -> None:
        """Shows where the block that is dragged in would come to stand.  Raises DiagramError when it cannot be added."""
        kind = _kind_in(event)
        if self._coming is None or self._coming.kind != kind:
            try:
                self._coming = Coming(self.canvas, kind, self.shelf)
            except DiagramError:
                self._coming = None  # the drop will say why
        if self._coming is not None:
            self._coming.move(self.scene_point(event.position()))
        self.viewport().update()

    def _let_go(self) -> None:
        if self._coming is not None:
            self._coming.leave()
            self._coming = None
            self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        if not event.mimeData().hasFormat(MIME):
            return
        event.acceptProposedAction()
        self._let_go()
        point = self.scene_point(event.position())
        self._add(_kind_in(event), lambda coming: coming.move(point))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_block(self, kind: str, wanted: Wanted | None = None) -> None:
        """Adds a block of a kind, or the use of a part, and selects it: as it was wanted, else beside the selected block or
        in the middle."""
        wanted = wanted or Wanted()
        point = wanted.point
        if point is None or (wanted == Wanted(point) and hits.block_at(self.canvas, point)):
            near = point.toTuple() if point is not None else self._next_place()
            point = QPointF(*free_place(self.canvas.diagram, near))
        self._add(kind, lambda coming: coming.answer(wanted, point))

    def _add(self, kind: str, put: Callable[[Coming], None]) -> None:
        try:
            coming = Coming(self.canvas, kind, self.shelf)
            put(coming)
        except DiagramError as error:
            self.canvas.said.emit(str(error))
            return
        coming.leave()
        if self.canvas.perform(coming.edit()):
            self.canvas.select({coming.block})
            self.added.emit(kind)

    def search(self, wanted: Wanted, about: Gesture | None = None) -> None:
        """Asks for a search; the wire that it is `about` stays in sight until `answered`."""
        if self.isSignalConnected(QMetaMethod.fromSignal(self.searched)):
            self._asking = about
            self.searched.emit(wanted)

    def search_here(self) -> None:
        """Asks for a search at the mouse, of what fits the wire there if there is one."""
        point = self._pointer
        wire = self._wire_at(point) if point is not None else None
        self.search(Wanted(point, wire=wire))

    def answered(self) -> None:
        """The search is over."""
        self._asking = None
        self.viewport().update()

    @property
    def is_busy(self) -> bool:
        """Whether a gesture goes on."""
        return self._gesture is not None

    @property
    def pointer(self) -> QPointF | None:
        """Where the mouse is in the scene; None when it is not over the canvas."""
        return self._pointer

    def _wire_at(self, point: QPointF) -> Wire | None:
        over = hits.block_at(self.canvas, point) or hits.ring_at(self.canvas, point)
        return None if over else hits.wire_at(self.canvas, point, 7.0 / self.zoom)

    def _next_place(self) -> tuple[float, float]:
        if len(self.canvas.selected) == 1:
            x, y = self.canvas.diagram.blocks[next(iter(self.canvas.selected))].position
            return (x, y - BESIDE) if self.canvas.is_rising else (x + BESIDE, y)
        middle = self.seen().center()
        return middle.x(), middle.y()

    def rename(self, block: str) -> None:
        """Opens the editor for the name of a block's variable, of a cost, or of the part's pin that it is."""
        face, at = self.canvas.blocks[block].face, self.canvas.blocks[block].pos()
        place = _around(0.0, 0.0, face.form.width / 2, face.form.height / 2)
        for ring in face.form.rings.values():
            place = _around(ring.x, ring.y, ring.radius, ring.radius)
        before = next(iter(face.rings.values()), face.text)

        def named(text: str) -> None:
            if text != before and block in self.canvas.diagram.blocks:
                self.canvas.rename(block, text)

        self.ask_name(before, place.translated(at), named)

    def rename_part(self, use: str) -> None:
        """Opens the editor for the name of the part that a block uses."""
        made, at = self.canvas.blocks[use].face.form, self.canvas.blocks[use].pos()
        part = part_of(self.canvas.diagram.blocks[use])
        place = _around(0.0, 0.0, made.width / 2, made.height / 2).translated(at)
        self.ask_name(
            part, place, lambda text: self.canvas.perform(RenamePart(part, text)), PART_HINT
        )

    def ask_name(
        self, before: str, place: QRectF, named: Callable[[str], object], hint: str = VARIABLE_HINT
    ) -> None:
        """Opens the editor for a name at a place of the scene; `named` gets it unless it is taken back."""

        def done(text: str) -> None:
            named(text)
            self.setFocus(Qt.FocusReason.OtherFocusReason)

        rect = self.viewportTransform().mapRect(place)
        self._rename = Rename(self.viewport(), before, rect, done, hint)


def _kind_in(event: QDropEvent) -> str:
    return bytes(event.mimeData().data(MIME).data()).decode("utf-8", "replace")


def _around(x: float, y: float, across: float, down: float) -> QRectF:
    return QRectF(x - across, y - down, 2 * across, 2 * down)
