"""Signs on the drawing that say how the training does: lost gradients, dead units, and a tint where weights have changed.

They are painted over the items, in a few calls, and change no more often than a person can read.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from app.canvas.inks import Inks, text_width, write
from app.canvas.numbers import READABLE
from app.canvas.outlines import around
from app.canvas.vanishing import VANISHING, Sign, reached, starts, troubled, usual
from graph.diagram import Diagram, Pin
from runtime.snapshot import Snapshot

if TYPE_CHECKING:
    from app.canvas.scene import CanvasScene

FEW = 0.005  # a smaller share of dead units is not worth a word
MANY = 0.5  # and from this one on it is said as a problem
TINTS = 12  # how many strengths of the tint are told apart
STRONGEST = 84  # of 255, the tint of a block whose weights have changed altogether
SIDE = 9.0  # of the triangle of a sign
LINE = 12.0  # from one line of words to the next
LOOKS = 5  # looks of which the median counts: one minibatch makes no sign
READ, LARGEST = (
    0.9,
    2.2,
)  # the scale below which signs are painted larger, and by how much at the most


class Signs:
    """What is known beyond the flows, for the shown level; each kind is shown while it is wanted."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.marks, self.dead_wanted, self.tint_wanted = True, True, False
        self.starts: dict[Pin, Sign] = {}  # where gradients begin to vanish or explode
        self.dead: Mapping[str, float] = {}  # share of the units, by block
        self.moved: Mapping[str, float] = {}  # ‖w − w₀‖ / ‖w₀‖, by block
        self._kinds: dict[Pin, str] = {}  # of all variables in trouble, not only of the first
        self._looked_at = 0.0
        self._looks: deque[dict[Pin, float]] = deque(maxlen=LOOKS)  # the last gradients' norms
        self._order: tuple[Pin, ...] = ()
        self._after: dict[Pin, tuple[Pin, ...]] = {}
        self._learning: set[Pin] = set()
        self._weighted: Mapping[str, float] = {}
        self._diagram: Diagram | None = None

    # --- what is known ----------------------------------------------------------------------------------------------

    def show(self, snapshot: Snapshot | None) -> None:
        """Looks at the gradients of a watched step; None forgets everything."""
        if snapshot is None:
            self.starts, self._kinds, self.dead, self.moved = {}, {}, {}, {}
            self._looks.clear()
            return
        now = time.monotonic()
        if snapshot.playing and self._kinds and now - self._looked_at < READABLE:
            return
        self._looked_at = now
        self._follow(self._scene.diagram, snapshot.weight_gradients)
        if not snapshot.playing:
            self._looks.clear()
        seen = snapshot.variables
        self._looks.append({p: seen[p].gradient for p in self._order if p in seen})
        norms = usual(self._looks)
        found = troubled(norms, self._after, self._kinds, self._learning)
        self._kinds = {pin: sign.kind for pin, sign in found.items()}
        self.starts = starts(found, norms, self._after)

    def _follow(self, diagram: Diagram, weighted: Mapping[str, float]) -> None:
        """The variables from the costs back, which are computed from which, and which with weights that are trained."""
        if diagram is self._diagram and weighted.keys() == self._weighted.keys():
            return
        self._weighted = weighted
        self._looks.clear()
        self._diagram, blocks = diagram, self._scene.blocks
        outputs = {n: [Pin(n, r) for r in item.face.form.rings] for n, item in blocks.items()}
        self._order = tuple(p for n in reversed(diagram.order) for p in outputs.get(n, ()))
        fed: dict[Pin, list[Pin]] = {}
        for wire in diagram.wires:
            fed.setdefault(wire.source, []).extend(outputs.get(wire.target.block, ()))
        self._after = {pin: tuple(pins) for pin, pins in fed.items()}
        moved = [n for n in outputs if n in weighted and not is_frozen(diagram, n)]
        self._learning = reached((p for n in moved for p in outputs[n]), self._after)

    def show_dead(self, shares: Mapping[str, float]) -> None:
        """The share of dead units, by block."""
        self.dead = shares

    def show_moved(self, ratios: Mapping[str, float]) -> None:
        """How far weights have moved, by block; what stands is painted anew when that makes a difference."""
        before, self.moved = self.tints(), ratios
        if self.tints() != before:
            self._scene.tinted.emit()

    def tints(self) -> dict[str, int]:
        """The strength of each block's tint, 1..TINTS; none while it is not wanted."""
        if not self.tint_wanted:
            return {}
        found = {n: round(min(r, 1.0) ** 0.5 * TINTS) for n, r in self.moved.items()}
        return {name: strength for name, strength in found.items() if strength}

    # --- in words ---------------------------------------------------------------------------------------------------

    def of_pin(self, pin: Pin) -> str:
        """A sentence for the tool tip of a circle, "" when all is well."""
        sign = self.starts.get(pin)
        if sign is None or not self.marks:
            return ""
        return f"{sign.finding}. {sign.advice}"

    def of_block(self, name: str) -> list[str]:
        """Lines for the tool tip of a block."""
        lines = []
        if self.dead_wanted and name in self.dead:
            lines.append(f"{self.dead[name]:.0%} of the units dead: 0 for every sample looked at")
        if name in self.moved and self.tint_wanted:
            lines.append(f"weights moved since the start by {self.moved[name]:.1%} of their norm")
        return lines

    # --- painting ---------------------------------------------------------------------------------------------------

    def paint_tints(self, painter: QPainter, rect: QRectF, ink: Inks) -> None:
        """Tints the shapes of blocks as if the colour lay under their texts."""
        tints = self.tints()
        if not tints:
            return
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setCompositionMode(ink.under)
        for name, strength in tints.items():
            item = self._scene.blocks.get(name)
            if (
                item is None
                or not self._is_seen(name)
                or not rect.intersects(item.sceneBoundingRect())
            ):
                continue
            color = QColor(ink.theme.classes[4])
            color.setAlpha(STRONGEST * strength // TINTS)
            painter.setBrush(color)
            made = item.face.form
            painter.drawPath(around(made).translated(item.pos()))
        painter.restore()

    def paint(self, painter: QPainter, rect: QRectF, ink: Inks) -> None:
        """Writes signs below circles and shares of dead units below shapes."""
        larger = min(max(1.0, READ / painter.worldTransform().m11()), LARGEST)  # seen from afar too
        taken = []
        if self.marks:
            for pin, sign in self.starts.items():
                if self._is_seen(pin.block):
                    taken.append(self.room(pin, sign, larger))
                    if rect.intersects(taken[-1]):
                        _paint_sign(painter, ink, sign, taken[-1], larger)
        if self.dead_wanted:
            for name, share in self.dead.items():
                if share >= FEW and self._is_seen(name):
                    self._paint_dead(painter, rect, ink, name, share, taken)

    def _is_seen(self, name: str) -> bool:
        """Whether a block is there, and not still to be revealed."""
        item = self._scene.blocks.get(name)
        return item is not None and item.isVisible()

    def room(self, pin: Pin, sign: Sign, larger: float) -> QRectF:
        """Where the sign of a variable is in the scene: below its circle or its number."""
        at = self._scene.pulses.flows.place_after(pin)
        if at is None:  # an observed variable has no number
            item = self._scene.blocks[pin.block]
            ring = item.face.form.rings[pin.name]
            x, y, align = item.x() + ring.x, item.y() + ring.y + ring.radius + 12, 0.5
        else:
            x, y, align = at
        wide, middle = text_width(sign.kind) + 2 * SIDE, y + SIDE * (larger - 1)
        return QRectF(
            x - align * wide * larger, middle - LINE / 2 * larger, wide * larger, LINE * larger
        )

    def _paint_dead(
        self,
        painter: QPainter,
        rect: QRectF,
        ink: Inks,
        name: str,
        share: float,
        taken: Sequence[QRectF],
    ) -> None:
        text = f"{share:.0%} dead".replace("%", " %")
        room = self.place_dead(name, text_width(text), taken)
        if rect.intersects(room):
            painter.setPen(ink.problem if share >= MANY else ink.muted)
            write(painter, text, room.center().x(), room.center().y())

    def place_dead(self, name: str, wide: float, taken: Sequence[QRectF]) -> QRectF:
        """The room for words about the dead units: below the shape of the block, and below the signs that are there."""
        item = self._scene.blocks[name]
        room = QRectF(0, 0, wide, LINE)
        room.moveCenter(QPointF(item.x(), item.y() + item.face.form.height / 2 + LINE))
        for other in sorted(taken, key=QRectF.top):
            if other.intersects(room):
                room.moveTop(other.bottom())
        return room


def _paint_sign(painter: QPainter, ink: Inks, sign: Sign, room: QRectF, larger: float) -> None:
    painter.save()
    painter.translate(room.left(), room.center().y())
    painter.scale(larger, larger)
    painter.setPen(ink.problem)
    write(painter, sign.kind, 1.5 * SIDE, 0, align=0.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(triangle(SIDE / 2, 0, down=sign.kind == VANISHING))
    painter.restore()


def is_frozen(diagram: Diagram, name: str) -> bool:
    """Whether training leaves the weights of a block as they are; those that are shared are their owner's."""
    while (owner := diagram.blocks[name].shares) is not None and owner in diagram.blocks:
        name = owner
    return diagram.blocks[name].settings.get("freeze") is True


def triangle(x: float, y: float, down: bool) -> QPolygonF:
    """The triangle of a sign around a point: on its tip for what shrinks, on its side for what grows."""
    tip = SIDE / 2 if down else -SIDE / 2
    corners = ((x - SIDE / 2, y - tip * 0.8), (x + SIDE / 2, y - tip * 0.8), (x, y + tip * 0.9))
    return QPolygonF([QPointF(*corner) for corner in corners])
