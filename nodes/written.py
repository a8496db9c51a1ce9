"""Settings as they stand in the texts inside shapes: −0.5, ₃, [:,2:5]."""

from __future__ import annotations

_LOW = str.maketrans("0123456789-", "₀₁₂₃₄₅₆₇₈₉₋")


def number(value: float) -> str:
    """A number in a line of a formula: a whole one as it is, another by its first three digits."""
    return (str(value) if isinstance(value, int) else f"{value:.3g}").replace("-", "−")


def lowered(value: int) -> str:
    """A whole number as an index: 12 -> "₁₂"."""
    return str(value).translate(_LOW)


def places(axis: int, range: str) -> str:
    """A choice of places on an axis of a sample, in brackets; axes before it, after the batch, are taken whole."""
    before, after = (":," * (axis - 1), "") if axis > 0 else ("…,", ",:" * (-axis - 1))
    return f"[{before}{range}{after}]"
