"""Where a run has been: copies of its states, evenly spaced in steps, in bounded memory and at a bounded price."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from runtime.memory import free_memory

MOST = 128  # states kept at the most
FEWEST = 8  # states below which a trail is no path any more
MEMORY = 256_000_000  # bytes that all states together may take
FREE = 0.1  # of the free memory, where that is less
SHARE = 0.02  # of the time of training that copying may take
ADVANCE = (
    0.05  # seconds of copying that need not be earned first, so that short runs have every step
)

State = Mapping[str, Any]  # as Run.state() gives it


@dataclass(frozen=True)
class Moment:
    """A recorded state, the step after which it was, and its size in bytes."""

    step: int
    state: State
    size: int


class Trail:
    """The states after step 0 and after every `every`-th step that there was time for.

    When the room is full, every second state is dropped and `every` doubles: a million steps make less than a thousand
    copies.  Where not even FEWEST states find room, the weights alone are kept; where those do not either, nothing.
    """

    def __init__(self, memory: int = MEMORY) -> None:
        self._memory = memory
        self._moments: list[Moment] = []
        self._names: Sequence[str] = ()
        self._weights: Mapping[str, torch.Tensor] = {}
        self._earned, self._since = ADVANCE, time.thread_time()
        self._least = 0  # bytes of the weights
        self.whole = True
        self.every = 1

    def follow(self, weights: Mapping[str, torch.Tensor], names: Sequence[str]) -> int:
        """These are the weights from now on, `names` those of the parameters; how many states do not fit them any more.

        States whose weights have other names, shapes or types are dropped.
        """
        self._weights, self._names = {n: w.detach() for n, w in weights.items()}, tuple(names)
        self._least = sum(map(_bytes, self._weights.values()))
        left = [moment for moment in self._moments if self._fits(moment)]
        dropped = len(self._moments) - len(left)
        self._moments = left
        if not left:
            self.clear()
        return dropped

    def _fits(self, moment: Moment) -> bool:
        kept = moment.state["weights"]
        own = self._weights
        return kept.keys() == own.keys() and all(_alike(kept[n], own[n]) for n in own)

    @property
    def possible(self) -> bool:
        """Whether there is room for the weights of FEWEST steps at least."""
        return FEWEST * max(1, self._least) <= self._memory

    def clear(self) -> None:
        """Forgets where the run has been."""
        self._moments, self.every, self.whole = [], 1, True

    def cut(self, step: int) -> None:
        """Forgets what came after a step."""
        while self._moments and self._moments[-1].step > step:
            self._moments.pop()

    def note(self, step: int, take: Callable[[bool], State]) -> None:
        """The run has made `step` steps; `take` copies its state, the weights alone when given False.

        What was noted of this or of later steps is forgotten.
        """
        last = self._moments[-1].step if self._moments else -self.every
        if last < step < last + self.every or not self.possible:
            return
        self.cut(step - 1)
        if not self._may_spend() and self._moments:
            return
        began = time.thread_time()
        self._keep(step, take)
        self._earned -= time.thread_time() - began

    def _may_spend(self) -> bool:
        """Whether copying has had less than its share; time in which this thread rests does not count."""
        now = time.thread_time()
        self._earned = min(ADVANCE, self._earned + SHARE * (now - self._since))
        self._since = now
        return self._earned >= 0

    def _keep(self, step: int, take: Callable[[bool], State]) -> None:
        if len(self._moments) >= MOST:
            self._thin()
            if step < self._moments[-1].step + self.every:
                return
        state = take(self.whole)
        size = self._size(state)
        if self.whole and FEWEST * size > self._memory:
            self.whole = False
            state = {**state, "optimizer": {}, "record": {}}
            size = self._size(state)
        while len(self._moments) > 1 and sum(m.size for m in self._moments) + size > self._memory:
            self._thin()
        self._moments.append(Moment(step, state, size))

    def _size(self, state: State) -> int:
        """What it takes besides what the state before has in common with it: the best weights so far."""
        before = self._moments[-1].state if self._moments else {}
        known = {id(tensor) for tensor in _tensors(before.get("record", {}))}
        return sum(_bytes(tensor) for tensor in _tensors(state) if id(tensor) not in known)

    def _thin(self) -> None:
        self._moments = self._moments[::2]
        steps = self.steps
        spacing = round((steps[-1] - steps[0]) / max(1, len(steps) - 1))
        self.every = max(2 * self.every, spacing)

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps after which states were copied, ascending."""
        return tuple(moment.step for moment in self._moments)

    @property
    def size(self) -> int:
        """Bytes that all states together take."""
        return sum(moment.size for moment in self._moments)

    def nearest(self, step: int) -> State | None:
        """The recorded state nearest to a step, None when there is none."""
        near = min(self._moments, key=lambda m: abs(m.step - step), default=None)
        return near.state if near is not None else None

    @property
    def rows(self) -> torch.Tensor:
        """The weights, `[len(steps), all parameters]`, each parameter flattened, in the order of the program's.

        Where the optimizer averages, they are those of the steps and not the averages.
        """
        rows = [self._row(_as_stepped(m.state, self._names)) for m in self._moments]
        return torch.stack(rows) if rows else self.now()[None][:0]

    def now(self) -> torch.Tensor:
        """The present weights as a row."""
        return self._row(self._weights)

    def _row(self, weights: Mapping[str, torch.Tensor]) -> torch.Tensor:
        parts = [weights[name].reshape(-1) for name in self._names]
        return torch.cat(parts) if parts else torch.zeros(0)


def room(device: str) -> int:
    """Bytes that a trail may take on a device: MEMORY, or FREE of what is free there."""
    on_gpu = device.startswith("cuda")
    free = torch.cuda.mem_get_info(device)[0] if on_gpu else free_memory()
    return min(MEMORY, int(FREE * free))


def _as_stepped(state: State, names: Sequence[str]) -> Mapping[str, torch.Tensor]:
    """The weights of the last step: a state holds them among the optimizer's memory where that averages."""
    memory = state["optimizer"].get("state", {})
    swapped = {
        name: memory[number]["average"]
        for number, name in enumerate(state.get("trained", names))
        if "average" in memory.get(number, {})
    }
    return {**state["weights"], **swapped}


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if torch.is_tensor(value):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _tensors(part)
    elif isinstance(value, list):
        for part in value:
            yield from _tensors(part)


def _alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and one.device == other.device


def _bytes(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()
