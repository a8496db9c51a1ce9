"""The model that is worked on: the diagram as it was given, its data, its device, and the program made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graph.diagram import Diagram
from graph.problem import Problem
from runtime import messages as m
from runtime.data import Data, DataError, load
from runtime.devices import device_for
from runtime.program import Program, compile
from runtime.recipe import Recipe
from runtime.remedies import remedies
from runtime.snapshot import Report


class Model:
    """`program` is that of the newest diagram that could be compiled, None before the first; `report` tells of the newest."""

    def __init__(self) -> None:
        self.version = 0
        self.folder = ""
        self.source = Diagram()  # as it was given, parts not expanded
        self.program: Program | None = None
        self.data: Data | None = None  # None where they cannot be had
        self.report = Report()
        self._loaded: tuple[Any, Data] | None = None

    @property
    def trainable(self) -> bool:
        """Whether the newest diagram has a cost that runs, a weight that it moves, and data."""
        return self.report.trainable and self.data is not None

    def take(self, command: m.SetDiagram) -> None:
        """Another diagram: compiled, with the weights of the one before where they fit, unless it is to be fresh."""
        self.version, self.folder, self.source = command.version, command.folder, command.diagram
        if command.fresh:
            self.program = None
        self._compile()

    def begin_anew(self) -> None:
        """The same diagram with the first weights of its seed."""
        self.program = None
        self._compile()

    def refuse(self, problem: Problem) -> None:
        """The newest diagram is not to be run, for this reason."""
        self.report = Report(problems=(problem,))

    def _compile(self) -> None:
        problems: list[Problem] = []
        recipe = self.source.recipe
        device = _device(str(recipe.get("device", "auto")), problems)
        self.data = self._load(recipe)
        program = compile(
            self.source, data=self.data, device=device, keep=self.program, folder=self.folder
        )
        if problems:
            program.report = replace(program.report, problems=(*problems, *program.report.problems))
        self.program, self.report = program, program.report

    def _load(self, recipe: Any) -> Data | None:
        """The recipe's data, loaded once; None when they cannot be had (compile then says why)."""
        try:
            read = Recipe.read(recipe)
            key = (read.data, read.seed, self.folder)
            if self._loaded is None or self._loaded[0] != key:
                self._loaded = (key, load(read.data, read.seed, self.folder))
            return self._loaded[1]
        except (DataError, ValueError):
            return None

    def compiled(self, restarted: bool) -> m.Compiled:
        """What the screen is told; `restarted`: the run begins at step 0."""
        return m.Compiled(
            version=self.version,
            report=self.report,
            data=self.data.text if self.data else "",
            device=self.program.device if self.program else "cpu",
            restarted=restarted,
        )

    def mendable(self) -> m.Mendable:
        """Which edits are certain to mend what the report complains of; takes a while to find."""
        found = remedies(self.source, self.program, self.data) if self.program else {}
        return m.Mendable(self.version, found)


def _device(wanted: str, problems: list[Problem]) -> str:
    try:
        return device_for(wanted)
    except ValueError as error:
        problems.append(Problem("recipe.device", str(error), "Choose auto to take what is there."))
        return "cpu"
