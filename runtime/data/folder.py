"""Images in a folder beside the diagram, one subfolder a class; decoded in threads, and as needed when there are many."""

from __future__ import annotations

import os
import warnings
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from runtime.data.dataset import MAX_CLASSES, TARGET, Data, DataError, Dataset, dataset, setting
from runtime.data.places import entries, folder_beside
from runtime.data.stream import LARGE, Stream

ENDINGS = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
PARTS = {
    "train": "training",
    "training": "training",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
MAX_FILES = 2_000_000
MAX_PIXELS = 50_000_000  # of one image, before it is made smaller
CACHE = 256_000_000  # bytes of decoded images that are kept
TOLD = 3  # broken images that are named


class Broken(Exception):
    """An image that cannot be decoded; its text says why."""


@dataclass(frozen=True)
class Look:
    """What an image is made into: `[channels, size, size]`, by cutting off what is too long or by stretching."""

    size: int
    channels: int
    fit: str

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one sample."""
        return (self.channels, self.size, self.size)


@dataset
class Images(Dataset):
    """Images in a folder beside the diagram.  x [N, channels, size, size] from 0 to 1, y [N] the subfolder's number.

    The folder has one subfolder a class, or is divided into train, validation and test first, which then are the
    parts.  Without subfolders there is no y.  Links and hidden files are left out.
    """

    title = "images in a folder"

    path: str = setting("", help="name of the folder, beside the diagram")
    size: int = setting(64, low=1, high=2048, help="pixels on a side, after scaling")
    colour: str = setting("colour", choices=("colour", "grey"), help="three channels, or one")
    fit: str = setting(
        "crop",
        choices=("crop", "stretch"),
        help="how an image becomes square: cut off, or squeezed",
    )
    broken: str = setting(
        "skip", choices=("skip", "stop"), help="what to do about an image that cannot be read"
    )

    def make(self, seed: int, folder: str = "") -> Data:
        root = folder_beside(self.path, folder)
        files = _listed(root)
        look = Look(self.size, 3 if self.colour == "colour" else 1, self.fit)
        stream = ImageStream(root, files, look, self.broken == "skip")
        large = len(files.paths) * int(np.prod(look.shape)) > LARGE
        kept = np.arange(len(files.paths))
        x: Any = stream
        if not large:
            x, kept = stream.all()
        y = files.labels[kept]
        parts = {
            name: np.flatnonzero(files.parts[kept] == name)
            for name in ("validation", "test")
            if name in files.parts
        }
        if not len(kept) or len(kept) == sum(len(rows) for rows in parts.values()):
            raise DataError(
                f"{root.name} holds no images to train on: {files.told(stream.broken)}."
            )
        fields = {"x": x, TARGET: y} if files.classes else {"x": x}
        classes = {TARGET: files.classes} if files.classes else {}
        note = files.told(stream.broken) if stream.broken else ""
        return Data(root.name, fields, classes, parts, note)


@dataclass(frozen=True)
class Listing:
    """The images of a folder: their paths from it, their class numbers and parts."""

    paths: tuple[str, ...]
    labels: np.ndarray
    parts: np.ndarray
    classes: tuple[str, ...]

    def told(self, broken: dict[int, str]) -> str:
        """A few words about those that could not be read."""
        if not broken:
            return "put a subfolder with images for every class into it"
        first = [f"{self.paths[n]} ({broken[n]})" for n in sorted(broken)[:TOLD]]
        more = f" and {len(broken) - TOLD:,} more" if len(broken) > TOLD else ""
        return f"{len(broken):,} cannot be read: {', '.join(first)}{more}"


def _listed(root: Path) -> Listing:
    """The images below a folder, in the order of their names."""
    top = entries(root)
    folders = [e.name for e in top if e.is_dir(follow_symlinks=False)]
    divided = bool(folders) and all(name.lower() in PARTS for name in folders)
    found: list[tuple[str, str, str]] = []  # path, class, part
    for name in folders:
        if divided:
            part = PARTS[name.lower()]
            inner = [e for e in entries(root / name) if e.is_dir(follow_symlinks=False)]
            for entry in inner:
                found += [(p, entry.name, part) for p in _images(root, f"{name}/{entry.name}")]
            if not inner:
                found += [(p, "", part) for p in _images(root, name)]
        else:
            found += [(p, name, "training") for p in _images(root, name)]
        if len(found) > MAX_FILES:
            raise DataError(f"{root.name} holds more than {MAX_FILES:,} images: use a part of it.")
    if not folders:
        found = [(p, "", "training") for p in _images(root, "")]
    classes = tuple(sorted({c for _, c, _ in found if c}))
    if len(classes) > MAX_CLASSES:
        raise DataError(
            f"{root.name} has {len(classes):,} subfolders, the limit is {MAX_CLASSES:,}."
        )
    number = {text: n for n, text in enumerate(classes)}
    labels = np.array([number.get(c, 0) for _, c, _ in found], dtype=np.int64)
    parts = np.array([p for _, _, p in found])
    return Listing(tuple(p for p, _, _ in found), labels, parts, classes)


def _images(root: Path, folder: str) -> list[str]:
    return [
        f"{folder}/{e.name}" if folder else e.name
        for e in entries(root / folder)
        if e.is_file(follow_symlinks=False) and os.path.splitext(e.name)[1].lower() in ENDINGS
    ]


class ImageStream(Stream):
    """Images decoded when asked for, by several threads; the last CACHE bytes of them are kept.

    One that cannot be decoded is noted in `broken`.  With `skip`, the next readable one of its class stands in for it,
    else DataError names it.
    """

    def __init__(self, root: Path, files: Listing, look: Look, skip: bool) -> None:
        super().__init__((len(files.paths), *look.shape))
        self.root, self.files, self.look, self.skip = root, files, look, skip
        self.broken: dict[int, str] = {}
        self._kept: OrderedDict[int, np.ndarray] = OrderedDict()
        self._room = max(1, CACHE // int(np.prod(look.shape)))
        self._lock = Lock()

    def all(self) -> tuple[np.ndarray, np.ndarray]:
        """Every readable image, `[n, channels, size, size]`, and its number."""
        found = list(_workers().map(self._tried, range(len(self))))
        kept = np.array([n for n, image in enumerate(found) if image is not None], dtype=np.int64)
        empty = np.zeros((0, *self.look.shape))
        return (np.stack([found[n] for n in kept]) / 255.0 if len(kept) else empty), kept

    def fetch(self, numbers: np.ndarray) -> np.ndarray:
        pixels = list(_workers().map(self._stand_in, numbers.tolist()))
        return np.stack(pixels) / 255.0 if pixels else np.zeros((0, *self.look.shape))

    def _stand_in(self, number: int) -> np.ndarray:
        label, count = self.files.labels[number], len(self)
        for step in range(count):
            other = (number + step) % count
            alike = self.files.labels[other] == label
            if alike and self.files.parts[other] == self.files.parts[number]:
                image = self._tried(other)
                if image is not None:
                    return image
        raise DataError(f"{self.root.name}: no image of a class {self.files.told(self.broken)}.")

    def _tried(self, number: int) -> np.ndarray | None:
        """The image, or None where it is broken and may be skipped."""
        with self._lock:
            if number in self.broken:
                return None
            if number in self._kept:
                self._kept.move_to_end(number)
                return self._kept[number]
        try:
            image = decode(self.root / self.files.paths[number], self.look)
        except Broken as error:
            if not self.skip:
                name = f"{self.root.name}/{self.files.paths[number]}"
                raise DataError(
                    f"{name}: {error}; mend or remove it, or choose broken: skip."
                ) from None
            with self._lock:
                self.broken[number] = str(error)
            return None
        with self._lock:
            self._kept[number] = image
            while len(self._kept) > self._room:
                self._kept.popitem(last=False)
        return image


@lru_cache(maxsize=1)
def _workers() -> ThreadPoolExecutor:
    # threads do: Pillow decodes and scales outside of Python's lock
    return ThreadPoolExecutor(min(4, os.cpu_count() or 2), thread_name_prefix="images")


def decode(path: Path, look: Look) -> np.ndarray:
    """One image as bytes `[channels, size, size]`.  Raises Broken; nothing is decoded before its size is known."""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise DataError("images are read by Pillow: install pillow.") from None
    try:
        with warnings.catch_warnings(), Image.open(path, formats=FORMATS) as image:
            warnings.simplefilter("ignore")  # of metadata that nobody asks for
            if image.width * image.height > MAX_PIXELS:
                raise Broken(f"{image.width:,} × {image.height:,} are too many pixels")
            mode = "RGB" if look.channels == 3 else "L"
            image.draft(mode, (look.size, look.size))  # a JPEG can be decoded smaller
            upright = ImageOps.exif_transpose(image).convert(mode)
            square = (look.size, look.size)
            scaled = ImageOps.fit(upright, square) if look.fit == "crop" else upright.resize(square)
            pixels = np.asarray(scaled, dtype=np.uint8)
    except Broken:
        raise
    except FileNotFoundError:
        raise Broken("it is gone") from None
    except Image.DecompressionBombError:
        raise Broken("it has too many pixels") from None
    except Exception as error:  # decoders raise anything at all over broken bytes
        told = " ".join(str(error).split()).replace(str(path), "it")[:80]
        raise Broken(told or type(error).__name__) from None
    return pixels.reshape(look.size, look.size, look.channels).transpose(2, 0, 1)
