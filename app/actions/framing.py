"""Frames, comments, and blocks that are left out for a while."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from app.actions.commands import Commands, Table
from app.canvas import noting
from graph.edits import SetMuted
from graph.frame import Frame
from graph.framing import AddFrame, around, free_frame_id
from nodes.parts import can_mute

EMPTY = (360.0, 220.0)  # of a frame around nothing


class Framing(Commands):
    """Of the menu Diagram what is drawn around the blocks, and muting."""

    def table(self) -> Table:
        return {"frame_blocks": self.frame, "comment": self.comment, "mute": self.mute}

    def frame(self) -> None:
        """A frame around the selected blocks, frames and comments, or an empty one in the middle; its title is asked for."""
        scene, view = self._window.scene, self._window.view
        boxes = [scene.bounds((name,)) for name in scene.selected]
        boxes += [scene.frames.box(name) for name in scene.frames.selected]
        if boxes:
            rectangle = around([_plain(box) for box in boxes])
        else:
            middle, (width, height) = view.seen().center(), EMPTY
            rectangle = (middle.x() - width / 2, middle.y() - height / 2, width, height)
        x, y, width, height = (float(round(v)) for v in rectangle)
        frame = Frame("", (x, y, width, height), "", free_frame_id(scene.diagram))
        if scene.perform(AddFrame(frame)):
            scene.select((), frames={frame.id})
            noting.edit(view, frame.id)

    def comment(self) -> None:
        """A comment at the mouse if it is over the canvas, else in the middle."""
        view = self._window.view
        noting.write(view, view.pointer or view.seen().center())

    def mute(self) -> None:
        """Leaves the selected blocks out, or takes all of them in again when each is left out already."""
        diagram, say = self._window.levels.diagram, self._window.status.say
        picked = self.picked()
        able = tuple(name for name in picked if can_mute(diagram, diagram.blocks[name]))
        if not picked:
            say("Select the blocks that are to be left out.")
        elif not able:
            say("A variable or a delay cannot be left out: mute what it feeds.")
        else:
            muted = not all(diagram.blocks[name].muted for name in able)
            self._window.scene.perform(SetMuted(able, muted))


def _plain(box: QRectF) -> tuple[float, float, float, float]:
    return box.x(), box.y(), box.width(), box.height()
