"""What the command palette lists: anything that can be done, opened or added.  No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.fuzzy import match
from nodes.block import Glyph


@dataclass(frozen=True)
class Choice:
    """One row: `keys` are the shortcut that does the same, `sign` the glyph of a block."""

    key: str
    title: str
    section: str
    tip: str = ""
    keys: str = ""
    formula: str = ""
    sign: tuple[Glyph, str] | None = None
    is_enabled: bool = True

    @property
    def note(self) -> str:
        """The keys, or else where it comes from."""
        told = self.keys or self.section
        return told if self.is_enabled else f"{told} · not now"

    def score(self, text: str) -> float:
        """How well it answers what was typed, 0 not at all: by its title, or with every word in what is known of it."""
        whole = match(text, self.title)
        if whole > 0.0:
            return 1.0 + whole
        told = " ".join((self.title, self.section, self.tip, self.formula, self.keys)).casefold()
        return 1.0 if all(word in told for word in text.casefold().split()) else 0.0
