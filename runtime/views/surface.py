"""The path of the run over the plane of the last loss surface."""

from __future__ import annotations

import numpy as np

from runtime.figures.surface import Path, Where
from runtime.probe import Watched
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.surface import path_on


def path(run: Run, _watched: Watched, ask: Ask) -> Path:
    """Where the run has been on the plane that `ask.choice` names; without points while that has no surface yet."""
    parameters = run.program.parameters
    weights = {n: tuple(p.shape) for n, p in parameters.items() if p.requires_grad}
    places = len({*run.trail.steps, run.step_count})
    plane = run.plane
    if plane is None or not plane.shows(Where.read(ask.choice)):
        return Path(np.zeros((0, 2)), np.zeros(0, dtype=np.int64), weights, places)
    points, steps = path_on(plane, run)
    return Path(points.double().cpu().numpy(), np.array(steps), weights, places)
