"""The update of the parameters: optimizer, rate by its schedule, clipping, averaged weights."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch

from runtime.averaging import AveragedSGD
from runtime.program import Program
from runtime.recipe import Recipe


class Descent:
    """Moves the parameters of a program as its recipe says; `optimizer` is None when none can be moved."""

    def __init__(self, program: Program, recipe: Recipe) -> None:
        self.program, self.recipe = program, recipe
        self.timing = recipe.timing
        trained = [p for p in program.parameters.values() if p.requires_grad]
        self.optimizer = recipe.method.build(trained, recipe.rate) if trained else None
        self._swapped = False

    def set_rate(self, epoch: int, step: int, losses: Sequence[float]) -> float:
        """Gives the optimizer the rate of this moment, counted from 0, and returns it."""
        t = step if self.timing.unit == "steps" else epoch
        rate = self.recipe.rate * self.timing.factor(t, losses)
        self.show_rate(rate)
        return rate

    def show_rate(self, rate: float) -> None:
        """Makes this the rate of the last update."""
        for group in self.optimizer.param_groups if self.optimizer else ():
            group["lr"] = rate

    def update(
        self,
        loss: torch.Tensor,
        gradients: Mapping[str, torch.Tensor | None] | None,
        again: Callable[[], torch.Tensor],
    ) -> None:
        """One step of the optimizer from `gradients`, or from those of `loss`.

        `again` computes the loss of the same minibatch anew, for optimizers that look at it more than once.
        """
        if self.optimizer is None:
            return
        self._set_gradients(loss, gradients)
        first = True

        def closure() -> torch.Tensor:
            nonlocal first
            if first:
                first = False
                return loss
            anew = again()
            self._set_gradients(anew, None)
            return anew

        if isinstance(self.optimizer, torch.optim.LBFGS):
            self.optimizer.step(closure)  # type: ignore[arg-type]
        else:
            self.optimizer.step()

    def _set_gradients(
        self, loss: torch.Tensor, gradients: Mapping[str, torch.Tensor | None] | None
    ) -> None:
        assert self.optimizer is not None
        if gradients is None:
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
        else:
            for name, parameter in self.program.parameters.items():
                parameter.grad = gradients[name]
        weights = list(self.program.parameters.values())
        if self.recipe.clip_value > 0:
            torch.nn.utils.clip_grad_value_(weights, self.recipe.clip_value)
        if self.recipe.clip > 0:
            torch.nn.utils.clip_grad_norm_(weights, self.recipe.clip)

    # --- averaged weights ---------------------------------------------------------------------------------------

    def use_averages(self, wanted: bool) -> None:
        """Puts the averages of the weights in their place, or the weights of the last step back; none changes nothing."""
        if wanted != self._swapped and isinstance(self.optimizer, AveragedSGD):
            self.optimizer.swap()
            self._swapped = wanted

    @property
    def trained(self) -> tuple[str, ...]:
        """The names of the parameters that it moves, in the optimizer's order."""
        return tuple(n for n, p in self.program.parameters.items() if p.requires_grad)

    @contextlib.contextmanager
    def averaged(self) -> Iterator[None]:
        """Inside, the averages of the weights are in their place."""
        before = self._swapped
        self.use_averages(True)
        try:
            yield
        finally:
            self.use_averages(before)

    # --- state --------------------------------------------------------------------------------------------------

    def inherit(self, before: Descent) -> None:
        """Takes over what fits of an earlier optimizer's memory, when it is of the same kind and settings."""
        if self.optimizer is None or before.optimizer is None:
            return
        if self.recipe.optimizer != before.recipe.optimizer:
            return
        names = {id(p): n for n, p in before.program.parameters.items()}
        old = {names[id(p)]: s for p, s in before.optimizer.state.items() if id(p) in names}
        unchanged = _shapes(self) == _shapes(before)
        for name, parameter in self.program.parameters.items():
            state = old.get(name, {})
            fits = parameter.requires_grad and (unchanged or _fits(state, parameter))
            if state and fits:
                self.optimizer.state[parameter] = _on(parameter, state)

    def state(self) -> dict[str, Any]:
        """The optimizer's memory; copies."""
        return copied(self.optimizer.state_dict()) if self.optimizer else {}  # type: ignore[no-any-return]

    def restore(self, state: Mapping[str, Any]) -> None:
        """Takes back a memory; the settings stay the recipe's, which may have changed since."""
        if self.optimizer and state:
            own = self.optimizer.state_dict()["param_groups"]
            self.optimizer.load_state_dict({"state": copied(state["state"]), "param_groups": own})


def _shapes(descent: Descent) -> list[tuple[str, torch.Size]]:
    return [(n, p.shape) for n, p in descent.program.parameters.items() if p.requires_grad]


def _fits(state: Mapping[str, Any], parameter: torch.Tensor) -> bool:
    values = [v for v in state.values() if torch.is_tensor(v) and v.dim()]
    lists = any(isinstance(v, list) for v in state.values())  # of all parameters together
    return not lists and all(v.shape == parameter.shape for v in values)


def _on(parameter: torch.Tensor, state: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter's memory where it lies now, in its precision; torch counts steps on the CPU, in floats of its own."""

    def moved(value: Any) -> Any:
        if isinstance(value, list):
            return [moved(v) for v in value]
        if not torch.is_tensor(value):
            return value
        return value.to(parameter.device, parameter.dtype if value.is_floating_point() else None)

    return {name: value if name == "step" else moved(value) for name, value in state.items()}


def copied(value: Any) -> Any:
    """The same structure with tensors of its own."""
    if torch.is_tensor(value):
        return value.detach().clone()
    if isinstance(value, dict):
        return {k: copied(v) for k, v in value.items()}
    return [copied(v) for v in value] if isinstance(value, list) else value
