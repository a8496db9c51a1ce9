"""Going from problem to problem, and mending those whose remedy is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from graph.edit import Edit
from graph.problem import DiagramError, Problem
from runtime.messages import Compiled, Mendable

if TYPE_CHECKING:
    from app.window import MainWindow


class Mending(QObject):
    """Fills the list of problems from what the engine reports, and carries out what is asked for there."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._problems: tuple[Problem, ...] = ()
        self._next = 0
        self._shown: Problem | None = None
        window.live.compiled.connect(self._compiled)
        window.live.mendable.connect(self._mendable)
        window.filing.opened.connect(self._forget)
        window.problems.visited.connect(lambda block: window.reactions.visit((block,)))
        window.problems.mended.connect(self.mend)
        window.status.asked.connect(self.open)

    def _compiled(self, message: Compiled) -> None:
        self._take(message.report.problems)

    def _take(self, problems: tuple[Problem, ...] | None) -> None:
        wrong_first = sorted(problems or (), key=lambda problem: problem.kind != "error")
        self._problems, self._next, self._shown = tuple(wrong_first), 0, None
        self._window.problems.show_problems(self._problems if problems is not None else None)

    def _mendable(self, message: Mendable) -> None:
        self._window.problems.show_remedies(message.edits)

    def _forget(self) -> None:
        self._take(None)

    def open(self) -> None:
        """Shows the list, and the next problem."""
        dock = self._window.docks["problems"]
        dock.show()
        dock.raise_()
        self.next()

    def next(self) -> None:
        """Goes to the next problem and says it."""
        if not self._problems:
            self._window.status.say("There are no problems.")
            return
        problem = self._problems[self._next % len(self._problems)]
        self._next += 1
        self._shown = problem
        self._window.reactions.visit((problem.block,))
        self._window.problems.select(problem)
        edit = self._window.problems.remedy(problem)
        keys = self._window.menus.actions["mend"].shortcut().toString()
        offered = f" {keys} mends it: {edit.label}." if edit is not None else ""
        self._window.status.say(f"{problem}{offered}")

    def mend_shown(self) -> None:
        """Mends the problem that was gone to last, else the first that can be mended."""
        tried = [self._shown] if self._shown is not None else list(self._problems)
        edits = [edit for p in tried if (edit := self._window.problems.remedy(p)) is not None]
        if edits:
            self.mend(edits[0])
        else:
            self._window.status.say(
                "No remedy is certain here; the problem's text says what to look at."
            )

    def mend(self, edit: Edit) -> None:
        """Carries out the edit of a remedy, one step of undo."""
        try:
            self._window.document.do(edit)  # an edit of the whole diagram, whichever level is shown
        except DiagramError as error:
            self._window.status.say(str(error))
            return
        self._window.status.say(f"{edit.label}: done")
