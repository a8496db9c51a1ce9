"""Points painted with the mouse onto the plane of the boundary become the diagram's data."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import numpy as np

from graph.edits import SetRecipe
from runtime.figures.answers import Points

MOST = 5_000  # points that the recipe may hold
_strokes = count(1)


def new_stroke() -> str:
    """A token by which the points of one drag of the mouse become one step of undo."""
    return f"stroke {next(_strokes)}"


def with_point(
    recipe: Mapping[str, Any], shown: Points | None, point: tuple[float, float, int], stroke: str
) -> SetRecipe | None:
    """The edit that adds a point (x, y, class) to the data; None when there are too many already.

    Data that are not arrays yet are taken over as they are shown.  Signs stay signs: class 0 is −1, class 1 is +1.
    """
    data = recipe.get("data", {})
    xs, ys = _arrays(data, shown)
    if len(xs) >= MOST:
        return None
    signed = bool(ys) and all(isinstance(y, float) and abs(y) == 1.0 for y in ys)
    answer: float | int = (2.0 * point[2] - 1.0) if signed else point[2]
    values = {"kind": "arrays", "x": [*xs, [point[0], point[1]]], "y": [*ys, answer]}
    return SetRecipe("data", values, stroke)


def _arrays(data: Any, shown: Points | None) -> tuple[list[Any], list[Any]]:
    if isinstance(data, Mapping) and data.get("kind") == "arrays" and "x" in data and "y" in data:
        return list(data["x"]), list(data["y"])
    if shown is None:
        return [], []
    signs = isinstance(data, Mapping) and data.get("labels") == "signs"
    answers = 2.0 * np.asarray(shown.y) - 1.0 if signs else np.asarray(shown.y)
    return np.asarray(shown.x).round(4).tolist(), answers.tolist()
