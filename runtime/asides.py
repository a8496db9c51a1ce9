"""What is asked of the engine beside training: checks, source, export, final numbers; each gives one message.

What goes wrong is raised, and told by the engine.
"""

from __future__ import annotations

from graph.diagram import Diagram
from graph.problem import DiagramError, Problem
from runtime import messages as m
from runtime.checks import check_gradients, overfits
from runtime.final import final_numbers
from runtime.program import Program
from runtime.random_state import aside
from runtime.run import Run
from runtime.source import written

CHECKED = 4  # samples that gradients are checked on
OVERFIT_STEPS = 500  # in which a few samples should be known by heart


def gradients(run: Run, blocks: tuple[str, ...]) -> m.Checked:
    """Gradients of some blocks, of all and of the whole when empty, against central differences."""
    fields = run.batches.part("training", CHECKED)
    check = check_gradients(run.program, fields, blocks or None)
    return m.Checked(check.differences, check.wrong)


def overfit(diagram: Diagram, samples: int, folder: str) -> m.Done | m.Failed:
    """Whether a run of its own learns a few samples by heart; torch's random numbers stay as they were."""
    with aside():
        verdict = overfits(diagram, samples, OVERFIT_STEPS, folder or ".")
    return m.Done(verdict.text) if verdict.ok else m.Failed(Problem("", verdict.text))


def source(program: Program, version: int) -> m.SourceText:
    """The predictor as Python source, or why there is none."""
    try:
        found = written(program)
    except DiagramError as error:
        return m.SourceText(version, reason=str(error))
    return m.SourceText(version, found.text, found.lines)


def export(program: Program, path: str) -> m.Done:
    """Writes the predictor into a file."""
    from runtime.export import write  # what it needs takes a while to load

    write(program, path)
    return m.Done(f"exported to {path}")


def numbers(run: Run, seconds: float) -> m.Evaluated:
    """The numbers that stay of a run after so many seconds of training."""
    return m.Evaluated(run.step_count, seconds, final_numbers(run))
