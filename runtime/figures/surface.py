"""The loss over a plane of weight space, and the path that a run took through it, as the screen sees them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

WEIGHTS, PATH, DIRECTIONS = "weights", "path", "directions"
TURNS = 3  # places on a path, from which on it spans a plane
_ENTRY = re.compile(r"(.+)\[([0-9, ]*)\]\Z")


@dataclass(frozen=True)
class Where:
    """Which plane: of two single weights, along the run's path, or of two random directions around the present weights.

    `x` and `y` name the weights as `linear1.weight[0, 2]`, "" for the diagram's own two; `span` is half the plane's
    width in units of weights (or of filters' norms), 0 for one that fits.  `kind` "" leaves the choice to the diagram.
    """

    kind: str = ""
    x: str = ""
    y: str = ""
    span: float = 0.0
    seed: int = 0

    @property
    def text(self) -> str:
        """One line that `read` reads."""
        given = [f"x={self.x}" if self.x else "", f"y={self.y}" if self.y else ""]
        given.append(f"span={self.span:g}" if self.span else "")
        given.append(f"seed={self.seed}" if self.seed else "")
        return "; ".join(part for part in (self.kind, *given) if part)

    @staticmethod
    def read(text: str) -> Where:
        """The plane that a text means; what it does not understand is as if not given."""
        kind, *parts = (part.strip() for part in text.split(";"))
        given = dict(part.split("=", 1) for part in parts if "=" in part)
        span, seed = _number(given.get("span", "")), _number(given.get("seed", ""))
        return Where(
            kind if kind in (WEIGHTS, PATH, DIRECTIONS) else "",
            given.get("x", ""),
            given.get("y", ""),
            span if 0 < span < 1e6 else 0.0,
            int(seed) if 0 <= seed < 2**31 else 0,
        )


def usual(numbers: int, places: int) -> str:
    """The kind of plane that fits a diagram of so many weights, with which a run has been at so many places."""
    if numbers == 2:
        return WEIGHTS
    return PATH if places >= TURNS else DIRECTIONS


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0


def entry_name(name: str, index: tuple[int, ...]) -> str:
    """("linear1.weight", (0, 2)) -> "linear1.weight[0, 2]"."""
    return f"{name}[{', '.join(map(str, index))}]"


def entry_of(text: str) -> tuple[str, tuple[int, ...]] | None:
    """("linear1.weight", (0, 2)) for "linear1.weight[0, 2]"; None when it is no such text."""
    match = _ENTRY.match(text.strip())
    if match is None:
        return None
    numbers = [part.strip() for part in match[2].split(",") if part.strip()]
    return match[1], tuple(int(n) for n in numbers)


@dataclass(frozen=True)
class Surface:
    """The loss on a grid of a plane: `loss` `[rows, columns]` at its nodes, NaN where it is not known yet.

    Row 0 is the lowest y; the first and last nodes lie on `bounds` (x0, x1, y0, y1).  `axes` names the weights of a
    plane of two, and is ("", "") for other kinds; `minima` are (x, y, loss), the lowest first, when all is known.
    `samples` training samples were looked at; `step` is that of the weights all around.  `shares` tells how much of
    the variance of the run's path the plane holds: along its first direction, and at right angles to that.
    """

    loss: np.ndarray
    bounds: tuple[float, float, float, float]
    axes: tuple[str, str]
    samples: int
    step: int
    minima: tuple[tuple[float, float, float], ...] = ()
    kind: str = WEIGHTS
    shares: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Path:
    """Where a run has been on the plane: `points` `[k, 2]` at `steps` `[k]`, the present last; empty without a plane.

    `weights` holds the shape of every trained parameter by its name: from these two can be chosen.  `places` counts
    the recorded steps, the present with them, plane or not.
    """

    points: np.ndarray
    steps: np.ndarray
    weights: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    places: int = 1

    @property
    def usual(self) -> str:
        """The kind of plane that is computed where none is chosen."""
        return usual(sum(math.prod(shape) for shape in self.weights.values()), self.places)

    @property
    def single(self) -> tuple[str, str] | None:
        """The two weights of a diagram that has just two."""
        sizes = {name: math.prod(shape) for name, shape in self.weights.items()}
        if sum(sizes.values()) != 2:
            return None
        found = [
            entry_name(name, tuple(int(n) for n in index))
            for name, shape in self.weights.items()
            for index in np.ndindex(*shape)
        ]
        return found[0], found[1]
