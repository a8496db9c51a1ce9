"""Writes the trained weights, or the predictor: as Python source of a plain PyTorch module, torch.export file or ONNX.

The weights come from the file that `gradboard train` or the window left beside the diagram.

examples: gradboard export mine.gradboard --to model.py
          gradboard export mine.gradboard --to weights.safetensors
          gradboard export mine.gradboard --to model.pt2        torch.export.load reads it
          gradboard export mine.gradboard --to model.onnx       needs: pip install onnx onnxscript
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.places import WEIGHTS
from app.commands.wrong import WrongUse
from app.gallery import located
from graph.files import load

if TYPE_CHECKING:
    from runtime.program import Program

SOURCE, EXPORTED, ONNX = ".py", ".pt2", ".onnx"
ENDINGS = (WEIGHTS, SOURCE, EXPORTED, ONNX)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("file", metavar="FILE", help="a diagram, or gallery:NAME")
    parser.add_argument("--to", required=True, metavar="OUT", help=f"ends in {' '.join(ENDINGS)}")
    parser.add_argument("--weights", metavar="FILE", default="", help="instead of those beside it")


def run(options: argparse.Namespace) -> int:
    """Writes the file whose kind the name of --to tells."""
    target, path = Path(options.to), located(options.file)
    if target.suffix not in ENDINGS:
        known = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        raise WrongUse(f"--to {target}: choose a name that ends in {known}.")
    diagram = load(path)

    from runtime.export import write
    from runtime.program import compile

    program = compile(diagram, folder=str(path.parent))
    if target.suffix != SOURCE:
        _take(program, Path(options.weights) if options.weights else path.with_suffix(WEIGHTS))
    write(program, target)
    print(f"Written to {target}.")
    return 0


def _take(program: Program, weights: Path) -> None:
    from runtime.checkpoint import load_weights

    if not weights.exists():
        raise WrongUse(f"{weights} is not there: train first, or name the weights with --weights.")
    given = load_weights(weights)
    left = program.load(given)
    left += [name for name in program.module.state_dict() if name not in given]
    if left:
        raise WrongUse(
            f"{weights} does not fit the diagram: {', '.join(left)[:200]} differ in name or shape."
        )
