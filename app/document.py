"""The open diagram and the one door to it: every edit goes through Document.do, and undo keeps the value before."""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from graph.change import Change
from graph.diagram import Diagram

if TYPE_CHECKING:
    from graph.edit import Edit

HISTORY = 1_000  # edits that can be undone
SUFFIX = ".gradboard"
UNTITLED = "untitled"


class Document(QObject):
    """A diagram, where it is saved, and its history.

    `changed` carries the Change after every do, undo, redo and load; `titled` says that the name or whether there is
    unsaved work may have changed.  Slots of `changed` look; they must not edit.
    """

    changed = Signal(object)
    titled = Signal()

    def __init__(self, diagram: Diagram | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._diagram = diagram or Diagram()
        self._path: Path | None = None
        self._stem = UNTITLED
        self._stack = QUndoStack(self)
        self._stack.setUndoLimit(HISTORY)
        self._stack.cleanChanged.connect(self.titled)
        self._kept: list[_Step] = []  # a QUndoCommand without a Python reference can crash
        self._going = False

    @property
    def diagram(self) -> Diagram:
        """The diagram now."""
        return self._diagram

    @property
    def path(self) -> Path | None:
        """The file it was read from or saved to, None when it has none yet."""
        return self._path

    @property
    def name(self) -> str:
        """The file's name, or the one it would get."""
        return self._path.name if self._path else self._stem + SUFFIX

    @property
    def folder(self) -> str:
        """Where relative data files are looked up, "" when the diagram has no file."""
        return str(self._path.parent) if self._path else ""

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to save."""
        return self._stack.isClean()

    @property
    def stack(self) -> QUndoStack:
        """The history, for menus that show what undo and redo would do; edits never enter it except by do()."""
        return self._stack

    def do(self, edit: Edit) -> None:
        """Applies an edit.  Raises DiagramError with one sentence, and then nothing has changed."""
        after = edit.apply(self._diagram)
        if after == self._diagram:
            return
        step = _Step(self, edit, self._diagram, after)
        del self._kept[self._stack.index() :]
        self._stack.push(step)
        if not step.merged:
            self._kept.append(step)
            del self._kept[:-HISTORY]

    def undo(self) -> None:
        """Takes back the last edit, if there is one."""
        self._stack.undo()

    def redo(self) -> None:
        """Makes the last undone edit again, if there is one."""
        self._stack.redo()

    def go(self, index: int) -> None:
        """Undoes or makes again whatever lies between here and the state after `index` edits; one change for all of it."""
        before = self._diagram
        self._going = True
        try:
            self._stack.setIndex(index)
        finally:
            self._going = False
        if self._diagram is not before:
            self.changed.emit(Change.between(before, self._diagram))

    def load(self, diagram: Diagram, path: Path | str | None, name: str = UNTITLED) -> None:
        """Replaces everything by another diagram, saved at `path`; without a path, `name` is what it may be saved as."""
        self._stack.clear()
        self._kept.clear()
        self._path = Path(path) if path is not None else None
        self._stem = name
        self._become(diagram)
        self.titled.emit()

    def mark_saved(self, path: Path | str) -> None:
        """Notes that the diagram as it is now stands in the file at `path`."""
        self._path = Path(path)
        self._stack.setClean()
        self.titled.emit()

    def mark_unsaved(self) -> None:
        """Notes that the diagram as it is now stands in no file."""
        self._stack.resetClean()
        self.titled.emit()

    def _become(self, diagram: Diagram) -> None:
        before, self._diagram = self._diagram, diagram
        if not self._going:
            self.changed.emit(Change.between(before, diagram))


class _Step(QUndoCommand):
    """One entry of the history: the diagram before and after."""

    def __init__(self, document: Document, edit: Edit, before: Diagram, after: Diagram) -> None:
        super().__init__(edit.label)
        # no cycle through the document: the garbage collector would take both apart in the wrong order and crash
        self._document = weakref.ref(document)
        self._edit = edit
        self._before = before
        self._after = after
        self.merged = False

    def id(self) -> int:
        return 1  # one class of command: all may be asked to merge

    def redo(self) -> None:
        self._become(self._after)

    def undo(self) -> None:
        self._become(self._before)

    def _become(self, diagram: Diagram) -> None:
        document = self._document()
        if document is not None:
            document._become(diagram)

    def mergeWith(self, other: QUndoCommand) -> bool:
        assert isinstance(other, _Step)
        if not other._edit.merges_with(self._edit):
            return False
        self._edit, self._after, other.merged = other._edit, other._after, True
        self.setText(other.text())
        return True
