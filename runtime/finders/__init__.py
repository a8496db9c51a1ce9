"""Finders: why a run does not learn.  Each looks at one cause, on copies, and tells it only with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from graph.diagram import Frozen
from graph.problem import DiagramError
from runtime.figures.findings import Finding, Findings
from runtime.finders import broken, flow, labels, rates, start, units
from runtime.finders.case import Case, NotLooked
from runtime.nonfinite import NonFinite
from runtime.run import Run
from runtime.snapshot import Ask

Finder = Callable[[Case], Iterator[Finding | None]]

FINDERS: Mapping[str, Finder] = Frozen(
    {
        "values that are no numbers": broken.broken,
        "frozen weights, or weights without a gradient": flow.unmoved,
        "the rate": rates.rate,
        "dead ReLUs": units.dead,
        "saturated tanh and sigmoid": units.saturated,
        "vanishing and exploding gradients": flow.ratio,
        "the first loss against chance": start.chance,
        "the scale of the inputs": rates.inputs,
        "answers related to the inputs": labels.unrelated,
        "sizes of the classes": labels.unbalanced,
        "the order of the samples": labels.order,
        "gradients against central differences": flow.gradients,
        "eight samples by heart": start.memory,
    }
)


def findings(run: Run, _ask: Ask) -> Iterator[tuple[float, Findings]]:
    """The share that is done, 0..1, and what is found so far.  The run is left alone; a finder yields often."""
    case = Case(run)
    found: list[Finding] = []
    checked: list[str] = []
    left: list[str] = []
    for n, (name, finder) in enumerate(FINDERS.items()):
        try:
            for given in finder(case):
                if given is not None:
                    found.append(given)
                    case.ill.add(given.kind)
                yield n / len(FINDERS), Findings(case.step, (*found,), (*checked,), (*left,))
            checked.append(name)
        except NotLooked as reason:
            left.append(f"{name}: {reason}")
        except (NonFinite, DiagramError, RuntimeError) as error:
            left.append(f"{name}: {str(error)[:160]}")
    yield 1.0, Findings(case.step, (*found,), (*checked,), (*left,))
