"""One sample on its way through the diagram and back: the numbers of every block, as matrices small enough to be read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WHOLE = 10_000  # numbers that are sent whole; of more, a corner
CORNER = 16  # rows and columns of that corner
LONG = 256  # numbers sent of a longer single row


@dataclass(frozen=True)
class Numbers:
    """The upper left part `shown` `[rows, columns]` of a matrix; `rows` and `columns` are those of the whole.

    `shape` is that of the value itself, the batch left out: a vector is one row, of a stack of maps the rows follow each other.
    """

    shown: np.ndarray
    rows: int
    columns: int
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers the whole has."""
        return self.rows * self.columns

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return bool(self.shown.size == self.size)


def numbers(values: np.ndarray) -> Numbers:
    """An array `[...]` as Numbers of their own: all of a small one, else its upper left corner."""
    columns = values.shape[-1] if values.ndim else 1
    rows = values.size // columns if columns else 0
    flat = values.reshape(rows, columns)
    if values.size > WHOLE:
        flat = flat[:1, :LONG] if rows == 1 else flat[:CORNER, :CORNER]
    return Numbers(flat.copy(), rows, columns, values.shape)


@dataclass(frozen=True)
class Value:
    """A variable `name` at the pin `pin`, and the gradient of the cost by it; None where none arrives."""

    pin: str
    name: str
    value: Numbers
    gradient: Numbers | None


@dataclass(frozen=True)
class Entry:
    """What one wire brings to a block: `[1×d_f] = [1×d_g] [d_g×d_f]` are gradient, that of the output, and `jacobian`.

    `why` is a sentence that says why there is no Jacobian.  `source` is the pin of the variable `name`; where it forks,
    the gradient is what this wire adds to that of the variable.
    """

    pin: str
    source: str
    name: str
    value: Numbers
    gradient: Numbers | None
    jacobian: Numbers | None
    why: str = ""


@dataclass(frozen=True)
class Weight:
    """A weight of a block before and after `w <- w - rate · gradient`; gradient None where nothing moves it."""

    name: str
    symbol: str
    value: Numbers
    gradient: Numbers | None
    updated: Numbers


@dataclass(frozen=True)
class Passage:
    """One block: what enters, what leaves, its weights; `formula` and `backward` are the block's own."""

    block: str
    kind: str
    label: str
    formula: str
    backward: str
    is_cost: bool
    out: Value
    entries: tuple[Entry, ...]
    weights: tuple[Weight, ...]


@dataclass(frozen=True)
class SlowMotion:
    """Sample `sample` of `samples`, at step `step` of the run, along the flow.

    `plain` says whether the optimizer does exactly `w <- w - rate · gradient` with such a gradient; `optimizer` names it.
    A training step averages the gradients of `batch` samples.
    """

    sample: int
    samples: int
    step: int
    loss: float
    rate: float
    plain: bool
    optimizer: str
    batch: int
    given: tuple[Value, ...]
    passages: tuple[Passage, ...]
