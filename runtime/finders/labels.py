"""Do the data teach anything?  Answers unrelated to the inputs, classes of unequal size, samples sorted by class."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.edits import SetRecipe
from runtime.figures.findings import Finding
from runtime.finders.case import Case, NotLooked

MOST, FEWEST = 600, 40  # samples whose neighbours are searched
NEIGHBOURS = 5
SHUFFLES = 30
SURE = 2.5  # deviations of the shuffled answers' score
UNBALANCED, CONSTANT = 0.7, 0.98
SORTED = 0.9  # of the samples that have the class of the one before


def unrelated(case: Case) -> Iterator[Finding | None]:
    """Whether the nearest samples, or a straight line, tell more of the answers than of the same answers shuffled."""
    rows = case.run.batches.rows("training", MOST)
    if len(rows) < FEWEST:
        raise NotLooked("there are too few samples to judge their answers")
    answers = np.asarray(case.run.data.fields[case.target[2]][rows])
    classes = answers.ndim == 1 and answers.dtype.kind == "i"
    if not classes and answers.dtype.kind != "f":
        raise NotLooked("the desired answers are symbols")
    flat = [v.reshape(len(rows), -1) for v in case.fields(rows).values()]
    columns = np.concatenate(flat, 1)
    near, line = _neighbours(columns), _line(columns)
    yield None
    values = answers if classes else _scaled(answers.reshape(len(rows), -1))
    own = _score(values, near, classes)
    random = np.random.default_rng(0)
    chance, lines = [], []
    for _ in range(SHUFFLES):
        shuffled = values[random.permutation(len(values))]
        chance.append(_score(shuffled, near, classes))
        lines.append(_fitted(shuffled, line, classes))
        yield None
    mean, deviation = float(np.mean(chance)), float(np.std(chance))
    straight = abs(_fitted(values, line, classes) - np.mean(lines)) > SURE * np.std(lines) > 0
    if abs(own - mean) > SURE * deviation or straight or _does_better(case, answers, classes):
        return
    what = "are right about" if classes else "explain"
    unit = "of the samples" if classes else "of the variance"
    yield Finding(
        "labels",
        case.target[2],
        f"The answers {case.target[2]} have nothing to do with the inputs: they may be shuffled, or belong to other samples.",
        f"the {NEIGHBOURS} nearest neighbours {what} {own:.0%} {unit}; with shuffled answers {mean:.0%} ± {deviation:.0%}",
        "Look whether inputs and answers are read in the same order.",
    )


def _neighbours(columns: np.ndarray) -> np.ndarray:
    """The numbers `[n, NEIGHBOURS]` of the nearest other samples, columns scaled."""
    scaled = _scaled(columns)
    lengths = (scaled**2).sum(1)
    distances = lengths[:, None] + lengths - 2 * scaled @ scaled.T
    np.fill_diagonal(distances, np.inf)
    return np.argpartition(distances, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]


def _scaled(columns: np.ndarray) -> np.ndarray:
    found: np.ndarray = (columns - columns.mean(0)) / np.where(
        columns.std(0) > 1e-12, columns.std(0), 1
    )
    return found


def _score(values: np.ndarray, near: np.ndarray, classes: bool) -> float:
    """The share of right votes, or of the variance that the neighbours' mean explains."""
    if classes:
        return float((values[near] == values[:, None]).mean())
    errors = ((values[near].mean(1) - values) ** 2).sum()
    return float(1 - errors / max(1e-12, (values**2).sum()))


def _line(columns: np.ndarray) -> np.ndarray:
    """An orthonormal basis `[n, k]` of what is linear in the inputs; none where there are too many of them."""
    if columns.shape[1] > len(columns) // 4:
        return np.zeros((len(columns), 0))
    basis, sizes, _ = np.linalg.svd(_scaled(columns), full_matrices=False)
    return np.asarray(basis[:, sizes > 1e-9 * max(1.0, sizes.max())])


def _fitted(values: np.ndarray, line: np.ndarray, classes: bool) -> float:
    """The share of the variance of the answers that a line explains."""
    if classes:
        values = _scaled((values[:, None] == np.unique(values)).astype(np.float64))
    return float(((line.T @ values) ** 2).sum() / max(1e-12, (values**2).sum()))


def _does_better(case: Case, answers: np.ndarray, classes: bool) -> bool:
    """Whether the run itself has shown on held-out samples that there is something to learn."""
    if not classes:
        held = case.run.evaluate("validation", MOST)
        first = case.fresh.evaluate("validation", MOST)
        return bool(held) and held["loss"] < 0.7 * first["loss"]
    found = case.accuracy("validation")
    if found is None:
        return False
    most = np.unique(answers, return_counts=True)[1].max() / len(answers)
    accuracy, count = found
    return bool(accuracy > most + 3 * (most * (1 - most) / count) ** 0.5)


def unbalanced(case: Case) -> Iterator[Finding | None]:
    """One class has most of the samples, and the diagram answers nothing else."""
    classes = case.classes
    counts = np.bincount(classes)
    share, largest = float(counts.max() / len(classes)), int(counts.argmax())
    value = case.seen.variables.get(case.target[1])
    yield None
    if len(counts) < 2 or value is None or value.dim() != 2 or value.shape[1] < len(counts):
        raise NotLooked("the answers are no scores of classes")
    same = float((value.argmax(1) == largest).double().mean())
    if share < UNBALANCED or same < CONSTANT:
        return
    names = case.run.data.classes.get(case.target[2], ())
    name = names[largest] if largest < len(names) else f"class {largest}"
    yield Finding(
        "unbalanced",
        case.target[1].block,
        f"The diagram answers {name} for every sample: {share:.0%} of them are of that class.",
        f"{int(counts.max()):,} of {len(classes):,} training samples; {same:.0%} of the answers",
        "Give the rare classes more samples, or leave out some of the common one.",
    )


def order(case: Case) -> Iterator[Finding | None]:
    """Samples come sorted by class, and in the same order in every epoch."""
    classes = case.classes
    yield None
    counts = np.bincount(classes)
    alike = float((classes[1:] == classes[:-1]).mean())
    chance = float(((counts / len(classes)) ** 2).sum())
    if (
        case.run.recipe.shuffle
        or alike < SORTED
        or chance > 0.8
        or case.run.batches.size >= len(classes)
    ):
        return
    yield Finding(
        "order",
        "recipe.shuffle",
        "The samples come sorted by class, so that one class after the other is learned and forgotten.",
        f"{alike:.0%} of the samples have the class of the one before; in a random order {chance:.0%} would",
        "Shuffle the samples.",
        edit=SetRecipe("shuffle", True),
    )
