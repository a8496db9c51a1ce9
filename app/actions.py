"""What the commands of the menus do: each name of the table of shortcuts, and the submenus."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from app import copying, gallery
from app.help import about_text, block_text, shortcuts_text
from app.menus import Menus, Row
from graph.edits import MoveBlocks, Paste, Together
from graph.grouping import AddPart
from graph.problem import FileError

if TYPE_CHECKING:
    from app.window import MainWindow

ZOOM = 1.25  # factor of one zoom step
PANELS = {
    "palette": "Palette",
    "inspector": "Inspector",
    "outline": "Outline",
    "boundary": "Decision boundary",
    "loss": "Loss",
    "gradients": "Gradients by block",
    "pictures": "Filters and feature maps",
    "confusion": "Confusion",
}


def make_menus(window: MainWindow) -> Menus:
    """The menu bar of a window that has everything else in it."""
    commands = Commands(window)
    menus = Menus(window, commands.table())
    menus.fill_on_open("recent", commands.recent)
    menus.fill_on_open("gallery", commands.gallery)
    menus.fill_choice("theme", ("paper", "board", "system"), window.theme_name, window.set_theme)
    for name, text in PANELS.items():
        action = window.docks[name].toggleViewAction()
        action.setText(text)
        menus.menus["docks"].addAction(action)
    _follow_history(window, menus)
    for name, default in (("values", False), ("minimap", True), ("calm", False)):
        action = menus.actions[name]
        action.setChecked(window.preferences.flag(name, default))
        action.toggled.emit(action.isChecked())
    return menus


def _follow_history(window: MainWindow, menus: Menus) -> None:
    stack = window.document.stack
    undo, redo = menus.actions["undo"], menus.actions["redo"]
    stack.undoTextChanged.connect(lambda text: undo.setText(f"&Undo {text}".strip()))
    stack.redoTextChanged.connect(lambda text: redo.setText(f"&Redo {text}".strip()))
    stack.canUndoChanged.connect(undo.setEnabled)
    stack.canRedoChanged.connect(redo.setEnabled)
    undo.setEnabled(False)
    redo.setEnabled(False)


class Commands(QObject):
    """One method for each command that is more than a call of another part."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def table(self) -> dict[str, Callable[..., object]]:
        """The command of each name in the table of shortcuts; those of switches take whether it is on."""
        window, filing, live = self._window, self._window.filing, self._window.live
        view, scene = window.view, window.scene
        return {
            "new": filing.new,
            "open": filing.open,
            "save": filing.save,
            "save_as": filing.save_as,
            "close": filing.new,
            "quit": window.close,
            "undo": window.levels.undo,
            "redo": window.levels.redo,
            "cut": self.cut,
            "copy": self.copy,
            "paste": self.paste,
            "duplicate": self.duplicate,
            "delete": scene.delete_selected,
            "select_all": scene.select_all,
            "rename": lambda: window.visits.rename(),
            "group": lambda: window.visits.group(),
            "ungroup": lambda: window.visits.ungroup(),
            "open_part": lambda: window.visits.open_selected(),
            "climb": lambda: window.visits.climb(),
            "publish": lambda: window.visits.publish(),
            "frame_all": view.frame_all,
            "frame_selection": self.frame_selection,
            "zoom_in": lambda: view.set_zoom(view.zoom * ZOOM),
            "zoom_out": lambda: view.set_zoom(view.zoom / ZOOM),
            "zoom_reset": lambda: view.set_zoom(1.0),
            "values": self.show_values,
            "minimap": self.show_minimap,
            "calm": self.calm,
            "play": live.toggle,
            "step": live.step,
            "reset": live.reset,
            "save_weights": filing.save_weights,
            "tidy": self.tidy,
            "check": lambda: window.checking.check(),
            "overfit": lambda: window.checking.check_overfit(),
            "next_problem": lambda: window.reactions.next_problem(),
            "shortcuts": lambda: self._tell("Shortcuts", shortcuts_text()),
            "block_help": self.block_help,
            "about": lambda: self._tell("About Gradboard", about_text()),
        }

    # --- submenus ------------------------------------------------------------------------------------------------

    def recent(self) -> Iterable[Row]:
        """Rows of the recent files."""
        for path in self._window.preferences.recent:
            yield path.name, str(path), partial(self._window.filing.open_file, path)

    def gallery(self) -> Iterable[Row]:
        """Rows of the gallery by the sections of the lectures, with what to look for."""
        for section, names in gallery.sections().items():
            yield section or "Others"
            for name in names:
                open_it = partial(self._window.filing.open_file, gallery.path(name))
                yield name, gallery.note(name), open_it

    # --- editing -------------------------------------------------------------------------------------------------

    def _picked(self) -> tuple[str, ...]:
        window = self._window
        return tuple(n for n in window.levels.diagram.blocks if n in window.scene.selected)

    def copy(self) -> None:
        """The selected blocks to the clipboard."""
        if picked := self._picked():
            text = copying.copied_text(self._window.levels.diagram, picked)
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        """The same, and deletes them."""
        if self._picked():
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
        if picked := self._picked():
            self._insert(copying.duplicate_of(self._window.levels.diagram, picked))

    def _insert(self, paste: Paste, parts: tuple[AddPart, ...] = ()) -> None:
        ids = paste.ids_in(self._window.levels.diagram)
        edit = Together(paste.label, (*parts, paste)) if parts else paste
        if ids and self._window.scene.perform(edit):
            self._window.scene.select(ids.values())

    def tidy(self) -> None:
        """Places the selected blocks, or all, along the flow; one step of undo."""
        from graph.layout import tidy

        window = self._window
        picked = self._picked()
        moves = tidy(
            window.levels.diagram, window.scene.sizes(), picked if len(picked) > 1 else None
        )
        if window.scene.perform(MoveBlocks(moves)) and len(picked) < 2:
            window.view.frame_all()

    # --- looking -------------------------------------------------------------------------------------------------

    def frame_selection(self) -> None:
        """Shows the selected blocks, or all."""
        picked = self._picked()
        if picked:
            self._window.view.zoom_to(picked)
        else:
            self._window.view.frame_all()

    def show_values(self, wanted: bool) -> None:
        """Grey numbers of the values."""
        self._window.scene.show_values = wanted
        self._window.preferences.keep("values", wanted)

    def show_minimap(self, wanted: bool) -> None:
        """The overview in the corner."""
        self._window.view.minimap = wanted
        self._window.preferences.keep("minimap", wanted)

    def calm(self, wanted: bool) -> None:
        """No running pulses."""
        self._window.scene.set_motion(not wanted)
        self._window.preferences.keep("calm", wanted)

    # --- help ----------------------------------------------------------------------------------------------------

    def block_help(self) -> None:
        """What the selected block is and does."""
        picked = self._picked()
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
