"""The inspector's page when nothing is selected: the diagram with its recipe, or the part whose inside is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.panels.form import Form
from app.panels.part_rows import PartRows
from app.panels.recipe import PartForm, part_of, recipe_edit, single_settings
from app.panels.section import text_label
from app.panels.words import OUTSIDE, Place, problems_line, summary_line
from graph.diagram import Diagram, Frozen
from graph.problem import Problem
from graph.settings import SettingError

if TYPE_CHECKING:
    from runtime.snapshot import Report

LISTED = 20  # problems
IN_THE_BAR = ("batch", "rate", "device", "seed")
SECTIONS = {
    "Training": ("epochs", "patience", "subset", "shuffle"),
    "Samples": ("validation", "test", "normalize"),
    "Optimizer": ("optimizer",),
    "Schedule of the rate": ("schedule",),
    "Limits of the gradient": ("clip", "clip_value"),
    "Machine": ("dtype", "threads"),
}
ENTRIES = ("optimizer", "schedule")
REST = "More"  # entries that no section names
GAP = 8  # pixels above a section
MARGIN, NARROWEST = 2, 60  # pixels above and below a problem's text; of its width


class SummaryPage(QWidget):
    """Counts, problems, and the entries of the recipe that the bar does not show; inside a part, what the part is."""

    edited = Signal(object)
    visited = Signal(object)
    asked = Signal(str)  # what shall be done with the part around

    def __init__(self, softly: bool = False, parent: QWidget | None = None) -> None:
        """With `softly` the recipe's form is left to complete()."""
        super().__init__(parent)
        self._recipe = Frozen()
        self.title = text_label("title", "Diagram")
        self.counts = text_label("muted")
        self.data = text_label("small")
        self.problems = _ProblemList()
        self.problems.visited.connect(self.visited)
        self.part = PartRows(("publish",))
        self.part.edited.connect(self.edited)
        self.part.asked.connect(self.asked)
        self.forms: dict[str, Form] = {}  # by the single settings in them
        self.entries: dict[str, PartForm] = {}  # those with a kind and settings of their own
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        for widget in (self.title, self.counts, self.data, self.problems, self.part):
            column.addWidget(widget)
        self.recipe = QWidget()
        column.addWidget(self.recipe)
        if not softly:
            list(self.complete())

    def show_diagram(self, diagram: Diagram, report: Report | None, place: Place = OUTSIDE) -> None:
        """Follows the document and the report."""
        self._recipe = diagram.recipe
        line = " · ".join(filter(None, [summary_line(diagram, report), problems_line(report)]))
        self.title.setText("Inside a part" if place.part else "Diagram")
        self.counts.setText(line)
        self.problems.show_problems(report.problems if report is not None else ())
        self.part.setVisible(bool(place.part))
        for widget in (self.recipe, self.data):
            widget.setVisible(not place.part)
        if place.part:
            uses = place.uses.get(place.part, 0)
            self.part.show_part(diagram, place.part, uses, report)
            return
        for form in dict.fromkeys(self.forms.values()):
            form.show_values(diagram.recipe)
        for name, entry in self.entries.items():
            entry.show_part(part_of(diagram.recipe, name))

    # --- the recipe ----------------------------------------------------------------------------------------------

    def complete(self) -> Iterator[None]:
        """Makes the form of the recipe, a section at a time."""
        column = QVBoxLayout(self.recipe)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        named = {name for names in SECTIONS.values() for name in names}
        rest = tuple(n for n in single_settings() if n not in named and n not in IN_THE_BAR)
        for title, names in {**SECTIONS, REST: rest}.items():
            if names:
                column.addSpacing(GAP)
                column.addWidget(text_label("title", title))
                column.addWidget(self._entry(*names) if names[0] in ENTRIES else self._form(names))
                yield

    def _form(self, names: tuple[str, ...]) -> Form:
        form = Form({name: single_settings()[name] for name in names})
        form.chosen.connect(self._set)
        self.forms |= dict.fromkeys(names, form)
        return form

    def _entry(self, name: str) -> PartForm:
        form = PartForm(name, choose=name != "optimizer")  # the bar chooses that
        form.chosen.connect(lambda part, gesture: self._set(name, part, gesture))
        form.show_part(part_of(self._recipe, name))
        self.entries[name] = form
        return form

    def _set(self, name: str, value: Any, gesture: str) -> None:
        try:
            self.edited.emit(recipe_edit(self._recipe, name, value, gesture))
        except SettingError as error:
            entry, _, setting = error.name.partition(".")
            if entry in self.entries:
                self.entries[entry].refuse(setting, str(error))
            elif entry in self.forms:
                self.forms[entry].refuse(entry, str(error))


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
        line = _ProblemLine(str(problem))
        line.clicked.connect(lambda: self.visited.emit((problem.block,)))
        return line


class _ProblemLine(QToolButton):
    """A button whose text takes as many lines as it needs, which Qt's own cut in the middle."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setProperty("role", "link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text)
        self.setToolTip("select this block and show it")
        self._label = QLabel(text)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self._label.setProperty("role", "link")
        self._label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, MARGIN, 0, MARGIN)
        inside.addWidget(self._label)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.heightForWidth(self.width()))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._label.heightForWidth(max(width, NARROWEST)) + 2 * MARGIN
