"""The grid over the input's plane and the data, carried through one block after the other on the way to the answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np
import torch

from graph.diagram import Pin
from nodes.names import Names, names
from runtime.batches import Batches
from runtime.components import Plane, main_directions, of_components
from runtime.field import bounds_of, input_of, macs_to
from runtime.figures.warp import Stage, Warp
from runtime.probe import Watched
from runtime.program import Program
from runtime.random_state import aside
from runtime.run import Run
from runtime.samples import seen, targets, through, values_at
from runtime.snapshot import Ask
from runtime.turning import FEW, as_rotation, procrustes, taken_apart

MOST = 400  # points
GRIDS = ((21, 161), (21, 81), (21, 41), (11, 21))  # lines in each direction, and nodes of each
WORK = 150_000_000  # multiply-accumulates that one picture may cost
HELD = 4_000_000  # numbers of one variable, at the most
BLOCKS = 40  # on the way; of more, some are passed together
FLAT = 1e-9  # share of the variance below which a direction is not there
DEEDS = dict.fromkeys(("tanh", "sigmoid", "hardtanh"), "squashing")
DEEDS |= dict.fromkeys(("softmax", "log_softmax"), "shares of a whole")
DEEDS |= {"relu": "what is negative is folded flat"}

_planes: WeakKeyDictionary[Batches, dict[str, Plane]] = WeakKeyDictionary()
_thirds: WeakKeyDictionary[Batches, dict[str, np.ndarray]] = WeakKeyDictionary()


def warp(run: Run, _watched: Watched, ask: Ask) -> Warp | None:
    """The way through the diagram, with at most `ask.size` nodes of a grid line; None when there is none to be seen.

    The grid lies where the training data lie, over a plane of two numbers, else over the first two principal components
    of the data.  Blocks work as they do after training; nothing of the run is changed.
    """
    way = way_of(run.program)
    samples = seen(run, "training", MOST)
    if len(way) < 2 or len(samples.rows) < 3:
        return None
    count, shape = _affordable(run.program, way, len(samples.rows), ask.size or GRIDS[0][1])
    if not shape:
        return None
    some = np.linspace(0, len(samples.rows) - 1, count).astype(np.int64)
    rows, fields = samples.rows[some], {n: v[some] for n, v in samples.fields.items()}
    with run.descent.averaged(), aside():
        points = values_at(run, way[0], fields)
        flat = _flat(points)
        if not np.isfinite(flat).all():
            return None
        grid = grid_lines(_plane(run, way[0], flat), flat, *shape)
        given = run.program.tensor(grid.reshape(len(grid), *points.shape[1:]))
        walk = Walk(run.program, count, shape, _thirds.setdefault(run.batches, {}))
        if not walk.go(way, torch.cat([points, given])):
            return None
    wanted, called = targets(run, rows)
    return Warp(tuple(walk.stages), classes_or_values(wanted, count), called)


def way_of(program: Program) -> tuple[Pin, ...]:
    """The variables of real numbers that everything passes from the one input to the first answer."""
    answer = program.answers[0] if program.answers else None
    start = input_of(program, answer) if answer is not None else None
    if answer is None or start is None:
        return ()
    found = [
        pin
        for pin in program.passages(answer)
        if program.kinds[pin].batched and program.kinds[pin].dtype.is_floating_point
    ]
    if not found or found[0] != start:
        return ()
    if len(found) > BLOCKS:
        found = [found[n] for n in np.linspace(0, len(found) - 1, BLOCKS).astype(int)]
    return tuple(found)


def grid_lines(plane: Plane, values: np.ndarray, lines: int, nodes: int) -> np.ndarray:
    """`[2 lines nodes, n]` nodes of lines over a plane, around where values `[N, n]` lie on it.

    First those along its first coordinate, the lowest line first, then those along its second.
    """
    x0, x1, y0, y1 = bounds_of(plane.projected(values))
    across, up = np.meshgrid(np.linspace(x0, x1, nodes), np.linspace(y0, y1, lines))
    first = np.stack([across.ravel(), up.ravel()], axis=1)
    across, up = np.meshgrid(np.linspace(x0, x1, lines), np.linspace(y0, y1, nodes), indexing="ij")
    return plane.lifted(np.concatenate([first, np.stack([across.ravel(), up.ravel()], axis=1)]))


def classes_or_values(wanted: np.ndarray | None, count: int) -> np.ndarray | None:
    """`[N]`: class numbers, those of one-hot rows too, or values; None where a target is more than that."""
    if wanted is None:
        return None
    rows = wanted.reshape(count, -1)
    if rows.shape[1] == 1:
        return np.ascontiguousarray(rows[:, 0])
    one_hot = (np.sort(rows, axis=1)[:, :-1] == rows.min()).all()
    return rows.argmax(1).astype(np.int64) if one_hot else None


def _affordable(
    program: Program, way: Sequence[Pin], points: int, most: int
) -> tuple[int, tuple[int, int] | None]:
    """How many points do not cost too much, and which of GRIDS, with at most so many nodes; None when none does."""
    macs = max(1, macs_to(program, way[-1]))
    largest = max(_numbers(program, pin) for pin in way)
    dearest = min(WORK // macs, HELD // largest)
    known = [grid for grid in GRIDS if grid[1] <= most and 2 * grid[0] * grid[1] <= dearest]
    return min(points, max(30, WORK // macs)), known[0] if known else None


def _numbers(program: Program, pin: Pin) -> int:
    return int(np.prod(program.kinds[pin].shape[1:]))


def _plane(run: Run, start: Pin, values: np.ndarray) -> Plane:
    """The plane of the grid: that of two numbers, else of the data's first two components, found once."""
    if values.shape[1] == 2:
        return as_it_is(2)
    known = _planes.setdefault(run.batches, {})
    key = f"{start} {len(values)}"
    if key not in known:
        known[key] = of_components(values)[0]
    return known[key]


def as_it_is(size: int) -> Plane:
    """The coordinates of a space of 1, 2 or 3 numbers: these numbers; a single one lies on the first axis."""
    return Plane(np.zeros(size), np.eye(max(size, 2), size))


def _flat(values: torch.Tensor) -> np.ndarray:
    found: np.ndarray = values.reshape(len(values), -1).double().cpu().numpy()
    return found


class Walk:
    """One block after the other; of the values the first `count` are the data's, the others the grid's.

    `thirds` remembers the third directions of the last frame where these come out of a plane: their sign is free.
    """

    def __init__(
        self, program: Program, count: int, shape: tuple[int, int], thirds: dict[str, np.ndarray]
    ) -> None:
        self.program, self.count, self.shape, self.thirds = program, count, shape, thirds
        self.called: Names = names(program.diagram)
        self.stages: list[Stage] = []
        self._space = as_it_is(2)  # in which the last variable is seen
        self._seen = np.zeros((0, 2))  # and where all values lie in it

    def go(self, way: Sequence[Pin], values: torch.Tensor) -> bool:
        """The whole way; False when something on it is no number."""
        self._arrive(way[0], _flat(values), "")
        for before, pin in pairwise(way):
            after = through(self.program, (before,), pin, values)
            flat = _flat(after)
            if len(flat) != len(values) or not np.isfinite(flat).all():
                return False
            linear = self._linear(before, pin)
            if linear is None:
                kind = self.program.stages[pin.block].block.kind
                self._arrive(pin, flat, DEEDS.get(kind, ""))
            else:
                self._pass(linear, pin, _flat(values), flat)
            values = after
        return True

    def _linear(self, before: Pin, pin: Pin) -> torch.nn.Linear | None:
        """The linear map between two variables of plain rows, None when it is something else."""
        stage = self.program.stages[pin.block]
        plain = len(self.program.kinds[before].shape) == 2
        return (
            stage.op
            if type(stage.op) is torch.nn.Linear and plain and stage.sources == (before,)
            else None
        )

    # --- what a variable is seen by -----------------------------------------------------------------------------

    def _arrive(
        self, pin: Pin, values: np.ndarray, deed: str, turn: np.ndarray | None = None
    ) -> None:
        """A variable is reached."""
        size, share = values.shape[1], 1.0
        if size <= FEW:
            self._space = as_it_is(size)
        else:
            self._space, share = self._by_components(pin, values[: self.count])
        self._add(pin, self._space.projected(values), deed, True, size, share, turn)

    def _by_components(self, pin: Pin, points: np.ndarray) -> tuple[Plane, float]:
        """The main directions of the points, turned so that the points lie as before as nearly as possible."""
        mean, directions, shares = main_directions(points, 3)
        before = self._seen[: self.count]
        deep = before.shape[1] == 3 or shares[2] > FLAT
        directions = directions[: 3 if deep else 2]
        if len(before):
            goal = np.zeros((len(points), len(directions)))
            goal[:, : before.shape[1]] = before - before.mean(0)
            directions = procrustes((points - mean) @ directions.T, goal).T @ directions
        if deep and before.shape[1] == 2:
            directions[2] *= self._sign(str(pin), directions[2])
        return Plane(mean, directions), min(1.0, sum(shares[: len(directions)]))

    def _sign(self, pin: str, third: np.ndarray) -> float:
        """With which a direction points to the same side as in the last frame."""
        last = self.thirds.get(pin)
        sign = -1.0 if last is not None and len(last) == len(third) and last @ third < 0 else 1.0
        self.thirds[pin] = sign * third
        return sign

    def _add(
        self,
        pin: Pin,
        coordinates: np.ndarray,
        deed: str,
        last: bool,
        size: int,
        share: float = 1.0,
        turn: np.ndarray | None = None,
    ) -> None:
        if coordinates.shape[1] < 2:
            coordinates = np.column_stack([coordinates, np.zeros(len(coordinates))])
        self._seen = coordinates
        exact = coordinates.astype(np.float32)
        points, grid = exact[: self.count], exact[self.count :]
        self.stages.append(
            Stage(
                pin=str(pin),
                name=self.called.variables.get(pin, str(pin)),
                label=self.called.labels.get(pin.block, "") if self.stages else "",
                deed=deed,
                last=last,
                size=size,
                points=points,
                grid=grid.reshape(2, *self.shape, -1),
                share=share,
                turn=turn,
            )
        )

    # --- a linear map, step by step -----------------------------------------------------------------------------

    def _pass(
        self, linear: torch.nn.Linear, pin: Pin, before: np.ndarray, after: np.ndarray
    ) -> None:
        """Rotation V, stretching s, rotation U, shift b of s = U diag(s) V z + b, as far as there is room to show them."""
        weight = linear.weight.detach().double().cpu().numpy()
        parts = taken_apart(weight, self._space.directions)
        size = after.shape[1]
        if parts is None:
            self._arrive(pin, after, f"from {before.shape[1]:,} to {size:,} dimensions")
            return
        u, s, v = parts
        few = before.shape[1] <= FEW
        if few and len(s) > 1:
            self._add(pin, before @ v.T, "rotation by V′", False, len(s), turn=as_rotation(v))
        elif not few:
            onto = "the direction that counts" if len(s) == 1 else f"{len(s)} directions"
            self._add(pin, before @ v.T, f"projection by V′ onto {onto}", False, len(s))
        self._add(pin, before @ v.T * s, f"stretching by S, {_factors(s)}", False, len(s))
        if size > FEW:
            self._arrive(pin, after, f"into {size:,} dimensions")
            return
        if linear.bias is None:
            self._arrive(pin, after, "rotation by U", as_rotation(u))
            return
        self._add(pin, before @ weight.T, "rotation by U", False, size, turn=as_rotation(u))
        self._arrive(pin, after, "shift by b")


def _factors(values: np.ndarray) -> str:
    """ "2.1, 0.4 and −0.1"."""
    texts = [f"{value:.2g}".replace("-", "−") for value in values]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
