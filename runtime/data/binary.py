"""Reads arrays from IDX, .npy and .npz files; every header is checked before anything is allocated."""

from __future__ import annotations

import contextlib
import gzip
import math
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from runtime.data.dataset import DataError
from runtime.data.places import unreadable

MAX_BYTES = 2_000_000_000
MAX_MEMBERS = 100
_IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MAX_AXES = 8


class Readable(Protocol):
    """A file open for reading bytes, packed or not."""

    def read(self, size: int = ..., /) -> bytes: ...


def read_idx(path: Path) -> np.ndarray:
    """The array in an IDX file (the format of MNIST), packed by gzip or not.  Raises DataError."""
    with _told(path.name, "an IDX file"), path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        with gzip.open(raw) if packed else contextlib.nullcontext(raw) as file:
            dtype, shape = _idx_header(path.name, file)
            return _values(path.name, file, dtype, shape, whole=True)


def _idx_header(name: str, file: Readable) -> tuple[np.dtype, tuple[int, ...]]:
    start = file.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in _IDX_TYPES:
        raise DataError(f"{name} is not an IDX file: it does not begin like one.")
    if not 1 <= start[3] <= _MAX_AXES:
        raise DataError(f"{name} has {start[3]} axes: an IDX file has 1 to {_MAX_AXES} here.")
    sizes = file.read(4 * start[3])
    if len(sizes) < 4 * start[3]:
        raise DataError(f"{name} ends inside its header: get it again.")
    return np.dtype(_IDX_TYPES[start[2]]), struct.unpack(f">{start[3]}I", sizes)


def read_npy(path: Path) -> np.ndarray:
    """The array in a .npy file.  Raises DataError; an array of objects is never read."""
    with _told(path.name, "a .npy file"), path.open("rb") as file:
        return _npy(path.name, file)


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays in a .npz file by name.  Raises DataError; arrays of objects are never read."""
    with _told(path.name, "a .npz file"), zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if m.filename.endswith(".npy")]
        if not members or len(members) > MAX_MEMBERS:
            raise DataError(
                f"{path.name} holds {len(members)} arrays: 1 to {MAX_MEMBERS} can be used."
            )
        _check_bytes(path.name, sum(m.file_size for m in members))
        found = {}
        for member in members:
            with archive.open(member) as file:
                name = member.filename.removesuffix(".npy")
                found[name] = _npy(f"{path.name}, {name!r:.60}", file)
        return found


def _npy(name: str, file: Readable) -> np.ndarray:
    version = np.lib.format.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise DataError(
            f"{name} holds something else than a plain array: save an array of numbers."
        )
    read = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, by_columns, dtype = read(file)
    if dtype.hasobject or dtype.kind not in "fiub":
        raise DataError(f"{name} holds {dtype}, not numbers: save an array of numbers.")
    if not shape or len(shape) > _MAX_AXES or any(n < 0 for n in shape):
        raise DataError(
            f"{name} has the shape {shape}: the first of 1 to {_MAX_AXES} axes counts samples."
        )
    values = _values(name, file, dtype, shape[::-1] if by_columns else shape, whole=False)
    return values.T if by_columns else values


def _values(
    name: str, file: Readable, dtype: np.dtype, shape: tuple[int, ...], whole: bool
) -> np.ndarray:
    """The numbers that a header promised; `whole` says that nothing may follow them."""
    wanted = math.prod(shape) * dtype.itemsize
    _check_bytes(name, wanted)
    content = bytearray()
    while len(content) < wanted:
        # piece by piece: a header alone must not make us ask for memory
        piece = file.read(min(wanted - len(content), 1 << 24))
        if not piece:
            raise DataError(
                f"{name} ends after {len(content):,} of {wanted:,} bytes: it is cut short, get it again."
            )
        content += piece
    if whole and file.read(1):
        raise DataError(f"{name} is longer than its header says: it is broken, get it again.")
    return np.frombuffer(content, dtype).reshape(shape)


def _check_bytes(name: str, count: int) -> None:
    if count > MAX_BYTES:
        raise DataError(
            f"{name} holds {count:,} bytes, the limit is {MAX_BYTES:,}: use a part of it."
        )


@contextlib.contextmanager
def _told(name: str, what: str) -> Iterator[None]:
    """Turns whatever a library says of a bad file into one sentence."""
    try:
        yield
    except DataError:
        raise
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile):
            raise DataError(f"{name} is not {what}, or is broken: {error}.") from None
        raise unreadable(name, error) from error
    except Exception as error:  # zip, zlib and numpy's parser of headers raise a dozen kinds
        told = " ".join(str(error).split())[:120] or type(error).__name__
        raise DataError(f"{name} is not {what}, or is broken: {told}.") from None
