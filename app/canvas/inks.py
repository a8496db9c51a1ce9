"""Pens, brushes and fonts of the canvas, made once for each theme, and text that is laid out once."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QStaticText

from app.theme import Theme, mixed
from nodes.block import Glyph

RIM, THIN, THICK = 2.5, 2.2, 4.0
LABEL, NAME, SMALL, PIN_NAME = 17, 16, 11, 10  # pixel sizes at scale 1
SHADES = 16  # how many strengths of a flow are told apart
PALEST = 0.65  # how much of the ground is in the colour of the weakest pulse
FULL = 9  # the strength from which on pulses have their full colour
DOWN = {LABEL: 6.0, NAME: 5.5, SMALL: 4.0}  # from the middle of a text to its base line


def serif(size: int = LABEL) -> QFont:
    """The italic of the formulas."""
    font = QFont("DejaVu Serif")
    font.setStyleHint(QFont.StyleHint.Serif)
    font.setItalic(True)
    font.setPixelSize(size)
    return font


def sans(size: int = SMALL) -> QFont:
    """The upright of shapes, numbers and troubles."""
    font = QFont("DejaVu Sans")
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setPixelSize(size)
    return font


class WireLook(NamedTuple):
    """How a wire is painted: its line, and its arrow head."""

    pen: QPen
    fill: QBrush


class Inks:
    """Everything a painter is given, for one theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.background = QColor(theme.background)
        self.text = QColor(theme.text)
        self.muted = QColor(theme.muted)
        self.problem = QColor(theme.problem)
        self.gradient = QColor(theme.gradient)
        self.gradient_text = QColor(theme.gradient_text)
        self.selection = QColor(theme.selection)
        self.paper = QBrush(self.background)
        self.grid = _pen(theme.grid, 1.6)
        self.grid.setCosmetic(True)
        self.wire = _pen(theme.wire, 2.3)
        self.wire_fill = QBrush(QColor(theme.wire))
        self.plain = WireLook(self.wire, self.wire_fill)
        self.chosen = WireLook(_pen(theme.selection, 3.2), QBrush(self.selection))
        self.refused = WireLook(_pen(theme.problem, 2.6), QBrush(self.problem))
        self.thin_wire = QPen(mixed(theme.wire, theme.background, 0.35), 0)
        self.halo = _pen(theme.selection, 11.0, alpha=58)
        self.hover = _pen(theme.selection, 2.0)
        self.ring = _pen(theme.computed, THIN)
        self.ring_fill = QBrush(QColor(theme.computed_fill))
        self.open_pin = _pen(theme.muted, 1.4)
        self.fitting = QBrush(mixed(theme.selection, theme.background, 0.65))
        self.snapped = QBrush(self.selection)
        self.right = _pen(theme.gradient, 2.6)
        self.muted_bar = _pen(theme.muted, 3.0)
        self.trouble = _pen(theme.problem, 2.2)
        self.unfinished = _pen(theme.problem, 1.4)
        self.band = QPen(self.selection, 1.0)
        self.band.setCosmetic(True)
        self.band_fill = QBrush(_faded(theme.selection, 28))
        modes = QPainter.CompositionMode
        light = self.background.lightnessF() > 0.5
        # paints a band as if it lay under the wires that stand already
        self.under = modes.CompositionMode_Multiply if light else modes.CompositionMode_Screen
        self.rims, self.fills = _rims(theme), _fills(theme)
        # the colours of pulses by strength: [0] of gradients, [1] of values
        self.pulses = tuple(_pulses(c, theme.background) for c in (theme.gradient, theme.muted))

    def shade(self, level: int, forward: bool = False) -> QColor:
        """The pale colour of a flow of strength `level` of SHADES; green for gradients, grey for values."""
        alpha = 26 + 56 * level // (SHADES - 1)
        return _faded(self.theme.muted if forward else self.theme.gradient, alpha)


def _pulses(color: str, ground: str) -> list[QColor]:
    """A colour for every strength: pale for what is lost, full from FULL on."""
    pale = [PALEST * max(0.0, 1 - strength / FULL) for strength in range(SHADES)]
    return [mixed(color, ground, share) for share in pale]


def _rims(theme: Theme) -> dict[Glyph, QPen]:
    unknown = _pen(theme.muted, RIM)
    unknown.setStyle(Qt.PenStyle.DashLine)
    return {
        Glyph.OBSERVED: _pen(theme.observed_rim, THICK),
        Glyph.LATENT: _pen(theme.latent, RIM),
        Glyph.PARAMETER: _pen(theme.parameter, RIM),
        Glyph.FUNCTION: _pen(theme.function, RIM),
        Glyph.PART: _pen(theme.function, RIM),
        Glyph.DELAY: _pen(theme.function, RIM),
        Glyph.COST: _pen(theme.cost, RIM),
        Glyph.UNKNOWN: unknown,
    }


def _fills(theme: Theme) -> dict[Glyph, QBrush]:
    made = {glyph: QBrush(QColor(theme.background)) for glyph in Glyph}
    made[Glyph.OBSERVED] = QBrush(QColor(theme.observed_fill))
    made[Glyph.COST] = QBrush(QColor(theme.cost_fill))
    return made


def _pen(color: str, width: float, alpha: int = 255) -> QPen:
    pen = QPen(_faded(color, alpha), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen


def _faded(color: str, alpha: int) -> QColor:
    made = QColor(color)
    made.setAlpha(alpha)
    return made


@lru_cache(maxsize=8)
def inks(theme: Theme) -> Inks:
    """The inks of a theme."""
    return Inks(theme)


@lru_cache(maxsize=64)
def _font(italic: bool, size: int) -> tuple[QFont, QFontMetricsF]:
    font = serif(size) if italic else sans(size)
    return font, QFontMetricsF(font)


@lru_cache(maxsize=8192)
def _laid_out(text: str, italic: bool, size: int) -> tuple[QStaticText, float, float]:
    font, metrics = _font(italic, size)
    static = QStaticText(text)
    static.setTextFormat(Qt.TextFormat.PlainText)
    static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    static.prepare(font=font)
    return static, text_width(text, size, italic), metrics.ascent()


def label_width(text: str) -> float:
    """How wide a label is in its shape, in canvas units."""
    return text_width(text, LABEL, True)


@lru_cache(maxsize=8192)
def text_width(text: str, size: int = SMALL, italic: bool = False) -> float:
    """How wide a text is, in canvas units."""
    return _font(italic, size)[1].horizontalAdvance(text)


def write(
    painter: QPainter,
    text: str,
    x: float,
    y: float,
    italic: bool = False,
    size: int = SMALL,
    align: float = 0.5,
) -> None:
    """Writes in the painter's pen, the middle of the line at `y`; `align` 0 begins at `x`, 0.5 is centred, 1 ends there."""
    static, width, ascent = _laid_out(text, italic, size)
    painter.setFont(_font(italic, size)[0])
    down = DOWN.get(size, size * 0.36)
    painter.drawStaticText(QPointF(x - width * align, y + down - ascent), static)


def edges(rect: QRectF) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a rectangle."""
    return rect.left(), rect.top(), rect.right(), rect.bottom()
