"""The menu at the mouse: of the window's commands those that apply to what is selected."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from app.canvas import keywire
from app.canvas.faces import inside_of
from app.clipboard import PICTURES
from graph.diagram import Block
from graph.joining import stands_between
from nodes.parts import can_mute

if TYPE_CHECKING:
    from app.window import MainWindow

Rows = tuple[str | None, ...]  # names of commands and of submenus; None is a separator

CLIPBOARD: Rows = ("cut", "copy", "duplicate", "delete", "take_out")
BLOCK: Rows = ("rename", "connect", "mute", "card", None, *CLIPBOARD, None, "group", "check", "block_help")  # fmt: skip
USE: Rows = ("open_part", "expand", "ungroup", None, "rename", "connect", "mute", None, *CLIPBOARD, None, "block_help")  # fmt: skip
SEVERAL: Rows = ("group", "frame_blocks", "mute", "expand", None, "tidy", "&Align", None, *CLIPBOARD, None, "check")  # fmt: skip
WIRE: Rows = ("add", "delete", None, "gradients", "values")
NOTE: Rows = ("rename", None, "cut", "copy", "duplicate", "delete")
CANVAS: Rows = ("add", "comment", "paste", None, "select_all", "tidy", "expand", None, "frame_all", "zoom_reset", "drawing", "climb")  # fmt: skip

READABLE = ("text/plain", "text/uri-list", *PICTURES)  # what the clipboard may hold a diagram as


class ContextMenu(QObject):
    """Opens when the canvas or the outline asks for it; its rows are the actions of the menu bar.

    While it is open, and while what was chosen is done, the canvas's pointer stays where the menu was asked for.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.menu = QMenu(window.view)
        self.menu.setToolTipsVisible(True)
        self._after = QTimer(self)  # a command runs once its menu has gone
        self._after.setSingleShot(True)
        self._after.timeout.connect(self._closed)
        self.menu.aboutToHide.connect(self._after.start)
        self._can: dict[str, Callable[[], bool]] = {
            "rename": self._is_single,
            "connect": lambda: not keywire.why_not(window.scene),
            "card": lambda: any(window.scene.blocks[n].face.form.rings for n in self._picked()),
            "mute": lambda: self._has(partial(can_mute, window.scene.diagram)),
            "expand": lambda: self._has(self._is_use),
            "take_out": lambda: all(
                stands_between(window.scene.diagram, name) for name in self._picked()
            ),
            "tidy": lambda: len(window.scene.blocks) > 1,
            "select_all": lambda: bool(window.scene.blocks or window.scene.frames.things),
            "paste": _is_pasteable,
            "climb": lambda: bool(window.levels.path),
        }
        window.scene.asked.connect(self.open)
        window.outline.asked.connect(self.open_at)
        window.scene.changing.connect(self.menu.hide)  # what it was about may be gone

    def open(self, point: QPointF) -> None:
        """Shows what can be done with what is selected, at a point of the scene."""
        view = self._window.view
        self.open_at(view.viewport().mapToGlobal(view.viewportTransform().map(point).toPoint()))
        view.held = point

    def open_at(self, place: QPoint) -> None:
        """The same at a place of the screen; where the mouse was on the canvas is of no account then."""
        self.menu.hide()
        self._window.view.held = None
        self._fill(self._rows())
        self.menu.setAccessibleName(self._about())
        self.menu.popup(place)

    def _closed(self) -> None:
        if not self.menu.isVisible():  # nor open again
            self._window.view.held = None

    # --- what is in it ----------------------------------------------------------------------------------------------

    def _rows(self) -> Rows:
        """The names for what is selected."""
        scene, picked = self._window.scene, self._picked()
        if len(picked) > 1 or (picked and (scene.frames.selected or scene.selected_wires)):
            return SEVERAL
        if picked:
            return USE if self._has(self._is_use) else BLOCK
        if scene.frames.selected:
            return NOTE
        return WIRE if scene.selected_wires else CANVAS

    def _fill(self, rows: Rows) -> None:
        menus = self._window.menus
        submenus = menus.under | menus.menus
        self.menu.clear()
        for name in rows:
            if name is None:
                self.menu.addSeparator()  # two in a row, or at an end, are not shown
            elif name in submenus:
                self.menu.addMenu(submenus[name])
            elif self._can.get(name, _always)():
                self.menu.addAction(menus.actions[name])

    def _about(self) -> str:
        """Which things the commands are about, for who does not see them."""
        scene = self._window.scene
        things = [*self._picked(), *map(str, scene.selected_wires), *scene.frames.selected]
        return f"Commands for {', '.join(things[:3]) or 'the canvas'}"

    # --- what can be done -------------------------------------------------------------------------------------------

    def _picked(self) -> tuple[str, ...]:
        scene = self._window.scene
        return tuple(name for name in scene.diagram.blocks if name in scene.selected)

    def _has(self, holds: Callable[[Block], bool]) -> bool:
        """Whether something holds for one of the selected blocks, or with none selected for any."""
        blocks = self._window.scene.diagram.blocks
        return any(holds(blocks[name]) for name in self._picked() or blocks)

    def _is_use(self, block: Block) -> bool:
        return inside_of(self._window.scene.diagram, block) is not None

    def _is_single(self) -> bool:
        return len(self._picked()) + len(self._window.scene.frames.selected) == 1


def _always() -> bool:
    return True


def _is_pasteable() -> bool:
    held = QGuiApplication.clipboard().mimeData()
    return held is not None and any(held.hasFormat(kind) for kind in READABLE)
