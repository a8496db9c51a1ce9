"""An error as a value: where it is, what is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a diagram.

    `where` is an address: a block id (`linear1`), a pin (`linear1.z`), a recipe entry (`recipe.rate`) or "" for the whole
    diagram.  `message` is one sentence; `hint` says what to do, or is empty.  `kind` "open" marks what is merely
    unfinished (a pin without a wire), "error" what is wrong.
    """

    where: str
    message: str
    hint: str = ""
    kind: str = "error"

    @property
    def block(self) -> str:
        """The id of the block concerned, "" when it is the diagram or its recipe."""
        return "" if self.where.startswith("recipe") else self.where.split(".", 1)[0]

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}" + (f" {self.hint}" if self.hint else "")


class DiagramError(ValueError):
    """A diagram, or an edit of one, that cannot be; its text is one sentence for a person."""


class FileError(Exception):
    """A file that cannot be read or written; its text is one sentence that says where and what to do."""
