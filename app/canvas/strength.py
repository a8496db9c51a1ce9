"""How strong a flow is, on the scale of the moment, and what that looks like: width, size and colour."""

from __future__ import annotations

import math

from PySide6.QtGui import QColor

from app.canvas.inks import SHADES, Inks
from app.canvas.scale import AT_FIRST, Scale

BROKEN = SHADES  # the level of a flow that is not a finite number
NONE = -1  # and of one that is not there or is 0


def level(norm: float, scale: Scale = AT_FIRST) -> int:
    """The strength of a flow, 0..SHADES - 1 by the logarithm of its norm; BROKEN when not finite, NONE when 0."""
    if not math.isfinite(norm):
        return BROKEN
    if norm <= 0.0:
        return NONE
    return round(scale.part(norm) * (SHADES - 1))


def band_width(strength: int) -> float:
    """Width of the pale band under a wire, in canvas units."""
    return 4.0 + 10.0 * min(strength, SHADES - 1) / (SHADES - 1)


def dot_radius(strength: int) -> float:
    """Radius of a pulse, in canvas units."""
    return 2.0 + 5.0 * (min(strength, SHADES - 1) / (SHADES - 1)) ** 2


def band_color(ink: Inks, strength: int, forward: bool) -> QColor:
    """The colour of the band under a wire."""
    if strength != BROKEN:
        return ink.shade(strength, forward)
    made = QColor(ink.problem)
    made.setAlpha(90)
    return made


def dot_color(ink: Inks, strength: int, forward: bool) -> QColor:
    """The colour of a pulse."""
    return ink.problem if strength == BROKEN else ink.pulses[forward][strength]
