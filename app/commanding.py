"""The command palette: every command, panel, theme, diagram, recent file and block, found by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from app import gallery
from app.keymap import plain_text
from app.panels.choices import Choice
from app.panels.search import SIZE, Search
from app.shortcuts import sections

if TYPE_CHECKING:
    from app.window import MainWindow

Offer = tuple[Choice, Callable[[], object]]

USED = 8  # choices that are remembered
REMEMBERED = "commands used"  # under which the preferences keep them
ITSELF = "commands"
FILLED = ("recent", "gallery", "drawing")  # submenus whose rows are offered in another way
TITLE = "Do, open or add anything"


class Commanding(QObject):
    """Opens the palette over the window; what is chosen is done once the focus is back where it was."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._acts: dict[str, Callable[[], object]] = {}
        self._chosen = ""
        self._before: QWidget | None = None
        hint = "a command, a diagram, a block …"
        self.search = Search(lambda: window.theme, window, hint, "Command palette")
        self.search.chosen.connect(self._chose)
        self.search.closed.connect(self._closed)

    @property
    def used(self) -> tuple[str, ...]:
        """What was chosen last, the latest first."""
        return tuple(self._window.preferences.text(REMEMBERED, "").splitlines())

    def ask(self) -> None:
        """Opens the palette, near the top of the window."""
        offers = list(self._offers())
        self._acts = {choice.key: act for choice, act in offers}
        self._before, self._chosen = QApplication.focusWidget(), ""
        at = QPoint((self._window.width() - SIZE.width()) // 2, self._window.height() // 10)
        self.search.ask(at, TITLE, [choice for choice, _ in offers], self.used)

    def _offers(self) -> Iterator[Offer]:
        yield from self._commands()
        window = self._window
        for path in window.preferences.recent:
            choice = Choice(f"file:{path}", path.name, "Recent file", str(path))
            yield choice, partial(window.filing.open_file, path)
        for name in gallery.names():
            opened = partial(window.filing.open_file, gallery.path(name))
            yield Choice(f"gallery:{name}", name, "Gallery"), opened
        for entry in window.library.entries():
            added = partial(window.view.new_blocks.add, entry.key)
            sign, tip, formula = entry.sign, entry.tip, entry.formula
            choice = Choice(f"block:{entry.key}", entry.title, "Add block", tip, "", formula, sign)
            if entry.is_enabled:
                yield choice, added

    def _commands(self) -> Iterator[Offer]:
        """Of every menu its commands, and the rows of its submenus."""
        menus, keymap = self._window.menus, self._window.keymap
        for section, entries in sections().items():
            for entry in entries:
                if entry.name in (ITSELF, *FILLED):
                    continue
                if entry.name in menus.menus:
                    yield from _rows(plain_text(entry), menus.menus[entry.name].actions())
                    continue
                action = menus.actions[entry.name]
                text = action.text().replace("&", "")
                told = f"{text}: {'on' if action.isChecked() else 'off'}"
                choice = Choice(
                    f"command:{entry.name}",
                    told if action.isCheckable() else text,
                    section,
                    entry.help,
                    keymap.shown(entry.name),
                    is_enabled=action.isEnabled(),
                )
                yield choice, action.trigger

    def _chose(self, key: str) -> None:
        self._chosen = key
        keys = [key, *(other for other in self.used if other != key)][:USED]
        self._window.preferences.keep(REMEMBERED, "\n".join(keys))

    def _closed(self) -> None:
        before, self._before = self._before, None
        there = before is not None and before.isVisible()
        (before if before is not None and there else self._window.view).setFocus(
            Qt.FocusReason.OtherFocusReason
        )
        if self._chosen:
            self._acts[self._chosen]()


def _rows(menu: str, actions: list[QAction]) -> Iterator[Offer]:
    for action in actions:
        text = action.text().replace("&", "")
        if text:
            told = f"{menu}: {text}"
            mark = "chosen" if action.isChecked() else ""
            yield Choice(f"row:{told}", told, mark or "View", action.toolTip()), action.trigger
