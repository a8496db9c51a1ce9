"""Training without threads or processes: Run.step(), Run.watch(), evaluation, state and resume."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
import torch

from nodes.block import Regulariser
from runtime.batches import Batches
from runtime.data import Data, load
from runtime.descent import Descent
from runtime.inference import infer
from runtime.judge import judge, together
from runtime.kept import Kept
from runtime.nonfinite import NonFinite, birthplace
from runtime.plane import Plane
from runtime.probe import Watched, flows, watch
from runtime.program import Program
from runtime.random_state import random_state, set_random_state
from runtime.record import Record
from runtime.snapshot import Snapshot
from runtime.trail import Trail, room

KEEP_EVERY = 256  # steps between copies of the last finite state


class Run:
    """A program in training: data, optimizer, and how far it has come.

    `step_count` counts parameter updates.  Settings that may change while it runs: rate, schedule, clip, batch,
    patience.  `exhausted` tells that early stopping wants it to end; `keep_best` then brings the best weights back.
    Its past is kept in `trail`, unless it is not `recorded`.
    """

    def __init__(
        self,
        program: Program,
        data: Data | None = None,
        folder: str = ".",
        recorded: bool = True,
    ) -> None:
        self.program, self.recipe = program, program.recipe
        self.data = data if data is not None else load(self.recipe.data, self.recipe.seed, folder)
        self.batches = Batches(self.data, self.recipe, program.device)
        self.step_count = 0
        self.descent = Descent(program, self.recipe)
        self.record = Record()
        self.seen: Watched | None = None  # the last step that was looked at
        self.curve: list[tuple[int, float]] = []  # (step, training loss) not yet shown
        self.trail = Trail(room(program.device) if recorded else 0)
        self.origin = Kept(program.parameters)  # the weights with which it began
        self.before: Kept | None = None  # those before the last watched step, where they are wanted
        self.plane: Plane | None = None  # that the last loss surface lies on
        torch.manual_seed(self.recipe.seed)  # dropout draws from torch's own generator
        program.set_epoch(0)
        self._safe = self.state()
        self._follow()
        self.trail.note(0, self.state)

    @property
    def optimizer(self) -> torch.optim.Optimizer | None:
        """Torch's optimizer, None when there is no weight to move."""
        return self.descent.optimizer

    @property
    def rate(self) -> float:
        """The step size of the last update: the recipe's rate times the schedule's factor."""
        groups = self.optimizer.param_groups if self.optimizer else ()
        return float(next((g["lr"] for g in groups), self.recipe.rate))

    @property
    def exhausted(self) -> bool:
        """Whether the recipe's patience is over: so many epochs without a better validation loss."""
        return self.record.is_over(self.recipe.patience)

    # --- steps -----------------------------------------------------------------------------------------------

    def step(self) -> float:
        """One parameter update on the next minibatch; returns its loss.  Raises NonFinite."""
        return self._advance(watched=False)[0]

    def watch(self, with_update: bool = False) -> Snapshot:
        """One parameter update that is also looked at; `with_update` keeps in `before` what the weights were."""
        self.descent.use_averages(False)
        self.before = Kept(self.program.parameters) if with_update else None
        loss, watched = self._advance(watched=True)
        return self._snapshot(loss, watched)

    def look(self) -> Snapshot:
        """A Snapshot of the run as it stands: nothing is updated, and blocks work as they do after training."""
        twin, self.before = self.program.watched[0], None
        twin.eval()
        try:
            with self.descent.averaged():
                part = self.batches.part("training", self.batches.size)
                seen = watch(self.program, self.inputs_of(part))
        finally:
            twin.train()
        return self._snapshot(seen.loss.item(), seen)

    def _snapshot(self, loss: float, watched: Watched) -> Snapshot:
        self.seen = watched
        wires, variables, blocks = flows(watched)
        rows = np.array(self.curve, dtype=np.float64).reshape(-1, 2)
        self.curve = []
        return Snapshot(
            version=0,
            step=self.step_count,
            epoch=self.batches.progress,
            loss=loss,
            costs={n: self._as_written(n, float(e.mean())) for n, e in watched.energies.items()},
            flows=wires,
            variables=variables,
            weight_gradients=blocks,
            curve=rows,
            rate=self.rate,
        )

    def _as_written(self, name: str, energy: float) -> float:
        """What the formula of a cost gives: that of a regulariser, λ‖w‖², has λ in it."""
        kind = self.program.cost(name)
        return kind.weight * energy if isinstance(kind, Regulariser) else energy

    def _advance(self, watched: bool) -> tuple[float, Any]:
        copy = self.state() if self.step_count % KEEP_EVERY == 0 else None
        loss, seen, inputs = self._attempt(watched)
        if not math.isfinite(loss):
            self._stop(inputs)
        self._safe = copy or self._safe  # only now is it known to be a finite one
        self.curve.append((self.step_count - 1, loss))
        self.trail.note(self.step_count, self.state)
        return loss, seen

    def _attempt(self, watched: bool) -> tuple[float, Watched | None, list[torch.Tensor]]:
        """The loss on the next minibatch, and an update by it, where it is a number; what was seen, and the inputs."""
        self.descent.use_averages(False)
        if self.batches.position in (0, self.batches.samples):
            self.program.set_epoch(self.batches.finished)
        inputs = self.inputs_of(self.batches.next())
        seen = watch(self.program, inputs) if watched else None
        loss = seen.loss if seen else self.program.module(*inputs)[0]
        value = loss.item()
        if math.isfinite(value):
            self._update(inputs, loss, seen.gradients if seen else None)
            self.step_count += 1
            self.program.is_trained = True
            self._leave_epoch()
        return value, seen, inputs

    def _update(
        self,
        inputs: list[torch.Tensor],
        loss: torch.Tensor,
        gradients: Mapping[str, torch.Tensor | None] | None,
    ) -> None:
        self.descent.set_rate(self.batches.epoch, self.step_count, self.record.losses)
        self.descent.update(loss, gradients, lambda: self.program.module(*inputs)[0])

    def _leave_epoch(self) -> None:
        """Notes the loss of a finished epoch where the recipe asks for it, and keeps the best weights."""
        if self.batches.position < self.batches.samples:
            return
        if not self.recipe.patience and not self.recipe.timing.observes:
            return
        found = self.evaluate("validation") or self.evaluate("training")
        best = self.record.add(self.batches.finished, found["loss"])
        if best and self.recipe.patience:
            with self.descent.averaged():
                self.record.best = self._weights()

    def keep_best(self) -> int:
        """Goes back to the weights with the lowest validation loss and begins a new record; after how many epochs they were."""
        epoch, best = self.record.best_epoch, self.record.best
        self.record = Record()
        if best:
            self.descent.use_averages(True)
            self.program.load(best)
            self._safe = self.state()
        return epoch

    def _weights(self) -> dict[str, torch.Tensor]:
        return {k: v.detach().clone() for k, v in self.program.module.state_dict().items()}

    def inputs_of(self, batch: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        """The values of the program's inputs for some samples; those of latent variables are inferred."""
        program = self.program
        found = {n: batch[program.fields[n]] for n in program.inputs if n not in program.latents}
        if program.latents:
            found |= infer(program, found)
        return [found[n] for n in program.inputs]

    # --- a loss that is not a number --------------------------------------------------------------------------

    def _stop(self, inputs: list[torch.Tensor]) -> NoReturn:
        """Names the block at fault, goes back to the last finite state by repeating the steps since, and raises."""
        problem = birthplace(self.program, inputs, self.step_count)
        last = self.step_count - 1  # the update that spoiled the weights is not repeated
        self.restore(self._safe)
        while self.step_count < last and math.isfinite(self._attempt(watched=False)[0]):
            pass
        self.trail.cut(self.step_count)
        raise NonFinite(problem)

    # --- how well it does -------------------------------------------------------------------------------------

    def evaluate(self, part: str = "validation", most: int | None = None) -> dict[str, float]:
        """Loss and, where right and wrong have a meaning, accuracy (0..1) over "training", "validation" or "test".

        `most` limits it to that many samples, the same ones each time.
        """
        with torch.no_grad(), self.descent.averaged():
            found = [
                (len(next(iter(fields.values()))), judge(self.program, self.inputs_of(fields)))
                for fields in self.batches.chunks(part, most)
            ]
        return together(found)

    # --- live changes, state ----------------------------------------------------------------------------------

    def adopt(self, program: Program, data: Data) -> int:
        """Goes on with an edited diagram's program: step count, place in the data and what fits of the optimizer stay.

        How many recorded states do not fit it and were dropped.
        """
        self.descent.use_averages(False)
        # what may fail comes first, so that the run then stands where it stood
        served = data is self.data and self.batches.serves(program.recipe, program.device)
        batches = self.batches if served else Batches(data, program.recipe, program.device)
        descent = Descent(program, program.recipe)
        descent.inherit(self.descent)
        if _sizes(program) != _sizes(self.program):
            self.plane = None
        self.program, self.recipe, self.descent = program, program.recipe, descent
        if data is not self.data or not self._holds(self.record.best):
            self.record = Record()
        self.data, self.batches, self.batches.recipe = data, batches, self.recipe
        program.set_epoch(self.batches.epoch)
        self._safe = self.state()
        self.origin.follow(program.parameters)
        return self._follow()

    def _follow(self) -> int:
        return self.trail.follow(self.program.module.state_dict(), list(self.program.parameters))

    def _holds(self, weights: Mapping[str, torch.Tensor]) -> bool:
        own = self.program.module.state_dict()
        return all(name in own and own[name].shape == v.shape for name, v in weights.items())

    def state(self, whole: bool = True) -> dict[str, Any]:
        """Everything that the next step depends on: weights, optimizer, place in the data, random numbers; copies.

        Where the optimizer averages, the weights are the averages, and the optimizer's memory holds those of the
        last step in their stead.  When it is not to be `whole`, the optimizer's memory is left out.
        """
        with self.descent.averaged():
            weights, optimizer = self._weights(), self.descent.state() if whole else {}
        return {
            "weights": weights,
            "optimizer": optimizer,
            "batches": self.batches.state(),
            **random_state(self.program.device),
            "step": self.step_count,
            "record": self.record.state() if whole else {},
            "method": self.recipe.optimizer,
            "trained": self.descent.trained,
            "rate": self.rate,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Goes back to, or on from, a state; the following losses are those of an unbroken run.

        An optimizer whose memory the state does not hold, or of another kind, begins anew.
        """
        ours = (self.recipe.optimizer, self.descent.trained)
        theirs = (state.get("method", ours[0]), state.get("trained", ours[1]))
        if theirs != ours or not state["optimizer"]:
            self.descent = Descent(self.program, self.recipe)
            state = {**state, "optimizer": {}}
        self.descent.use_averages(True)
        self.program.load(state["weights"])
        self.descent.restore(state["optimizer"])
        self.descent.use_averages(False)
        self.batches.restore(state["batches"])
        set_random_state(state, self.program.device)
        self.step_count = int(state["step"])
        self.record.restore(state.get("record", {}))
        self.program.set_epoch(self.batches.epoch)
        self.descent.show_rate(state.get("rate", self.rate))
        self._safe = dict(state)

    def branch(self, state: Mapping[str, Any]) -> None:
        """Goes on from an earlier state; what came after it is forgotten."""
        self.restore(state)
        self.curve = []
        self.trail.cut(self.step_count)


def _sizes(program: Program) -> dict[str, torch.Size]:
    return {name: weight.shape for name, weight in program.parameters.items()}
