"""Frame and Comment: what a person writes around and beside the blocks.  Neither takes part in what is computed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from graph.plain import PlainError, text
from graph.problem import DiagramError

MAX_FRAMES = 10_000
MAX_COMMENTS = 1_000
MAX_TITLE = 200
MAX_TEXT = 2_000
MAX_COORDINATE = 1e7  # of every place, in canvas units
NARROWEST, WIDEST = 60.0, 2_000.0  # a comment
WIDTH = 240.0  # of a new comment
COLORS = ("grey", "red", "orange", "yellow", "green", "blue", "violet")


@dataclass(frozen=True, slots=True)
class Frame:
    """A titled rectangle behind some blocks: x, y, width, height in canvas units.

    `color` is one of COLORS, "" for grey; the theme says how it looks.  The blocks whose middle lies inside go along
    when it is moved.
    """

    title: str
    rectangle: tuple[float, float, float, float]
    color: str = ""
    id: str = "frame1"

    def __post_init__(self) -> None:
        _check_text(f"frame {self.id}", "title", self.title, MAX_TITLE)
        _check_text(f"frame {self.id}", "colour", self.color, MAX_TITLE)
        _check_numbers(f"frame {self.id}", self.rectangle, 4)
        if self.rectangle[2] < 0 or self.rectangle[3] < 0:
            raise DiagramError(f"frame {self.id}: width and height cannot be negative.")


@dataclass(frozen=True, slots=True)
class Comment:
    """A text on the canvas, formulas between dollar signs; `place` is x, y of its upper left corner and its width."""

    text: str
    place: tuple[float, float, float]
    color: str = ""
    id: str = "comment1"

    def __post_init__(self) -> None:
        _check_text(f"comment {self.id}", "text", self.text, MAX_TEXT)
        _check_text(f"comment {self.id}", "colour", self.color, MAX_TITLE)
        _check_numbers(f"comment {self.id}", self.place, 3)
        if not NARROWEST <= self.place[2] <= WIDEST:
            raise DiagramError(
                f"comment {self.id}: its width must lie between {NARROWEST:g} and {WIDEST:g}."
            )


Note = Frame | Comment


def shifted(numbers: tuple[float, ...], dx: float, dy: float) -> Any:
    """A place or a rectangle, elsewhere by so much."""
    return (numbers[0] + dx, numbers[1] + dy, *numbers[2:])


def _check_text(where: str, what: str, value: str, longest: int) -> None:
    try:
        text(value, longest)
    except PlainError as error:
        raise DiagramError(f"{where}: {what}: {error}") from None


def _check_numbers(where: str, values: tuple[float, ...], count: int) -> None:
    fine = len(values) == count and all(
        isinstance(v, int | float) and math.isfinite(v) and abs(v) <= MAX_COORDINATE for v in values
    )
    if not fine:
        raise DiagramError(
            f"{where}: its place must be {count} numbers within ±{MAX_COORDINATE:g}."
        )
