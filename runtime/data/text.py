"""A text beside the diagram as sequences of characters."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from runtime.data.dataset import Data, DataError, Dataset, check_size, dataset, setting
from runtime.data.places import beside, stamp, unreadable

MAX_BYTES = 50_000_000
MAX_SYMBOLS = 10_000


@dataset
class Text(Dataset):
    """A text file (UTF-8) beside the diagram, cut into windows of characters.

    x [N, window] numbers of characters, as "one_hot" [N, window, characters];  y what comes next: [N] the character
    after the window, or for "every" place [N, window].
    """

    title = "text file"

    path: str = setting("", help="file name, beside the diagram")
    window: int = setting(32, low=1, high=10_000, help="characters in a sample")
    stride: int = setting(
        0, low=0, high=10_000, help="from one window to the next; 0: windows do not overlap"
    )
    predict: str = setting(
        "next", choices=("next", "every"), help="y after the window, or everywhere"
    )
    lines: bool = setting(False, help="windows begin with lines and do not run over their ends")
    small: bool = setting(False, help="make all letters small")
    form: str = setting(
        "numbers", choices=("numbers", "one_hot"), help="x as numbers, or one column per character"
    )

    def make(self, seed: int, folder: str = "") -> Data:
        path = beside(self.path, folder, "text file")
        text = _text(path, stamp(path))
        text = text.lower() if self.small else text
        symbols = tuple(sorted(set(text)))
        if len(symbols) > MAX_SYMBOLS:
            raise DataError(
                f"{path.name} has {len(symbols):,} different characters, the limit is {MAX_SYMBOLS:,}."
            )
        starts = self._starts(text)
        if not len(starts):
            raise DataError(f"{path.name} is shorter than a window of {self.window} and one more.")
        check_size(path.name, len(starts), self.window, self._width(symbols))
        numbers = _numbers(text, symbols)
        windows = numbers[starts[:, None] + np.arange(self.window + 1)]
        x, y = windows[:, :-1], windows[:, 1:] if self.predict == "every" else windows[:, -1]
        if self.form == "one_hot":
            return Data(path.name, {"x": np.eye(len(symbols))[x], "y": y}, {"y": symbols})
        return Data(path.name, {"x": x, "y": y}, {"x": symbols, "y": symbols})

    def _width(self, symbols: tuple[str, ...]) -> int:
        return len(symbols) if self.form == "one_hot" else 1

    def _starts(self, text: str) -> np.ndarray:
        """Where the windows begin."""
        step = self.stride or self.window
        if not self.lines:
            return np.arange(0, len(text) - self.window, step)
        found, place = [], 0
        for line in text.splitlines(keepends=True):
            found.append(np.arange(place, place + len(line) - self.window, step))
            place += len(line)
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _numbers(text: str, symbols: tuple[str, ...]) -> np.ndarray:
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    return np.searchsorted([ord(s) for s in symbols], codes).astype(np.int64)


@lru_cache(maxsize=2)
def _text(path: Path, stamped: tuple[int, int]) -> str:
    # the stamp is an argument so that a new version of the file is read again
    if stamped[1] > MAX_BYTES:
        raise DataError(
            f"{path.name} has {stamped[1]:,} bytes, the limit is {MAX_BYTES:,}: use a part of it."
        )
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path.name} is not UTF-8 text (byte {error.start:,}): save it as UTF-8."
        ) from None
    except OSError as error:
        raise unreadable(path.name, error) from error
