"""Which wires may be drawn, and in one sentence why another may not.  No Qt."""

from __future__ import annotations

from graph.diagram import DELAY, Diagram, Pin
from nodes.block import Cost, Variable
from nodes.parts import type_in


def refusal(diagram: Diagram, source: Pin, target: Pin, upstream: frozenset[str]) -> str:
    """Why no wire may run from one pin to another, "" when it may.  `upstream` is upstream(diagram, source.block)."""
    return refused_block(diagram, source, target.block, upstream) or _refused_pin(diagram, target)


def refused_block(diagram: Diagram, source: Pin, block: str, upstream: frozenset[str]) -> str:
    """Why no wire from `source` may enter a block at all, "" when one may."""
    target = diagram.blocks[block]
    kind = type_in(diagram, target)
    if block == source.block:
        return f"{block} cannot take its own output; lead it through a delay."
    if target.kind != DELAY and block in upstream:
        return f"A wire from {source.block} to {block} would close a loop; put a delay into it."
    if kind is None:
        return (
            f"{target.kind} is a kind of block that is not known here; it can be given no new wire."
        )
    if issubclass(kind, Variable) and not kind.inputs:
        return f"{block} is a variable with a value of its own; nothing enters it."
    return ""


def _refused_pin(diagram: Diagram, target: Pin) -> str:
    kind = type_in(diagram, diagram.blocks[target.block])
    if kind is not None and not kind.has_input(target.name):
        return f"{target.block} has no input {target.name}."
    return ""


def refused_source(diagram: Diagram, block: str) -> str:
    """Why no wire can begin at a block, "" when one can."""
    kind = type_in(diagram, diagram.blocks[block])
    if kind is not None and issubclass(kind, Cost):
        return f"{block} is a cost: one number that is added to the sum; nothing leaves it."
    if kind is not None and issubclass(kind, Variable) and not kind.outputs:
        return f"{block} is an output of the part: it goes on where the part is used."
    return ""


def upstream(diagram: Diagram, block: str) -> frozenset[str]:
    """`block` and all from which it can be reached through no delay: a wire into those closes a loop."""
    seen, stack = set[str](), [block]
    while stack:
        here = stack.pop()
        if here in seen:
            continue
        seen.add(here)
        if diagram.blocks[here].kind != DELAY:
            stack += [w.source.block for w in diagram.wires_into(here)]
    return frozenset(seen)


def downstream(diagram: Diagram, block: str) -> frozenset[str]:
    """`block` and all that it reaches through no delay: a wire from those into it closes a loop."""
    seen, stack = set[str](), [block]
    while stack:
        here = stack.pop()
        if here in seen:
            continue
        seen.add(here)
        stack += [
            w.target.block
            for w in diagram.wires_from(here)
            if diagram.blocks[w.target.block].kind != DELAY
        ]
    return frozenset(seen)
