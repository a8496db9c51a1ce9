"""The menu bar, made from the table of shortcuts; who makes it says what every command does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app.plain import plain
from app.shortcuts import DRAWING, MENUS, Shortcut

SUBMENUS = ("recent", "gallery", "theme", "scale", "style", "docks", "views", "drawing")
SWITCHES = ("upwards", "minimap", "calm", "mirror", "tensorboard")

Row = (
    tuple[str, str, Callable[[], object]] | str
)  # text, tooltip, command; or the title of the submenu of those that follow


class Menus:
    """All actions by their name in the table, and the submenus that are filled when they open."""

    def __init__(self, window: QMainWindow, commands: Mapping[str, Callable[..., object]]) -> None:
        self._window = window
        self._commands = commands
        self.actions: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        self.under: dict[str, QMenu] = {}
        for title, entries in MENUS.items():
            menu = window.menuBar().addMenu(title)
            menu.setToolTipsVisible(True)
            for entry in entries:
                if entry is None:
                    menu.addSeparator()
                elif entry.name in SUBMENUS:
                    self.menus[entry.name] = menu.addMenu(entry.text)
                    self.menus[entry.name].setToolTipsVisible(True)
                    if entry.name == "drawing":
                        for switch in DRAWING:
                            self.menus[entry.name].addAction(self._action(switch))
                else:
                    self._menu_for(menu, entry).addAction(self._action(entry))

    def _menu_for(self, menu: QMenu, entry: Shortcut) -> QMenu:
        """The menu, or its submenu, that a command stands in."""
        if not entry.under:
            return menu
        if entry.under not in self.under:
            self.under[entry.under] = menu.addMenu(entry.under)
            self.under[entry.under].setToolTipsVisible(True)
        return self.under[entry.under]

    def _action(self, entry: Shortcut) -> QAction:
        action = QAction(entry.text, self._window)
        action.setShortcuts([QKeySequence(keys) for keys in entry.keys])
        action.setToolTip(entry.help or entry.text.replace("&", ""))
        action.setStatusTip("")
        run = self._commands[entry.name]
        if entry.name in SWITCHES or entry in DRAWING:
            action.setCheckable(True)
            action.toggled.connect(run)
        else:
            action.triggered.connect(lambda _checked=False: run())
        self._window.addAction(action)
        self.actions[entry.name] = action
        return action

    def fill_on_open(self, name: str, entries: Callable[[], Iterable[Row]]) -> None:
        """Fills a submenu with rows each time it opens; titles become submenus of their own."""
        menu = self.menus[name]

        def fill() -> None:
            for action in menu.actions():
                if (before := action.menu()) is not None:
                    before.deleteLater()  # clear() keeps submenus
            menu.clear()
            into = menu
            for row in entries():
                if isinstance(row, str):
                    into = menu.addMenu(row.replace("&", "&&"))
                    into.setToolTipsVisible(True)
                    continue
                text, tip, run = row
                action = into.addAction(text.replace("&", "&&"))
                action.setToolTip(plain(tip))
                action.triggered.connect(lambda _checked=False, run=run: run())
            if menu.isEmpty():
                menu.addAction("none").setEnabled(False)

        menu.aboutToShow.connect(fill)
        menu.addAction("…")  # an empty menu does not open

    def fill_choice(
        self, name: str, choices: Mapping[str, str], now: str, choose: Callable[[str], object]
    ) -> None:
        """Fills a submenu with choices, name -> text, of which one is chosen by its name."""
        group = QActionGroup(self._window)
        for choice, text in choices.items():
            action = self.menus[name].addAction(text)
            action.setCheckable(True)
            action.setChecked(choice == now)
            action.triggered.connect(lambda _checked=False, choice=choice: choose(choice))
            group.addAction(action)
