"""What the engine does: carries out commands around a Run, and sends what the screen asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch

from graph.diagram import Diagram
from graph.problem import DiagramError, FileError, Problem
from runtime import messages as m
from runtime.checkpoint import resume, save_run
from runtime.checks import check_gradients, overfits
from runtime.data import Data, DataError, load
from runtime.devices import device_for, threads_for
from runtime.final import final_numbers
from runtime.jobs import Jobs
from runtime.kept import Kept
from runtime.pace import Budget, Pool, Rate
from runtime.past import Past
from runtime.program import Program, compile
from runtime.recipe import Recipe
from runtime.remedies import remedies
from runtime.run import NonFinite, Run
from runtime.snapshot import Recorded, Snapshot
from runtime.source import written
from runtime.tensorboard import Log
from runtime.views import figure

SLICE = 0.004  # seconds of plain steps between two looks at the queue
JUDGED = 512  # samples of a part that are looked at while it trains
CHECKED = 4  # samples that gradients are checked on
OVERFIT_STEPS = 500  # in which a few samples should be known by heart
VIEW_EVERY = 0.2  # seconds between two figures of a view, at the least
MOST_VIEWS = 32
PROMPT = ("card",)  # small ones for which a person waits
JUDGE = "judge"  # a look that is no view
LEAST = {JUDGE: 0.25, "answers": 0.0}  # seconds between two of a look, where it is not VIEW_EVERY


class Engine:
    """Owns the program and its run.  `send` carries messages to the screen; `handle` and `work` are all it does."""

    def __init__(self, send: Callable[[Any], None]) -> None:
        self.send = send
        self.version = 0
        self.program: Program | None = None
        self.run: Run | None = None
        self.folder = ""
        self.source = Diagram()  # as it was given, parts not expanded
        self.playing = False
        self.steps_left: int | None = None
        self.wanted: m.WantFrame | None = None
        self.validation: list[tuple[int, float]] = []
        self.accuracy: dict[str, float] = {}
        self._data: tuple[Any, Data] | None = None
        self.past = Past()
        self._reached: dict[
            str, float
        ] = {}  # the accuracy of the present while the past is looked at
        self._watching, self._looks = Budget(), Pool()
        self._step_seconds = 0.0
        self._rate = Rate()
        self.jobs = Jobs(send)
        self.log = Log()
        self.seconds = 0.0  # of training since the run began
        self.done = False

    @property
    def busy(self) -> bool:
        """Whether there is something to do besides commands."""
        return self.playing or len(self.jobs) > 0

    # --- commands --------------------------------------------------------------------------------------------

    def handle(self, command: m.Command) -> None:
        """Carries out one command; a failure becomes a message."""
        actions: dict[type, Callable[[Any], None]] = {
            m.SetDiagram: self._set_diagram,
            m.Play: lambda _: self._play(None),
            m.Pause: lambda _: self._pause(),
            m.Step: lambda c: self._play(c.count),
            m.Reset: lambda _: self._reset(),
            m.LookAt: lambda c: self._look_at(c.step),
            m.Branch: lambda c: self._branch(c.step),
            m.WantFrame: self._want,
            m.SaveWeights: self._save,
            m.LoadWeights: self._load,
            m.CheckGradients: self._check,
            m.CheckOverfit: self._check_overfit,
            m.StartJob: lambda c: self.jobs.start(self.run if self._ready() else None, c.ask),
            m.StopJob: lambda c: self.jobs.stop(c.ask),
            m.WantSource: lambda _: self._tell_source(),
            m.Export: lambda c: self._export(c.path),
            m.Evaluate: lambda _: self._evaluate(),
            m.LogTo: lambda c: self.log.to(c.folder),
            m.Quit: lambda _: self._quit(),
        }
        try:
            actions[type(command)](command)
        except (FileError, DataError) as error:
            self.send(m.Failed(Problem("", str(error))))
        except (MemoryError, torch.OutOfMemoryError) as error:
            self._stop(
                Problem(
                    "",
                    f"out of memory ({str(error)[:120]}).",
                    "Make the diagram or the batch smaller.",
                )
            )

    def _set_diagram(self, command: m.SetDiagram) -> None:
        self.jobs.end()
        looked_at = None if command.fresh else self.past.step
        self._return()
        if command.fresh:
            self.program, self.run, self.playing = None, None, False
        self.version, self.folder, self.source = command.version, command.folder, command.diagram
        problems: list[Problem] = []
        data = self._load_data(command.diagram.recipe, problems)
        device = self._device(command.diagram.recipe, problems)
        program = compile(
            command.diagram, data=data, device=device, keep=self.program, folder=self.folder
        )
        if problems:
            program.report = replace(program.report, problems=(*problems, *program.report.problems))
        self.program = program
        restarted = self._take(program, data)
        self._tell(restarted, data)
        if looked_at is not None and self.run is not None and self._ready():
            self._look_at(looked_at)
        if program.report.problems and not self.playing:
            self.send(m.Mendable(self.version, remedies(self.source, program, data)))

    def _load_data(self, recipe: Any, problems: list[Problem]) -> Data | None:
        """The recipe's data, loaded once; None when they cannot be had (compile then says why)."""
        try:
            read = Recipe.read(recipe)
            key = (read.data, read.seed, self.folder)
            if self._data is None or self._data[0] != key:
                self._data = (key, load(read.data, read.seed, self.folder))
            return self._data[1]
        except (DataError, ValueError):
            return None

    def _device(self, recipe: Any, problems: list[Problem]) -> str:
        wanted = str(recipe.get("device", "auto"))
        try:
            return device_for(wanted)
        except ValueError as error:
            problems.append(
                Problem("recipe.device", str(error), "Choose auto to take what is there.")
            )
            return "cpu"

    def _take(self, program: Program, data: Data | None) -> bool:
        """Puts the run onto the new program; returns whether it starts anew."""
        if not program.report.trainable or data is None:
            if self.playing:
                self._pause()
            return False
        torch.set_num_threads(
            threads_for(program.report, program.recipe.batch, program.recipe.threads)
        )
        if self.run is None:
            self.run = Run(program, data)
            self._forget()
            return True
        dropped = self.run.adopt(program, data)
        if dropped > 1:  # of a run that has not begun, only its first state
            text = "the run's past has other weights: it cannot be looked at any more"
            self.send(m.Done(text))
        return False

    def _tell(self, restarted: bool, data: Data | None) -> None:
        assert self.program is not None
        self.send(
            m.Compiled(
                version=self.version,
                report=self.program.report,
                data=data.text if data else "",
                device=self.program.device,
                restarted=restarted,
            )
        )

    def _forget(self) -> None:
        self.validation, self.accuracy = [], {}
        self.seconds = 0.0
        self.log.end()
        self._looks.forget(JUDGE)

    def _ready(self) -> bool:
        return self.run is not None and self.program is not None and self.program.report.trainable

    def _play(self, count: int | None) -> None:
        if not self._ready():
            problems = self.program.report.problems if self.program else ()
            self._stop(
                next(
                    iter(problems),
                    Problem(
                        "", "there is nothing to train.", "Add a cost and a block with weights."
                    ),
                )
            )
            return
        self._return()
        self.playing, self.steps_left = True, count
        self._rate = Rate()

    def _pause(self) -> None:
        self.playing = False

    def _stop(self, problem: Problem | None) -> None:
        self._pause()
        self.send(m.Stopped(self.run.step_count if self.run else 0, problem))

    def _reset(self) -> None:
        if self.program is None:
            return
        self.jobs.end()
        self.past.forget()
        diagram = self.program.diagram
        self.run, was = None, self.playing
        data = self._data[1] if self._data else None
        self.program = compile(diagram, data=data, device=self.program.device, folder=self.folder)
        self._tell(self._take(self.program, data), data)
        self.playing = was and self._ready()

    # --- looking back ----------------------------------------------------------------------------------------

    def _look_at(self, step: int | None) -> None:
        self._pause()
        if step is None:
            self._return()
            return
        before = self.past.step
        if self.run is None or not self._ready() or not self.past.look(self.run, step):
            self._nothing_recorded()
        elif before is None:
            self._reached = self.accuracy

    def _return(self) -> None:
        if self.past.step is not None:
            self.accuracy = self._reached
        self.past.leave(self.run)

    def _branch(self, step: int) -> None:
        self._pause()
        if self.run is None or not self._ready() or not self.past.branch(self.run, step):
            self._nothing_recorded()
            return
        self._forget()
        self.send(m.Branched(self.run.step_count))

    def _nothing_recorded(self) -> None:
        message = "there is nothing of the run to go back to."
        self.send(m.Failed(Problem("", message, "Train the diagram first.")))

    def _want(self, command: m.WantFrame) -> None:
        self.wanted = command
        if not self.playing and self.run is not None and self._ready():
            self._still(command)

    def _still(self, wanted: m.WantFrame) -> None:
        """A picture of the run while it does not train: nothing moves, and there is time to judge."""
        assert self.run is not None
        self.wanted = None
        try:
            self.send(self._dated(self._with_looks(self.run.look(), wanted, always=True)))
        except RuntimeError as error:
            self.send(m.Failed(Problem("", f"the diagram cannot run: {str(error)[:200]}")))

    def _save(self, command: m.SaveWeights) -> None:
        if self.run is None:
            return
        path = save_run(self.past.present(self.run), command.path)
        self.send(m.Done(f"weights saved in {path}"))

    def _load(self, command: m.LoadWeights) -> None:
        self._return()
        if self.run is None or not resume(self.run, command.path):
            return
        self.run.trail.clear()
        self.run.trail.note(self.run.step_count, self.run.state)
        self.run.origin = Kept(self.run.program.parameters)
        self.send(m.Done(f"weights of step {self.run.step_count:,} loaded"))

    def _evaluate(self) -> None:
        """The numbers that stay of a run; while the past is looked at, the present has none."""
        if self.run is not None and self._ready() and self.past.step is None:
            numbers = final_numbers(self.run)
            self.send(m.Evaluated(self.run.step_count, self.seconds, numbers))

    def _quit(self) -> None:
        self.log.end()
        self.done = True

    def _check(self, command: m.CheckGradients) -> None:
        if self.run is None or not self._ready():
            message = "there is nothing whose gradients could be checked."
            self.send(m.Failed(Problem("", message, "Finish the diagram.")))
            return
        fields = self.run.batches.part("training", CHECKED)
        try:
            check = check_gradients(self.run.program, fields, command.blocks or None)
        except RuntimeError as error:
            self.send(m.Failed(Problem("", f"the check failed: {str(error)[:200]}")))
            return
        self.send(m.Checked(check.differences, check.wrong))

    def _check_overfit(self, command: m.CheckOverfit) -> None:
        if self.program is None or not self._ready():
            message = "there is nothing that could learn."
            self.send(m.Failed(Problem("", message, "Finish the diagram.")))
            return
        try:
            with torch.random.fork_rng(
                devices=[]
            ):  # the run's own random numbers stay as they were
                verdict = overfits(self.source, command.samples, OVERFIT_STEPS, self.folder or ".")
        except NonFinite as error:
            self.send(m.Failed(error.problem))
            return
        except (DiagramError, RuntimeError) as error:
            self.send(m.Failed(Problem("", f"the check failed: {str(error)[:200]}")))
            return
        self.send(m.Done(verdict.text) if verdict.ok else m.Failed(Problem("", verdict.text)))

    def _tell_source(self) -> None:
        if self.program is None:
            return
        try:
            found = written(self.program)
        except DiagramError as error:
            self.send(m.SourceText(self.version, reason=str(error)))
        else:
            self.send(m.SourceText(self.version, found.text, found.lines))

    def _export(self, path: str) -> None:
        from runtime.export import write  # what it needs takes a while to load

        if self.program is None:
            return
        try:
            write(self.program, path)
        except DiagramError as error:
            self.send(m.Failed(Problem("", str(error))))
        else:
            self.send(m.Done(f"exported to {path}"))

    # --- work ------------------------------------------------------------------------------------------------

    def work(self) -> None:
        """A slice of training, and a frame when the screen wants one; then a slice of what is computed beside it."""
        if self.playing:
            self._train()
        if len(self.jobs) and (self.jobs.due or not self.playing):
            self.jobs.work()

    def _train(self) -> None:
        began = time.perf_counter()
        try:
            self._steps()
            if self.run is not None:
                self.log.note(self.run)
            if self.wanted is not None and self.playing and self._watching.due:
                self._frame(self.wanted)
        except NonFinite as error:
            self._stop(error.problem)
        except (MemoryError, torch.OutOfMemoryError) as error:
            self._stop(
                Problem("", f"out of memory ({str(error)[:120]}).", "Make the batch smaller.")
            )
        except DataError as error:
            self._stop(Problem("recipe.data", str(error)))
        except RuntimeError as error:
            self._stop(Problem("", f"the step failed: {str(error)[:200]}"))
        finally:
            self.seconds += time.perf_counter() - began

    def _steps(self) -> None:
        assert self.run is not None
        began, made = time.perf_counter(), 0
        while self.playing and time.perf_counter() < began + SLICE:
            if self.steps_left is not None and self.steps_left <= 1:
                break  # the last one is watched
            self.run.step()
            made += 1
            if self.run.exhausted:
                self._end_early()
            if self.steps_left is not None:
                self.steps_left -= 1
        if made:
            self._step_seconds = (time.perf_counter() - began) / made
            self._rate.count += made
        if self.playing and self.steps_left == 1:
            self._last_step()

    def _last_step(self) -> None:
        assert self.run is not None
        self.steps_left, self.playing = None, False
        self._frame(self.wanted or m.WantFrame(), always=True)
        self.send(m.Stopped(self.run.step_count))

    def _frame(self, wanted: m.WantFrame, always: bool = False) -> None:
        """One watched step and what the screen wants to see with it, each within its share of the time."""
        assert self.run is not None
        self.wanted = None
        with self._watching.spend(self._step_seconds):
            snapshot = self.run.watch(any(ask.view == "columns" for ask in wanted.asks))
        self._rate.count += 1
        self.send(self._dated(self._with_looks(snapshot, wanted, always)))
        if self.run.exhausted:
            self._end_early()

    def _with_looks(self, snapshot: Snapshot, wanted: m.WantFrame, always: bool) -> Snapshot:
        """The snapshot with what the screen wants besides and there is time for; all of it when `always`."""
        run, found = self.run, dict[str, Any]()
        assert run is not None and run.seen is not None
        seen = run.seen
        work: dict[str, Callable[[], Any]] = {JUDGE: self._judge}
        asks = {f"{a.view} {a.block} {a.choice}": a for a in wanted.asks[:MOST_VIEWS]}
        work |= {name: partial(figure, run, seen, ask) for name, ask in asks.items()}
        for name in self._looks.order(work):
            view = name.split()[0]
            if always or self._looks.due(name, LEAST.get(view, VIEW_EVERY), view in PROMPT):
                with self._looks.spend(name):
                    found[name] = work[name]()
        views = {ask: found[name] for name, ask in asks.items() if name in found}
        return replace(snapshot, views=views)

    def _end_early(self) -> None:
        """The recipe's patience is over: the best weights come back; playing on begins a new record."""
        assert self.run is not None
        if self.playing:
            self._stop(None)
        self.run.keep_best()

    def _judge(self) -> None:
        """Looks at training and validation parts, or at enough of them."""
        assert self.run is not None
        found = {part: self.run.evaluate(part, JUDGED) for part in ("training", "validation")}
        self.accuracy = {part: f["accuracy"] for part, f in found.items() if "accuracy" in f}
        if found["validation"] and self.past.step is None:
            self.validation.append((self.run.step_count, found["validation"]["loss"]))
        if self.playing:
            self.log.judged(self.run.step_count, found)

    def _dated(self, snapshot: Snapshot) -> Snapshot:
        rows = np.array(self.validation, dtype=np.float64).reshape(-1, 2)
        self.validation = []
        return replace(
            snapshot,
            version=self.version,
            accuracy=dict(self.accuracy),
            validation=rows,
            steps_per_second=self._rate.value(),
            seconds=self.seconds,
            playing=self.playing,
            recorded=self.past.recorded(self.run) if self.run is not None else Recorded(),
            past=self.past.step is not None,
        )
