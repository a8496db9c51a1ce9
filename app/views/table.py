"""Figures as rows of numbers, for spreadsheets: what each kind of figure holds, one number or one sample a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import singledispatch
from typing import Any

import numpy as np

from runtime.figures.answers import Answers, Fit
from runtime.figures.attention import AttentionMap
from runtime.figures.confusion import Confusion
from runtime.figures.embedding import Embedding
from runtime.figures.findings import Findings
from runtime.figures.matrix import Matrix
from runtime.figures.surface import Path, Surface
from runtime.snapshot import Histograms

Row = Sequence[Any]
Table = tuple[Sequence[str], Sequence[Row]]
MOST = 1_000_000  # rows of a table, at the most


@singledispatch
def table_of(figure: Any) -> Table:
    """The header and the rows of a figure; of one without a form of its own every number, with the way to it."""
    rows: list[Row] = []
    for row in _numbers("", figure):
        if len(rows) == MOST:
            break
        rows.append(row)
    return ("what", "place", "value"), rows


def _numbers(way: str, value: Any) -> Iterator[Row]:
    """(way to it, place in it, number or text) of all that a plain value holds."""
    if isinstance(value, np.ndarray):
        for place, number in np.ndenumerate(value):
            yield way, " ".join(map(str, place)), _plain(number)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _numbers(f"{way}.{field.name}".lstrip("."), getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, held in value.items():
            yield from _numbers(f"{way}[{key}]", held)
    elif isinstance(value, list | tuple):
        for number, held in enumerate(value):
            yield from _numbers(f"{way}[{number}]", held)
    elif value is not None:
        yield way, "", _plain(value)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


@table_of.register
def _(figure: Histograms) -> Table:
    rows: list[Row] = []
    kinds = {
        "log10 gradient": figure.gradients,
        "weight": figure.weights,
        "activation": figure.activations,
    }
    for kind, held in kinds.items():
        for name, one in held.items():
            edges = np.linspace(one.low, one.high, len(one.counts) + 1)
            ends = zip(edges, edges[1:], one.counts, strict=False)
            rows += [(kind, name, float(a), float(b), int(n)) for a, b, n in ends]
    return ("of", "block", "from", "to", "count"), rows


@table_of.register
def _(figure: Confusion) -> Table:
    def called(n: int) -> str:
        return figure.names[n] if n < len(figure.names) else str(n)

    cells = np.ndenumerate(figure.counts)
    return ("true", "answered", "count"), [(called(t), called(a), int(n)) for (t, a), n in cells]


@table_of.register
def _(figure: Answers) -> Table:
    grid = figure.grid
    x0, x1, y0, y1 = grid.bounds
    height, width = grid.answer.shape
    across, up = np.linspace(x0, x1, width), np.linspace(y0, y1, height)
    sure = grid.confidence
    rows = [
        (
            float(across[c]),
            float(up[r]),
            _plain(value),
            "" if sure is None else int(sure[r, c]) / 255,
        )
        for (r, c), value in np.ndenumerate(grid.answer)
    ]
    return (*figure.axes, "answer", "confidence"), rows


@table_of.register
def _(figure: Fit) -> Table:
    columns = np.concatenate([figure.x[None], figure.y]).T.tolist()
    return ("x", *(f"answer {n + 1}" for n in range(len(figure.y)))), columns


@table_of.register
def _(figure: Surface) -> Table:
    x0, x1, y0, y1 = figure.bounds
    height, width = figure.loss.shape
    across, up = np.linspace(x0, x1, width), np.linspace(y0, y1, height)
    cells = np.ndenumerate(figure.loss)
    names = [name or text for name, text in zip(figure.axes, ("a", "b"), strict=True)]
    return (*names, "loss"), [(float(across[c]), float(up[r]), float(v)) for (r, c), v in cells]


@table_of.register
def _(figure: Path) -> Table:
    both = zip(figure.steps.tolist(), figure.points.tolist(), strict=True)
    return ("step", "a", "b"), [(step, *point) for step, point in both]


@table_of.register
def _(figure: Embedding) -> Table:
    targets = [""] * len(figure.x) if figure.y is None else figure.y.tolist()
    both = zip(figure.samples.tolist(), figure.x.tolist(), targets, strict=True)
    return ("sample", "component 1", "component 2", "y"), [(n, *x, y) for n, x, y in both]


@table_of.register
def _(figure: AttentionMap) -> Table:
    cells = np.ndenumerate(figure.weights)
    return ("head", "query", "key", "weight"), [(h, q, k, float(v)) for (h, q, k), v in cells]


@table_of.register
def _(figure: Matrix) -> Table:
    return ("row", "column", "value"), [
        (r, c, float(v)) for (r, c), v in np.ndenumerate(figure.values)
    ]


@table_of.register
def _(figure: Findings) -> Table:
    rows = [(f.kind, f.where, f.text, f.evidence, f.advice) for f in figure.found]
    return ("kind", "where", "finding", "evidence", "advice"), rows


def joined(tables: Mapping[str, Table]) -> Table:
    """Several tables in one: a first column names each, and columns of the same name are one."""
    if len(tables) == 1:
        return next(iter(tables.values()))
    columns = list(dict.fromkeys(name for header, _ in tables.values() for name in header))
    rows: list[Row] = []
    for name, (header, held) in tables.items():
        places = [header.index(c) if c in header else None for c in columns]
        rows += [[name, *("" if p is None else row[p] for p in places)] for row in held]
    return ("figure", *columns), rows


def csv_text(header: Iterable[str], rows: Iterable[Row]) -> str:
    """Lines with commas; a text that a spreadsheet would take for a formula is kept from it by a leading '."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_safe(name) for name in header])
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
