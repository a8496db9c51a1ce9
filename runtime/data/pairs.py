"""Pairs and questions made of other things: pairs of digits, memories to ask, patches of photographs."""

from __future__ import annotations

import numpy as np

from graph.settings import SettingError
from runtime.data.classic import loaded
from runtime.data.dataset import Data, DataError, Dataset, Field, check_size, dataset, setting

SAME = ("different", "same")


@dataset
class DigitPairs(Dataset):
    """Two handwritten digits each, as often the same as different.  x1, x2 [N, 1, 8, 8] or [N, 64];  y [N].

    y is 1 where both show the same digit.  A fifth of the images is only in test pairs and a fifth only in
    validation pairs, whatever the recipe's fractions.
    """

    title = "pairs of digits"

    points: int = setting(3000, low=10, high=200_000, help="pairs")
    images: bool = setting(True, help="as [1, 8, 8] images; else as 64 numbers")

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x1": Field(self._shape), "x2": Field(self._shape), "y": Field((), SAME)}

    def make(self, seed: int, folder: str = "") -> Data:
        raw = loaded("digits")
        random = np.random.default_rng(seed)
        images = np.array_split(random.permutation(len(raw.target)), 5)
        share = self.points // 5
        groups = (
            (np.concatenate(images[:3]), self.points - 2 * share),
            (images[3], share),
            (images[4], share),
        )
        drawn = [_pairs(rows, raw.target, count, random) for rows, count in groups]
        first, second = np.concatenate(drawn, axis=1)
        x = (raw.data / 16.0).reshape(-1, *self._shape)
        y = (raw.target[first] == raw.target[second]).astype(np.int64)
        ends = np.cumsum([count for _, count in groups])
        parts = {
            "validation": np.arange(ends[0], ends[1]),
            "test": np.arange(ends[1], ends[2]),
        }
        return Data(self.title, {"x1": x[first], "x2": x[second], "y": y}, {"y": SAME}, parts)

    @property
    def _shape(self) -> tuple[int, ...]:
        return (1, 8, 8) if self.images else (64,)


def _pairs(
    rows: np.ndarray, labels: np.ndarray, count: int, random: np.random.Generator
) -> np.ndarray:
    """Numbers of the first and second images `[2, count]`; every second pair shows the same digit twice."""
    first = random.choice(rows, count)
    second = np.empty_like(first)
    same = np.arange(count) % 2 == 0
    for label in np.unique(labels[rows]):
        alike, other = rows[labels[rows] == label], rows[labels[rows] != label]
        asked = labels[first] == label
        second[asked & same] = random.choice(alike, int((asked & same).sum()))
        second[asked & ~same] = random.choice(other, int((asked & ~same).sum()))
    return np.stack([first, second])


@dataset
class Memory(Dataset):
    """Questions to a memory: which value belongs to the key that the query resembles?

    keys [N, slots, size], unit vectors;  values [N, slots, answers], one-hot;  query [N, size], one of the keys plus
    noise;  y [N] the answer.  Source: LeCun and Canziani 2020, memory networks.
    """

    title = "memory questions"

    points: int = setting(1000, low=1, high=1_000_000, help="memories, with one question each")
    slots: int = setting(8, low=1, high=1000, help="keys and values in a memory")
    size: int = setting(16, low=1, high=1000, help="numbers in a key")
    answers: int = setting(4, low=2, high=1000, help="different values")
    noise: float = setting(0.05, low=0.0, high=10.0, help="standard deviation added to the query")

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {
            "keys": Field((self.slots, self.size)),
            "values": Field((self.slots, self.answers)),
            "query": Field((self.size,)),
            "y": Field((), self._names),
        }

    def make(self, seed: int, folder: str = "") -> Data:
        check_size(self.title, self.points, self.slots, max(self.size, self.answers))
        random = np.random.default_rng(seed)
        keys = random.standard_normal((self.points, self.slots, self.size))
        keys /= np.linalg.norm(keys, axis=-1, keepdims=True)
        held = random.integers(0, self.answers, (self.points, self.slots))
        asked = random.integers(0, self.slots, self.points)
        rows = np.arange(self.points)
        query = keys[rows, asked] + self.noise * random.standard_normal((self.points, self.size))
        fields = {"keys": keys, "values": np.eye(self.answers)[held], "query": query}
        return Data(self.title, {**fields, "y": held[rows, asked]}, {"y": self._names})

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(f"answer {n}" for n in range(1, self.answers + 1))


@dataset
class Photographs(Dataset):
    """Patches of two photographs, a temple and a flower.  x [N, channels, size, size], or [N, numbers] when flat.

    Source: the sample images of scikit-learn.
    """

    points: int = setting(5000, low=1, high=1_000_000, help="patches")
    size: int = setting(12, low=2, high=256, help="pixels on a side")
    channels: int = setting(1, low=1, high=3, help="1 for grey, 3 for colours")
    images: bool = setting(True, help="x as images; else as plain vectors")
    prepare: str = setting(
        "centred",
        choices=("plain", "centred", "whitened"),
        help="pixels from 0 to 1; each patch with mean 0; and all directions equally strong",
    )

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field(self._shape if self.images else (int(np.prod(self._shape)),))}

    def __post_init__(self) -> None:
        if self.channels == 2:
            raise SettingError("channels", "channels must be 1 (grey) or 3 (colours), not 2.")

    def make(self, seed: int, folder: str = "") -> Data:
        check_size(self.title, self.points, *self._shape)
        random = np.random.default_rng(seed)
        pictures = [_picture(raw, self.channels) for raw in _photographs()]
        which = random.integers(0, len(pictures), self.points)
        x = np.empty((self.points, *self._shape))
        for n, picture in enumerate(pictures):
            windows = np.lib.stride_tricks.sliding_window_view(
                picture, (self.size, self.size), axis=(1, 2)
            )
            rows = np.flatnonzero(which == n)
            down = random.integers(0, windows.shape[1], len(rows))
            across = random.integers(0, windows.shape[2], len(rows))
            x[rows] = windows[:, down, across].swapaxes(0, 1)
        flat = _prepared(x.reshape(self.points, -1), self.prepare)
        return Data(self.title, {"x": flat.reshape(x.shape) if self.images else flat})

    @property
    def _shape(self) -> tuple[int, ...]:
        return (self.channels, self.size, self.size)


def _photographs() -> list[np.ndarray]:
    try:
        return [np.asarray(picture) for picture in loaded("sample_images").images]
    except ImportError:
        raise DataError("the photographs are JPEG files: install pillow to read them.") from None


def _picture(raw: np.ndarray, channels: int) -> np.ndarray:
    """`[channels, h, w]` from 0 to 1; grey is the mean of the colours."""
    picture = raw.astype(np.float64).transpose(2, 0, 1) / 255.0
    return picture.mean(0, keepdims=True) if channels == 1 else picture


def _prepared(x: np.ndarray, prepare: str) -> np.ndarray:
    """Patches `[N, d]` centred one by one, then whitened together (ZCA: the smallest turn that does it)."""
    if prepare == "plain":
        return x
    x = x - x.mean(axis=1, keepdims=True)
    if prepare == "centred":
        return x
    x = x - x.mean(axis=0)
    strength, directions = np.linalg.eigh(x.T @ x / len(x))
    # directions that hardly occur (their mean is gone, JPEG dropped them) would only bring noise
    factor = 1.0 / np.sqrt(np.maximum(strength, 0.0) + 1e-3 * strength.max())
    whitened: np.ndarray = (x @ directions * factor) @ directions.T
    return whitened
