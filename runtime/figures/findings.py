"""Why a run does not learn: what was found, each with its evidence and what to do; plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from graph.edit import Edit


@dataclass(frozen=True)
class Trace:
    """A curve of evidence: what it is called, and its values `[steps]`."""

    name: str
    values: np.ndarray


@dataclass(frozen=True)
class Finding:
    """One thing that is ill: `where` (block id of the expanded diagram, or "recipe.rate"; "" for the whole), a sentence,
    the numbers that show it, what to do, and perhaps an edit of the whole diagram that does it."""

    kind: str
    where: str
    text: str
    evidence: str
    advice: str
    traces: tuple[Trace, ...] = ()
    edit: Edit | None = None


@dataclass(frozen=True)
class Findings:
    """What is found so far in the run as it stood after `step` steps, and what was looked at."""

    step: int
    found: tuple[Finding, ...] = field(default=())
    checked: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # what this diagram gave no way to look at
