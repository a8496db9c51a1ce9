"""A block on its way onto the canvas, from the palette or from a search: shown before it is there, added in one edit."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from app.canvas import faces
from app.canvas.faces import Face
from app.canvas.glyphs import Marks, paint_block
from app.canvas.inks import label_width
from app.canvas.landing import Landing, first_input, into, landing, mark, paint
from app.canvas.placing import Shelf, addition, on_grid, placed
from app.canvas.room import edits
from app.canvas.scene import CanvasScene
from app.canvas.wanted import Wanted
from graph.diagram import Diagram, Pin, Wire
from graph.edit import Edit, Together
from graph.edits import Connect, MoveBlocks
from graph.problem import DiagramError
from nodes.names import names
from nodes.parts import type_in
from runtime.snapshot import Report

GHOST = 0.45  # opacity of a block that is not there yet


class Coming:
    """One new block of a kind, or one use of a part.  Raises DiagramError when it cannot be added here."""

    def __init__(self, scene: CanvasScene, kind: str, shelf: Shelf | None) -> None:
        self.kind = kind
        self._scene = scene
        self._add, self.block = addition(scene.diagram, kind, (0.0, 0.0), scene.part, shelf)
        self._after = self._add.apply(scene.diagram)
        self._face = self._face_in(self._after)
        self._place = (0.0, 0.0)
        self._landing: Landing | None = None

    def move(self, point: QPointF) -> None:
        """It is held over a point of the scene."""
        self._place = on_grid(point.toTuple())
        self._landing = landing(self._scene, self._after, self.block, self._face.form, self._place)
        if self._landing is not None:
            self._place = self._landing.place
        mark(self._scene, self._landing)

    def answer(self, wanted: Wanted, point: QPointF) -> None:
        """It is what was searched for at a point: its pin comes to lie there.

        Raises DiagramError when no such wire can end or begin at it.
        """
        self._place = on_grid(point.toTuple())
        kind = type_in(self._after, self._after.blocks[self.block])
        entry = first_input(kind) if kind is not None else ""
        exits = kind.outputs if kind is not None else ()
        if (wanted.takes and not entry) or (wanted.gives and not exits):
            raise DiagramError(f"{self.block}: no such wire fits it; choose another block.")
        if wanted.wire is not None and kind is not None:
            here = (point.x(), point.y())
            form = self._face.form
            self._landing = into(self._scene, wanted.wire, self.block, form, here, kind)
        elif wanted.source is not None:
            self._join(Wire(wanted.source, Pin(self.block, entry)), point)
        elif wanted.target is not None:
            self._join(Wire(Pin(self.block, exits[0]), wanted.target), point)

    def _join(self, wire: Wire, point: QPointF) -> None:
        """Wires it, and puts the wire's end at a point: which side of a cost that is depends on the wire."""
        there = MoveBlocks({self.block: (point.x(), point.y())})
        made = self._face_in(Connect(wire).apply(there.apply(self._after))).form
        if wire.target.block == self.block:
            port = made.port(wire.target.name)
            corner = QPointF(port.x, port.y)
        else:
            ring = made.ring(wire.source.name)
            corner = QPointF(ring.x + (0.0 if ring.dx or ring.dy else ring.radius), ring.y)
        self._landing = Landing(self.block, on_grid((point - corner).toTuple()), (wire,))

    def edit(self) -> Edit:
        """What adds it where it is now, with its wires, as one step."""
        add = placed(self._add, self.block, self._place)
        if self._landing is None:
            return add
        done = edits(self._scene, self._landing, self._face.form)
        label = self._landing.label if self._landing.split else f"Add {self.block}"
        return Together(label, (add, *done))

    def leave(self) -> None:
        """It is not held over the canvas any more."""
        mark(self._scene, None)

    def paint(self, painter: QPainter) -> None:
        """Shows where it would come to stand."""
        if self._landing is not None:
            paint(painter, self._scene, self._landing, self._face.form)
        painter.save()
        painter.setOpacity(GHOST)
        painter.translate(*self._place)
        paint_block(painter, self._face, self._scene.ink, Marks())
        painter.restore()

    def _face_in(self, diagram: Diagram) -> Face:
        block = diagram.blocks[self.block]
        return faces.face(diagram, block, names(diagram), Report(), (), label_width)
