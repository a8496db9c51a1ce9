"""Undo, clipboard, selection, names."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from app import copying
from app.actions.commands import Commands, Table
from graph.edits import Paste, Together
from graph.grouping import AddPart
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
            "duplicate": self.duplicate,
            "delete": scene.delete_selected,
            "take_out": scene.join_selected,
            "select_all": scene.select_all,
            "rename": lambda: window.visits.rename(),
        }

    def copy(self) -> None:
        """The selected blocks to the clipboard."""
        if picked := self.picked():
            text = copying.copied_text(self._window.levels.diagram, picked)
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        """The same, and deletes them."""
        if self.picked():
            self.copy()
            self._window.scene.delete_selected()

    def paste(self) -> None:
        """Inserts what the clipboard holds, and selects it."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self._window.status.say("The clipboard is empty.")
            return
        try:
            self._insert(*copying.paste_of(text))
        except FileError as error:
            self._window.status.say(str(error))

    def duplicate(self) -> None:
        """Copies the selected blocks beside themselves, and selects the copies."""
        if picked := self.picked():
            self._insert(copying.duplicate_of(self._window.levels.diagram, picked))

    def _insert(self, paste: Paste, parts: tuple[AddPart, ...] = ()) -> None:
        ids = paste.ids_in(self._window.levels.diagram)
        edit = Together(paste.label, (*parts, paste)) if parts else paste
        if ids and self._window.scene.perform(edit):
            self._window.scene.select(ids.values())
