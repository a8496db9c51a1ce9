"""What a diagram answers all over a plane, or along a line, with its data: plain values for the screen."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Grid:
    """Answers on a grid over a plane.

    `answer` is `[rows, columns]`: the class (uint8) when `classes` > 0, else the output's value (float32);
    `confidence` `[rows, columns]` in 0..1 (uint8, 255 = 1).  Row 0 is the lowest.  `bounds` is (x0, x1, y0, y1) in
    the units of the plane.
    """

    answer: np.ndarray
    confidence: np.ndarray | None
    classes: int
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True)
class Points:
    """Data to draw over answers: `x` `[N, 2]` (`[N, 1]` on a line) in the units of the axes, `y` `[N]` class numbers
    or values; `names` of the classes."""

    x: np.ndarray
    y: np.ndarray
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spaces:
    """Where the answers of a diagram can be drawn.

    `inputs` counts the numbers of a sample, 0 when the answer does not depend on one real input alone; `variables`
    are pins, with their number of units, through which all that the answer depends on has to pass; `suggested` is the
    last of them before the answer itself.
    """

    inputs: int = 0
    variables: tuple[tuple[str, int], ...] = ()
    suggested: str = ""


@dataclass(frozen=True)
class Answers:
    """Areas or a surface over a plane.

    `space` is the plane as a choice of the view holds it: "input", "components", "plane 1 3" (input coordinates) or
    "hidden relu1.y 1 2" (units), counted from 1.  `axes` name the two axes; `square` tells that both have one unit.
    """

    space: str
    grid: Grid
    points: Points
    axes: tuple[str, str]
    square: bool = True
    spaces: Spaces = field(default_factory=Spaces)


@dataclass(frozen=True)
class Fit:
    """The answers over an input of one number: `x` `[S]`, `y` `[members, S]`, one row for each answer to the same
    target; `points` are the data."""

    x: np.ndarray
    y: np.ndarray
    points: Points
    spaces: Spaces = field(default_factory=Spaces)
    space: str = "fit"
