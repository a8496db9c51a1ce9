"""The answers of a diagram in the space that a view chose, with the data on them; over one number, the fitted curves."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
import torch

from graph.diagram import Pin
from runtime.batches import Batches
from runtime.components import Plane, of_components, of_units
from runtime.field import (
    answer_of,
    bounds_of,
    chooses,
    grid_of,
    grid_points,
    input_of,
    judged_by,
    largest_between,
    macs_between,
    macs_to,
    spaces_of,
)
from runtime.figures.answers import Answers, Fit, Grid, Points, Spaces
from runtime.probe import Watched
from runtime.run import Run
from runtime.samples import Seen, raw_values, roots, seen, targets, through, values_at
from runtime.snapshot import Ask

LIVE = 100  # cells of a side when the ask names no size
BEYOND = 0.5  # of the data's extent that a curve goes on at each side
WORK = 150_000_000  # multiply-accumulates that one picture may cost
HELD = 8_000_000  # numbers of one variable, at the most
COARSEST = 16  # cells of a side below which nothing would be seen
WAY = 1_000_000_000  # multiply-accumulates that the samples may cost on their way to a hidden space
FEWEST = 30  # samples that are shown at any cost

_main: WeakKeyDictionary[Batches, dict[str, tuple[Plane, tuple[float, float]]]] = (
    WeakKeyDictionary()
)


def answers(run: Run, watched: Watched, ask: Ask) -> Answers | Fit | None:
    """The first answer in the space `ask.choice`, or in the one that suits; None when there is none or it costs too much."""
    answer = answer_of(run.program)
    if answer is None:
        return None
    spaces = spaces_of(run.program, answer)
    space = chosen(spaces, ask.choice, run.program.kinds[answer].shape[1:] in ((), (1,)))
    samples = seen(run, "training")
    if not space or not len(samples.rows):
        return None
    with run.descent.averaged():
        if space == "fit":
            return _fit(run, answer, samples, spaces, ask.size or LIVE)
        found = _over_plane(run, answer, samples, spaces, space, ask.size or LIVE)
        if found is None and spaces.suggested and not space.startswith("hidden"):
            inside = f"hidden {spaces.suggested} 1 2"  # from there it is less far to the answer
            found = _over_plane(run, answer, samples, spaces, inside, ask.size or LIVE)
        return found


def chosen(spaces: Spaces, wanted: str, number: bool) -> str:
    """The wanted space where there is such one, else the best there is, "" for none; `number` says the answer is one number."""
    own = {0: "", 1: "fit" if number else "", 2: "input"}.get(spaces.inputs, "components")
    match wanted.split():
        case ["hidden", variable, *units] if _units(units, dict(spaces.variables).get(variable, 0)):
            return wanted
        case ["plane", *units] if spaces.inputs > 2 and _units(units, spaces.inputs):
            return wanted
    if own or not spaces.variables:
        return own
    return f"hidden {spaces.suggested} 1 2"


def _units(told: list[str], size: int) -> bool:
    """Whether these are two different units of so many."""
    known = len(told) == 2 and all(t.isdecimal() and 1 <= int(t) <= size for t in told)
    return known and told[0] != told[1]


# --- over a plane -------------------------------------------------------------------------------------------------


def _over_plane(
    run: Run, answer: Pin, samples: Seen, spaces: Spaces, space: str, size: int
) -> Answers | None:
    words = space.split()
    start = Pin(*words[1].rsplit(".", 1)) if words[0] == "hidden" else input_of(run.program, answer)
    assert start is not None
    size = _affordable(run, size, start, answer)
    if not size:
        return None
    raw = words[0] in ("input", "plane")
    samples = samples if raw else _fewer(run, samples, start)
    values = _values(run, start, samples, raw)
    if not np.isfinite(values).all():
        return None
    plane, axes = _plane(run, values, words)
    over = plane.projected(values)
    bounds = bounds_of(over, square=words[0] in ("input", "components"))
    out = through(
        run.program,
        (start,),
        answer,
        _given(run, start, plane.lifted(grid_points(bounds, size)), raw),
    )
    if not torch.isfinite(out).any():
        return None
    wanted, names = targets(run, samples.rows)
    grid = grid_of(run.program, answer, out, bounds, chooses(run.program, answer, wanted))
    points = Points(over, _classes_or_values(wanted, grid, len(over)), names)
    return Answers(space, grid, points, axes, words[0] in ("input", "components"), spaces)


def _affordable(run: Run, size: int, start: Pin, answer: Pin) -> int:
    """Cells of a side that do not cost too much, 0 when too few would be left."""
    cells = min(
        WORK / max(1, macs_between(run.program, start, answer)),
        HELD / max(1, largest_between(run.program, start, answer)),
    )
    affordable = int(cells**0.5)
    return min(size, affordable) if affordable >= COARSEST else 0


def _fewer(run: Run, samples: Seen, start: Pin) -> Seen:
    """As many of the samples as do not cost too much on their way to a variable, some at any cost."""
    size = int(np.prod(run.program.kinds[start].shape[1:]))
    affordable = min(WAY // max(1, macs_to(run.program, start)), HELD // max(1, size))
    return samples.thinned(max(FEWEST, affordable))


def _values(run: Run, start: Pin, samples: Seen, raw: bool) -> np.ndarray:
    """The samples as `[N, n]` numbers of a variable; `raw` ones are in the units of the data."""
    if raw:
        return raw_values(run, start, samples.rows)
    found = values_at(run, start, samples.fields)
    return found.flatten(1).double().cpu().numpy()


def _plane(run: Run, values: np.ndarray, words: list[str]) -> tuple[Plane, tuple[str, str]]:
    """The plane that a space means, and what its axes are called."""
    if words[0] == "components":
        plane, shares = _main_plane(run, values)
        first, second = (f"component {n} ({s:.0%})" for n, s in enumerate(shares, 1))
        return plane, (first, second)
    one, other = (int(w) for w in words[-2:]) if len(words) > 1 else (1, 2)
    what = "unit" if words[0] == "hidden" else "input"
    return of_units(values, one - 1, other - 1), (f"{what} {one}", f"{what} {other}")


def _main_plane(run: Run, values: np.ndarray) -> tuple[Plane, tuple[float, float]]:
    """The principal components of the data's own numbers, found once."""
    known = _main.setdefault(run.batches, {})
    if "x" not in known:
        known["x"] = of_components(values)
    return known["x"]


def _given(run: Run, start: Pin, values: np.ndarray, raw: bool) -> torch.Tensor:
    """Values `[M, n]` as the program takes them at a variable."""
    shaped = values.reshape(len(values), *run.program.kinds[start].shape[1:])
    if raw:
        shaped = run.batches.normalized(run.program.fields[start.block], shaped)
    return run.program.tensor(shaped)


def _classes_or_values(wanted: np.ndarray | None, grid: Grid, count: int) -> np.ndarray:
    """`[N]`: the class of every sample where the grid has areas, else the first number of its target."""
    if wanted is None:
        return np.zeros(count, dtype=np.int64)
    rows = wanted.reshape(count, -1)
    if not grid.classes:
        return np.ascontiguousarray(rows[:, 0])
    if rows.shape[1] > 1:
        return rows.argmax(1).astype(np.int64)
    return (
        rows[:, 0].astype(np.int64) if rows.dtype.kind != "f" else (rows[:, 0] > 0).astype(np.int64)
    )


# --- over one number ----------------------------------------------------------------------------------------------


def _fit(run: Run, answer: Pin, samples: Seen, spaces: Spaces, size: int) -> Fit | None:
    start = input_of(run.program, answer)
    assert start is not None
    x = raw_values(run, start, samples.rows)
    wanted, names = targets(run, samples.rows)
    low, high = float(x.min()), float(x.max())
    margin = max(high - low, 1e-6) * BEYOND
    along = np.linspace(low - margin, high + margin, 2 * size + 1)
    given = _given(run, start, along[:, None], raw=True)
    members = [
        through(run.program, (start,), pin, given).flatten().double().cpu().numpy()
        for pin in _members(run, answer, start)
    ]
    y = np.zeros(len(x)) if wanted is None else wanted.reshape(len(x), -1)[:, 0]
    return Fit(along, np.stack(members), Points(x, np.asarray(y, dtype=np.float64), names), spaces)


def _members(run: Run, answer: Pin, start: Pin) -> list[Pin]:
    """The answers that are one number from this input and are judged by the target of the first one."""
    program, ends = run.program, run.program.diagram.inputs

    def target(pin: Pin) -> Pin | None:
        return ends.get(Pin(judged_by(program, pin), "target"))

    return [
        pin
        for pin in program.answers
        if target(pin) == target(answer)
        and roots(program, pin) == (start,)
        and program.kinds[pin].shape[1:] in ((), (1,))
    ]
