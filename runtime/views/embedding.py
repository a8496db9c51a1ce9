"""The principal components of any variable's values over the validation samples."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from graph.diagram import OUTPUT, Pin
from runtime.batches import Batches
from runtime.components import of_components
from runtime.field import input_of, macs_to
from runtime.figures.embedding import Embedding
from runtime.probe import Watched
from runtime.run import Run
from runtime.samples import Seen, seen, targets, values_at
from runtime.snapshot import Ask

MOST = 1000  # samples
WORK = 1_000_000_000  # multiply-accumulates on the way there, or between the samples, at the most
FEWEST = 30  # samples that are shown at any cost
SIDE = 32  # pixels of a picture, at the most

_pictures: WeakKeyDictionary[Batches, dict[tuple[str, int], np.ndarray | None]] = (
    WeakKeyDictionary()
)


def embedding(run: Run, watched: Watched, ask: Ask) -> Embedding | None:
    """The output of block `ask.block`, or pin `ask.choice`, for at most MOST samples of the validation part."""
    known = variables(run)
    pin = ask.choice or str(Pin(ask.block, OUTPUT))
    if pin not in known:
        pin = next(iter(known), "")
    samples = seen(run, "validation", MOST)
    if not len(samples.rows):
        samples = seen(run, "training", MOST)
    if not pin or len(samples.rows) < 3:
        return None
    samples = _fewer(samples, known[pin][1], macs_to(run.program, known[pin][0]))
    with run.descent.averaged():
        values = values_at(run, known[pin][0], samples.fields)
    found = values.flatten(1).double().cpu().numpy()
    if not np.isfinite(found).all():
        return None
    plane, shares = of_components(found)
    wanted, names = targets(run, samples.rows)
    return Embedding(
        variable=pin,
        size=known[pin][1],
        x=plane.projected(found).astype(np.float32),
        shares=shares,
        y=_one_each(wanted, len(found)),
        names=names,
        samples=samples.rows,
        pictures=_pictures_of(run, samples),
        variables=tuple(known),
    )


def variables(run: Run) -> dict[str, tuple[Pin, int]]:
    """The variables of real numbers that the samples give, along the flow, with how many numbers they have."""
    program = run.program
    goals = {
        end for name in program.costs if (end := program.diagram.inputs.get(Pin(name, "target")))
    }
    return {
        str(pin): (pin, size)
        for pin, kind in program.kinds.items()
        if kind.batched
        and kind.dtype.is_floating_point
        and pin not in goals
        and (size := int(np.prod(kind.shape[1:]))) > 1
    }


def _fewer(samples: Seen, size: int, macs: int) -> Seen:
    """As many of the samples as do not cost too much, for a variable of that size so many operations away."""
    products = int((WORK / size) ** 0.5) if size > len(samples.rows) else len(samples.rows)
    return samples.thinned(max(FEWEST, min(products, WORK // max(1, macs))))


def _one_each(wanted: np.ndarray | None, count: int) -> np.ndarray | None:
    """A class or a value for each sample; None where a target is more than that."""
    if wanted is None:
        return None
    rows = wanted.reshape(count, -1)
    return np.ascontiguousarray(rows[:, 0]) if rows.shape[1] == 1 else None


def _pictures_of(run: Run, samples: Seen) -> np.ndarray | None:
    """The samples as small pictures, where what the answer sees are images; made once for the same data."""
    answer = run.program.answers[0] if run.program.answers else None
    start = input_of(run.program, answer) if answer else None
    if start is None or len(run.program.kinds[start].shape) != 4:
        return None
    field = run.program.fields[start.block]
    known, key = _pictures.setdefault(run.batches, {}), (field, len(samples.rows))
    if key not in known:
        known[key] = as_pictures(run.data.fields[field][samples.rows])
    return known[key]


def as_pictures(images: np.ndarray) -> np.ndarray | None:
    """`[N, 1 or 3, h, w]` as grey `[N, h, w]` or coloured `[N, h, w, 3]` uint8, small, from their lowest to highest value."""
    if images.shape[1] not in (1, 3):
        return None
    every = max(1, -(-max(images.shape[2:]) // SIDE))
    small = images[:, :, ::every, ::every]
    low, high = float(small.min()), float(small.max())
    grey = np.rint((small - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
    made = grey[:, 0] if images.shape[1] == 1 else grey.transpose(0, 2, 3, 1)
    return np.ascontiguousarray(made)
