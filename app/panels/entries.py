"""What the palette lists: kinds of blocks, parts of the diagram, published parts, pins of the part around.  No Qt."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from app.canvas.placing import PUBLISHED, USE
from graph.diagram import Diagram
from graph.parts import pins_of
from nodes.block import BlockType, Glyph
from nodes.catalogue import catalogue
from nodes.parts import Inlet, Outlet

PINS, PARTS, MINE = "Pins of this part", "Parts", "My parts"


@dataclass(frozen=True)
class Entry:
    """One row: `key` is what a drag carries, `tip` its tool tip, `searched` the text that a search looks into."""

    key: str
    title: str
    section: str
    glyph: Glyph
    mark: str
    tip: str
    searched: str
    is_broken: bool = False


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
    )


def of_pins() -> Iterator[Entry]:
    """The input and the output pin of the part around."""
    for kind, title, mark in ((Inlet, "inlet", "z"), (Outlet, "outlet", "y")):
        told = summary(kind)
        yield Entry(
            kind.kind, title, PINS, kind.glyph, mark, told, f"{title} pin {told}".casefold()
        )


def of_parts(parts: Mapping[str, Diagram]) -> Iterator[Entry]:
    """The parts of the diagram."""
    for name, part in parts.items():
        inlets, outlets = pins_of(part)
        ways = f"{', '.join(inlets) or 'no inlet'} → {', '.join(outlets) or 'no outlet'}"
        tip = f"A part of this diagram; Delete takes it away when nothing uses it.\n{ways}"
        yield Entry(USE + name, name, PARTS, Glyph.PART, name[0], tip, f"part {name}".casefold())


def of_shelf(found: Mapping[str, str]) -> Iterator[Entry]:
    """The published parts, by name with what is wrong with each."""
    for name, wrong in found.items():
        tip = wrong or "A part that you published; dragging it puts a copy into the diagram."
        searched = f"my parts {name}".casefold()
        yield Entry(PUBLISHED + name, name, MINE, Glyph.PART, name[0], tip, searched, bool(wrong))
