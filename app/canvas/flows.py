"""What runs along the wires while it trains: green pulses back along the gradient, grey ones forward, and the numbers.

Speed, thickness and colour grow with the logarithm of the norm, of gradients and of values alike, each on its own scale.

Everything is kept in arrays over all wires, so that a frame costs a few painter calls for each shade, not for each wire.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from app.canvas.geometry import CIRCLES
from app.canvas.inks import SHADES, Inks, edges
from app.canvas.items import SAMPLES
from app.canvas.numbers import READABLE, Numbers, Place
from app.canvas.outlines import short_arrow
from app.canvas.scale import AT_FIRST, fitted
from app.canvas.strength import NONE, band_color, band_width, dot_color, dot_radius, level
from graph.diagram import Pin, Wire
from runtime.snapshot import Snapshot

if TYPE_CHECKING:
    from app.canvas.items import BlockItem, WireItem

Array = npt.NDArray[np.float64]
SLOWEST, FASTEST = 18.0, 102.0  # canvas units a second
MOST_DOTS = 3_000  # in one frame


class Flows:
    """The ways along which something runs, how strong it is, and how far it has come."""

    def __init__(self) -> None:
        self._values, self._gradients = False, True
        self.scale = self.value_scale = AT_FIRST  # of gradients, of values
        self._keys: list[Wire | Pin] = []
        self._ways = np.zeros((0, SAMPLES, 2))
        self._lengths = np.zeros(0)
        self._boxes = np.zeros((0, 4))
        self._straight = np.zeros(0, bool)
        self._bent: dict[int, Array] = {}  # the ways of wires that are not straight, by their index
        self._bands: dict[tuple[int, float], QPolygonF] = {}  # by index and how far aside
        self._backward = np.zeros(0, np.int64)
        self._forward = np.zeros(0, np.int64)
        self._phases = np.zeros((2, 0))  # how far pulses have come: backward, forward
        self._numbers = Numbers()
        self._written_at = 0.0
        self._snapshot: Snapshot | None = None

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

    @property
    def show_gradients(self) -> bool:
        """Whether gradients that run backward are shown, in green."""
        return self._gradients

    @show_gradients.setter
    def show_gradients(self, wanted: bool) -> None:
        self._gradients = wanted
        self._write()

    def place_after(self, pin: Pin) -> Place | None:
        """Where there is room beside a circle after its numbers; None for a circle without."""
        return self._numbers.place_after(pin, self._gradients + self._values)

    def lay(self, blocks: Collection[BlockItem], wires: Iterable[WireItem]) -> None:
        """Takes the ways anew from what is on the canvas, after any change of it."""
        ways: list[Array] = []
        straight: list[bool] = []
        self._keys = []
        self._bent, self._bands = {}, {}
        for wire in wires:
            if len(wire.way) > 2:
                self._bent[len(ways)] = wire.way
            self._keys.append(wire.wire)
            ways.append(wire.evenly)
            straight.append(len(wire.way) == 2)
        for block in blocks:
            self._lay_arrows(block, ways, straight)
        self._numbers.lay(blocks)
        self._ways = np.array(ways).reshape(-1, SAMPLES, 2)
        steps = np.diff(self._ways, axis=1)
        self._lengths = np.hypot(steps[..., 0], steps[..., 1]).sum(axis=1)
        self._boxes = np.hstack([self._ways.min(axis=1), self._ways.max(axis=1)])
        self._straight = np.array(straight, bool)
        had = self._phases.shape[1]
        self._phases = np.resize(self._phases, (2, len(ways))) if had else np.zeros((2, len(ways)))
        self._measure()
        self._write()

    def _lay_arrows(self, block: BlockItem, ways: list[Array], straight: list[bool]) -> None:
        """From a block to the circles of its outputs; a variable is its own circle."""
        made, x, y = block.face.form, block.x(), block.y()
        if made.glyph in CIRCLES:
            return
        for name, ring in made.rings.items():
            start, end = short_arrow(made, ring)
            self._keys.append(Pin(block.block, name))
            ways.append(
                np.linspace((x + start[0], y + start[1]), (x + end[0], y + end[1]), SAMPLES)
            )
            straight.append(True)

    def show(self, snapshot: Snapshot | None) -> None:
        """Shows the flows of one watched step; None shows none."""
        before, self._snapshot = self._snapshot, snapshot
        self._fit()
        self._measure()
        now = time.monotonic()
        restless = snapshot is not None and snapshot.playing and before is not None
        if not restless or now - self._written_at >= READABLE:
            self._written_at = now
            self._write()

    def _write(self) -> None:
        self._numbers.write(self._snapshot, self._gradients, self._values)

    def _fit(self) -> None:
        """Scales that hold what runs."""
        if self._snapshot is None:
            self.scale = self.value_scale = AT_FIRST
            return
        flows = [*self._snapshot.flows.values(), *self._snapshot.variables.values()]
        self.scale = fitted([f.gradient for f in flows], self.scale)
        self.value_scale = fitted([f.value for f in flows], self.value_scale)

    def _measure(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            self._backward = self._forward = np.full(len(self._keys), NONE)
            return
        found = [
            snapshot.flows.get(key) if isinstance(key, Wire) else snapshot.variables.get(key)
            for key in self._keys
        ]
        self._backward = np.array(
            [level(f.gradient, self.scale) if f else NONE for f in found], np.int64
        )
        self._forward = np.array(
            [level(f.value, self.value_scale) if f else NONE for f in found], np.int64
        )

    def advance(self, seconds: float) -> None:
        """Lets everything run on for a while, each direction by its own strength."""
        for number, levels in enumerate((self._backward, self._forward)):
            part = np.clip(levels, 0, SHADES - 1) / (SHADES - 1)
            gaps = np.maximum(self._lengths, 1.0) / self._counts(levels)
            speed = SLOWEST + (FASTEST - SLOWEST) * part
            self._phases[number] = (self._phases[number] + seconds * speed / gaps) % 1.0

    def _counts(self, levels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Dots on each way: closer together where more runs."""
        part = np.clip(levels, 0, SHADES - 1) / (SHADES - 1)
        return np.maximum(1, np.round(self._lengths / (34.0 - 14.0 * part))).astype(np.int64)

    def paint(self, painter: QPainter, rect: QRectF, ink: Inks, detail: bool, moving: bool) -> None:
        """Paints bands, pulses and, with `detail`, numbers in the part of the scene that is seen."""
        if self._snapshot is None or not len(self._keys):
            return
        seen = self._seen(rect)
        apart = len(self._directions()) > 1 and not moving  # pulses tell two directions apart
        for forward in self._directions():
            self._paint_bands(painter, ink, seen, forward, detail, apart)
        if moving:
            for forward in self._directions():
                self._paint_dots(painter, ink, seen, forward, detail)
        if detail:
            self._numbers.paint(painter, rect, ink)

    def _directions(self) -> list[bool]:
        """What is shown: True for values forward, False for gradients backward."""
        return [True] * self._values + [False] * self._gradients

    def _seen(self, rect: QRectF) -> npt.NDArray[np.intp]:
        left, top, right, bottom = edges(rect)
        b = self._boxes
        inside = (b[:, 0] <= right + 8) & (b[:, 2] >= left - 8)
        inside &= (b[:, 1] <= bottom + 8) & (b[:, 3] >= top - 8)
        return np.flatnonzero(inside & ((self._backward != NONE) | (self._forward != NONE)))

    def _paint_bands(
        self,
        painter: QPainter,
        ink: Inks,
        seen: npt.NDArray[np.intp],
        forward: bool,
        detail: bool,
        apart: bool,
    ) -> None:
        """Along the wires; with `apart` each direction on its left."""
        levels = (self._forward if forward else self._backward)[seen]
        scale = 1.0 if detail else painter.worldTransform().m11()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setCompositionMode(ink.under)
        for strength in np.unique(levels[levels != NONE]).tolist():
            pen = QPen(band_color(ink, strength, forward), band_width(strength))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if not detail:
                pen.setCosmetic(True)
                pen.setWidthF(1.0 + 2.0 * strength / SHADES)
            painter.setPen(pen)
            aside = pen.widthF() / scale / 2 * (1.0 if forward else -1.0) if apart else 0.0
            here = seen[levels == strength]
            plain = here if not detail else here[self._straight[here]]
            painter.drawLines([QLineF(*ends) for ends in self._ends(plain, aside)])
            if detail:
                for index in here[~self._straight[here]].tolist():
                    painter.drawPolyline(self._band(index, aside))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)

    def _band(self, index: int, aside: float) -> QPolygonF:
        """The way of a wire with all its corners, made when it is first seen."""
        key = (index, aside)
        if key not in self._bands:
            self._bands[key] = _polygon(beside(self._bent[index], aside).tolist())
        return self._bands[key]

    def _ends(self, which: npt.NDArray[np.intp], aside: float) -> list[list[float]]:
        ends: list[list[float]] = (
            beside(self._ways[which][:, [0, -1]], aside).reshape(-1, 4).tolist()
        )
        return ends

    def _paint_dots(
        self,
        painter: QPainter,
        ink: Inks,
        seen: npt.NDArray[np.intp],
        forward: bool,
        detail: bool,
    ) -> None:
        levels = self._forward if forward else self._backward
        here = seen[levels[seen] != NONE]
        counts = self._counts(levels)[here]
        if not detail:  # far away one dot a wire is enough
            counts = np.ones_like(counts)
        if counts.sum() > MOST_DOTS:
            here = here[:: 1 + len(here) // MOST_DOTS]
            counts = np.ones(len(here), np.int64)
        at, owner = self._dots(here, counts, forward)
        strengths = levels[owner]
        for strength in np.unique(strengths).tolist():
            width = 2 * dot_radius(strength) * (0.8 if forward else 1.0)
            pen = QPen(dot_color(ink, strength, forward), width)
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
        part = (number + self._phases[int(forward), owner]) / np.repeat(counts, counts)
        along = (part if forward else 1.0 - part) % 1.0 * (SAMPLES - 1)
        index = np.minimum(along.astype(np.int64), SAMPLES - 2)
        rest = (along - index)[:, None]
        at = self._ways[owner, index] * (1 - rest) + self._ways[owner, index + 1] * rest
        return at, owner


def beside(ways: Array, aside: float) -> Array:
    """Ways `[..., n, 2]` moved so far to the left of where they lead; below 0 to the right."""
    if not aside:
        return ways
    along = np.gradient(ways, axis=-2)
    lengths = np.maximum(np.hypot(along[..., 0], along[..., 1]), 1e-9)[..., None]
    left = np.stack([along[..., 1], -along[..., 0]], axis=-1) / lengths
    moved: Array = ways + aside * left
    return moved


def _polygon(points: Sequence[Sequence[float]]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])
