"""Trains a diagram without a window, shows how far it is, and saves the weights beside the diagram.

Ctrl-C ends it between two steps and saves what is there; --resume goes on from there.

examples: gradboard train gallery:spiral-mlp
          gradboard train mine.gradboard --epochs 20 --set linear1.units=50 --set rate=0.1
          gradboard train gallery:spiral-mlp --set data.arms=5 --seed 1 --json
"""

from __future__ import annotations

import argparse
import json
import math
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.changes import changed
from app.commands.places import place_for_weights
from app.commands.progress import Progress, told
from app.commands.table import columns
from app.commands.wrong import WrongUse
from app.gallery import located
from graph.files import load

if TYPE_CHECKING:
    from runtime.run import Run
    from runtime.train import Result


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("file", metavar="FILE", help="a diagram, or gallery:NAME")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=_count, metavar="N", help="instead of the recipe's")
    length.add_argument("--steps", type=_count, metavar="N", help="steps instead of epochs")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a block's setting (linear1.units=50) or the recipe's (rate=0.1, data=moons, data.arms=5)",
    )
    parser.add_argument("--seed", type=_count, metavar="N", help="instead of the recipe's")
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda", "mps"), help="where to calculate"
    )
    parser.add_argument("--out", metavar="FILE", default="", help="where to save the weights")
    parser.add_argument("--resume", action="store_true", help="go on where the saved run stands")
    parser.add_argument(
        "--tensorboard", metavar="DIR", default="", help="write losses for TensorBoard below DIR"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 10:
        raise argparse.ArgumentTypeError(f"{text!r:.40} is no whole number from 0 on")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Trains, saves, and prints what came out."""
    path = located(options.file)
    seed = [] if options.seed is None else [f"seed={options.seed}"]
    diagram = changed(load(path), [*options.set, *seed])
    target = place_for_weights(path, options.out)
    from runtime.checkpoint import state_path
    from runtime.train import start

    if options.resume and not state_path(target).exists():
        raise WrongUse(f"there is no saved run to resume: {state_path(target)} is not there.")
    started = start(
        diagram,
        resume=target if options.resume else None,
        folder=str(path.parent),
        device=options.device,
    )
    return _train(started, target, options)


def _train(started: Run, target: Path, options: argparse.Namespace) -> int:
    from runtime.run import NonFinite
    from runtime.tensorboard import Log
    from runtime.train import finish

    log = Log()
    log.to(options.tensorboard)
    progress = Progress(sys.stderr, _epochs(started, options), options.steps)

    def along(run: Run, row: dict[str, float] | None) -> None:
        if row is not None:
            log.epoch(row)
        progress(run, row)

    first = started.step_count
    before = signal.signal(signal.SIGINT, progress.stop)
    try:
        result = finish(started, epochs=options.epochs, steps=options.steps, progress=along)
        log.judged(started.step_count, result.metrics)
    except (KeyboardInterrupt, MemoryError, RuntimeError, NonFinite) as end:
        progress.close()
        # weights that no step has changed are not worth the file that may be there
        saved = _saved(started, target) if started.step_count > first else "Nothing was saved."
        print(f"gradboard: {_reason(end)} {saved}", file=sys.stderr)
        return 130 if isinstance(end, KeyboardInterrupt) else 1
    finally:
        signal.signal(signal.SIGINT, before)
        log.end()
    progress.close()
    saved = _saved(started, target)
    if options.json:
        print(json.dumps(_plain(result, target), indent=2, ensure_ascii=False))
    else:
        print(columns([(part, told(found)) for part, found in result.metrics.items() if found]))
        print(saved)
    return 0


def _epochs(started: Run, options: argparse.Namespace) -> int | None:
    """How many epochs this is to end after, None when steps are counted instead."""
    if options.steps is not None:
        return None
    epochs: int = started.recipe.epochs if options.epochs is None else options.epochs
    done = started.batches.finished
    if options.resume and done >= epochs:
        raise WrongUse(
            f"the saved run has its {done} epochs already; give more, as --epochs {2 * done}."
        )
    return epochs


def _reason(end: BaseException) -> str:
    from runtime.failure import why_it_stopped

    if isinstance(end, KeyboardInterrupt):
        return "interrupted."
    return why_it_stopped(end) if isinstance(end, MemoryError | RuntimeError) else str(end)


def _saved(started: Run, target: Path) -> str:
    from runtime.checkpoint import save_run

    weights = save_run(started.state(), target)
    return f"The weights after step {started.step_count:,} are in {weights}."


def _plain(result: Result, target: Path) -> dict[str, Any]:
    return {
        "epochs": result.run.batches.finished,
        "steps": result.run.step_count,
        "device": result.program.device,
        "metrics": {part: _finite(found) for part, found in result.metrics.items() if found},
        "history": [_finite(row) for row in result.history],
        "weights": str(target),
    }


def _finite(row: dict[str, float]) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in row.items()}
