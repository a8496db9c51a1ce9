"""Which keys every command has: those of the table, but for what a person has changed."""

from __future__ import annotations

import json

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from app.settings import Preferences
from app.shortcuts import Shortcut, table

REMEMBERED = "keys"  # under which the preferences keep what was changed
TAKEN = (  # by the canvas and by every field, list and menu
    *("Tab", "Backtab", "Shift+Tab", "Return", "Enter", "Esc", "Space"),
    *("Left", "Right", "Up", "Down", "Home", "End", "PgUp", "PgDown"),
    *("Menu", "Shift+F10"),
)


class Keymap(QObject):
    """Keys by the name of the command, as texts such as "Ctrl+D"; no two commands share one."""

    changed = Signal()

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._table = {entry.name: entry for entry in table()}
        self._own = self._read()

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of a command, the one that is shown first."""
        if name in self._own:
            return self._own[name]
        claimed = {key for keys in self._own.values() for key in keys}
        return tuple(key for key in self._table[name].keys if key not in claimed)

    def shown(self, name: str) -> str:
        """The first of them as this desktop writes it, "" for none."""
        keys = self.keys(name)
        return (
            QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        )

    def owner(self, key: str) -> Shortcut | None:
        """The command that a key belongs to."""
        return next((entry for name, entry in self._table.items() if key in self.keys(name)), None)

    def is_changed(self, name: str) -> bool:
        """Whether a command has other keys than the table's."""
        return self.keys(name) != self._table[name].keys

    def refusal(self, name: str, key: str) -> str:
        """Why a command cannot have a key, in one sentence; "" when it can."""
        if key in TAKEN:
            return f"{key} has its meaning on the canvas and in every field: choose another key."
        other = self.owner(key)
        if other is not None and other.name != name:
            return f"{key} is the key of “{plain_text(other)}”."
        return ""

    def give(self, name: str, *keys: str) -> None:
        """Gives a command these keys and no others; whoever had them loses them."""
        for other, had in self._own.items():
            self._own[other] = tuple(key for key in had if key not in keys)
        self._own[name] = keys
        if keys == self._table[name].keys:
            del self._own[name]
        self._keep()

    def reset(self, name: str) -> None:
        """Gives a command the keys of the table again."""
        self.give(name, *self._table[name].keys)

    def reset_all(self) -> None:
        """Every key as in the table."""
        self._own.clear()
        self._keep()

    def _keep(self) -> None:
        self._preferences.keep(REMEMBERED, json.dumps(self._own))
        self.changed.emit()

    def _read(self) -> dict[str, tuple[str, ...]]:
        """What was remembered; commands and keys that are none, or are there twice, are left out."""
        try:
            found = json.loads(self._preferences.text(REMEMBERED, "{}"))
        except ValueError:
            return {}
        own: dict[str, tuple[str, ...]] = {}
        seen: set[str] = set()
        for name, keys in found.items() if isinstance(found, dict) else ():
            if name not in self._table or not isinstance(keys, list):
                continue
            fresh = (k for k in keys if isinstance(k, str) and _is_key(k) and k not in seen)
            own[name] = tuple(dict.fromkeys(fresh))
            seen.update(own[name])
        return own


def _is_key(text: str) -> bool:
    return QKeySequence(text).count() == 1 and QKeySequence(text).toString() == text


def plain_text(entry: Shortcut) -> str:
    """The text of a command outside of a menu."""
    return entry.text.replace("&", "").rstrip("…")
