"""Every gallery diagram opens, compiles without a problem and trains to its number, on samples that it never saw."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import gradboard as gb
from app import gallery
from app.gallery.sketches import PAGES
from graph.files import to_text
from runtime.data import load
from runtime.program import compile
from runtime.train import Result


def fresh_accuracy(result: Result) -> float:
    """Accuracy on points drawn with a seed that neither training nor testing used."""
    run = result.run
    data = load(run.recipe.data, run.recipe.seed + 1000)
    x = run.batches.normalized("x", data.fields["x"])
    answer = next(iter(result.program.predict(x=x).values())).argmax(1).numpy()
    return float((answer == data.fields["y"]).mean())


def held_out(result: Result) -> float:
    return result.metrics["test"]["accuracy"]


def away_from_least_squares(result: Result) -> float:
    """Largest difference between the weights and numpy's least-squares solution on the same samples."""
    part = result.run.batches.part("training")
    x, y = part["x"].double().numpy(), part["y"].double().numpy()
    exact = np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0]
    found = [
        result.program.parameters[n].detach().double().numpy()
        for n in ("linear1.weight", "linear1.bias")
    ]
    return float(np.abs(np.r_[found[0].T, found[1][None]] - exact).max())


NUMBERS: dict[str, tuple[Callable[[Result], float], float, float]] = {
    "spiral-linear": (fresh_accuracy, 0.34, 0.55),
    "spiral-mlp": (fresh_accuracy, 0.94, 1.0),
    "xor": (fresh_accuracy, 0.95, 1.0),
    "linear-regression": (away_from_least_squares, 0.0, 1e-3),
    "softmax-regression": (held_out, 0.91, 1.0),
    "lenet-1990": (held_out, 0.97, 1.0),
}


@pytest.mark.parametrize("name", gallery.names())
def test_it_reaches_its_number(name: str) -> None:
    judge, low, high = NUMBERS[name]
    result = gb.train(gb.load(gallery.path(name)))
    assert low < judge(result) <= high


@pytest.mark.parametrize("name", gallery.names())
def test_it_opens_without_a_problem_and_says_what_to_look_for(name: str) -> None:
    diagram = gb.load(gallery.path(name))
    assert compile(diagram).report.problems == ()
    assert gallery.note(name).endswith(".")


def test_files_and_sketches_are_the_same() -> None:
    assert set(PAGES) == set(gallery.names())
    for name, page in PAGES.items():
        assert gallery.path(name).read_text(encoding="utf-8") == to_text(page()), name
