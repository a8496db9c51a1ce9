"""A drawing as a LaTeX file: TikZ paths with styles by role, labels in real mathematics, in the proportions of the canvas."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from app.canvas import tex
from app.canvas.drawing import Drawing, Paint, Shape, Text, circle
from app.canvas.inks import LABEL
from app.canvas.svg import dash

SIZE = 10.0  # points of a label in a shape: that of the text around the picture
LARGER = 1.15  # than on the screen, for the letters of TeX are lower and narrower
LARGEST = 14_000.0  # points of a side; TeX goes to 16,383
_HEAD = r"""% A diagram, drawn by Gradboard.  pdflatex makes a page of its size from this file;
% to put it into slides or an article, copy the styles and the tikzpicture.
\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{textcomp}
\usepackage{lmodern}
\usepackage{amsmath,amssymb}
\usepackage{tikz}
"""


def tikz_text(drawing: Drawing, rect: QRectF, background: str = "") -> str:
    """The text of a LaTeX file that shows a part of the canvas; `background` is a colour as #rrggbb, "" for none."""
    return _Tikz(rect).text(drawing, background)


class _Tikz:
    def __init__(self, rect: QRectF) -> None:
        self.rect = rect
        self.unit = min(SIZE / LABEL / LARGER, LARGEST / max(rect.width(), rect.height()))
        self.styles: dict[str, str] = {}  # what is said in a path -> the definition it needs
        self.colors: dict[str, str] = {}  # name -> RRGGBB

    def text(self, drawing: Drawing, background: str) -> str:
        body = [self._shape(i) if isinstance(i, Shape) else self._text(i) for i in drawing]
        wide, high = _n(self.rect.width() * self.unit), _n(self.rect.height() * self.unit)
        if background:
            self.colors["background"] = background.lstrip("#").upper()
            body.insert(0, rf"\fill[gb-background] (0,0) rectangle ({wide},-{high});")
        lines = [
            _HEAD.rstrip(),
            rf"\usepackage[paperwidth={wide}pt,paperheight={high}pt,margin=0pt]{{geometry}}",
            *(rf"\definecolor{{gb-{n}}}{{HTML}}{{{v}}}" for n, v in self.colors.items()),
            r"\tikzset{",
            *(f"  {name}/.style={{{value}}}," for name, value in self.styles.items()),
            "  gb text/.style={inner sep=0pt, outer sep=0pt, anchor=base},",
            "}",
            r"\pagestyle{empty}\parindent=0pt\topskip=0pt",
            r"\begin{document}%",
            r"\begin{tikzpicture}[x=1pt,y=1pt]",
            rf"\useasboundingbox (0,0) rectangle ({wide},-{high});",
            *body,
            r"\end{tikzpicture}%",
            r"\end{document}",
            "",
        ]
        return "\n".join(lines)

    def _shape(self, item: Shape) -> str:
        options = []
        if item.fill is not None:
            options += self._style(item.fill, "fill", "")
        if item.line is not None:
            width = f", line width={_n((item.pen.widthF() or 1.0) * self.unit)}pt"
            if dashes := dash(item.pen):
                on, off = (_n(part * self.unit) for part in dashes)
                width += f", dash pattern=on {on}pt off {off}pt"
            options += self._style(item.line, "draw", width)
        return rf"\path[{', '.join(options)}] {self._path(item.path)};"

    def _style(self, paint: Paint, verb: str, more: str) -> list[str]:
        """The options of a line or a filling: the name of its role's style, or what is its own."""
        value = f"{verb}={self._color(paint)}{more}"
        if paint.opacity < 1:
            value += f", {verb} opacity={_n(paint.opacity)}"
        if not paint.role:
            return [value]
        name = f"gb {paint.role}"
        if self.styles.setdefault(name, value) == value:
            return [name]
        return [value]  # one ink in two widths or strengths

    def _color(self, paint: Paint) -> str:
        color = paint.color.name().lstrip("#").upper()
        name = paint.role.replace(" ", "-")
        if not name or self.colors.get(name, color) != color:
            name = f"x{color}"
        self.colors[name] = color
        return f"gb-{name}"

    def _text(self, item: Text) -> str:
        size = item.size * self.unit * LARGER
        inside = f"${tex.math(item.text)}$" if item.font.italic() else tex.upright(item.text)
        family = "" if item.font.italic() else r"\sffamily"
        font = rf"\fontsize{{{_n(size)}}}{{{_n(1.2 * size)}}}\selectfont{family}"
        options = f"gb text, text={self._color(item.paint)}, font={{{font}}}"
        return rf"\node[{options}] at {self._at(item.x + item.width / 2, item.y)} {{{inside}}};"

    def _path(self, path: QPainterPath) -> str:
        if round_one := circle(path):
            x, y, radius = round_one
            return f"{self._at(x, y)} circle[radius={_n(radius * self.unit)}]"
        points = [path.elementAt(index) for index in range(path.elementCount())]
        places = [self._at(p.x, p.y) for p in points]  # type: ignore[attr-defined]
        parts, index, start = [], 0, 0
        while index < len(points):
            if points[index].isMoveTo():
                start = index
                parts.append(places[index])
            elif points[index].isCurveTo():
                a, b, c = places[index : index + 3]
                index += 2
                parts.append(f".. controls {a} and {b} .. {c}")
            else:
                last = index + 1 == len(points) or points[index + 1].isMoveTo()
                closes = last and index > start + 1 and places[index] == places[start]
                parts.append("-- cycle" if closes else f"-- {places[index]}")
            index += 1
        return " ".join(parts)

    def _at(self, x: float, y: float) -> str:
        left, top = self.rect.x(), self.rect.y()
        return f"({_n((x - left) * self.unit)},{_n((top - y) * self.unit)})"


def _n(value: float) -> str:
    """A number as short as it can be at a hundredth of a point."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
