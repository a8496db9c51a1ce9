"""A RunRecord as JSON text and back; what is not as it should be is refused with one sentence."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from graph.diagram import Frozen
from graph.plain import PlainError, parse, plain
from graph.problem import FileError
from runtime.runs import MARKS, PARTS, POINTS, Rows, RunRecord

TEXT = 200  # characters of a name, a label or a reason
_FORMAT = 1


def to_text(record: RunRecord) -> str:
    """A record as JSON text."""
    found: dict[str, Any] = {"format": _FORMAT}
    for entry in fields(RunRecord):
        value = getattr(record, entry.name)
        if isinstance(value, np.ndarray):
            value = [[float(f"{x:.9g}"), float(f"{y:.7g}")] for x, y in value.tolist()]
        found[entry.name] = dict(value) if isinstance(value, Mapping) else value
    return json.dumps(_without_nan(found), ensure_ascii=False, allow_nan=False)


def _without_nan(value: Any) -> Any:
    """JSON knows no numbers that are not finite: entries of objects that are none are left out."""
    if isinstance(value, Mapping):
        kept = {k: _without_nan(v) for k, v in value.items()}
        return {k: v for k, v in kept.items() if not (isinstance(v, float) and math.isnan(v))}
    if isinstance(value, list | tuple):
        return [_without_nan(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return math.nan
    return value


def from_text(source: str, where: str = "") -> RunRecord:
    """The record of a JSON text.  Raises FileError with one sentence."""
    try:
        found = plain(parse(source), values=100_000)
        if not isinstance(found, dict) or found.pop("format", None) != _FORMAT:
            raise PlainError("it is no run of this version of Gradboard.")
        return _read(found)
    except (PlainError, ValueError, TypeError, KeyError) as error:
        raise FileError(f"{where}: this run was left out: {str(error)[:TEXT]}") from None


def _read(found: Mapping[str, Any]) -> RunRecord:
    blank = RunRecord()
    values: dict[str, Any] = {}
    for entry in fields(RunRecord):
        value = found.get(entry.name, getattr(blank, entry.name))
        values[entry.name] = _READERS[entry.name](value)
    return RunRecord(**values)


def _rows(value: Any) -> Rows:
    rows = np.asarray(value, dtype=np.float64).reshape(-1, 2)
    if len(rows) > POINTS or not np.isfinite(rows).all():
        raise ValueError(f"a curve has at most {POINTS:,} points.")
    return rows


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r:.40} is no number.")
    return float(value)


def _count(value: Any) -> int:
    number = _number(value)
    if number < 0 or not number.is_integer():
        raise ValueError(f"{value!r:.40} is no whole number from 0 on.")
    return int(number)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r:.40} is no text.")
    return value[:TEXT]


def _object(value: Any) -> Frozen:
    if not isinstance(value, Mapping):
        raise ValueError(f"{value!r:.40} is no object.")
    return Frozen({str(k): v for k, v in value.items()})


def _metrics(value: Any) -> dict[str, dict[str, float]]:
    parts = {k: _object(v) for k, v in _object(value).items() if k in PARTS}
    return {
        part: {k: _count(v) if k == "samples" else _number(v) for k, v in found.items()}
        for part, found in parts.items()
    }


_READERS: Mapping[str, Any] = {
    "number": _count,
    "name": _text,
    "when": _number,
    "seconds": _number,
    "steps": _count,
    "epochs": _number,
    "seed": _count,
    "device": _text,
    "digest": _text,
    "versions": lambda value: {k: _text(v) for k, v in _object(value).items()},
    "recipe": _object,
    "settings": _object,
    "metrics": _metrics,
    "curve": _rows,
    "validation": _rows,
    "marks": lambda value: tuple((_count(step), _text(label)) for step, label in value[:MARKS]),
    "group": _text,
    "varied": _object,
    "problem": _text,
}
