"""Showing the insides of parts at their uses."""

from __future__ import annotations

from dataclasses import replace

from app.actions.commands import Commands, Table
from app.canvas import faces
from app.canvas.folding import folding, unfolding
from app.canvas.inks import label_width
from app.canvas.miniature import growth
from graph.diagram import Diagram
from graph.edit import Edit
from graph.expanding import Growth
from nodes.names import names
from runtime.snapshot import Report


class Expanding(Commands):
    """Of the menu Diagram what makes uses of parts larger and smaller."""

    def table(self) -> Table:
        return {"expand": self.expand}

    def expand(self) -> None:
        """Expands the selected uses, or all; collapses them when each is expanded already.  One step of undo."""
        scene, diagram = self._window.scene, self._window.scene.diagram
        chosen = self.picked() or tuple(diagram.blocks)
        uses = tuple(n for n in chosen if faces.inside_of(diagram, diagram.blocks[n]))
        if not uses:
            self._window.status.say("Select a use of a part: a shape with a double rim.")
            return
        if scene.perform(expanding(diagram, uses)):
            scene.gliding.start(diagram, standing=uses)


def expanding(diagram: Diagram, uses: tuple[str, ...]) -> Edit:
    """The edit that expands those of some uses that are not expanded, or collapses all of them."""
    growths = _growths(diagram, uses)
    folded = tuple(name for name in uses if diagram.blocks[name].expanded is None)
    if folded:
        return unfolding(diagram, {name: growths[name] for name in folded})
    return folding(diagram, {name: growths[name].half for name in uses})


def _growths(diagram: Diagram, uses: tuple[str, ...]) -> dict[str, Growth]:
    named, found = names(diagram), {}
    for name in uses:
        small = replace(diagram.blocks[name], expanded=None)
        face = faces.face(diagram, small, named, Report(), (), label_width)
        inside = faces.inside_of(diagram, small)
        if inside is not None:
            found[name] = growth(face, inside)
    return found
