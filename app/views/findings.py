"""Why does it not learn?  What the finders tell, each with its evidence, its curves, and perhaps an edit that mends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.panels.words import counted
from app.theme import Theme
from app.views.evidence import Curves
from app.views.job import JobView
from graph.edits import SetRecipe
from runtime.figures.findings import Finding, Findings
from runtime.messages import Compiled
from runtime.snapshot import Ask


class FindingsView(JobView):
    """A list, made anew as findings come.  `visited(block)` is said by “Show it”, `mended(edit)` by a finding's button."""

    title = "Findings"
    help = (
        "Why it does not learn: each cause is tried on copies of the run, as η/10 against η in w ← w − η ∂C/∂w, "
        "and told only with its evidence. Training goes on undisturbed."
    )
    nothing = "Press Look to find out why a run does not learn."
    verb = "Look"

    visited = Signal(str)
    mended = Signal(object)  # Edit of the whole diagram

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.found: Findings | None = None
        self._listed: tuple[object, ...] = ()  # what the list says
        self.said = QLabel()
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setProperty("role", "muted")
        self.controls.addWidget(self.said)
        self.rows = QScrollArea()
        self.rows.setWidgetResizable(True)
        self.rows.setFrameShape(QFrame.Shape.NoFrame)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.takeAt(1)
        column.addSpacing(8)
        column.addWidget(self.rows, 1)
        self.rows.hide()

    def job(self) -> Ask:
        return Ask("findings")

    def start(self) -> None:
        self._show(None)
        super().start()

    def asks(self) -> tuple[Ask, ...]:
        return ()

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        """Nothing comes with the frames."""

    def show_found(self, found: object) -> None:
        if isinstance(found, Findings):
            self._show(found)

    def select(self, block: str) -> None:
        """The whole run is looked at."""

    def forget(self) -> None:
        self._show(None)

    def show_compiled(self, message: Compiled) -> None:
        """What was found stays until it is looked again: an edit of the list itself would take it away."""

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._show(self.found, anew=True)

    def has_something(self) -> bool:
        return self.found is not None

    def paint(self, painter: QPainter) -> None:
        """The list is made of widgets."""

    # --- the list ------------------------------------------------------------------------------------------------

    def _told(self) -> None:
        super()._told()
        self._show(self.found)  # what is found so far is all when it is over

    def _show(self, found: Findings | None, anew: bool = False) -> None:
        self.found = found
        self.rows.setVisible(found is not None)
        if found is None:
            self.said.setText("")
            self._listed = ()
            self.update()
            return
        self.said.setText(f"{counted(len(found.checked), 'cause')} looked at, step {found.step:,}")
        texts = tuple(finding.text for finding in found.found)
        content = (texts, found.checked, found.left_out, self.is_running)
        if anew or content != self._listed:
            self._listed = content
            self.rows.setWidget(self._list(found))

    def _list(self, found: Findings) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(18, 2, 12, 10)
        column.setSpacing(14)
        for finding in found.found:
            column.addWidget(self._row(finding))
        if not found.found:
            column.addWidget(_text(f"Nothing is found{' so far' * self.is_running}."))
        if found.checked:
            column.addWidget(_text(f"Looked at: {'; '.join(found.checked)}.", "small"))
        if found.left_out:
            column.addWidget(_text(f"Left out: {'; '.join(found.left_out)}.", "small"))
        column.addStretch(1)
        return inside

    def _row(self, finding: Finding) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        title = _text(finding.text)
        font = QFont(title.font())
        font.setBold(True)
        title.setFont(font)
        column.addWidget(title)
        column.addWidget(_text(finding.evidence, "muted"))
        if finding.traces:
            column.addWidget(Curves(finding.traces, self._theme))
        column.addWidget(_text(finding.advice))
        line = QHBoxLayout()
        line.setSpacing(6)
        edit = finding.edit
        if edit is not None:
            mend = QPushButton(button_text(edit))
            mend.setToolTip("Do this; undo takes it back.")
            mend.clicked.connect(lambda _checked=False: self.mended.emit(edit))
            line.addWidget(mend)
        if finding.where and not finding.where.startswith("recipe."):
            show = QPushButton("Show it")
            show.setToolTip(f"Go to {finding.where}.")
            show.clicked.connect(lambda _checked=False: self.visited.emit(finding.where))
            line.addWidget(show)
        if line.count():
            line.addStretch(1)
            column.addLayout(line)
        made.setAccessibleName(finding.text)
        return made


def button_text(edit: Any) -> str:
    """What an edit does, short enough for a button."""
    if isinstance(edit, SetRecipe):
        if edit.value is True:
            return f"Switch {edit.name} on"
        return (
            f"Set {edit.name} back" if edit.value is None else f"Set {edit.name} to {edit.value:g}"
        )
    return str(edit.label)


def _text(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setProperty("role", role)
    return label
