"""What the palette lists: kinds of blocks, parts of the diagram, published parts, pins of the part around.  No Qt."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from app.canvas.placing import PUBLISHED, USE
from app.fuzzy import match
from graph.diagram import Diagram
from graph.parts import pins_of
from nodes.block import BlockType, Glyph
from nodes.catalogue import catalogue
from nodes.parts import Inlet, Outlet

PINS, PARTS, MINE = "Pins of this part", "Parts", "My parts"

Pins = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]  # inlets and outlets by part


@dataclass(frozen=True)
class Entry:
    """One row: `key` is what a drag carries, `tip` its tool tip, `searched` the text that a search looks into.

    `takes` and `gives` tell whether a wire can end at such a block, and begin there.
    """

    key: str
    title: str
    section: str
    glyph: Glyph
    mark: str
    tip: str
    searched: str
    is_broken: bool = False
    formula: str = ""
    takes: bool = True
    gives: bool = True

    @property
    def sign(self) -> tuple[Glyph, str] | None:
        """What is drawn before it: a glyph with its mark."""
        return self.glyph, self.mark

    @property
    def note(self) -> str:
        """What stands at the right end of its row in a search."""
        return self.section

    @property
    def is_enabled(self) -> bool:
        """Whether it can be chosen."""
        return not self.is_broken

    def score(self, text: str) -> float:
        """How well it answers a search, 0 not at all: every word must come in its name, if only letter by letter, or as
        it is in its formula, section or summary."""
        name = self.key.rpartition(":")[2].replace("_", " ")
        whole = max(match(text, self.title), match(text, name))
        if whole > 0.0:
            return 1.0 + whole
        words = text.casefold().split()
        found = [1.0 if w in self.searched else match(w, self.title) for w in words]
        return min(found, default=1.0)


def summary(kind: type[BlockType]) -> str:
    """What a kind is, in the first sentence of its docstring."""
    text = inspect.getdoc(kind) or kind.title
    return text.partition(".  ")[0].rstrip(".") + "."


@cache
def kinds() -> tuple[Entry, ...]:
    """Every kind of the library, in its order."""
    return tuple(_of_kind(kind) for kind in catalogue().values())


def _of_kind(kind: type[BlockType]) -> Entry:
    told = summary(kind)
    searched = (kind.kind, kind.title, kind.mark, kind.formula, kind.section, told)
    tip = f"{told}\n{kind.formula}".strip()
    return Entry(
        kind.kind,
        kind.title,
        kind.section,
        kind.glyph,
        kind.mark,
        tip,
        " ".join(searched).casefold(),
        formula=kind.formula,
        takes=bool(kind.inputs or kind.variadic),
        gives=bool(kind.outputs),
    )


def of_pins() -> Iterator[Entry]:
    """The input and the output pin of the part around."""
    for kind, title, mark in ((Inlet, "inlet", "z"), (Outlet, "outlet", "y")):
        told = summary(kind)
        searched = f"{title} pin {told}".casefold()
        yield Entry(
            kind.kind,
            title,
            PINS,
            kind.glyph,
            mark,
            told,
            searched,
            takes=bool(kind.inputs),
            gives=bool(kind.outputs),
        )


def of_parts(parts: Mapping[str, Diagram]) -> Iterator[Entry]:
    """The parts of the diagram."""
    for name, part in parts.items():
        inlets, outlets = pins_of(part)
        ways = f"{', '.join(inlets) or 'no inlet'} → {', '.join(outlets) or 'no outlet'}"
        tip = f"A part of this diagram; Delete takes it away when nothing uses it.\n{ways}"
        yield Entry(
            USE + name,
            name,
            PARTS,
            Glyph.PART,
            name[0],
            tip,
            f"part {name}".casefold(),
            formula=ways,
            takes=bool(inlets),
            gives=bool(outlets),
        )


def of_shelf(found: Mapping[str, str], pins: Pins | None = None) -> Iterator[Entry]:
    """The published parts, by name with what is wrong with each; `pins` are those of the parts that are known."""
    for name, wrong in found.items():
        tip = wrong or "A part that you published; dragging it puts a copy into the diagram."
        searched = f"my parts {name}".casefold()
        inlets, outlets = (pins or {}).get(name, (("",), ("",)))
        yield Entry(
            PUBLISHED + name,
            name,
            MINE,
            Glyph.PART,
            name[0],
            tip,
            searched,
            bool(wrong),
            takes=bool(inlets),
            gives=bool(outlets),
        )
