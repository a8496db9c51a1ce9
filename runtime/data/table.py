"""Reads a CSV file into numbers and answers, naming line and column of whatever does not fit."""

from __future__ import annotations

import csv
import itertools
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np

from runtime.data.dataset import LARGEST, DataError

MAX_BYTES = 200_000_000
MAX_CELLS = 10_000_000
MARKS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
SAMPLE = 65_536  # characters that are looked at to find the delimiter


@dataclass(frozen=True)
class Plan:
    """How to read: a delimiter of MARKS or "auto"; header "auto", "yes" or "no"; the target column's name ("" the last).

    `answers` is "auto" (by the first row), "classes", "numbers" or "none"; `leave_out` names columns to drop.
    """

    delimiter: str = "auto"
    header: str = "auto"
    target: str = ""
    answers: str = "auto"
    leave_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """`inputs` [N, d] float64 with their column names; `answers` texts, numbers [N, 1], or None."""

    names: tuple[str, ...]
    inputs: np.ndarray
    answers: list[str] | np.ndarray | None


class _Row(NamedTuple):
    line: int
    cells: list[str]


def read_table(path: Path, plan: Plan) -> Table:
    """The table in a file.  Raises DataError with line and column."""
    name = path.name
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DataError(
                f"{name} has {size:,} bytes, the limit is {MAX_BYTES:,}: use a part of it."
            )
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(file, name, plan)
    except UnicodeDecodeError:
        raise DataError(
            f"{name}, line {_undecodable(path)}: this is not UTF-8 text; save the file as CSV UTF-8."
        ) from None
    except csv.Error as error:
        raise DataError(f"{name} is not a CSV file: {error}.") from None
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror or error}.") from error


def _undecodable(path: Path) -> int:
    content = path.read_bytes()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return 1


def _read(file: TextIO, name: str, plan: Plan) -> Table:
    mark = MARKS.get(plan.delimiter) or _sniffed(file.read(SAMPLE))
    file.seek(0)
    rows = _rows(file, name, mark)
    first = next(rows, None)
    if first is None:
        raise DataError(f"{name} is empty: it needs one line per sample.")
    names = [""] * len(first.cells)
    if plan.header == "yes" or (plan.header == "auto" and not any(map(_is_number, first.cells))):
        names, first = first.cells, next(rows, None)
    if first is None:
        raise DataError(f"{name} has a header and no samples: add a line for each.")
    names = [text or f"column {n}" for n, text in enumerate(names, 1)]
    inputs, target = _columns(name, names, plan)
    if target is not None and plan.answers == "auto":
        by_class = not _is_number(first.cells[target])
    else:
        by_class = plan.answers == "classes"
    return _filled(name, names, itertools.chain([first], rows), inputs, target, by_class)


def _rows(file: TextIO, name: str, mark: str) -> Iterator[_Row]:
    """Rows of equal length, blank lines left out; a decimal comma beside semicolons becomes a point."""
    reader = csv.reader(file, delimiter=mark)
    width = count = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise DataError(f"{name}, line {reader.line_num}: {error}; correct the line.") from None
        if cells is None:
            return
        if not any(cell.strip() for cell in cells) and len(cells) < 2:
            continue
        width = width or len(cells)
        if len(cells) != width:
            raise DataError(
                f"{name}, line {reader.line_num}: {len(cells)} columns where the first line has {width};"
                " give every line the same number."
            )
        count += width
        if count > MAX_CELLS:
            raise DataError(f"{name} has more than {MAX_CELLS:,} cells: use a part of it.")
        cells = [cell.strip() for cell in cells]
        yield _Row(reader.line_num, [_pointed(c) for c in cells] if mark == ";" else cells)


def _pointed(cell: str) -> str:
    return cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _sniffed(sample: str) -> str:
    """The delimiter that cuts the first lines into equally many columns, else the one that cuts the most."""
    lines = sample.splitlines(keepends=True)[:20]
    if len(sample) == SAMPLE and len(lines) > 1:
        lines = lines[:-1]  # perhaps cut short
    widths = {
        mark: [len(row) for row in csv.reader(lines, delimiter=mark) if row] for mark in ";\t,"
    }
    for mark, found in widths.items():
        if len(set(found)) == 1 and found[0] > 1:
            return mark
    return max(",;\t", key=lambda mark: max(widths[mark], default=0))


def _columns(name: str, names: list[str], plan: Plan) -> tuple[list[int], int | None]:
    """The numbers of the input columns and of the target column."""
    dropped = {_position(name, names, text) for text in plan.leave_out}
    kept = [n for n in range(len(names)) if n not in dropped]
    if plan.answers == "none":
        target = None
    elif plan.target:
        target = _position(name, names, plan.target)
    else:
        target = kept[-1] if kept else None
    inputs = [n for n in kept if n != target]
    if not inputs:
        raise DataError(
            f"{name} has {len(names)} column(s) and none is left as input: give it more,"
            " or check the delimiter and what is left out."
        )
    return inputs, target


def _position(name: str, names: list[str], wanted: str) -> int:
    found = [n for n, text in enumerate(names) if text == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise DataError(
            f"{name} has {len(found)} columns called {wanted!r:.60}: rename all but one."
        )
    there = ", ".join(names[:20]) + (" ..." if len(names) > 20 else "")
    raise DataError(f"{name} has no column {wanted!r:.60}; there are: {there:.300}.")


def _filled(
    name: str,
    names: list[str],
    rows: Iterator[_Row],
    inputs: list[int],
    target: int | None,
    by_class: bool,
) -> Table:
    numeric = inputs if by_class or target is None else [*inputs, target]
    values, lines, texts = array("d"), array("q"), list[str]()
    for row in rows:
        try:
            values.extend([float(row.cells[n]) for n in numeric])
        except ValueError:
            raise _misfit(name, names, row, numeric, target) from None
        if by_class and target is not None:
            texts.append(row.cells[target])
            if not texts[-1]:
                raise DataError(
                    f"{name}, line {row.line}, column {names[target]!r:.60}: the class is missing; fill it in."
                )
        lines.append(row.line)
    numbers = np.array(values).reshape(len(lines), len(numeric))
    _check_finite(name, [names[n] for n in numeric], numbers, lines)
    labels = tuple(names[n] for n in inputs)
    if by_class:
        return Table(labels, numbers, texts)
    answers = None if target is None else numbers[:, len(inputs) :].copy()
    return Table(labels, numbers[:, : len(inputs)].copy(), answers)


def _misfit(
    name: str, names: list[str], row: _Row, numeric: list[int], target: int | None
) -> DataError:
    column = next(n for n in numeric if not _is_number(row.cells[n]))
    cell = row.cells[column]
    place = f"{name}, line {row.line}, column {names[column]!r:.60}"
    if not cell:
        return DataError(f"{place}: the cell is empty; fill it in or remove the line.")
    remedy = (
        "choose answers: classes if it names a class"
        if column == target
        else "correct it or leave the column out"
    )
    return DataError(f"{place}: {cell!r:.60} is not a number; {remedy}.")


def _check_finite(name: str, names: list[str], numbers: np.ndarray, lines: array[int]) -> None:
    fits = np.abs(numbers) <= LARGEST
    if not np.all(fits):
        row, column = np.argwhere(~fits)[0]
        raise DataError(
            f"{name}, line {lines[row]}, column {names[column]!r:.60}: {numbers[row, column]:g} cannot be used;"
            f" give a number within ±{LARGEST:g} or remove the line."
        )
