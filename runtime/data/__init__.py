"""Data sets by name: made up, shipped, from files beside the diagram or out of the recipe; split and normalized here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from graph.settings import SettingError
from runtime.data.dataset import Data, DataError, Dataset, Field
from runtime.data.split import Parts, normalization, split
from runtime.data.stream import Stream

__all__ = [
    "Data",
    "DataError",
    "Dataset",
    "Field",
    "Parts",
    "Stream",
    "catalogue",
    "load",
    "normalization",
    "read",
    "split",
]

ARRAYS = "arrays"  # what a mapping without a kind holds


@cache
def catalogue() -> dict[str, type[Dataset]]:
    """Every kind of data set by the name that a recipe gives it."""
    # imported here because declaring them takes longer than all else in this package
    from runtime.data import (
        arrays,
        classic,
        files,
        folder,
        formulas,
        graphs,
        grids,
        own,
        pairs,
        pictures,
        planar,
        scans,
        sequences,
        text,
    )

    return {
        value.kind: value
        for module in (
            *(planar, formulas, classic, pictures, scans, pairs, sequences, graphs, grids),
            *(own, folder, files, text, arrays),
        )
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Dataset) and value.kind
    }


def read(mapping: Mapping[str, Any]) -> Dataset:
    """The data set that a recipe's `data` entry means; without a "kind" it holds arrays by field.  Raises SettingError."""
    values = dict(mapping)
    kind = values.pop("kind", ARRAYS)
    known = catalogue()
    if not isinstance(kind, str) or kind not in known:
        raise SettingError(
            "kind", f"there is no data set {kind!r:.60}: choose one of {', '.join(known)}."
        )
    return known[kind].read(values)


def load(mapping: Mapping[str, Any], seed: int = 0, folder: str = "") -> Data:
    """The samples that a recipe's `data` entry means.  Raises SettingError or DataError."""
    return read(mapping).make(seed, folder)
