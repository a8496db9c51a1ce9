"""The inspector: what is selected, or the diagram and its recipe when nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.panels.block_page import BlockPage
from app.panels.form import Form
from app.panels.recipe import PartForm, part_of, recipe_edit, single_settings
from app.panels.section import Column, text_label
from app.panels.words import counted, problems_line, summary_line
from app.theme import Theme
from graph.diagram import Diagram, Frozen
from graph.problem import Problem
from graph.settings import SettingError

if TYPE_CHECKING:
    from runtime.messages import Compiled
    from runtime.snapshot import Report

LISTED = 20  # problems
RECIPE = ("epochs", "validation", "test", "shuffle", "normalize", "clip", "dtype", "threads")


class Inspector(Column):
    """Shows the selection; `edited(edit)` says what the person wants, `visited(ids)` which blocks to go to."""

    edited = Signal(object)
    visited = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("inspector")
        self._diagram = Diagram()
        self._picked: tuple[str, ...] = ()
        self._report: Report | None = None
        self.block = BlockPage()
        self.block.edited.connect(self.edited)
        self.whole = SummaryPage()
        self.whole.edited.connect(self.edited)
        self.whole.visited.connect(self.visited)
        self.many = text_label("title")
        self.add(self.block, self.whole, self.many)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """All colours come from the window's style sheet."""

    def show_diagram(self, diagram: Diagram) -> None:
        """Follows the document."""
        self._diagram = diagram
        self._show()

    def show_picked(self, picked: tuple[str, ...]) -> None:
        """Follows the selection of the canvas."""
        if picked != self._picked:
            self._picked = picked
            self.verticalScrollBar().setValue(0)
            self._show()

    def show_compiled(self, message: Compiled | None) -> None:
        """The engine's newest report."""
        self._report = message.report if message is not None else None
        self.whole.data.setText(message.data if message is not None else "")
        self._show()

    def _show(self) -> None:
        picked = tuple(name for name in self._picked if name in self._diagram.blocks)
        self.block.setVisible(len(picked) == 1)
        self.whole.setVisible(not picked)
        self.many.setVisible(len(picked) > 1)
        if len(picked) == 1:
            self.block.show_block(self._diagram, picked[0], self._report)
        elif not picked:
            self.whole.show_diagram(self._diagram, self._report)
        else:
            self.many.setText(f"{counted(len(picked), 'block')} selected")


class SummaryPage(QWidget):
    """The whole diagram: counts, problems, and the settings of the recipe that the bar does not show."""

    edited = Signal(object)
    visited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe = Frozen()
        self.title = text_label("title", "Diagram")
        self.counts = text_label("muted")
        self.data = text_label("small")
        self.problems = _ProblemList()
        self.problems.visited.connect(self.visited)
        self.recipe = Form({name: single_settings()[name] for name in RECIPE})
        self.recipe.chosen.connect(self._set)
        self.optimizer = PartForm("optimizer")
        self.optimizer.chosen.connect(lambda part, gesture: self._set("optimizer", part, gesture))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        headings = {self.recipe: "Recipe", self.optimizer: "Optimizer"}
        for widget in (
            self.title,
            self.counts,
            self.data,
            self.problems,
            self.recipe,
            self.optimizer,
        ):
            if widget in headings:
                column.addSpacing(8)
                column.addWidget(text_label("title", headings[widget]))  # type: ignore[index]
            column.addWidget(widget)

    def show_diagram(self, diagram: Diagram, report: Report | None) -> None:
        """Follows the document and the report."""
        self._recipe = diagram.recipe
        line = " · ".join(filter(None, [summary_line(diagram, report), problems_line(report)]))
        self.counts.setText(line)
        self.problems.show_problems(report.problems if report is not None else ())
        self.recipe.show_values(diagram.recipe)
        self.optimizer.show_part(part_of(diagram.recipe, "optimizer"))

    def _set(self, name: str, value: Any, gesture: str) -> None:
        try:
            self.edited.emit(recipe_edit(self._recipe, name, value, gesture))
        except SettingError as error:
            if error.name.startswith("optimizer."):
                self.optimizer.refuse(error.name.removeprefix("optimizer."), str(error))
            elif error.name in self.recipe.fields:
                self.recipe.refuse(error.name, str(error))


class _ProblemList(QWidget):
    """Problems as lines to click: the canvas goes there."""

    visited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Problem, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        self.setVisible(bool(problems))
        if problems == self._shown:
            return
        self._shown = problems
        while (item := self._column.takeAt(0)) is not None:
            if (line := item.widget()) is not None:
                line.deleteLater()
        for problem in problems[:LISTED]:
            self._column.addWidget(self._line(problem))
        if len(problems) > LISTED:
            self._column.addWidget(text_label("small", f"and {len(problems) - LISTED:,} more"))

    def _line(self, problem: Problem) -> QWidget:
        if not problem.block:
            return text_label("error", str(problem))
        line = QToolButton()
        line.setText(str(problem))
        line.setProperty("role", "link")
        line.setToolTip(str(problem))
        line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        line.clicked.connect(lambda: self.visited.emit((problem.block,)))
        return line
