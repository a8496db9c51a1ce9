"""What runs along the wires while it trains: green pulses back along the gradient, grey ones forward, and the numbers.

Everything is kept in arrays over all wires, so that a frame costs a few painter calls for each shade, not for each wire.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.canvas.faces import energy, scientific
from app.canvas.geometry import CIRCLES
from app.canvas.glyphs import short_arrow
from app.canvas.inks import SHADES, Inks, edges, write
from app.canvas.items import SAMPLES
from graph.diagram import Pin, Wire
from nodes.block import Glyph
from runtime.snapshot import Flow, Snapshot

if TYPE_CHECKING:
    from app.canvas.items import BlockItem, WireItem

Array = npt.NDArray[np.float64]
WEAKEST, STRONGEST = -6.0, 0.0  # log10 of the norms between which widths and speeds grow
READABLE = 0.25  # s that a number stands while it trains
MOST_DOTS = 3_000  # in one frame
BROKEN = SHADES  # the level of a flow that is not a finite number
NONE = -1  # and of one that is not there or is 0


def level(norm: float) -> int:
    """The strength of a flow, 0..SHADES - 1 by the logarithm of its norm; BROKEN when not finite, NONE when 0."""
    if not math.isfinite(norm):
        return BROKEN
    if norm <= 0.0:
        return NONE
    part = (math.log10(norm) - WEAKEST) / (STRONGEST - WEAKEST)
    return round(min(max(part, 0.0), 1.0) * (SHADES - 1))


def band_width(strength: int) -> float:
    """Width of the pale band under a wire, in canvas units."""
    return 4.0 + 10.0 * min(strength, SHADES - 1) / (SHADES - 1)


def dot_radius(strength: int) -> float:
    """Radius of a pulse, in canvas units."""
    return 2.0 + 5.0 * (min(strength, SHADES - 1) / (SHADES - 1)) ** 2


class _Number(NamedTuple):
    """A text in the middle of (x, y), in the ink of that name."""

    x: float
    y: float
    text: str
    ink: str


class Flows:
    """The ways along which something runs, how strong it is, and how far it has come."""

    def __init__(self) -> None:
        self._values = False
        self._keys: list[Wire | Pin] = []
        self._ways = np.zeros((0, SAMPLES, 2))
        self._lengths = np.zeros(0)
        self._boxes = np.zeros((0, 4))
        self._straight = np.zeros(0, bool)
        self._bent: dict[int, Array] = {}  # the ways of wires that are not straight, by their index
        self._bands: dict[int, QPolygonF] = {}
        self._backward = np.zeros(0, np.int64)
        self._forward = np.zeros(0, np.int64)
        self._phase = np.zeros(0)
        self._labels: list[_Number] = []
        self._places: dict[Pin | str, tuple[float, float]] = {}
        self._snapshot: Snapshot | None = None
        self._labelled_at = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether no frame is shown."""
        return self._snapshot is None

    @property
    def show_values(self) -> bool:
        """Whether the values that run forward are shown too, in grey."""
        return self._values

    @show_values.setter
    def show_values(self, wanted: bool) -> None:
        self._values = wanted
        self._write()

    def lay(self, blocks: Iterable[BlockItem], wires: Iterable[WireItem]) -> None:
        """Takes the ways anew from what is on the canvas, after any change of it."""
        ways: list[Array] = []
        straight: list[bool] = []
        self._keys = []
        self._places, self._bent, self._bands = {}, {}, {}
        for wire in wires:
            if len(wire.way) > 2:
                self._bent[len(ways)] = wire.way
            self._keys.append(wire.wire)
            ways.append(wire.evenly)
            straight.append(len(wire.way) == 2)
        for block in blocks:
            self._lay_block(block, ways, straight)
        self._ways = np.array(ways).reshape(-1, SAMPLES, 2)
        steps = np.diff(self._ways, axis=1)
        self._lengths = np.hypot(steps[..., 0], steps[..., 1]).sum(axis=1)
        self._boxes = np.hstack([self._ways.min(axis=1), self._ways.max(axis=1)])
        self._straight = np.array(straight, bool)
        self._phase = np.resize(self._phase, len(ways)) if len(self._phase) else np.zeros(len(ways))
        self._measure()
        self._write()

    def _lay_block(self, block: BlockItem, ways: list[Array], straight: list[bool]) -> None:
        made, x, y = block.face.form, block.x(), block.y()
        for name, ring in made.rings.items():
            pin = Pin(block.block, name)
            if made.glyph is not Glyph.OBSERVED:
                self._places[pin] = (x + ring.x, y + ring.y + ring.radius + 12)
            if made.glyph not in CIRCLES:
                start, end = short_arrow(made, ring)
                self._keys.append(pin)
                ways.append(
                    np.linspace((x + start[0], y + start[1]), (x + end[0], y + end[1]), SAMPLES)
                )
                straight.append(True)
        if made.glyph is Glyph.COST:
            self._places[block.block] = (x, y + made.height / 2 + 16)

    def show(self, snapshot: Snapshot | None) -> None:
        """Shows the flows of one watched step; None shows none."""
        before, self._snapshot = self._snapshot, snapshot
        self._measure()
        now = time.monotonic()
        restless = snapshot is not None and snapshot.playing and before is not None
        if not restless or now - self._labelled_at >= READABLE:
            self._labelled_at = now
            self._write()

    def _measure(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            self._backward = self._forward = np.full(len(self._keys), NONE)
            return
        found = [
            snapshot.flows.get(key) if isinstance(key, Wire) else snapshot.variables.get(key)
            for key in self._keys
        ]
        self._backward = np.array([level(f.gradient) if f else NONE for f in found], np.int64)
        self._forward = np.array([level(f.value) if f else NONE for f in found], np.int64)

    def _write(self) -> None:
        """The numbers: gradients below circles, costs below squares."""
        self._labels = []
        snapshot = self._snapshot
        if snapshot is None:
            return
        for key, (x, y) in self._places.items():
            if isinstance(key, Pin):
                flow = snapshot.variables.get(key)
                if flow is not None:
                    self._write_flow(x, y, flow)
            elif key in snapshot.costs:
                self._labels.append(_Number(x, y, energy(snapshot.costs[key]), "problem"))

    def _write_flow(self, x: float, y: float, flow: Flow) -> None:
        kind = "gradient_text" if math.isfinite(flow.gradient) else "problem"
        self._labels.append(_Number(x, y, scientific(flow.gradient), kind))
        if self._values:
            self._labels.append(_Number(x, y + 14, scientific(flow.value), "muted"))

    def advance(self, seconds: float) -> None:
        """Lets everything run on for a while."""
        strength = np.maximum(self._backward, self._forward)
        speed = 18.0 + 84.0 * np.clip(strength, 0, SHADES - 1) / (SHADES - 1)
        self._phase = (self._phase + seconds * speed / self._gaps()) % 1.0

    def _counts(self) -> npt.NDArray[np.int64]:
        """Dots on each way: closer together where the gradient is stronger."""
        part = np.clip(self._backward, 0, SHADES - 1) / (SHADES - 1)
        return np.maximum(1, np.round(self._lengths / (34.0 - 14.0 * part))).astype(np.int64)

    def _gaps(self) -> Array:
        return np.maximum(self._lengths, 1.0) / self._counts()

    def paint(self, painter: QPainter, rect: QRectF, ink: Inks, detail: bool, moving: bool) -> None:
        """Paints bands, pulses and, with `detail`, numbers in the part of the scene that is seen."""
        if self._snapshot is None or not len(self._keys):
            return
        seen = self._seen(rect)
        self._paint_bands(painter, ink, seen, detail)
        if moving:
            if self._values:
                self._paint_dots(painter, ink, seen, self._forward, True, detail)
            self._paint_dots(painter, ink, seen, self._backward, False, detail)
        if detail:
            self._paint_numbers(painter, rect, ink)

    def _seen(self, rect: QRectF) -> npt.NDArray[np.intp]:
        left, top, right, bottom = edges(rect)
        b = self._boxes
        inside = (b[:, 0] <= right + 8) & (b[:, 2] >= left - 8)
        inside &= (b[:, 1] <= bottom + 8) & (b[:, 3] >= top - 8)
        return np.flatnonzero(inside & ((self._backward != NONE) | (self._forward != NONE)))

    def _paint_bands(
        self, painter: QPainter, ink: Inks, seen: npt.NDArray[np.intp], detail: bool
    ) -> None:
        levels = self._backward[seen]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setCompositionMode(ink.under)
        for strength in np.unique(levels[levels != NONE]).tolist():
            pen = QPen(_shade(ink, strength), band_width(strength))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if not detail:
                pen.setCosmetic(True)
                pen.setWidthF(1.0 + 2.0 * strength / SHADES)
            painter.setPen(pen)
            here = seen[levels == strength]
            plain = here if not detail else here[self._straight[here]]
            painter.drawLines([QLineF(*ends) for ends in self._ends(plain)])
            if detail:
                for index in here[~self._straight[here]].tolist():
                    painter.drawPolyline(self._band(index))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)

    def _band(self, index: int) -> QPolygonF:
        """The way of a wire with all its corners, made when it is first seen."""
        if index not in self._bands:
            self._bands[index] = _polygon(self._bent[index].tolist())
        return self._bands[index]

    def _ends(self, which: npt.NDArray[np.intp]) -> list[list[float]]:
        ways = self._ways[which]
        ends: list[list[float]] = np.hstack([ways[:, 0], ways[:, -1]]).tolist()
        return ends

    def _paint_dots(
        self,
        painter: QPainter,
        ink: Inks,
        seen: npt.NDArray[np.intp],
        levels: npt.NDArray[np.int64],
        forward: bool,
        detail: bool,
    ) -> None:
        here = seen[levels[seen] != NONE]
        counts = self._counts()[here]
        if not detail:  # far away one dot a wire is enough
            counts = np.ones_like(counts)
        if counts.sum() > MOST_DOTS:
            here = here[:: 1 + len(here) // MOST_DOTS]
            counts = np.ones(len(here), np.int64)
        at, owner = self._dots(here, counts, forward)
        strengths = levels[owner]
        for strength in np.unique(strengths).tolist():
            width = 2 * dot_radius(strength) * (0.8 if forward else 1.0)
            pen = QPen(_full(ink, strength, forward), width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            if not detail:
                pen.setCosmetic(True)
                pen.setWidthF(max(2.0, width * 0.45))
            painter.setPen(pen)
            painter.drawPoints(_polygon(at[strengths == strength].tolist()))

    def _dots(
        self, here: npt.NDArray[np.intp], counts: npt.NDArray[np.int64], forward: bool
    ) -> tuple[Array, npt.NDArray[np.intp]]:
        """Where the dots are, `[n, 2]`, and the index of the way of each."""
        owner = np.repeat(here, counts)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        number = np.arange(len(owner)) - first
        part = (number + self._phase[owner]) / np.repeat(counts, counts)
        along = (part if forward else 1.0 - part) % 1.0 * (SAMPLES - 1)
        index = np.minimum(along.astype(np.int64), SAMPLES - 2)
        rest = (along - index)[:, None]
        at = self._ways[owner, index] * (1 - rest) + self._ways[owner, index + 1] * rest
        return at, owner

    def _paint_numbers(self, painter: QPainter, rect: QRectF, ink: Inks) -> None:
        left, top, right, bottom = edges(rect)
        for x, y, text, kind in self._labels:
            if left - 40 <= x <= right + 40 and top - 10 <= y <= bottom + 10:
                painter.setPen(getattr(ink, kind))
                write(painter, text, x, y)


def _shade(ink: Inks, strength: int) -> QColor:
    if strength != BROKEN:
        return ink.shade(strength)
    made = QColor(ink.problem)
    made.setAlpha(90)
    return made


def _full(ink: Inks, strength: int, forward: bool) -> QColor:
    if strength == BROKEN:
        return ink.problem
    return ink.muted if forward else ink.gradient


def _polygon(points: Sequence[Sequence[float]]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])
