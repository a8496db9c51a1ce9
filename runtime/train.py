"""Training from start to end in this process: what `gradboard train` and notebooks use."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from graph.diagram import Diagram
from graph.problem import DiagramError, Problem
from runtime import checkpoint
from runtime.checkpoint import load_weights, save_run
from runtime.curve import Curve
from runtime.data import load
from runtime.devices import device_for, threads_for
from runtime.program import Program, compile
from runtime.recipe import Recipe
from runtime.run import Run
from runtime.runs import POINTS

Row = dict[str, float]


@dataclass
class Result:
    """A finished training: `history` has one row an epoch, `metrics` loss and accuracy of every part.

    Rows hold epoch, step, rate, loss (mean over the epoch's batches), seconds and, when there is a validation part,
    validation_loss and, where right and wrong have a meaning, validation_accuracy.  `best_epoch` is after how many
    epochs the weights were those that are kept, when the recipe has a patience, else 0.
    """

    program: Program
    run: Run
    history: list[Row] = field(default_factory=list)
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)
    best_epoch: int = 0

    def save(self, path: str | Path) -> Path:
        """Writes weights and state beside the diagram at `path`; returns the file of the weights.  Raises FileError."""
        return save_run(self.run.state(), path)


def start(
    diagram: Diagram,
    *,
    weights: str | Path | Mapping[str, torch.Tensor | np.ndarray] | None = None,
    resume: str | Path | None = None,
    folder: str = ".",
    device: str | None = None,
) -> Run:
    """A run of the diagram at step 0, or where the state beside the diagram at `resume` stands.

    Raises DiagramError with the first problem when it cannot train, DataError and FileError.
    """
    recipe = Recipe.read(diagram.recipe)
    data = load(recipe.data, recipe.seed, folder)
    program = compile(diagram, data=data, device=_device(device or recipe.device), folder=folder)
    check(program)
    if weights is not None:
        given = weights if isinstance(weights, Mapping) else load_weights(weights)
        left = program.load(given)
        if left:
            raise DiagramError(
                f"these weights fit no block of the diagram by name and shape: {', '.join(left)[:200]}."
            )
    torch.set_num_threads(threads_for(program.report, recipe.batch, recipe.threads))
    run = Run(program, data, recorded=False)
    if resume is not None:
        checkpoint.resume(run, resume)
    return run


def _device(wanted: str) -> str:
    try:
        return device_for(wanted)
    except ValueError as error:
        raise DiagramError(f"recipe.device: {error}") from None


def check(program: Program) -> None:
    """Raises DiagramError with the first problem when the program cannot train."""
    if program.report.trainable:
        return
    problems = sorted(program.report.problems, key=lambda p: p.kind != "error")
    missing = Problem(
        "", "there is nothing to train: the diagram needs a cost and a block with weights."
    )
    raise DiagramError(str(next(iter(problems), missing)))


def train(
    diagram: Diagram,
    *,
    epochs: int | None = None,
    steps: int | None = None,
    weights: str | Path | Mapping[str, torch.Tensor | np.ndarray] | None = None,
    resume: str | Path | None = None,
    folder: str = ".",
    seed: int | None = None,
    device: str | None = None,
    progress: Callable[[Run, Row | None], None] | None = None,
) -> Result:
    """Trains a diagram by its recipe.

    `epochs` or `steps` replace the recipe's epochs, `seed` its seed; `weights` (a safetensors file, or tensors
    by name) replace the first weights; `resume` goes on from the state saved beside the diagram at that path.
    `progress` is called about ten times a second with None, and after every epoch with its row.
    Raises DiagramError, DataError, FileError, and NonFinite when the loss is no number any more.
    """
    if seed is not None:
        diagram = diagram.with_(recipe=diagram.recipe.with_(seed=seed))
    run = start(diagram, weights=weights, resume=resume, folder=folder, device=device)
    return finish(run, epochs=epochs, steps=steps, progress=progress)


def finish(
    run: Run,
    *,
    epochs: int | None = None,
    steps: int | None = None,
    progress: Callable[[Run, Row | None], None] | None = None,
    curve: Curve | None = None,
) -> Result:
    """Trains on to the recipe's (or these) epochs or steps, counted from the run's start, and judges every part.

    It ends earlier when the recipe's patience is over, and then or at the end the best weights are brought back;
    averaged weights stand in their place.  `curve` takes every step's loss, those of a failed training too.
    """
    result = Result(run.program, run)
    curve = Curve(POINTS) if curve is None else curve
    last = run.recipe.epochs if epochs is None and steps is None else epochs
    began = told = time.monotonic()
    try:
        while (last is None or run.batches.finished < last) and (
            steps is None or run.step_count < steps
        ):
            run.step()
            if run.batches.position >= run.batches.samples:
                row = _row(run, time.monotonic() - began, curve)
                result.history.append(row)
                if progress:
                    progress(run, row)
            elif progress and time.monotonic() - told > 0.1:
                told = time.monotonic()
                progress(run, None)
            if run.exhausted:
                break
    finally:
        curve.extend(np.array(run.curve, dtype=np.float64))
    if run.recipe.patience:
        result.best_epoch = run.keep_best()
    run.descent.use_averages(True)
    result.metrics = {part: run.evaluate(part) for part in ("training", "validation", "test")}
    return result


def _row(run: Run, seconds: float, curve: Curve) -> Row:
    rows, run.curve = run.curve, []
    curve.extend(np.array(rows, dtype=np.float64))
    losses = [loss for _, loss in rows]
    row: Row = {
        "epoch": run.batches.finished,
        "step": run.step_count,
        "loss": float(np.mean(losses)) if losses else float("nan"),
        "seconds": seconds,
        "rate": run.rate,
    }
    return row | {f"validation_{k}": v for k, v in run.evaluate("validation").items()}
