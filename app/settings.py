"""What the window remembers between two starts: recent files, theme, sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QByteArray, QSettings

RECENT = 10  # files


class Store(Protocol):
    """What is needed of QSettings."""

    def value(self, name: str, default: Any = None) -> Any: ...
    def setValue(self, name: str, value: Any) -> None: ...


class Blank:
    """A store that knows nothing at the start and is forgotten at the end, for pictures that must not depend on a person."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def value(self, name: str, default: Any = None) -> Any:
        return self._values.get(name, default)

    def setValue(self, name: str, value: Any) -> None:
        self._values[name] = value


class Preferences:
    """The window's memory, in the user's own settings file; wrong entries count as absent."""

    def __init__(self, store: Store | None = None) -> None:
        self._store: Store = store or QSettings("gradboard", "gradboard")

    @property
    def recent(self) -> tuple[Path, ...]:
        """The files opened or saved last, the newest first; files that are gone are left out."""
        found = self._store.value("recent", [])
        names = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return tuple(Path(n) for n in names if isinstance(n, str) and Path(n).is_file())[:RECENT]

    def remember(self, path: Path) -> None:
        """Puts a file at the head of the recent ones."""
        path = path.resolve()
        rest = [p for p in self.recent if p != path]
        self._store.setValue("recent", [str(p) for p in [path, *rest][:RECENT]])

    def text(self, name: str, default: str) -> str:
        """A text remembered under `name`."""
        value = self._store.value(name, default)
        return value if isinstance(value, str) else default

    def flag(self, name: str, default: bool) -> bool:
        """A yes or no remembered under `name`."""
        value = self._store.value(name, default)
        return value if isinstance(value, bool) else value == "true"

    def bytes(self, name: str) -> QByteArray:
        """Bytes remembered under `name`, empty when there are none."""
        value = self._store.value(name)
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep(self, name: str, value: Any) -> None:
        """Remembers a text, flag or bytes under `name`."""
        self._store.setValue(name, value)
