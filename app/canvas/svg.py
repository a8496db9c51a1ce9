"""A drawing as an SVG file that looks the same everywhere: texts are outlines, with invisible letters on top to be selected and searched."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen, QTransform

from app.canvas.drawing import Drawing, Paint, Shape, Text, circle

Outlines = dict[tuple[str, str, float], tuple[str, str]]  # by text, font and scale: id, element

_UNFIT = {code: "\ufffd" for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}
_CAPS = {Qt.PenCapStyle.RoundCap: "round", Qt.PenCapStyle.SquareCap: "square"}
_DASHES = {Qt.PenStyle.DashLine: (4.0, 2.0), Qt.PenStyle.DotLine: (1.0, 2.0)}


def svg_text(drawing: Drawing, rect: QRectF, background: str = "", metadata: str = "") -> str:
    """The text of an SVG file that shows a part of the canvas, one pixel for each unit.

    `background` is a colour as #rrggbb, "" for none; `metadata` an element to be carried inside.
    """
    outlines: Outlines = {}
    body = [line for item in drawing for line in _item(item, outlines)]
    size = f'width="{_n(rect.width())}" height="{_n(rect.height())}"'
    box = " ".join(map(_n, (rect.x(), rect.y(), rect.width(), rect.height())))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size} viewBox="{box}">',
        "<title>A diagram of Gradboard</title>",
        *([metadata] if metadata else []),
        *(["<defs>", *(line for _, line in outlines.values()), "</defs>"] if outlines else []),
        *([f'<rect {_box(rect)} fill="{background}"/>'] if background else []),
        *body,
        "</svg>",
        "",
    ]
    return "\n".join(lines)


def path_data(path: QPainterPath, at: QPointF | None = None) -> str:
    """The `d` of a path element."""
    dx, dy = (at.x(), at.y()) if at is not None else (0.0, 0.0)
    parts: list[str] = []
    kinds = QPainterPath.ElementType
    marks = {kinds.MoveToElement: "M", kinds.LineToElement: "L", kinds.CurveToElement: "C"}
    for index in range(path.elementCount()):
        element = path.elementAt(index)
        mark = marks.get(element.type, " ")  # type: ignore[call-overload]
        parts.append(f"{mark}{_n(element.x + dx)} {_n(element.y + dy)}")  # type: ignore[attr-defined]
    return "".join(parts)


def _item(item: Shape | Text, outlines: Outlines) -> Iterator[str]:
    if isinstance(item, Shape):
        yield _shape(item)
    else:
        yield from _text(item, outlines)


def _shape(item: Shape) -> str:
    role = " ".join(p.role for p in (item.line, item.fill) if p is not None and p.role)
    named = f' class="{escape(role)}"' if role else ""
    line = _line(item.line, item.pen) if item.line else ""
    fill = _fill(item.fill) if item.fill else ' fill="none"'
    if round_one := circle(item.path):
        x, y, radius = map(_n, round_one)
        return f'<circle cx="{x}" cy="{y}" r="{radius}"{named}{fill}{line}/>'
    return f'<path d="{path_data(item.path)}"{named}{fill}{line}/>'


def _fill(paint: Paint) -> str:
    faded = f' fill-opacity="{_n(paint.opacity)}"' if paint.opacity < 1 else ""
    return f' fill="{paint.color.name()}"{faded}'


def _line(paint: Paint, pen: QPen) -> str:
    width = pen.widthF() or 1.0
    text = f' stroke="{paint.color.name()}" stroke-width="{_n(width)}" stroke-miterlimit="8"'
    if paint.opacity < 1:
        text += f' stroke-opacity="{_n(paint.opacity)}"'
    if pen.capStyle() in _CAPS:
        text += f' stroke-linecap="{_CAPS[pen.capStyle()]}"'
    if dashes := dash(pen):
        text += f' stroke-dasharray="{" ".join(map(_n, dashes))}"'
    return text


def dash(pen: QPen) -> tuple[float, ...]:
    """Lengths of dashes and gaps in canvas units, empty for a solid line."""
    return tuple(part * (pen.widthF() or 1.0) for part in _DASHES.get(pen.style(), ()))


def _text(item: Text, outlines: Outlines) -> Iterator[str]:
    key = (item.text, item.font.key(), item.scale)
    if key not in outlines:
        path = QPainterPath()
        path.addText(0.0, 0.0, item.font, item.text)
        new = f"t{len(outlines)}"
        path = QTransform.fromScale(item.scale, item.scale).map(path)
        outlines[key] = new, f'<path id="{new}" d="{path_data(path)}"/>'
    name = outlines[key][0]
    place = f'x="{_n(item.x)}" y="{_n(item.y)}"'
    yield f'<use xlink:href="#{name}" {place}{_fill(item.paint)}/>'
    yield (
        f'<text {place} textLength="{_n(item.width)}" lengthAdjust="spacingAndGlyphs"'
        f'{_font(item)} fill-opacity="0">{escape(item.text.translate(_UNFIT))}</text>'
    )


def _font(item: Text) -> str:
    is_italic = item.font.italic()
    family = "serif" if is_italic else "sans-serif"
    slant = ' font-style="italic"' if is_italic else ""
    return f' font-family="{family}" font-size="{_n(item.size)}"{slant}'


def _box(rect: QRectF) -> str:
    x, y, width, height = map(_n, (rect.x(), rect.y(), rect.width(), rect.height()))
    return f'x="{x}" y="{y}" width="{width}" height="{height}"'


def _n(value: float) -> str:
    """A number as short as it can be at a hundredth of a pixel."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"
