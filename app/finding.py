"""Find: a bar over the canvas that goes from one block or comment to the next that answers to what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit

from app.fuzzy import match
from graph.diagram import PART, Diagram
from graph.parts import join, part_of
from nodes.names import names
from nodes.parts import type_in

if TYPE_CHECKING:
    from app.window import MainWindow

MOST = 5_000  # blocks and comments that are looked through, those in parts once for each use
INSET, WIDTH = 12, 240  # pixels from the corner of the canvas; of the field


class Found(NamedTuple):
    """A block or a comment of the level at a path."""

    level: str
    name: str
    is_comment: bool = False


def find(diagram: Diagram, typed: str) -> list[Found]:
    """What answers to typed letters, the best first: blocks by id, label, kind or part, and comments by their text."""
    if not typed.strip():
        return []
    found: list[tuple[float, int, Found]] = []
    for index, (what, texts) in enumerate(_all(diagram)):
        if index >= MOST:
            break
        score = max(match(typed, text) for text in texts)
        if score > 0.0:
            found.append((-score, index, what))
    return [what for _, _, what in sorted(found)]


def _all(whole: Diagram, level: str = "", part: str = "") -> Iterator[tuple[Found, list[str]]]:
    """Every block and comment with the texts that it is known by, those inside a use after the level that it is on."""
    here = whole.parts[part].with_(parts=whole.parts) if part else whole
    labels = names(here).labels
    for name, block in here.blocks.items():
        kind = type_in(here, block)
        texts = [name, block.label, labels.get(name, ""), block.kind, part_of(block)]
        yield Found(level, name), [t for t in (*texts, kind.title if kind else "") if t]
    for comment in here.comments:
        yield Found(level, comment.id, True), [comment.id, *comment.text.split()]
    for name, block in here.blocks.items():
        if block.kind == PART and part_of(block) in whole.parts:
            yield from _all(whole, join(level, name), part_of(block))


class Finding(QFrame):
    """Enter or F3 goes to the next, Shift with either back, Escape closes."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.view)
        self._window = window
        self._found: list[Found] = []
        self._at = 0
        self.field, self.count = QLineEdit(), QLabel()
        self.field.setPlaceholderText("Find a block or comment")
        self.field.setAccessibleName("Find")
        self.field.setFixedWidth(WIDTH)
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.addWidget(self.field)
        row.addWidget(self.count)
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        window.document.changed.connect(self._again)
        self.hide()

    def open(self) -> None:
        """Shows the bar, ready for typing."""
        self.move(INSET, INSET)
        self._again()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def go(self, by: int) -> None:
        """To the next hit, or with -1 to the one before; opens the bar when there is nothing to go to."""
        if not self._found:
            self.open()
            return
        self._at = (self._at + by) % len(self._found)
        self._show()

    def _search(self) -> None:
        self._again()
        self._at = 0
        if self._found:
            self._show()

    def _again(self) -> None:
        """Looks again, for what is typed may be elsewhere now."""
        self._found = find(self._window.document.diagram, self.field.text())
        self._at = min(self._at, max(len(self._found) - 1, 0))
        self._tell()

    def _tell(self) -> None:
        nothing = "nothing" if self.field.text().strip() else ""
        self.count.setText(f"{self._at + 1} of {len(self._found)}" if self._found else nothing)
        self.adjustSize()

    def _show(self) -> None:
        """Goes to the level of the hit, selects it and brings it into sight."""
        found, window = self._found[self._at], self._window
        self._tell()
        if not window.levels.go(found.level):
            return
        scene = window.scene
        if found.is_comment:
            scene.select((), frames={found.name})
            box = scene.frames.box(found.name)
        else:
            scene.select((found.name,))
            box = scene.bounds((found.name,))
        if not window.view.seen().contains(box):
            window.view.centerOn(box.center())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.go(-1 if back else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
                self._window.view.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)
