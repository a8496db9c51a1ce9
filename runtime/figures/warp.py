"""The plane of the input and the data in it, carried through a diagram step by step: a plain value for the screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Stage:
    """Where everything lies after one step of the way.

    `pin` is the variable that is reached or on the way to which this is, `name` what it is called, `label` what its
    block computes, "" at the input; `deed` is what this step does, "" where there is no word for it; `last` tells
    that the variable is reached.  `points` `[N, d]` and `grid` `[2, lines, nodes, d]` (float32, d 2 or 3) are the variable's
    own numbers, or its principal components when `size` is more than 3, which hold `share` of the variance; a variable
    of one number lies on the first axis.  A step that is a rotation says by which matrix `turn` `[3, 3]`; coordinates
    are then multiplied from its right, those that are missing being 0.
    """

    pin: str
    name: str
    label: str
    deed: str
    last: bool
    size: int
    points: np.ndarray
    grid: np.ndarray
    share: float = 1.0
    turn: np.ndarray | None = None

    @property
    def by_components(self) -> bool:
        """Whether the coordinates are principal components."""
        return self.last and self.size > 3

    @property
    def depth(self) -> bool:
        """Whether there is a third coordinate."""
        return bool(self.points.shape[1] == 3)


@dataclass(frozen=True)
class Warp:
    """The way from the input to the answer.

    The grid's lines run along the first coordinate of the input's plane, and along the second one.  `y` `[N]` are class
    numbers (integers) or values, None where there is no target; `names` of the classes.
    """

    stages: tuple[Stage, ...]
    y: np.ndarray | None
    names: tuple[str, ...] = ()
