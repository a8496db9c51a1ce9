"""What the loss view tells of a run: both curves, the branches that were left, and the edits made on the way.  No Qt."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from runtime.curve import Curve

BRANCHES = 8  # left branches that are kept
MARKS = 200  # edits that are kept


class Mark(NamedTuple):
    """Something that was done at a step of the run, in a few words."""

    step: float
    label: str


class Left(NamedTuple):
    """What came after the step at which a branch began: (step, loss) rows of both curves, `[n, 2]`."""

    training: np.ndarray
    validation: np.ndarray


class Story:
    """The curves up to the present, and what was left behind or done on the way."""

    def __init__(self) -> None:
        self.training, self.validation = Curve(), Curve()
        self.left: list[Left] = []
        self.marks: list[Mark] = []

    def clear(self) -> None:
        """Another run."""
        self.__init__()  # type: ignore[misc]

    def mark(self, step: float, label: str, again: bool = False) -> None:
        """Notes an edit; one that goes on (`again`) is the one before."""
        if again and self.marks and self.marks[-1].label == label:
            return
        self.marks = [*self.marks, Mark(step, label)][-MARKS:]

    def branch(self, step: float) -> None:
        """The run goes on from a step: what came after is a branch that was left.

        The edits since are marks of the step now, because the branch has them from its first step on.
        """
        self.training, later = _cut(self.training, step)
        self.validation, judged = _cut(self.validation, step + 1)
        if len(later):
            self.left = [*self.left, Left(later, judged)][-BRANCHES:]
        done = [mark.label for mark in self.marks if mark.step > step]
        self.marks = [mark for mark in self.marks if mark.step <= step]
        edits = f" with {', '.join(dict.fromkeys(done))}" if done else ""
        self.mark(step, f"Branch{edits}")

    def marks_near(self, step: float, reach: float) -> list[Mark]:
        """The marks at most `reach` steps away."""
        return [mark for mark in self.marks if abs(mark.step - step) <= reach]

    def rows(self) -> np.ndarray:
        """All (step, loss) points there are, `[N, 2]`."""
        parts = [self.training.rows, self.validation.rows]
        return np.concatenate([*parts, *(rows for left in self.left for rows in left)])


def _cut(curve: Curve, step: float) -> tuple[Curve, np.ndarray]:
    """The part of a curve before a step, and the rows of the rest."""
    before = curve.rows[:, 0] < step
    kept = Curve()
    kept.extend(curve.rows[before])
    return kept, curve.rows[~before].copy()
