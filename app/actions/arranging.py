"""Parts, and where the blocks stand."""

from __future__ import annotations

from app.actions.commands import Commands, Table
from graph.edits import Edit, MoveBlocks, Together
from graph.framing import following


class Arranging(Commands):
    """Of the menu Diagram what concerns its form."""

    def table(self) -> Table:
        window = self._window
        return {
            "group": lambda: window.visits.group(),
            "ungroup": lambda: window.visits.ungroup(),
            "open_part": lambda: window.visits.open_selected(),
            "climb": lambda: window.visits.climb(),
            "publish": lambda: window.visits.publish(),
            "tidy": self.tidy,
        }

    def tidy(self) -> None:
        """Places the selected blocks, or all, along the flow; one step of undo."""
        from graph.layout import tidy

        window = self._window
        picked = self.picked()
        moves = tidy(
            window.levels.diagram, window.scene.sizes(), picked if len(picked) > 1 else None
        )
        move: Edit = MoveBlocks(moves)
        if frames := following(window.levels.diagram, moves, window.scene.sizes()):
            move = Together(move.label, (move, *frames))
        if window.scene.perform(move) and len(picked) < 2:
            window.view.frame_all()
