"""JSON-plain values: what a setting, a recipe or an `x-` entry may be, and reading JSON text without its traps."""

from __future__ import annotations

import json
import math
from typing import Any

MAX_VALUES = 2_000_000  # in one text; bounds the memory that parsing it takes
MAX_WHOLE = 2**63 - 1
MAX_DIGITS = 100  # of one number


class PlainError(ValueError):
    """A value that is not JSON-plain or does not fit; its text is one sentence, perhaps with an address before it."""


class Doubled(dict[str, Any]):
    """A JSON object in which a name stands twice; whoever knows its address complains."""

    name = ""


def plain(value: Any, *, depth: int = 8, values: int = 10_000, text: int = 10_000) -> Any:
    """A copy of `value` made of None, bool, int, float, str, list and dict only; tuples become lists.

    `depth` bounds the nesting, `values` how many there are, `text` the characters of each.  Raises PlainError.
    """
    return _Copier(values, text).copy(value, depth)


class _Copier:
    def __init__(self, values: int, text: int) -> None:
        self.values_left = values
        self.max_text = text

    def copy(self, value: Any, depth: int) -> Any:
        self.values_left -= 1
        if self.values_left < 0:
            raise PlainError("there are too many values in one entry.")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return number(value)
        if isinstance(value, str):
            return text(value, self.max_text)
        if isinstance(value, dict | list | tuple):
            return self._copy_container(value, depth)
        raise PlainError(
            f"a {type(value).__name__} cannot be kept in a file; use numbers, texts and lists."
        )

    def _copy_container(self, value: Any, depth: int) -> Any:
        if depth == 0:
            raise PlainError("lists and objects are nested too deeply.")
        if isinstance(value, dict):
            return {
                text(name, 200): self.copy(inner, depth - 1)
                for name, inner in entries(value).items()
            }
        return [self.copy(inner, depth - 1) for inner in value]


def number(value: Any) -> int | float:
    """`value` as an int or float.  Raises PlainError unless it is a number, finite and at most 2^63 - 1 when whole."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PlainError(f"there must be a number, not {shown(value)}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise PlainError("a number must be finite and of a reasonable length.")
    if isinstance(value, int) and abs(value) > MAX_WHOLE:
        raise PlainError("a whole number must lie within ±9,223,372,036,854,775,807.")
    return float(value) if isinstance(value, float) else int(value)


def text(value: Any, longest: int) -> str:
    """`value` as a str of at most `longest` characters, all of them encodable.  Raises PlainError."""
    if not isinstance(value, str):
        raise PlainError(f"there must be a text, not {shown(value)}.")
    if len(value) > longest:
        raise PlainError(
            f"a text has at most {longest:,} characters here, this one {len(value):,}."
        )
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise PlainError(f"{value!a:.60} holds half a character (a lone surrogate).") from None
    return str(value)


def entries(value: Any) -> dict[str, Any]:
    """`value` as an object with distinct names.  Raises PlainError."""
    if not isinstance(value, dict):
        raise PlainError(f"there must be an object {{...}}, not {shown(value)}.")
    if isinstance(value, Doubled):
        raise PlainError(f"{value.name!a:.60} stands twice in one object; remove one of them.")
    return value


def items(value: Any) -> list[Any]:
    """`value` as a list.  Raises PlainError."""
    if not isinstance(value, list):
        raise PlainError(f"there must be a list [...], not {shown(value)}.")
    return value


def shown(value: Any) -> str:
    """A few words that say what a value is, safe for values of any size and depth."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return ascii(value[:40] if isinstance(value, str) else value) if value is not None else "null"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = Doubled(found)
    seen: set[str] = set()
    doubled.name = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
    return doubled


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_DIGITS else math.inf


def _decimal(digits: str) -> float:
    return float(digits) if len(digits) <= MAX_DIGITS else math.inf


_decoder = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_whole,
    parse_float=_decimal,
    parse_constant=float,  # NaN and Infinity: refused later, where the address is known
)


def count_values(source: str) -> int:
    """An upper bound of the values in a JSON text, found without parsing it."""
    return sum(source.count(mark) for mark in "[{,")


def parse(source: str) -> Any:
    """The value of a JSON text; names that stand twice and numbers that are not finite are left for `plain` to refuse.

    Raises PlainError with line and column.
    """
    if count_values(source) > MAX_VALUES:
        raise PlainError(f"it holds more than {MAX_VALUES:,} values, which no diagram needs.")
    try:
        return _decoder.decode(source)
    except json.JSONDecodeError as error:
        raise PlainError(_complaint(source, error)) from None
    except RecursionError:
        raise PlainError("lists and objects are nested too deeply.") from None
    except MemoryError:
        raise PlainError("it does not fit into memory.") from None


def _complaint(source: str, error: json.JSONDecodeError) -> str:
    body = source.strip()
    if not body:
        return "it is empty."
    if not body.startswith("{"):
        return "it is not a diagram: a diagram begins with {."
    place = f"line {error.lineno}, column {error.colno}"
    if _ends_too_early(source, error):
        lines = source.count("\n") + 1
        column = len(source) - source.rfind("\n")
        return f"line {lines}, column {column}: it is truncated: the end is missing; take another copy of the file."
    return f"{place}: this is not JSON ({error.msg[:1].lower()}{error.msg[1:]}); correct it or take another copy of the file."


def _ends_too_early(source: str, error: json.JSONDecodeError) -> bool:
    # a literal or an escape that was cut off (`fals`, `\u00`) is reported up to six characters before the end
    body = source.rstrip()
    if error.msg == "Extra data":
        return False
    cut_inside = error.msg.startswith("Unterminated string") or error.pos >= len(body) - 6
    return error.pos >= len(body) or (cut_inside and not body.endswith("}"))
