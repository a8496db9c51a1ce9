"""Where a page's blocks stand: along the flow, with room for texts that are wider or higher than usual."""

from __future__ import annotations

from dataclasses import replace

from app.canvas.faces import face
from graph.diagram import Block, Diagram
from graph.layout import tidy
from nodes.names import Names, names
from runtime.snapshot import Report

CHARACTER, SMALL = 8.5, 5.0  # about the width of a character, and of an index
INDICES = frozenset("₀₁₂₃₄₅₆₇₈₉")


def placed(diagram: Diagram) -> Diagram:
    """The diagram with all blocks in place, those inside its parts too."""
    inner = {name: _level(part.with_(parts=diagram.parts)) for name, part in diagram.parts.items()}
    parts = {name: part.with_(parts={}) for name, part in inner.items()}
    return _level(diagram.with_(parts=parts))


def _level(diagram: Diagram) -> Diagram:
    named = names(diagram)
    boxes = {name: _box(diagram, block, named) for name, block in diagram.blocks.items()}
    places = tidy(diagram, boxes)
    moved = (replace(diagram.blocks[name], position=place) for name, place in places.items())
    return diagram.with_blocks(*moved)


def _box(diagram: Diagram, block: Block, named: Names) -> tuple[float, float, float, float]:
    return face(diagram, block, named, Report(), (), _width).form.box()


def _width(text: str) -> float:
    return sum(SMALL if character in INDICES else CHARACTER for character in text)
