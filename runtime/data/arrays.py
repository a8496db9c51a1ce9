"""Data written in the recipe itself, as nested lists by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graph.diagram import Frozen, is_name
from graph.settings import SettingError, structure
from runtime.data.dataset import LARGEST, MAX_CLASSES, Data, Dataset

INTEGERS = "integers"


@dataclass(frozen=True)
class Arrays(Dataset):
    """Samples that stand in the recipe: {"kind": "arrays", "x": [[0, 0], [0, 1]], "y": [0, 1]}.

    Every field keeps its shape, the first axis counts the samples.  A flat list of whole numbers from 0 holds
    class numbers, one of texts class names (numbered in sorted order); {"integers": lists} holds class numbers or
    symbols of any shape; all else are real values.
    """

    kind = title = "arrays"

    values: Frozen = structure(Frozen())

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Arrays:
        """Checks every field.  Raises SettingError named after it."""
        if not values:
            raise SettingError(
                "x", 'arrays need at least one field, such as "x": [[0, 1], [1, 0]].'
            )
        plain = {}
        for name, value in values.items():
            if not is_name(name):
                raise SettingError(str(name), f"{name!r:.60} cannot be the name of a field.")
            plain[name] = _plain(value)
        made = cls(Frozen(plain))
        made._data  # noqa: B018  finds what is wrong with it
        return made

    def make(self, seed: int, folder: str = "") -> Data:
        return self._data

    def to_mapping(self) -> dict[str, Any]:
        return {"kind": self.kind, **self.values}

    @cached_property
    def _data(self) -> Data:
        made = {name: _field(name, value) for name, value in self.values.items()}
        sizes = {name: len(values) for name, (values, _) in made.items()}
        if len(set(sizes.values())) > 1:
            told = ", ".join(f"{name} has {size}" for name, size in sizes.items())
            raise SettingError(
                list(sizes)[-1], f"every field needs the same number of samples, but {told}."
            )
        fields = {name: values for name, (values, _) in made.items()}
        return Data(self.title, fields, {name: texts for name, (_, texts) in made.items() if texts})


def _plain(value: Any) -> Any:
    """An array as lists; one of whole numbers with several axes says that they are whole."""
    if not hasattr(value, "tolist"):
        return value
    kind = getattr(getattr(value, "dtype", None), "kind", "f")  # a tensor's type has none
    several = kind in "iu" and len(value.shape) > 1
    return {INTEGERS: value.tolist()} if several else value.tolist()


def _field(name: str, value: Any) -> tuple[np.ndarray, tuple[str, ...]]:
    """The array of a field and its class names, () for real values.  Raises SettingError."""
    if isinstance(value, Mapping):
        return _integers(name, value)
    if not isinstance(value, list | tuple) or len(value) == 0:
        raise SettingError(name, f"{name} must be a list with one entry per sample.")
    if all(isinstance(v, str) for v in value):
        texts, numbers = np.unique(np.array(value), return_inverse=True)
        return numbers.astype(np.int64), tuple(str(text) for text in texts)
    if all(type(v) is int and v >= 0 for v in value):
        if max(value) >= MAX_CLASSES:
            raise SettingError(
                name,
                f"{name} holds {max(value):,}, too large for a class number: write real values as 1.0, not 1.",
            )
        return np.array(value, dtype=np.int64), tuple(str(n) for n in range(max(value) + 1))
    return _real(name, value), ()


def _integers(name: str, value: Mapping[str, Any]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Class numbers of any shape."""
    if set(value) != {INTEGERS}:
        raise SettingError(name, f'{name} must be lists, or {{"{INTEGERS}": lists}}.')
    array = _real(name, value[INTEGERS])
    if not np.all((array >= 0) & (array < MAX_CLASSES) & (array == np.round(array))):
        raise SettingError(
            name,
            f"{name} must hold whole numbers from 0 to {MAX_CLASSES - 1:,}, as it says integers.",
        )
    return array.astype(np.int64), tuple(str(n) for n in range(int(array.max()) + 1))


def _real(name: str, value: Any) -> np.ndarray:
    if not isinstance(value, list | tuple):
        raise SettingError(name, f"{name} must be a list with one entry per sample.")
    try:
        array = np.array(value)
    except ValueError:
        message = f"the samples of {name} differ in shape: make all lists equally long."
        raise SettingError(name, message) from None
    if array.dtype.kind not in "fiub" or array.size == 0:
        raise SettingError(name, f"{name} must hold numbers, in lists of equal length.")
    array = array.astype(np.float64)
    fits = np.abs(array) <= LARGEST
    if not np.all(fits):
        place = np.argwhere(~fits)[0].tolist()
        told = f"{name}{place} is {array[tuple(place)]}: use numbers within ±{LARGEST:g}."
        raise SettingError(name, told)
    return array
