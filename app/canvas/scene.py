"""The scene: one item for each block and wire of the diagram, kept equal to it by differences, and what is selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene, QStyleOptionGraphicsItem

from app.canvas import faces
from app.canvas.comparing import Comparing
from app.canvas.faces import Face
from app.canvas.flash import Flash
from app.canvas.frames import Frames
from app.canvas.gliding import Gliding
from app.canvas.glyphs import Marks, Verdict
from app.canvas.inks import inks, label_width
from app.canvas.items import BlockItem, WireItem
from app.canvas.mirror import Mirror
from app.canvas.pulses import Pulses
from app.canvas.signs import Signs
from app.canvas.spotlight import Spotlight
from app.canvas.veil import Veil
from app.canvas.ways import Ways
from app.theme import Theme
from graph.change import Change
from graph.diagram import INLET, OUTLET, UP, Diagram, Pin, Wire
from graph.edit import Edit
from graph.edits import SetLabel
from graph.part_edits import RenamePin
from graph.problem import DiagramError, Problem
from nodes.names import Names, names
from runtime.snapshot import Report, Snapshot

MARGIN = 2_000.0  # canvas units kept free around the blocks before the index is made anew


class CanvasScene(QGraphicsScene):
    """Shows a diagram.  It never changes it: what a person does becomes an edit that is given to `do`.

    `do` applies an edit and has show_change called, or raises DiagramError, whose text is then said.  Selection belongs to
    the scene and is neither saved nor undone.
    """

    said = Signal(str)  # one sentence for the status line
    picked = Signal(tuple)  # ids of the selected blocks
    opened = Signal(str)  # id of a block that was double-clicked
    asked = Signal(QPointF)  # the commands for what is selected, at this point
    touched = Signal()  # what stands still looks different now
    arranged = (
        Signal()
    )  # blocks or wires came, went, moved, or changed in what can be seen from afar
    changing = Signal()  # another diagram is about to be shown, or the same after a change
    ticked = Signal()  # what moves has moved
    tinted = Signal()  # the tints of blocks are others now

    def __init__(
        self, do: Callable[[Edit], None], theme: Theme, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        # with a rectangle of its own Qt need not look at every item to tell how far the scene reaches
        self.setSceneRect(-MARGIN, -MARGIN, 2 * MARGIN, 2 * MARGIN)
        self._do = do
        self.ink = inks(theme)
        self.diagram = Diagram()
        self.part = ""  # the name of the part whose inside is shown
        self.report = Report()
        self.blocks: dict[str, BlockItem] = {}
        self.wires: dict[Wire, WireItem] = {}
        self.selected: frozenset[str] = frozenset()
        self.selected_wires: frozenset[Wire] = frozenset()
        self.ways = Ways(self)
        self.frames = Frames(self)
        self.frames.changed.connect(self._frames_changed)
        self.pulses, self.gliding = Pulses(self), Gliding(self)
        self.mirror, self.spotlight = Mirror(self), Spotlight(self)
        self.flash = Flash(self)
        self.signs, self._with_shapes = Signs(self), True
        self.veil, self.comparing = Veil(self), Comparing(self)
        self.pulses.ticked.connect(self.ticked)
        self.pulses.turned.connect(self.touched)
        self._names: Names = names(self.diagram)
        self._troubles: dict[str, list[Problem]] = {}
        self._marked: set[str] = set()
        self.verdicts: Mapping[str, Verdict] = {}

    # --- the diagram ----------------------------------------------------------------------------------------------

    def show(self, diagram: Diagram, part: str = "") -> None:
        """Shows another diagram, perhaps the inside of a part; nothing is selected, no flow runs until the next frame."""
        self.changing.emit()
        self.part = part
        self.gliding.rest()
        self.clear()
        self.blocks, self.wires = {}, {}
        self.ways.clear()
        self.verdicts, self._marked = {}, set()
        self.report, self._troubles = Report(), {}
        self.show_frame(None)
        self.diagram, self._names = diagram, names(diagram)
        for name in diagram.blocks:
            self._add_block(name)
        for wire in diagram.wires:
            self.ways.link(wire)
        self._route()
        self.frames.show(diagram)
        self.setSceneRect(self.bounds().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
        self.select(())
        self._touch()

    def show_change(self, diagram: Diagram, change: Change) -> None:
        """Shows the diagram after a change; only what it concerns is made anew."""
        self.changing.emit()
        self.gliding.rest()
        self.diagram = diagram
        if change.frames:
            self.frames.show(diagram)
        for wire in change.unwired:
            self.removeItem(self.wires.pop(wire))
            self.ways.unlink(wire)
        for name in change.removed:
            self.removeItem(self.blocks.pop(name))
            self.ways.remove(name)
        if change.runs or change.altered or change.turned:
            self._refresh(self._rename(change) & self.blocks.keys())
        for name in change.added:
            self._add_block(name)
        self._place(change.moved + change.altered)
        for wire in change.wired:  # once their blocks are in place
            self.ways.link(wire)
        self._route()
        self._grow(change.added + change.moved + change.altered)
        self.select(self.selected, self.selected_wires, self.frames.selected)
        self._touch()

    def _rename(self, change: Change) -> set[str]:
        """Names everything anew; the blocks that may look different after a change."""
        before, self._names = self._names, names(self.diagram)
        if change.recipe or change.parts or change.turned:
            return set(self.diagram.blocks)
        after = self._names
        found = {name for name, text in after.labels.items() if before.labels.get(name) != text}
        found |= {p.block for p, text in after.variables.items() if before.variables.get(p) != text}
        found |= {end.block for wire in change.wired + change.unwired for end in wire}
        return found.union(change.altered)

    def show_report(self, report: Report) -> None:
        """Shows shapes and problems; they stay until the next report."""
        self.report, self._troubles = report, faces.troubles_by_block(report)
        if self._refresh(self.blocks):
            self._route()
            self._touch()

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours from now on."""
        self.ink = inks(theme)
        for block in self.blocks.values():
            block.ink = self.ink
        for wire in self.wires.values():
            wire.ink = self.ink
        self.update()
        self._touch()

    def show_shapes(self, wanted: bool) -> None:
        """Whether the sizes of variables stand beside their circles."""
        self._with_shapes = wanted
        if self._refresh(self.blocks):
            self._route()
            self._touch()

    def _face(self, name: str) -> Face:
        made = faces.face(
            self.diagram,
            self.diagram.blocks[name],
            self._names,
            self.report,
            self._troubles.get(name, ()),
            label_width,
        )
        return made if self._with_shapes else replace(made, shapes={})

    def _add_block(self, name: str) -> None:
        item = BlockItem(name, self._face(name), self.ink)
        item.setPos(*self.diagram.blocks[name].position)
        self.blocks[name] = item
        self.addItem(item)
        self.ways.stand(item)

    @property
    def is_rising(self) -> bool:
        """Whether the diagram flows upwards."""
        return self.diagram.flow == UP

    def _route(self) -> None:
        """Draws the wires whose ways are others now."""
        for wire, way in self.ways.altered():
            if wire in self.wires:
                self.wires[wire].set_way(way)
            else:
                self.wires[wire] = WireItem(wire, way, self.ink)
                self.addItem(self.wires[wire])

    def _refresh(self, ids: Iterable[str]) -> bool:
        """Makes the faces of these blocks anew; whether any differs."""
        altered, differs = [], False
        for name in ids:
            face, item = self._face(name), self.blocks[name]
            if face != item.face:
                if face.form != item.face.form:
                    altered.append(name)
                item.set_face(face)
                differs = True
        self.ways.follow(altered)
        return differs

    def _place(self, ids: Iterable[str]) -> None:
        """Puts blocks where the diagram has them; what they feed may turn a pin towards them."""
        ids = tuple(name for name in ids if name in self.blocks)
        for name in ids:
            self.blocks[name].setPos(*self.diagram.blocks[name].position)
        fed = {w.target.block for name in ids for w in self.diagram.wires_from(name)}
        self._refresh(fed.union(ids))
        self.ways.follow(ids)

    def _grow(self, ids: Iterable[str]) -> None:
        """Keeps the index's rectangle around all blocks, with room to spare so that this is rare."""
        bounds = self.bounds(ids)
        if not self.sceneRect().contains(bounds):
            wider = bounds.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
            self.setSceneRect(self.sceneRect() | wider)

    def _frames_changed(self) -> None:
        self.update()
        self._touch()

    def _touch(self) -> None:
        self.arranged.emit()
        self.touched.emit()

    def show_arranged(self) -> None:
        """Tells that something else is to be seen now, though the diagram is the same."""
        self._touch()
        self.update()

    # --- what a person does ----------------------------------------------------------------------------------------

    def perform(self, edit: Edit | None) -> bool:
        """Gives an edit to the document; a refusal is said.  Whether it was done."""
        if edit is None:
            return False
        try:
            self._do(edit)
        except DiagramError as error:
            self.said.emit(str(error))
            return False
        return True

    def rename(self, block: str, text: str) -> bool:
        """Names a block's variable, a cost, or the part's pin that it is."""
        if self.diagram.blocks[block].kind in (INLET, OUTLET) and self.part:
            return self.perform(RenamePin(self.part, block, text))
        return self.perform(SetLabel(block, text))

    def select(
        self, ids: Iterable[str], wires: Iterable[Wire] = (), frames: Iterable[str] = ()
    ) -> None:
        """Selects these blocks, wires, frames and comments and no others; `picked` tells when the blocks are others than before."""
        chosen = frozenset(name for name in ids if name in self.blocks)
        lines = frozenset(wire for wire in wires if wire in self.wires)
        before, self.selected = self.selected, chosen
        before_lines, self.selected_wires = self.selected_wires, lines
        self.frames.select(frames)
        changed = False
        for name in (before ^ chosen) & self.blocks.keys():
            item = self.blocks[name]
            changed |= item.set_marks(replace(item.marks, selected=name in chosen))
        for wire in (before_lines ^ lines) & self.wires.keys():
            changed |= self.wires[wire].set_selected(wire in lines)
        if changed:
            self._touch()
        if chosen != before:
            self.picked.emit(tuple(name for name in self.diagram.blocks if name in chosen))

    def select_all(self) -> None:
        """Selects every block and wire, every frame and comment."""
        self.select(self.blocks, self.wires, self.frames.things)

    def preview(self, moves: Mapping[str, tuple[float, float]]) -> None:
        """Puts blocks somewhere for the moment; the diagram is not changed."""
        here = [name for name in moves if name in self.blocks]
        for name in here:
            self.blocks[name].setPos(*moves[name])
        self.ways.follow(here)
        self._route()
        self._touch()

    def mark(self, marks: Mapping[str, Marks]) -> None:
        """Marks blocks for the moment, by id; all others carry no mark but their selection."""
        changed = False
        for name in (self._marked | marks.keys()) & self.blocks.keys():
            wanted = replace(
                marks.get(name, Marks()),
                selected=name in self.selected,
                verdict=self.verdicts.get(name),
            )
            changed |= self.blocks[name].set_marks(wanted)
        self._marked = set(marks)
        if changed:
            self.touched.emit()

    def show_verdicts(self, found: Mapping[str, Verdict]) -> None:
        """Rings around blocks whose gradients were checked; none takes them away."""
        changed = False
        for name in (self.verdicts.keys() | found.keys()) & self.blocks.keys():
            item = self.blocks[name]
            changed |= item.set_marks(replace(item.marks, verdict=found.get(name)))
        self.verdicts = found
        if changed:
            self._touch()

    # --- places ----------------------------------------------------------------------------------------------------

    def place_of(self, pin: Pin) -> QPointF:
        """Where a pin is in the scene: the tip of an input, the middle of a computed circle, the right rim of a variable."""
        item = self.blocks[pin.block]
        made = item.face.form
        if pin.name in made.rings:
            ring = made.rings[pin.name]
            rim = 0.0 if ring.dx or ring.dy else ring.radius
            return item.pos() + QPointF(ring.x + rim, ring.y)
        port = made.port(pin.name)
        return item.pos() + QPointF(port.x, port.y)

    def bounds(self, ids: Iterable[str] | None = None) -> QRectF:
        """The rectangle around these blocks with all their texts, or around all."""
        rect = QRectF()
        for name in self.blocks if ids is None else ids:
            if item := self.blocks.get(name):
                rect |= item.boundingRect().translated(item.pos())
        if ids is None:
            rect |= self.frames.bounds()
        return rect

    def sizes(self) -> dict[str, tuple[float, float, float, float]]:
        """Left, top, right and bottom of every block around its position, its circles included."""
        return {name: item.face.form.box() for name, item in self.blocks.items()}

    def shapes(self) -> dict[str, tuple[float, float, float, float]]:
        """The same without the circles of outputs."""
        halves = {
            n: (i.face.form.width / 2, i.face.form.height / 2) for n, i in self.blocks.items()
        }
        return {name: (-w, -h, w, h) for name, (w, h) in halves.items()}

    # --- what runs along the wires ----------------------------------------------------------------------------------

    def show_frame(self, snapshot: Snapshot | None) -> None:
        """Shows the flows of a watched step; while it trains they move.  None shows none."""
        self.signs.show(snapshot)
        self.pulses.show(snapshot)

    def paint_things(self, painter: QPainter, rect: QRectF) -> None:
        """Paints wires and blocks in a part of the scene, for pictures and pixmaps."""
        mode, order = Qt.ItemSelectionMode.IntersectsItemBoundingRect, Qt.SortOrder.AscendingOrder
        for item in self.items(rect, mode, order):
            painter.save()
            painter.translate(item.pos())
            painter.setOpacity(painter.opacity() * item.opacity())
            item.paint(painter, QStyleOptionGraphicsItem(), None)
            painter.restore()
