"""Which way the diagram flows: to the right, or upwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions.commands import Commands, Table
from app.canvas import faces
from app.canvas.boxes import Box, Places, grown
from app.canvas.frames import heights
from app.canvas.inks import label_width
from graph.diagram import RIGHT, UP, Diagram
from graph.edits import Edit, Together
from graph.grouping import InPart, scope
from graph.problem import DiagramError
from graph.turning import SetFlow
from nodes.names import names
from runtime.snapshot import Report

if TYPE_CHECKING:
    from app.window import MainWindow

TOUCHING = 4.0  # by how much shapes may overlap that are still told apart


class Turning(Commands):
    """The switch of the menu View; it belongs to the drawing, so it is saved and undone with it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        window.document.changed.connect(self._follow)

    def table(self) -> Table:
        return {"upwards": self.turn}

    def turn(self, upwards: bool) -> None:
        """Turns the whole diagram with its parts; one step of undo."""
        document, flow = self._window.document, UP if upwards else RIGHT
        if document.diagram.flow == flow:
            return
        try:
            document.do(turning(document.diagram, flow))
        except DiagramError as error:  # a place would lie too far out
            self._window.status.say(str(error))
            self._follow()
        self._window.view.frame_all()

    def _follow(self) -> None:
        self._window.menus.actions["upwards"].setChecked(self._window.document.diagram.flow == UP)


def turning(diagram: Diagram, flow: str) -> Edit:
    """The edit that turns a diagram; levels on which shapes would then lie on each other are tidied as well."""
    turn = SetFlow(flow)
    after = turn.apply(diagram)
    edits: list[Edit] = [turn, *_tidied(after)]
    for name in after.parts:
        edits += [InPart(name, edit) for edit in _tidied(scope(after, name))]
    return Together(turn.label, tuple(edits))


def _tidied(diagram: Diagram) -> tuple[Edit, ...]:
    boxes = sizes(diagram)
    if not _is_crowded(diagram, boxes):
        return ()
    from graph.clusters import tidied

    return (tidied(diagram, boxes, heights=heights(diagram)),)


def sizes(diagram: Diagram) -> dict[str, Box]:
    """Left, top, right and bottom of every block around its position, as the canvas would show it."""
    named, report = names(diagram), Report()
    return {
        name: faces.face(diagram, block, named, report, (), label_width).form.box()
        for name, block in diagram.blocks.items()
    }


def _is_crowded(diagram: Diagram, boxes: dict[str, Box]) -> bool:
    """Whether two shapes lie on each other."""
    places: Places[str] = Places()
    for name, (left, top, right, bottom) in boxes.items():
        x, y = diagram.blocks[name].position
        box = grown((left + x, top + y, right + x, bottom + y), -TOUCHING)
        if places.near(box):
            return True
        places.put(name, box)
    return False
