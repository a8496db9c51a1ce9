"""What of a diagram is hidden for the moment: a lecture shows it step by step.  Nothing of the diagram is changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.canvas.items import BlockItem, WireItem
    from app.canvas.scene import CanvasScene


class Veil:
    """Lies over everything but some blocks, the wires among them, and some frames and comments; lifted at first."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._blocks: frozenset[str] | None = None
        self._notes: frozenset[str] = frozenset()
        scene.arranged.connect(self._follow)

    @property
    def is_drawn(self) -> bool:
        """Whether it lies over something."""
        return self._blocks is not None

    def show_only(self, blocks: Iterable[str], notes: Iterable[str]) -> list[BlockItem | WireItem]:
        """Hides all but these; the blocks and wires that come into sight."""
        self._blocks, self._notes = frozenset(blocks), frozenset(notes)
        appeared = self._apply()
        self._scene.show_arranged()
        return appeared

    def lift(self) -> None:
        """Shows everything again."""
        self._blocks = None
        self._apply()
        self._scene.show_arranged()

    def _follow(self) -> None:
        if self.is_drawn:  # else a gesture may have hidden a wire
            self._apply()

    def _apply(self) -> list[BlockItem | WireItem]:
        scene, shown = self._scene, self._blocks
        found: list[BlockItem | WireItem] = []
        for name, block in scene.blocks.items():
            _see(block, shown is None or name in shown, found)
        for wire, line in scene.wires.items():
            ends = {wire.source.block, wire.target.block}
            _see(line, shown is None or ends <= shown, found)
        things = scene.frames.things
        scene.frames.hidden = frozenset(things) - self._notes if shown is not None else frozenset()
        return found


def _see(item: BlockItem | WireItem, seen: bool, appeared: list[BlockItem | WireItem]) -> None:
    if seen and not item.isVisible():
        appeared.append(item)
    if seen != item.isVisible():
        item.setVisible(seen)
        item.setOpacity(1.0)
