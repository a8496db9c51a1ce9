"""Reads the next minibatch of large fields in the background while the current one is used."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from runtime.data import Stream

Fetched = dict[str, np.ndarray]


class Ahead:
    """Takes samples out of streams; what will be asked for next is already being read."""

    def __init__(self, streams: Mapping[str, Stream]) -> None:
        self.streams = streams
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._expected = b""
        self._coming: Future[Fetched] | None = None

    def take(self, numbers: np.ndarray, following: np.ndarray | None = None) -> Fetched:
        """The samples of these numbers from every stream; `following` is begun.  Raises DataError."""
        if self._coming is not None and self._expected == numbers.tobytes():
            coming, self._coming = self._coming, None
            found = coming.result()
        else:
            found = self._fetch(numbers)  # what is coming may still be asked for
        if following is not None and len(following):
            self._expected = following.tobytes()
            self._coming = self._reader.submit(self._fetch, following)
        return found

    def _fetch(self, numbers: np.ndarray) -> Fetched:
        return {name: stream.fetch(numbers) for name, stream in self.streams.items()}
