"""The inspector: what is selected, or the diagram and its recipe when nothing is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.panels.block_page import BlockPage
from app.panels.note_page import NotePage
from app.panels.section import Column, text_label
from app.panels.summary import SummaryPage
from app.panels.words import OUTSIDE, Place, counted
from app.theme import Theme
from graph.diagram import Diagram

if TYPE_CHECKING:
    from runtime.snapshot import Report


LEAST = 84  # pixels: a title with what is told of it, above the views


class Inspector(Column):
    """Shows the selection; `edited(edit)` says what the person wants, `visited(ids)` which blocks to go to."""

    edited = Signal(object)
    visited = Signal(object)
    asked = Signal(str)  # what shall be done with the part that is shown

    def __init__(self, theme: Theme, softly: bool = False, parent: QWidget | None = None) -> None:
        """With `softly` the longest form is left to complete()."""
        super().__init__(parent)
        self.setAccessibleName("inspector")
        self.setMinimumHeight(LEAST)
        self._diagram = Diagram()
        self._place = OUTSIDE
        self._checks: Mapping[str, str] = {}
        self._picked: tuple[str, ...] = ()
        self._notes: tuple[str, ...] = ()
        self._report: Report | None = None
        self.block = BlockPage()
        self.block.edited.connect(self.edited)
        self.block.asked.connect(self.asked)
        self.whole = SummaryPage(softly)
        self.whole.edited.connect(self.edited)
        self.whole.visited.connect(self.visited)
        self.whole.asked.connect(self.asked)
        self.note = NotePage(theme)
        self.note.edited.connect(self.edited)
        self.many = text_label("title")
        self.add(self.block, self.whole, self.many, self.note)
        self._show()

    def complete(self) -> Iterator[None]:
        """Makes what was left out, in small steps."""
        yield from self.whole.complete()
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """All other colours come from the window's style sheet."""
        self.note.set_theme(theme)

    def show_diagram(self, diagram: Diagram, place: Place = OUTSIDE) -> None:
        """Follows the document and the level of it that is shown."""
        self._diagram, self._place = diagram, place
        self._show()

    def show_picked(self, picked: tuple[str, ...]) -> None:
        """Follows the selection of the canvas."""
        if picked != self._picked:
            self._picked = picked
            self.verticalScrollBar().setValue(0)
            self._show()

    def show_notes(self, picked: tuple[str, ...]) -> None:
        """Follows the selection of frames and comments."""
        self._notes = picked
        self._show()

    def show_report(self, report: Report | None, data: str | None = None) -> None:
        """The engine's newest report, as the shown level sees it, and what it says of the data when that is new."""
        self._report = report
        if data is not None:
            self.whole.data.setText(data)
        self._show()

    def show_checks(self, told: Mapping[str, str]) -> None:
        """What the gradient check says of each block, in words."""
        self._checks = told
        self._show()

    def show_dead(self, shares: Mapping[str, float]) -> None:
        """The share of the units of each rectifier that are 0 for the whole batch; none when the run begins anew."""
        self.block.show_dead(shares)

    def _show(self) -> None:
        picked = tuple(name for name in self._picked if name in self._diagram.blocks)
        self.block.setVisible(len(picked) == 1)
        notes = tuple(thing.id for thing in self._diagram.notes if thing.id in self._notes)
        self.note.setVisible(bool(notes))
        self.whole.setVisible(not picked and not notes)
        self.many.setVisible(len(picked) > 1)
        if len(picked) == 1:
            check = self._checks.get(picked[0], "")
            self.block.show_block(self._diagram, picked[0], self._report, self._place, check)
        elif picked:
            self.many.setText(f"{counted(len(picked), 'block')} selected")
        elif not notes:
            self.whole.show_diagram(self._diagram, self._report, self._place)
        if notes:
            self.note.show_notes(self._diagram, notes)
