"""Comparing the diagram with another version: marks on the canvas, a list beside it, kept up to date while one goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog

from app.filing import OPENED
from app.keeping import before
from graph.diagram import Diagram
from graph.differences import Difference, compare
from graph.files import load
from graph.part_edits import scope
from graph.problem import FileError

if TYPE_CHECKING:
    from app.window import MainWindow


class Compares(QObject):
    """Holds the other version while there is one; another file, Escape or the panel's button end it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._other: Diagram | None = None
        self._name = ""
        window.document.changed.connect(lambda _change: self._list())
        window.levels.entered.connect(lambda _left: self._lay())
        window.filing.opened.connect(self.end)
        window.differences.visited.connect(self.visit)
        window.differences.ended.connect(self.end)
        window.view.installEventFilter(self)

    @property
    def is_on(self) -> bool:
        """Whether something is compared."""
        return self._other is not None

    def ask_path(self) -> str:
        """With which file to compare, "" for none.  Tests put their own answer in its place."""
        path = self._window.document.path
        folder = str(path.parent if path is not None else Path.home())
        return QFileDialog.getOpenFileName(self._window, "Compare with", folder, OPENED)[0]

    def with_file(self) -> None:
        """Asks for a file and compares with it."""
        if path := self.ask_path():
            self.begin(Path(path))

    def with_before(self) -> None:
        """Compares with the version before the last save, or with the file when there is unsaved work."""
        document, filing = self._window.document, self._window.filing
        path = document.path
        if path is not None and not document.is_clean:
            self.begin(path)
        elif path is not None and before(path).is_file():
            self.begin(before(path), f"{path.name} before")
        else:
            filing.refused.emit(
                "There is no version before: it is kept when a diagram is saved again."
            )

    def begin(self, path: Path, name: str = "") -> None:
        """Compares with the diagram in a file."""
        try:
            self._other, self._name = load(path), name or path.name
        except FileError as error:
            self._window.filing.refused.emit(str(error))
            return
        dock = self._window.docks["differences"]
        dock.show()
        dock.raise_()
        self._lay()
        self._list()
        self._window.view.frame_all()

    def end(self) -> None:
        """Shows the diagram alone again."""
        if self._other is None:
            return
        self._other = None
        self._window.docks["differences"].hide()
        self._lay()
        self._list()

    def visit(self, difference: Difference) -> None:
        """Goes to the level and place of a difference."""
        window = self._window
        if difference.what == "recipe":
            return
        if difference.part != window.levels.part:
            way = window.levels.way_to(difference.part)
            if way is None:
                window.status.say(f"Nothing uses the part {difference.part} now.")
                return
            window.levels.go(way)
        window.view.show_place(window.scene.comparing.place(difference.what, difference.name))
        if difference.what == "block":
            window.scene.select((difference.name,))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.is_on and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            view = self._window.view
            if event.key() == Qt.Key.Key_Escape and watched is view and not view.is_busy:
                self.end()
                return True
        return False

    def _lay(self) -> None:
        """The other version as the shown level sees it: a part that it lacks is empty there."""
        other, part = self._other, self._window.levels.part
        if other is not None and part:
            other = scope(other, part) if part in other.parts else Diagram()
        self._window.scene.comparing.show(other)

    def _list(self) -> None:
        other = self._other
        found = compare(other, self._window.document.diagram) if other is not None else None
        if found is not None or self._window.differences.end_button.isVisibleTo(
            self._window.differences
        ):
            self._window.differences.show_comparison(self._name, found)
