"""Lecture mode: the canvas alone on the whole screen, the diagram revealed step by step, everything on keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QTransform

from app.canvas.items import BlockItem, WireItem
from app.canvas.lectern import FADE, Lectern
from graph.diagram import PART, Diagram
from graph.reveal import Step, notes_with, steps
from nodes.block import Cost
from nodes.parts import type_in

if TYPE_CHECKING:
    from app.window import MainWindow

Key = Qt.Key


def steps_of(diagram: Diagram) -> tuple[Step, ...]:
    """The steps in which a level is revealed, its costs at the end unless the file says otherwise."""
    kinds = ((name, type_in(diagram, block)) for name, block in diagram.blocks.items())
    return steps(diagram, {name for name, kind in kinds if kind and issubclass(kind, Cost)})


class Lecture(QObject):
    """Shows a lectern over the window while it goes on; the window itself is left as it is, and found so again."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.lectern: Lectern | None = None
        self._reached: dict[str, int] = {}  # by path of a level: the step that was shown last
        self._steps: tuple[Step, ...] = ()
        self._path = ""  # where it began
        self._selected: frozenset[str] = frozenset()
        self._looked: tuple[QTransform, QPoint] = (QTransform(), QPoint())
        self._appearing: list[BlockItem | WireItem] = []
        self._fade = QVariantAnimation(self)
        self._fade.setDuration(FADE)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.valueChanged.connect(self._faded)
        window.levels.entered.connect(lambda _left: self._show())
        window.levels.changed.connect(lambda _change: self._show())
        window.filing.opened.connect(self.end)

    @property
    def is_on(self) -> bool:
        """Whether a lecture goes on."""
        return self.lectern is not None

    @property
    def step(self) -> int:
        """The step of this level that is shown, from 0."""
        return min(self._reached.get(self._window.levels.path, 0), max(len(self._steps) - 1, 0))

    def begin(self) -> None:
        """Begins at the first step of the level that is shown."""
        window = self._window
        if self.is_on:
            return
        if not window.levels.diagram.blocks:
            window.status.say("There is nothing to show: draw or open a diagram first.")
            return
        window.compares.end()
        self._path, self._selected = window.levels.path, window.scene.selected
        self._looked = (window.view.transform(), _scrolled(window))
        self._reached = {}
        window.scene.select(())
        window.view.setUpdatesEnabled(False)  # nobody sees it
        self.lectern = lectern = Lectern(window.scene, window)
        lectern.keys = self._keys()
        lectern.motion = lectern.board.trailing = window.scene.pulses.motion
        lectern.opened.connect(self.enter)
        lectern.closed.connect(self.end)
        lectern.setGeometry(window.screen().geometry())
        lectern.showFullScreen()
        lectern.activateWindow()
        lectern.setFocus()
        lectern.board.show_hint(True)
        self._show()

    def end(self) -> None:
        """Everything as it was before."""
        if self.lectern is None:
            return
        lectern, self.lectern = self.lectern, None
        self._fade.stop()
        self._settle()
        window = self._window
        if window.levels.path != self._path:
            window.levels.go(self._path)
        window.scene.veil.lift()
        lectern.hide()
        lectern.deleteLater()
        window.scene.select(self._selected)
        window.view.setUpdatesEnabled(True)
        window.view.setTransform(self._looked[0])
        window.view.horizontalScrollBar().setValue(self._looked[1].x())
        window.view.verticalScrollBar().setValue(self._looked[1].y())
        window.activateWindow()
        window.view.setFocus()

    # --- steps ------------------------------------------------------------------------------------------------------

    def next(self) -> None:
        """One step on; after the last step of a part, out of it."""
        if self.step + 1 < len(self._steps):
            self.go(self.step + 1)
        elif self._window.levels.path != self._path:
            self.climb()

    def back(self) -> None:
        """One step back; before the first step of a part, out of it."""
        if self.step > 0:
            self.go(self.step - 1)
        elif self._window.levels.path != self._path:
            self.climb()

    def go(self, step: int) -> None:
        """To a step of this level; -1 is the last."""
        last = max(len(self._steps) - 1, 0)
        self._reached[self._window.levels.path] = last if step < 0 else min(step, last)
        self._show()

    def enter(self, block: str = "") -> None:
        """Into a part: of this block, or the one that appeared last."""
        blocks = self._window.levels.diagram.blocks
        seen = [name for step in self._steps[: self.step + 1] for name in step]
        uses = [n for n in seen if n in blocks and blocks[n].kind == PART and block in ("", n)]
        if uses:
            self._window.levels.enter(uses[-1])

    def climb(self) -> None:
        """Out of a part, not further than where the lecture began."""
        if self._window.levels.path != self._path:
            self._window.levels.climb()

    def whole(self) -> None:
        """Shows all of the level at once, however small."""
        if self.lectern is not None:
            self.lectern.show_whole(self._whole())

    def _show(self) -> None:
        """Reveals the level as far as it has come."""
        if self.lectern is None:
            return
        window, diagram = self._window, self._window.levels.diagram
        self._steps = steps_of(diagram)
        shown = {name for step in self._steps[: self.step + 1] for name in step}
        self._settle()
        self._appear(window.scene.veil.show_only(shown, notes_with(diagram, shown)))
        self.lectern.board.show_steps(self.step, len(self._steps))
        now = self._steps[self.step] if self._steps else ()
        self.lectern.show_step(self._whole(), window.scene.bounds(now))
        self.lectern.setAccessibleDescription(
            f"step {self.step + 1} of {len(self._steps)}: {', '.join(now)}"
        )

    def _whole(self) -> QRectF:
        return self._window.scene.bounds()

    # --- fading -----------------------------------------------------------------------------------------------------

    def _appear(self, items: Iterable[BlockItem | WireItem]) -> None:
        self._appearing = list(items)
        if self._appearing and self._window.scene.pulses.motion:
            self._faded(0.0)  # the animation's first step comes a frame later
            self._fade.start()

    def _settle(self) -> None:
        self._fade.stop()
        self._faded(1.0)
        self._appearing = []

    def _faded(self, part: float) -> None:
        there = {*self._window.scene.blocks.values(), *self._window.scene.wires.values()}
        for item in self._appearing:
            if item in there:  # it may have gone with its level
                item.setOpacity(part)
        if self._appearing:
            self._window.scene.touched.emit()

    # --- keys -------------------------------------------------------------------------------------------------------

    def _keys(self) -> dict[Key, Callable[[], object]]:
        assert self.lectern is not None
        board = self.lectern.board
        found: dict[Key, Callable[[], object]] = {
            Key.Key_Home: lambda: self.go(0),
            Key.Key_F5: lambda: self.go(0),
            Key.Key_End: lambda: self.go(-1),
            Key.Key_P: board.toggle_pointer,
            Key.Key_B: board.toggle_black,
            Key.Key_Period: board.toggle_black,
            Key.Key_T: self._window.live.toggle,
            Key.Key_F: self.whole,
            Key.Key_H: lambda: board.show_hint(not board.hint),
            Key.Key_F1: lambda: board.show_hint(True),
            Key.Key_Return: self.enter,
            Key.Key_Enter: self.enter,
            Key.Key_U: self.climb,
            Key.Key_Escape: self.end,
            Key.Key_F11: self.end,
        }
        on = (Key.Key_Space, Key.Key_Right, Key.Key_Down, Key.Key_PageDown, Key.Key_N)
        off = (Key.Key_Left, Key.Key_Up, Key.Key_PageUp, Key.Key_Backspace)
        found |= dict.fromkeys(on, self.next)
        return found | dict.fromkeys(off, self.back)


def _scrolled(window: MainWindow) -> QPoint:
    view = window.view
    return QPoint(view.horizontalScrollBar().value(), view.verticalScrollBar().value())
