"""Lists a diagram's blocks with shapes, weights and multiplications for one sample, and everything that is wrong with it.

Ends with 1 when something is wrong; a pin that merely lacks a wire is told, but is no error.

example: gradboard check gallery:lenet-1990
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.table import columns
from app.gallery import located
from graph.diagram import Diagram
from graph.files import load

if TYPE_CHECKING:
    from runtime.snapshot import Report


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("file", metavar="FILE", help="a diagram, or gallery:NAME")


def run(options: argparse.Namespace) -> int:
    """Compiles the diagram and prints what was found."""
    from app.cli import DONE, FAILED
    from runtime.program import compile

    path: Path = located(options.file)
    diagram = load(path)
    report = compile(diagram, folder=str(path.parent)).report
    print(f"{path.stem}: {len(diagram.blocks)} blocks, {len(diagram.wires)} wires")
    if diagram.blocks:
        print(_table(diagram, report))
    for problem in report.problems:
        print(f"{'unfinished' if problem.kind == 'open' else 'error'}: {problem}")
    wrong = any(problem.kind != "open" for problem in report.problems)
    if not wrong:
        print(
            "It can be trained."
            if report.trainable
            else "Nothing is wrong, but nothing can be trained yet."
        )
    return FAILED if wrong else DONE


def _table(diagram: Diagram, report: Report) -> str:
    from nodes.names import names

    labels = names(diagram).labels
    rows = [("block", "kind", "formula", "output", "weights", "MACs")]
    for name in diagram.order:
        counts = report.counts.get(name)
        shown = (f"{counts.weights:,}", f"{counts.macs:,}") if counts else ("", "")
        rows.append(
            (name, diagram.blocks[name].kind, labels.get(name, ""), _shape(report, name), *shown)
        )
    total = report.total
    rows.append(("total", "", "", "", f"{total.weights:,}", f"{total.macs:,}"))
    return columns(rows, right=frozenset({4, 5}))


def _shape(report: Report, block: str) -> str:
    from runtime.snapshot import BATCH

    found = [shape for pin, shape in report.shapes.items() if pin.block == block]
    return ", ".join(
        "×".join("B" if n == BATCH else str(n) for n in shape) or "scalar" for shape in found
    )
