"""What a data set is: Data, Field, the Dataset base and the @dataset decorator."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from graph.settings import changed_settings, read_settings, setting

__all__ = ["Data", "DataError", "Dataset", "Field", "check_size", "dataset", "setting"]

TARGET = "y"  # the field that holds the desired answers
LARGEST = 1e30  # values beyond it would overflow in float32
MAX_CLASSES = 100_000
MAX_VALUES = 50_000_000  # in one field that lies in memory, 8 bytes each


class DataError(Exception):
    """Data that cannot be read or used; its text is one sentence that says where and what to do."""


@dataclass(frozen=True, slots=True)
class Field:
    """What one field of a data set is: the shape of one sample, and class names when it holds class numbers."""

    shape: tuple[int, ...]
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Data:
    """Samples: every field is an array whose first axis counts them.

    Real values are float64; class numbers and symbols are int64 `[N, ...]` and have their names in `classes`.
    `parts` fixes which samples (their numbers) are for "test" or "validation"; the others are split by the recipe.
    `note` is a sentence about what was left out, or empty.  A field that is too large for memory is a Stream.
    """

    title: str
    fields: Mapping[str, np.ndarray]
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[str, np.ndarray] = field(default_factory=dict)
    note: str = ""

    def __len__(self) -> int:
        return len(next(iter(self.fields.values())))

    @property
    def inputs(self) -> tuple[str, ...]:
        """The real-valued fields that are not the target `y`: those that normalization applies to."""
        return tuple(
            name
            for name, values in self.fields.items()
            if name != TARGET and name not in self.classes and values.dtype.kind == "f"
        )

    @property
    def described(self) -> dict[str, Field]:
        """The shape of one sample of every field, and its classes."""
        return {
            name: Field(values.shape[1:], self.classes.get(name, ()))
            for name, values in self.fields.items()
        }

    @property
    def text(self) -> str:
        """One line for a person: title, number of samples, the fields."""
        parts = [_field_text(name, what) for name, what in self.described.items()]
        told = f"{self.title}: {len(self):,} samples, {', '.join(parts)}"
        return f"{told}; {self.note}" if self.note else told


def _field_text(name: str, what: Field) -> str:
    size = " × ".join(str(n) for n in what.shape)
    if what.classes and size:
        return f"{name} of {size} symbols out of {len(what.classes)}"
    if what.classes:
        return f"{name} one of {len(what.classes)} classes"
    return f"{name} of {size} numbers" if size not in ("", "1") else f"{name} one number"


def check_size(title: str, *sizes: int) -> None:
    """Raises DataError when a field with these axes would hold more values than fit."""
    count = math.prod(sizes)
    if count > MAX_VALUES:
        told = " × ".join(f"{n:,}" for n in sizes)
        raise DataError(
            f"{title}: {told} are {count:,} numbers, the limit is {MAX_VALUES:,}: make it smaller."
        )


class Dataset:
    """One kind of data set.

    Subclasses are frozen dataclasses made by @dataset; their fields, declared with setting(), are what a recipe
    may say about it.
    """

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""

    def fields(self, folder: str = "") -> dict[str, Field]:
        """Its fields, without making the samples where that can be helped.  Raises DataError."""
        return self.make(0, folder).described

    def make(self, seed: int, folder: str = "") -> Data:
        """The samples; the same for the same seed.  Files are looked up in `folder`.  Raises DataError."""
        raise NotImplementedError(f"{type(self).__name__} has no make")

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Dataset:
        """The data set with these settings.  Raises SettingError."""
        made: Dataset = read_settings(cls, values)
        return made

    def to_mapping(self) -> dict[str, Any]:
        """What a recipe says of it: its kind and the settings that differ from their defaults."""
        return {"kind": self.kind, **changed_settings(self)}


def dataset(cls: type[Dataset]) -> Any:
    """Makes a frozen dataclass of a data set's class; its kind is its name, `TwoMoons` -> `two_moons`."""
    made: Any = dataclasses.dataclass(frozen=True)(cls)
    made.kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
    if "title" not in cls.__dict__:
        made.title = made.kind.replace("_", " ")
    return made
