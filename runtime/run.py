"""Training without threads or processes: Run.step(), Run.watch(), evaluation, state and resume."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from graph.diagram import Pin
from graph.problem import Problem
from nodes.block import Cost
from runtime.batches import Batches
from runtime.data import Data, load
from runtime.field import answer_grid, bounds_of, data_points, grid_points, plane_input
from runtime.inference import infer
from runtime.probe import flows, watch
from runtime.program import Program
from runtime.snapshot import Grid, Points, Snapshot

CHUNK = 4096
KEEP_EVERY = 256  # steps between copies of the last finite state


class NonFinite(Exception):
    """The loss became infinite or not a number; `problem` names the block where it was born.

    The run then stands where the loss was finite for the last time.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Run:
    """A program in training: data, optimizer, and how far it has come.

    `step_count` counts parameter updates.  Settings that may change while it runs: rate, clip, batch.
    """

    def __init__(self, program: Program, data: Data | None = None, folder: str = ".") -> None:
        self.program, self.recipe = program, program.recipe
        self.data = data if data is not None else load(self.recipe.data, self.recipe.seed, folder)
        self.batches = Batches(self.data, self.recipe, program.device)
        self.step_count = 0
        self.optimizer = self._optimizer()
        self.curve: list[tuple[int, float]] = []  # (step, training loss) not yet shown
        self._fields = {
            n: str(program.diagram.blocks[n].settings.get("field", "x")) for n in program.inputs
        }
        torch.manual_seed(self.recipe.seed)  # dropout draws from torch's own generator
        program.set_epoch(0)
        self._safe = self.state()

    def _optimizer(self) -> torch.optim.Optimizer | None:
        trained = [p for p in self.program.parameters.values() if p.requires_grad]
        return self.recipe.method.build(trained, self.recipe.rate) if trained else None

    # --- steps -----------------------------------------------------------------------------------------------

    def step(self) -> float:
        """One parameter update on the next minibatch; returns its loss.  Raises NonFinite."""
        return self._advance(watched=False)[0]

    def watch(self, grid: int = 0) -> Snapshot:
        """One parameter update that is also looked at: a Snapshot, with a `grid` × `grid` field when that is not 0."""
        loss, watched = self._advance(watched=True)
        wires, variables, blocks = flows(watched)
        rows = np.array(self.curve, dtype=np.float64).reshape(-1, 2)
        self.curve = []
        return Snapshot(
            version=0,
            step=self.step_count,
            epoch=self.batches.progress,
            loss=loss,
            costs={name: float(e.mean()) for name, e in watched.energies.items()},
            flows=wires,
            variables=variables,
            weight_gradients=blocks,
            curve=rows,
            grid=self.grid(grid) if grid else None,
        )

    def _advance(self, watched: bool) -> tuple[float, Any]:
        self._enter_epoch()
        if self.step_count % KEEP_EVERY == 0:
            self._safe = self.state()
        batch = self.batches.next()
        inputs = self._inputs(batch)
        result = None
        if watched:
            result = watch(self.program, inputs)
            loss = result.loss
        else:
            loss = self.program.module(*inputs)[0]
        value = loss.item()
        if not math.isfinite(value):
            self._stop(inputs)
        self._update(loss, result)
        self.curve.append((self.step_count, value))
        self.step_count += 1
        return value, result

    def _enter_epoch(self) -> None:
        if self.batches.position in (0, self.batches.samples):
            self.program.set_epoch(self.batches.finished)

    def _update(self, loss: torch.Tensor, watched: Any) -> None:
        if self.optimizer is None:
            return
        if watched is None:
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
        else:
            for name, parameter in self.program.parameters.items():
                parameter.grad = watched.gradients[name]
        if self.recipe.clip > 0:
            torch.nn.utils.clip_grad_norm_(self.program.root.parameters(), self.recipe.clip)
        self.optimizer.step()

    def _inputs(self, batch: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        observed = {
            n: batch[self._fields[n]] for n in self.program.inputs if n not in self.program.latents
        }
        if self.program.latents:
            observed |= infer(self.program, observed)
        return [observed[n] for n in self.program.inputs]

    # --- a loss that is not a number --------------------------------------------------------------------------

    def _stop(self, inputs: list[torch.Tensor]) -> None:
        """Names the block at fault, goes back to the last finite state by repeating the steps since, and raises."""
        problem = self._birthplace(inputs)
        last = self.step_count
        curve = self.curve
        self.restore(self._safe)
        self.curve = []
        while self.step_count < last - 1:
            before = self.step_count
            self._enter_epoch()
            loss = self.program.module(*self._inputs(self.batches.next()))[0]
            if not math.isfinite(loss.item()):
                break
            self._update(loss, None)
            self.step_count = before + 1
        self.curve = curve
        raise NonFinite(problem)

    def _birthplace(self, inputs: list[torch.Tensor]) -> Problem:
        hint = "Lower the rate, clip the gradients, or normalize the input; the last finite weights are back."
        for name, given in zip(self.program.inputs, inputs, strict=True):
            if not _finite(given):
                return Problem(
                    name,
                    f"the data hold values that are not finite (step {self.step_count}).",
                    hint,
                )
        twin, where = self.program.watched
        with torch.no_grad():
            _, energies, _, values = twin(*inputs)
        outputs = {pin.block: v for pin, v in zip(where.variables, values, strict=True)}
        outputs |= dict(zip(self.program.costs, energies, strict=True))
        for name in self.program.stages:
            own = [p for key, p in self.program.parameters.items() if key.startswith(f"{name}.")]
            if any(not _finite(p) for p in own):
                return Problem(
                    name,
                    f"its weights became infinite or not a number (step {self.step_count}).",
                    hint,
                )
            if name in outputs and not _finite(outputs[name]):
                return Problem(
                    name,
                    f"its output became infinite or not a number (step {self.step_count}).",
                    hint,
                )
        return Problem(
            "", f"the loss became infinite or not a number (step {self.step_count}).", hint
        )

    # --- how well it does -------------------------------------------------------------------------------------

    def evaluate(self, part: str = "validation") -> dict[str, float]:
        """Loss and, where right and wrong have a meaning, accuracy (0..1) over "training", "validation" or "test"."""
        fields = self.batches.part(part)
        count = len(next(iter(fields.values())))
        module = self.program.module
        module.eval()
        try:
            with torch.no_grad():
                sums = [
                    self._judge({k: v[i : i + CHUNK] for k, v in fields.items()})
                    for i in range(0, count, CHUNK)
                ]
        finally:
            module.train()
        if not sums:
            return {}
        found = {"loss": sum(s["loss"] for s in sums) / count}
        if all("right" in s for s in sums):
            found["accuracy"] = sum(s["right"] for s in sums) / count
        return found

    def _judge(self, fields: Mapping[str, torch.Tensor]) -> dict[str, float]:
        inputs = self._inputs(fields)
        given = dict(zip(self.program.inputs, inputs, strict=True))
        count = len(inputs[0]) if inputs else 0
        found = {"loss": float(self.program.module(*inputs)[0]) * count}
        right = self._right(given)
        return found | ({"right": float(right.sum())} if right is not None else {})

    def _right(self, given: Mapping[str, torch.Tensor]) -> torch.Tensor | None:
        for name in self.program.costs:
            stage = self.program.stages[name]
            ends = self.program.diagram.inputs
            target, source = ends.get(Pin(name, "target")), ends.get(Pin(name, "prediction"))
            if target is None or target.block not in given or source not in self.program.answers:
                continue
            out = self.program.predictor()(*(given[n] for n in self.program.predictor_inputs))
            answers = out if isinstance(out, tuple) else (out,)
            assert isinstance(stage.type, Cost)
            right = stage.type.correct(
                answers[self.program.answers.index(source)], given[target.block]
            )
            if right is not None:
                return right if right.dim() == 1 else right.flatten(1).all(1)
        return None

    def grid(self, size: int) -> Grid | None:
        """The answers over the plane of a 2-D input, None when there is no such input."""
        name = plane_input(self.program)
        if name is None or name in self.program.latents:
            return None
        field = self._fields[name]
        bounds = bounds_of(self.data.fields[field])
        points = self.batches.normalized(field, grid_points(bounds, size))
        return answer_grid(self.program, self.program.tensor(points), bounds)

    def points(self) -> Points | None:
        """The training points for the same plane."""
        name = plane_input(self.program)
        if name is None or name in self.program.latents:
            return None
        return data_points(self.program, name, self.data.fields, self.batches.parts.training)

    # --- live changes, state ----------------------------------------------------------------------------------

    def adopt(self, program: Program, data: Data) -> None:
        """Goes on with an edited diagram's program: step count, place in the data and what fits of the optimizer stay."""
        old, names = self.optimizer, {id(p): n for n, p in self.program.parameters.items()}
        same_kind = self.recipe.optimizer == program.recipe.optimizer
        self.program, self.recipe = program, program.recipe
        self._fields = {
            n: str(program.diagram.blocks[n].settings.get("field", "x")) for n in program.inputs
        }
        if data is self.data and self.batches.serves(self.recipe, program.device):
            self.batches.recipe = self.recipe
        else:
            self.data, self.batches = data, Batches(data, self.recipe, program.device)
        self.optimizer = self._optimizer()
        if old is not None and self.optimizer is not None and same_kind:
            kept = {names[id(p)]: s for p, s in old.state.items() if id(p) in names}
            for name, parameter in program.parameters.items():
                state = kept.get(name, {})
                if state and all(
                    v.shape == parameter.shape
                    for v in state.values()
                    if torch.is_tensor(v) and v.dim()
                ):
                    self.optimizer.state[parameter] = state
        program.set_epoch(self.batches.epoch)
        self._safe = self.state()

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on: weights, optimizer, place in the data, random numbers; copies."""
        return {
            "weights": {k: v.detach().clone() for k, v in self.program.module.state_dict().items()},
            "optimizer": _copied(self.optimizer.state_dict()) if self.optimizer else {},
            "batches": self.batches.state(),
            "random": torch.get_rng_state(),
            "step": self.step_count,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Goes back to, or on from, a state; the following losses are those of an unbroken run."""
        self.program.load(state["weights"])
        if self.optimizer and state["optimizer"]:
            # its settings are the recipe's, which may have changed since
            own = self.optimizer.state_dict()["param_groups"]
            saved = _copied(state["optimizer"]["state"])
            self.optimizer.load_state_dict({"state": saved, "param_groups": own})
        self.batches.restore(state["batches"])
        torch.set_rng_state(torch.as_tensor(state["random"], dtype=torch.uint8))
        self.step_count = int(state["step"])
        self.program.set_epoch(self.batches.epoch)


def _finite(value: torch.Tensor) -> bool:
    return not value.is_floating_point() or bool(torch.isfinite(value).all())


def _copied(value: Any) -> Any:
    if torch.is_tensor(value):
        return value.detach().clone()
    if isinstance(value, dict):
        return {k: _copied(v) for k, v in value.items()}
    return [_copied(v) for v in value] if isinstance(value, list) else value
