"""New blocks on the canvas: dragged in from the palette, asked for by name, or searched for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMetaMethod, QObject, QPointF, Signal
from PySide6.QtGui import QDropEvent, QPainter

from app.canvas import hits
from app.canvas.coming import Coming
from app.canvas.gestures import Gesture
from app.canvas.placing import Shelf, free_place
from app.canvas.surface import Surface
from app.canvas.wanted import Wanted
from graph.problem import DiagramError

MIME = "application/x-gradboard-kind"
BESIDE = 180.0  # canvas units from a selected block to one that is added without a place


class NewBlocks(QObject):
    """Adds blocks to the diagram of a view; shows what is dragged in, and the wire that a search is about."""

    searched = Signal(object)  # Wanted: a block is to be searched for
    added = Signal(str)  # the kind of a block that was added

    def __init__(self, view: Surface) -> None:
        super().__init__(view)
        self.shelf: Shelf | None = None  # where published parts come from
        self._view, self._canvas = view, view.canvas
        self._coming: Coming | None = None  # what is dragged in
        self._asking: Gesture | None = None  # the wire that a search is about

    def paint(self, painter: QPainter) -> None:
        """What is on its way, in scene coordinates."""
        for shown in (self._asking, self._coming):
            if shown is not None:
                shown.paint(painter)

    # --- dragged in -------------------------------------------------------------------------------------------------

    def drag_over(self, event: QDropEvent) -> None:
        """Shows where the block that is dragged in would come to stand."""
        kind = _kind_in(event)
        if self._coming is None or self._coming.kind != kind:
            try:
                self._coming = Coming(self._canvas, kind, self.shelf)
            except DiagramError:
                self._coming = None  # the drop will say why
        if self._coming is not None:
            self._coming.move(self._view.scene_point(event.position()))
        self._view.viewport().update()

    def drag_away(self) -> None:
        """Nothing is dragged over the canvas any more."""
        if self._coming is not None:
            self._coming.leave()
            self._coming = None
            self._view.viewport().update()

    def drop(self, event: QDropEvent) -> None:
        """Adds the block that was dragged in where it was let go."""
        self.drag_away()
        point = self._view.scene_point(event.position())
        self._add(_kind_in(event), lambda coming: coming.move(point))

    # --- asked for --------------------------------------------------------------------------------------------------

    def add(self, kind: str, wanted: Wanted | None = None) -> None:
        """Adds a block of a kind, or the use of a part, and selects it: as it was wanted, else beside the selected block or
        in the middle.  The canvas moves on by as little as shows it whole."""
        wanted = wanted or Wanted()
        point = wanted.point
        if point is None or (wanted == Wanted(point) and hits.block_at(self._canvas, point)):
            near = point.toTuple() if point is not None else self._next_place()
            point = QPointF(*free_place(self._canvas.diagram, near))
        if self._add(kind, lambda coming: coming.answer(wanted, point)):
            self._view.bring(self._canvas.bounds(self._canvas.selected))

    def _add(self, kind: str, put: Callable[[Coming], None]) -> bool:
        try:
            coming = Coming(self._canvas, kind, self.shelf)
            put(coming)
        except DiagramError as error:
            self._canvas.said.emit(str(error))
            return False
        coming.leave()
        if not self._canvas.perform(coming.edit()):
            return False
        self._canvas.select({coming.block})
        self.added.emit(kind)
        return True

    def _next_place(self) -> tuple[float, float]:
        if len(self._canvas.selected) == 1:
            x, y = self._canvas.diagram.blocks[next(iter(self._canvas.selected))].position
            return (x, y - BESIDE) if self._canvas.is_rising else (x + BESIDE, y)
        middle = self._view.seen().center()
        return middle.x(), middle.y()

    # --- searched for -----------------------------------------------------------------------------------------------

    @property
    def can_search(self) -> bool:
        """Whether anything answers a search."""
        return self.isSignalConnected(QMetaMethod.fromSignal(self.searched))

    def search(self, wanted: Wanted, about: Gesture | None = None) -> None:
        """Asks for a search; the wire that it is `about` stays in sight until `answered`."""
        if self.can_search:
            self._asking = about
            self.searched.emit(wanted)

    def search_at(self, point: QPointF | None) -> None:
        """Asks for a search at a point, of what fits the wire there if there is one; None is wherever there is room."""
        wire = None
        if point is not None and hits.owner_at(self._canvas, point) is None:
            wire = hits.wire_at(self._canvas, point, hits.wire_reach(self._view.zoom))
        self.search(Wanted(point, wire=wire))

    def answered(self) -> None:
        """The search is over."""
        self._asking = None
        self._view.viewport().update()


def _kind_in(event: QDropEvent) -> str:
    return bytes(event.mimeData().data(MIME).data()).decode("utf-8", "replace")
