"""The order in which a lecture reveals the shown level: a list of steps, moved by keys, buttons or dragging."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.theme import Theme
from graph.diagram import Diagram
from graph.reveal import KEY, NOTE, SetReveal, Step, joined, moved, parted
from nodes.names import names

EXPLAINED = "A lecture (F11) shows these one by one. Alt+↑ and Alt+↓ move the selected steps."


class Reveal(QWidget):
    """Says `edited(SetReveal)` for every change of the order, `picked(ids)` for the blocks of the selected steps."""

    edited = Signal(object)
    picked = Signal(tuple)

    def __init__(self, steps_of: Callable[[Diagram], tuple[Step, ...]]) -> None:
        super().__init__()
        self._steps_of = steps_of
        self._diagram = Diagram()
        self.order: tuple[Step, ...] = ()
        self.list = _Steps()
        self.list.setAccessibleName("steps of the lecture")
        self.list.setProperty("role", "rows")
        self.list.itemSelectionChanged.connect(self._pick)
        self.list.dropped.connect(self._dropped)
        self.list.moved.connect(self._move)
        self.buttons = {
            name: QPushButton({"Up": "↑", "Down": "↓", "Along the flow": "By flow"}.get(name, name))
            for name in ("Up", "Down", "Together", "Apart", "Along the flow")
        }
        acts = (lambda: self._move(-1), lambda: self._move(1), self._join, self._part, self._reset)
        tips = (
            "earlier (Alt+Up)",
            "later (Alt+Down)",
            "the selected steps appear as one (J)",
            "each thing of the selected steps appears alone (A)",
            "forget this order",
        )
        for button, act, tip in zip(self.buttons.values(), acts, tips, strict=True):
            button.clicked.connect(lambda _checked=False, act=act: act())
            button.setToolTip(tip)
        self._lay_out()

    def _lay_out(self) -> None:
        self.list.setToolTip(EXPLAINED)
        self.list.setMinimumHeight(40)  # the panel shares a small window with others
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(4)
        for name, button in self.buttons.items():
            button.setAccessibleName(name)
            button.setStyleSheet("padding: 4px 7px;")
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)

    def set_theme(self, theme: Theme) -> None:
        """All colours come from the window's style sheet."""

    def show_diagram(self, diagram: Diagram) -> None:
        """The steps of this level; those that were selected stay so."""
        order = self._steps_of(diagram)
        kept = {self.order[row] for row in self.selected if row < len(self.order)}
        self._diagram, self.order = diagram, order
        self.list.blockSignals(True)
        self.list.clear()
        texts = _texts(diagram)
        for number, step in enumerate(order, 1):
            item = QListWidgetItem(f"{number}   {', '.join(texts.get(n, n) for n in step)}")
            self.list.addItem(item)
            item.setSelected(step in kept)
        self.list.blockSignals(False)
        self.buttons["Along the flow"].setEnabled(KEY in diagram.extra)

    @property
    def selected(self) -> list[int]:
        """The places of the selected steps."""
        return sorted(self.list.row(item) for item in self.list.selectedItems())

    def _set(self, order: tuple[Step, ...], chosen: tuple[Step, ...] = ()) -> None:
        if order == self.order:
            return
        self.edited.emit(SetReveal(order))
        for row, step in enumerate(self.order):
            self.list.item(row).setSelected(step in chosen)

    def _move(self, by: int) -> None:
        chosen = tuple(self.order[row] for row in self.selected)
        self._set(moved(self.order, self.selected, by), chosen)

    def _join(self) -> None:
        if len(rows := self.selected) > 1:
            order = joined(self.order, rows)
            self._set(order, (order[rows[0]],))

    def _part(self) -> None:
        self._set(parted(self.order, self.selected))

    def _reset(self) -> None:
        self.edited.emit(SetReveal(()))

    def _dropped(self, rows: list[int], to: int) -> None:
        """The steps of these rows stand before row `to` of the list as it was."""
        taken = tuple(self.order[row] for row in rows)
        above = [s for n, s in enumerate(self.order[:to]) if n not in rows]
        below = [s for n, s in enumerate(self.order[to:], to) if n not in rows]
        self._set((*above, *taken, *below), taken)

    def _pick(self) -> None:
        ids = (name for row in self.selected for name in self.order[row])
        self.picked.emit(tuple(name for name in ids if name in self._diagram.blocks))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = {Qt.Key.Key_J: self._join, Qt.Key.Key_A: self._part}
        act = keys.get(Qt.Key(event.key())) if not event.modifiers() else None
        if act is not None:
            act()
        else:
            super().keyPressEvent(event)


class _Steps(QListWidget):
    """Rows that are dragged; says where they are let go instead of moving them itself."""

    dropped = Signal(list, int)
    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)

    def dropEvent(self, event: QDropEvent) -> None:
        rows = sorted(self.row(item) for item in self.selectedItems())
        index = self.indexAt(event.position().toPoint())
        below = self.dropIndicatorPosition() == QAbstractItemView.DropIndicatorPosition.BelowItem
        to = index.row() + below if index.isValid() else self.count()
        event.setDropAction(Qt.DropAction.IgnoreAction)  # the list follows the diagram
        event.accept()
        self.dropped.emit(rows, to)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            keys = (Qt.Key.Key_Up, Qt.Key.Key_Down) if alt else (Qt.Key.Key_J, Qt.Key.Key_A)
            if event.key() in keys:
                event.accept()  # these are ours here, and commands of the window elsewhere
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if alt and by is not None:
            self.moved.emit(by)
        elif event.key() in (Qt.Key.Key_J, Qt.Key.Key_A) and not event.modifiers():
            event.ignore()  # to the panel
        else:
            super().keyPressEvent(event)


def _texts(diagram: Diagram) -> dict[str, str]:
    """Every block with what stands in it, every comment with how it begins."""
    labels = names(diagram).labels
    found = {
        name: name if labels.get(name, name) == name else f"{name}  {labels[name]}"
        for name in diagram.blocks
    }
    for comment in diagram.comments:
        text = " ".join(comment.text.split())
        found[f"{NOTE}{comment.id}"] = f"“{text[:40]}{'…' if len(text) > 40 else ''}”"
    return found
