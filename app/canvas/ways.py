"""The ways of the wires on the canvas: kept in step with where blocks stand, and asked for wires that are not there yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from app.canvas.geometry import Ring
from app.canvas.items import BlockItem
from app.canvas.paths import Pair, Points
from app.canvas.router import Link, Router
from app.canvas.turning import laid_box, laid_link, risen, route
from graph.diagram import Pin, Wire

if TYPE_CHECKING:
    from app.canvas.scene import CanvasScene


class Ways:
    """Tells a router what stands on a scene where, and gets the ways from it; a diagram that flows upwards it sees lying."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._router = Router()

    def clear(self) -> None:
        """Nothing stands anywhere."""
        self._router = Router()

    def stand(self, item: BlockItem) -> None:
        """A block takes up room where it is."""
        made, x, y = item.face.form, item.x(), item.y()
        hull, taken = made.box(), made.taken()
        self._router.place(
            item.block,
            laid_box((hull[0] + x, hull[1] + y, hull[2] + x, hull[3] + y), made.up),
            laid_box((taken[0] + x, taken[1] + y, taken[2] + x, taken[3] + y), made.up),
        )

    def remove(self, block: str) -> None:
        """A block takes up no room any more."""
        self._router.place(block, None)

    def link(self, wire: Wire) -> None:
        """A wire runs between its pins where they are."""
        self._router.link(wire, self._link_between(wire.source, wire.target))

    def unlink(self, wire: Wire) -> None:
        """A wire is gone."""
        self._router.link(wire, None)

    def follow(self, ids: Collection[str]) -> None:
        """Blocks stand elsewhere, or take up other room: their wires go along."""
        scene = self._scene
        for name in ids:
            self.stand(scene.blocks[name])
        for wire in {w for name in ids for w in scene.diagram.wires_of[name]}:
            if wire in scene.wires:
                self.link(wire)

    def altered(self) -> Iterator[tuple[Wire, Points]]:
        """The wires whose ways are others than when this was asked last, with these."""
        up = self._scene.is_rising
        return ((wire, risen(way, up)) for wire, way in self._router.ways().items())

    def between(self, source: Pin | Pair, target: Pin) -> Points:
        """The way that a wire from an output, or from a point of the scene, to an input takes."""
        up = self._scene.is_rising
        if isinstance(source, Pin):
            return risen(self._router.way(self._link_between(source, target)), up)
        over = self._scene.blocks[target.block]
        port, to = over.face.form.port(target.name), (over.x(), over.y())
        return route(Ring(0.0, 0.0, 0.0, 0.0, 0.0), source, port, to, up)

    def _link_between(self, source: Pin, target: Pin) -> Link:
        begin, end = self._scene.blocks[source.block], self._scene.blocks[target.block]
        ring, port = begin.face.form.ring(source.name), end.face.form.port(target.name)
        at, to = (begin.x(), begin.y()), (end.x(), end.y())
        link = Link(source.block, ring, at, target.block, port, to)
        return laid_link(link, self._scene.is_rising)
