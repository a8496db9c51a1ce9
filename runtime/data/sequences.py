"""Toy sequences: symbols to copy, to reverse or to echo later, and two marked numbers to add."""

from __future__ import annotations

import numpy as np

from runtime.data.dataset import Data, Dataset, Field, check_size, dataset, setting


@dataset
class Sequences(Dataset):
    """Random symbols, and the same to be said again: at once, backwards, or `lag` later.

    x, y [N, length] numbers of symbols, 0 is the blank "·" that begins an echo;  previous [N, length] is y one place
    later, for a decoder that is told what it should have said.  As "one_hot", x and previous are [N, length, symbols + 1].
    """

    task: str = setting("copy", choices=("copy", "reverse", "echo"), help="what y is of x")
    points: int = setting(2000, low=1, high=1_000_000, help="sequences")
    length: int = setting(10, low=1, high=10_000, help="symbols in a sequence")
    symbols: int = setting(8, low=1, high=1000, help="different symbols, besides the blank")
    lag: int = setting(3, low=0, high=10_000, help="places by which an echo is late")
    form: str = setting(
        "numbers", choices=("numbers", "one_hot"), help="x as numbers, or one column per symbol"
    )

    def fields(self, folder: str = "") -> dict[str, Field]:
        numbers = Field((self.length,), self._names)
        columns = Field((self.length, len(self._names)))
        given = columns if self.form == "one_hot" else numbers
        return {"x": given, "y": numbers, "previous": given}

    def make(self, seed: int, folder: str = "") -> Data:
        wide = len(self._names) if self.form == "one_hot" else 1
        check_size(self.title, self.points, self.length, wide)
        random = np.random.default_rng(seed)
        x = random.integers(1, self.symbols + 1, (self.points, self.length))
        y = {"copy": x.copy(), "reverse": x[:, ::-1].copy(), "echo": _later(x, self.lag)}[self.task]
        fields = {"x": x, "y": y, "previous": _later(y, 1)}
        if self.form == "numbers":
            return Data(self.title, fields, dict.fromkeys(fields, self._names))
        for name in ("x", "previous"):
            fields[name] = np.eye(len(self._names))[fields[name]]
        return Data(self.title, fields, {"y": self._names})

    @property
    def _names(self) -> tuple[str, ...]:
        letters = "abcdefghijklmnopqrstuvwxyz"
        few = self.symbols <= len(letters)
        return ("·", *(letters[n] if few else f"s{n + 1}" for n in range(self.symbols)))


def _later(symbols: np.ndarray, lag: int) -> np.ndarray:
    """Every sequence `lag` places later, blanks before it."""
    late = np.zeros_like(symbols)
    if lag < symbols.shape[1]:
        late[:, lag:] = symbols[:, : symbols.shape[1] - lag]
    return late


@dataset
class Adding(Dataset):
    """Numbers in 0 … 1, two of them marked; y is the sum of these two.  x [N, length, 2] (number, mark), y [N, 1].

    Source: Hochreiter and Schmidhuber 1997, the adding problem.
    """

    title = "adding problem"

    points: int = setting(2000, low=1, high=1_000_000, help="sequences")
    length: int = setting(20, low=2, high=10_000, help="numbers in a sequence")

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field((self.length, 2)), "y": Field((1,))}

    def make(self, seed: int, folder: str = "") -> Data:
        check_size(self.title, self.points, self.length, 2)
        random = np.random.default_rng(seed)
        numbers = random.random((self.points, self.length))
        rows, half = np.arange(self.points), self.length // 2
        # one mark in either half, so that the first has to be remembered
        first = random.integers(0, half, self.points)
        second = random.integers(half, self.length, self.points)
        marks = np.zeros_like(numbers)
        marks[rows, first] = marks[rows, second] = 1.0
        y = (numbers * marks).sum(axis=1, keepdims=True)
        return Data(self.title, {"x": np.stack([numbers, marks], axis=-1), "y": y})
