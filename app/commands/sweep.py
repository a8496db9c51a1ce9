"""Trains a diagram with every combination of some values, and with several seeds, one training after the other.

Each is the training that `gradboard train` does with that value and that seed.  A value that fails is a row with its
reason.  Ctrl-C ends it; what is done by then is written all the same.

Values are a list or a range: 0.1,0.01  1..8  1e-4..1e-1:4log  3x3,5x5

examples: gradboard sweep gallery:spiral-mlp --set rate=0.1,0.01,0.001 --seeds 5 --steps 500
          gradboard sweep mine.gradboard --set linear1.units=10..100:4 --csv out.csv
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.table import columns
from app.commands.train import _count
from app.commands.wrong import WrongUse
from app.gallery import located
from graph.diagram import Diagram
from graph.files import atomic_write, load
from graph.settings import SettingError

if TYPE_CHECKING:
    from runtime.runs import RunRecord
    from runtime.sweep import Along, Sweep

LOOK = 0.05  # seconds between two looks at what has come


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("file", metavar="FILE", help="a diagram, or gallery:NAME")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="values of a block's setting (linear1.units=10,50) or of the recipe's (rate=1e-3..1e-1:3)",
    )
    parser.add_argument(
        "--seeds", type=_count, default=1, metavar="N", help="so many seeds for every value"
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=_count, metavar="N", help="instead of the recipe's")
    length.add_argument("--steps", type=_count, metavar="N", help="steps instead of epochs")
    parser.add_argument("--csv", metavar="OUT.csv", default="", help="write a row for every run")
    parser.add_argument("--curves", metavar="OUT.csv", default="", help="write every loss curve")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(options: argparse.Namespace) -> int:
    """Trains all, and prints a table of what came out."""
    from runtime.sweep import Length, Sweep, trials

    path = located(options.file)
    diagram = load(path)
    values = dict(_values(diagram, wish) for wish in options.set)
    try:
        made = trials(diagram, values, options.seeds)
    except SettingError as error:
        raise WrongUse(f"{error} Give values with --set NAME=VALUES or --seeds N.") from None
    names = [*values, *(["seed"] if options.seeds > 1 else [])]
    sweep = Sweep(made, Length(options.epochs, options.steps), str(path.parent))
    found, interrupted = _train(sweep)
    _write(options, found, names)
    if options.json:
        print(json.dumps([_plain(record) for record in found], indent=2, ensure_ascii=False))
    elif found:
        print(columns(_rows(found, names)))
    if interrupted:
        left = len(made) - len(found)
        print(f"gradboard: interrupted; {left} of {len(made)} were not trained.", file=sys.stderr)
        return 130
    return 1 if all(record.problem for record in found) else 0


def _values(diagram: Diagram, wish: str) -> tuple[str, tuple[Any, ...]]:
    from runtime.variations import declared, parse_values

    name, equals, text = wish.partition("=")
    if not equals or not name:
        raise WrongUse(
            f"--set {wish:.80}: write NAME=VALUES, as rate=0.1,0.01 or linear1.units=10,50."
        )
    try:
        return name, parse_values(text, declared(diagram, name))
    except SettingError as error:
        raise WrongUse(f"--set {wish:.80}: {error}") from None


def _train(sweep: Sweep) -> tuple[list[RunRecord], bool]:
    """The records of all trials that ended, and whether Ctrl-C came before the last did."""
    from runtime.sweep import Ended

    found: list[RunRecord] = []
    live = sys.stderr.isatty()
    sweep.start()
    try:
        while not sweep.is_over:
            for message in sweep.receive():
                if isinstance(message, Ended):
                    number = message.trial + 1
                    found.append(message.record.with_(number=number))
                    _say(f"{number}/{len(sweep.trials)}  {_told(found[-1])}\n", live)
                elif live:
                    _say(_along(message, len(sweep.trials)), live)
            time.sleep(LOOK)
    except KeyboardInterrupt:
        return found, True
    finally:
        sweep.stop()
    return found, False


def _say(text: str, live: bool) -> None:
    sys.stderr.write(f"\r\x1b[K{text}" if live else text)
    sys.stderr.flush()


def _along(message: Along, count: int) -> str:
    loss = "" if message.loss is None else f"  loss {message.loss:.4g}"
    return f"{message.trial + 1}/{count}  {message.share:4.0%}  step {message.step:,}{loss}"


def _told(record: RunRecord) -> str:
    from app.commands.progress import told
    from runtime.runs import value_text

    varied = "  ".join(f"{name} {value_text(value)}" for name, value in record.varied.items())
    return f"{varied}  {record.problem or told(record.metrics.get('test', {}))}"


def _rows(found: Sequence[RunRecord], names: Sequence[str]) -> list[list[str]]:
    from runtime.runs import value_text

    parts = ("training", "validation", "test")
    rows = [["run", *names, *parts, "accuracy", "seconds", ""]]
    for record in found:
        losses = [_number(record.metric(part, "loss")) for part in parts]
        right = record.metric("test", "accuracy")
        accuracy = "" if right is None else f"{100 * right:.1f} %"
        varied = [value_text(record.varied.get(name)) for name in names]
        seconds = f"{record.seconds:.1f}"
        rows.append([str(record.number), *varied, *losses, accuracy, seconds, record.problem])
    return rows


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _write(options: argparse.Namespace, found: Sequence[RunRecord], names: list[str]) -> None:
    from runtime.runs import curves_csv, table_csv

    named = [name for name in names if name != "seed"]  # it has a column of its own
    if options.csv and found:
        atomic_write(Path(options.csv), table_csv(found, named).encode())
    if options.curves and found:
        atomic_write(Path(options.curves), curves_csv(found).encode())


def _plain(record: RunRecord) -> dict[str, Any]:
    return {
        "run": record.number,
        "varied": dict(record.varied),
        "seed": record.seed,
        "steps": record.steps,
        "epochs": record.epochs,
        "seconds": record.seconds if math.isfinite(record.seconds) else None,
        "device": record.device,
        "metrics": {part: dict(found) for part, found in record.metrics.items()},
        "problem": record.problem,
    }
