"""Arrays in files beside the diagram: IDX (the format of MNIST), .npz and .npy."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from graph.diagram import is_name
from runtime.data.binary import read_idx, read_npy, read_npz
from runtime.data.dataset import (
    LARGEST,
    MAX_CLASSES,
    TARGET,
    Data,
    DataError,
    Dataset,
    check_size,
    dataset,
    setting,
)
from runtime.data.places import beside, stamp
from runtime.data.stream import as_pixels

_BYTES = "what bytes stand for: pixels from 0 to 1, or plain numbers"


@dataset
class Idx(Dataset):
    """Images and labels in IDX files, as MNIST comes, packed (.gz) or not.  x [N, 1, h, w] from 0 to 1, y [N].

    With a test file given, its samples are the test part, whatever the recipe's fraction.
    """

    title = "IDX files"

    path: str = setting("", help="file of the training images, beside the diagram")
    labels: str = setting("", help="file of their labels, empty for none")
    test_path: str = setting("", help="file of the test images, empty for none")
    test_labels: str = setting("", help="file of their labels")

    def make(self, seed: int, folder: str = "") -> Data:
        names = [self.path, self.test_path] if self.test_path else [self.path]
        images = [_read(beside(name, folder, "IDX file"), read_idx) for name in names]
        if images[0].shape[1:] != images[-1].shape[1:]:
            raise DataError(
                f"{names[0]} has samples of {images[0].shape[1:]}, {names[1]} of {images[1].shape[1:]}:"
                " they must be alike."
            )
        x = _joined(images)
        fields: dict[str, Any] = {"x": _real(self.path, x)}
        classes = {}
        labels = [self.labels, self.test_labels][: len(images)]
        if any(labels):
            fields[TARGET] = self._labels(labels, images, folder)
            classes[TARGET] = _numbers(self.labels, fields[TARGET])
        parts = {"test": np.arange(len(images[0]), len(x))} if len(images) > 1 else {}
        return Data(Path(self.path).name, fields, classes, parts)

    def _labels(self, names: list[str], images: list[np.ndarray], folder: str) -> np.ndarray:
        found = []
        for name, belonging in zip(names, images, strict=True):
            values = _read(beside(name, folder, "IDX file with labels"), read_idx)
            if values.ndim != 1 or values.dtype.kind not in "iu":
                raise DataError(f"{name} holds no labels: they are one whole number a sample.")
            if len(values) != len(belonging):
                raise DataError(
                    f"{name} has {len(values):,} labels for {len(belonging):,} samples: take files that belong together."
                )
            found.append(values.astype(np.int64))
        return np.concatenate(found)


@dataset
class Npz(Dataset):
    """A .npz file of numpy; every array in it is a field, the first axis counts the samples.

    Names that end in _train and _test (x_train, x_test) are one field, whose second part is the test part.  Bytes are
    pixels: [N, h, w] becomes [N, 1, h, w], and colours at the end come first.
    """

    title = ".npz file"

    path: str = setting("", help="file name, beside the diagram")
    integers: str = setting(
        "y", help="names of fields that hold class numbers or symbols, with commas between"
    )
    bytes: str = setting("pixels", choices=("pixels", "numbers"), help=_BYTES)

    def make(self, seed: int, folder: str = "") -> Data:
        path = beside(self.path, folder, ".npz file")
        arrays = _read(path, read_npz)
        named = {text.strip() for text in self.integers.split(",")}
        fields: dict[str, Any] = {}
        parts = {}
        for name, given in _paired(path.name, arrays).items():
            values = _joined(given)
            whole = name in named and values.dtype.kind in "iub"
            fields[name] = _symbols(name, values) if whole else _real(name, values, self.bytes)
            if len(given) > 1:
                parts["test"] = np.arange(len(given[0]), len(values))
        _check_lengths(path.name, fields)
        classes = {n: _numbers(n, v) for n, v in fields.items() if v.dtype.kind == "i"}
        return Data(path.name, fields, classes, parts)


@dataset
class Npy(Dataset):
    """A .npy file of numpy with the samples, and perhaps one with the answers; the first axis counts the samples."""

    title = ".npy files"

    path: str = setting("", help="file of x, beside the diagram")
    target: str = setting("", help="file of y, empty for none")
    answers: str = setting(
        "auto",
        choices=("auto", "classes", "numbers"),
        help="what y holds; auto: classes when it holds whole numbers",
    )
    bytes: str = setting("pixels", choices=("pixels", "numbers"), help=_BYTES)

    def make(self, seed: int, folder: str = "") -> Data:
        x = _read(beside(self.path, folder, ".npy file"), read_npy)
        fields: dict[str, Any] = {"x": _real(self.path, x, self.bytes)}
        if self.target:
            y = _read(beside(self.target, folder, ".npy file"), read_npy)
            by_class = self.answers == "classes" or (
                self.answers == "auto" and y.dtype.kind in "iu"
            )
            fields[TARGET] = _symbols(self.target, y) if by_class else _answers(self.target, y)
        _check_lengths(Path(self.path).name, fields)
        classes = {n: _numbers(n, v) for n, v in fields.items() if v.dtype.kind == "i"}
        return Data(Path(self.path).name, fields, classes)


def _read(path: Path, read: Any) -> Any:
    return _cached(path, stamp(path), read)


@lru_cache(maxsize=4)
def _cached(path: Path, stamped: tuple[int, int], read: Any) -> Any:
    # the stamp is an argument so that a new version of the file is read again
    return read(path)


def _paired(name: str, arrays: dict[str, np.ndarray]) -> dict[str, list[np.ndarray]]:
    """The arrays of every field: one, or those of training and test."""
    found: dict[str, list[np.ndarray]] = {}
    for full in sorted(arrays, key=lambda n: (n.endswith("_test"), n)):
        stem = full.removesuffix("_train").removesuffix("_test")
        both = f"{stem}_train" in arrays and f"{stem}_test" in arrays
        field = stem if both else full
        if not is_name(field):
            raise DataError(
                f"{name}: {field!r:.60} cannot be the name of a field; rename the array."
            )
        found.setdefault(field, []).append(arrays[full])
    order = {n: k for k, n in enumerate(arrays)}
    first = {field: order.get(field, order.get(f"{field}_train", 0)) for field in found}
    return dict(sorted(found.items(), key=lambda item: first[item[0]]))


def _joined(arrays: list[np.ndarray]) -> np.ndarray:
    try:
        return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
    except ValueError:
        told = " and ".join(str(a.shape[1:]) for a in arrays)
        raise DataError(f"samples for training and test must be alike, these are {told}.") from None


def _check_lengths(name: str, fields: dict[str, Any]) -> None:
    sizes = {field: len(values) for field, values in fields.items()}
    if len(set(sizes.values())) > 1:
        told = ", ".join(f"{field} has {size:,}" for field, size in sizes.items())
        raise DataError(f"{name}: every field needs the same number of samples, but {told}.")
    if not all(sizes.values()):
        raise DataError(f"{name} holds no samples.")


def _real(name: str, values: np.ndarray, meaning: str = "pixels") -> Any:
    """Real values as float64; bytes as pixels, the channels first."""
    if values.dtype == np.uint8 and meaning == "pixels":
        return as_pixels(_channels_first(values))
    check_size(name, *values.shape)
    found = values.astype(np.float64)
    fits = np.abs(found) <= LARGEST
    if not np.all(fits):
        place = np.argwhere(~fits)[0].tolist()
        told = f"{name}{place} is {found[tuple(place)]}"
        raise DataError(f"{told}: use numbers within ±{LARGEST:g}.")
    return found


def _channels_first(pixels: np.ndarray) -> np.ndarray:
    if pixels.ndim == 3:
        return pixels[:, None]
    at_end = pixels.ndim == 4 and pixels.shape[-1] in (1, 3, 4) and pixels.shape[1] not in (1, 3, 4)
    return np.moveaxis(pixels, -1, 1) if at_end else pixels


def _answers(name: str, values: np.ndarray) -> np.ndarray:
    found: np.ndarray = _real(name, values, "numbers")
    return found[:, None] if found.ndim == 1 else found


def _symbols(name: str, values: np.ndarray) -> np.ndarray:
    """Class numbers as int64, of any shape."""
    check_size(name, *values.shape)
    if values.dtype.kind == "f" and not np.all(values == np.round(values)):
        raise DataError(f"{name} holds numbers that are not whole: they cannot be class numbers.")
    if values.size and not (values.min() >= 0 and values.max() < MAX_CLASSES):
        raise DataError(
            f"{name} holds whole numbers from {values.min()} to {values.max()}:"
            f" class numbers lie between 0 and {MAX_CLASSES - 1:,}."
        )
    return values.astype(np.int64)


def _numbers(name: str, values: np.ndarray) -> tuple[str, ...]:
    """Names for class numbers: themselves."""
    top = int(_symbols(name, values).max(initial=0))
    return tuple(str(n) for n in range(top + 1))
