"""Numbers that the tests of the gallery judge a training by."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import gradboard as gb
from app import gallery
from graph.diagram import Diagram
from runtime.data import load
from runtime.run import Run
from runtime.train import Result, start


def changed(name: str, **recipe: Any) -> Diagram:
    """The gallery diagram of this name with other entries in its recipe."""
    diagram = gb.load(gallery.path(name))
    return diagram.with_recipe(diagram.recipe.with_(**recipe))


def opened(name: str, **recipe: Any) -> Run:
    """A run of the gallery diagram of this name at its first step."""
    return start(changed(name, **recipe))


@lru_cache(maxsize=12)
def trained(name: str, **recipe: Any) -> Result:
    """The gallery diagram of this name, trained by its own recipe but for these entries."""
    return gb.train(changed(name, **recipe))


def fresh_accuracy(result: Result) -> float:
    """Accuracy on points drawn with a seed that neither training nor testing used."""
    run = result.run
    data = load(run.recipe.data, run.recipe.seed + 1000)
    x = run.batches.normalized("x", data.fields["x"])
    answer = next(iter(result.program.predict(x=x).values())).argmax(1).numpy()
    return float((answer == data.fields["y"]).mean())


def held_out(result: Result) -> float:
    """Accuracy on the test part."""
    return result.metrics["test"]["accuracy"]
