"""Draws a diagram into a picture, PNG, SVG, PDF or TikZ, without a screen.

PNG, SVG and PDF carry the diagram: they open in Gradboard as a diagram's own file does.  A TikZ file (.tex) is set by pdflatex.

examples: gradboard render gallery:spiral-mlp --to spiral.png
          gradboard render mine.gradboard --to mine.pdf --style filled --no-shapes
          gradboard render mine.gradboard --to head.tex --select linear2 cross_entropy1
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.places import WEIGHTS, can_write_in
from app.commands.wrong import WrongUse
from app.gallery import located
from graph.diagram import Diagram
from graph.files import atomic_write, load
from graph.problem import DiagramError

if TYPE_CHECKING:
    from runtime.program import Program
    from runtime.snapshot import Report, Snapshot

ENDINGS = (".png", ".svg", ".pdf", ".tex")
YES_NO = argparse.BooleanOptionalAction


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("file", metavar="FILE", help="a diagram, or gallery:NAME")
    parser.add_argument("--to", required=True, metavar="OUT", help="ends in .png .svg .pdf .tex")
    parser.add_argument(
        "--select", nargs="+", metavar="BLOCK", help="only these blocks and the wires among them"
    )
    parser.add_argument("--shapes", action=YES_NO, default=True, help="shapes at the variables")
    parser.add_argument(
        "--gradients",
        action=YES_NO,
        default=False,
        help="gradients and costs of one batch, with the weights beside the diagram or new ones",
    )
    parser.add_argument(
        "--style",
        choices=("nyu", "filled"),
        default="nyu",
        help="as in the NYU lectures of 2020, or computed variables filled and latent ones hollow",
    )
    parser.add_argument(
        "--theme", choices=("paper", "board"), default="paper", help="light or dark"
    )
    parser.add_argument("--background", action=YES_NO, default=True, help="or a transparent one")
    parser.add_argument(
        "--scale", type=_scale, default=2.0, metavar="N", help="pixels a unit of a PNG (default: 2)"
    )


def _scale(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 20:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0.1 to 20")
    return value


def run(options: argparse.Namespace) -> int:
    """Writes the picture whose kind the name of --to tells."""
    target, path = Path(options.to), located(options.file)
    suffix = target.suffix.lower()
    if suffix not in ENDINGS:
        wanted = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        raise WrongUse(f"--to {target}: choose a name that ends in {wanted}.")
    diagram = load(path)
    ids = _chosen(diagram, options.select)
    if not can_write_in(target.parent):
        raise WrongUse(f"--to {target}: nothing can be written in {target.parent.resolve()}.")
    report, snapshot = _run(diagram, path, options.shapes, options.gradients)

    from app.canvas.picture import Picture, Shown
    from app.copying import part_of
    from app.offscreen import application
    from app.theme import THEMES, styled

    running = application()  # Qt draws text only while there is an application
    shown = Shown(
        diagram,
        styled(THEMES[options.theme], options.style),
        report,
        snapshot,
        ids=ids,
        background=options.background,
        carried=diagram if ids is None else part_of(diagram, ids),
    )
    atomic_write(target, Picture(shown).file(suffix, options.scale))
    del running
    print(f"Written to {target}.")
    return 0


def _chosen(diagram: Diagram, names: list[str] | None) -> frozenset[str] | None:
    if names is None:
        return None
    ids = frozenset(name for text in names for name in text.split(",") if name)
    if unknown := sorted(ids - diagram.blocks.keys()):
        raise WrongUse(
            f"--select {unknown[0]}: the diagram has no such block (it has {', '.join(diagram.blocks)[:200]})."
        )
    return ids


def _run(
    diagram: Diagram, path: Path, shapes: bool, gradients: bool
) -> tuple[Report | None, Snapshot | None]:
    """What a run knows of the diagram, as far as it is wanted."""
    if not (shapes or gradients):
        return None, None

    from runtime.program import compile

    program = compile(diagram, folder=str(path.parent))
    snapshot = _snapshot(program, path) if gradients else None
    return program.report if shapes else None, snapshot


def _snapshot(program: Program, path: Path) -> Snapshot:
    from runtime.checkpoint import load_weights
    from runtime.run import Run

    if not program.report.trainable:
        raise DiagramError("there are no gradients: no cost reaches a weight of this diagram.")
    weights = path.with_suffix(WEIGHTS)
    if weights.exists():
        program.load(load_weights(weights))
    return Run(program, folder=str(path.parent)).look()
