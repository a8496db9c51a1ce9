"""RunRecord: what is kept of a run, and its export.  Plain values, no torch."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import metadata
from typing import Any

import numpy as np

from graph.diagram import Diagram, Frozen
from runtime.variations import Values, is_short, settings_in, value_of

POINTS = 2_000  # of a curve, at most
MARKS = 200  # edits of a run that are listed
PARTS = ("training", "validation", "test")

Rows = np.ndarray  # [N, 2]: step, loss
Metrics = Mapping[str, Mapping[str, float]]  # part -> "loss", "accuracy", "samples"


def _no_rows() -> Rows:
    return np.zeros((0, 2))


@dataclass(frozen=True, eq=False)
class RunRecord:
    """A run as far as it came.

    `settings` are those of recipe and blocks by name (see variations), `recipe` the recipe as it stood in the file;
    `metrics` holds loss and, where it has a meaning, accuracy (0..1) of every part, and on how many `samples` they
    were found.  `marks` are (step, edit) of the changes during the run.  Runs of one sweep have their `group` in
    common; `varied` is what was set for this one.  `problem` says why it ended early.
    """

    number: int = 0
    name: str = ""
    when: float = 0.0  # seconds since 1970, when it began
    seconds: float = 0.0  # of training
    steps: int = 0
    epochs: float = 0.0
    seed: int = 0
    device: str = ""
    digest: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    settings: Values = field(default_factory=dict)
    metrics: Metrics = field(default_factory=dict)
    curve: Rows = field(default_factory=_no_rows)
    validation: Rows = field(default_factory=_no_rows)
    marks: tuple[tuple[int, str], ...] = ()
    group: str = ""
    varied: Values = field(default_factory=dict)
    problem: str = ""

    @property
    def title(self) -> str:
        """Its name, or its number."""
        return self.name or f"run {self.number}"

    def metric(self, part: str, name: str) -> float | None:
        """A final number, None where there is none."""
        return self.metrics.get(part, {}).get(name)

    def with_(self, **changes: Any) -> RunRecord:
        """A copy with some fields replaced."""
        return replace(self, **changes)


def begun(diagram: Diagram, when: float, torch: str = "") -> RunRecord:
    """The record of a run of this diagram that begins now; `torch` is the version that trains it."""
    settings = settings_in(diagram)
    seed = settings.get("seed", 0)
    return RunRecord(
        when=when,
        seed=seed if isinstance(seed, int) else 0,
        digest=digest(diagram),
        versions={**versions(), **({"torch": torch} if torch else {})},
        recipe=_short(diagram.recipe),
        settings=settings,
    )


def _short(recipe: Mapping[str, Any]) -> Frozen:
    """A recipe without samples that stand in it themselves."""
    data = recipe.get("data")
    if not isinstance(data, Mapping) or all(map(is_short, data.values())):
        return Frozen(recipe)
    kept = {name: value for name, value in data.items() if is_short(value)}
    return Frozen({**recipe, "data": {"kind": "arrays", **kept}})


def versions() -> dict[str, str]:
    """Of gradboard and Python."""
    try:
        own = metadata.version("gradboard")
    except metadata.PackageNotFoundError:  # run from a folder, not installed
        own = "unknown"
    return {"gradboard": own, "python": platform.python_version()}


def digest(diagram: Diagram) -> str:
    """Twelve hexadecimal digits that tell what a diagram computes from any other; places, labels and recipe do not count."""
    return hashlib.sha256(json.dumps(_structure(diagram)).encode()).hexdigest()[:12]


def _structure(diagram: Diagram) -> list[Any]:
    blocks = [
        [b.id, b.kind, sorted(b.settings.items()), b.shares, b.muted]
        for b in sorted(diagram.blocks.values(), key=lambda b: b.id)
    ]
    wires = sorted(map(str, diagram.wires))
    parts = [[name, _structure(part)] for name, part in sorted(diagram.parts.items())]
    return [blocks, wires, parts]


# --- export ----------------------------------------------------------------------------------------------------------


def table_csv(records: Sequence[RunRecord], names: Sequence[str]) -> str:
    """The table of runs as text."""
    return _csv(table_rows(records, names))


def table_rows(records: Sequence[RunRecord], names: Sequence[str]) -> list[list[str]]:
    """A header, then one row a run: when, the settings of these names, seed, and the final numbers."""
    head = ["run", "name", "began", *names, "seed", "steps", "epochs", "seconds", "device"]
    head += [f"{part}_{what}" for part in PARTS for what in ("loss", "accuracy")]
    rows = [[*head, "diagram", "problem"]]
    for r in records:
        began = datetime.fromtimestamp(r.when).isoformat(timespec="seconds")
        values = [_cell(value_of(r.settings, name)) for name in names]
        row = [str(r.number), _safe(r.name), began, *values, str(r.seed), str(r.steps)]
        row += [repr(r.epochs), repr(r.seconds), r.device]
        row += [_cell(r.metric(part, what)) for part in PARTS for what in ("loss", "accuracy")]
        rows.append([*row, r.digest, _safe(r.problem)])
    return rows


def curves_csv(records: Sequence[RunRecord]) -> str:
    """One row a point: run, name, "training" or "validation", step, loss."""
    rows = [["run", "name", "part", "step", "loss"]]
    for r in records:
        for part, curve in (("training", r.curve), ("validation", r.validation)):
            rows += [
                [str(r.number), _safe(r.name), part, f"{x:g}" if x % 1 else str(int(x)), repr(y)]
                for x, y in curve.tolist()
            ]
    return _csv(rows)


def _csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return value_text(value)
    return _safe(value) if isinstance(value, str) else repr(value)


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


# --- runs side by side -------------------------------------------------------------------------------------------------


def by_seed(records: Sequence[RunRecord]) -> list[tuple[RunRecord, ...]]:
    """The runs that differ in nothing but the seed, together; in the order in which they come."""
    groups: dict[str, list[RunRecord]] = {}
    for record in records:
        same = {name: value for name, value in record.settings.items() if name != "seed"}
        key = json.dumps([record.digest, sorted(same.items())], default=str)
        groups.setdefault(key, []).append(record)
    return [tuple(group) for group in groups.values()]


def mean_and_spread(curves: Sequence[Rows]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Steps that all curves reach, `[N]`, the mean of the curves there, and their standard deviation (of a sample)."""
    full = [curve for curve in curves if len(curve)]
    if not full:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    last, first = min(c[-1, 0] for c in full), max(c[0, 0] for c in full)
    steps = full[0][:, 0]
    steps = steps[(steps >= first) & (steps <= last)]
    values = np.array([np.interp(steps, c[:, 0], c[:, 1]) for c in full])
    spread = values.std(axis=0, ddof=1) if len(full) > 1 else np.zeros(len(steps))
    return steps, values.mean(axis=0), spread


def value_text(value: Any) -> str:
    """A setting's value as a person reads it: 0.01, 3×3, yes; "–" where there is none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "×".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
