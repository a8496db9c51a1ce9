"""Which way the diagram flows: to the right, or upwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions.commands import Commands, Table
from app.canvas.folding import lying, sizes
from app.canvas.frames import heights
from graph.diagram import RIGHT, UP, Diagram
from graph.edit import Edit, Together
from graph.part_edits import InPart, scope
from graph.problem import DiagramError
from graph.turning import SetFlow

if TYPE_CHECKING:
    from app.window import MainWindow

TOUCHING = 4.0  # by how much each of two shapes may reach too far when they are still told apart


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
    if not lying(diagram, TOUCHING):
        return ()
    from graph.clusters import tidied

    return (tidied(diagram, sizes(diagram), heights=heights(diagram)),)
