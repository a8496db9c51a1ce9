"""Draws a diagram into a picture, PNG or SVG, without a screen.

example: gradboard render gallery:spiral-mlp --to spiral.png --shapes
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.places import can_write_in
from app.commands.wrong import WrongUse
from app.gallery import located
from graph.diagram import Diagram
from graph.files import atomic_write, load

if TYPE_CHECKING:
    from app.theme import Theme
    from runtime.snapshot import Report

ENDINGS = (".png", ".svg")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("file", metavar="FILE", help="a diagram, or gallery:NAME")
    parser.add_argument("--to", required=True, metavar="OUT", help="a name in .png or .svg")
    parser.add_argument(
        "--theme", choices=("paper", "board"), default="paper", help="light or dark"
    )
    parser.add_argument(
        "--scale", type=_scale, default=2.0, metavar="N", help="pixels a unit of a PNG (default: 2)"
    )
    parser.add_argument("--shapes", action="store_true", help="write the shapes by the variables")


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
    if target.suffix not in ENDINGS:
        raise WrongUse(f"--to {target}: choose a name that ends in {' or '.join(ENDINGS)}.")
    diagram = load(path)
    if not can_write_in(target.parent):
        raise WrongUse(f"--to {target}: nothing can be written in {target.parent.resolve()}.")
    report = _report(diagram, path.parent) if options.shapes else None
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    from PySide6.QtWidgets import QApplication

    from app.theme import THEMES

    # Qt draws text only while there is an application
    application = QApplication.instance() or QApplication(["gradboard"])
    _draw(diagram, target, THEMES[options.theme], options.scale, report)
    del application
    print(f"Written to {target}.")
    return 0


def _report(diagram: Diagram, folder: Path) -> Report:
    from runtime.program import compile

    return compile(diagram, folder=str(folder)).report


def _draw(
    diagram: Diagram, target: Path, theme: Theme, scale: float, report: Report | None
) -> None:
    from PySide6.QtCore import QBuffer
    from PySide6.QtGui import QImageWriter

    from app.canvas.picture import picture, svg

    if target.suffix == ".svg":
        atomic_write(target, svg(diagram, theme, report))
        return
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(picture(diagram, theme, scale, report))
    atomic_write(target, bytes(buffer.data().data()))
