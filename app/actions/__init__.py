"""What the commands of the menus do: one file for each kind of command, each with a table by the names of the shortcuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app import scaling
from app.actions.adding import Adds
from app.actions.arranging import Arranging
from app.actions.commands import Commands, Table
from app.actions.drawing import Drawing
from app.actions.editing import Editing
from app.actions.expanding import Expanding
from app.actions.filing import Files
from app.actions.finding import Finds
from app.actions.focusing import Focuses
from app.actions.framing import Framing
from app.actions.helping import Helping
from app.actions.lecturing import Lectures
from app.actions.looking import Looking
from app.actions.mirroring import Mirroring
from app.actions.picturing import Picturing
from app.actions.running import Running
from app.actions.sweeps import ManyRuns
from app.actions.travelling import Travelling
from app.actions.turning import Turning
from app.actions.versions import Versions
from app.actions.watching import Watching
from app.menus import Menus
from app.theme import STYLES

if TYPE_CHECKING:
    from app.window import MainWindow

COMMANDS: tuple[type[Commands], ...] = (
    Files,
    Editing,
    Adds,
    Arranging,
    Expanding,
    Framing,
    Finds,
    Focuses,
    Looking,
    Drawing,
    Mirroring,
    Turning,
    Running,
    ManyRuns,
    Watching,
    Travelling,
    Helping,
    Picturing,
    Versions,
    Lectures,
)
SCALES = {name: f"{name} %" for name in scaling.SCALES}
THEMES = {"paper": "Paper", "board": "Board", "system": "System"}
SWITCHES = (
    ("gradients", True),
    ("values", False),
    ("marks", True),
    ("dead", True),
    ("tint", False),
    ("legend", True),
    ("shapes", True),
    ("minimap", True),
    ("calm", False),
    ("mirror", False),
)  # name, whether it is on at first


def make_menus(window: MainWindow) -> Menus:
    """The menu bar of a window that has everything else in it."""
    commands = [make(window) for make in COMMANDS]
    table: Table = {}
    for made in commands:
        table |= made.table()
    menus = Menus(window, table)
    for made in commands:
        if isinstance(made, Files):
            menus.fill_on_open("recent", made.recent)
            menus.fill_on_open("gallery", made.gallery)
    menus.fill_choice("theme", THEMES, window.theme_name, window.set_theme)
    menus.fill_choice("scale", SCALES, scaling.wanted(window.preferences), window.scaling.choose)
    menus.fill_choice("style", STYLES, window.style_name, window.set_style)
    for name, dock in window.docks.items():
        action = dock.toggleViewAction()
        action.setText(dock.windowTitle())
        action.triggered.connect(lambda shown, dock=dock: dock.raise_() if shown else None)
        held = name == "loss" or name in window.figures.views
        menus.menus["views" if held else "docks"].addAction(action)
    _follow_history(window, menus)
    window.keymap.changed.connect(lambda: _give_keys(window, menus))
    _give_keys(window, menus)
    for name, default in SWITCHES:
        action = menus.actions[name]
        action.setChecked(window.preferences.flag(name, default))
        action.toggled.emit(action.isChecked())
    return menus


def _give_keys(window: MainWindow, menus: Menus) -> None:
    """The keys of the moment: to every command, and to the texts that name some."""
    for name, action in menus.actions.items():
        action.setShortcuts([QKeySequence(keys) for keys in window.keymap.keys(name)])
    window.library.hint(window.keymap.shown("library"))


def _follow_history(window: MainWindow, menus: Menus) -> None:
    stack = window.document.stack
    undo, redo = menus.actions["undo"], menus.actions["redo"]
    stack.undoTextChanged.connect(lambda text: undo.setText(f"&Undo {text}".strip()))
    stack.redoTextChanged.connect(lambda text: redo.setText(f"&Redo {text}".strip()))
    stack.canUndoChanged.connect(undo.setEnabled)
    stack.canRedoChanged.connect(redo.setEnabled)
    undo.setEnabled(False)
    redo.setEnabled(False)
