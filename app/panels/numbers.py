"""Numbers as a person reads and steps them: 0.01, 1e-5, 12,400; steps by one or by factors."""

from __future__ import annotations

import math

from graph.settings import Setting, SettingError

_FACTORS = (1, 2, 5)
SMALLEST = 1e-6  # where steps by factors begin above 0, unless the default is smaller still


def number_text(value: float) -> str:
    """A number as short as it can be typed: 0.01, 1e-5, 64."""
    if isinstance(value, int):
        return str(value)
    mantissa, _, exponent = f"{value:.6g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def readable(value: float | None, digits: int = 4) -> str:
    """A measured number in about `digits` digits, "–" when there is none: 0.1704, 12.35, 2.1e-5, inf."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value != 0 and not 1e-3 <= abs(value) < 1e5:
        mantissa, exponent = f"{value:.{max(digits - 3, 0)}e}".split("e")
        return (
            f"{mantissa}e{int(exponent)}".replace("-", "−", 1)
            if value < 0
            else f"{mantissa}e{int(exponent)}"
        )
    whole = len(str(int(abs(value))))
    return f"{value:.{max(digits - (0 if abs(value) < 1 else whole), 0)}f}"


def percent(share: float | None) -> str:
    """A share of 1 as 95.2 %."""
    return "–" if share is None or math.isnan(share) else f"{100 * share:.1f} %"


def parse(text: str, setting: Setting) -> int | float:
    """The number that was typed, checked.  Raises SettingError with one sentence."""
    plain = text.strip().replace(",", "").replace("−", "-").replace("_", "")
    try:
        value: int | float = int(plain)
    except ValueError:
        try:
            value = float(plain)
        except ValueError:
            wanted = "a whole number" if setting.type is int else "a number"
            raise SettingError(
                setting.name, f"{setting.name} must be {wanted}, not {text!r:.60}."
            ) from None
    read: int | float = setting.read(value)
    return read


def stepped(value: float, steps: int, setting: Setting) -> int | float:
    """The value some steps up or down, within its bounds: by factors (1, 2, 5, 10) or by one."""
    if setting.step == "log":
        for _ in range(abs(steps)):
            value = _factor(value, steps > 0, _least(setting))
    else:
        value = value + steps * _unit(value, setting)
    low, high = setting.low, setting.high
    value = value if low is None else max(low, value)
    value = value if high is None else min(high, value)
    return int(value) if setting.type is int else float(f"{value:.12g}")


def _unit(value: float, setting: Setting) -> float:
    if setting.type is int:
        return 1
    span = (setting.high or 1.0) - (setting.low or 0.0)
    return 0.05 if span <= 1 else 0.1 if abs(value) < 10 else 1.0


def _least(setting: Setting) -> float:
    """Where steps by factors begin above 0: below it, only 0 is left."""
    default = abs(setting.default)
    return min(SMALLEST, default / 1000) if default else SMALLEST


def _factor(value: float, up: bool, least: float) -> float:
    if value < 0:
        return -_factor(-value, not up, least)
    if value == 0:
        return least if up else -least
    if not up and value <= least * (1 + 1e-9):
        return 0.0
    decade = math.floor(math.log10(value) + 1e-9)
    ladder = [f * 10.0**d for d in (decade - 1, decade, decade + 1) for f in _FACTORS]
    if up:
        return min(v for v in ladder if v > value * (1 + 1e-9))
    return max(v for v in ladder if v < value * (1 - 1e-9))
