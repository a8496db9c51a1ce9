"""Texts of help."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from app.actions.commands import Commands, Table
from app.help import about_text, block_text, shortcuts_text


class Helping(Commands):
    """The menu Help."""

    def table(self) -> Table:
        return {
            "shortcuts": lambda: self._tell("Shortcuts", shortcuts_text()),
            "block_help": self.block_help,
            "about": lambda: self._tell("About Gradboard", about_text()),
        }

    def block_help(self) -> None:
        """What the selected block is and does."""
        picked = self.picked()
        if len(picked) == 1:
            diagram = self._window.levels.diagram
            block = diagram.blocks[picked[0]]
            self._tell(block.kind.replace("_", " "), block_text(diagram, block))
        else:
            self._window.status.say("Select one block to read about it.")

    def _tell(self, title: str, text: str) -> None:
        box = QMessageBox(self._window)
        box.setWindowTitle(title)
        box.setText(text)
        box.setModal(False)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.show()
