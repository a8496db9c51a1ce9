"""The card of a variable, beside its circle while it is looked at."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.canvas.cardface import CardFace
from app.canvas.faces import shape_text
from app.canvas.hits import ring_box
from app.canvas.surface import Surface
from graph.diagram import Pin
from runtime.figures.card import Card

AWAY, ABOVE, BELOW = 10, 26, 52  # pixels from the circle: with room for its shape and its numbers


class CardView(QWidget):
    """Lies over a view, transparent to the mouse.  `looked` tells which variable it is about, None when it goes."""

    looked = Signal(object)  # Pin or None

    def __init__(self, view: Surface) -> None:
        super().__init__(view)
        self._view, self._scene = view, view.canvas
        self.pin: Pin | None = None
        self.kept = False  # opened by a key: it stays while the mouse moves
        self.card: Card | None = None
        self._beside = QRectF()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Card of a variable")
        self._scene.ticked.connect(self._follow)
        self._scene.picked.connect(self.close_card)
        view.moved.connect(self.close_card)
        self.hide()

    def open(self, pin: Pin, kept: bool = False) -> None:
        """Shows a variable beside its circle; its numbers come when the engine has them."""
        around = ring_box(self._scene.blocks[pin.block], pin.name)
        self.kept, self._beside = kept, self._view.viewportTransform().mapRect(around)
        if pin != self.pin:
            self.pin, self.card = pin, None
            self.looked.emit(pin)
        self._place(pin)
        self.show()
        self.raise_()

    def close_card(self) -> None:
        """The variable is not looked at any more."""
        if self.pin is not None:
            self.pin, self.card, self.kept = None, None, False
            self.hide()
            self.looked.emit(None)

    def toggle(self) -> None:
        """Opens at the selected block's first output, or closes; says what is missing."""
        if self.pin is not None:
            self.close_card()
            return
        chosen = [self._scene.blocks[name] for name in self._scene.selected]
        pins = [Pin(item.block, name) for item in chosen for name in item.face.form.rings]
        if len(chosen) != 1 or not pins:
            self._scene.said.emit("Select one block with an output to see its value.")
        else:
            self.open(pins[0], kept=True)

    def point_at(self, pin: Pin | None) -> None:
        """The mouse is over a circle, or over none: a card that a key opened stays."""
        if not self.kept and pin != self.pin:
            self.close_card()

    def show_figure(self, card: Card | None) -> None:
        """The numbers of the newest step."""
        self._follow()
        if self.pin is None or card is None:
            return
        self.card = card
        self._place(self.pin)
        rows = "; ".join(f"{name} {value}" for name, value in self.face(self.pin).rows)
        self.setAccessibleDescription(f"{self.pin}: {rows}")
        self.update()

    def _follow(self) -> None:
        if self.pin is not None and self.pin.block not in self._scene.blocks:
            self.close_card()

    def face(self, pin: Pin) -> CardFace:
        """What it says of a variable on the canvas."""
        scene = self._scene
        name = scene.blocks[pin.block].face.rings.get(pin.name) or pin.name
        shape = shape_text(scene.diagram, scene.report, pin)
        if self.card is not None:
            shape = "×".join(map(str, self.card.shape)) or "one number"
        return CardFace(name, f"{pin} · {shape}".rstrip(" ·"), self.card, scene.signs.of_pin(pin))

    def _place(self, pin: Pin) -> None:
        """Above the circle, or below it where there is more room, always inside the parent; the flow stays in sight."""
        self.resize(self.face(pin).size)
        room = self._view.rect()
        left = self._beside.center().x() - self.width() / 2
        top = self._beside.top() - ABOVE - self.height()
        if top < 4:
            top = self._beside.bottom() + BELOW
        if top + self.height() > room.bottom() - 4:  # neither above nor below: beside it
            left = self._beside.right() + AWAY
            if left + self.width() > room.right() - 4:
                left = self._beside.left() - AWAY - self.width()
        left = min(max(left, 4), room.right() - self.width() - 4)
        self.move(round(left), round(min(max(top, 4), room.bottom() - self.height() - 4)))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.pin is not None and self.pin.block in self._scene.blocks:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.face(self.pin).paint(painter, self._scene.ink.theme)
