"""What the engine does with each command: around a model, the trainer of its run, and jobs beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from graph.problem import Problem
from runtime import asides
from runtime import messages as m
from runtime.checkpoint import resume, save_run
from runtime.devices import threads_for
from runtime.failure import problem_of
from runtime.jobs import Jobs
from runtime.model import Model
from runtime.run import Run
from runtime.trainer import Trainer


class Engine:
    """Carries out commands.  `send` carries messages to the screen; `handle` and `work` are all it does."""

    def __init__(self, send: Callable[[Any], None]) -> None:
        self.send = send
        self.model = Model()
        self.trainer = Trainer(send)
        self.jobs = Jobs(send)
        self.done = False
        self._unread = ""  # where weights lie that were to be loaded before there was a run
        self._actions = self._table()

    @property
    def busy(self) -> bool:
        """Whether there is something to do besides commands."""
        return self.trainer.playing or len(self.jobs) > 0

    def work(self) -> None:
        """A slice of training, then a slice of what is computed beside it."""
        if self.trainer.playing:
            self.trainer.work()
        if len(self.jobs) and (self.jobs.due or not self.trainer.playing):
            self.jobs.work()

    def handle(self, command: m.Command) -> None:
        """Carries out one command; a failure becomes a message, since with the engine the run would be lost."""
        try:
            self._actions[type(command)](command)
        except ConnectionError:
            raise  # the screen is gone
        except Exception as error:
            self.send(m.Failed(problem_of(error, "that could not be done")))

    def _table(self) -> dict[type, Callable[[Any], None]]:
        return {
            m.SetDiagram: self._set_diagram,
            m.Play: lambda c: self._play(None, c.order),
            m.Pause: lambda _: self._pause(),
            m.Step: lambda c: self._play(c.count, c.order),
            m.Reset: lambda _: self._reset(),
            m.LookAt: lambda c: self._look_at(c.step),
            m.Branch: lambda c: self._branch(c.step),
            m.WantFrame: self._want,
            m.SaveWeights: lambda c: self._save(c.path),
            m.LoadWeights: lambda c: self._load(c.path),
            m.CheckGradients: self._check_gradients,
            m.CheckOverfit: self._check_overfit,
            m.StartJob: lambda c: self.jobs.start(self._run, c.ask),
            m.StopJob: lambda c: self.jobs.stop(c.ask),
            m.WantSource: lambda _: self._tell_source(),
            m.Export: lambda c: self._export(c.path),
            m.Evaluate: lambda _: self._evaluate(),
            m.LogTo: lambda c: self.trainer.log.to(c.folder),
            m.Quit: lambda _: self._quit(),
        }

    @property
    def _run(self) -> Run | None:
        """The run, None while the newest diagram cannot be trained."""
        return self.trainer.run if self.model.trainable else None

    def _refuse(self, message: str, hint: str) -> None:
        self.send(m.Failed(Problem("", message, hint)))

    # --- the diagram -----------------------------------------------------------------------------------------

    def _set_diagram(self, command: m.SetDiagram) -> None:
        trainer = self.trainer
        looked_at = None if command.fresh else trainer.past.step
        self.jobs.end()
        trainer.past.leave(trainer.run)
        trainer.version = command.version
        if command.fresh:
            trainer.drop()
            trainer.playing, self._unread = False, ""
        self._renew(lambda: self.model.take(command))
        if looked_at is not None and self._run is not None and self._run.trail.steps:
            self._look_at(looked_at)

    def _reset(self) -> None:
        self.jobs.end()
        self.trainer.drop()
        self._unread = ""
        self._renew(self.model.begin_anew)

    def _renew(self, compile: Callable[[], None]) -> None:
        """Compiles, puts the run onto the new program, and tells of both; where that fails, the run stays as it is."""
        restarted = False
        try:
            compile()
            restarted = self._adopt()
        except Exception as error:
            self.model.refuse(problem_of(error, "the diagram cannot be compiled"))
        self.trainer.playing = self.trainer.playing and self._run is not None
        self.send(self.model.compiled(restarted))
        if self._run is not None and self._unread:
            self._load(self._unread)
        if self.model.report.problems and not self.trainer.playing:
            self.send(self.model.mendable())

    def _adopt(self) -> bool:
        program, data = self.model.program, self.model.data
        if not self.model.trainable or program is None or data is None:
            return False
        threads = threads_for(program.report, program.recipe.batch, program.recipe.threads)
        torch.set_num_threads(threads)
        return self.trainer.adopt(program, data)

    # --- training and looking --------------------------------------------------------------------------------

    def _play(self, steps: int | None, order: int) -> None:
        self.trainer.order = order
        if self._run is not None:
            self.trainer.play(steps)
            return
        hint = "Add a cost and a block with weights."
        nothing = Problem("", "there is nothing to train.", hint)
        self.trainer.stop(next(iter(self.model.report.problems), nothing))

    def _pause(self) -> None:
        self.trainer.playing = False

    def _want(self, command: m.WantFrame) -> None:
        self.trainer.wanted = command
        if self._run is not None and not self.trainer.playing:
            self.trainer.show_still()

    def _look_at(self, step: int | None) -> None:
        self._pause()
        if step is None:
            self.trainer.past.leave(self.trainer.run)
        elif self._run is None or not self.trainer.look_at(step):
            self._nothing_recorded()

    def _branch(self, step: int) -> None:
        self._pause()
        if self._run is None or not self.trainer.branch(step):
            self._nothing_recorded()

    def _nothing_recorded(self) -> None:
        self._refuse("there is nothing of the run to go back to.", "Train the diagram first.")

    # --- files and checks ------------------------------------------------------------------------------------

    def _save(self, path: str) -> None:
        if self.trainer.run is not None:
            written = save_run(self.trainer.past.present(self.trainer.run), path)
            self.send(m.Done(f"weights saved in {written}"))

    def _load(self, path: str) -> None:
        """Puts the run where the state beside the diagram stands, as soon as there is a run."""
        run, self._unread = self.trainer.run, ""
        self.trainer.past.leave(run)
        if run is None:
            self._unread = path
        elif resume(run, path):
            self.send(m.Done(f"weights of step {run.step_count:,} loaded"))

    def _export(self, path: str) -> None:
        if self.model.program is not None:
            self.send(asides.export(self.model.program, path))

    def _tell_source(self) -> None:
        if self.model.program is not None:
            self.send(asides.source(self.model.program, self.model.version))

    def _evaluate(self) -> None:
        """While the past is looked at, the present has no numbers."""
        if self._run is not None and self.trainer.past.step is None:
            self.send(asides.numbers(self._run, self.trainer.seconds))

    def _check_gradients(self, command: m.CheckGradients) -> None:
        if self._run is None:
            self._refuse(
                "there is nothing whose gradients could be checked.", "Finish the diagram."
            )
        else:
            self.send(asides.gradients(self._run, command.blocks))

    def _check_overfit(self, command: m.CheckOverfit) -> None:
        if self._run is None:
            self._refuse("there is nothing that could learn.", "Finish the diagram.")
        else:
            self.send(asides.overfit(self.model.source, command.samples, self.model.folder))

    def _quit(self) -> None:
        self.done = True
        self.trainer.log.end()
