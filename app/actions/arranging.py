"""Parts, and where the blocks stand."""

from __future__ import annotations

from functools import partial

from app.actions.commands import Commands, Table
from app.canvas.frames import heights
from graph.aligning import SIDES, align, distribute
from graph.edit import Together
from graph.edits import MoveBlocks
from graph.framing import carried


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
            **{f"align_{side}": partial(self.align, side) for side in SIDES},
            "spread_across": partial(self.spread, 0),
            "spread_down": partial(self.spread, 1),
        }

    def align(self, side: str) -> None:
        """Puts the selected blocks on one line; one step of undo."""
        if len(places := self._places(2, "Select the blocks that are to be aligned.")) > 1:
            moves = align(places, self._window.scene.shapes(), side)
            self._move(moves, f"Align {len(moves)} blocks")

    def spread(self, axis: int) -> None:
        """Puts the selected blocks at equal distances; one step of undo."""
        say = "Select three blocks or more: those between the outer two are distributed."
        if len(places := self._places(3, say)) > 2:
            moves = distribute(places, self._window.scene.sizes(), axis)
            self._move(moves, f"Distribute {len(moves)} blocks")

    def _places(self, least: int, otherwise: str) -> dict[str, tuple[float, float]]:
        """Where the selected blocks stand; when they are too few, that is said."""
        diagram, picked = self._window.levels.diagram, self.picked()
        if len(picked) < least:
            self._window.status.say(otherwise)
        return {name: diagram.blocks[name].position for name in picked}

    def _move(self, moves: dict[str, tuple[float, float]], label: str) -> None:
        self._window.scene.perform(Together(label, (MoveBlocks(moves),)))

    def tidy(self) -> None:
        """Lets the selected blocks, those in selected frames, or all, glide to their places along the flow; one step of
        undo."""
        from graph.clusters import tidied

        scene, before = self._window.scene, self._window.scene.diagram
        picked = scene.selected | carried(before, scene.frames.selected)[0]
        ids = [name for name in before.blocks if name in picked] if len(picked) > 1 else None
        if scene.perform(tidied(before, scene.sizes(), ids, heights(before))):
            if ids is None:
                self._window.view.frame_all()
            scene.gliding.start(before)
