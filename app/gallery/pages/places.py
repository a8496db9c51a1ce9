"""Where a page's blocks stand: along the flow, with room for texts that are wider or higher than usual."""

from __future__ import annotations

from dataclasses import replace

from app.canvas.geometry import form
from graph.diagram import INLET, OUTLET, OUTPUT, Block, Diagram
from graph.layout import tidy
from nodes.block import Glyph
from nodes.names import names
from nodes.parts import type_in

CHARACTER, SMALL = 8.5, 5.0  # about the width of a character, and of an index
INDICES = frozenset("₀₁₂₃₄₅₆₇₈₉")


def placed(diagram: Diagram) -> Diagram:
    """The diagram with all blocks in place, those inside its parts too."""
    inner = {name: _level(part.with_(parts=diagram.parts)) for name, part in diagram.parts.items()}
    parts = {name: part.with_(parts={}) for name, part in inner.items()}
    return _level(diagram.with_(parts=parts))


def _level(diagram: Diagram) -> Diagram:
    texts = names(diagram).labels
    boxes = {
        name: _box(diagram, block, texts.get(name, "")) for name, block in diagram.blocks.items()
    }
    places = tidy(diagram, boxes)
    moved = (replace(diagram.blocks[name], position=place) for name, place in places.items())
    return diagram.with_blocks(*moved)


def _box(diagram: Diagram, block: Block, text: str) -> tuple[float, float, float, float]:
    kind = type_in(diagram, block)
    if kind is None or block.kind in (INLET, OUTLET):
        return form(Glyph.FUNCTION, 0.0, (), (OUTPUT,)).box()
    wired = {wire.target.name for wire in diagram.wires_into(block.id)}
    width = sum(SMALL if character in INDICES else CHARACTER for character in text)
    inputs = sorted(wired) if kind.variadic else kind.inputs
    return form(kind.glyph, width, inputs, kind.outputs).box()
