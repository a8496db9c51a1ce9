"""Where a page's blocks stand: along the flow, with room for texts that are wider or higher than usual.

A long chain is broken like a text, so that a window shows it in a size that can be read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from app.canvas.faces import face
from graph.diagram import Block, Diagram
from graph.layout import tidy
from graph.rows import GRID
from nodes.names import Names, names
from runtime.snapshot import Report

CHARACTER, SMALL = 8.5, 5.0  # about the width of a character, and of an index
INDICES = frozenset("₀₁₂₃₄₅₆₇₈₉")
MANY = 3  # wires from one column into one block; more fan out above and below it
ROOM = 90.0  # for the wires of a fan to bend
ROW = 100.0  # between the blocks of a fan
LONGEST = 9  # blocks of a chain that stays on one line
FEWER = 7  # on each line of a longer one
LINE = 180.0  # between the lines of a chain


def placed(diagram: Diagram) -> Diagram:
    """The diagram with all blocks in place, those inside its parts too."""
    inner = {name: _level(part.with_(parts=diagram.parts)) for name, part in diagram.parts.items()}
    parts = {name: part.with_(parts={}) for name, part in inner.items()}
    return _level(diagram.with_(parts=parts))


def _level(diagram: Diagram) -> Diagram:
    named = names(diagram)
    boxes = {name: _box(diagram, block, named) for name, block in diagram.blocks.items()}
    places = tidy(diagram, boxes)
    standing = (replace(diagram.blocks[name], position=place) for name, place in places.items())
    drawn = _in_lines(diagram.with_blocks(*standing))
    for name in diagram.blocks:
        drawn = _fanned(drawn, name)
    return drawn


def _in_lines(diagram: Diagram) -> Diagram:
    """A chain that is too long for one line in lines of equal length, blocks without wires below them."""
    chain = [block for name, block in diagram.blocks.items() if diagram.wires_of[name]]
    if len(chain) <= LONGEST or len({block.position[1] for block in chain}) > 1:
        return diagram
    chain.sort(key=lambda block: block.position)
    count = -(-len(chain) // FEWER)
    length = -(-len(chain) // count)
    lines = [chain[start : start + length] for start in range(0, len(chain), length)]
    lone = diagram.blocks.keys() - {block.id for block in chain}
    lost = (chain[-1].position[0] - lines[0][-1].position[0]) / 2
    broken = moved(diagram, lone, dx=-GRID * round(lost / GRID), dy=LINE * (count - 1))
    for number, line in enumerate(lines):
        left = chain[0].position[0] - line[0].position[0]
        broken = moved(broken, [block.id for block in line], dx=left, dy=LINE * number)
    return broken


def _fanned(diagram: Diagram, into: str) -> Diagram:
    """A column of blocks that all enter one at equal distances, what stands before and behind on a line through the middle."""
    names = {wire.source.block for wire in diagram.wires_into(into)}
    fan = sorted((diagram.blocks[name] for name in names), key=lambda block: block.position[1])
    if len(fan) <= MANY or len({block.position[0] for block in fan}) > 1:
        return diagram
    top = fan[0].position[1]
    drawn = moved(diagram, diagram.blocks.keys() - names, dy=ROW * (len(fan) - 1) / 2)
    for row, block in enumerate(fan):
        drawn = moved(drawn, (block.id,), dy=top + ROW * row - block.position[1])
    return widened(widened(drawn, into, ROOM), fan[0].id, ROOM)


def moved(diagram: Diagram, names: Collection[str], dx: float = 0.0, dy: float = 0.0) -> Diagram:
    """The diagram with some blocks farther right and down."""
    blocks = (diagram.blocks[name] for name in names)
    return diagram.with_blocks(
        *(replace(b, position=(b.position[0] + dx, b.position[1] + dy)) for b in blocks)
    )


def widened(diagram: Diagram, before: str, by: float = 30.0) -> Diagram:
    """The diagram with more room left of a block: it and all that stands behind it moves right."""
    edge = diagram.blocks[before].position[0]
    return moved(diagram, [n for n, b in diagram.blocks.items() if b.position[0] >= edge], dx=by)


def flipped(diagram: Diagram) -> Diagram:
    """The diagram upside down."""
    blocks = diagram.blocks.values()
    low = max(b.position[1] for b in blocks)
    return diagram.with_blocks(
        *(replace(b, position=(b.position[0], low - b.position[1])) for b in blocks)
    )


def _box(diagram: Diagram, block: Block, named: Names) -> tuple[float, float, float, float]:
    return face(diagram, block, named, Report(), (), _width).form.box()


def _width(text: str) -> float:
    return sum(SMALL if character in INDICES else CHARACTER for character in text)
