"""Data written in the recipe itself, as nested lists by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from graph.diagram import Frozen, is_name
from graph.settings import SettingError, structure
from runtime.data.dataset import LARGEST, Data, DataError, Dataset, dataset

MAX_CLASSES = 100_000


@dataset
class Arrays(Dataset):
    """Samples that stand in the recipe: {"kind": "arrays", "x": [[0, 0], [0, 1]], "y": [0, 1]}.

    Every field keeps its shape, the first axis counts the samples.  A flat list of whole numbers from 0 holds
    class numbers, one of texts class names (numbered in sorted order); all else are real values.
    """

    values: Frozen = structure(Frozen())

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Arrays:
        """Checks names and nesting.  Raises SettingError named after the field."""
        if not values:
            raise SettingError(
                "x", 'arrays need at least one field, such as "x": [[0, 1], [1, 0]].'
            )
        plain = {}
        for name, value in values.items():
            if not is_name(name):
                raise SettingError(str(name), f"{name!r:.60} cannot be the name of a field.")
            plain[name] = value.tolist() if hasattr(value, "tolist") else value
            try:
                _field(name, plain[name])
            except DataError as error:
                raise SettingError(name, str(error)) from error
        made = cls(Frozen(plain))
        try:
            made.make(0)
        except DataError as error:
            raise SettingError(next(iter(plain)), str(error)) from error
        return made

    def make(self, seed: int, folder: str = "") -> Data:
        fields, classes = {}, {}
        for name, value in self.values.items():
            fields[name], names = _field(name, value)
            if names:
                classes[name] = names
        sizes = {name: len(values) for name, values in fields.items()}
        if len(set(sizes.values())) > 1:
            told = ", ".join(f"{name} has {size}" for name, size in sizes.items())
            raise DataError(f"every field needs the same number of samples, but {told}.")
        return Data(self.title, fields, classes)

    def to_mapping(self) -> dict[str, Any]:
        return {"kind": self.kind, **self.values}


def _field(name: str, value: Any) -> tuple[np.ndarray, tuple[str, ...]]:
    """The array of a field and its class names, () for real values.  Raises DataError."""
    if not isinstance(value, list | tuple) or len(value) == 0:
        raise DataError(f"{name} must be a list with one entry per sample.")
    if all(isinstance(v, str) for v in value):
        names = tuple(sorted(set(value)))
        number = {text: n for n, text in enumerate(names)}
        return np.array([number[v] for v in value], dtype=np.int64), names
    if all(type(v) is int and v >= 0 for v in value):
        if max(value) >= MAX_CLASSES:
            raise DataError(
                f"{name} has the class number {max(value):,}: write real values as 1.0, not 1."
            )
        return np.array(value, dtype=np.int64), tuple(str(n) for n in range(max(value) + 1))
    return _real(name, value), ()


def _real(name: str, value: Any) -> np.ndarray:
    try:
        array = np.array(value)
    except ValueError:
        raise DataError(
            f"the samples of {name} differ in shape: make all lists equally long."
        ) from None
    if array.dtype.kind not in "fiub" or array.size == 0:
        raise DataError(f"{name} must hold numbers, in lists of equal length.")
    array = array.astype(np.float64)
    if not np.all(np.abs(array) <= LARGEST):
        place = np.argwhere(~(np.abs(array) <= LARGEST))[0]
        raise DataError(
            f"{name}{place.tolist()} is {array[tuple(place)]}: use numbers within ±1e30."
        )
    return array
