"""Texts of help."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from app.actions.commands import Commands, Table
from app.help import about_text, block_text, steps_text
from app.panels.keys import ShortcutsWindow


class Helping(Commands):
    """The menu Help."""

    _shortcuts: ShortcutsWindow | None = None

    def table(self) -> Table:
        return {
            "first_steps": self.first_steps,
            "shortcuts": self.shortcuts,
            "commands": lambda: self._window.commanding.ask(),
            "block_help": self.block_help,
            "about": lambda: self._tell("About Gradboard", about_text()),
        }

    def first_steps(self) -> None:
        """How to draw a first net, and where to read on."""
        self._tell("First steps", steps_text(self._window.keymap.shown))

    def shortcuts(self) -> None:
        """The window of all keys; there is one."""
        window = self._shortcuts = self._shortcuts or ShortcutsWindow(
            self._window.keymap, self._window
        )
        window.show()
        window.raise_()
        window.activateWindow()
        window.search.setFocus()

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
