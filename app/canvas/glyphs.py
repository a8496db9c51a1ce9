"""Paints the shapes of the notation: blocks with their circles, pins and troubles; wires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from app.canvas.faces import Face
from app.canvas.geometry import CIRCLES, COPY, Form, Ring
from app.canvas.inks import LABEL, NAME, PIN_NAME, Inks, WireLook, text_width, write
from app.canvas.outlines import around, short_arrow
from app.canvas.paths import HALF_HEAD, HEAD, Points, head
from graph.problem import Problem
from nodes.block import Glyph

if TYPE_CHECKING:
    from app.canvas.miniature import Miniature

ASIDE = 6.0  # from a circle to the text beside it, where shapes stand
PIN = 4.0  # radius of an open pin
RING, SIGN = (
    16.0,
    14,
)  # by how much the ring of a verdict is larger than its shape; size of its sign
MUTED = 0.5  # opacity of a block that is left out
BAR = 5.0  # by how much the bar of a muted block reaches beyond it
REFUSED = 0.35  # opacity of a block that the wire which is dragged cannot enter
TROUBLE_LEADING = 14.0  # from one line of an error to the next


class Verdict(NamedTuple):
    """Whether a block's gradient is right, and the number behind it in words."""

    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What the view adds to a block for the moment; none of it is saved.

    `wiring` is "" when no wire is dragged, else "fits" or "refused"; `near` is the pin or circle under the mouse; `verdict`
    is what the gradient check found.
    """

    selected: bool = False
    wiring: str = ""
    near: str = ""
    verdict: Verdict | None = None


def paint_block(
    painter: QPainter, face: Face, ink: Inks, marks: Marks, inner: Miniature | None = None
) -> None:
    """Paints a block around (0, 0), with what it shows of its inside."""
    made = face.form
    shape = around(made)
    whole = painter.opacity()
    painter.setOpacity(whole * _strength(face, marks))
    if marks.selected:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(ink.halo)
        painter.drawPath(shape)
    painter.setPen(ink.rims[made.glyph])
    painter.setBrush(ink.fills[made.glyph])
    if face.copied:
        painter.drawPath(shape.translated(COPY, -COPY))
    painter.drawPath(shape)
    if made.glyph is Glyph.PART:
        painter.drawPath(around(made, -9.0))
    if inner is not None:
        inner.paint(painter, made.window, ink)
    _paint_rings(painter, face, ink, marks)
    _paint_texts(painter, face, ink)
    _paint_pins(painter, face, ink, marks)
    if face.troubles:
        _paint_troubles(painter, face, ink)
    if marks.verdict is not None:
        _paint_verdict(painter, made, ink, marks.verdict.ok)
    painter.setOpacity(whole)
    if face.muted:
        _paint_bar(painter, made, ink)


def _strength(face: Face, marks: Marks) -> float:
    """The opacity of a block."""
    return REFUSED if marks.wiring == "refused" else MUTED if face.muted else 1.0


def _paint_bar(painter: QPainter, made: Form, ink: Inks) -> None:
    """The line by which a muted block is struck out."""
    across, down = made.width / 2 + BAR, made.height / 2 + BAR
    painter.setPen(ink.muted_bar)
    painter.drawLine(QPointF(-across, down), QPointF(across, -down))


def _paint_rings(painter: QPainter, face: Face, ink: Inks, marks: Marks) -> None:
    made = face.form
    for name, ring in made.rings.items():
        middle = QPointF(ring.x, ring.y)
        if made.glyph not in CIRCLES:
            _paint_short_arrow(painter, made, ring, ink)
            painter.setPen(ink.ring)
            painter.setBrush(ink.ring_fill)
            painter.drawEllipse(middle, ring.radius, ring.radius)
        if marks.near == name:
            painter.setPen(ink.hover)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, ring.radius + 4, ring.radius + 4)


def _paint_short_arrow(painter: QPainter, made: Form, ring: Ring, ink: Inks) -> None:
    start, end = (QPointF(*at) for at in short_arrow(made, ring))
    ahead, aside = QPointF(ring.dx, ring.dy), QPointF(-ring.dy, ring.dx)
    painter.setPen(ink.wire)
    painter.drawLine(start, end - ahead * (HEAD - 3))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.wire_fill)
    back = end - ahead * HEAD
    painter.drawPolygon(QPolygonF([end, back - aside * HALF_HEAD, back + aside * HALF_HEAD]))


def _paint_texts(painter: QPainter, face: Face, ink: Inks) -> None:
    made = face.form
    painter.setPen(ink.text if made.glyph is not Glyph.UNKNOWN else ink.muted)
    if face.text:
        write(painter, face.text, *made.text_at, italic=True, size=_label_size(face))
    _paint_pin_names(painter, face, ink)
    painter.setPen(ink.text)
    for name, text in face.rings.items():
        ring = made.rings[name]
        write(painter, text, ring.x, ring.y, italic=True, size=_fitting(text, ring.radius))
    painter.setPen(ink.muted)
    for name, text in face.shapes.items():
        ring = made.rings[name]
        if made.up:
            write(painter, text, ring.x + ring.radius + ASIDE, ring.y - 7.0, align=0.0)
        else:
            write(painter, text, ring.x, ring.y - ring.radius - shape_height(text))
    if face.caption and face.beside:
        write(painter, face.caption, made.width / 2 + 9, 0.0, align=0.0)
    elif face.caption:
        write(painter, face.caption, 0.0, -made.height / 2 - 11)


def _label_size(face: Face) -> int:
    if face.form.glyph in CIRCLES:
        return _fitting(face.text, face.form.width / 2)
    return LABEL if face.form.glyph is not Glyph.DELAY else 13


def _paint_pin_names(painter: QPainter, face: Face, ink: Inks) -> None:
    """The names of inputs at the flat end, those of outputs at the round one."""
    made = face.form
    painter.setPen(ink.muted)
    for name in face.named:
        if made.up:
            _write_pin_name(painter, made, name)
        elif name in made.rings:
            y = made.rings[name].y
            write(painter, name, made.edge(y) - 12, y, size=PIN_NAME, align=1.0)
        elif name in made.ports:
            port = made.ports[name]
            write(painter, name, port.x + 9, port.y, size=PIN_NAME, align=0.0)


def _write_pin_name(painter: QPainter, made: Form, name: str) -> None:
    """The name of a pin in a shape that stands: below the round end, or above the flat one."""
    if name in made.rings:
        x = made.rings[name].x
        write(painter, name, x, 11.0 - made.edge(x), size=PIN_NAME)
    elif name in made.ports:
        write(painter, name, made.ports[name].x, made.ports[name].y - 10.0, size=PIN_NAME)


def shape_height(text: str) -> float:
    """How high a shape stands above its circle: a long one clears the neighbours' upper edges."""
    return 11.0 if text_width(text) <= 50.0 else 19.0


def _fitting(text: str, radius: float) -> int:
    """The largest size at which a name fits into its circle."""
    size = LABEL if radius > 20 else NAME
    while size > 8 and text_width(text, size, italic=True) > 2 * radius - 6:
        size -= 1
    return size


def _paint_pins(painter: QPainter, face: Face, ink: Inks, marks: Marks) -> None:
    made = face.form
    ports = {**made.ports, **made.offered} if marks.wiring == "fits" else made.ports
    for name, port in ports.items():
        if name in face.wired and marks.wiring != "fits" and marks.near != name:
            continue
        near = marks.near == name
        painter.setPen(ink.open_pin)
        painter.setBrush(ink.paper)
        radius = PIN
        if near:
            painter.setPen(ink.hover)
            painter.setBrush(ink.snapped if marks.wiring else ink.fitting)
            radius = PIN + 3
        elif marks.wiring == "fits":
            painter.setPen(ink.hover)
            painter.setBrush(ink.fitting)
            radius = PIN + 1
        painter.drawEllipse(QPointF(port.x, port.y), radius, radius)
        at_end = bool(port.dx) != made.up
        if near or (marks.wiring == "fits" and at_end and len(ports) > 1):
            painter.setPen(ink.selection if near else ink.muted)
            _write_beside(painter, name, port.x, port.y, port.dx, port.dy)


def _write_beside(painter: QPainter, text: str, x: float, y: float, dx: float, dy: float) -> None:
    """The name of a pin, outside its shape."""
    if dx:
        write(painter, text, x - 10 * dx, y - 9, size=10, align=1.0 if dx > 0 else 0.0)
    else:
        write(painter, text, x, y - 15 * dy, size=10)


def _paint_troubles(painter: QPainter, face: Face, ink: Inks) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for problem in face.troubles:
        _paint_trouble(painter, face, ink, problem)
    painter.setPen(ink.problem)
    x, y = trouble_place(face)
    for index, line in enumerate(face.trouble_lines):
        write(painter, line, x, y + TROUBLE_LEADING * index, align=0.0)


def _paint_trouble(painter: QPainter, face: Face, ink: Inks, problem: Problem) -> None:
    made, pin = face.form, problem.where.partition(".")[2]
    is_error = problem.kind == "error"
    painter.setPen(ink.trouble if is_error else ink.unfinished)
    if pin in made.rings:
        ring = made.rings[pin]
        reach = ring.radius + 5
        painter.drawEllipse(QPointF(ring.x, ring.y), reach, reach)
    elif pin in made.ports or pin in made.offered:
        port = made.port(pin)
        radius = PIN + 4 if is_error else PIN
        painter.drawEllipse(QPointF(port.x, port.y), radius, radius)
    elif is_error:
        painter.drawPath(around(made, 12.0))
    else:
        painter.drawEllipse(QPointF(made.width / 2 - 6, -made.height / 2 - 6), PIN, PIN)


def _paint_verdict(painter: QPainter, made: Form, ink: Inks, ok: bool) -> None:
    """A ring around the shape, with a sign for those who cannot tell green from red."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(ink.right if ok else ink.trouble)
    painter.drawPath(around(made, RING))
    painter.setPen(ink.gradient_text if ok else ink.problem)
    write(painter, "✓" if ok else "✗", made.width / 2 + 7, -made.height / 2 - 7, size=SIGN)


def trouble_place(face: Face) -> tuple[float, float]:
    """Where the text of a block's first error begins, relative to the block: below its shape, beside it when it stands."""
    if face.form.up:
        return face.form.width / 2 + 10, 16.0 if face.caption else 0.0
    return -face.form.width / 2, face.form.height / 2 + 18


def extent(face: Face) -> QRectF:
    """All that paint_block may touch, relative to the block."""
    left, top, right, bottom = face.form.box()
    rect = QRectF(left - 14, top - 14, right - left + 28, bottom - top + 28)
    for name, text in face.shapes.items():
        ring = face.form.rings[name]
        if face.form.up:
            rect |= QRectF(ring.x, ring.y - 20, ring.radius + ASIDE + text_width(text) + 2, 26)
            continue
        half = text_width(text) / 2 + 2
        rect |= QRectF(ring.x - half, ring.y - ring.radius - 28, 2 * half, 28)
    if face.caption:
        width = text_width(face.caption) + 4
        x = right + 8 if face.beside else -width / 2
        rect |= QRectF(x, -8 if face.beside else top - 20, width, 18)
    if lines := face.trouble_lines:
        x, y = trouble_place(face)
        width = max(text_width(line) for line in lines)
        rect |= QRectF(x - 2, y - 9, width + 4, 18 + TROUBLE_LEADING * (len(lines) - 1))
    names = [*face.form.ports, *face.form.offered]
    if names:  # they are written outside while a wire is dragged
        wide = max(text_width(name, 10) for name in names)
        if face.form.up:
            return rect.adjusted(-wide, -26 if face.form.glyph is Glyph.COST else 0.0, wide, 26)
        rect.adjust(-wide, -10, wide if face.form.glyph is Glyph.COST else 0.0, 12)
    return rect


def wire_path(way: Points) -> QPainterPath:
    """The line of a wire."""
    path = QPainterPath(QPointF(*way[0]))
    for x, y in way[1:].tolist():
        path.lineTo(x, y)
    return path


def paint_wire(painter: QPainter, path: QPainterPath, way: Points, look: WireLook) -> None:
    """The line of a wire with its arrow head."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(look.pen)
    painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.fill)
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in head(way)]))
