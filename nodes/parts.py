"""Parts as kinds of blocks: the pins of a use come from the part's diagram."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from graph.diagram import INLET, OUTLET, PART, Block, Diagram
from graph.parts import part_of, pins_of
from nodes.block import BlockType, Function, Glyph, Variable
from nodes.catalogue import type_of


@dataclass(frozen=True)
class Part(Function):
    """A diagram used as a block.  Double click opens it.  Source: LeCun 2020, functions made of functions."""

    kind = PART
    glyph = Glyph.PART
    section = "Parts"
    formula = "a diagram inside"


@dataclass(frozen=True)
class Inlet(Variable):
    """An input pin of the part around it; its name is the pin's."""

    kind = INLET
    glyph = Glyph.OBSERVED
    section = "Parts"
    formula = "the value that is wired to the part"


@dataclass(frozen=True)
class Outlet(Variable):
    """An output pin of the part around it; its name is the pin's."""

    kind = OUTLET
    glyph = Glyph.OBSERVED
    section = "Parts"
    inputs = ("z",)
    outputs = ()
    formula = "what the part gives"


_PINS: dict[str, type[BlockType]] = {INLET: Inlet, OUTLET: Outlet}


def type_in(diagram: Diagram, block: Block) -> type[BlockType] | None:
    """The kind of a block where it stands: from the catalogue, or made from the part that it uses; None when unknown."""
    if block.kind == PART and part_of(block) in diagram.parts:
        return _part_type(part_of(block), *pins_of(diagram.parts[part_of(block)]))
    return _PINS.get(block.kind) or type_of(block)


@lru_cache(maxsize=1024)
def _part_type(name: str, inlets: tuple[str, ...], outlets: tuple[str, ...]) -> type[BlockType]:
    values = {"title": name, "label": name, "mark": name, "inputs": inlets, "outputs": outlets}
    return type("Part", (Part,), values)
