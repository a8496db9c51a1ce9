"""Looking back: a run stands at an earlier state of its trail while its own is kept aside, and comes back to it exactly."""

from __future__ import annotations

from typing import Any

from runtime.run import Run
from runtime.snapshot import Recorded
from runtime.trail import State


class Past:
    """What of a run's past is looked at; `step` is None while it is the present."""

    def __init__(self) -> None:
        self._present: State | None = None
        self.step: int | None = None

    def look(self, run: Run, step: int) -> bool:
        """Puts the run where it was recorded nearest to `step`; False when nothing is recorded."""
        found = run.trail.nearest(step)
        if found is None:
            return False
        if self._present is None:
            self._present = run.state()
        run.restore(found)
        self.step = run.step_count
        return True

    def leave(self, run: Run | None) -> None:
        """Puts the run where it really is."""
        present = self._present
        self.forget()
        if run is not None and present is not None:
            run.restore(present)

    def branch(self, run: Run, step: int) -> bool:
        """The run goes on from where it was recorded nearest to `step`; False when nothing is recorded."""
        found = run.trail.nearest(step)
        if found is not None:
            self.forget()
            run.branch(found)
        return found is not None

    def forget(self) -> None:
        """Another run: there is nothing to go back to."""
        self._present, self.step = None, None

    def present(self, run: Run) -> dict[str, Any]:
        """The state in which the run really is."""
        return dict(self._present) if self._present is not None else run.state()

    def recorded(self, run: Run) -> Recorded:
        """What can be looked at."""
        now = int(self._present["step"]) if self._present is not None else run.step_count
        trail = run.trail
        kept = "nothing" if not trail.possible else "whole" if trail.whole else "weights"
        return Recorded(trail.steps, now, kept)
