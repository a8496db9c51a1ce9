"""Says in words what differs between two diagrams, or draws it: added +, removed −, altered ~, and what moved.

Ends with 0 when they are the same and 1 when they differ (moved blocks included); 2 when one cannot be read.

examples: gradboard diff before.gradboard after.gradboard
          gradboard diff mine.gradboard gallery:spiral-mlp --json
          gradboard diff before.gradboard after.gradboard --to diff.svg
          git difftool --extcmd "gradboard diff" HEAD~1 -- mine.gradboard
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from app.commands.places import can_write_in
from app.commands.wrong import WrongUse
from app.gallery import located
from graph.diagram import Diagram
from graph.differences import Comparison, compare
from graph.files import atomic_write, load
from graph.problem import FileError

ENDINGS = (".png", ".svg", ".pdf")
SAME, DIFFERENT = 0, 1


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("before", metavar="A", help="a diagram, or gallery:NAME")
    parser.add_argument("after", metavar="B", help="another")
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.add_argument("--to", metavar="OUT", help="draw B with its differences; .png .svg .pdf")
    parser.add_argument(
        "--theme", choices=("paper", "board"), default="paper", help="of the picture"
    )


def run(options: argparse.Namespace) -> int:
    """Tells what differs."""
    before, after = _read(options.before), _read(options.after)
    found = compare(before, after)
    if options.to:
        _draw(before, after, Path(options.to), options.theme)
    if options.json:
        print(json.dumps(_plain(found), ensure_ascii=False, indent=2))
    elif found.same:
        print("The diagrams are the same.")
    else:
        print("\n".join(found.lines()))
    return SAME if found.same else DIFFERENT


def _read(name: str) -> Diagram:
    try:
        return load(located(name))
    except FileError as error:
        raise WrongUse(str(error)) from None  # 1 says that they differ


def _plain(found: Comparison) -> dict[str, object]:
    return {
        "same": found.same,
        "moved": found.moved,
        "differences": [asdict(difference) for difference in found.differences],
    }


def _draw(before: Diagram, after: Diagram, target: Path, theme: str) -> None:
    suffix = target.suffix.lower()
    if suffix not in ENDINGS:
        raise WrongUse(f"--to {target}: choose a name that ends in {', '.join(ENDINGS)}.")
    if not can_write_in(target.parent):
        raise WrongUse(f"--to {target}: nothing can be written in {target.parent.resolve()}.")

    from app.canvas.picture import Picture, Shown
    from app.offscreen import application
    from app.theme import THEMES

    running = application()  # Qt draws text only while there is an application
    atomic_write(target, Picture(Shown(after, THEMES[theme], before=before)).file(suffix))
    del running
