"""Undo, clipboard, selection, names."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication

from app import copying
from app.actions.commands import Commands, Table
from app.canvas import deleting
from app.canvas.placing import on_grid
from app.clipboard import diagram_in
from graph.edit import Together
from graph.part_edits import AddPart
from graph.pasting import Paste
from graph.problem import FileError


class Editing(Commands):
    """The menu Edit."""

    def table(self) -> Table:
        window, scene = self._window, self._window.scene
        return {
            "undo": window.levels.undo,
            "redo": window.levels.redo,
            "cut": self.cut,
            "copy": self.copy,
            "paste": self.paste,
            "paste_wired": lambda: self.paste(wired=True),
            "duplicate": self.duplicate,
            "duplicate_wired": lambda: self.duplicate(wired=True),
            "delete": lambda: deleting.delete(scene),
            "connect": window.view.connect_by_keys,
            "take_out": lambda: deleting.take_out(scene),
            "select_all": scene.select_all,
            "rename": lambda: window.visits.rename(),
        }

    def copy(self) -> None:
        """What is selected, wires apart, to the clipboard."""
        picked, notes = self.picked(), self._window.scene.frames.selected
        if picked or notes:
            text = copying.copied_text(self._window.levels.diagram, picked, notes)
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        """The same, and deletes them."""
        if self.picked() or self._window.scene.frames.selected:
            self.copy()
            deleting.delete(self._window.scene)

    def paste(self, wired: bool = False) -> None:
        """Inserts what the clipboard holds, be it a picture, at the mouse if it is over the canvas, and selects it; `wired`,
        with the wires from what fed the originals."""
        try:
            found = diagram_in(QGuiApplication.clipboard().mimeData())
        except FileError as error:
            self._window.status.say(str(error))
            return
        paste, parts = copying.paste_of(found)
        if not copying.places(paste):
            self._window.status.say("There is no block in the clipboard.")
            return
        fed = copying.possible(self._window.levels.diagram, paste).incoming if wired else ()
        self._insert(replace(self._put(paste), incoming=fed), parts)

    def _put(self, paste: Paste) -> Paste:
        """At the mouse; else beside the originals if that place is seen; else in the middle of what is seen."""
        view = self._window.view
        at = view.pointer
        if at is None:
            x, y = copying.places(paste)[0]
            beside = QPointF(x + paste.offset[0], y + paste.offset[1])
            at = None if view.seen().contains(beside) else view.seen().center()
        return paste if at is None else copying.placed(paste, on_grid((at.x(), at.y())))

    def duplicate(self, wired: bool = False) -> None:
        """Copies what is selected beside itself, and selects the copies; `wired`, with what feeds them."""
        picked, notes = self.picked(), self._window.scene.frames.selected
        if picked or notes:
            self._insert(copying.duplicate_of(self._window.levels.diagram, picked, wired, notes))

    def _insert(self, paste: Paste, parts: tuple[AddPart, ...] = ()) -> None:
        paste = copying.apart(self._window.levels.diagram, paste)
        ids = paste.ids_in(self._window.levels.diagram)
        drawn = paste.drawn_ids_in(self._window.levels.diagram)
        edit = Together(paste.label, (*parts, paste)) if parts else paste
        if (ids or drawn) and self._window.scene.perform(edit):
            self._window.scene.select(ids.values(), frames=drawn.values())
