"""The numbers beside circles and costs: norms of gradients and values, energies."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from app.canvas.faces import energy, scientific
from app.canvas.glyphs import ASIDE
from app.canvas.inks import Inks, edges, write
from graph.diagram import Pin
from nodes.block import Glyph
from runtime.snapshot import Flow, Snapshot

if TYPE_CHECKING:
    from app.canvas.items import BlockItem

LINE = 14.0  # from one number below a circle to the next
READABLE = 0.25  # s that a number stands while it trains


class Place(NamedTuple):
    """Where a number stands; `align` as in inks.write."""

    x: float
    y: float
    align: float


class _Number(NamedTuple):
    """A text at a place, in the ink of that name."""

    at: Place
    text: str
    ink: str


class Numbers:
    """Where numbers stand on the canvas, by pin or id of a cost, and what they say."""

    def __init__(self) -> None:
        self._places: dict[Pin | str, Place] = {}
        self._written: list[_Number] = []

    def lay(self, blocks: Iterable[BlockItem]) -> None:
        """Takes the places anew from what is on the canvas."""
        self._places = {}
        for block in blocks:
            self._lay_block(block)

    def _lay_block(self, block: BlockItem) -> None:
        made, x, y = block.face.form, block.x(), block.y()
        for name, ring in made.rings.items():
            if made.glyph is not Glyph.OBSERVED:
                place = _beside if made.up else _below
                away = ring.radius if made.up else ring.radius + 12
                self._places[Pin(block.block, name)] = place(x + ring.x, y + ring.y, away)
        if made.glyph is Glyph.COST and made.up:
            self._places[block.block] = _beside(x, y + 7, made.width / 2)
        elif made.glyph is Glyph.COST:
            self._places[block.block] = _below(x, y, made.height / 2 + 16)

    def place_after(self, pin: Pin, lines: int) -> Place | None:
        """Where there is room beside a circle after so many numbers; None for a circle without."""
        at = self._places.get(pin)
        return at._replace(y=at.y + LINE * lines) if at is not None else None

    def write(self, snapshot: Snapshot | None, gradients: bool, values: bool) -> None:
        """Says the norms that are wanted of a watched step, and the costs; None says nothing."""
        self._written = []
        if snapshot is None:
            return
        for key, at in self._places.items():
            if isinstance(key, Pin):
                flow = snapshot.variables.get(key)
                if flow is not None:
                    self._write_flow(at, flow, gradients, values)
            elif key in snapshot.costs:
                self._written.append(_Number(at, energy(snapshot.costs[key]), "problem"))

    def _write_flow(self, at: Place, flow: Flow, gradients: bool, values: bool) -> None:
        if gradients:
            ink = "gradient_text" if math.isfinite(flow.gradient) else "problem"
            self._written.append(_Number(at, scientific(flow.gradient), ink))
            at = at._replace(y=at.y + LINE)
        if values:
            self._written.append(_Number(at, scientific(flow.value), "muted"))

    def paint(self, painter: QPainter, rect: QRectF, ink: Inks) -> None:
        """Paints those in a part of the scene."""
        left, top, right, bottom = edges(rect)
        for (x, y, align), text, kind in self._written:
            if left - 40 <= x <= right + 40 and top - 10 <= y <= bottom + 10:
                painter.setPen(getattr(ink, kind))
                write(painter, text, x, y, align=align)


def _below(x: float, y: float, away: float) -> Place:
    return Place(x, y + away, 0.5)


def _beside(x: float, y: float, away: float) -> Place:
    """Beside what stands, under its shape."""
    return Place(x + away + ASIDE, y + 7.0, 0.0)
