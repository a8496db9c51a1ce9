"""Numbers that are none: is the loss finite at all, and if not, in which block is that born?"""

from __future__ import annotations

from collections.abc import Iterator

from runtime.figures.findings import Finding
from runtime.finders.case import Case
from runtime.nonfinite import birthplace


def broken(case: Case) -> Iterator[Finding | None]:
    """A loss that is infinite or not a number, with the present weights or already with the first ones."""
    for run, which in ((case.run, "present"), (case.fresh, "first")):
        if case.is_finite(run):
            yield None
            continue
        problem = birthplace(run.program, run.inputs_of(run.batches.at(case.rows)), run.step_count)
        yield Finding(
            "broken",
            problem.block,
            f"{problem.block}: {problem.message}" if problem.block else problem.message,
            f"the loss over {len(case.rows)} samples is no number with the {which} weights",
            problem.hint,
        )
        return
