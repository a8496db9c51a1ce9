"""Into parts and back: what the window shows when another level is entered, and what can be done with parts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from app.canvas import naming, noting
from app.canvas.placing import USE
from graph.diagram import PART, Block
from graph.grouping import Group, Ungroup
from graph.part_edits import RemovePart, free_part_name
from graph.parts import SLASH, join, part_of
from graph.problem import FileError

if TYPE_CHECKING:
    from app.window import MainWindow

NAME_HINT = "Enter makes a part of the selected blocks under this name"


class Visits(QObject):
    """Connects the levels of the diagram with canvas, bar, outline and inspector.

    Where one was on a level, and at which scale, is found again when one comes back.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._seen: dict[
            str, tuple[float, QPointF]
        ] = {}  # path -> scale and middle of what was seen
        levels = window.levels
        levels.leaving.connect(self._leave)
        levels.entered.connect(self._entered)
        window.breadcrumb.climbed.connect(self._climb_to)
        window.view.left.connect(levels.climb)
        window.scene.opened.connect(self.open)
        window.scene.picked.connect(self._picked)
        window.outline.picked.connect(self.visit)
        window.inspector.asked.connect(self._ask)
        window.library.dismissed.connect(self._dismiss)

    # --- where ---------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """Another document: its outside is shown."""
        self._window.levels.go("")
        self._seen.clear()

    def open(self, block: str) -> None:
        """Goes into the use of a part; shows any other block in the inspector."""
        if not self._window.levels.enter(block):
            self._window.docks["inspector"].raise_()

    def open_selected(self) -> None:
        """The same with the selected block."""
        use = self._selected_use()
        if use is not None:
            self.open(use.id)

    def climb(self) -> None:
        """Back to the level around."""
        if not self._window.levels.climb():
            self._window.status.say("This is the diagram itself: no level is around it.")

    def _climb_to(self, path: str) -> None:
        self._window.levels.go(path)
        self._window.view.setFocus()

    def visit(self, paths: tuple[str, ...]) -> None:
        """Selects blocks by their paths, on the level of the last of them; paths of no block do nothing."""
        if not paths:
            self._window.scene.select(())
        there = [path for path in paths if self._window.levels.holds(path)]
        if not there:
            return
        level = there[-1].rpartition(SLASH)[0]
        self._window.levels.go(level)
        ends = (path.rpartition(SLASH) for path in there)
        self._window.scene.select(name for at, _, name in ends if at == level)

    def _leave(self) -> None:
        """What is written in an editor on the canvas is kept on the level that it belongs to."""
        view, focus = self._window.view, QApplication.focusWidget()
        if focus is not None and view.viewport().isAncestorOf(focus):
            view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _entered(self, left: str) -> None:
        window, levels = self._window, self._window.levels
        self._seen[left] = (window.view.zoom, window.view.seen().center())
        window.reactions.show_level()
        self._look(levels.path)
        inside = f"{levels.path}{SLASH}" if levels.path else ""
        if left.startswith(inside):  # the use one comes out of
            window.scene.select((left.removeprefix(inside).partition(SLASH)[0],))

    def _look(self, path: str) -> None:
        view = self._window.view
        if path in self._seen:
            scale, middle = self._seen[path]
            view.set_zoom(scale)
            view.centerOn(middle)
        else:
            view.frame_all()

    def _picked(self, ids: tuple[str, ...]) -> None:
        path = self._window.levels.path
        self._window.outline.show_picked(tuple(join(path, name) for name in ids))

    # --- what can be done with parts ---------------------------------------------------------------------------------

    def _ask(self, action: str) -> None:
        if action == "expand":
            self._window.menus.actions["expand"].trigger()
            return
        {"open": self.open_selected, "ungroup": self.ungroup, "publish": self.publish}[action]()

    def _selected_use(self) -> Block | None:
        """The one selected use of a part; says what to do when there is none."""
        scene = self._window.scene
        found = [scene.diagram.blocks[n] for n in scene.selected]
        if len(found) == 1 and found[0].kind == PART and part_of(found[0]) in scene.diagram.parts:
            return found[0]
        self._window.status.say("Select one use of a part: a shape with a double rim.")
        return None

    def group(self) -> None:
        """Asks for a name over the selected blocks and makes a part of them."""
        window, scene = self._window, self._window.scene
        picked = tuple(name for name in scene.diagram.blocks if name in scene.selected)
        if not picked:
            window.status.say("Select the blocks that the part is to hold.")
            return
        place = scene.bounds(picked)
        name = free_part_name(scene.diagram)
        naming.ask(window.view, name, place, lambda text: self._group(picked, text), NAME_HINT)

    def _group(self, picked: tuple[str, ...], name: str) -> None:
        scene = self._window.scene
        before = set(scene.diagram.blocks)
        if scene.perform(Group(picked, name)):
            scene.select(scene.diagram.blocks.keys() - before)

    def ungroup(self) -> None:
        """Puts the blocks of the selected use in its place, and selects them."""
        use, scene = self._selected_use(), self._window.scene
        if use is not None:
            before = set(scene.diagram.blocks)
            if scene.perform(Ungroup(use.id)):
                scene.select(scene.diagram.blocks.keys() - before)

    def rename(self) -> None:
        """Asks for a new name of the part that the selected block uses, or of any other block's variable."""
        window, scene = self._window, self._window.scene
        if not scene.selected and len(scene.frames.selected) == 1:
            noting.edit(window.view, *scene.frames.selected)
            return
        if len(scene.selected) != 1:
            window.status.say("Select one block to name it.")
            return
        (name,) = scene.selected
        is_use = part_of(scene.diagram.blocks[name]) in scene.diagram.parts
        (naming.name_part if is_use else naming.name_block)(window.view, name)

    def _dismiss(self, kind: str) -> None:
        if kind.startswith(USE):
            self._window.scene.perform(RemovePart(kind.removeprefix(USE)))

    def publish(self) -> None:
        """Keeps the selected part, or the one around, as a file for the palette."""
        window, shelf = self._window, self._window.shelf
        use = self._selected_use() if window.scene.selected or not window.levels.part else None
        part = part_of(use) if use is not None else window.levels.part
        if not part or (window.scene.selected and use is None):
            return
        diagram = window.document.diagram
        try:
            if shelf.holds(diagram, part) and not self.may_replace(shelf.path(part)):
                return
            path = shelf.publish(diagram, part)
        except FileError as error:
            window.notice.say(str(error))
            return
        window.offer.look()
        window.status.say(f"{part} is published: {path}")

    def may_replace(self, path: Path) -> bool:
        """Asks whether another published part of that name may be replaced; tests put their own answer in its place."""
        buttons = QMessageBox.StandardButton
        text = f"There is another published part called {path.stem}. Replace it?"
        box = QMessageBox(QMessageBox.Icon.Question, "Publish", text, parent=self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText("Diagrams that use the old one keep their copy of it.")
        box.setStandardButtons(buttons.Yes | buttons.Cancel)
        box.button(buttons.Yes).setText("Replace")
        return bool(box.exec() == buttons.Yes)
