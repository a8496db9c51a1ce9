"""A wire drawn by keys alone: arrows and Tab choose among the pins that fit, Enter connects, Escape leaves."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from app.canvas import paths
from app.canvas.fitting import refusal, refused_source, upstream
from app.canvas.gestures import Gesture
from app.canvas.glyphs import Marks, paint_wire, wire_path
from app.canvas.scene import CanvasScene
from graph.diagram import Pin, Wire
from graph.edit import Edit
from graph.edits import Connect

Key = Qt.Key
DIRECTIONS = {
    Key.Key_Left: (-1.0, 0.0),
    Key.Key_Right: (1.0, 0.0),
    Key.Key_Up: (0.0, -1.0),
    Key.Key_Down: (0.0, 1.0),
}
ASIDE = 2.0  # how much worse a pin is that lies beside the arrow's direction than one that lies along it


def why_not(scene: CanvasScene) -> str:
    """Why no wire can be drawn by keys now, "" when one can."""
    if len(scene.selected) != 1:
        return "Select one block to draw a wire from it."
    block = next(iter(scene.selected))
    reason = refused_source(scene.diagram, block)
    if not reason and not scene.blocks[block].face.form.rings:
        reason = f"{block} has no output."
    return reason or ("" if _fitting(scene, _outputs(scene, block)[0]) else f"No pin fits {block}.")


class KeyWire(Gesture):
    """Goes from pin to pin; the nearest open one comes first."""

    def __init__(self, scene: CanvasScene) -> None:
        self._outputs = _outputs(scene, next(iter(scene.selected)))
        super().__init__(scene, scene.place_of(self._outputs[0]), 1.0)
        self._begin(self._outputs[0])

    def _begin(self, source: Pin) -> None:
        self._source = source
        self._pins = _fitting(self.scene, source)
        self._choose(self._pins[0])

    def press(self, key: int, back: bool = False) -> bool:
        """Answers a key; False when it means nothing here.  `back` is whether Shift is held."""
        if key in DIRECTIONS:
            self._go(*DIRECTIONS[Key(key)])
        elif key in (Key.Key_Tab, Key.Key_Backtab):
            step = -1 if back or key == Key.Key_Backtab else 1
            self._choose(self._pins[(self._pins.index(self._target) + step) % len(self._pins)])
        elif key == Key.Key_W:
            number = self._outputs.index(self._source) + 1
            self._begin(self._outputs[number % len(self._outputs)])
        else:
            return False
        return True

    def _go(self, dx: float, dy: float) -> None:
        """To the nearest pin in a direction, if there is one."""
        here = self.scene.place_of(self._target)
        found = []
        for pin in self._pins:
            to = self.scene.place_of(pin) - here
            along, aside = to.x() * dx + to.y() * dy, abs(to.x() * dy) + abs(to.y() * dx)
            if along > 1.0:
                found.append((along + ASIDE * aside, pin))
        if found:
            self._choose(min(found)[1])

    def _choose(self, pin: Pin) -> None:
        self._target = pin
        fed = self.scene.diagram.inputs.get(pin)
        instead = f" instead of {fed}" if fed else ""
        self.scene.said.emit(
            f"{self._source} to {pin}{instead}: Enter connects, Tab and arrows choose, Escape leaves."
        )
        self.scene.mark(
            {
                self._source.block: Marks(near=self._source.name),
                pin.block: Marks(wiring="fits", near=pin.name),
            }
        )

    @property
    def target(self) -> Pin:
        """The pin that is chosen now."""
        return self._target

    def finish(self) -> Edit | None:
        self.cancel()
        wire = Wire(self._source, self._target)
        return Connect(wire) if wire not in self.scene.wires else None

    def cancel(self) -> None:
        self.scene.mark({})
        self.scene.said.emit("")

    def paint(self, painter: QPainter) -> None:
        way = self.scene.ways.between(self._source, self._target)
        paint_wire(painter, wire_path(paths.shaft(way)), way, self.scene.ink.chosen)


def _outputs(scene: CanvasScene, block: str) -> list[Pin]:
    return [Pin(block, name) for name in scene.blocks[block].face.form.rings]


def _fitting(scene: CanvasScene, source: Pin) -> list[Pin]:
    """The pins that a wire may enter: open ones before taken and optional ones, near ones before far ones."""
    diagram, above = scene.diagram, upstream(scene.diagram, source.block)
    start = scene.place_of(source)
    found = []
    for item in scene.blocks.values():
        made = item.face.form
        for name in (*made.ports, *made.offered):
            pin = Pin(item.block, name)
            if refusal(diagram, source, pin, above):
                continue
            open_now = pin not in diagram.inputs and name in made.ports
            found.append((not open_now, _away(scene.place_of(pin), start), pin))
    return [pin for _, _, pin in sorted(found)]


def _away(a: QPointF, b: QPointF) -> float:
    return math.hypot(a.x() - b.x(), a.y() - b.y())
