"""Making room for the insides of parts and taking it back, so that nothing then comes to lie on anything."""

from __future__ import annotations

from collections.abc import Mapping

from app.canvas import faces
from app.canvas.boxes import Box, Places, grown
from app.canvas.inks import label_width
from graph.diagram import Diagram
from graph.expanding import Collapse, Expand, Growth
from nodes.names import names
from runtime.snapshot import Report


def folding(diagram: Diagram, halves: Mapping[str, float]) -> Collapse:
    """The edit that draws expanded uses as plain shapes; `halves` holds half the breadth of each.

    Others come back to where they stood, unless blocks were put since then where they would be in the way: then each
    stays where it is.
    """
    edit = Collapse(halves)
    if not halves or lying(edit.apply(diagram)) <= lying(diagram):
        return edit
    return Collapse(halves, others_stay=True)


def unfolding(diagram: Diagram, growths: Mapping[str, Growth]) -> Expand:
    """The edit that draws uses with their insides; `growths` says by how much each becomes larger.

    Room that was left free when they were collapsed is used again: else the diagram would become wider every time.
    """
    staying = Expand(growths, others_stay=True)
    there = staying.apply(diagram)
    if lying(there) <= lying(diagram):
        halves = {name: growth.half for name, growth in growths.items()}
        if folding(there, halves).apply(there) == diagram:
            return staying
    return Expand(growths)


def lying(diagram: Diagram, by: float = 0.0) -> set[frozenset[str]]:
    """The pairs of blocks whose shapes, with circles, lie on each other by more than twice so much."""
    places, found = Places[str](), set[frozenset[str]]()
    for name, (left, top, right, bottom) in sizes(diagram).items():
        x, y = diagram.blocks[name].position
        box = grown((left + x, top + y, right + x, bottom + y), -by)
        found |= {frozenset((name, other)) for other in places.near(box)}
        places.put(name, box)
    return found


def sizes(diagram: Diagram) -> dict[str, Box]:
    """Left, top, right and bottom of every block around its position, as the canvas would show it."""
    named, report = names(diagram), Report()
    return {
        name: faces.face(diagram, block, named, report, (), label_width).form.box()
        for name, block in diagram.blocks.items()
    }
