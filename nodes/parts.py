"""Parts as kinds of blocks: the pins of a use come from the part's diagram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from graph.diagram import DELAY, INLET, OUTLET, PART, Block, Diagram
from graph.parts import Flat, flatten, part_of, pins_of
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


def can_mute(diagram: Diagram, block: Block) -> bool:
    """Whether a block can be left out: no variable, which has a value of its own, and no delay, which a loop needs."""
    kind = type_in(diagram, block)
    return block.kind != DELAY and not (kind is not None and issubclass(kind, Variable))


def through(diagram: Diagram, block: Block) -> Mapping[str, str] | None:
    """What a muted block repeats: for every output the input whose value it gives, None when it cannot be muted.

    That is the first input with a wire; of a part with as many outputs as inputs, the one at the same place.
    """
    if not can_mute(diagram, block):
        return None
    kind = type_in(diagram, block)
    wired = [w.target.name for w in diagram.wires_into(block.id)]
    if kind is None:
        return {w.source.name: pin for w in diagram.wires_from(block.id) for pin in wired[:1]}
    pins = [name for name in kind.pins(set(wired)) if name in wired]
    if kind.glyph is Glyph.PART and len(kind.inputs) == len(kind.outputs):
        return dict(zip(kind.outputs, kind.inputs, strict=True))
    return {output: pin for output in kind.outputs for pin in pins[:1]}


def expanded(diagram: Diagram) -> Flat:
    """The diagram as it runs: parts expanded, muted blocks left out.  Raises DiagramError as flatten does."""
    return flatten(diagram, through)


@lru_cache(maxsize=1024)
def _part_type(name: str, inlets: tuple[str, ...], outlets: tuple[str, ...]) -> type[BlockType]:
    values = {"title": name, "label": name, "mark": name, "inputs": inlets, "outputs": outlets}
    return type("Part", (Part,), values)
